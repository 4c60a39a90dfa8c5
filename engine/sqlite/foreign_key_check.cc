#include "sqlite/foreign_key_check.h"

#include <algorithm>

#include "base/text.h"
#include "data/refusal.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "sqlite/existing_table.h"
#include "sqlite/orphans.h"

namespace planrun {
namespace {

std::optional<std::size_t> cell_named(const LoadTarget& load, const std::string& column) {
  const auto cell = std::ranges::find_if(
      load.columns, [&](std::size_t place) { return same_name(load.table->columns[place].name, column); });
  if (cell == load.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(cell - load.columns.begin());
}

}  // namespace

ForeignKeyCheck::ForeignKeyCheck(SqliteConnection& connection, const LoadTarget& load,
                                 std::span<const Assignment> updated, RowWriter& binder)
    : load_(load), binder_(binder) {
  const TableSchema& table = *load.table;
  for (const auto& key : table.foreign_keys) add_parent(connection, key);
  if (updated.empty()) return;
  for (const auto& child : children_of(connection, table.name)) {
    for (const auto& key : foreign_keys_of(connection, child)) {
      if (same_name(key.table, table.name)) add_child(connection, child, key, updated);
    }
  }
}

void ForeignKeyCheck::add_parent(SqliteConnection& connection, const ForeignKeySchema& key) {
  Asked parent;
  parent.column = join(key.columns, ", ");
  std::vector<std::string> equal;
  std::vector<std::string> own;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto cell = cell_named(load_, key.columns[i]);
    if (!cell) return;
    parent.cells.push_back(*cell);
    equal.push_back(quote_name(key.foreign_columns[i]) + " = " + parameter(*cell));
    const auto foreign_cell = cell_named(load_, key.foreign_columns[i]);
    if (foreign_cell) own.push_back(parameter(*cell) + " = " + parameter(*foreign_cell));
  }
  parent.reason = no_parent_reason(key);
  std::string sql = "select 1 from " + quote_name(key.table) + " where " + join(equal, " and ");
  // A row may be its own parent.
  if (same_name(key.table, load_.table->name) && own.size() == key.columns.size())
    sql += " union all select 1 where " + join(own, " and ");
  parent.statement = std::make_unique<Statement>(connection, sql);
  parents_.push_back(std::move(parent));
}

void ForeignKeyCheck::add_child(SqliteConnection& connection, const std::string& child,
                                const ForeignKeySchema& key, std::span<const Assignment> updated) {
  Asked rows;
  std::vector<std::string> kept;
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const std::string parent = "p." + quote_name(key.foreign_columns[i]);
    joined.push_back(parent + " = c." + quote_name(key.columns[i]));
    const auto set = std::ranges::find_if(updated, [&](const Assignment& a) {
      return same_name(load_.table->columns[a.column].name, key.foreign_columns[i]);
    });
    if (set == updated.end()) continue;
    kept.push_back(parent + " is " + set->value);
    if (rows.column.empty()) rows.column = load_.table->columns[set->column].name;
  }
  if (kept.empty()) return;
  rows.reason = "FOREIGN KEY constraint failed: rows of " + child + " (" + join(key.columns, ", ") +
                ") refer to the value that would change";
  // CROSS: the one row first, and the children only where it changes.
  std::string sql = "select 1 from " + quote_name(load_.table->name) + " p cross join " + quote_name(child) +
                    " c where " + load_key_equals_sql(load_, "p.") + " and not (" + join(kept, " and ") +
                    ") and " + join(joined, " and ");
  // What the row itself will refer to, has_parents() has looked at, where the load fills it.
  const bool is_filled = std::ranges::all_of(
      key.columns, [&](const std::string& column) { return cell_named(load_, column).has_value(); });
  if (is_filled && same_name(child, load_.table->name)) {
    std::vector<std::string> itself;
    for (const auto& name : load_.table->row_key()->columns)
      itself.push_back("c." + quote_name(name) + " = p." + quote_name(name));
    sql += " and not (" + join(itself, " and ") + ")";
  }
  rows.statement = std::make_unique<Statement>(connection, sql + " limit 1");
  children_.push_back(std::move(rows));
}

std::optional<bool> ForeignKeyCheck::finds(Asked& asked, std::span<const Cell> row, RowFailure& failure) {
  asked.statement->reset();
  if (!binder_.bind(*asked.statement, row, failure)) return std::nullopt;
  const bool found = asked.statement->step();
  asked.statement->reset();
  return found;
}

bool ForeignKeyCheck::has_parents(std::span<const Cell> row, RowFailure& failure) {
  for (auto& parent : parents_) {
    if (std::ranges::any_of(parent.cells, [&](std::size_t cell) { return row[cell].is_null(); })) continue;
    const auto found = finds(parent, row, failure);
    if (!found) return false;
    if (*found) continue;
    failure.column = parent.column;
    failure.reason = parent.reason;
    return false;
  }
  return true;
}

bool ForeignKeyCheck::keeps_children(std::span<const Cell> row, RowFailure& failure) {
  for (auto& child : children_) {
    const auto found = finds(child, row, failure);
    if (!found) return false;
    if (!*found) continue;
    failure.column = child.column;
    failure.reason = child.reason;
    return false;
  }
  return true;
}

}  // namespace planrun
