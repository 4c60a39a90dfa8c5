#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/plan_facts.h"
#include "sql/definition.h"

namespace planrun {

namespace {

std::string comma_list(const std::vector<std::string>& names) {
  return join(names, ", ");
}

using Texts = std::vector<std::string>;

std::string text(const Json& object, const char* name) {
  return object.value(name, std::string());
}

class RecordedFacts {
 public:
  void add(const Json& plan) {
    facts_.name = plan.at("name");
    for (const auto& name : plan.value("requires", Texts())) facts_.requires_.push_back(name);
    for (const auto& table : plan.at("tables")) add_table(table);
    for (const auto& check : list(plan, "checks")) add_check(check);
    for (const auto& [name, kind] :
         {std::pair("views", "view"), std::pair("triggers", "trigger"), std::pair("sql", "sql")}) {
      for (const auto& object : list(plan, name)) add_object(object, kind);
    }
  }
  PlanFacts take() { return std::move(facts_); }

 private:
  static Json list(const Json& object, const char* name) { return object.value(name, Json::array()); }

  // The schema with every option, which read_recorded_plan() needs no part of.
  static TableSchema schema_of(const Json& json) {
    TableSchema schema;
    for (const auto& item : list(json, "keys")) {
      KeySchema& key = schema.keys.emplace_back();
      key.columns = item.at("columns");
      key.primary = item.value("primary", false);
      key.deferrable = item.value("deferrable", false);
      key.initially_deferred = item.value("initially_deferred", false);
      key.nulls_not_distinct = item.value("nulls_not_distinct", false);
    }
    for (const auto& item : list(json, "foreign_keys")) {
      ForeignKeySchema& key = schema.foreign_keys.emplace_back();
      key.columns = item.at("columns");
      key.table = item.at("table");
      key.foreign_columns = item.at("foreign_columns");
      key.on_delete = text(item, "on_delete");
      key.on_update = text(item, "on_update");
      key.match_full = item.value("match_full", false);
      key.deferrable = item.value("deferrable", false);
      key.initially_deferred = item.value("initially_deferred", false);
    }
    for (const auto& item : list(json, "checks")) schema.checks.emplace_back().sql = item.at("sql");
    for (const auto& item : list(json, "indexes")) {
      IndexSchema& index = schema.indexes.emplace_back();
      index.name = item.at("name");
      index.unique = item.value("unique", false);
      index.method = text(item, "method");
      index.elements_sql = item.at("elements");
      index.include_sql = text(item, "include");
      index.where_sql = text(item, "where");
    }
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
    constexpr std::string_view kIdentities[] = {"none", "serial", "by default", "always"};
    for (std::size_t i = 0; i < std::size(kIdentities); ++i) {
      if (text(json, "identity") == kIdentities[i]) column.identity = static_cast<Identity>(i);
    }
    column.default_sql = text(json, "default");
    column.generated_sql = text(json, "generated");
    column.collation = text(json, "collation");
    column.store_as_text = json.value("store_as_text", false);
    return column;
  }

  void add_table(const Json& json) {
    TableFacts& table = facts_.tables[json.at("name")];
    table.name = json.at("name");
    table.target = text(json, "target");
    table.exists = json.value("exists", false);
    table.sha256_digest = json.value("sha256_digest", false);
    Texts columns;
    for (const auto& item : json.at("columns")) {
      columns.push_back(item.at("name"));
      table.columns[columns.back()] = column_of(item);
    }
    add_constraints(schema_of(json), table);
    table.after = json.value("after", Texts());
    std::sort(table.after.begin(), table.after.end());
    for (const auto& load : list(json, "loads")) add_load(load, table.name, columns);
  }

  static std::string origin_of(const Json& column, const Json& load) {
    if (!column.contains("input")) return "constant " + quote_for_message(text(column, "constant"), 200);
    const auto input = column.at("input").get<std::size_t>();
    if (load.contains("transform"))
      return "column " + load["transform"].at("fields").at(input).get<std::string>();
    const Json& asked = load.at("inputs").at(input);
    if (asked.contains("expr")) return "expression " + without_layout(asked["expr"].get<std::string>());
    return "column " + asked.at("column").get<std::string>();
  }

  void add_load(const Json& json, const std::string& table, const Texts& columns) {
    LoadFacts& load = facts_.loads[json.at("name")];
    load.name = json.at("name");
    load.table = table;
    load.from = text(json, "source") + "." + text(json, "source_table");
    for (const auto& item : json.at("columns")) {
      ColumnFill& fill = load.columns[columns.at(item.at("column").get<std::size_t>())];
      fill.origin = origin_of(item, json);
      for (const auto& conversion : list(item, "using"))
        fill.using_.push_back(
            to_text(PlanConversion{conversion.at("name"), conversion.value("arguments", Texts()), {}}));
      if (item.contains("zone_seconds"))
        fill.zone = std::to_string(item["zone_seconds"].get<int>()) + " s east of UTC";
    }
    load.where = text(json, "where");
    load.write = json.value("write", std::string("insert"));
    const auto named = [&](const Json& places) {
      Texts names;
      for (const auto& place : places) names.push_back(columns.at(place.get<std::size_t>()));
      return comma_list(names);
    };
    load.key = named(list(json, "key"));
    if (json.contains("merge")) {
      const Json& merge = json["merge"];
      load.merge = "rows of one " + named(merge.at("key"));
      if (merge.contains("keep")) load.merge += ", keep " + merge["keep"].get<std::string>();
      if (merge.contains("by")) load.merge += " by " + columns.at(merge["by"].get<std::size_t>());
    }
    if (json.contains("transform")) {
      load.transform = json["transform"].at("name");
      load.row = json["transform"].value("inputs", Texts());
      std::sort(load.row.begin(), load.row.end());
      const Json files = json["transform"].value("files", Json::object());
      for (const auto& [module, sha] : files.items()) load.files[module] = sha;
    }
    load.keeps_rejects = text(json, "on_reject") == "keep";
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
      if (text(json, "severity") == to_string(severity)) check.severity = severity;
    }
    check.asks = sql_text(json, "sql");
    const std::string source = text(json, "source");
    if (!source.empty())
      check.asks += "; against source " + source + ": " + without_layout(text(json, "source_sql"));
    const int runs = json.value("runs", 0);
    if (runs > 0) check.asks += "; " + std::to_string(runs) + " runs";
    check.expect = text(json, "expect");
    check.at_most = text(json, "at_most");
    check.compares = json.contains("expect") || !source.empty() || !check.at_most.empty();
    check.critical = tolerance_of(json.value("tolerance", std::string("0")));
    check.warning = text(json, "warning_tolerance");
    check.tables = json.value("tables", Texts());
  }

  void add_object(const Json& json, const std::string& kind) {
    const std::string what = kind + " " + json.at("name").get<std::string>();
    const std::string when = json.contains("at") ? "at " + text(json, "at") + ": " : "";
    facts_.objects[what] = {what, text(json, "table"), when + sql_text(json, "sql"), sql_text(json, "undo")};
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
