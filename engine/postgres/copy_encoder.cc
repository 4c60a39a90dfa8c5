#include "postgres/copy_encoder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "postgres/text_array.h"

namespace planrun {
namespace {

// Lengths and signs of numeric: src/backend/utils/adt/numeric.c.
constexpr std::uint16_t kPositive = 0x0000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kNan = 0xC000;
constexpr std::uint16_t kPlusInfinity = 0xD000;
constexpr std::uint16_t kMinusInfinity = 0xF000;
constexpr std::uint32_t kTextOid = 25;
// Digits that numeric holds before and behind the point: no count of groups is cut to 16 bits.
constexpr std::size_t kMostWhole = 131072;
constexpr std::size_t kMostFraction = 16383;

[[noreturn]] void throw_too_long() {
  throw Error(ErrorCode::system, "a value of 2 GB or more does not fit PostgreSQL's wire format");
}

class BinaryEncoder : public RowEncoder {
 public:
  BinaryEncoder(std::vector<TypeKind> columns, CopyBuffer& buffer)
      : columns_(std::move(columns)), out_(buffer) {}

  void begin() override {
    using namespace std::string_view_literals;
    out_.clear();
    out_.bytes("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0"sv);
  }

  void row(std::span<const Cell> cells, std::optional<std::int64_t> ordinal) override {
    if (cells.size() != columns_.size()) {
      throw Error(ErrorCode::system, "a row has " + std::to_string(cells.size()) + " cells for " +
                                         std::to_string(columns_.size()) + " columns");
    }
    out_.room(2);
    out_.put(static_cast<std::int16_t>(cells.size() + (ordinal ? 1 : 0)));
    for (std::size_t i = 0; i < cells.size(); ++i) {
      // Room for every value of fixed size, length included.
      out_.room(20);
      if (cells[i].is_null()) {
        out_.put(std::int32_t{-1});
      } else {
        value(columns_[i], cells[i]);
      }
    }
    if (ordinal) {
      out_.room(12);
      fixed<std::int64_t>(*ordinal);
    }
  }

  void end() override {
    out_.room(2);
    out_.put(std::int16_t{-1});
    out_.send();
  }

 private:
  /// The server's infinities are its own type's largest and smallest numbers.
  template <typename Integer>
  void moment(TypeKind type, const Cell& cell, std::int64_t epoch) {
    if (cell.kind == CellKind::integer && is_infinite(cell.integer)) {
      return fixed(cell.integer == kLatest ? std::numeric_limits<Integer>::max()
                                           : std::numeric_limits<Integer>::min());
    }
    integer<Integer>(type, cell, epoch);
  }

  template <typename Integer>
  void fixed(Integer value) {
    out_.put(static_cast<std::int32_t>(sizeof(Integer)));
    out_.put(value);
  }

  template <typename Integer>
  void integer(TypeKind type, const Cell& cell, std::int64_t shift = 0) {
    if (cell.kind != CellKind::integer) throw_wrong_cell(type, cell);
    const std::int64_t value = cell.integer - shift;
    if (value != static_cast<Integer>(value)) throw_wrong_cell(type, cell);
    fixed(static_cast<Integer>(value));
  }

  void length(std::size_t size) {
    if (size > std::numeric_limits<std::int32_t>::max()) throw_too_long();
    out_.put(static_cast<std::int32_t>(size));
  }

  void value(TypeKind type, const Cell& cell) {
    switch (type) {
      case TypeKind::boolean:
        if (cell.kind != CellKind::integer || (cell.integer | 1) != 1) throw_wrong_cell(type, cell);
        return fixed(static_cast<std::uint8_t>(cell.integer));
      case TypeKind::smallint:
        return integer<std::int16_t>(type, cell);
      case TypeKind::integer:
        return integer<std::int32_t>(type, cell);
      case TypeKind::bigint:
      case TypeKind::time:
        return integer<std::int64_t>(type, cell);
      case TypeKind::date:
        return moment<std::int32_t>(type, cell, kEpochDays);
      case TypeKind::timestamp:
      case TypeKind::timestamptz:
        return moment<std::int64_t>(type, cell, kEpochMicros);
      case TypeKind::real: {
        if (cell.kind != CellKind::real) throw_wrong_cell(type, cell);
        const auto narrow = static_cast<float>(cell.real);
        if (static_cast<double>(narrow) != cell.real && !std::isnan(cell.real)) throw_wrong_cell(type, cell);
        return fixed(std::bit_cast<std::uint32_t>(narrow));
      }
      case TypeKind::double_precision:
        if (cell.kind != CellKind::real) throw_wrong_cell(type, cell);
        return fixed(std::bit_cast<std::uint64_t>(cell.real));
      case TypeKind::numeric:
        if (cell.kind != CellKind::text) throw_wrong_cell(type, cell);
        return numeric(cell);
      case TypeKind::text:
      case TypeKind::varchar:
      case TypeKind::char_:
      case TypeKind::json:
        if (cell.kind != CellKind::text) throw_wrong_cell(type, cell);
        length(cell.bytes.size());
        return out_.bytes(cell.bytes);
      case TypeKind::jsonb:  // version 1, then text
        if (cell.kind != CellKind::text) throw_wrong_cell(type, cell);
        length(cell.bytes.size() + 1);
        out_.put_char(1);
        return out_.bytes(cell.bytes);
      case TypeKind::bytea:
        if (cell.kind != CellKind::blob) throw_wrong_cell(type, cell);
        length(cell.bytes.size());
        return out_.bytes(cell.bytes);
      case TypeKind::interval:
      case TypeKind::uuid:
        if (cell.kind != CellKind::blob || cell.bytes.size() != 16) throw_wrong_cell(type, cell);
        out_.put(std::int32_t{16});
        return out_.bytes(cell.bytes);
      case TypeKind::text_array:
        if (cell.kind != CellKind::text) throw_wrong_cell(type, cell);
        return text_array(cell.bytes);
      case TypeKind::other:
        break;
    }
    throw_wrong_cell(type, cell);
  }

