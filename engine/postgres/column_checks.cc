#include "postgres/column_checks.h"

#include <vector>

#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

std::string sql_boolean(bool value) {
  return value ? "true" : "false";
}

// The server keeps no default that is a plain NULL.
bool keeps_default(const ColumnSchema& column) {
  return column.identity == Identity::serial || !column.generated_sql.empty() ||
         (!column.default_sql.empty() && !to_lower_ascii(trim(column.default_sql)).starts_with("null"));
}

// pg_attribute.attidentity.
std::string identity_letter(const ColumnSchema& column) {
  if (column.identity == Identity::always) return "'a'";
  return column.identity == Identity::by_default ? "'d'" : "''";
}

// A row of what standing_columns() calls `p`.
std::string planned(const ColumnSchema& column) {
  const bool not_null = column.not_null || column.identity != Identity::none;
  return "(" + quote_literal(column.name) + ", " + sql_boolean(not_null) + ", " +
         sql_boolean(keeps_default(column)) + ", " + identity_letter(column) + ", " +
         (column.generated_sql.empty() ? "''" : "'s'") + ")";
}

// SQL that answers `all`, or which of `rows` there is no such thing for.
std::string all_but(const std::vector<std::string>& rows, const std::string& p, const std::string& thing) {
  return "SELECT coalesce('all but ' || pg_catalog.string_agg(p.name, ', '), 'all') FROM (VALUES " +
         join(rows, ", ") + ") AS " + p + " WHERE NOT EXISTS (" + thing + ")";
}

}  // namespace

std::string standing_columns(const TableSchema& table, const std::string& oid) {
  std::vector<std::string> rows;
  for (const auto& column : table.columns) rows.push_back(planned(column));
  return all_but(rows, "p(name, not_null, has_default, identity, generated)",
                 "SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = " + oid +
                     " AND a.attname = p.name AND NOT a.attisdropped AND a.attnotnull >= p.not_null AND"
                     " a.atthasdef >= p.has_default AND (p.identity = '' OR a.attidentity = p.identity) AND"
                     " a.attgenerated = p.generated");
}

std::string standing_checks(const TableSchema& table, const std::string& oid) {
  std::vector<std::string> rows;
  for (const auto& check : table.checks) rows.push_back("(" + quote_literal(check.name) + ")");
  return all_but(rows, "p(name)",
                 "SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = " + oid +
                     " AND k.contype = 'c' AND k.convalidated AND k.conname = p.name");
}

}  // namespace planrun
