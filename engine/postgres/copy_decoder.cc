#include "postgres/copy_decoder.h"

#include <bit>
#include <limits>

#include "base/big_endian.h"
#include "base/error.h"
#include "base/time.h"
#include "postgres/copy_encoder.h"
#include "postgres/text_array.h"

namespace planrun {
namespace {

constexpr std::size_t kSignatureSize = 11;
constexpr std::int64_t kFirstDay = -719162;  // 0001-01-01, days since 1970-01-01
constexpr std::int64_t kPastDays = 2932897;  // 10000-01-01
constexpr std::int64_t kMicrosOfDay = 86'400'000'000;

template <typename Integer>
Integer take(std::string_view& bytes) {
  const auto value = from_big_endian<Integer>(bytes.data());
  bytes.remove_prefix(sizeof(Integer));
  return value;
}

}  // namespace

CopyDecoder::CopyDecoder(std::vector<DecodedColumn> columns)
    : columns_(std::move(columns)), scratch_(columns_.size()) {}

void CopyDecoder::fail(std::size_t column, std::string_view what) const {
  throw Error(ErrorCode::target, columns_[column].name + " holds " + std::string(what));
}

CopyDecoder::Step CopyDecoder::next(std::string_view& bytes, std::span<Cell> row) {
  std::string_view rest = bytes;
  if (!started_) {
    if (rest.size() < kSignatureSize + 8) return Step::need_more;
    const auto extension = from_big_endian<std::uint32_t>(rest.data() + kSignatureSize + 4);
    if (rest.size() < kSignatureSize + 8 + extension) return Step::need_more;
    rest.remove_prefix(kSignatureSize + 8 + extension);
  }
  if (rest.size() < 2) return Step::need_more;
  const auto count = take<std::int16_t>(rest);
  if (count == -1) {
    bytes = rest;
    return Step::end;
  }
  if (static_cast<std::size_t>(count) != columns_.size() || row.size() < columns_.size()) {
    throw Error(ErrorCode::target, "COPY answered " + std::to_string(count) + " columns where " +
                                       std::to_string(columns_.size()) + " were asked for");
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (rest.size() < 4) return Step::need_more;
    const auto length = take<std::int32_t>(rest);
    if (length < 0) {
      row[i] = Cell::of_null();
      continue;
    }
    if (rest.size() < static_cast<std::size_t>(length)) return Step::need_more;
    row[i] = decode(i, rest.substr(0, static_cast<std::size_t>(length)));
    rest.remove_prefix(static_cast<std::size_t>(length));
  }
  started_ = true;
  bytes = rest;
  return Step::row;
}

Cell CopyDecoder::decode(std::size_t column, std::string_view bytes) {
  const auto sized = [&](std::size_t size) {
    if (bytes.size() != size) fail(column, "a value of another type than the plan's");
  };
  switch (columns_[column].kind) {
    case TypeKind::boolean:
      sized(1);
      return Cell::of_integer(bytes[0] != 0 ? 1 : 0);
    case TypeKind::smallint:
      sized(2);
      return Cell::of_integer(from_big_endian<std::int16_t>(bytes.data()));
    case TypeKind::integer:
      sized(4);
      return Cell::of_integer(from_big_endian<std::int32_t>(bytes.data()));
    case TypeKind::bigint:
    case TypeKind::time:
      sized(8);
      return Cell::of_integer(from_big_endian<std::int64_t>(bytes.data()));
    case TypeKind::real:
      sized(4);
      return Cell::of_real(std::bit_cast<float>(from_big_endian<std::uint32_t>(bytes.data())));
    case TypeKind::double_precision:
      sized(8);
      return Cell::of_real(std::bit_cast<double>(from_big_endian<std::uint64_t>(bytes.data())));
    case TypeKind::date: {
      sized(4);
      const auto days = from_big_endian<std::int32_t>(bytes.data());
      if (days == std::numeric_limits<std::int32_t>::max()) return Cell::of_integer(kLatest);
      if (days == std::numeric_limits<std::int32_t>::min()) return Cell::of_integer(kEarliest);
      const std::int64_t unix_days = days + kEpochDays;
      if (unix_days < kFirstDay || unix_days >= kPastDays) fail(column, "a date outside the years 1 to 9999");
      return Cell::of_integer(unix_days);
    }
    case TypeKind::timestamp:
    case TypeKind::timestamptz: {
      sized(8);
      const auto micros = from_big_endian<std::int64_t>(bytes.data());
      if (is_infinite(micros)) return Cell::of_integer(micros);
      if (micros < kFirstDay * kMicrosOfDay - kEpochMicros ||
          micros >= kPastDays * kMicrosOfDay - kEpochMicros) {
        fail(column, "a time outside the years 1 to 9999");
      }
      return Cell::of_integer(micros + kEpochMicros);
    }
    case TypeKind::numeric:
      return numeric(column, bytes);
    case TypeKind::text:
    case TypeKind::varchar:
    case TypeKind::json:
    case TypeKind::other:
      return Cell::of_text(bytes);
    case TypeKind::char_:
      return Cell::of_text(bytes.substr(0, bytes.find_last_not_of(' ') + 1));
    case TypeKind::jsonb:
      if (bytes.empty() || bytes[0] != 1) fail(column, "a jsonb value of an unknown version");
      return Cell::of_text(bytes.substr(1));
    case TypeKind::bytea:
      return Cell::of_blob(bytes);
    case TypeKind::interval:
    case TypeKind::uuid:
      sized(16);
      return Cell::of_blob(bytes);
    case TypeKind::text_array:
      return text_array(column, bytes);
  }
  fail(column, "a value of an unknown type");
}

/// Groups of four digits to a canonical decimal: no leading zeros, no trailing ones behind the point.
Cell CopyDecoder::numeric(std::size_t column, std::string_view bytes) {
  if (bytes.size() < 8) fail(column, "a value of another type than the plan's");
  std::string& text = scratch_[column];
  text.clear();
  const auto count = take<std::uint16_t>(bytes);
  const int weight = take<std::int16_t>(bytes);
  const auto sign = take<std::uint16_t>(bytes);
  bytes.remove_prefix(2);  // the scale shown; the canonical form has no trailing zeros
  if (sign == 0xC000) return Cell::of_text("NaN");
  if (sign == 0xD000) return Cell::of_text("Infinity");
  if (sign == 0xF000) return Cell::of_text("-Infinity");
  if (bytes.size() != std::size_t{count} * 2) fail(column, "a numeric that cannot be read");
  const auto group = [&](int at) -> int {  // of weight `at`; the first sent has `weight`
    const int i = weight - at;
    return i < 0 || i >= count
               ? 0
               : from_big_endian<std::uint16_t>(bytes.data() + static_cast<std::size_t>(i) * 2);
  };
  const auto append = [&](int value) {
    for (const int unit : {1000, 100, 10, 1}) text += static_cast<char>('0' + value / unit % 10);
  };
  if (sign == 0x4000) text += '-';
  const std::size_t start = text.size();
  for (int at = weight; at >= 0; --at) append(group(at));
  text.erase(start, std::min(text.find_first_not_of('0', start), text.size()) - start);
  if (text.size() == start) text += '0';
  const int last = weight - count + 1;
  if (last < 0) {
    text += '.';
    for (int at = -1; at >= last; --at) append(group(at));
    text.resize(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  if (text == "-0") text = "0";
  return Cell::of_text(text);
}

Cell CopyDecoder::text_array(std::size_t column, std::string_view bytes) {
  std::string& json = scratch_[column];
  json.assign("[");
  if (bytes.size() < 12) fail(column, "a value of another type than the plan's");
  const auto dimensions = take<std::uint32_t>(bytes);
  bytes.remove_prefix(8);
  if (dimensions > 1) fail(column, "an array of more than one dimension");
  if (dimensions == 1) {
    if (bytes.size() < 8) fail(column, "an array that cannot be read");
    const auto count = take<std::uint32_t>(bytes);
    bytes.remove_prefix(4);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i > 0) json += ',';
      if (bytes.size() < 4) fail(column, "an array that cannot be read");
      const auto length = take<std::int32_t>(bytes);
      if (length < 0) {
        json += "null";
        continue;
      }
      if (bytes.size() < static_cast<std::size_t>(length)) fail(column, "an array that cannot be read");
      append_json_string(bytes.substr(0, static_cast<std::size_t>(length)), json);
      bytes.remove_prefix(static_cast<std::size_t>(length));
    }
  }
  json += ']';
  return Cell::of_text(json);
}

}  // namespace planrun
