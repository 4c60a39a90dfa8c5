// What a change of a plan means: kind and mark of each, and what is none.
#include "plan/plan_diff.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "plan/read_plan.h"
#include "support/support.h"

namespace plan_diff_test {

using namespace planrun;
using namespace planrun::test;

namespace {

const std::string kPlan = R"toml([plan]
name = "p"
on_failure = "rollback"
[source.s]
url = "sqlite:s.db"
[target.t]
url = "${NO_SUCH_VARIABLE}"
[table.a]
from = "s.a"
[table.a.columns]
id    = "integer primary key"
sku   = "varchar(50) not null"
total = { type = "numeric(12,2)", from = "price" }
b_id  = "integer references b"
[table.a.index]
idx = "(sku)"
[table.b]
from = "s.b"
[table.b.columns]
id = "integer primary key"
[check.sum]
sql = "select sum(total) from a"
expect = "10"
tolerance = 1
[guard.g]
sql = "select count(*) from b"
[view.v]
sql = "select * from a"
[[sql]]
name = "grants"
at   = "end"
sql  = "grant select on a to public"
undo = "revoke select on a from public"
)toml";

PlanFacts facts(const std::string& text) {
  ReadPlanOptions options;
  options.connects = false;
  const ReadPlanResult result = read_plan_text(text, "plan.toml", options);
  INFO(to_text(result.diagnostics));
  REQUIRE_FALSE(result.diagnostics.has_errors());
  return facts_of(result.plan, {});
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  REQUIRE(text.find(what) != std::string::npos);
  return text.replace(text.find(what), what.size(), with);
}

// "type_narrowed dangerous a", a line each.
std::string changes(const std::string& what, const std::string& with) {
  std::string lines;
  for (const auto& change : diff_plans(facts(kPlan), facts(replaced(kPlan, what, with))).changes) {
    if (!lines.empty()) lines += "; ";
    lines += std::string(change.rule().name) + " " + std::string(to_string(change.mark()));
    if (!change.table.empty()) lines += " " + change.table;
  }
  return lines;
}

}  // namespace

TEST_CASE("comments, layout and order are no change") {
  std::string text =
      replaced(kPlan, "sku   = \"varchar(50) not null\"", "# why\nsku = \"VARCHAR( 50 )  NOT NULL\"");
  text = replaced(text, "id    = \"integer primary key\"\n", "");
  text = replaced(text, "[table.a.index]", "id = \"int primary key\"\n[table.a.index]");
  text = replaced(text, "select sum(total) from a", "select sum(total)  /* all */ from a");
  const std::string b = "[table.b]\nfrom = \"s.b\"\n[table.b.columns]\nid = \"integer primary key\"\n";
  text = replaced(text, b, "") + b;
  CHECK(diff_plans(facts(kPlan), facts(text)).changes.empty());
}

TEST_CASE("tables and columns: gone is dangerous, new is safe") {
  CHECK(changes("[table.b]",
                "[table.c]\nfrom = \"s.c\"\n[table.c.columns]\nid = \"integer primary key\"\n[table.b]") ==
        "table_new safe c");
  CHECK(changes("[guard.g]\nsql = \"select count(*) from b\"", "") == "guard_gone dangerous");
  CHECK(changes("sku   = \"varchar(50) not null\"\n", "sku = \"varchar(50) not null\"\nnew = \"text\"\n") ==
        "column_new safe a");
  CHECK(changes("total = { type = \"numeric(12,2)\", from = \"price\" }\n", "") == "column_gone dangerous a");
  CHECK(changes("total = {", "amount = {") == "column_renamed attention a");
  CHECK(changes("from = \"price\"", "from = \"cost\"") == "column_source_changed attention a");
  CHECK(changes("from = \"price\"", "expr = \"price * 2\"") == "column_source_changed attention a");
  CHECK(changes("from = \"price\"", "from = \"price\", using = \"round(2)\"") ==
        "conversion_lossy dangerous a");
  CHECK(changes("from = \"price\"", "from = \"price\", using = \"decimal_comma\"") ==
        "conversion_changed attention a");
}

