#include "data/key.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/decimal.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace planrun {

namespace {

[[noreturn]] void refuse(std::string_view json) {
  throw Error(ErrorCode::system, "not a key as the ledger keeps them: " + quote_for_message(json));
}

/// Bits of a number that is not finite begin with 7ff or fff, so that no decimal looks like them.
std::string real_to_text(double value) {
  std::string out;
  if (std::isfinite(value)) {
    append_shortest_decimal(value, out);
    return out;
  }
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8)
    out += to_hex(std::string(1, static_cast<char>(bits >> shift)));
  return out;
}

double real_from_text(const std::string& text, std::string_view json) {
  double value = 0;
  const char* end = text.data() + text.size();
  if (text.size() == 16 && (text.starts_with("7ff") || text.starts_with("fff"))) {
    std::uint64_t bits = 0;
    if (std::from_chars(text.data(), end, bits, 16).ptr != end) refuse(json);
    return std::bit_cast<double>(bits);
  }
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(value)) refuse(json);
  return value;
}

Json to_json_value(const KeyValue& value) {
  switch (value.kind) {
    case CellKind::null:
      return nullptr;
    case CellKind::integer:
      return value.integer;
    case CellKind::real:
      return {{"real", real_to_text(value.real)}};
    case CellKind::text:
      // A NUL goes as hex too: a ledger that keeps JSON as a type of its own could not hold its escape.
      if (is_valid_utf8(value.bytes) && value.bytes.find('\0') == std::string::npos) return value.bytes;
      return {{"text", to_hex(value.bytes)}};
    case CellKind::blob:
      break;
  }
  return {{"blob", to_hex(value.bytes)}};
}

KeyValue from_json_value(const Json& json, std::string_view all) {
  KeyValue value;
  if (json.is_null()) return value;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
    refuse(all);
  if (json.is_number_integer()) {
    value.kind = CellKind::integer;
    value.integer = json.get<std::int64_t>();
    return value;
  }
  if (json.is_string()) {
    value.kind = CellKind::text;
    value.bytes = json.get<std::string>();
    return value;
  }
  if (!json.is_object() || json.size() != 1 || !json.begin().value().is_string()) refuse(all);
  const std::string& kind = json.begin().key();
  const std::string text = json.begin().value().get<std::string>();
  if (kind == "real") {
    value.kind = CellKind::real;
    value.real = real_from_text(text, all);
    return value;
  }
  auto bytes = from_hex(text);
  if (!bytes || (kind != "text" && kind != "blob")) refuse(all);
  value.kind = kind == "text" ? CellKind::text : CellKind::blob;
  value.bytes = std::move(*bytes);
  return value;
}

std::string to_text(const KeyValue& value) {
  switch (value.kind) {
    case CellKind::null:
      return "null";
    case CellKind::integer:
      return std::to_string(value.integer);
    case CellKind::real:
      if (!std::isfinite(value.real))
        return std::isnan(value.real) ? "NaN" : value.real > 0 ? "Infinity" : "-Infinity";
      return real_to_text(value.real);
    case CellKind::text:
      return quote_for_message(value.bytes);
    case CellKind::blob:
      break;
  }
  constexpr std::size_t kShown = 30;
  return "x'" + to_hex(std::string_view(value.bytes).substr(0, kShown)) +
         (value.bytes.size() > kShown ? "'..." : "'");
}

}  // namespace

Key key_of(std::span<const Cell> cells) {
  Key key;
  key.values.reserve(cells.size());
  for (const Cell& cell : cells) {
    KeyValue& value = key.values.emplace_back();
    value.kind = cell.kind;
    if (cell.kind == CellKind::integer) value.integer = cell.integer;
    if (cell.kind == CellKind::real) value.real = cell.real;
    if (cell.kind == CellKind::text || cell.kind == CellKind::blob) value.bytes = cell.bytes;
  }
  return key;
}

Key rowid_key(std::int64_t rowid) {
  const Cell cell = Cell::of_integer(rowid);
  return key_of(std::span(&cell, 1));
}

Cell cell_of(const KeyValue& value) {
  switch (value.kind) {
    case CellKind::null:
      return Cell::of_null();
    case CellKind::integer:
      return Cell::of_integer(value.integer);
    case CellKind::real:
      return Cell::of_real(value.real);
    case CellKind::text:
      return Cell::of_text(value.bytes);
    case CellKind::blob:
      break;
  }
  return Cell::of_blob(value.bytes);
}

std::string to_json(const Key& key) {
  Json list = Json::array();
  for (const KeyValue& value : key.values) list.push_back(to_json_value(value));
  return list.dump();
}

Key key_from_json(std::string_view json) {
  const Json list = Json::parse(json, nullptr, false);
  if (!list.is_array()) refuse(json);
  Key key;
  for (const Json& value : list) key.values.push_back(from_json_value(value, json));
  return key;
}

std::string to_text(const Key& key) {
  if (key.values.size() == 1) return to_text(key.values[0]);
  std::string out = "(";
  for (std::size_t i = 0; i < key.values.size(); ++i) {
    if (i > 0) out += ", ";
    out += to_text(key.values[i]);
  }
  return out + ")";
}

}  // namespace planrun
