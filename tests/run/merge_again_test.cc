// What comes after a merge: kills and resumes, mended plans, retried rejects, proof and rollback; and merges
// of rows that a transform made, that only the server can judge, or that meet rows which are there.
#include <algorithm>

#include "support/migration.h"
#include "support/target_state.h"

namespace merge_again_test {

using namespace planrun::test;

namespace {

const char* const kSources = "[source.b]\nurl = \"sqlite:b.db\"\n";
const char* const kColumns =
    "[table.metrics.columns]\nid = \"text primary key\"\nvalue = \"integer\"\nat = \"integer\"\n";

std::string plan_of(const std::string& keep, const std::string& keys = "",
                    const std::string& columns = kColumns) {
  return kSources +
         ("[table.metrics]\nfrom = [\"s.metrics\", \"b.metrics\"]\nmerge = { key = [\"id\"], " + keep) +
         " }\n" + keys + columns;
}
const char* const kNewest = "keep = \"newest\", by = \"at\"";
const char* const kFirst = "keep = \"first\"";

std::string metrics(const std::string& rows) {
  return "create table metrics (id text, value, at integer);insert into metrics values " + rows + ";";
}

class Merged : public Migration {
 public:
  Merged(Kind kind, const std::string& plan, const std::string& a, const std::string& b)
      : Migration(kind, a, plan) {
    make_source("b", b);
    before = target_state(target_url());
  }
  std::string rows() const {
    return target("select id || ' ' || coalesce(value, -1) from metrics order by id");
  }
  std::string kept() const {
    return target("select load || key from " + ledger("reject") +
                  " where kind = 'merged' order by load, key");
  }
  ProcessResult command(const std::string& name, const std::string& option) {
    return run_planrun({name, plan_file().string(), option}, state());
  }
  void take_back() {
    const ProcessResult gone = command("rollback", "--yes");
    INFO(gone.out << gone.err);
    REQUIRE(gone.status == 0);
    CHECK(target_state(target_url()) == before);
  }

  std::string before;
};

const std::string kA = metrics("('m1', 1, 1), ('m2', 2, 2), ('m3', 3, 3)");
const std::string kB = metrics("('m2', 22, 4), ('m3', 3, 3), ('m4', 4, 4)");

void check_taken_back(Kind kind) {
  Merged m(kind, plan_of(kNewest), kA, kB);
  REQUIRE(m.run().status == 0);
  CHECK(m.rows() == "m1 1\nm2 22\nm3 3\nm4 4");
  CHECK(m.kept() == "metrics.s[2]");
  // A row that was changed since is named, and no other.
  m.target("update metrics set value = 99 where id = 'm1'");
  const ProcessResult refused = m.command("rollback", "--yes");
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("'m1'"));
  CHECK((refused.out + refused.err).find("'m2'") == std::string::npos);
  CHECK((refused.out + refused.err).find("'m3'") == std::string::npos);
  m.target("update metrics set value = 1 where id = 'm1'");
  m.take_back();
}

void check_proof(Kind kind) {
  Merged m(kind,
           plan_of(kNewest) +
               "[[sql]]\nname = \"spoil\"\nat = \"after_load\"\nsql = \"update metrics set value = 7 "
               "where id = 'm2'\"\nundo = \"update metrics set value = 22 where id = 'm2'\"\n",
           kA, kB);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.out, ContainsSubstring("metrics id 'm2', column value: expected 22, found 7"));
  CHECK_THAT(r.out, ContainsSubstring("NOT PROVED: table metrics: 4 rows expected, 4 found"));
  CHECK(r.out.find("'m3'") == std::string::npos);
}

// The rows of both sources stand in different load steps, as another table waits for them.
const char* const kLast =
    "[table.last]\nfrom = \"s.last\"\nafter = [\"metrics\"]\n[table.last.columns]\nid = \"integer\"\n";
const char* const kLastSource = "create table last (id integer); insert into last values (1);";
const char* const kMendedColumns =
    "[table.metrics.columns]\nid = \"text primary key\"\nvalue = { type = \"integer\", using = "
    "\"empty_as_null\" }\nat = \"integer\"\n";

