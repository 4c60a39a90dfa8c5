// The type a column is given by what it really holds, with what a person should know of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "census/census.h"
#include "data/column_type.h"

namespace planrun {

/// A type, and how the values come to it.
struct Way {
  std::string type;
  std::vector<std::string> conversions{};  // `using`
  std::string expr{};                      // of the source, where no conversion takes all values
  friend bool operator==(const Way&, const Way&) = default;
};
TypeKind kind_of(const Way& way);

struct ColumnChoice {
  Way way;                    // takes every value, and loses none
  std::string remark{};       // what was found, where a person should know; empty: nothing
  std::vector<Way> others{};  // that a person may choose instead
};

struct ColumnFacts {
  std::string row_key;       // what the samples are values of: "id", "a, b"; empty: places of rows
  bool is_identity = false;  // the database numbers its rows by it
  bool in_key = false;       // of a key or a foreign key: no boolean, no time from a number
  bool as_it_is = false;     // numbers, texts and bytes stay such: an expression of the schema reads it
};

/// Never a type that refuses one of the values or is narrower than bigint, double precision or the declared
/// length that all of them keep.
ColumnChoice choose_column(const ColumnCensus& column, const ColumnFacts& facts);

/// "3,997 integers, 3 texts (id 17, 42, 99)": keys of what is not the most.
std::string held_in_words(const ColumnCensus& column, std::string_view row_key);
/// "(id 17, 42, 99)", "(rows 3, 9)"; empty without samples.
std::string samples_in_words(const RowTally& rows, std::string_view row_key);

}  // namespace planrun
