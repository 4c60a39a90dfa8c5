#include "postgres/violation.h"

#include "base/error.h"
#include "sql/quote.h"

namespace planrun {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

/// What an index compares: its elements without order and operator class, as the server takes them apart. It
/// is asked through an index on an empty temporary table of the same columns, which is rolled back.
std::vector<std::string> index_elements(PostgresConnection& connection, const std::string& table,
                                        const IndexSchema& index) {
  Transaction rolled_back(connection);
  connection.exec("CREATE TEMP TABLE planrun_like (LIKE " + table +
                  "); CREATE INDEX planrun_like_index ON "
                  "pg_temp.planrun_like (" +
                  index.elements_sql + ")");
  // A collation that takes different texts for equal makes them equal in the index as well.
  const Result r = connection.exec(
      "SELECT pg_get_indexdef(i.indexrelid, n, true),"
      " CASE WHEN NOT c.collisdeterministic THEN format('%I.%I', s.nspname, c.collname) END"
      " FROM pg_index i CROSS JOIN generate_series(1, i.indnkeyatts) n"
      " LEFT JOIN pg_collation c ON c.oid = i.indcollation[n - 1] LEFT JOIN pg_namespace s ON s.oid = "
      "c.collnamespace"
      " WHERE i.indexrelid = 'pg_temp.planrun_like_index'::regclass ORDER BY n");
  std::vector<std::string> elements;
  for (int i = 0; i < r.rows(); ++i) {
    std::string element = "(" + r.text(i, 0) + ")";
    if (!r.is_null(i, 1)) element += " COLLATE " + r.text(i, 1);
    elements.push_back(std::move(element));
  }
  return elements;
}

std::string duplicates(const TableSchema& schema, const std::string& table, const std::string& columns,
                       const std::vector<std::string>& elements, bool nulls_equal, const std::string& where) {
  std::vector<std::string> conditions;
  if (!where.empty()) conditions.push_back("(" + where + ")");
  if (!nulls_equal) {
    for (const auto& element : elements) conditions.push_back(element + " IS NOT NULL");
  }
  // Elements and conditions name columns without a table, so they stand in a select from this table alone.
  std::string inner = "SELECT *, " + row_reference(schema, "") +
                      " AS planrun_reference, count(*) OVER (PARTITION BY " + joined(elements, ", ") +
                      ") AS planrun_count FROM " + table;
  if (!conditions.empty()) inner += " WHERE " + joined(conditions, " AND ");
  return "SELECT t.planrun_reference" + columns + " FROM (" + inner + ") t WHERE t.planrun_count > 1";
}

std::string orphans(const PostgresContext& context, const TableSchema& schema, const std::string& columns,
                    const ForeignKeySchema& key) {
  std::vector<std::string> matches;
  std::vector<std::string> present;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const std::string column = "t." + quote_name(key.columns[i]);
    matches.push_back("r." + quote_name(key.foreign_columns[i]) + " = " + column);
    present.push_back(column + " IS NOT NULL");
  }
  const std::string all_present = joined(present, " AND ");
  std::string sql = "SELECT " + row_reference(schema, "t") + columns + " FROM " + context.table(schema.name) +
                    " t WHERE (" + all_present + " AND NOT EXISTS (SELECT FROM " + context.table(key.table) +
                    " r WHERE " + joined(matches, " AND ") + "))";
  if (key.match_full) sql += " OR ((" + joined(present, " OR ") + ") AND NOT (" + all_present + "))";
  return sql;
}

}  // namespace

BackQuery violation_query(const PostgresContext& context, PostgresConnection& connection,
                          const Violation& violation, std::span<const std::size_t> columns) {
  const TableSchema& schema = *violation.table;
  const std::string table = context.table(schema.name);
  std::string selected = selected_columns(schema, columns, "t");
  if (!selected.empty()) selected = ", " + selected;
  BackQuery query;
  query.references = true;
  query.columns = decoded_columns(schema, columns);
  if (violation.key != nullptr) {
    std::vector<std::string> elements;
    for (const auto& column : violation.key->columns) elements.push_back(quote_name(column));
    query.select = duplicates(schema, table, selected, elements, violation.key->nulls_not_distinct, "");
  } else if (violation.unique_index != nullptr) {
    const auto elements = index_elements(connection, table, *violation.unique_index);
    query.select = duplicates(schema, table, selected, elements, false, violation.unique_index->where_sql);
  } else if (violation.foreign_key != nullptr) {
    query.select = orphans(context, schema, selected, *violation.foreign_key);
  } else {
    query.select = "SELECT " + row_reference(schema, "t") + selected + " FROM " + table + " t";
  }
  return query;
}

}  // namespace planrun