void check_mended(Kind kind) {
  const std::string b = metrics("('m2', '', 4), ('m4', 4, 4)");
  const auto begin = [&](const char* keep) {
    auto m = std::make_unique<Merged>(kind, plan_of(keep) + kLast, kA + kLastSource, b);
    const ProcessResult r = m->run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 1);
    REQUIRE(m->rows() == "m1 1\nm2 2\nm3 3");
    m->write_plan(plan_of(keep, "", kMendedColumns) + kLast);
    return m;
  };
  const auto first = begin(kFirst);
  const ProcessResult agrees = first->run();
  INFO(agrees.out << agrees.err);
  CHECK(agrees.status == 0);
  CHECK_THAT(agrees.err, ContainsSubstring("hashed again, agree"));
  CHECK(first->rows() == "m1 1\nm2 2\nm3 3\nm4 4");
  CHECK(first->kept() == "metrics.b[1]");
  // m2 of b fits now, and is newer than what was committed of a.
  const auto newest = begin(kNewest);
  const ProcessResult refused = newest->run();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("load metrics.s") && ContainsSubstring("would give other rows"));
  newest->take_back();
}

void check_retried(Kind kind) {
  const std::string b = metrics("('m2', '', 4), ('m4', 4, 4), ('m5', '', 5), ('m3', 3, 3)");
  Merged m(kind, plan_of(kFirst, "on_reject = \"keep\"\n"), kA, b);
  REQUIRE(m.run().status == 0);
  REQUIRE(m.rows() == "m1 1\nm2 2\nm3 3\nm4 4");
  m.write_plan(plan_of(kFirst, "on_reject = \"keep\"\n", kMendedColumns));
  const ProcessResult r = m.command("rejects", "--retry");
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring(
                        "2 rejected rows tried again, 1 written, 0 dropped, 1 merged, 0 rejected again"));
  CHECK_THAT(r.out, ContainsSubstring(
                        "metrics.b: 4 read = 2 written + 0 rejected + 0 dropped + 2 merged; 4 emitted = "
                        "2 inserted + 0 updated + 0 unchanged + 2 merged"));
  CHECK(m.rows() == "m1 1\nm2 2\nm3 3\nm4 4\nm5 -1");
  CHECK(m.kept() == "metrics.b[1]");
  m.take_back();
  // By `newest` m2 of b would be in the place of what was written.
  Merged other(kind, plan_of(kNewest, "on_reject = \"keep\"\n"), kA, b);
  REQUIRE(other.run().status == 0);
  other.write_plan(plan_of(kNewest, "on_reject = \"keep\"\n", kMendedColumns));
  const ProcessResult refused = other.command("rejects", "--retry");
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("load metrics.s would make other rows"));
}

}  // namespace

TEST_CASE("merge: a run is taken back, and a changed row named, in SQLite") {
  check_taken_back(Kind::sqlite);
}
TEST_CASE("merge: a run is taken back, and a changed row named, in PostgreSQL", "[postgres]") {
  check_taken_back(Kind::postgresql);
}
TEST_CASE("merge: the proof expects the rows that were kept, in SQLite") {
  check_proof(Kind::sqlite);
}
TEST_CASE("merge: the proof expects the rows that were kept, in PostgreSQL", "[postgres]") {
  check_proof(Kind::postgresql);
}
TEST_CASE("merge: a mended plan goes on where it keeps the same rows, into SQLite") {
  check_mended(Kind::sqlite);
}
TEST_CASE("merge: a mended plan goes on where it keeps the same rows, into PostgreSQL", "[postgres]") {
  check_mended(Kind::postgresql);
}
TEST_CASE("merge: a retried row is written or merged, into SQLite") {
  check_retried(Kind::sqlite);
}
TEST_CASE("merge: a retried row is written or merged, into PostgreSQL", "[postgres]") {
  check_retried(Kind::postgresql);
}

