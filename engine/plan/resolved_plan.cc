#include "plan/resolved_plan.h"

#include <array>

#include "base/hash.h"
#include "base/json.h"

namespace planrun {
namespace {

std::string_view to_text(Identity identity) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "serial", "by default", "always"};
  return kNames[static_cast<std::size_t>(identity)];
}

std::string_view to_text(WriteMode write) {
  constexpr std::array<std::string_view, 4> kNames = {"insert", "insert_missing", "upsert", "replace"};
  return kNames[static_cast<std::size_t>(write)];
}

// What is empty, false or the default is left out: adding a feature does not change the JSON of a plan
// without it.
void put(Json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}
void put(Json& object, const char* name, bool value) {
  if (value) object[name] = true;
}
void put(Json& object, const char* name, const std::vector<std::string>& values) {
  if (!values.empty()) object[name] = values;
}
void put(Json& object, const char* name, const Json& value) {
  if (!value.empty()) object[name] = value;
}

Json column_json(const ColumnSchema& c) {
  Json out{{"name", c.name}, {"type", c.type.sql}};
  put(out, "not_null", c.not_null);
  if (c.identity != Identity::none) out["identity"] = to_text(c.identity);
  put(out, "default", c.default_sql);
  put(out, "generated", c.generated_sql);
  put(out, "collation", c.collation);
  put(out, "store_as_text", c.store_as_text);
  return out;
}

Json check_json(const CheckSchema& c) {
  Json out{{"name", c.name}, {"sql", c.sql}};
  put(out, "column", c.column);
  return out;
}

Json key_json(const KeySchema& k) {
  Json out{{"name", k.name}, {"columns", k.columns}};
  put(out, "primary", k.primary);
  put(out, "deferrable", k.deferrable);
  put(out, "initially_deferred", k.initially_deferred);
  put(out, "nulls_not_distinct", k.nulls_not_distinct);
  return out;
}

Json foreign_key_json(const ForeignKeySchema& k) {
  Json out{
      {"name", k.name}, {"columns", k.columns}, {"table", k.table}, {"foreign_columns", k.foreign_columns}};
  put(out, "on_delete", k.on_delete);
  put(out, "on_update", k.on_update);
  put(out, "match_full", k.match_full);
  put(out, "deferrable", k.deferrable);
  put(out, "initially_deferred", k.initially_deferred);
  if (!k.restored) return out;
  out["restored"] = true;
  out["definition"] = k.definition;
  put(out, "not_valid", !k.is_validated);
  put(out, "comment", k.comment);
  return out;
}

Json index_json(const IndexSchema& i) {
  Json out{{"name", i.name}};
  put(out, "unique", i.unique);
  put(out, "method", i.method);
  out["elements"] = i.elements_sql;
  put(out, "include", i.include_sql);
  put(out, "where", i.where_sql);
  return out;
}

Json part_json(const PartSchema& p) {
  Json out{{"name", p.name}};
  put(out, "default", p.is_default);
  put(out, "from", p.from);
  put(out, "to", p.to);
  put(out, "values", p.values);
  return out;
}

template <typename List, typename ToJson>
Json list_json(const List& list, ToJson one) {
  Json out = Json::array();
  for (const auto& item : list) out.push_back(one(item));
  return out;
}

Json partition_json(const PartitionSchema& p) {
  return {{"by", to_string(p.by)}, {"columns", p.columns}, {"parts", list_json(p.parts, part_json)}};
}

Json distribution_json(const DistributionSchema& d) {
  return d.by.empty() ? Json{{"reference", true}} : Json{{"by", d.by}};
}

Json conversion_json(const PlanConversion& c) {
  Json out{{"name", c.name}};
  put(out, "arguments", c.arguments);
  return out;
}

Json sql_json(const DialectSql& sql) {
  if (!sql.any.empty()) return sql.any;
  Json out = Json::object();
  for (const auto& [dialect, text] : sql.by_dialect) out[dialect] = text;
  return out;
}