TEST_CASE("types, nulls and what keeps rows right") {
  CHECK(changes("varchar(50) not null", "varchar(20) not null") == "type_narrowed dangerous a");
  CHECK(changes("varchar(50) not null", "text not null") == "type_widened safe a");
  CHECK(changes("numeric(12,2)", "double precision") == "type_lossy dangerous a");
  CHECK(changes("varchar(50) not null", "jsonb not null") == "type_other attention a");
  CHECK(changes("varchar(50) not null", "varchar(50)") == "null_allowed attention a");
  CHECK(changes("varchar(50) not null", "varchar(50) not null default ''") == "default_changed attention a");
  CHECK(changes("varchar(50) not null", "varchar(50) not null unique") == "key_new attention a");
  CHECK(changes("integer references b", "integer") == "foreign_key_gone dangerous a");
  CHECK(changes("integer references b", "integer references b on delete cascade") ==
        "foreign_key_changed attention a");
  CHECK(changes("integer references b", "integer references b (id)").empty());
  CHECK(changes("idx = \"(sku)\"", "idx = \"unique (sku)\"") == "unique_index_new attention a");
  CHECK(changes("idx = \"(sku)\"", "") == "index_gone attention a");
}

TEST_CASE("a load that goes otherwise") {
  CHECK(changes("from = \"s.a\"", "from = \"s.a\"\nwhere = \"id > 1\"") == "where_changed attention a");
  CHECK(changes("from = \"s.a\"", "from = \"s.a\"\nafter = [\"b\"]") == "order_changed safe a");
  CHECK(changes("from = \"s.a\"", "from = \"s.a\"\non_reject = \"keep\"") == "rejects_loosened attention a");
  CHECK(changes("from = \"s.a\"", "from = \"s.a\"\nignore = [\"x\"]") == "ignore_grown attention a");
  CHECK(changes("from = \"s.a\"", "from = \"s.old\"") == "source_table_changed attention a");
  CHECK(changes("from = \"s.a\"", "from = \"s.a\"\nwrite = \"upsert\"\nkey = [\"id\"]") ==
        "write_overwrites dangerous a; write_changed attention a");
  CHECK(changes("from = \"s.a\"", "from = \"s.a\"\nmerge = { key = [\"id\"] }") ==
        "merge_changed attention a");
}

TEST_CASE("checks loosened or gone") {
  CHECK(changes("tolerance = 1", "tolerance = 1.5") == "tolerance_grown attention");
  CHECK(changes("tolerance = 1", "tolerance = 0.5") == "tolerance_shrunk safe");
  CHECK(changes("tolerance = 1", "tolerance = \"1%\"") == "tolerance_grown attention");
  CHECK(changes("tolerance = 1", "tolerance = 1\nseverity = \"warning\"") == "critical_lowered dangerous");
  CHECK(changes("expect = \"10\"", "severity = \"info\"") ==
        "critical_lowered dangerous; expectation_gone dangerous");
  CHECK(changes("[check.sum]\nsql = \"select sum(total) from a\"\nexpect = \"10\"\ntolerance = 1\n", "") ==
        "critical_check_gone dangerous");
  CHECK(changes("select sum(total) from a", "select sum(b_id) from a") == "check_changed attention");
  CHECK(changes("select count(*) from b", "select count(*) from a") == "guard_changed attention");
}

TEST_CASE("objects and what a plan says of its runs") {
  CHECK(changes("select * from a", "select sku from a") == "object_changed attention");
  CHECK(changes("undo = \"revoke select on a from public\"\n", "") == "undo_gone dangerous");
  CHECK(changes("name = \"p\"", "name = \"q\"") == "plan_name_changed dangerous");
  CHECK(changes("on_failure = \"rollback\"\n", "") == "on_failure_loosened attention");
  CHECK(changes("url = \"sqlite:s.db\"", "url = \"sqlite:s.db\"\nsnapshot = \"none\"") ==
        "snapshot_none dangerous");
  CHECK(changes("url = \"sqlite:s.db\"", "url = \"sqlite:other.db\"") == "source_url_changed attention");
  CHECK(changes("[target.t]", "[target.t]\nledger = \"other\"") == "ledger_changed dangerous");
  CHECK(changes("[target.t]", "[target.t]\nschema = \"sales\"") == "schema_changed dangerous");
  const PlanDiff moved =
      diff_plans(facts(kPlan), facts(replaced(kPlan, "[target.t]", "[target.t]\nschema = \"sales\"")));
  REQUIRE(moved.changes.size() == 1);
  CHECK(moved.changes[0].rule().resume == ResumeRule::refused);
}

