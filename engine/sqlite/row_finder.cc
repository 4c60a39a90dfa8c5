#include "sqlite/row_finder.h"

#include "sql/quote.h"
#include "sqlite/broken_utf16.h"

namespace planrun {
namespace {

std::string value_json(const Cell& cell) {
  const std::string list = to_json(key_of({&cell, 1}));
  return list.substr(1, list.size() - 2);
}

}  // namespace

RowFinder::RowFinder(std::shared_ptr<SqliteConnection> connection, const std::string& table)
    : connection_(std::move(connection)), table_(table) {
  const CatalogTable found = read_catalog_table(*connection_, table);
  order_ = found.order;
  if (order_.parts.empty()) return;
  std::string columns;
  for (const auto& column : found.table.columns) {
    if (column.generated) continue;
    columns += (columns.empty() ? "" : ", ") + quote_name(column.name);
    names_.push_back(value_json(Cell::of_text(column.name)) + ":");
  }
  row_ = std::make_unique<Statement>(*connection_, "select " + columns + " from " + quote_name(table) +
                                                       order_.b_tree + " where " + equals_sql(order_, 1));
}

std::string RowFinder::json_of(const Key& key) {
  if (row_ == nullptr || key.values.size() != order_.parts.size()) return {};
  row_->reset();
  bind_key(*row_, 1, order_, key);
  if (!row_->step()) return {};
  std::string json = "{";
  for (std::size_t i = 0; i < names_.size(); ++i) {
    sqlite3_value* value = sqlite3_column_value(row_->get(), static_cast<int>(i));
    json += (i == 0 ? "" : ",") + names_[i] +
            value_json(read_broken_utf16(value, broken_) ? Cell::of_text(broken_) : read_cell(value));
  }
  row_->reset();
  return json + "}";
}

}  // namespace planrun
