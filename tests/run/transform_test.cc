// Loads through a Lua function, from end to end: fan-out, balance, rejects, resume, proof and preview.
#include <algorithm>

#include "support/migration.h"

namespace transform_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table orders(id integer primary key, items text, note text);"
    "insert into orders values (1,'[{\"sku\":\"a\",\"n\":2},{\"sku\":\"b\",\"n\":1}]','x'),(2,'[]','y'),"
    "(3,'[{\"sku\":\"c\",\"n\":5}]',null),(4,'[{\"sku\":\"d\",\"n\":1},{\"sku\":\"e\",\"n\":2},{\"sku\":"
    "\"f\",\"n\":3}]','z');";

// A row for each item; {id}-{place} is its key.
const char* const kLua =
    "local M = {}\n"
    "function M.rows(row)\n"
    "  local rows = {}\n"
    "  for i, item in ipairs(json.decode(row.items)) do\n"
    "    rows[i] = { item_id = row.id * 10 + i, order_id = row.id, sku = item.sku, quantity = item.n, "
    "upper_note = row.note }\n"
    "  end\n"
    "  return rows\n"
    "end\n"
    "return M\n";

std::string plan_of(const std::string& keys = "", const std::string& quantity = "integer not null",
                    const std::string& sku = "text not null") {
  return "[table.items]\nfrom = \"s.orders\"\ntransform = \"items.rows\"\n" + keys +
         "[table.items.columns]\nitem_id = \"bigint primary key\"\norder_id = \"bigint not null\"\nsku = \"" +
         sku + "\"\nquantity = \"" + quantity +
         "\"\nnote = { type = \"text\", from = \"upper_note\" }\nmade_by = { type = \"text\", value = "
         "\"test\" }\n";
}

class Fanned : public Migration {
 public:
  Fanned(Kind kind, const std::string& source, const std::string& plan, const std::string& lua = kLua)
      : Migration(kind, source, plan) {
    write_lua(lua);
  }
  void write_lua(const std::string& lua) {
    const auto folder = plan_file().parent_path() / "transforms";
    std::filesystem::create_directories(folder);
    write_file(folder / "items.lua", lua);
  }
  std::string rows() const {
    return target(
        "select item_id || sku || quantity || coalesce(note, '-') || made_by from items order by item_id");
  }
};

void check_fan_out(Kind kind) {
  Fanned m(kind, kSource, plan_of());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.rows() == "11a2xtest\n12b1xtest\n31c5-test\n41d1ztest\n42e2ztest\n43f3ztest");
  CHECK_THAT(r.out, ContainsSubstring("items: 4 read = 3 written + 0 rejected + 1 dropped + 0 merged; "
                                      "6 emitted = 6 inserted"));
  CHECK(m.target(
            "select rows_read, rows_written, rows_dropped, rows_emitted, rows_inserted, digest_rows from " +
            m.ledger("chunk")) == "4|3|1|6|6|6");
  CHECK_THAT(m.run().out, ContainsSubstring("already done"));
}

}  // namespace

TEST_CASE("a row fans out, and both balances are told, into SQLite") {
  check_fan_out(Kind::sqlite);
}
TEST_CASE("a row fans out, and both balances are told, into PostgreSQL", "[postgres]") {
  check_fan_out(Kind::postgresql);
}

// The last row of 2,500 is as good as the first, and one that does not fit is told by its number.
TEST_CASE("a row fans out into thousands") {
  const std::string lua =
      "return { rows = function(row)\n  local rows = {}\n  for i = 1, 2500 do\n"
      "    rows[i] = { item_id = row.id * 10000 + i, order_id = row.id, sku = 's' .. i, quantity = i }\n"
      "  end\n  if row.id == 3 then rows[2222].quantity = 'many' end\n  return rows\nend }\n";
  Fanned m(Kind::sqlite, kSource, plan_of("on_reject = \"keep\"\n"), lua);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select count(*), count(distinct sku), sum(quantity), "
                 "sum(item_id = order_id * 10000 + quantity and sku = 's' || quantity) from items") ==
        "7500|2500|9378750|7500");
  CHECK_THAT(r.out, ContainsSubstring("(row 2222 of 2500)"));
}

namespace {

void check_atomic_row(Kind kind) {
  Fanned m(kind, kSource, plan_of("on_reject = \"keep\"\n", "smallint not null", "varchar(1) not null"),
           std::string(kLua).replace(std::string(kLua).find("item.sku"), 8,
                                     "(item.sku == 'e' and 'too long' or item.sku)"));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select count(*) from items where order_id = 4") == "0");
  CHECK_THAT(r.out, ContainsSubstring("4 read = 2 written + 1 rejected + 1 dropped + 0 merged; 3 emitted"));
  CHECK_THAT(r.out, ContainsSubstring("(row 2 of 3)"));
  CHECK(m.target("select key from " + m.ledger("reject")) == "[4]");
}

}  // namespace