TEST_CASE("what a change writes again") {
  const auto rewritten = [](const std::string& what, const std::string& with) {
    return diff_plans(facts(kPlan), facts(replaced(kPlan, what, with))).rewritten;
  };
  CHECK(rewritten("varchar(50) not null", "text not null") == std::vector<std::string>{"a"});
  CHECK(rewritten("from = \"price\"", "from = \"cost\"") == std::vector<std::string>{"a"});
  CHECK(rewritten("tolerance = 1", "tolerance = 2").empty());
}

TEST_CASE("a function's file or a module that it requires may be what has changed") {
  const std::string text = replaced(kPlan, "from = \"s.a\"", "from = \"s.a\"\ntransform = \"hook.row\"");
  ReadPlanOptions options;
  options.connects = false;
  const ReadPlanResult plan = read_plan_text(text, "plan.toml", options);
  const auto with = [&](const std::string& own, const std::string& other) {
    return facts_of(plan.plan, {{"hook.row", {{"hook", "hook.lua", own}, {"names", "names.lua", other}}}});
  };
  const auto told = [&](const PlanFacts& now) {
    const PlanDiff diff = diff_plans(with("1", "2"), now);
    REQUIRE(diff.changes.size() == 1);
    CHECK(diff.changes[0].kind == ChangeKind::transform_code_changed);
    return diff.changes[0].what;
  };
  CHECK_THAT(told(with("1", "3")), ContainsSubstring("the module names, which it requires, has changed"));
  CHECK_THAT(told(with("3", "2")), ContainsSubstring("its file hook.lua has changed"));
}

TEST_CASE("a recorded plan is compared as a file is") {
  const auto recorded = [](const std::string& type, const std::string& sha) {
    return facts_of({Json::parse(R"({"name":"p","tables":[{"name":"a","target":"t",
      "columns":[{"name":"id","type":"integer","not_null":true},{"name":"n","type":")" +
                                 type + R"("}],
      "keys":[{"name":"a_pkey","columns":["id"],"primary":true}],
      "loads":[{"name":"a","source":"s","source_table":"a","inputs":[{"column":"id"},{"column":"n"}],
      "columns":[{"column":0,"input":0},{"column":1,"input":1}],
      "transform":{"name":"hook.row","inputs":["id","n"],"fields":["id","m"],"files":{"hook":")" +
                                 sha + R"("}}}]}]})")});
  };
  const PlanFacts before = recorded("varchar(20)", "aa");
  CHECK(before.loads.at("a").columns.at("n").origin == "column m");
  const PlanDiff diff = diff_plans(before, recorded("varchar(10)", "bb"));
  REQUIRE(diff.changes.size() == 2);
  CHECK(diff.changes[0].kind == ChangeKind::type_narrowed);
  CHECK(diff.changes[1].kind == ChangeKind::transform_code_changed);
  CHECK_THROWS_WITH(facts_of({Json::parse("{}")}), ContainsSubstring("cannot be read"));
}

TEST_CASE("every kind of change has one rule, and its name is its own") {
  std::set<std::string_view> names;
  for (const auto& rule : change_rules()) {
    CHECK(names.insert(rule.name).second);
    CHECK_FALSE(rule.why.empty());
  }
  CHECK(change_rules().size() == static_cast<std::size_t>(ChangeKind::undo_gone) + 1);
  for (std::size_t i = 0; i < change_rules().size(); ++i)
    CHECK(static_cast<std::size_t>(change_rules()[i].kind) == i);
}

}  // namespace plan_diff_test
