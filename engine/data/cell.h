// A value on its way: what a reader gives, what conversions make, what a writer takes. Never owns.
#pragma once

#include <cstdint>
#include <string_view>

namespace planrun {

/// The storage class. Of a source: SQLite's five. Of a target value: what column_type.h says for its type.
enum class CellKind : std::uint8_t { null, integer, real, text, blob };

std::string_view to_string(CellKind kind);

struct Cell {
  CellKind kind = CellKind::null;
  union {
    std::int64_t integer = 0;
    double real;
  };
  std::string_view bytes;  // text (UTF-8 as stored, may hold NUL) or blob

  static Cell of_null() { return {}; }
  static Cell of_integer(std::int64_t v) {
    Cell c;
    c.kind = CellKind::integer;
    c.integer = v;
    return c;
  }
  static Cell of_real(double v) {
    Cell c;
    c.kind = CellKind::real;
    c.real = v;
    return c;
  }
  static Cell of_text(std::string_view v) {
    Cell c;
    c.kind = CellKind::text;
    c.bytes = v;
    return c;
  }
  static Cell of_blob(std::string_view v) {
    Cell c;
    c.kind = CellKind::blob;
    c.bytes = v;
    return c;
  }
  bool is_null() const { return kind == CellKind::null; }
};

}  // namespace planrun
