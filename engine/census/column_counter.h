// Counts one column's values as they pass.
#pragma once

#include "census/census.h"

namespace planrun {

/// Where the row just read stands. A row without a key is named by its place, from 1.
class RowPlace {
 public:
  explicit RowPlace(const Reader& reader) : reader_(reader) {}
  void advance() { ++number_; }
  std::int64_t number() const { return number_; }
  Key key() const;

 private:
  const Reader& reader_;
  std::int64_t number_ = 0;
};

/// Adds a row to a tally; keeps its key while there are few.
void tally(RowTally& rows, const RowPlace& place);

/// One thread. A value costs no allocation but for JSON.
class ColumnCounter {
 public:
  explicit ColumnCounter(SourceColumn column) { census_.column = std::move(column); }
  void add(const Cell& cell, const RowPlace& place);
  void add_unreadable(const std::string& failure, const RowPlace& place);
  /// The counts, with samples of what is rare (less than a hundredth of the rows) or not of the kind that
  /// most values are.
  ColumnCensus finish() &&;

 private:
  void add_integer(std::int64_t value, const RowPlace& place);
  void add_real(double value, const RowPlace& place);
  void add_text(std::string_view text, const RowPlace& place);
  void add_kind(std::string_view text, const RowPlace& place);
  void add_blob(std::string_view bytes, const RowPlace& place);

  ColumnCensus census_;
  TextReader reader_;
  std::string decimal_;
};

}  // namespace planrun
