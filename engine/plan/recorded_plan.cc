#include "plan/recorded_plan.h"

#include "base/error.h"
#include "plan/recorded_json.h"
#include "sql/definition.h"

namespace planrun {
namespace {

ColumnType read_type(const std::string& sql) {
  const auto parsed = parse_type(sql, {});
  if (parsed) return *parsed.value;
  ColumnType other;
  other.kind = TypeKind::other;
  other.sql = sql;
  return other;
}

ColumnSchema read_column(const Json& json) {
  ColumnSchema column;
  column.name = json.at("name");
  column.type = read_type(json.at("type"));
  column.not_null = recorded::flag(json, "not_null");
  column.identity = recorded::identity(json);
  column.default_sql = recorded::text(json, "default");
  column.generated_sql = recorded::text(json, "generated");
  column.collation = recorded::text(json, "collation");
  column.store_as_text = recorded::flag(json, "store_as_text");
  return column;
}

KeySchema read_key(const Json& json) {
  KeySchema key;
  key.name = json.at("name");
  key.columns = json.at("columns");
  key.primary = recorded::flag(json, "primary");
  return key;
}

ForeignKeySchema read_foreign_key(const Json& json) {
  ForeignKeySchema key;
  key.name = json.at("name");
  key.columns = json.at("columns");
  key.table = json.at("table");
  key.foreign_columns = recorded::texts(json, "foreign_columns");
  key.restored = recorded::flag(json, "restored");
  key.definition = recorded::text(json, "definition");
  key.is_validated = !recorded::flag(json, "not_valid");
  key.comment = recorded::text(json, "comment");
  key.match_full = recorded::flag(json, "match_full");
  return key;
}

IndexSchema read_index(const Json& json) {
  IndexSchema index;
  index.name = json.at("name");
  index.unique = recorded::flag(json, "unique");
  index.method = recorded::text(json, "method");
  index.elements_sql = json.at("elements");
  index.include_sql = recorded::text(json, "include");
  index.where_sql = recorded::text(json, "where");
  return index;
}

ResolvedMerge read_merge(const Json& json) {
  ResolvedMerge merge;
  merge.group = json.at("group");
  merge.place = json.at("place");
  merge.key = json.at("key").get<std::vector<std::size_t>>();
  for (const Keep known : {Keep::newest, Keep::first, Keep::last}) {
    if (recorded::text(json, "keep") == to_string(known)) merge.keep = known;
  }
  if (json.contains("by")) merge.by = json.at("by").get<std::size_t>();
  return merge;
}

ResolvedLoad read_load(const Json& json) {
  ResolvedLoad load;
  load.name = json.at("name");
  load.source = recorded::text(json, "source");
  load.source_table = recorded::text(json, "source_table");
  for (const auto& item : json.at("columns")) {
    ResolvedColumn column;
    column.column = item.at("column");
    load.columns.push_back(column);
  }
  if (json.contains("merge")) load.merge = read_merge(json.at("merge"));
  return load;
}

PartitionSchema read_partition(const Json& json) {
  PartitionSchema partition;
  partition.by = partition_by_from(recorded::text(json, "by")).value_or(PartitionBy::range);
  partition.columns = recorded::texts(json, "columns");
  for (const auto& item : recorded::list(json, "parts")) {
    PartSchema& part = partition.parts.emplace_back();
    part.name = item.at("name");
    part.is_default = recorded::flag(item, "default");
    part.from = recorded::texts(item, "from");
    part.to = recorded::texts(item, "to");
    part.values = recorded::texts(item, "values");
  }
  return partition;
}

ResolvedTable read_table(const Json& json) {
  ResolvedTable table;
  table.target = recorded::text(json, "target");
  table.schema.name = json.at("name");
  table.schema.exists = recorded::flag(json, "exists");
  table.sha256_digest = recorded::flag(json, "sha256_digest");
  for (const auto& column : json.at("columns")) table.schema.columns.push_back(read_column(column));
  for (const auto& key : recorded::list(json, "keys")) table.schema.keys.push_back(read_key(key));
  for (const auto& key : recorded::list(json, "foreign_keys"))
    table.schema.foreign_keys.push_back(read_foreign_key(key));
  for (const auto& check : recorded::list(json, "checks"))
    table.schema.checks.push_back({check.at("name"), check.at("sql"), recorded::text(check, "column")});
  for (const auto& index : recorded::list(json, "indexes")) table.schema.indexes.push_back(read_index(index));
  recorded::read_division(json, table.schema);
  for (const auto& load : recorded::list(json, "loads")) table.loads.push_back(read_load(load));
  return table;
}

}  // namespace

void recorded::read_division(const Json& table, TableSchema& schema) {
  if (table.contains("partition")) schema.partition = read_partition(table["partition"]);
  if (table.contains("distribute"))
    schema.distribution.emplace().by = recorded::text(table["distribute"], "by");
}

ResolvedPlan read_recorded_plan(const std::string& json) {
  try {
    const Json recorded = Json::parse(json);
    ResolvedPlan plan;
    plan.name = recorded.at("name");
    plan.description = recorded::text(recorded, "description");
    plan.schema = recorded::text(recorded, "schema");
    plan.sample = recorded.value("sample", std::int64_t{0});
    plan.requires_ = recorded::texts(recorded, "requires");
    for (const auto& table : recorded.at("tables")) plan.tables.push_back(read_table(table));
    return plan;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::refused,
                std::string("the ledger's record of the plan cannot be read: ") + error.what(),
                "use the planrun that made the run");
  }
}

}  // namespace planrun
