// Conversions of words, numbers, texts and bytes.
#include <algorithm>

#include "base/canonical_json.h"
#include "base/decimal.h"
#include "base/text.h"
#include "transform/conversions.h"
#include "transform/rule.h"

namespace planrun {

namespace {

bool same_word(std::string_view text, std::string_view word) {
  return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
         });
}

/// "1.234.567" -> "1234567"; plain digits pass.
bool append_ungrouped(std::string_view text, std::string& out) {
  const std::size_t first = std::min(text.find('.'), text.size());
  if (first == 0 || (first < text.size() && first > 3)) return false;
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first), is_digit)) return false;
  out += text.substr(0, first);
  for (text.remove_prefix(first); !text.empty(); text.remove_prefix(4)) {
    if (text.size() < 4 || text[0] != '.' || !std::all_of(text.begin() + 1, text.begin() + 4, is_digit))
      return false;
    out += text.substr(1, 3);
  }
  return true;
}

bool append_comma_decimal(std::string_view text, std::string& out) {
  if (text.starts_with('-')) {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t comma = text.find(',');
  if (!append_ungrouped(text.substr(0, comma), out)) return false;
  if (comma == std::string_view::npos) return true;
  const std::string_view fraction = text.substr(comma + 1);
  if (fraction.empty() || !std::all_of(fraction.begin(), fraction.end(), is_digit)) return false;
  out += '.';
  out += fraction;
  return true;
}

bool pass(const Cell& in, Cell& out) {
  out = in;
  return true;
}

}  // namespace

bool undo_decimal_comma(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  if (text.find_first_of(",.") != std::string_view::npos && append_comma_decimal(text, out)) return true;
  out.resize(begin);
  return false;
}

bool convert_boolean(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind == CellKind::integer) return pass(Cell::of_integer(in.integer != 0 ? 1 : 0), out);
  if (in.kind == CellKind::text) {
    for (const std::string_view word : {"t", "true", "yes", "y", "on", "1"}) {
      if (same_word(in.bytes, word)) return pass(Cell::of_integer(1), out);
    }
    for (const std::string_view word : {"f", "false", "no", "n", "off", "0"}) {
      if (same_word(in.bytes, word)) return pass(Cell::of_integer(0), out);
    }
  }
  return conversion.refuse("is no integer and none of t, f, true, false, yes, no, y, n, on, off, 1, 0");
}

bool convert_trim(Conversion& /*conversion*/, const Cell& in, Cell& out) {
  return pass(in.kind == CellKind::text ? Cell::of_text(trim(in.bytes)) : in, out);
}

bool convert_empty_as_null(Conversion& /*conversion*/, const Cell& in, Cell& out) {
  return pass(in.kind == CellKind::text && in.bytes.empty() ? Cell::of_null() : in, out);
}

bool convert_decimal_comma(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind == CellKind::integer || in.kind == CellKind::real) return pass(in, out);
  conversion.buffer.clear();
  if (in.kind != CellKind::text || !append_comma_decimal(in.bytes, conversion.buffer)) {
    return conversion.refuse("is no number such as 1.234,50");
  }
  return pass(Cell::of_text(conversion.buffer), out);
}

bool convert_round(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind == CellKind::integer && conversion.scale >= 0) return pass(in, out);
  std::string& canonical = conversion.scratch;
  canonical.clear();
  bool good = false;
  if (in.kind == CellKind::text) {
    good = append_canonical_decimal(in.bytes, canonical);
  } else if (in.kind != CellKind::blob) {
    conversion.buffer.clear();
    good = append_number(in, conversion.buffer) && append_canonical_decimal(conversion.buffer, canonical);
  }
  if (!good) return conversion.refuse("is no number written plainly, so that it cannot be rounded");
  conversion.buffer = round_decimal(canonical, conversion.scale);
  return pass(Cell::of_text(conversion.buffer), out);
}

bool convert_replace_nul(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text || in.bytes.find('\0') == std::string_view::npos) return pass(in, out);
  conversion.buffer.clear();
  for (const char c : in.bytes) {
    if (c == '\0') {
      conversion.buffer += conversion.replacement;
    } else {
      conversion.buffer += c;
    }
  }
  return pass(Cell::of_text(conversion.buffer), out);
}

bool convert_replace_invalid_utf8(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text || is_valid_utf8(in.bytes)) return pass(in, out);
  conversion.buffer = replace_invalid_utf8(in.bytes);
  return pass(Cell::of_text(conversion.buffer), out);
}

bool convert_text(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind == CellKind::text) return pass(in, out);
  conversion.buffer.clear();
  if (in.kind == CellKind::blob || !append_number(in, conversion.buffer)) {
    return conversion.refuse("is no integer, finite real or text");
  }
  return pass(Cell::of_text(conversion.buffer), out);
}

bool convert_bytes(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text && in.kind != CellKind::blob)
    return conversion.refuse("is no text, so that it has no bytes");
  return pass(Cell::of_blob(in.bytes), out);
}

bool convert_base64(Conversion& conversion, const Cell& in, Cell& out) {
  auto bytes = in.kind == CellKind::text ? from_base64(in.bytes) : std::nullopt;
  if (!bytes) return conversion.refuse("is no base64 text (padded, without blanks or line ends)");
  conversion.buffer = std::move(*bytes);
  return pass(Cell::of_blob(conversion.buffer), out);
}

bool convert_json_last_key(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return conversion.refuse("is no JSON text");
  conversion.buffer.clear();
  const JsonFault fault = append_json_last_keys(in.bytes, conversion.buffer);
  if (fault == JsonFault::none) return pass(in, out);
  if (fault != JsonFault::duplicate_key) return conversion.refuse(std::string(describe(fault)));
  return pass(Cell::of_text(conversion.buffer), out);
}

}  // namespace planrun
