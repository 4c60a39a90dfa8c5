#include "sqlite/storage.h"

#include <charconv>
#include <cmath>

#include "base/decimal.h"
#include "base/text.h"
#include "base/time.h"
#include "sqlite/handle.h"
#include "sqlite/interval_text.h"

namespace planrun {
namespace {

constexpr std::string_view kUtc = "+00:00";
constexpr std::size_t kUuidBytes = 16;

bool store_numeric(std::string_view decimal, Cell& stored, std::string& reason) {
  const char* end = decimal.data() + decimal.size();
  std::int64_t integer = 0;
  if (const auto parsed = std::from_chars(decimal.data(), end, integer);
      parsed.ec == std::errc() && parsed.ptr == end) {
    stored = Cell::of_integer(integer);
    return true;
  }
  double real = 0;
  const auto parsed = std::from_chars(decimal.data(), end, real);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(real)) {
    reason = std::string(decimal) + " is no number that SQLite stores; storage = \"text\" keeps it";
    return false;
  }
  stored = Cell::of_real(real);
  return true;
}

bool store_real(double value, Cell& stored, std::string& reason) {
  if (std::isnan(value) || (value == 0 && std::signbit(value))) {
    reason = std::isnan(value) ? "SQLite would store NaN as null" : "SQLite would store -0.0 as 0";
    return false;
  }
  stored = Cell::of_real(value);
  return true;
}

void append_uuid(std::string_view bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHexDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    out += kHexDigits[static_cast<unsigned char>(bytes[i]) & 15];
  }
}

bool parse_uuid(std::string_view text, std::string& bytes) {
  if (text.size() != 36) return false;
  int digits = 0;
  int value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
      continue;
    }
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    value = value * 16 + digit;
    if (++digits % 2 == 0) {
      bytes += static_cast<char>(value);
      value = 0;
    }
  }
  return bytes.size() == kUuidBytes;
}

/// Exactly `count` digits.
bool parse_digits(std::string_view text, std::size_t at, int count, int& value) {
  value = 0;
  for (std::size_t i = at; i < at + static_cast<std::size_t>(count); ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

bool parse_date(std::string_view text, std::int64_t& days) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !parse_digits(text, 0, 4, year) ||
      !parse_digits(text, 5, 2, month) || !parse_digits(text, 8, 2, day)) {
    return false;
  }
  const auto found = days_from_civil(year, month, day);
  if (found) days = *found;
  return found.has_value();
}

bool parse_time(std::string_view text, std::int64_t& micros) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int fraction = 0;
  if ((text.size() != 8 && text.size() != 15) || text[2] != ':' || text[5] != ':' ||
      !parse_digits(text, 0, 2, hour) || !parse_digits(text, 3, 2, minute) ||
      !parse_digits(text, 6, 2, second) || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  if (text.size() == 15 && (text[8] != '.' || !parse_digits(text, 9, 6, fraction))) return false;
  micros = ((hour * 60 + minute) * 60 + second) * std::int64_t{1'000'000} + fraction;
  return true;
}

bool parse_timestamp(std::string_view text, std::int64_t& micros) {
  std::int64_t days = 0;
  if (text.size() < 19 || text[10] != ' ' || !parse_date(text.substr(0, 10), days) ||
      !parse_time(text.substr(11), micros)) {
    return false;
  }
  micros += days * kMicrosPerDay;
  return true;
}

bool fits(TypeKind kind, std::int64_t value) {
  switch (kind) {
    case TypeKind::boolean:
      return value == 0 || value == 1;
    case TypeKind::smallint:
      return value >= INT16_MIN && value <= INT16_MAX;
    case TypeKind::integer:
      return value >= INT32_MIN && value <= INT32_MAX;
    default:
      return true;
  }
}

bool read_numeric(const Cell& stored, StoredColumn column, Cell& cell, std::string& scratch) {
  if (column.as_text) {
    cell = stored;
    return stored.kind == CellKind::text;
  }
  scratch.clear();
  if (stored.kind == CellKind::integer) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, stored.integer).ptr;
    scratch.append(digits, end);
  } else if (stored.kind == CellKind::real && std::isfinite(stored.real)) {
    append_shortest_decimal(stored.real, scratch);
  } else {
    return false;
  }
  cell = Cell::of_text(scratch);
  return true;
}

/// A text that stands for a number of days or microseconds.
bool read_time(std::string_view text, TypeKind kind, Cell& cell) {
  if (const auto infinity = kind == TypeKind::time ? std::nullopt : parse_infinity(text)) {
    cell = Cell::of_integer(*infinity);
    return true;
  }
  std::int64_t value = 0;
  bool read = false;
  if (kind == TypeKind::date) {
    read = parse_date(text, value);
  } else if (kind == TypeKind::time) {
    read = parse_time(text, value);
  } else if (kind == TypeKind::timestamp) {
    read = parse_timestamp(text, value);
  } else if (text.ends_with(kUtc)) {
    read = parse_timestamp(text.substr(0, text.size() - kUtc.size()), value);
  }
  cell = Cell::of_integer(value);
  return read;
}

}  // namespace

