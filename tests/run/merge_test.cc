// Rows of one key in several sources, from end to end: which one is loaded, what is counted, and what is kept
// of the others. Expected values are worked out by hand from kA and kB.
#include "support/migration.h"
#include "support/target_state.h"

namespace merge_test {

using namespace planrun::test;

namespace {

// Against kB: m1 equal, m2 older, m3 newer, m4 a tie (both without a time).
const char* const kA =
    "create table metrics (metric_id text primary key, value integer, updated_at text);"
    "insert into metrics values ('m1', 10, '2025-01-01 00:00:00'), ('m2', 20, '2025-01-01 00:00:00'),"
    "('m3', 30, '2025-01-05 00:00:00'), ('m4', 40, null);";
const char* const kB =
    "create table metrics (metric_id text primary key, value integer, updated_at text);"
    "insert into metrics values ('m1', 10, '2025-01-01 00:00:00'), ('m2', 21, '2025-02-01 00:00:00'),"
    "('m3', 31, '2025-01-02 00:00:00'), ('m4', 41, null), ('m5', 50, '2025-01-01 00:00:00');";

const char* const kSource = "[source.b]\nurl = \"sqlite:b.db\"\n";
const char* const kColumns =
    "[table.metrics.columns]\nmetric_id = \"text primary key\"\nvalue = \"integer\"\nupdated_at = "
    "\"timestamp\"\n";

std::string plan_of(const std::string& merge, const std::string& keys = "",
                    const std::string& columns = kColumns) {
  return std::string(kSource) +
         "[table.metrics]\nfrom = [\"s.metrics\", \"b.metrics\"]\nmerge = { key = "
         "[\"metric_id\"]" +
         merge + " }\n" + keys + columns;
}
const char* const kNewest = ", keep = \"newest\", by = \"updated_at\"";

class Merged : public Migration {
 public:
  Merged(Kind kind, const std::string& plan, const std::string& a = kA, const std::string& b = kB)
      : Migration(kind, a, plan) {
    make_source("b", b);
  }
  std::string rows() const {
    return target("select metric_id || ' ' || value from metrics order by metric_id");
  }
  std::string kept() const {
    return target("select load || ' ' || key || ' ' || reason from " + ledger("reject") +
                  " where kind = 'merged' order by load, key");
  }
  ProcessResult other(const std::string& command, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {command, plan_file().string()});
    return run_planrun(arguments, state());
  }
};

// A test case a target, with the same body.
void check_newest(Kind kind) {
  Merged m(kind, plan_of(kNewest));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.rows() == "m1 10\nm2 21\nm3 30\nm4 40\nm5 50");
  CHECK_THAT(r.out, ContainsSubstring("metrics.s: 4 read = 3 written + 0 rejected + 0 dropped + 1 merged; "
                                      "4 emitted = 3 inserted + 0 updated + 0 unchanged + 1 merged"));
  CHECK_THAT(r.out, ContainsSubstring("metrics.b: 5 read = 2 written + 0 rejected + 0 dropped + 3 merged; "
                                      "5 emitted = 2 inserted + 0 updated + 0 unchanged + 3 merged"));
  CHECK_THAT(r.out, ContainsSubstring("dropped  merged"));
  CHECK_THAT(r.out, ContainsSubstring("passed: 1 table, 5 rows"));
  const std::string other = "another row of this key was kept: newest by updated_at, from ";
  CHECK(m.kept() == "metrics.b [3] " + other + "s.metrics\nmetrics.b [4] " + other +
                        "s.metrics\nmetrics.s [2] " + other + "b.metrics");
  const ProcessResult rejects = m.other("rejects");
  CHECK_THAT(rejects.out, ContainsSubstring("no row was rejected"));
  CHECK_THAT(rejects.out,
             ContainsSubstring("merged: 3 rows differ from the one of the same key that was kept"));
  CHECK_THAT(m.other("rejects", {"--format", "csv"}).out, ContainsSubstring("\"\"value\"\":31"));
  CHECK_THAT(m.run().out, ContainsSubstring("already done"));
}

void check_first_and_last(Kind kind) {
  Merged first(kind, plan_of(", keep = \"first\""));
  REQUIRE(first.run().status == 0);
  CHECK(first.rows() == "m1 10\nm2 20\nm3 30\nm4 40\nm5 50");
  Merged last(kind, plan_of(", keep = \"last\""));
  REQUIRE(last.run().status == 0);
  CHECK(last.rows() == "m1 10\nm2 21\nm3 31\nm4 41\nm5 50");
  CHECK(last.target("select count(*) from " + last.ledger("reject")) == "3");
}

void check_nothing_said(Kind kind) {
  Merged m(kind, plan_of(""));
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.err,
             ContainsSubstring("table metrics: 3 keys have rows that differ, and `merge` does not say"));
  CHECK_THAT(r.err, ContainsSubstring("metric_id 'm2': value 20 (s.metrics key 2), 21 (b.metrics key 2); "
                                      "updated_at 2025-01-01 00:00:00 (s.metrics key 2), 2025-02-01"));
  CHECK_THAT(r.err, ContainsSubstring("metric_id 'm4': value 40 (s.metrics key 4), 41 (b.metrics key 4)\n"));
  CHECK(target_state(m.target_url()) == before);
  CHECK((!std::filesystem::exists(m.state() / "planrun" / "test") ||
         std::filesystem::is_empty(m.state() / "planrun" / "test")));
  // Where all rows of a key are equal there is nothing to say.
  Merged equal(kind, plan_of(""), kA, kA);
  const ProcessResult e = equal.run();
  INFO(e.out << e.err);
  REQUIRE(e.status == 0);
  CHECK(equal.rows() == "m1 10\nm2 20\nm3 30\nm4 40");
  CHECK_THAT(e.out, ContainsSubstring("metrics.b: 4 read = 0 written + 0 rejected + 0 dropped + 4 merged"));
  CHECK(equal.target("select count(*) from " + equal.ledger("reject")) == "0");
}

}  // namespace

