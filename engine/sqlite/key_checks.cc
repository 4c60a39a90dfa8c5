#include "sqlite/key_checks.h"

#include "base/text.h"
#include "sql/quote.h"

namespace planrun {

namespace {

// Between names: no name has it.
constexpr std::string_view kBetween = "\x1f";

std::string is_named(const std::string& column, const std::string& name) {
  return column + " = " + quote_literal(name) + " COLLATE NOCASE";
}

std::string action(const std::string& said) {
  return quote_literal(said.empty() ? "no action" : said) + " COLLATE NOCASE";
}

}  // namespace

std::string made_index_condition(const IndexSchema& index) {
  std::string sql = "(" + is_named("l.name", index.name) +
                    " AND l.\"unique\" = " + (index.unique ? "1" : "0") +
                    " AND l.partial = " + (index.where_sql.empty() ? "0" : "1");
  if (!index.columns.empty()) {
    std::string columns;
    for (const auto& column : index.columns) columns += (columns.empty() ? "" : ", ") + quote_literal(column);
    sql +=
        " AND NOT EXISTS (SELECT 1 FROM pragma_index_info(l.name) AS p WHERE p.name COLLATE NOCASE NOT IN (" +
        columns + "))";
  }
  return sql + ")";
}

std::string declared_key_condition(const std::set<std::vector<std::string>>& keys) {
  if (keys.empty()) return "false";
  std::string lists;
  for (const auto& key : keys) lists += (lists.empty() ? "" : ", ") + quote_literal(join(key, kBetween));
  return "(l.origin <> 'c' AND (SELECT group_concat(name, char(31)) FROM (SELECT name FROM "
         "pragma_index_info(l.name) ORDER BY seqno)) COLLATE NOCASE IN (" +
         lists + "))";
}

std::string rowid_key_count(const std::string& table, const std::string& column) {
  return "(SELECT count(*) FROM pragma_table_info(" + quote_literal(table) + ") WHERE pk = 1 AND " +
         is_named("name", column) + " AND " + is_named("type", "integer") + ")";
}

std::string declared_foreign_columns(const TableSchema& table) {
  std::string any;
  for (const auto& key : table.foreign_keys) {
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      any += (any.empty() ? "(" : " OR (") + is_named("f.\"table\"", key.table) + " AND " +
             is_named("f.\"from\"", key.columns[i]) + " AND " + is_named("f.\"to\"", key.foreign_columns[i]) +
             " AND f.seq = " + std::to_string(i) + " AND f.on_delete = " + action(key.on_delete) +
             " AND f.on_update = " + action(key.on_update) + ")";
    }
  }
  return "(SELECT count(*) FROM pragma_foreign_key_list(" + quote_literal(table.name) + ") AS f WHERE " +
         any + ")";
}

}  // namespace planrun
