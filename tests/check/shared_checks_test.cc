// Every check of checks/: a plan that passes it and one that fails it, in both targets.
#include "support/migration.h"

namespace shared_checks_test {

using namespace planrun::test;

namespace {

const char* const kSource = R"(
create table parent(code text primary key);
insert into parent values ('a'), ('b');
create table t(id integer primary key autoincrement, code text, amount integer, price real, quantity integer, kind text,
  "Odd "" name" text, made text, seen text, doc text, list text);
insert into t values
  (1, 'a', 100, 2.5, 40, 'new', 'x', '2024-01-01', '2024-01-01 10:00:00', '{"k": 1, "l": null}', '[{"k": 1}, {"k": 2}]'),
  (2, 'b', 250, 2.5, 99, 'old', 'y', '2024-01-02', '2024-01-02T10:00:00Z', '{"l": 2, "k": 3}', '[]'),
  (3, null, null, null, null, null, null, null, null, null, null);
create table twice(id integer primary key, code text, amount integer, kind text);
insert into twice values (1, 'z', 7, 'new'), (2, 'z', 8, 'it''s');
create table empty(id integer primary key, v text);
create table again(id integer primary key, doc text, list text);
insert into again values (1, '{"k":1,"k":2}', '[{"k":1,"k":2}]');
)";

const std::string kTables = R"toml(
[table.parent]
from = "s.parent"
[table.t]
from = "s.t"
[table.t.columns]
id       = "serial primary key"
code     = "text"
amount   = "numeric(12,2)"
price    = "double precision"
quantity = "integer"
kind     = "text"
'Odd " name' = "text"
made     = "date"
seen     = { type = "timestamptz", using = "utc" }
doc      = "jsonb"
list     = "jsonb"
[table.t.index]
t_code = "(code)"
[table.twice]
from = "s.twice"
[table.twice.columns]
id     = "bigint primary key"
code   = "text"
amount = "integer"
kind   = "text"
later  = { type = "timestamp", value = "2999-01-01 00:00:00" }
[table.empty]
from = "s.empty"
[table.again]
from = "s.again"
[table.again.columns]
id   = "bigint primary key"
doc  = "json"
list = "json"
)toml";

struct Case {
  const char* name;
  const char* passes;
  const char* fails;
  const char* said;  // of the failure
};