TEST_CASE("one wrong row of a fan-out rejects all rows of its source row, into SQLite") {
  check_atomic_row(Kind::sqlite);
}
TEST_CASE("one wrong row of a fan-out rejects all rows of its source row, into PostgreSQL", "[postgres]") {
  check_atomic_row(Kind::postgresql);
}

namespace {

// A CHECK that only the target knows: what stands in the table already must go with its source row.
void check_refused_row(Kind kind) {
  Fanned m(kind, kSource, plan_of("on_reject = \"keep\"\n", "integer not null check (quantity <> 2)"));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.rows() == "31c5-test");
  CHECK_THAT(r.out, ContainsSubstring("4 read = 1 written + 2 rejected + 1 dropped + 0 merged; 1 emitted"));
  CHECK(m.target("select key from " + m.ledger("reject") + " order by key") == "[1]\n[4]");
  Fanned stops(kind, kSource, plan_of("", "integer not null check (quantity <> 2)"));
  const ProcessResult s = stops.run();
  CHECK(s.status == 1);
  CHECK_THAT(s.out + s.err, ContainsSubstring("2 rows do not fit"));
}

}  // namespace

TEST_CASE("a row that the target refuses takes its siblings along, into SQLite") {
  check_refused_row(Kind::sqlite);
}
TEST_CASE("a row that the target refuses takes its siblings along, into PostgreSQL", "[postgres]") {
  check_refused_row(Kind::postgresql);
}

namespace {

// The unique index finds rows in the way when all are in.
void check_unique_index(Kind kind) {
  Fanned m(kind,
           std::string(kSource) +
               "insert into orders values (5,'[{\"sku\":\"q\",\"n\":7},{\"sku\":\"a\",\"n\":8}]',null),"
               "(6,'[{\"sku\":\"q\",\"n\":9}]',null);",
           plan_of("on_reject = \"keep\"\n") + "[table.items.index]\nitems_sku = \"unique (sku)\"\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.rows() == "11a2xtest\n12b1xtest\n31c5-test\n41d1ztest\n42e2ztest\n43f3ztest\n61q9-test");
  CHECK(m.target("select key from " + m.ledger("reject")) == "[5]");
  CHECK_THAT(r.out, ContainsSubstring("6 read = 4 written + 1 rejected + 1 dropped + 0 merged; 7 emitted"));
}

}  // namespace

TEST_CASE("a row that breaks a unique index takes its siblings along, into SQLite") {
  check_unique_index(Kind::sqlite);
}
TEST_CASE("a row that breaks a unique index takes its siblings along, into PostgreSQL", "[postgres]") {
  check_unique_index(Kind::postgresql);
}

// Values of such a type are asked of the server in lots.
TEST_CASE("a value that only the server can judge rejects its whole source row", "[postgres]") {
  Fanned m(Kind::postgresql,
           "create table orders(id integer primary key, items text, note text);"
           "insert into orders values (1,'[{\"sku\":\"10.0.0.1\",\"n\":1},{\"sku\":\"::1\",\"n\":2}]',null),"
           "(2,'[{\"sku\":\"10.0.0.2\",\"n\":1},{\"sku\":\"none\",\"n\":2}]',null);",
           plan_of("on_reject = \"keep\"\n", "integer", "inet"));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select string_agg(sku::text, ' ' order by item_id) from items") == "10.0.0.1/32 ::1/128");
  CHECK_THAT(r.out, ContainsSubstring("2 read = 1 written + 1 rejected + 0 dropped + 0 merged; 2 emitted"));
  CHECK_THAT(r.out, ContainsSubstring("key 2, column sku: text 'none': is no inet"));
}

TEST_CASE("a Lua error rejects its row with file and line") {
  Fanned m(Kind::sqlite, std::string(kSource) + "insert into orders values (9,'no json','x');", plan_of());
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.out + r.err, ContainsSubstring("s.orders key 9: items.lua:4: json.decode"));
}

TEST_CASE("a preview shows rows before and after a fan-out") {
  Fanned m(Kind::sqlite, kSource, plan_of());
  const ProcessResult r = m.dry_run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("\"items\":\"[{"));
  CHECK_THAT(r.out, ContainsSubstring("after  item_id 11, order_id 1, sku 'a'"));
  CHECK_THAT(r.out, ContainsSubstring("after  item_id 12"));
}

TEST_CASE("a function that remembers is found out before anything is written") {
  Fanned m(Kind::sqlite, kSource, plan_of(),
           "local n = 0\nreturn { rows = function(row)\n  n = n + 1\n  return { item_id = row.id, order_id = "
           "n, sku = 'x', "
           "quantity = 1 }\nend }\n");
  const ProcessResult r = m.run();
  CHECK(r.status == 2);
  CHECK_THAT(r.err, ContainsSubstring("gave different rows for s.orders key 2"));
  CHECK(m.target("select count(*) from sqlite_schema where name = 'items'") == "0");
  CHECK(m.dry_run().status == 2);
}

