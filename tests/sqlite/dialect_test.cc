// The DDL of a table, tried on a real file and read with the shell.
#include "sqlite/default_value.h"
#include "sqlite/fixture.h"

namespace planrun::test::dialect_test {
namespace {

ColumnSchema column(const std::string& name, TypeKind kind, const std::string& default_sql = {}) {
  ColumnSchema c;
  c.name = name;
  c.type.kind = kind;
  c.default_sql = default_sql;
  return c;
}

TableSchema full_table() {
  TableSchema t;
  t.name = "odd \"name\"";
  t.columns = {column("id", TypeKind::bigint),
               column("order", TypeKind::varchar, "'new'::character varying"),
               column("amount", TypeKind::numeric, "0.00"),
               column("on", TypeKind::boolean, "true"),
               column("at", TypeKind::timestamptz, "now()"),
               column("twice", TypeKind::numeric)};
  t.columns[0].identity = Identity::always;
  t.columns[0].not_null = true;
  t.columns[1].type.length = 20;
  t.columns[2].type.precision = 12;
  t.columns[2].type.scale = 2;
  t.columns[5].generated_sql = "amount * 2";
  t.keys = {{"pk", true, {"id"}}, {"uk", false, {"order", "on"}}};
  t.checks = {{"amount_check", "amount >= 0", "amount"}};
  t.indexes = {{"i_partial", true, "btree", "\"order\" desc, lower(\"order\")", "", "amount > 0", {"order"}}};
  return t;
}

void do_all(const std::filesystem::path& file, const Dialect& dialect, const TableSchema& table,
            const std::string& floor) {
  for (const auto& step : dialect.schema_steps(table)) {
    for (std::string sql : step.statements) {
      const auto at = sql.find("{sequence_floor}");
      if (at != std::string::npos) sql.replace(at, 16, floor);
      sqlite3(file, sql);
    }
  }
}

TEST_CASE("a table with all that SQLite can hold is made, and numbers on past the source's sequence") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const TableSchema table = full_table();
  CHECK(database->dialect().unsupported(table).empty());
  const std::vector<const TableSchema*> tables = {&table};
  CHECK(database->preflight(tables, {}).empty());
  do_all(folder / "t.db", database->dialect(), table, "41");
  const std::string name = "\"odd \"\"name\"\"\"";
  sqlite3(folder / "t.db", "insert into " + name + "(amount) values (1.5)");
  CHECK(sqlite3(folder / "t.db",
                "select id, \"order\", amount, \"on\", twice, \"at\" glob '20*-*-* *:*:*+00:00' from " +
                    name) == "42|new|1.5|1|3|1");
  CHECK(sqlite3(folder / "t.db", "select name, type from pragma_table_xinfo('odd \"name\"')") ==
        "id|INTEGER\norder|VARCHAR(20)\namount|NUMERIC(12,2)\non|INTEGER\nat|TEXT\ntwice|NUMERIC");
  CHECK(run_process({"sqlite3", (folder / "t.db").string(), "insert into " + name + "(amount) values (-1)"})
            .status != 0);
  for (const auto& check : database->dialect().schema_checks(table)) {
    INFO(check.name);
    CHECK(sqlite3(folder / "t.db", check.sql) == check.expect);
  }
  CHECK(sqlite3(folder / "t.db", database->dialect().probe_query(table.name)) == "1");
}

TEST_CASE("a sequence never goes back") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const TableSchema table = full_table();
  do_all(folder / "t.db", database->dialect(), table, "5");
  sqlite3(folder / "t.db",
          "insert into \"odd \"\"name\"\"\"(id, amount) values (90, 1); delete from \"odd \"\"name\"\"\"");
  for (const auto& step : database->dialect().schema_steps(table)) {
    if (step.kind != SchemaStepKind::sequence) continue;
    for (std::string sql : step.statements) {
      const auto at = sql.find("{sequence_floor}");
      if (at != std::string::npos) sql.replace(at, 16, "5");
      sqlite3(folder / "t.db", sql);
    }
  }
  CHECK(sqlite3(folder / "t.db", "select seq from sqlite_sequence") == "90");
}

