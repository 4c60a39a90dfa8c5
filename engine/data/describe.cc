// Target cells in words.
#include <cmath>

#include "base/big_endian.h"
#include "base/decimal.h"
#include "base/text.h"
#include "base/time.h"
#include "data/canonical.h"

namespace planrun {

namespace {

constexpr std::size_t kShownBytes = 120;

std::string hex(std::string_view bytes) {
  return "\\x" + to_hex(bytes.substr(0, kShownBytes)) + (bytes.size() > kShownBytes ? "..." : "");
}

std::string real(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::string out;
  append_shortest_decimal(value, out);
  return out;
}

std::string uuid(std::string_view bytes) {
  std::string out = to_hex(bytes);
  for (const std::size_t at : {8, 13, 18, 23}) out.insert(at, 1, '-');
  return out;
}

/// "14 mons 3 days 04:05:06": the three numbers that PostgreSQL keeps apart.
std::string interval(std::string_view bytes) {
  const auto micros = from_big_endian<std::int64_t>(bytes.data());
  const auto days = from_big_endian<std::int32_t>(bytes.data() + 8);
  const auto months = from_big_endian<std::int32_t>(bytes.data() + 12);
  std::string out;
  if (months != 0) out += std::to_string(months) + " mons ";
  if (days != 0) out += std::to_string(days) + " days ";
  if (micros < 0) out += '-';
  const std::uint64_t size =
      micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  constexpr std::uint64_t kHour = 3'600'000'000;
  std::string clock;
  append_time_of_day(static_cast<std::int64_t>(size % kHour), clock);
  if (size / kHour < 10) out += '0';
  return out + std::to_string(size / kHour) + clock.substr(2);
}

}  // namespace

std::string describe(const ColumnType& type, const Cell& cell) {
  if (cell.is_null()) return "null";
  std::string out;
  switch (type.kind) {
    case TypeKind::boolean:
      return cell.integer != 0 ? "true" : "false";
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return std::to_string(cell.integer);
    case TypeKind::real:
      if (!std::isfinite(cell.real)) return real(cell.real);
      append_shortest_decimal(static_cast<float>(cell.real), out);
      return out;
    case TypeKind::double_precision:
      return real(cell.real);
    case TypeKind::numeric:
      return std::string(cell.bytes);
    case TypeKind::bytea:
      return hex(cell.bytes);
    case TypeKind::date:
      append_date(cell.integer, out);
      return out;
    case TypeKind::time:
      append_time_of_day(cell.integer, out);
      return out;
    case TypeKind::timestamp:
      append_timestamp(cell.integer, out);
      return out;
    case TypeKind::timestamptz:
      append_timestamp(cell.integer, out, "+00:00");
      return out;
    case TypeKind::interval:
      return cell.bytes.size() == 16 ? interval(cell.bytes) : hex(cell.bytes);
    case TypeKind::uuid:
      return cell.bytes.size() == 16 ? uuid(cell.bytes) : hex(cell.bytes);
    case TypeKind::text:
    case TypeKind::varchar:
    case TypeKind::char_:
    case TypeKind::json:
    case TypeKind::jsonb:
    case TypeKind::text_array:
    case TypeKind::other:
      break;
  }
  return quote_for_message(cell.bytes, kShownBytes);
}

}  // namespace planrun