TEST_CASE("a function that remembers for long is found out behind the first rows") {
  Fanned m(
      Kind::sqlite,
      "create table orders(id integer primary key, items text); with recursive i(x) as (select 1 union all "
      "select x + 1 from i where x < 2000) insert into orders select x, x % 1700 from i",
      plan_of(),
      "local seen = {}\nreturn { rows = function(row)\n  if seen[row.items] then return nil end\n  "
      "seen[row.items] = true\n  return { item_id = row.id, order_id = row.id, sku = row.items, quantity = 1 "
      "}\nend }\n");
  const ProcessResult r = m.run();
  CHECK(r.status != 0);
  CHECK_THAT(r.out + r.err, ContainsSubstring("gave different rows for s.orders key 1746"));
}

TEST_CASE("a Lua file that is missing or wrong is told at its place") {
  Migration m(Kind::sqlite, kSource, plan_of());
  const ProcessResult missing = m.run();
  CHECK(missing.status == 2);
  CHECK_THAT(missing.err, ContainsSubstring("require 'items': there is no such file"));
  const ProcessResult lint = run_planrun({"lint", m.plan_file().string()}, m.state());
  CHECK(lint.status == 2);
  CHECK_THAT(lint.out, ContainsSubstring("plan.toml:12:13"));
}

namespace {

std::string many(int count) {
  return "create table orders(id integer primary key, items text, note text);"
         "with recursive i(x) as (select 1 union all select x+1 from i where x<" +
         std::to_string(count) +
         ") insert into orders select x, '[{\"sku\":\"a\",\"n\":' || x || '},{\"sku\":\"b\",\"n\":1}]', 'n' "
         "from i;";
}

}  // namespace

namespace {

// The error in row 260,000 stops the run; what was committed before is hashed again under the mended
// function.
void check_mended_function(Kind kind) {
  const std::string broken = std::string(kLua).replace(std::string(kLua).find("local rows = {}"), 15,
                                                       "local rows = {} assert(row.id < 260000)");
  Fanned m(kind, many(260'000), plan_of(), broken);
  const ProcessResult r = m.run({"-j", "1"});
  INFO(r.out << r.err);
  REQUIRE(r.status == 1);
  REQUIRE(m.target("select count(*) from " + m.ledger("chunk") + " where state = 'done'") != "0");

  m.write_lua(std::string(kLua).replace(std::string(kLua).find("item.sku"), 8, "item.sku .. '!'"));
  const ProcessResult other = m.run();
  CHECK(other.status == 1);
  CHECK_THAT(other.out + other.err, ContainsSubstring("other rows than those committed"));

  m.write_lua(kLua);
  const ProcessResult goes_on = m.run();
  INFO(goes_on.out << goes_on.err);
  CHECK(goes_on.status == 0);
  CHECK_THAT(goes_on.err, ContainsSubstring("hashed again"));
  CHECK(m.target("select count(*), count(distinct item_id) from items") == "520000|520000");
}

}  // namespace

TEST_CASE("a mended function goes on where what is committed agrees, into SQLite", "[slow]") {
  check_mended_function(Kind::sqlite);
}
TEST_CASE("a mended function goes on where what is committed agrees, into PostgreSQL", "[postgres][slow]") {
  check_mended_function(Kind::postgresql);
}

namespace {

constexpr std::size_t kKillPoints = 6;
// Rows that the target refuses are in every chunk, so that it starts over with all of them.
const std::string kKilledPlan =
    plan_of("on_reject = \"keep\"\n", "integer not null check (quantity % 50 <> 13)");
const char* const kSums =
    "select count(*), sum(item_id), sum(quantity), min(sku), count(distinct item_id) from items";

// Kills at points spread over the run, each in a fresh target, and resumes.
void check_killed(Kind kind) {
  TempFolder folder;
  const std::string source = many(20'000);
  Fanned unbroken(kind, source, kKilledPlan);
  REQUIRE(unbroken
              .run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD},
                        {"PLANRUN_KILL_COUNT_FILE", (folder / "points").string()}})
              .status == 0);
  // Of 20,000 rows, 400 have an n of 13, 63, 113, ...: they are out with both of their rows.
  REQUIRE(unbroken.count("items") == "39200");
  const std::size_t points = read_file(folder / "points").size();
  const std::size_t count = std::min(kill_points(kKillPoints), points - 1);
  for (std::size_t i = 1; i <= count; ++i) {
    Fanned m(kind, source, kKilledPlan);
    const std::string point = std::to_string(points * i / (count + 1));
    INFO("killed at point " << point << " of " << points);
    const ProcessResult killed =
        m.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", point}});
    REQUIRE((killed.status == -9 || killed.status == 0));
    const ProcessResult resumed = m.run();
    INFO(resumed.out << resumed.err);
    REQUIRE(resumed.status == 0);
    CHECK(m.target(kSums) == unbroken.target(kSums));
    CHECK(m.target("select count(*), count(distinct key) from " + m.ledger("reject")) == "400|400");
  }
}

}  // namespace

TEST_CASE("kill: a load that fans out, into SQLite", "[slow][kill]") {
  check_killed(Kind::sqlite);
}
TEST_CASE("kill: a load that fans out, into PostgreSQL", "[slow][kill][postgres]") {
  check_killed(Kind::postgresql);
}

}  // namespace transform_test