StoredColumn stored_column(const ColumnSchema& column) {
  return {column.type.kind, column.type.kind == TypeKind::numeric && column.store_as_text};
}

std::string storage_type(const ColumnSchema& column) {
  const ColumnType& type = column.type;
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return "INTEGER";
    case TypeKind::real:
    case TypeKind::double_precision:
      return "REAL";
    case TypeKind::numeric:
      if (column.store_as_text) return "TEXT";
      if (type.precision < 0) return "NUMERIC";
      return "NUMERIC(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::varchar:
      return type.length > 0 ? "VARCHAR(" + std::to_string(type.length) + ")" : "TEXT";
    case TypeKind::char_:
      return "CHAR(" + std::to_string(type.length > 0 ? type.length : 1) + ")";
    case TypeKind::bytea:
      return "BLOB";
    default:
      return "TEXT";
  }
}

bool store_cell(StoredColumn column, const Cell& cell, Cell& stored, std::string& scratch,
                std::string& reason) {
  stored = Cell::of_null();
  if (cell.is_null()) return true;
  switch (column.kind) {
    case TypeKind::boolean:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      stored = Cell::of_integer(cell.integer);
      return true;
    case TypeKind::real:
    case TypeKind::double_precision:
      return store_real(cell.real, stored, reason);
    case TypeKind::numeric:
      if (!column.as_text) return store_numeric(cell.bytes, stored, reason);
      break;
    case TypeKind::bytea:
      stored = Cell::of_blob(cell.bytes);
      return true;
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
    case TypeKind::uuid:
    case TypeKind::interval:
      scratch.clear();
      if (column.kind == TypeKind::date) append_date(cell.integer, scratch);
      if (column.kind == TypeKind::time) append_time_of_day(cell.integer, scratch);
      if (column.kind == TypeKind::timestamp) append_timestamp(cell.integer, scratch);
      if (column.kind == TypeKind::timestamptz) append_timestamp(cell.integer, scratch, kUtc);
      if (column.kind == TypeKind::uuid) append_uuid(cell.bytes, scratch);
      if (column.kind == TypeKind::interval) append_interval(cell.bytes, scratch);
      stored = Cell::of_text(scratch);
      return true;
    default:
      break;
  }
  stored = Cell::of_text(cell.bytes);
  return true;
}

bool bind_stored(sqlite3_stmt* statement, int parameter, const Cell& stored) {
  const char* bytes = stored.bytes.data() == nullptr ? "" : stored.bytes.data();
  switch (stored.kind) {
    case CellKind::integer:
      return sqlite3_bind_int64(statement, parameter, stored.integer) == SQLITE_OK;
    case CellKind::real:
      return sqlite3_bind_double(statement, parameter, stored.real) == SQLITE_OK;
    case CellKind::text:
      return sqlite3_bind_text64(statement, parameter, bytes, stored.bytes.size(), SQLITE_STATIC,
                                 SQLITE_UTF8) == SQLITE_OK;
    case CellKind::blob:
      return sqlite3_bind_blob64(statement, parameter, bytes, stored.bytes.size(), SQLITE_STATIC) ==
             SQLITE_OK;
    default:
      return sqlite3_bind_null(statement, parameter) == SQLITE_OK;
  }
}

bool read_stored(sqlite3_value* value, StoredColumn column, Cell& cell, std::string& scratch) {
  cell = read_cell(value);
  if (cell.is_null()) return true;
  switch (column.kind) {
    case TypeKind::boolean:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return cell.kind == CellKind::integer && fits(column.kind, cell.integer);
    case TypeKind::real:
      return cell.kind == CellKind::real && static_cast<double>(static_cast<float>(cell.real)) == cell.real;
    case TypeKind::double_precision:
      return cell.kind == CellKind::real;
    case TypeKind::numeric: {
      const Cell stored = cell;
      return read_numeric(stored, column, cell, scratch);
    }
    case TypeKind::bytea:
      return cell.kind == CellKind::blob;
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamptz: {
      if (cell.kind != CellKind::text) return false;
      const std::string_view text = cell.bytes;
      return read_time(text, column.kind, cell);
    }
    case TypeKind::uuid:
    case TypeKind::interval: {
      if (cell.kind != CellKind::text) return false;
      scratch.clear();
      const bool read = column.kind == TypeKind::uuid ? parse_uuid(cell.bytes, scratch)
                                                      : parse_interval(cell.bytes, scratch);
      cell = Cell::of_blob(scratch);
      return read;
    }
    default:
      return cell.kind == CellKind::text;
  }
}

}  // namespace planrun