Json tolerance_json(const Tolerance& t) {
  return t.amount + (t.percent ? "%" : "");
}

Json plan_check_json(const PlanCheck& c) {
  Json out{{"name", c.name}};
  put(out, "guard", c.guard);
  out["severity"] = to_string(c.severity);
  put(out, "target", c.target);
  put(out, "sql", sql_json(c.sql));
  put(out, "source", c.source);
  put(out, "source_sql", c.source_sql.text);
  if (c.expect) out["expect"] = c.expect->text;
  put(out, "expects_truth", c.expects_truth);
  out["tolerance"] = tolerance_json(c.critical);
  if (c.warning) out["warning_tolerance"] = tolerance_json(*c.warning);
  put(out, "at_most", c.at_most);
  if (c.runs > 0) out["runs"] = c.runs;
  put(out, "use", c.use);
  put(out, "tables", c.tables);
  return out;
}

Json transform_json(const ResolvedTransform& t) {
  Json out{{"name", t.name}, {"inputs", t.inputs}, {"fields", t.fields}};
  for (const auto& file : t.files) out["files"][file.module] = sha256_hex(file.text);
  return out;
}

Json merge_json(const ResolvedMerge& m) {
  Json out{{"group", m.group}, {"place", m.place}, {"key", m.key}};
  if (m.keep != Keep::none) out["keep"] = to_string(m.keep);
  if (m.by) out["by"] = *m.by;
  return out;
}

Json table_json(const ResolvedTable& table) {
  Json out = schema_to_json(table);
  out["loads"] = list_json(table.loads, load_to_json);
  return out;
}

// All but the tables, whose place it keeps.
Json frame_json(const ResolvedPlan& plan) {
  Json out{{"name", plan.name}};
  put(out, "description", plan.description);
  put(out, "schema", plan.schema);
  if (plan.sample > 0) out["sample"] = plan.sample;
  put(out, "requires", plan.requires_);
  out["tables"] = Json::array();
  put(out, "checks", list_json(plan.checks, plan_check_json));
  put(out, "views", list_json(plan.views, [](const PlanView& v) {
        return Json{{"name", v.name}, {"sql", sql_json(v.sql)}};
      }));
  put(out, "triggers", list_json(plan.triggers, [](const PlanTrigger& t) {
        return Json{{"name", t.name}, {"table", t.table.text}, {"sql", sql_json(t.sql)}};
      }));
  put(out, "sql", list_json(plan.sql_steps, [](const PlanSqlStep& s) {
        Json step{{"name", s.name}, {"at", to_string(s.when)}, {"sql", sql_json(s.sql)}};
        put(step, "undo", sql_json(s.undo));
        return step;
      }));
  return out;
}

// Table by table: the document of thousands of them takes many times the room of its text.
std::string text_of(const Json& frame, const ResolvedPlan& plan) {
  std::string tables;
  for (const auto& table : plan.tables) tables += (tables.empty() ? "" : ",") + table_json(table).dump();
  std::string text;
  for (const auto& [key, value] : frame.items()) {
    text += (text.empty() ? "{" : ",") + Json(key).dump() + ":";
    text += key == "tables" ? "[" + tables + "]" : value.dump();
  }
  return text + "}";
}

}  // namespace

std::string_view to_string(CheckSeverity severity) {
  constexpr std::array<std::string_view, 3> kNames = {"critical", "warning", "info"};
  return kNames.at(static_cast<std::size_t>(severity));
}

Json schema_to_json(const ResolvedTable& table) {
  const TableSchema& s = table.schema;
  Json out{{"name", s.name}, {"target", table.target}};
  put(out, "exists", s.exists);
  out["columns"] = list_json(s.columns, column_json);
  put(out, "checks", list_json(s.checks, check_json));
  put(out, "keys", list_json(s.keys, key_json));
  put(out, "foreign_keys", list_json(s.foreign_keys, foreign_key_json));
  put(out, "indexes", list_json(s.indexes, index_json));
  if (s.partition) out["partition"] = partition_json(*s.partition);
  if (s.distribution) out["distribute"] = distribution_json(*s.distribution);
  put(out, "after", table.after);
  put(out, "sha256_digest", table.sha256_digest);
  return out;
}

