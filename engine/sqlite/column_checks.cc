#include "sqlite/column_checks.h"

#include <vector>

#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/default_value.h"
#include "sqlite/dialect.h"

namespace planrun {
namespace {

std::string flag(bool value) {
  return value ? "1" : "0";
}

// SQL of a text without blanks, in lower case.
std::string bare_text(const std::string& text) {
  return "replace(replace(replace(replace(lower(" + text +
         "), ' ', ''), char(9), ''), char(10), ''), char(13), '')";
}

std::string all_but(const std::string& name, const std::string& from_where) {
  return "SELECT coalesce('all but ' || group_concat(" + name + ", ', '), 'all') FROM " + from_where;
}

}  // namespace

std::string standing_columns_in_sqlite(const TableSchema& table) {
  std::vector<std::string> rows;
  for (const auto& column : table.columns) {
    const bool has_default = !column.default_sql.empty() && default_value(column);
    // The rowid is never null, said or not.
    const bool not_null = column.not_null && &column != rowid_column(table);
    rows.push_back("(" + quote_literal(column.name) + ", " + flag(not_null) + ", " + flag(has_default) +
                   ", " + flag(!column.generated_sql.empty()) + ")");
  }
  // pragma_table_xinfo: `hidden` is 2 for a virtual generated column and 3 for a stored one.
  return "WITH p(name, not_null, has_default, generated) AS (VALUES " + join(rows, ", ") + ") " +
         all_but("p.name", "p WHERE NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(" +
                               quote_literal(table.name) +
                               ") AS x WHERE x.name = p.name COLLATE NOCASE AND x.\"notnull\" >= p.not_null"
                               " AND (x.dflt_value IS NOT NULL) >= p.has_default"
                               " AND (x.hidden IN (2, 3)) = p.generated)");
}

std::string standing_checks_in_sqlite(const TableSchema& table) {
  std::vector<std::string> rows;
  for (const auto& check : table.checks) {
    rows.push_back("(" + quote_literal(check.name.empty() ? check.sql : check.name) + ", " +
                   quote_literal("CHECK (" + check.sql + ")") + ")");
  }
  return "WITH p(name, said) AS (VALUES " + join(rows, ", ") + ") " +
         all_but("p.name",
                 "p WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema AS t WHERE t.type = 'table' AND "
                 "t.name = " +
                     quote_literal(table.name) + " COLLATE NOCASE AND instr(" + bare_text("t.sql") + ", " +
                     bare_text("p.said") + ") > 0)");
}

}  // namespace planrun
