// COPY's text format: PostgreSQL manual, COPY, "Text Format".
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/big_endian.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "postgres/copy_encoder.h"
#include "postgres/text_array.h"

namespace planrun {
namespace {

class TextEncoder : public RowEncoder {
 public:
  TextEncoder(std::vector<TypeKind> columns, CopyBuffer& buffer)
      : columns_(std::move(columns)), out_(buffer) {}

  void begin() override { out_.clear(); }

  void row(std::span<const Cell> cells, std::optional<std::int64_t> ordinal) override {
    if (cells.size() != columns_.size()) {
      throw Error(ErrorCode::system, "a row has " + std::to_string(cells.size()) + " cells for " +
                                         std::to_string(columns_.size()) + " columns");
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) character('\t');
      if (cells[i].is_null()) {
        out_.bytes("\\N");
      } else {
        value(columns_[i], cells[i]);
      }
    }
    if (ordinal) {
      if (!cells.empty()) character('\t');
      number(*ordinal);
    }
    character('\n');
  }

  void end() override { out_.send(); }

 private:
  void character(char c) {
    out_.room(1);
    out_.put_char(c);
  }

  template <typename Number>
  void number(Number value) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.bytes({digits, static_cast<std::size_t>(end - digits)});
  }

  void real(const Cell& cell, bool narrow) {
    if (std::isnan(cell.real)) return out_.bytes("NaN");
    if (std::isinf(cell.real)) return out_.bytes(cell.real < 0 ? "-Infinity" : "Infinity");
    if (narrow) return number(static_cast<float>(cell.real));
    number(cell.real);
  }

  void escaped(std::string_view text) {
    while (!text.empty()) {
      const auto at = text.find_first_of("\\\n\r\t");
      out_.bytes(text.substr(0, at));
      if (at == std::string_view::npos) return;
      character('\\');
      const char c = text[at];
      character(c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c);
      text.remove_prefix(at + 1);
    }
  }

  void hex(std::string_view bytes) {
    for (const char c : bytes) {
      out_.room(2);
      out_.put_char(kHexDigits[static_cast<unsigned char>(c) >> 4]);
      out_.put_char(kHexDigits[static_cast<unsigned char>(c) & 15]);
    }
  }

  /// 16 bytes: microseconds, days, months.
  void interval(std::string_view bytes) {
    const auto micros = from_big_endian<std::int64_t>(bytes.data());
    const auto days = from_big_endian<std::int32_t>(bytes.data() + 8);
    const auto months = from_big_endian<std::int32_t>(bytes.data() + 12);
    // Of the smallest number too.
    const std::uint64_t size =
        micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
    const std::uint64_t seconds = size / 1'000'000;
    char text[120];
    const int length = std::snprintf(
        text, sizeof text, "%d mons %d days %s%llu:%02u:%02u.%06u", months, days, micros < 0 ? "-" : "",
        static_cast<unsigned long long>(seconds / 3600), static_cast<unsigned>(seconds / 60 % 60),
        static_cast<unsigned>(seconds % 60), static_cast<unsigned>(size % 1'000'000));
    out_.bytes({text, static_cast<std::size_t>(length)});
  }

  /// {"a","b\"c",NULL}: array escapes first, COPY's above them.
  void text_array(std::string_view json) {
    std::string_view element;
    bool is_null = false;
    character('{');
    bool first = true;
    for (TextArrayReader reader(json); reader.next(element, is_null); first = false) {
      if (!first) character(',');
      if (is_null) {
        out_.bytes("NULL");
        continue;
      }
      character('"');
      scratch_.clear();
      for (const char c : element) {
        if (c == '"' || c == '\\') scratch_ += '\\';
        scratch_ += c;
      }
      escaped(scratch_);
      character('"');
    }
    character('}');
  }

  void expect(bool fits, TypeKind type, const Cell& cell) const {
    if (!fits) throw_wrong_cell(type, cell);
  }

  void value(TypeKind type, const Cell& cell) {
    scratch_.clear();
    switch (type) {
      case TypeKind::boolean:
        expect(cell.kind == CellKind::integer && (cell.integer | 1) == 1, type, cell);
        return character(cell.integer == 1 ? 't' : 'f');
      case TypeKind::smallint:
      case TypeKind::integer:
      case TypeKind::bigint:
        expect(cell.kind == CellKind::integer, type, cell);
        return number(cell.integer);
      case TypeKind::real:
      case TypeKind::double_precision:
        expect(cell.kind == CellKind::real, type, cell);
        return real(cell, type == TypeKind::real);
      case TypeKind::date:
        expect(cell.kind == CellKind::integer, type, cell);
        append_date(cell.integer, scratch_);
        return out_.bytes(scratch_);
      case TypeKind::time:
        expect(cell.kind == CellKind::integer, type, cell);
        append_time_of_day(cell.integer, scratch_);
        return out_.bytes(scratch_);
      case TypeKind::timestamp:
      case TypeKind::timestamptz:
        expect(cell.kind == CellKind::integer, type, cell);
        append_timestamp(cell.integer, scratch_, type == TypeKind::timestamptz ? "+00" : "");
        return out_.bytes(scratch_);
      case TypeKind::bytea:
        expect(cell.kind == CellKind::blob, type, cell);
        out_.bytes("\\\\x");
        return hex(cell.bytes);
      case TypeKind::uuid:
        expect(cell.kind == CellKind::blob && cell.bytes.size() == 16, type, cell);
        return hex(cell.bytes);
      case TypeKind::interval:
        expect(cell.kind == CellKind::blob && cell.bytes.size() == 16, type, cell);
        return interval(cell.bytes);
      case TypeKind::text_array:
        expect(cell.kind == CellKind::text, type, cell);
        return text_array(cell.bytes);
      case TypeKind::numeric:
      case TypeKind::text:
      case TypeKind::varchar:
      case TypeKind::char_:
      case TypeKind::json:
      case TypeKind::jsonb:
      case TypeKind::other:
        expect(cell.kind == CellKind::text, type, cell);
        return escaped(cell.bytes);
    }
  }

  std::vector<TypeKind> columns_;
  CopyBuffer& out_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<RowEncoder> text_encoder(std::vector<TypeKind> columns, CopyBuffer& buffer) {
  return std::make_unique<TextEncoder>(std::move(columns), buffer);
}

}  // namespace planrun
