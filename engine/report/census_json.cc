#include "report/census_json.h"

#include <cmath>

#include "base/decimal.h"
#include "base/json.h"
#include "base/time.h"

namespace planrun {

namespace {

constexpr int kCensusVersion = 1;

template <typename List, typename Make>
Json census_list(const List& list, Make make) {
  Json json = Json::array();
  for (const auto& item : list) json.push_back(make(item));
  return json;
}

/// Keys as the ledger keeps them: [12], ["a", null].
Json tally_json(const RowTally& rows) {
  Json json = {{"count", rows.count}};
  if (!rows.samples.empty())
    json["samples"] = census_list(rows.samples, [](const Key& key) { return Json::parse(to_json(key)); });
  return json;
}

void add_tally(Json& json, const char* name, const RowTally& rows) {
  if (rows.count > 0) json[name] = tally_json(rows);
}

Json integers_json(const IntegerCensus& integers) {
  Json json = tally_json(integers.all);
  json["least"] = integers.range.least;
  json["most"] = integers.range.most;
  json["zeros"] = integers.zeros;
  json["ones"] = integers.ones;
  json["plausible_unix_seconds"] = integers.unix_seconds;
  json["plausible_unix_millis"] = integers.unix_millis;
  json["plausible_unix_micros"] = integers.unix_micros;
  return json;
}

Json reals_json(const RealCensus& reals) {
  Json json = tally_json(reals.all);
  if (reals.all.count > reals.infinite.count + reals.not_a_number.count) {
    json["least"] = reals.range.least;
    json["most"] = reals.range.most;
  }
  json["whole"] = reals.whole;
  json["integer_digits"] = reals.integer_digits;
  json["fraction_digits"] = reals.fraction_digits;
  json["plausible_unix_seconds"] = reals.unix_seconds;
  json["plausible_unix_millis"] = reals.unix_millis;
  json["plausible_julian_days"] = reals.julian_days;
  add_tally(json, "infinite", reals.infinite);
  add_tally(json, "not_a_number", reals.not_a_number);
  add_tally(json, "negative_zero", reals.negative_zero);
  return json;
}

std::string timestamp_text(std::int64_t micros) {
  std::string text;
  append_timestamp(micros, text);
  return text;
}

void add_text_numbers(const TextCensus& texts, Json& json) {
  const RowTally& integers = texts.of(TextKind::integer);
  if (integers.count + texts.of(TextKind::decimal).count > 0) {
    json["integer_digits"] = texts.integer_digits;
    json["fraction_digits"] = texts.fraction_digits;
    json["least_number"] = texts.numbers.least;
    json["most_number"] = texts.numbers.most;
  }
  if (integers.count > texts.beyond_bigint.count) {
    json["least_integer"] = texts.integers.least;
    json["most_integer"] = texts.integers.most;
  }
  add_tally(json, "beyond_bigint", texts.beyond_bigint);
}

Json texts_json(const TextCensus& texts) {
  Json json = {{"count", texts.count}};
  Json& kinds = json["kinds"] = Json::object();
  for (std::size_t i = 0; i < kTextKinds; ++i)
    add_tally(kinds, std::string(to_string(static_cast<TextKind>(i))).c_str(), texts.kinds[i]);
  json["least_bytes"] = texts.bytes.least;
  json["most_bytes"] = texts.bytes.most;
  json["least_characters"] = texts.characters.least;
  json["most_characters"] = texts.characters.most;
  add_text_numbers(texts, json);
  if (texts.of(TextKind::date).count + texts.of(TextKind::timestamp).count +
          texts.of(TextKind::timestamptz).count >
      0) {
    json["least_time"] = timestamp_text(texts.micros.least);
    json["most_time"] = timestamp_text(texts.micros.most);
    json["second_digits"] = texts.second_digits;
  }
  if (texts.of(TextKind::boolean).count > 0) json["plain_booleans"] = texts.plain_booleans;
  add_tally(json, "nul", texts.nul);
  add_tally(json, "invalid_utf8", texts.invalid_utf8);
  add_tally(json, "refused_by_jsonb", texts.refused_by_jsonb);
  add_tally(json, "broken_json", texts.broken_json);
  return json;
}

Json column_json(const ColumnCensus& column) {
  Json json = {{"name", column.column.name},           {"declared", column.column.declared},
               {"not_null", column.column.not_null},   {"primary_key", column.column.primary_key},
               {"generated", column.column.generated}, {"rows", column.rows()}};
  add_tally(json, "nulls", column.nulls);
  if (column.integers.all.count > 0) json["integers"] = integers_json(column.integers);
  if (column.reals.all.count > 0) json["reals"] = reals_json(column.reals);
  if (column.texts.count > 0) json["texts"] = texts_json(column.texts);
  if (column.blobs.all.count > 0) {
    Json& blobs = json["blobs"] = tally_json(column.blobs.all);
    blobs["least_bytes"] = column.blobs.bytes.least;
    blobs["most_bytes"] = column.blobs.bytes.most;
  }
  add_tally(json, "unreadable", column.unreadable);
  if (!column.failure.empty()) json["failure"] = column.failure;
  if (!column.refused.empty())
    json["refused"] = census_list(column.refused, [](const RefusedValues& refused) {
      Json one = tally_json(refused.rows);
      one["reason"] = refused.reason;
      one["by"] = refused.by_all ? "all" : "sqlite";
      return one;
    });
  return json;
}

Json source_index_json(const SourceIndex& index) {
  return {{"name", index.name},
          {"made_by", index.origin == SourceIndexOrigin::create_index        ? "create index"
                      : index.origin == SourceIndexOrigin::unique_constraint ? "unique"
                                                                             : "primary key"},
          {"unique", index.unique},
          {"partial", index.partial},
          {"parts", census_list(index.parts,
                                [](const SourceIndexPart& part) {
                                  return Json{{"column", part.column},
                                              {"collation", part.collation},
                                              {"descending", part.descending}};
                                })},
          {"sql", index.sql}};
}

Json source_key_json(const ForeignKeyCensus& census) {
  Json json = {{"columns", census.key.columns},
               {"table", census.key.table},
               {"foreign_columns", census.key.foreign_columns},
               {"on_delete", census.key.on_delete},
               {"on_update", census.key.on_update},
               {"orphans", tally_json(census.orphans)}};
  if (census.loosely_referring.count > 0) json["loosely_referring"] = tally_json(census.loosely_referring);
  if (!census.broken.empty()) json["broken"] = census.broken;
  if (!census.error.empty()) json["error"] = census.error;
  return json;
}

Json duplicates_json(const DuplicatesCensus& census) {
  Json json = {{"index", census.index},
               {"comparison", census.comparison == LooseComparison::nocase ? "nocase" : "numeric"},
               {"columns", census.columns},
               {"values", tally_json(census.values)}};
  if (!census.error.empty()) json["error"] = census.error;
  return json;
}

const char* kind_name(SourceTableKind kind) {
  switch (kind) {
    case SourceTableKind::view:
      return "view";
    case SourceTableKind::virtual_table:
      return "virtual";
    case SourceTableKind::shadow:
      return "shadow";
    case SourceTableKind::table:
      break;
  }
  return "table";
}

Json table_census_json(const TableCensus& table) {
  Json json = {{"name", table.table.name}, {"kind", kind_name(table.table.kind)}};
  json["read"] = table.was_read;
  json["sql"] = table.declared.sql;
  if (!table.was_read) return json;
  json["rows"] = table.rows;
  json["seconds"] = table.seconds;
  json["row_key"] = table.table.key;
  json["without_rowid"] = table.declared.without_rowid;
  json["strict"] = table.declared.strict;
  json["autoincrement"] = table.declared.autoincrement;
  json["sequence"] = last_number(table.table);
  json["columns"] = census_list(table.columns, column_json);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    json["columns"][i]["collation"] = table.declared.collations[i];
    if (!table.declared.defaults[i].empty()) json["columns"][i]["default"] = table.declared.defaults[i];
  }
  json["indexes"] = census_list(table.declared.indexes, source_index_json);
  json["foreign_keys"] = census_list(table.foreign_keys, source_key_json);
  json["duplicates"] = census_list(table.duplicates, duplicates_json);
  if (!table.uncarried.empty()) json["uncarried_by_sqlite"] = table.uncarried;
  if (!table.error.empty()) json["error"] = table.error;
  return json;
}

Json object_json(const SourceObject& object) {
  Json json = {{"name", object.name}, {"sql", object.sql}};
  if (!object.table.empty()) json["table"] = object.table;
  return json;
}

Json database_json(const DatabaseCensus& census) {
  return {{"source", census.shown_url},
          {"whole", census.is_whole()},
          {"seconds", census.seconds},
          {"notices", census.notices},
          {"tables", census_list(census.tables, table_census_json)},
          {"triggers", census_list(census.triggers,
                                   [](const SourceTrigger& trigger) {
                                     return object_json({trigger.name, trigger.table, trigger.sql});
                                   })},
          {"objects", census_list(census.objects, object_json)}};
}

}  // namespace

Json census_json(std::span<const DatabaseCensus> censuses) {
  return {{"version", kCensusVersion}, {"databases", census_list(censuses, database_json)}};
}

}  // namespace planrun