Json load_to_json(const ResolvedLoad& load) {
  Json out{{"name", load.name}, {"source", load.source}, {"source_table", load.source_table}};
  out["inputs"] = list_json(load.inputs, [](const ResolvedInput& i) {
    return i.expr.empty() ? Json{{"column", i.column}} : Json{{"expr", i.expr}};
  });
  out["columns"] = list_json(load.columns, [](const ResolvedColumn& c) {
    Json column{{"column", c.column}};
    if (c.input >= 0) {
      column["input"] = c.input;
    } else {
      column["constant"] = c.constant;
    }
    put(column, "using", list_json(c.using_, conversion_json));
    if (c.has_zone) column["zone_seconds"] = c.zone_seconds;
    return column;
  });
  put(out, "where", load.where);
  if (load.write != WriteMode::insert) out["write"] = to_text(load.write);
  put(out, "key", Json(load.key));
  if (load.transform) out["transform"] = transform_json(*load.transform);
  if (load.merge) out["merge"] = merge_json(*load.merge);
  if (load.on_reject == OnReject::keep) out["on_reject"] = "keep";
  if (load.max_rejects >= 0) out["max_rejects"] = load.max_rejects;
  return out;
}

PlanNames::PlanNames(const ResolvedPlan& plan) {
  for (const auto& table : plan.tables) {
    tables_.emplace(table.schema.name, &table);
    for (const auto& load : table.loads) loads_.emplace(load.name, std::pair(&table, &load));
  }
}

const ResolvedTable* PlanNames::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

std::pair<const ResolvedTable*, const ResolvedLoad*> PlanNames::load(std::string_view name) const {
  const auto found = loads_.find(name);
  if (found == loads_.end()) return {nullptr, nullptr};
  return found->second;
}

Json to_json(const ResolvedPlan& plan) {
  Json out = frame_json(plan);
  out["tables"] = list_json(plan.tables, table_json);
  return out;
}

std::string json_text(const ResolvedPlan& plan) {
  return text_of(frame_json(plan), plan);
}

std::vector<SchemaObject> schema_objects(const Json& resolved_plan, const std::string& dialect) {
  std::vector<SchemaObject> objects;
  const auto text = [&](const Json& object, const char* key) {
    const Json sql = object.value(key, Json());
    if (sql.is_string()) return sql.get<std::string>();
    return sql.is_object() ? sql.value(dialect, std::string()) : std::string();
  };
  const auto add = [&](const char* list, ObjectKind kind, std::optional<SqlMoment> moment) {
    for (const Json& item : resolved_plan.value(list, Json::array())) {
      if (moment && item.at("at") != to_string(*moment)) continue;
      SchemaObject object{kind,
                          item.at("name").get<std::string>(),
                          item.value("table", std::string()),
                          moment.value_or(SqlMoment::end),
                          text(item, "sql"),
                          text(item, "undo")};
      objects.push_back(std::move(object));
    }
  };
  add("sql", ObjectKind::sql, SqlMoment::before_load);
  add("sql", ObjectKind::sql, SqlMoment::after_load);
  add("triggers", ObjectKind::trigger, std::nullopt);
  add("views", ObjectKind::view, std::nullopt);
  add("sql", ObjectKind::sql, SqlMoment::end);
  return objects;
}

std::vector<SchemaObject> schema_objects(const ResolvedPlan& plan, const std::string& dialect) {
  return schema_objects(frame_json(plan), dialect);
}

std::string fingerprint(const ResolvedPlan& plan) {
  Json frame = frame_json(plan);
  frame.erase("description");  // a comment in all but name
  return sha256_hex(text_of(frame, plan));
}

}  // namespace planrun