namespace {

class Fanned : public Merged {
 public:
  Fanned(Kind kind, const std::string& quantity, const std::string& more = "")
      : Merged(kind,
               kSources +
                   std::string("[table.items]\nfrom = [\"s.orders\", \"b.orders\"]\ntransform = "
                               "\"items.rows\"\non_reject = \"keep\"\nmerge = { key = \"sku\", keep = "
                               "\"first\" }\n[table.items.columns]\nsku = \"text\"\nquantity = \"") +
                   quantity + "\"\n",
               orders("(1, '[{\"sku\":\"a\",\"n\":2},{\"sku\":\"b\",\"n\":1}]'), (2, "
                      "'[{\"sku\":\"c\",\"n\":5}]'), (3, "
                      "'[]')" +
                      more),
               orders("(7, '[{\"sku\":\"a\",\"n\":2},{\"sku\":\"c\",\"n\":6},{\"sku\":\"d\",\"n\":1}]'), "
                      "(8, '[{\"sku\":\"b\",\"n\":9},{\"sku\":\"b\",\"n\":9}]')")) {
    const auto folder = plan_file().parent_path() / "transforms";
    std::filesystem::create_directories(folder);
    write_file(folder / "items.lua",
               "return { rows = function(row)\n  local rows = {}\n  for i, item in "
               "ipairs(json.decode(row.items)) do\n"
               "    rows[i] = { sku = item.sku, quantity = item.n }\n  end\n  return rows\nend }\n");
  }
  static std::string orders(const std::string& rows) {
    return "create table orders (id integer primary key, items text);insert into orders values " + rows + ";";
  }
  std::string items() const { return target("select sku || quantity from items order by sku"); }
};

void check_fan_out(Kind kind) {
  Fanned m(kind, "integer");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.items() == "a2\nb1\nc5\nd1");
  CHECK_THAT(r.out, ContainsSubstring(
                        "items.s: 3 read = 2 written + 0 rejected + 1 dropped + 0 merged; 3 emitted = 3 "
                        "inserted + 0 updated + 0 unchanged + 0 merged"));
  // 7 is written with d alone, 8 is merged whole.
  CHECK_THAT(r.out, ContainsSubstring(
                        "items.b: 2 read = 1 written + 0 rejected + 0 dropped + 1 merged; 5 emitted = 1 "
                        "inserted + 0 updated + 0 unchanged + 4 merged"));
  CHECK(m.kept() == "items.b[7]\nitems.b[8]\nitems.b[8]");
}

void check_refused_fan_out(Kind kind) {
  // The target refuses b of 1 and d of 7: both go whole, with what of 7 would have been merged.
  Fanned m(kind, "integer check (quantity <> 1)");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.items() == "c5");
  CHECK_THAT(r.out, ContainsSubstring(
                        "items.s: 3 read = 1 written + 1 rejected + 1 dropped + 0 merged; 1 emitted = 1 "
                        "inserted + 0 updated + 0 unchanged + 0 merged"));
  CHECK_THAT(r.out, ContainsSubstring(
                        "items.b: 2 read = 0 written + 1 rejected + 0 dropped + 1 merged; 2 emitted = 0 "
                        "inserted + 0 updated + 0 unchanged + 2 merged"));
  CHECK(m.kept() == "items.b[8]\nitems.b[8]");
}

// The table of an application: m2 is there with another value, m9 is of no source.
void check_existing(Kind kind) {
  const auto written = [&](const std::string& write) {
    auto m = std::make_unique<Merged>(kind,
                                      kSources +
                                          std::string("[table.metrics]\nexists = true\n"
                                                      "[table.metrics.load.both]\nfrom = [\"s.metrics\", "
                                                      "\"b.metrics\"]\nmerge = { key = \"id\", ") +
                                          kNewest + " }\nwrite = \"" + write + "\"\nkey = \"id\"\n",
                                      kA, kB);
    m->target("create table metrics (id text primary key not null, value integer, at integer)");
    m->target("insert into metrics values ('m2', 0, 0), ('m9', 9, 9)");
    m->before = target_state(m->target_url());
    const ProcessResult r = m->run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
    CHECK_THAT(r.out,
               ContainsSubstring("metrics.both.s: 3 read = 2 written + 0 rejected + 0 dropped + 1 merged"));
    return m;
  };
  const auto missing = written("insert_missing");
  CHECK(missing->rows() == "m1 1\nm2 0\nm3 3\nm4 4\nm9 9");
  missing->take_back();
  const auto upsert = written("upsert");
  CHECK(upsert->rows() == "m1 1\nm2 22\nm3 3\nm4 4\nm9 9");
  upsert->take_back();
}

}  // namespace

TEST_CASE("merge: rows that a transform made, into SQLite") {
  check_fan_out(Kind::sqlite);
}
TEST_CASE("merge: rows that a transform made, into PostgreSQL", "[postgres]") {
  check_fan_out(Kind::postgresql);
}
TEST_CASE("merge: a refused row takes its siblings along, merged ones too, into SQLite") {
  check_refused_fan_out(Kind::sqlite);
}
TEST_CASE("merge: a refused row takes its siblings along, merged ones too, into PostgreSQL", "[postgres]") {
  check_refused_fan_out(Kind::postgresql);
}
TEST_CASE("merge: into a table that exists, in SQLite") {
  check_existing(Kind::sqlite);
}
TEST_CASE("merge: into a table that exists, in PostgreSQL", "[postgres]") {
  check_existing(Kind::postgresql);
}

