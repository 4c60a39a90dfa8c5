#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "plan/plan_facts.h"
#include "plan/recorded_json.h"
#include "sql/definition.h"

namespace planrun {

namespace {

class RecordedFacts {
 public:
  void add(const Json& plan) {
    facts_.name = plan.at("name");
    for (const auto& name : recorded::texts(plan, "requires")) facts_.requires_.push_back(name);
    for (const auto& table : plan.at("tables")) add_table(table);
    for (const auto& check : recorded::list(plan, "checks")) add_check(check);
    for (const auto& [name, kind] :
         {std::pair("views", "view"), std::pair("triggers", "trigger"), std::pair("sql", "sql")}) {
      for (const auto& object : recorded::list(plan, name)) add_object(object, kind);
    }
  }
  PlanFacts take() { return std::move(facts_); }

 private:
  // The schema with every option, which read_recorded_plan() needs no part of.
  static TableSchema schema_of(const Json& json) {
    TableSchema schema;
    for (const auto& item : recorded::list(json, "keys")) {
      KeySchema& key = schema.keys.emplace_back();
      key.columns = item.at("columns");
      key.primary = item.value("primary", false);
      key.deferrable = item.value("deferrable", false);
      key.initially_deferred = item.value("initially_deferred", false);
      key.nulls_not_distinct = item.value("nulls_not_distinct", false);
    }
    for (const auto& item : recorded::list(json, "foreign_keys")) {
      ForeignKeySchema& key = schema.foreign_keys.emplace_back();
      key.columns = item.at("columns");
      key.table = item.at("table");
      key.foreign_columns = item.at("foreign_columns");
      key.on_delete = recorded::text(item, "on_delete");
      key.on_update = recorded::text(item, "on_update");
      key.match_full = item.value("match_full", false);
      key.deferrable = item.value("deferrable", false);
      key.initially_deferred = item.value("initially_deferred", false);
    }
    for (const auto& item : recorded::list(json, "checks")) schema.checks.emplace_back().sql = item.at("sql");
    for (const auto& item : recorded::list(json, "indexes")) {
      IndexSchema& index = schema.indexes.emplace_back();
      index.name = item.at("name");
      index.unique = item.value("unique", false);
      index.method = recorded::text(item, "method");
      index.elements_sql = item.at("elements");
      index.include_sql = recorded::text(item, "include");
      index.where_sql = recorded::text(item, "where");
    }
    recorded::read_division(json, schema);
    return schema;
  }

  static ColumnSchema column_of(const Json& json) {
    ColumnSchema column;
    column.name = json.at("name");
    const std::string type = json.at("type");
    if (const auto parsed = parse_type(type, {})) {
      column.type = *parsed.value;
    } else {
      column.type.kind = TypeKind::other;
      column.type.sql = type;
    }
    column.not_null = json.value("not_null", false);
    column.identity = recorded::identity(json);
    column.default_sql = recorded::text(json, "default");
    column.generated_sql = recorded::text(json, "generated");
    column.collation = recorded::text(json, "collation");
    column.store_as_text = json.value("store_as_text", false);
    return column;
  }

  void add_table(const Json& json) {
    TableFacts& table = facts_.tables[json.at("name")];
    table.name = json.at("name");
    table.target = recorded::text(json, "target");
    table.exists = json.value("exists", false);
    table.sha256_digest = json.value("sha256_digest", false);
    std::vector<std::string> columns;
    for (const auto& item : json.at("columns")) {
      columns.push_back(item.at("name"));
      table.columns[columns.back()] = column_of(item);
    }
    const TableSchema schema = schema_of(json);
    add_constraints(schema, table);
    add_division(schema, table);
    table.after = recorded::texts(json, "after");
    std::sort(table.after.begin(), table.after.end());
    for (const auto& key : recorded::list(json, "foreign_keys")) {
      if (recorded::flag(key, "restored")) table.restored.push_back(key.at("name"));
    }
    std::sort(table.restored.begin(), table.restored.end());
    for (const auto& load : recorded::list(json, "loads")) add_load(load, table.name, columns);
  }

  static std::string origin_of(const Json& column, const Json& load) {
    if (!column.contains("input"))
      return "constant " + quote_for_message(recorded::text(column, "constant"), 200);
    const auto input = column.at("input").get<std::size_t>();
    if (load.contains("transform"))
      return "column " + load["transform"].at("fields").at(input).get<std::string>();
    const Json& asked = load.at("inputs").at(input);
    if (asked.contains("expr")) return "expression " + without_layout(asked["expr"].get<std::string>());
    return "column " + asked.at("column").get<std::string>();
  }