  void numeric_header(std::size_t digits, std::int64_t weight, std::uint16_t sign, std::size_t scale) {
    out_.put(static_cast<std::int32_t>(8 + 2 * digits));
    out_.put(static_cast<std::uint16_t>(digits));
    out_.put(static_cast<std::int16_t>(weight));
    out_.put(sign);
    out_.put(static_cast<std::uint16_t>(scale));
  }

  /// A canonical decimal in groups of four digits, counted from the point.
  void numeric(const Cell& cell) {
    std::string_view text = cell.bytes;
    if (text == "NaN") return numeric_header(0, 0, kNan, 0);
    if (text == "Infinity") return numeric_header(0, 0, kPlusInfinity, 0);
    if (text == "-Infinity") return numeric_header(0, 0, kMinusInfinity, 0);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto point = std::min(text.find('.'), text.size());
    std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view();
    if (whole.empty() || whole.size() > kMostWhole || fraction.size() > kMostFraction ||
        !std::all_of(whole.begin(), whole.end(), is_digit) ||
        !std::all_of(fraction.begin(), fraction.end(), is_digit)) {
      throw_wrong_cell(TypeKind::numeric, cell);
    }
    while (whole.starts_with('0')) whole.remove_prefix(1);
    const std::size_t whole_groups = (whole.size() + 3) / 4;
    const std::size_t fraction_groups = (fraction.size() + 3) / 4;
    std::size_t first = 0;  // leading zero groups of a pure fraction are not sent
    if (whole.empty()) {
      const auto digit = fraction.find_first_not_of('0');
      if (digit == std::string_view::npos) return numeric_header(0, 0, kPositive, fraction.size());
      first = digit / 4;
    }
    const std::int64_t weight =
        static_cast<std::int64_t>(whole_groups) - 1 - static_cast<std::int64_t>(first);
    numeric_header(whole_groups + fraction_groups - first, weight, negative ? kNegative : kPositive,
                   fraction.size());
    std::size_t at = 0;
    for (std::size_t size = whole.size() % 4 == 0 ? 4 : whole.size() % 4; at < whole.size();
         at += size, size = 4) {
      group(whole.substr(at, size), size);
    }
    for (at = first * 4; at < fraction.size(); at += 4) group(fraction.substr(at, 4), 4);
  }

  /// `digits` padded with zeros on the right to `size`.
  void group(std::string_view digits, std::size_t size) {
    std::uint16_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = static_cast<std::uint16_t>(value * 10 + (i < digits.size() ? digits[i] - '0' : 0));
    }
    out_.room(2);
    out_.put(value);
  }

  /// The length comes first, so the elements are walked twice.
  void text_array(std::string_view json) {
    std::size_t size = 12;
    std::uint32_t count = 0;
    bool any_null = false;
    std::string_view element;
    bool is_null = false;
    for (TextArrayReader reader(json); reader.next(element, is_null); ++count) {
      size += 4 + element.size();
      any_null = any_null || is_null;
    }
    length(count == 0 ? size : size + 8);
    out_.room(20);
    out_.put(std::uint32_t{count == 0 ? 0U : 1U});  // dimensions
    out_.put(std::uint32_t{any_null ? 1U : 0U});
    out_.put(kTextOid);
    if (count == 0) return;
    out_.put(count);
    out_.put(std::uint32_t{1});  // lower bound
    for (TextArrayReader reader(json); reader.next(element, is_null);) {
      out_.room(4);
      out_.put(is_null ? std::int32_t{-1} : static_cast<std::int32_t>(element.size()));
      out_.bytes(element);
    }
  }

  std::vector<TypeKind> columns_;
  CopyBuffer& out_;
};

}  // namespace

void throw_wrong_cell(TypeKind type, const Cell& cell) {
  throw Error(ErrorCode::system, "a cell (" + std::string(to_string(cell.kind)) +
                                     ") does not fit its column's type (kind " +
                                     std::to_string(static_cast<int>(type)) + "): the conversion is wrong");
}

bool needs_text(std::span<const TypeKind> columns) {
  return std::find(columns.begin(), columns.end(), TypeKind::other) != columns.end();
}

std::unique_ptr<RowEncoder> binary_encoder(std::vector<TypeKind> columns, CopyBuffer& buffer) {
  return std::make_unique<BinaryEncoder>(std::move(columns), buffer);
}

}  // namespace planrun
