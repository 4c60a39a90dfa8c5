// Rows of this process as a table that SQL can select from: one INSERT ... SELECT takes thousands of them,
// where one INSERT a row would begin and end a statement for each.
#pragma once

#include <cstddef>
#include <string>

#include "sqlite/handle.h"

namespace planrun {

class RowFeed {
 public:
  virtual ~RowFeed() = default;
  /// The next row's values; they and their bytes live until the next call. Null: there is none.
  virtual const Cell* next() = 0;
};

/// The name under which statements of one connection read a feed.
class FeedTable {
 public:
  /// `name` is no name of a table. `feed` gives rows of `columns` values to whatever selects from it.
  FeedTable(SqliteConnection& connection, std::string name, std::size_t columns, RowFeed& feed);
  ~FeedTable();
  FeedTable(const FeedTable&) = delete;
  FeedTable& operator=(const FeedTable&) = delete;

  const std::string& name() const { return name_; }
  std::size_t columns() const { return columns_; }
  RowFeed& feed() const { return feed_; }

 private:
  SqliteConnection& connection_;
  std::string name_;
  std::size_t columns_;
  RowFeed& feed_;
};

}  // namespace planrun