  void add_load(const Json& json, const std::string& table, const std::vector<std::string>& columns) {
    LoadFacts& load = facts_.loads[json.at("name")];
    load.name = json.at("name");
    load.table = table;
    load.from = recorded::text(json, "source") + "." + recorded::text(json, "source_table");
    for (const auto& item : json.at("columns")) {
      ColumnFill& fill = load.columns[columns.at(item.at("column").get<std::size_t>())];
      fill.origin = origin_of(item, json);
      for (const auto& conversion : recorded::list(item, "using"))
        fill.using_.push_back(
            to_text(PlanConversion{conversion.at("name"), recorded::texts(conversion, "arguments"), {}}));
      if (item.contains("zone_seconds"))
        fill.zone = std::to_string(item["zone_seconds"].get<int>()) + " s east of UTC";
    }
    load.where = recorded::text(json, "where");
    load.write = json.value("write", std::string("insert"));
    const auto named = [&](const Json& places) {
      std::vector<std::string> names;
      for (const auto& place : places) names.push_back(columns.at(place.get<std::size_t>()));
      return comma_list(names);
    };
    load.key = named(recorded::list(json, "key"));
    if (json.contains("merge")) {
      const Json& merge = json["merge"];
      load.merge = "rows of one " + named(merge.at("key"));
      if (merge.contains("keep")) load.merge += ", keep " + merge["keep"].get<std::string>();
      if (merge.contains("by")) load.merge += " by " + columns.at(merge["by"].get<std::size_t>());
    }
    if (json.contains("transform")) {
      load.transform = json["transform"].at("name");
      load.row = json["transform"].value("inputs", std::vector<std::string>());
      std::sort(load.row.begin(), load.row.end());
      const Json files = json["transform"].value("files", Json::object());
      for (const auto& [module, sha] : files.items()) load.files[module] = sha;
    }
    load.keeps_rejects = recorded::text(json, "on_reject") == "keep";
    load.max_rejects = json.value("max_rejects", std::int64_t{-1});
  }

  static std::string sql_text(const Json& object, const char* name) {
    const Json sql = object.value(name, Json(""));
    if (sql.is_string()) return without_layout(sql.get<std::string>());
    std::string all;
    for (const auto& [dialect, one] : sql.items()) {
      if (!all.empty()) all += "; ";
      all += dialect + ": " + without_layout(one.get<std::string>());
    }
    return all;
  }

  static Tolerance tolerance_of(std::string text) {
    Tolerance tolerance;
    tolerance.percent = text.ends_with('%');
    if (tolerance.percent) text.pop_back();
    tolerance.amount = text;
    return tolerance;
  }

  void add_check(const Json& json) {
    const std::string name = json.at("name");
    const bool guard = json.value("guard", false);
    CheckFacts& check = facts_.checks[(guard ? "guard " : "check ") + name];
    check.name = name;
    check.guard = guard;
    for (const auto severity : {CheckSeverity::critical, CheckSeverity::warning, CheckSeverity::info}) {
      if (recorded::text(json, "severity") == to_string(severity)) check.severity = severity;
    }
    check.asks = sql_text(json, "sql");
    const std::string source = recorded::text(json, "source");
    if (!source.empty())
      check.asks += "; against source " + source + ": " + without_layout(recorded::text(json, "source_sql"));
    const int runs = json.value("runs", 0);
    if (runs > 0) check.asks += "; " + std::to_string(runs) + " runs";
    check.expect = recorded::text(json, "expect");
    check.at_most = recorded::text(json, "at_most");
    check.compares = json.contains("expect") || !source.empty() || !check.at_most.empty();
    check.critical = tolerance_of(json.value("tolerance", std::string("0")));
    check.warning = recorded::text(json, "warning_tolerance");
    check.tables = recorded::texts(json, "tables");
  }

  void add_object(const Json& json, const std::string& kind) {
    const std::string what = kind + " " + json.at("name").get<std::string>();
    const std::string when = json.contains("at") ? "at " + recorded::text(json, "at") + ": " : "";
    facts_.objects[what] = {what, recorded::text(json, "table"), when + sql_text(json, "sql"),
                            sql_text(json, "undo")};
  }

  PlanFacts facts_;
};

}  // namespace

PlanFacts facts_of(const std::vector<Json>& resolved) {
  try {
    RecordedFacts facts;
    for (const Json& plan : resolved) facts.add(plan);
    return facts.take();
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::refused,
                std::string("the ledger's record of the plan cannot be read: ") + error.what(),
                "use the planrun that made the run");
  }
}

}  // namespace planrun
