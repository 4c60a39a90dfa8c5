#include "postgres/sample.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "postgres/source_reader.h"
#include "sql/definition.h"
#include "sql/quote.h"

namespace planrun {
namespace {

constexpr const char* kPlace = "planrun_place";

std::string text_of(const KeyValue& value) {
  return value.kind == CellKind::integer ? std::to_string(value.integer) : value.bytes;
}

/// Of a table, what its key is compared with: one list of texts a column.
std::string keys_sql(const std::vector<SourceKeyPart>& key, const std::vector<Key>& keys) {
  std::string lists;
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::vector<std::string> texts;
    for (const Key& one : keys) texts.push_back(text_of(one.values.at(i)));
    const std::string name = "k" + std::to_string(i);
    lists += (i == 0 ? "" : ", ") + quote_literal(array_literal(texts)) + "::text[]";
    names += (i == 0 ? "" : ", ") + name;
    values += (i == 0 ? "" : ", ") + (name + "::" + key[i].type_sql);
  }
  return "SELECT " + values + " FROM unnest(" + lists + ") AS u(" + names + ")";
}

std::string names_of(const std::vector<SourceKeyPart>& key) {
  std::vector<std::string> names;
  for (const auto& part : key) names.push_back(quote_name(part.column));
  return join(names, ", ");
}

class Query {
 public:
  Query(const std::vector<PostgresTable>& tables, const std::map<std::string, std::string>& views,
        const ConnectionSettings& settings)
      : tables_(tables), views_(views), settings_(settings) {}

  std::string with(std::string query) {
    while (query.ends_with(';') || query.ends_with('\n') || query.ends_with(' ')) query.pop_back();
    add_tables_of(query);
    if (parts_.empty()) return query;
    return "WITH " + join(parts_, ", ") + " SELECT * FROM (" + query + "\n) AS asked";
  }

 private:
  void add_tables_of(const std::string& query) {
    const auto shape = parse_query(query);
    if (!shape) return;  // the server says what is wrong with it
    for (const auto& name : shape.value->tables) {
      if (name.starts_with(settings_.schema + ".")) {
        throw Error(ErrorCode::source,
                    "a rehearsal can only ask for the rows of its sample, and the query names table " + name +
                        " by its schema",
                    "name it without: the source's `schema` comes first");
      }
      add(name);
    }
  }

  void add(const std::string& name) {
    const auto found = std::ranges::find_if(tables_, [&](const auto& t) { return t.table.name == name; });
    if (found == tables_.end() || std::ranges::find(added_, name) != added_.end()) return;
    added_.push_back(name);
    const auto view = views_.find(name);
    if (view != views_.end() && found->key.empty()) {
      add_tables_of(view->second);
      parts_.push_back(quote_name(name) + " AS (" + view->second + "\n)");
      return;
    }
    std::vector<std::string> columns;
    for (const auto& column : found->table.columns) columns.push_back(quote_name(column.name));
    parts_.push_back(quote_name(name) + " AS (SELECT " + join(columns, ", ") + " FROM " +
                     from_sql(settings_, *found) + ")");
  }

  const std::vector<PostgresTable>& tables_;
  const std::map<std::string, std::string>& views_;
  const ConnectionSettings& settings_;
  std::vector<std::string> added_;
  std::vector<std::string> parts_;
};

}  // namespace

std::string to_json(const std::vector<TableRows>& rows) {
  Json tables = Json::object();
  for (const auto& table : rows) {
    if (table.all) {
      tables[table.table] = true;
      continue;
    }
    Json& keys = tables[table.table] = Json::array();
    for (const Key& key : table.keys) keys.push_back(Json::parse(to_json(key)));
  }
  return Json{{"sample_of", "postgresql"}, {"rows", tables}}.dump() + "\n";
}

PostgresSample sample_from_json(const std::string& json, const std::string& file) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object() || parsed.value("sample_of", "") != "postgresql") {
    throw Error(ErrorCode::source, file + " is no sample of a PostgreSQL source",
                "put the source's url back as it was, or take the run back and begin a new one");
  }
  PostgresSample sample;
  for (const auto& [table, keys] : parsed.at("rows").items()) {
    TableRows& rows = sample[table];
    rows.table = table;
    rows.all = keys.is_boolean();
    for (const auto& key : keys) {
      if (key.is_array()) rows.keys.push_back(key_from_json(key.dump()));
    }
  }
  return sample;
}

PostgresTable sampled(PostgresTable table, const PostgresSample& sample, const ConnectionSettings& settings) {
  const std::string name = quote_name(table.table.name);
  const auto rows = sample.find(table.table.name);
  const bool has_own_key = !table.key.empty();
  std::string from = "SELECT * FROM " + from_sql(settings, table);
  if (!has_own_key) {
    table.key = {{kPlace, TypeKind::bigint, "bigint"}};
    from = "SELECT * FROM (SELECT " + name + ".*, row_number() OVER () AS " + std::string(kPlace) + " FROM " +
           from_sql(settings, table) + ") AS " + name;
  }
  if (rows == sample.end() || (!rows->second.all && rows->second.keys.empty())) {
    // A view that no load reads has the rows that its tables' give.
    if (table.table.kind == SourceTableKind::view) table.key.clear();
    from += " WHERE false";
  } else if (!rows->second.all) {
    from += " WHERE (" + names_of(table.key) + ") IN (" + keys_sql(table.key, rows->second.keys) + ")";
  }
  table.rows_sql = from;
  table.blocks = 0;
  table.table.estimated_rows = rows == sample.end() ? 0 : static_cast<std::int64_t>(rows->second.keys.size());
  table.table.key.clear();
  for (const auto& part : table.key) table.table.key.push_back(part.column);
  return table;
}

std::string sampled_query(const std::string& query, const std::vector<PostgresTable>& tables,
                          const std::map<std::string, std::string>& views,
                          const ConnectionSettings& settings) {
  return Query(tables, views, settings).with(query);
}

}  // namespace planrun
