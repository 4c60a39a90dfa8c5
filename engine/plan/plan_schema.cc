#include "plan/plan_schema.h"

#include "base/json.h"
#include "base/text.h"
#include "plan/known_keys.h"

namespace planrun {

namespace {

// As check_plain_name() and check_object_name() take them; 63 bytes are at most 63 characters.
constexpr const char* kPlainName = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$";
constexpr const char* kObjectName = "^[^\\u0000-\\u001f\\u007f]{1,63}$";
constexpr const char* kAmount = "^\\s*[0-9.]+\\s*%?\\s*$";

using Names = std::vector<std::string>;

Json reference(const std::string& name) {
  return {{"$ref", "#/definitions/" + name}};
}

Json any_of(std::initializer_list<Json> schemas) {
  return {{"anyOf", Json(schemas)}};
}

Json object_of_names(const char* pattern, Json schema) {
  return {{"type", "object"},
          {"patternProperties", {{pattern, std::move(schema)}}},
          {"additionalProperties", false}};
}

Json list_of(Json schema) {
  return {{"type", "array"}, {"items", std::move(schema)}};
}

Json any_text() {
  return {{"type", "string"}};
}

Json scalar() {
  return {{"type", {"string", "number", "boolean"}}};
}

// The keys of a load's `columns` are others than the table's; `columns_of` names the definition.
Json value_of(const KnownKey& key, const std::string& columns_of) {
  switch (key.shape) {
    case ValueShape::text:
      return any_text();
    case ValueShape::texts:
      return any_of({any_text(), list_of(any_text())});
    case ValueShape::flag:
      return {{"type", "boolean"}};
    case ValueShape::count:
      return {{"type", "integer"}, {"minimum", 0}};
    case ValueShape::scalar:
      return scalar();
    case ValueShape::tolerance:
    case ValueShape::sql:
    case ValueShape::row:
      return reference(key.shape == ValueShape::tolerance ? "tolerance"
                       : key.shape == ValueShape::sql     ? "sql"
                                                          : "row");
    case ValueShape::section:
      return reference(std::string(key.name));
    case ValueShape::columns:
      return reference(columns_of);
    case ValueShape::indexes:
      return object_of_names(kObjectName, any_text());
    case ValueShape::loads:
      return object_of_names(kPlainName, reference("load"));
    case ValueShape::rows:
      return list_of(reference("row"));
    case ValueShape::scalars:
      return any_of({scalar(), list_of(scalar())});
    case ValueShape::parts:
      return object_of_names(kObjectName, any_of({{{"const", "default"}}, reference("part")}));
    case ValueShape::placement:
      return any_of({any_text(), reference(std::string(key.name))});
  }
  return {};
}

Json properties_of(const KnownSection& section, const std::string& columns_of) {
  Json properties = Json::object();
  for (const KnownKey& key : section.keys) {
    Json value = value_of(key, columns_of);
    // Beside $ref nothing else counts in draft-07.
    if (value.contains("$ref")) value = {{"allOf", Json::array({value})}};
    if (!key.choices.empty()) value["enum"] = split(key.choices, '|');
    value["description"] = std::string(key.meaning);
    properties[std::string(key.name)] = std::move(value);
  }
  return properties;
}

Json section_of(const KnownSection& section, const Names& required = {},
                const std::string& columns_of = "columns") {
  Json schema = {{"type", "object"},
                 {"properties", properties_of(section, columns_of)},
                 {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

// With `use` a check takes the arguments of a shared one, whatever they are called.
Json check() {
  Json schema = section_of(check_keys());
  Json names = Json::array();
  for (const KnownKey& key : check_keys().keys) names.push_back(std::string(key.name));
  schema["additionalProperties"] = any_of({scalar(), list_of(scalar())});
  schema["if"] = {{"not", {{"required", {"use"}}}}};
  schema["then"] = {{"propertyNames", {{"enum", names}}}};
  return schema;
}

Json columns() {
  Json schema = object_of_names(kObjectName, any_of({any_text(), reference("column")}));
  schema["properties"] = {
      {"*", {{"const", "inherit"}, {"description", "every other source column, by its declared type"}}}};
  return schema;
}

Json row() {
  const Json blob = {{"type", "object"},
                     {"properties", {{"blob", any_text()}}},
                     {"required", {"blob"}},
                     {"additionalProperties", false}};
  return {{"type", "object"}, {"additionalProperties", any_of({scalar(), blob})}};
}

Json sql() {
  Json by_dialect = section_of(sql_keys());
  by_dialect["minProperties"] = 1;
  return any_of({any_text(), by_dialect});
}

Json tolerance() {
  return any_of({{{"type", "number"}, {"minimum", 0}},
                 {{"type", "string"}, {"pattern", kAmount}},
                 section_of(tolerance_keys(), {"critical"})});
}

Json definitions() {
  return {{"column", section_of(column_keys())},
          {"columns", columns()},
          {"load", section_of(load_keys(), {"from"}, "load_columns")},
          {"load_columns", object_of_names(kObjectName, section_of(load_column_keys()))},
          {"merge", section_of(merge_keys(), {"key"})},
          {"part", section_of(part_keys())},
          {"partition", section_of(partition_keys(), {"by", "column"})},
          {"distribute", section_of(distribute_keys())},
          {"row", row()},
          {"sql", sql()},
          {"tolerance", tolerance()}};
}

// One section of the top, by its word; a list of them is written [[WORD]].
Json top(std::string_view word) {
  if (word == "plan") return section_of(plan_keys(), {"name"});
  if (word == "source") return object_of_names(kPlainName, section_of(source_keys()));
  if (word == "target") return object_of_names(kPlainName, section_of(target_keys()));
  if (word == "table") return object_of_names(kObjectName, section_of(table_keys()));
  if (word == "check") return object_of_names(kPlainName, check());
  if (word == "guard") return object_of_names(kPlainName, section_of(guard_keys(), {"sql"}));
  if (word == "view") return object_of_names(kObjectName, section_of(view_keys(), {"sql"}));
  if (word == "trigger") return object_of_names(kObjectName, section_of(trigger_keys(), {"table", "sql"}));
  if (word == "sql") return list_of(section_of(sql_step_keys(), {"name", "at", "sql"}));
  if (word == "example") return list_of(section_of(example_keys(), {"transform", "row"}));
  if (word == "gate") return section_of(gate_keys(), {"verifications", "within"});
  if (word == "throttle") return section_of(throttle_keys());
  if (word == "alert") return list_of(section_of(alert_keys(), {"name", "when"}));
  return Json::object();  // takes anything; tests hold that every word has a form
}

}  // namespace

std::string plan_schema() {
  Json properties = Json::object();
  for (const auto& word : top_level_words()) properties[std::string(word)] = top(word);
  const Json schema = {
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"title", "planrun plan"},
      {"description", "A database migration that planrun runs; docs/plan-reference.md tells more."},
      {"type", "object"},
      {"properties", properties},
      {"required", {"plan"}},
      {"additionalProperties", false},
      {"definitions", definitions()}};
  return schema.dump(2) + "\n";
}

}  // namespace planrun