TEST_CASE("defaults that SQLite has are translated, the others are told") {
  struct DefaultCase {
    TypeKind kind;
    std::string postgres;
    std::string sqlite;  // empty: none
  };
  const std::vector<DefaultCase> cases = {
      {TypeKind::text, "'it''s'::text", "'it''s'"},
      {TypeKind::text, "'a::b'", "'a::b'"},
      {TypeKind::text, "NULL::character varying", "NULL"},
      {TypeKind::text, "CAST('x' AS text)", "'x'"},
      {TypeKind::text, "lower('X')", ""},
      {TypeKind::text, "'a' || 'b'", ""},
      {TypeKind::boolean, "true", "1"},
      {TypeKind::boolean, "'f'::boolean", "0"},
      {TypeKind::integer, "((-1))", "-1"},
      {TypeKind::integer, "'7'::integer", "7"},
      {TypeKind::integer, "nextval('s')", ""},
      {TypeKind::numeric, "0.00", "0"},
      {TypeKind::timestamp, "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
      {TypeKind::timestamp, "'2026-01-31T10:00'::timestamp without time zone", "'2026-01-31 10:00:00'"},
      {TypeKind::timestamptz, "'2026-01-31 10:00:00+02'::timestamptz", "'2026-01-31 08:00:00+00:00'"},
      {TypeKind::timestamptz, "'2026-01-31 10:00:00'", ""},
      {TypeKind::date, "current_date", "CURRENT_DATE"},
      {TypeKind::date, "'2026-02-30'", ""},
      {TypeKind::jsonb, "'[]'::jsonb", "'[]'"},
      {TypeKind::text_array, "'{}'::text[]", "'[]'"},
      {TypeKind::text_array, "array[]::text[]", "'[]'"},
      {TypeKind::bytea, "'\\x00FF'::bytea", "x'00ff'"},
      {TypeKind::uuid, "gen_random_uuid()", ""},
  };
  for (const auto& c : cases) {
    INFO(c.postgres);
    CHECK(default_value(column("c", c.kind, c.postgres)).value_or("") == c.sqlite);
  }
}

TEST_CASE("what SQLite cannot hold is told in words") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const std::vector<std::pair<std::string, std::function<void(TableSchema&)>>> cases = {
      {"has no counterpart", [](TableSchema& t) { t.columns[1].default_sql = "upper('x')"; }},
      {"numbers only", [](TableSchema& t) { t.keys.clear(); }},
      {"cannot defer", [](TableSchema& t) { t.keys[1].deferrable = true; }},
      {"NULLS NOT DISTINCT", [](TableSchema& t) { t.keys[1].nulls_not_distinct = true; }},
      {"index method gin", [](TableSchema& t) { t.indexes[0].method = "gin"; }},
      {"INCLUDE", [](TableSchema& t) { t.indexes[0].include_sql = "amount"; }},
      {"NULLS FIRST", [](TableSchema& t) { t.indexes[0].elements_sql = "amount desc nulls last"; }},
      {"no collation", [](TableSchema& t) { t.columns[1].collation = "\"de_DE\""; }},
      {"no collation \"de_DE\"",
       [](TableSchema& t) { t.indexes[0].elements_sql = "amount collate \"de_DE\" desc"; }},
      {"MATCH FULL",
       [](TableSchema& t) {
         t.foreign_keys = {foreign_key("f", {"order", "on"}, t.name, {"order", "on"})};
         t.foreign_keys[0].match_full = true;
       }},
  };
  for (const auto& [words, change] : cases) {
    INFO(words);
    TableSchema table = full_table();
    change(table);
    const auto told = database->dialect().unsupported(table);
    REQUIRE(told.size() == 1);
    CHECK_THAT(told[0], ContainsSubstring(words));
  }
}

TEST_CASE("a CHECK or foreign key that SQLite refuses is found in memory") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const std::vector<std::pair<std::string, std::function<void(TableSchema&)>>> cases = {
      {"unrecognized token", [](TableSchema& t) { t.checks[0].sql = "amount::text ~ 'x'"; }},
      {"no such column", [](TableSchema& t) { t.checks[0].sql = "\"amont\" > 0"; }},
      {"foreign key mismatch",
       [](TableSchema& t) { t.foreign_keys = {foreign_key("f", {"order"}, t.name, {"amount"})}; }},
  };
  for (const auto& [words, change] : cases) {
    INFO(words);
    TableSchema table = full_table();
    change(table);
    const std::vector<const TableSchema*> tables = {&table};
    const auto findings = database->preflight(tables, {});
    REQUIRE(findings.size() == 1);
    CHECK_THAT(findings[0].message, ContainsSubstring(words));
  }
}

TEST_CASE("among many tables SQLite's refusals are found that two of them bring about") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  std::vector<TableSchema> tables(250);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    tables[i].name = "t" + std::to_string(i);
    tables[i].columns = {column("a", TypeKind::integer)};
    tables[i].indexes.resize(1);
    tables[i].indexes[0].name = "i" + std::to_string(i);
    tables[i].indexes[0].elements_sql = "a";
  }
  tables[249].indexes[0].unique = true;
  const auto findings = [&] {
    std::vector<const TableSchema*> all;
    for (const auto& table : tables) all.push_back(&table);
    std::string told;
    for (const auto& finding : database->preflight(all, {})) told += finding.message + "\n";
    return told;
  };
  tables[3].foreign_keys = {foreign_key("f", {"a"}, "t249", {"a"})};
  CHECK(findings().empty());
  tables[249].indexes[0].unique = false;
  CHECK_THAT(findings(), ContainsSubstring("table t3, f: ") && ContainsSubstring("foreign key mismatch"));
  tables[3].foreign_keys.clear();
  tables[200].indexes[0].name = "i7";
  CHECK_THAT(findings(), ContainsSubstring("table t200, i7: ") && ContainsSubstring("already exists"));
}

}  // namespace
}  // namespace planrun::test::dialect_test
