// Rows of COPY TO (FORMAT binary) as cells.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/cell.h"
#include "data/column_type.h"

namespace planrun {

struct DecodedColumn {
  std::string name;  // "table.column", for messages
  TypeKind kind = TypeKind::text;
};

/// One thread. Buffers are used again: no allocation a value once they have grown.
class CopyDecoder {
 public:
  explicit CopyDecoder(std::vector<DecodedColumn> columns);

  enum class Step { row, end, need_more };
  /// Takes the next row off `bytes` (from the start of the stream: the header too). Cells view `bytes` and
  /// this object until the next call. `need_more`: nothing was taken, the row goes on in the next message.
  /// Throws Error(target), naming the column, for a value that no cell holds (infinite times, years
  /// outside 1..9999) and for a stream that is not what COPY writes.
  Step next(std::string_view& bytes, std::span<Cell> row);

 private:
  Cell decode(std::size_t column, std::string_view bytes);
  Cell numeric(std::size_t column, std::string_view bytes);
  Cell text_array(std::size_t column, std::string_view bytes);
  [[noreturn]] void fail(std::size_t column, std::string_view what) const;

  std::vector<DecodedColumn> columns_;
  std::vector<std::string> scratch_;  // one a column: views stay good while others grow
  bool started_ = false;
};

}  // namespace planrun