TEST_CASE("merge: one output without a key rejects its source row") {
  Fanned m(Kind::sqlite, "integer", ", (4, '[{\"sku\":\"e\",\"n\":1},{\"n\":2}]')");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.items() == "a2\nb1\nc5\nd1");
  CHECK_THAT(r.out, ContainsSubstring(
                        "s.orders key 4, column sku: null: `merge` goes by sku, which is null (row 2 of "
                        "2)"));
}

// 10.0.0.1 and 10.0.0.1/32 are one address to the server.
TEST_CASE("merge: a key that only the server can read", "[postgres]") {
  Merged m(Kind::postgresql,
           plan_of(kFirst, "",
                   "[table.metrics.columns]\nid = \"inet primary key\"\nvalue = "
                   "\"integer\"\nat = \"integer\"\n"),
           metrics("('10.0.0.1', 1, 1), ('10.0.0.2', 2, 2)"),
           metrics("('10.0.0.1/32', 1, 1), ('10.0.0.2/32', 3, 2)"));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select string_agg(id || ' ' || value, ', ' order by id) from metrics") ==
        "10.0.0.1/32 1, 10.0.0.2/32 2");
  CHECK(m.kept() == "metrics.b[2]");
}

namespace {

// 8,000 rows each, 4,000 keys in common; every third of these differs, and every second of b is newer.
const std::string kManyA =
    "create table metrics (id text, value integer, at integer);with recursive i(x) as (select 1 union all "
    "select x + 1 "
    "from i where x < 8000) insert into metrics select 'm' || x, x, 10 from i;";
const std::string kManyB =
    "create table metrics (id text, value integer, at integer);with recursive i(x) as (select 4001 union all "
    "select x + "
    "1 from i where x < 12000) insert into metrics select 'm' || x, case when x % 3 = 0 then -x else x end, "
    "case when x "
    "% 3 <> 0 then 10 when x % 2 = 0 then 11 else 9 end from i;";

// Kills at points spread over the run, each in a fresh target, and resumes.
void check_killed(Kind kind, std::size_t kills) {
  const TempFolder folder;
  Merged unbroken(kind, plan_of(kNewest), kManyA, kManyB);
  REQUIRE(unbroken
              .run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD},
                        {"PLANRUN_KILL_COUNT_FILE", (folder / "points").string()}})
              .status == 0);
  const std::string sums = "select count(*), sum(value), sum(at) from metrics";
  const std::string kept = "select count(*), count(distinct load || key) from " + unbroken.ledger("reject");
  // SQLite's own answer from the sources.
  CHECK(unbroken.target(sums) ==
        unbroken.source(
            "attach '" + (unbroken.source_file().parent_path() / "b.db").string() +
            "' as b; select count(*), sum(value), sum(at) from (select *, row_number() over (partition by "
            "id order by at desc, place) as n from (select 1 as place, * from metrics union all select 2, "
            "* from b.metrics)) where n = 1"));
  CHECK(unbroken.count("metrics") == "12000");
  CHECK(unbroken.target(kept) == "1333|1333");  // multiples of 3 from 4001 to 8000
  const std::size_t points = read_file(folder / "points").size();
  kills = std::min(kills, points - 1);
  for (std::size_t i = 1; i <= kills; ++i) {
    Merged m(kind, plan_of(kNewest), kManyA, kManyB);
    const std::string point = std::to_string(points * i / (kills + 1));
    INFO("killed at point " << point << " of " << points);
    const ProcessResult killed =
        m.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", point}});
    REQUIRE((killed.status == -9 || killed.status == 0));
    const ProcessResult resumed = m.run();
    INFO(resumed.out << resumed.err);
    REQUIRE(resumed.status == 0);
    CHECK(m.target(sums) == unbroken.target(sums));
    CHECK(m.target(kept) == "1333|1333");
  }
}

}  // namespace

TEST_CASE("merge: killed and resumed, into SQLite") {
  check_killed(Kind::sqlite, 3);
}
TEST_CASE("merge: killed and resumed, into PostgreSQL", "[postgres]") {
  check_killed(Kind::postgresql, 3);
}
TEST_CASE("kill: a merge, into SQLite", "[slow][kill]") {
  check_killed(Kind::sqlite, kill_points(5));
}
TEST_CASE("kill: a merge, into PostgreSQL", "[slow][kill][postgres]") {
  check_killed(Kind::postgresql, kill_points(5));
}

}  // namespace merge_again_test