TEST_CASE("merge: the newest row of each key is loaded, into SQLite") {
  check_newest(Kind::sqlite);
}
TEST_CASE("merge: the newest row of each key is loaded, into PostgreSQL", "[postgres]") {
  check_newest(Kind::postgresql);
}
TEST_CASE("merge: the first or the last source counts, into SQLite") {
  check_first_and_last(Kind::sqlite);
}
TEST_CASE("merge: the first or the last source counts, into PostgreSQL", "[postgres]") {
  check_first_and_last(Kind::postgresql);
}
TEST_CASE("merge: different rows are an error before anything is written, into SQLite") {
  check_nothing_said(Kind::sqlite);
}
TEST_CASE("merge: different rows are an error before anything is written, into PostgreSQL", "[postgres]") {
  check_nothing_said(Kind::postgresql);
}

TEST_CASE("merge: a preview tells what would be merged, and writes nothing") {
  Merged m(Kind::sqlite, plan_of(kNewest));
  const ProcessResult r = m.dry_run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out,
             ContainsSubstring("metrics from s.metrics, b.metrics: 4 keys stand in more than one row; 1 row "
                               "is merged as equal, 3 differ from the one that is kept (newest by "
                               "updated_at)"));
  CHECK_THAT(r.out,
             ContainsSubstring("metric_id 'm2': value 20 (s.metrics key 2), 21 (b.metrics key 2, kept)"));
  CHECK_FALSE(std::filesystem::exists(m.target_file()));
  m.write_plan(plan_of(""));
  const ProcessResult none = m.dry_run();
  CHECK(none.status == 1);
  CHECK_THAT(none.out, ContainsSubstring("A run would stop: 3 keys have rows that differ"));
}

TEST_CASE("merge: a row without a key is rejected, and merged rows count as no rejects") {
  Merged m(Kind::sqlite,
           plan_of(kNewest, "on_reject = \"keep\"\nmax_rejects = 1\n",
                   "[table.metrics.columns]\n"
                   "metric_id = \"text\"\nvalue = \"integer\"\nupdated_at = \"timestamp\"\n"),
           kA, std::string(kB) + "insert into metrics values (null, 60, null);");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("passed, 1 rejected"));
  CHECK_THAT(r.out, ContainsSubstring("metrics.b: 6 read = 2 written + 1 rejected + 0 dropped + 3 merged"));
  CHECK(m.target("select key, column_name, reason from planrun_reject where kind = 'rejected'") ==
        "[6]|metric_id|`merge` goes by metric_id, which is null");
}

TEST_CASE("merge: duplicates inside one source, which keep no order of their own") {
  // A view has no key: rows are known by their place.
  Migration m(
      Kind::sqlite,
      "create table raw (k text, v int, at int);"
      "insert into raw values ('x', 1, 1), ('x', 1, 1), ('y', 1, 9), ('y', 2, 10), ('y', 2, 10), ('z', 3, 0);"
      "create view rows as select * from raw;",
      "[table.rows]\nfrom = \"s.rows\"\nmerge = { key = \"k\", keep = \"newest\", by = \"at\" }\n"
      "[table.rows.columns]\nk = \"text primary key\"\nv = \"integer\"\nat = \"integer\"\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select k || v from rows order by k") == "x1\ny2\nz3");
  CHECK_THAT(r.out, ContainsSubstring("rows: 6 read = 3 written + 0 rejected + 0 dropped + 3 merged"));
  // y, 1 is not what was kept.
  CHECK(m.target("select count(*), min(row) from planrun_reject where kind = 'merged'") ==
        "1|{\"k\":\"y\",\"v\":1,\"at\":9}");
}

TEST_CASE("merge: newest goes by the type of its column") {
  struct Order {
    const char* type;
    const char* older;
    const char* newer;
  };
  const Order order =
      GENERATE(Order{"integer", "9", "10"}, Order{"numeric", "'9.5'", "'10.25'"},
               Order{"text", "'10'", "'9'"}, Order{"double precision", "-1.5", "-1.25"},
               Order{"date", "'2024-12-31'", "'2025-01-01'"}, Order{"integer", "null", "-5"},
               Order{"timestamptz", "'2025-01-01 00:00:00+02:00'", "'2025-01-01 00:00:00+01:00'"});
  INFO(order.type << " " << order.older << " " << order.newer);
  const auto source = [&](int value, const char* by) {
    return "create table metrics (metric_id text, value int, updated_at);insert into metrics values ('m', " +
           std::to_string(value) + ", " + by + ");";
  };
  const std::string columns =
      "[table.metrics.columns]\nmetric_id = \"text primary key\"\nvalue = \"integer\"\nupdated_at = { type = "
      "\"" +
      std::string(order.type) + "\", storage = \"text\" }\n";
  const std::string plain = std::string(columns).replace(columns.find(", storage"), 18, "");
  const bool is_numeric = std::string(order.type) == "numeric";
  Merged forth(Kind::sqlite, plan_of(kNewest, "", is_numeric ? columns : plain), source(1, order.older),
               source(2, order.newer));
  const ProcessResult r = forth.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(forth.rows() == "m 2");
  Merged back(Kind::sqlite, plan_of(kNewest, "", is_numeric ? columns : plain), source(2, order.newer),
              source(1, order.older));
  REQUIRE(back.run().status == 0);
  CHECK(back.rows() == "m 2");
}

}  // namespace merge_test
