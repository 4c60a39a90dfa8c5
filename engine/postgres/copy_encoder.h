// Rows as COPY takes them: binary, or text where a column's type is one that we do not encode.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/cell.h"
#include "data/column_type.h"
#include "postgres/copy_buffer.h"

namespace planrun {

/// Calls in the order begin() row()* end(), any number of times. Throws Error(system) for a cell that is not
/// what data/column_type.h says for its column: the server would take other bytes without a word.
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;
  virtual void begin() = 0;
  /// `ordinal`, where given, is one more bigint column after the cells.
  virtual void row(std::span<const Cell> cells, std::optional<std::int64_t> ordinal) = 0;
  virtual void end() = 0;
};

/// True where the columns must go through COPY's text format.
bool needs_text(std::span<const TypeKind> columns);

/// COPY (FORMAT binary): PostgreSQL manual, COPY, "Binary Format"; the values as the types' send functions
/// write them.
std::unique_ptr<RowEncoder> binary_encoder(std::vector<TypeKind> columns, CopyBuffer& buffer);

/// COPY (FORMAT text): tabs, \N, backslash escapes.
std::unique_ptr<RowEncoder> text_encoder(std::vector<TypeKind> columns, CopyBuffer& buffer);

/// Throws Error(system): a cell whose storage class does not fit its column's type.
[[noreturn]] void throw_wrong_cell(TypeKind type, const Cell& cell);

/// Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01, and the same in microseconds.
inline constexpr std::int64_t kEpochDays = 10957;
inline constexpr std::int64_t kEpochMicros = kEpochDays * 86'400'000'000;

}  // namespace planrun
