// The rules of text and of what travels as text or bytes: text, varchar, char, other, bytea, uuid, json,
// jsonb, text[].
#include <array>
#include <cstdint>
#include <cstring>

#include "base/canonical_json.h"
#include "base/text.h"
#include "transform/rule.h"

namespace planrun {

namespace {

enum class Characters { ascii, utf8, nul, invalid };

/// Eight bytes at a time: one look for NUL and for anything that is not ASCII.
Characters characters_of(std::string_view text) {
  constexpr std::uint64_t kLow = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::uint64_t beyond_ascii = 0;
  std::uint64_t nul = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    beyond_ascii |= word;
    nul |= (word - kLow) & ~word;
  }
  for (; at != end; ++at) {
    const auto byte = static_cast<unsigned char>(*at);
    beyond_ascii |= byte;
    if (byte == 0) nul = kHigh;
  }
  if ((nul & kHigh) != 0) return Characters::nul;
  if ((beyond_ascii & kHigh) == 0) return Characters::ascii;
  return is_valid_utf8(text) ? Characters::utf8 : Characters::invalid;
}

bool check(Rule& rule, std::string_view text, Characters& found) {
  found = characters_of(text);
  if (found == Characters::nul) {
    return rule.refuse("has a NUL character, which no text can hold",
                       "; using = \"replace_nul\" replaces it");
  }
  if (found == Characters::invalid) {
    return rule.refuse("is not UTF-8", "; using = \"replace_invalid_utf8\" replaces what is wrong");
  }
  return true;
}

/// `bytes` of text with a limit of characters; only longer texts need a count.
bool fits_length(Rule& rule, std::string_view text, Characters characters) {
  const auto limit = static_cast<std::size_t>(rule.type.length);
  if (limit == 0 || text.size() <= limit) return true;
  const std::size_t size = characters == Characters::ascii ? text.size() : count_code_points(text);
  if (size <= limit) return true;
  return rule.refuse("has " + std::to_string(size) + " characters; " + rule.type.sql + " holds " +
                     std::to_string(limit));
}

std::string_view without_padding(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string not_type(const Rule& rule, const Cell& in) {
  return std::string(to_string(in.kind)) + " is not " + rule.type.sql;
}

/// The value of each hexadecimal digit, -1 for all else.
constexpr auto kHexValues = [] {
  std::array<signed char, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < 16; ++i) {
    digits["0123456789abcdef"[i]] = digits["0123456789ABCDEF"[i]] = static_cast<signed char>(i);
  }
  return digits;
}();

int hex_digit(char c) {
  return kHexValues[static_cast<unsigned char>(c)];
}

bool read_uuid(std::string_view text, std::string& out) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return true;
}

/// Whether canonical JSON is a list of nothing but strings and nulls.
bool is_list_of_texts(std::string_view json) {
  if (json.front() != '[') return false;
  for (std::size_t i = 1; i + 1 < json.size(); ++i) {
    if (json.substr(i).starts_with("null")) {
      i += 4;
      continue;
    }
    if (json[i] != '"') return false;
    for (++i; json[i] != '"'; ++i) {
      if (json[i] == '\\') ++i;
    }
    ++i;  // on the comma, or on the last bracket
  }
  return true;
}

}  // namespace

bool check_characters(Rule& rule, std::string_view text) {
  Characters found;
  return check(rule, text, found);
}

bool fit_text(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind == CellKind::text) {
    Characters found;
    if (!check(rule, in.bytes, found)) return false;
    const std::string_view text = rule.type.kind == TypeKind::char_ ? without_padding(in.bytes) : in.bytes;
    if (!fits_length(rule, text, found)) return false;
    out = Cell::of_text(text);
    return true;
  }
  if (in.kind == CellKind::blob) return rule.refuse(not_type(rule, in), "; bytea holds bytes");
  if (in.kind == CellKind::real && rule.type.kind != TypeKind::other) {
    return rule.refuse(not_type(rule, in), "; using = \"text\" writes its shortest decimal");
  }
  rule.buffer.clear();
  if (!append_number(in, rule.buffer)) return rule.refuse("has no decimal");
  if (!fits_length(rule, rule.buffer, Characters::ascii)) return false;
  out = Cell::of_text(rule.buffer);
  return true;
}

bool fit_bytea(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind == CellKind::text) {
    return rule.refuse(not_type(rule, in),
                       "; using = \"bytes\" takes the text's bytes, \"base64\" what they encode");
  }
  if (in.kind != CellKind::blob) return rule.refuse(not_type(rule, in));
  out = in;
  return true;
}

bool fit_uuid(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return rule.refuse(not_type(rule, in));
  rule.buffer.clear();
  if (!read_uuid(in.bytes, rule.buffer)) {
    return rule.refuse("is no uuid of 8-4-4-4-12 hexadecimal digits", text_hint(in.bytes));
  }
  out = Cell::of_blob(rule.buffer);
  return true;
}

bool fit_json(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) {
    return rule.refuse(not_type(rule, in),
                       in.kind == CellKind::blob ? "" : "; using = \"text\" takes the number as JSON");
  }
  if (!check_characters(rule, in.bytes)) return false;
  JsonFault fault = JsonFault::none;
  if (rule.type.kind == TypeKind::json) {
    fault = check_json(in.bytes);
  } else {
    rule.buffer.clear();
    fault = append_canonical_json(in.bytes, rule.buffer);
  }
  if (fault != JsonFault::none) {
    return rule.refuse(std::string(describe(fault)), in.bytes.empty() ? text_hint(in.bytes)
                                                     : fault == JsonFault::duplicate_key
                                                         ? "; using = \"json_last_key\" keeps the last"
                                                         : "");
  }
  out = in;
  return true;
}

bool fit_text_array(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return rule.refuse(not_type(rule, in));
  if (!check_characters(rule, in.bytes)) return false;
  rule.buffer.clear();
  const JsonFault fault = append_canonical_json(in.bytes, rule.buffer);
  if (fault == JsonFault::nul_escape || fault == JsonFault::lone_surrogate) {
    return rule.refuse(std::string(fault == JsonFault::nul_escape ? "has \\u0000, which no text can hold"
                                                                  : describe(fault)));
  }
  if (fault != JsonFault::none || !is_list_of_texts(rule.buffer)) {
    return rule.refuse("is no JSON array of strings and nulls", in.bytes.empty() ? text_hint(in.bytes) : "");
  }
  out = Cell::of_text(rule.buffer);
  return true;
}

}  // namespace planrun
