#include "resolve/resolve.h"

#include "base/json.h"
#include "plan/lint.h"
#include "support/catch.h"

namespace resolve_test {

using namespace planrun;
using namespace planrun::test;

using Lines = std::vector<std::string>;
using Tables = std::map<std::string, std::vector<SourceTable>>;

namespace {

SourceTable table(const std::string& name, const std::vector<SourceColumn>& columns) {
  SourceTable t;
  t.name = name;
  t.columns = columns;
  return t;
}

ResolveResult resolve_text(const std::string& text, const Tables& tables) {
  const auto result = read(text + kRest);
  INFO(to_text(result.diagnostics));
  REQUIRE_FALSE(result.diagnostics.has_errors());
  return resolve(result.plan, tables);
}

Lines names(const TableSchema& schema) {
  Lines list;
  for (const auto& c : schema.columns)
    list.push_back(c.name + " " + c.type.sql + (c.not_null ? " not null" : ""));
  return list;
}

const Tables kItems = {
    {"s",
     {table("items", {{"id", "INTEGER", false, 1},
                      {"Name", "VARCHAR(20)", true, 0},
                      {"price", "REAL", false, 0},
                      {"full", "TEXT", false, 0, true}}),
      table("lines", {{"a", "INT", false, 2}, {"b", "TEXT", true, 1}, {"c", "", false, 0}})}}};

}  // namespace

TEST_CASE("declared types become types that lose nothing") {
  const std::pair<const char*, const char*> cases[] = {
      {"INTEGER", "bigint"},
      {"int", "bigint"},
      {"TINYINT", "bigint"},
      {"UNSIGNED BIG INT", "bigint"},
      {"INT2", "bigint"},
      {"SMALLINT", "bigint"},
      {"LONG", "bigint"},
      {"INTEGER(11)", "bigint"},
      {"REAL", "double precision"},
      {"FLOAT", "double precision"},
      {"Double", "double precision"},
      {"DOUBLE PRECISION", "double precision"},
      {"TEXT", "text"},
      {"", "text"},
      {"CLOB", "text"},
      {"VARCHAR(50)", "varchar(50)"},
      {"NVARCHAR(100)", "varchar(100)"},
      {"VARYING CHARACTER(255)", "text"},
      {"CHAR(3)", "varchar(3)"},
      {"CHARACTER(20)", "varchar(20)"},
      {"CHAR", "text"},
      {"VARCHAR(0)", "text"},
      {"string", "text"},
      {"BLOB", "bytea"},
      {"VARBINARY(16)", "bytea"},
      {"BOOLEAN", "boolean"},
      {"NUMERIC", "numeric"},
      {"DECIMAL(10,5)", "numeric(10,5)"},
      {"MONEY", "numeric"},
      {"DATE", "date"},
      {"DATETIME", "timestamp"},
      {"TIMESTAMP", "timestamp"},
      {"TIMESTAMP WITH TIME ZONE", "timestamptz"},
      {"TIME", "time"},
      {"JSON", "json"},
      {"UUID", "uuid"},
      {"POINT", "bigint"},
      {"whatever", "numeric"},
  };
  for (const auto& [declared, sql] : cases) {
    INFO(declared);
    CHECK(inherited_type(declared).sql == sql);
  }
}

TEST_CASE("a table without columns inherits all, with not null and the primary key") {
  const auto result =
      resolve_text("[table.items]\nfrom = \"s.items\"\n[table.lines]\nfrom = \"s.lines\"", kItems);
  CHECK(messages(result.diagnostics).empty());
  const auto& items = *result.plan.find("items");
  CHECK(names(items.schema) ==
        Lines{"id bigint not null", "Name varchar(20) not null", "price double precision", "full text"});
  CHECK(items.schema.primary_key()->name == "items_pkey");
  const auto& lines = *result.plan.find("lines");
  CHECK(lines.schema.primary_key()->columns == Lines{"b", "a"});
  CHECK(names(lines.schema) == Lines{"a bigint not null", "b text not null", "c text"});
  REQUIRE(items.loads.size() == 1);
  CHECK(items.loads[0].name == "items");
  CHECK(items.loads[0].source == "s");
  CHECK(items.loads[0].source_table == "items");
  CHECK(items.loads[0].columns.size() == 4);
}

TEST_CASE("inherit fills its own place with what is left") {
  const auto result = resolve_text(
      "[table.items]\nfrom = \"s.items\"\nignore = \"full\"\n[table.items.columns]\nkey = { type = \"int\", "
      "from = \"id\" }\n"
      "\"*\" = \"inherit\"\nwho = { type = \"text\", value = \"me\" }\nprice = { type = \"numeric(9,2)\", "
      "expr = \"round(price, 2)\" }",
      kItems);
  CHECK(messages(result.diagnostics).empty());
  const auto& items = *result.plan.find("items");
  CHECK(names(items.schema) ==
        Lines{"key integer", "Name varchar(20) not null", "who text", "price numeric(9,2)"});
  CHECK(items.schema.primary_key() == nullptr);  // its column goes by another name
  const ResolvedLoad& load = items.loads.at(0);
  REQUIRE(load.columns.size() == 4);
  CHECK(load.inputs.at(static_cast<std::size_t>(load.columns[0].input)).column == "id");
  CHECK(load.inputs.at(static_cast<std::size_t>(load.columns[1].input)).column == "Name");
  CHECK(load.columns[2].input == -1);
  CHECK(load.columns[2].constant == "me");
  CHECK(load.inputs.at(static_cast<std::size_t>(load.columns[3].input)).expr == "round(price, 2)");
}

TEST_CASE("inputs are distinct, and defaults leave columns unloaded") {
  const auto result = resolve_text(
      "[table.t]\nfrom = \"s.lines\"\nwhere = \"B <> 'x'\"\non_reject = \"keep\"\nmax_rejects = 5\n"
      "[table.t.columns]\nid = \"serial primary key\"\n"
      "x = { type = \"text\", from = \"c\" }\ny = { type = \"timestamp\", from = \"c\", using = [\"trim\", "
      "\"utc\"], zone = \"-05:30\" }\n"
      "made = \"timestamp default current_timestamp\"\ndouble = \"int generated always as (a * 2) "
      "stored\"\na = \"int\"",
      kItems);
  CHECK(messages(result.diagnostics).empty());
  const ResolvedLoad& load = result.plan.find("t")->loads.at(0);
  REQUIRE(load.inputs.size() == 2);
  CHECK(load.inputs[0].column == "c");
  CHECK(load.inputs[1].column == "a");
  REQUIRE(load.columns.size() == 3);
  CHECK(load.columns[0].column == 1);
  CHECK(load.columns[1].column == 2);
  CHECK(load.columns[1].input == 0);
  CHECK(load.columns[1].zone_seconds == -19800);
  CHECK(load.columns[1].using_.at(1).name == "utc");
  CHECK(load.columns[2].column == 5);
  CHECK(load.where == "B <> 'x'");
  CHECK(load.max_rejects == 5);
  CHECK(result.unread_tables == Lines{"s.items"});
}

TEST_CASE("a transform stands between the source's columns and the table's") {
  const auto result = resolve_text(
      "[table.t]\nfrom = \"s.lines\"\nignore = \"b\"\ntransform = \"x.f\"\n[table.t.columns]\n"
      "id = \"serial primary key\"\na = \"int default 0\"\nx = { type = \"text\", from = \"named\" }\n"
      "y = { type = \"text\", expr = \"upper(c)\", using = \"trim\" }\nz = \"text\"\nmade = \"int default "
      "1\"\n"
      "v = { type = \"text\", value = \"k\" }",
      kItems);
  CHECK(messages(result.diagnostics).empty());
  const ResolvedLoad& load = result.plan.find("t")->loads.at(0);
  REQUIRE(load.transform);
  CHECK(load.transform->name == "x.f");
  CHECK(load.transform->inputs == Lines{"y", "a", "c"});
  CHECK(load.inputs.at(0).expr == "upper(c)");
  CHECK(load.inputs.at(1).column == "a");
  // The source has an `a`; `id` and `made` make their own values.
  CHECK(load.transform->fields == Lines{"a", "named", "y", "z"});
  REQUIRE(load.columns.size() == 5);
  CHECK(load.columns[1].input == 1);
  CHECK(load.columns[4].constant == "k");
}

TEST_CASE("several loads into one table") {
  const auto result = resolve_text(
      "[table.t]\nfrom = \"s.lines\"\nignore = \"a\"\n[table.t.columns]\nb = \"text\"\nc = \"text\"\n"
      "[table.t.load.more]\nfrom = \"s.items\"\nignore = [\"id\", \"full\"]\n"
      "columns = { b = { from = \"Name\" }, c = { expr = \"'x' || PRICE\" } }",
      kItems);
  CHECK(messages(result.diagnostics).empty());
  const auto& loads = result.plan.find("t")->loads;
  REQUIRE(loads.size() == 2);
  CHECK(loads[0].name == "t");
  CHECK(loads[1].name == "t.more");
  CHECK(loads[1].inputs.at(0).column == "Name");
}

TEST_CASE("what the source does not have") {
  const std::pair<const char*, Lines> cases[] = {
      {"[table.t]\nfrom = \"s.itms\"", {"2:8: source `s` has no table `itms` (did you mean `items`?)"}},
      {"[table.t]\nfrom = \"s.items\"\nignore = [\"pric\", \"full\"]\n[table.t.columns]\n"
       "id = \"int\"\nname = \"text\"\np = { type = \"int\", from = \"prce\" }",
       {"2:8: columns `Name`, `price` of s.items are used nowhere (load them, or name them in `ignore`)",
        "3:11: `ignore` names `pric`, which is no column of s.items (did you mean `price`?)",
        "6:1: column `name` of [table.t] is no column of s.items: declare `from`, `expr` or `value` "
        "(did you mean `Name`?)",
        "7:28: s.items has no column `prce` (did you mean `price`?)"}},
      {"[table.t]\nfrom = \"s.lines\"\nignore = [\"a\", \"b\"]\n[table.t.columns]\na = \"int\"\n"
       "x = { type = \"text\", from = \"b\" }\nc = \"text\"",
       {"5:1: column `a` of [table.t] has no default, and `ignore` leaves its source column behind",
        "6:29: `ignore` leaves `b` behind, and column `x` of [table.t] loads it"}},
      // What lint had to leave open.
      {"[table.t]\nfrom = \"s.lines\"\nconstraints = [\"unique (bb)\", \"foreign key (a) references "
       "u\"]\n[table.t.index]\n"
       "i = \"(d)\"\n[table.u]\nfrom = \"s.items\"\nignore = \"id\"",
       {"3:16: the key names `bb`, which is no column of [table.t]",
        "3:31: the foreign key names no columns, and `u` has no primary key (name the columns of a key: "
        "references u "
        "(...))",
        "5:5: index `i` names `d`, which is no column of [table.t]"}},
      {"[table.t]\nfrom = \"s.lines\"\n[table.t.load.x]\nfrom = \"s.lines\"\ncolumns = { d = { from = \"a\" "
       "} }",
       {"5:13: the load fills `d`, which is no column of [table.t]"}},
      {"[table.t.columns]\n\"*\" = \"inherit\"",
       {"1:8: [table.t] inherits its columns, and no load says from where (add `from`)"}},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(messages(resolve_text(text, kItems).diagnostics) == expected);
  }
}

TEST_CASE("each source of a merge is a load of its own") {
  Tables tables = kItems;
  tables["s"].push_back(table("items2", kItems.at("s")[0].columns));
  tables["u"] = {kItems.at("s")[0]};
  const std::string rest = "[source.u]\nurl = \"sqlite:u\"\n";
  const auto result = resolve_text(
      "[table.t]\nfrom = [\"s.items\", \"u.items\", \"s.items2\"]\nmerge = { key = [\"Name\"], keep = "
      "\"newest\", by = \"price\" }\n[table.t.load.more]\nfrom = [\"u.items\", \"s.items\"]\nmerge = { key "
      "= \"id\" }\n" +
          rest,
      tables);
  CHECK(messages(result.diagnostics).empty());
  Lines loads;
  for (const auto& load : result.plan.find("t")->loads) {
    loads.push_back(load.name + " of " + load.merge->group + " " + std::to_string(load.merge->place) + ": " +
                    load.source + "." + load.source_table);
  }
  CHECK(loads == Lines{"t.s.items of t 0: s.items", "t.u of t 1: u.items", "t.s.items2 of t 2: s.items2",
                       "t.more.u of t.more 0: u.items", "t.more.s of t.more 1: s.items"});
  CHECK(load_to_json(result.plan.find("t")->loads[1]).at("merge").dump() ==
        R"({"group":"t","place":1,"key":[1],"keep":"newest","by":2})");
  CHECK(load_to_json(result.plan.find("t")->loads[4]).at("merge").dump() ==
        R"({"group":"t.more","place":1,"key":[0]})");
}

TEST_CASE("what the sources of a merge have that does not go together") {
  Tables tables = kItems;
  tables["s"].push_back(table("other", {{"id", "INTEGER", false, 1}, {"Name", "TEXT", true, 0}}));
  const std::string text =
      "[table.t]\nfrom = [\"s.items\", \"s.other\"]\nignore = [\"full\", \"fll\"]\nmerge = { key = [\"id\", "
      "\"naem\"] }\n[table.t.columns]\nid = \"bigint\"\n\"*\" = \"inherit\"\n";
  CHECK(messages(resolve_text(text, tables).diagnostics) ==
        Lines{"2:20: column `price` of [table.t] is no column of s.other: declare `from`, `expr` or `value`",
              "3:19: `ignore` names `fll`, which is no column of s.items or s.other (did you mean `full`?)",
              "4:24: `merge.key` names `naem`, which is no column of [table.t] (did you mean `Name`?)"});
  const auto keyed_by = [&](const std::string& key) {
    return messages(
        resolve_text("[table.t]\nfrom = [\"s.items\", \"s.other\"]\nignore = [\"full\"]\nmerge = { key = \"" +
                         key +
                         "\" }\n[table.t.columns]\nid = \"bigint\"\nName = \"text\"\nprice = "
                         "\"real default 1\"\nn = \"serial\"",
                     tables)
            .diagnostics);
  };
  CHECK(keyed_by("id") ==
        Lines{"2:20: s.other and s.items fill other columns of [table.t] (give the missing ones a "
              "`value`, `expr` or `from`)"});
  CHECK(keyed_by("n") == Lines{"4:17: `merge.key` names `n`, which the load does not fill"});
}

TEST_CASE("names as PostgreSQL chooses them, collisions included") {
  const auto result = resolve_text(
      "[table.t]\nfrom = \"s.lines\"\nconstraints = [\"unique (a, b)\", \"primary key (b)\", "
      "\"foreign key (a) references t (a)\", \"foreign key (a, b) references t (a, b)\", \"check (a > 2)\", "
      "\"check (a > 1 and b > '')\", \"constraint t_c_key unique (c, a)\"]\n"
      "[table.t.columns]\na = \"int unique check (a > 1)\"\nb = \"text\"\nc = \"text unique\"",
      kItems);
  CHECK(messages(result.diagnostics).empty());
  const TableSchema& t = result.plan.find("t")->schema;
  Lines chosen;
  for (const auto& c : t.checks) chosen.push_back(c.name);
  for (const auto& k : t.keys) chosen.push_back(k.name);
  for (const auto& k : t.foreign_keys) chosen.push_back(k.name);
  CHECK(chosen == Lines{"t_a_check", "t_a_check1", "t_check", "t_a_key", "t_c_key1", "t_a_b_key", "t_pkey",
                        "t_c_key", "t_a_fkey", "t_a_b_fkey"});
  CHECK(t.find("b")->not_null);
}

TEST_CASE("a foreign key without columns points to the primary key") {
  const auto result = resolve_text(
      "[table.t]\nfrom = \"s.lines\"\nignore = [\"b\", \"c\"]\n[table.t.columns]\na = \"bigint references u "
      "on delete cascade\"\n"
      "[table.u]\nfrom = \"s.items\"",
      kItems);
  CHECK(messages(result.diagnostics).empty());
  CHECK(result.plan.find("t")->schema.foreign_keys.at(0).foreign_columns == Lines{"id"});
}

TEST_CASE("the fingerprint covers what the plan does, not how it is laid out") {
  const std::string text = "[table.t]\nfrom = \"s.lines\"\n[table.t.columns]\n\"*\" = \"inherit\"\n";
  const auto print = [](const std::string& t) { return fingerprint(resolve_text(t, kItems).plan); };
  CHECK(print(text).size() == 64);
  CHECK(print(text) == print("# why\n[table.t.columns]\n\"*\"   = \"inherit\"\n[table.t]\nfrom='s.lines'\n"));
  for (const char* change : {"x = { type = \"int\", value = 1 }\n", "[table.t.index]\ni = \"(a)\"\n",
                             "[check.c]\nsql = \"select 1\"\nexpect = 1\n"}) {
    INFO(change);
    CHECK(print(text + change) != print(text));
  }
  const Json json = to_json(resolve_text(text, kItems).plan);
  CHECK(json.at("tables").at(0).at("columns").at(0).dump() ==
        R"({"name":"a","type":"bigint","not_null":true})");
  CHECK(json.at("tables").at(0).at("loads").at(0).at("inputs").at(0).dump() == R"({"column":"a"})");
  CHECK(json.dump().find("sqlite:") == std::string::npos);
}

}  // namespace resolve_test