const std::vector<Case> kCases = {
    {"row_counts", "table = [\"t\", \"parent\", \"empty\"]\nsource = \"s\"",
     "table = \"t\"\nfrom = \"twice\"\nsource = \"s\"", "expected 2, found 3"},
    {"row_counts", "table = \"t\"\nexpect = 3", "table = [\"t\", \"twice\"]\nexpect = 3",
     "check c: twice: expected 3, found 2"},
    {"sum", "table = \"t\"\ncolumn = \"amount\"\nsource = \"s\"",
     "table = \"t\"\ncolumn = \"amount\"\nexpect = \"351.01\"\ntolerance = 1", "difference 1.01"},
    {"sum", "table = \"empty\"\ncolumn = \"id\"\nexpect = 0",
     "table = \"t\"\ncolumn = \"amount\"\nfrom = \"twice\"\nfrom_column = \"id\"\nsource = \"s\"",
     "expected 3, found 350"},
    {"not_null", "table = \"t\"\ncolumn = \"id\"", "table = \"t\"\ncolumn = [\"id\", 'Odd \" name']",
     "expected 0, found 1"},
    {"unique", "table = \"twice\"\ncolumns = [\"code\", \"amount\"]", "table = \"twice\"\ncolumns = \"code\"",
     "expected 0, found 1"},
    {"unique", "table = \"t\"\ncolumns = \"code\"", "table = \"twice\"\ncolumns = [\"code\"]",
     "expected 0, found 1"},
    {"no_orphans", "table = \"t\"\ncolumn = \"code\"\nparent = \"parent\"",
     "table = \"twice\"\ncolumn = \"code\"\nparent = \"parent\"\nkey = \"code\"", "expected 0, found 2"},
    {"accepted_values", "table = \"twice\"\ncolumn = \"kind\"\nvalues = [\"new\", \"it's\"]",
     "table = \"twice\"\ncolumn = \"amount\"\nvalues = [7, 9]", "expected 0, found 1"},
    {"no_future_dates", "table = \"t\"\ncolumn = [\"made\", \"seen\"]",
     "table = \"twice\"\ncolumn = \"later\"", "expected 0, found 2"},
    {"json_shape", "table = \"t\"\ncolumn = \"doc\"\nkeys = [\"k\", \"l\"]",
     "table = \"t\"\ncolumn = \"doc\"\nkeys = [\"k\", \"m\"]", "expected 0, found 2"},
    {"json_shape", "table = \"t\"\ncolumn = \"list\"\nis = \"array\"\nkeys = \"k\"",
     "table = \"t\"\ncolumn = \"list\"\nis = \"array\"\nkeys = [\"k\", \"l\"]", "expected 0, found 1"},
    {"json_shape", "table = \"t\"\ncolumn = \"list\"\nis = \"array\"\nkeys = \"k\"",
     "table = \"t\"\ncolumn = \"doc\"\nis = \"array\"\nkeys = \"k\"", "expected 0, found 2"},
    {"json_shape", "table = \"t\"\ncolumn = \"list\"\nis = \"array\"\nkeys = \"k\"",
     "table = \"again\"\ncolumn = \"doc\"\nkeys = [\"k\", \"l\"]", "expected 0, found 1"},
    {"json_shape", "table = \"t\"\ncolumn = \"list\"\nis = \"array\"\nkeys = \"k\"",
     "table = \"again\"\ncolumn = \"list\"\nis = \"array\"\nkeys = [\"k\", \"l\"]", "expected 0, found 1"},
    {"variance", "table = \"t\"\ncolumn = \"amount\"\ncalculation = \"price * quantity\"",
     "table = \"t\"\ncolumn = \"amount\"\ncalculation = \"price * quantity\"\npercent = 1",
     "expected 0, found 1"},
    {"index_present", "table = \"t\"\nindex = \"t_code\"",
     "table = \"twice\"\nindex = [\"t_code\", \"nothing\"]", "expected 1, found 0"},
    {"sequence_ahead", "table = \"t\"\ncolumn = \"id\"", "table = \"twice\"\ncolumn = \"id\"",
     "expected 1, found 0"},
    {"latency", "query = \"select count(*) from t\"\nmax_ms = 10000",
     "query = \"select count(*) from t\"\nmax_ms = 0\nruns = 3", "expected at most 0 ms, found "},
};

std::string check_of(const Case& c, const char* arguments) {
  return "[check.c]\nuse = \"" + std::string(c.name) + "\"\n" + arguments + "\n";
}

// One run, and then the plan's checks again and again: a run that has passed all but its checks checks again.
void check_all(Kind kind) {
  Migration m(kind, kSource, kTables + "[check.not_yet]\nsql = \"select 1\"\nexpect = 2\n");
  std::filesystem::create_directory_symlink(PLANRUN_SOURCE_DIR "/checks",
                                            m.plan_file().parent_path() / "checks");
  REQUIRE(m.run().status == 3);
  for (const Case& c : kCases) {
    m.write_plan(kTables + check_of(c, c.fails));
    const ProcessResult bad = m.run();
    INFO(c.name << "\n" << c.fails << "\n" << bad.out << bad.err);
    CHECK(bad.status == 3);
    CHECK_THAT(bad.out + bad.err, ContainsSubstring(c.said));
    m.write_plan(kTables + check_of(c, c.passes) + "[check.still_not]\nsql = \"select 1\"\nexpect = 2\n");
    const ProcessResult good = m.run();
    INFO(c.passes << "\n" << good.out << good.err);
    CHECK(good.status == 3);
    CHECK_THAT(good.out + good.err, !ContainsSubstring("check c"));
    CHECK(m.target(
              "select count(*) from " + m.ledger("check_result") +
              " where name like 'c%' and status <> 'passed' and checked_at = (select max(checked_at) from " +
              m.ledger("check_result") + " where name like 'c%')") == "0");
  }
}

}  // namespace

TEST_CASE("every shared check passes and fails where it should, in SQLite", "[long]") {
  check_all(Kind::sqlite);
}
TEST_CASE("every shared check passes and fails where it should, in PostgreSQL", "[postgres]") {
  check_all(Kind::postgresql);
}

}  // namespace shared_checks_test
