// The SQL of a key's order: how the rows of a range are asked for so that SQLite walks the table's own
// b-tree.
#include <algorithm>

#include "sqlite/catalog.h"

namespace planrun {
namespace {

std::string column_sql(const KeyPart& part) {
  return part.collation.empty() ? part.column : part.column + " collate " + part.collation;
}

std::string parameter(int first, std::size_t i) {
  return "?" + std::to_string(first + static_cast<int>(i));
}

/// `after`: rows behind the parameters in the key's own order.
const char* symbol(const KeyPart& part, bool after) {
  return after != part.descending ? " >" : " <";
}

/// SQLite seeks by (a, b) > (?, ?) only then.
bool is_uniform(const TableOrder& order) {
  return std::ranges::all_of(order.parts, [&](const KeyPart& p) {
    return p.collation.empty() && p.descending == order.parts[0].descending;
  });
}

/// (a > ?1 or (a = ?1 and (b < ?2 or (b = ?2 and ...)))), written out.
std::string expanded(const TableOrder& order, int first, bool after, bool inclusive, std::size_t i) {
  const KeyPart& part = order.parts[i];
  const std::string bound = parameter(first, i);
  const std::string beyond = column_sql(part) + symbol(part, after);
  if (i + 1 == order.parts.size()) return beyond + (inclusive ? "= " : " ") + bound;
  return "(" + beyond + " " + bound + " or (" + column_sql(part) + " = " + bound + " and " +
         expanded(order, first, after, inclusive, i + 1) + "))";
}

std::string bound_sql(const TableOrder& order, int first, bool after, bool inclusive) {
  const std::string op = std::string(symbol(order.parts[0], after)) + (inclusive ? "= " : " ");
  if (order.parts.size() == 1) return column_sql(order.parts[0]) + op + parameter(first, 0);
  if (is_uniform(order)) {
    std::string left;
    std::string right;
    for (std::size_t i = 0; i < order.parts.size(); ++i) {
      left += (i == 0 ? "" : ", ") + column_sql(order.parts[i]);
      right += (i == 0 ? "" : ", ") + parameter(first, i);
    }
    return "(" + left + ")" + op + "(" + right + ")";
  }
  // The first column seeks; the plus keeps the rest out of the planner's hands, which would look up each `or`
  // by itself and sort.
  return column_sql(order.parts[0]) + symbol(order.parts[0], after) + "= " + parameter(first, 0) + " and +" +
         expanded(order, first, after, inclusive, 0);
}

}  // namespace

std::string lower_bound_sql(const TableOrder& order, int first, bool inclusive) {
  return bound_sql(order, first, true, inclusive);
}

std::string upper_bound_sql(const TableOrder& order, int first) {
  return bound_sql(order, first, false, false);
}

std::string equals_sql(const TableOrder& order, int first) {
  std::string sql;
  for (std::size_t i = 0; i < order.parts.size(); ++i) {
    sql += (i == 0 ? "" : " and ") + column_sql(order.parts[i]) + " = " + parameter(first, i);
  }
  return sql;
}

std::string order_by_sql(const TableOrder& order) {
  std::string sql;
  for (const auto& part : order.parts) {
    sql += (sql.empty() ? "" : ", ") + column_sql(part) + (part.descending ? " desc" : "");
  }
  return sql;
}

std::string key_columns_sql(const TableOrder& order) {
  std::string sql;
  for (const auto& part : order.parts) sql += (sql.empty() ? "" : ", ") + part.column;
  return sql;
}

void bind_key(Statement& statement, int first, const TableOrder& order, const Key& key) {
  if (key.values.size() != order.parts.size() ||
      (order.is_rowid && key.values[0].kind != CellKind::integer)) {
    throw Error(ErrorCode::source, "key " + to_text(key) + " is no key of the table",
                "the source is not the one that the run began with");
  }
  for (std::size_t i = 0; i < key.values.size(); ++i)
    statement.bind(first + static_cast<int>(i), key.values[i]);
}

}  // namespace planrun
