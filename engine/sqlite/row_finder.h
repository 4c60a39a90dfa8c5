// Single rows of a table by their keys, as JSON: what the ledger keeps of a rejected row.
#pragma once

#include <memory>
#include <string>

#include "data/key.h"
#include "sqlite/catalog.h"
#include "sqlite/handle.h"

namespace planrun {

/// Its statement is prepared once: one row in a hundred may be asked for.
class RowFinder {
 public:
  RowFinder(std::shared_ptr<SqliteConnection> connection, const std::string& table);

  const std::string& table() const { return table_; }
  /// {"column":value,...}, without generated columns: they follow from the others, and may fail where those
  /// do not. Empty: there is no such row, or the table has no key.
  std::string json_of(const Key& key);

 private:
  std::shared_ptr<SqliteConnection> connection_;
  std::string table_;
  TableOrder order_;
  std::vector<std::string> names_;  // each as JSON, with its colon
  std::unique_ptr<Statement> row_;  // null: the table has no key
  std::string broken_;
};

}  // namespace planrun
