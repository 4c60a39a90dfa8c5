#include "sqlite/applied_sql.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

std::string quoted_column(const LoadTarget& load, std::size_t column) {
  return quote_name(load.table->columns[column].name);
}

/// SQLite bounds the depth of an expression (1,000), not its width: `a + b + c + d` as ((a + b) + (c + d)).
std::string balanced(std::span<const std::string> parts, const std::string& between) {
  if (parts.size() == 1) return parts.front();
  const std::size_t half = parts.size() / 2;
  return "(" + balanced(parts.first(half), between) + between + balanced(parts.subspan(half), between) + ")";
}

}  // namespace

std::optional<std::size_t> cell_of_column(const LoadTarget& load, std::size_t column) {
  const auto found = std::ranges::find(load.columns, column);
  if (found == load.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - load.columns.begin());
}

std::string parameter(std::size_t cell) {
  return "?" + std::to_string(cell + 1);
}

std::string load_key_equals_sql(const LoadTarget& load, const std::string& row) {
  std::vector<std::string> equal;
  for (const std::size_t column : load.key)
    equal.push_back(row + quoted_column(load, column) + " = " + parameter(*cell_of_column(load, column)));
  return join(equal, " and ");
}

std::string find_sql(const LoadTarget& load) {
  std::vector<std::string> same;
  for (std::size_t cell = 0; cell < load.columns.size(); ++cell) {
    same.push_back(quoted_column(load, load.columns[cell]) + " is " + parameter(cell) + " collate binary");
  }
  return "select " + balanced(same, " and ") + ", " + row_literals_sql(*load.table) + ", " +
         row_key_sql(*load.table) + " from " + quote_name(load.table->name) + " where " +
         load_key_equals_sql(load);
}

std::vector<Assignment> assignments(const LoadTarget& load) {
  std::vector<Assignment> assigned;
  const auto row_key = load.table->places(load.table->row_key()->columns);
  for (std::size_t i = 0; i < load.table->columns.size(); ++i) {
    const ColumnSchema& column = load.table->columns[i];
    if (!column.generated_sql.empty()) continue;
    // What is equal in the column's collation may be other bytes.
    if (std::ranges::find(load.key, i) != load.key.end() && column.collation.empty()) continue;
    if (const auto cell = cell_of_column(load, i)) {
      assigned.push_back({i, parameter(*cell)});
    } else if (load.write == WriteMode::replace && std::ranges::find(row_key, i) == row_key.end()) {
      assigned.push_back({i, column.default_sql.empty() ? "null" : "(" + column.default_sql + ")"});
    }
  }
  return assigned;
}

std::string update_sql(const LoadTarget& load, const std::vector<Assignment>& assigned) {
  std::vector<std::string> set;
  for (const auto& [column, value] : assigned) set.push_back(quoted_column(load, column) + " = " + value);
  if (set.empty()) {
    // Nothing but the key is loaded: the row that is there holds it already.
    for (const std::size_t column : load.key)
      set.push_back(quoted_column(load, column) + " = " + parameter(*cell_of_column(load, column)));
  }
  return "update or abort " + quote_name(load.table->name) + " set " + join(set, ", ") + " where " +
         load_key_equals_sql(load);
}

std::string row_literals_sql(const TableSchema& table) {
  std::vector<std::string> values;
  for (const auto& column : table.columns) {
    if (!column.generated_sql.empty()) continue;
    const std::string name = quote_name(column.name);
    // quote() stops at a NUL in text, and writes Inf for infinity.
    values.push_back("case typeof(" + name + ") when 'text' then 'cast(' || quote(cast(" + name +
                     " as blob)) || ' as text)' when 'real' then case " + name +
                     " when 9e999 then '9e999' when -9e999 then '-9e999' else quote(" + name +
                     ") end else quote(" + name + ") end");
  }
  return balanced(values, " || ',' || ");
}

std::string written_columns_sql(const TableSchema& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) {
    if (column.generated_sql.empty()) names.push_back(quote_name(column.name));
  }
  return join(names, ", ");
}

std::string row_key_sql(const TableSchema& table) {
  std::vector<std::string> names;
  for (const auto& name : table.row_key()->columns) {
    if (table.find(name) != nullptr) names.push_back(quote_name(name));
  }
  return join(names, ", ");
}

std::string row_key_equals_sql(const TableSchema& table, int first) {
  std::vector<std::string> parts;
  for (const auto& name : table.row_key()->columns) {
    parts.push_back(quote_name(name) + " = ?" + std::to_string(first++));
  }
  return join(parts, " and ");
}

}  // namespace planrun
