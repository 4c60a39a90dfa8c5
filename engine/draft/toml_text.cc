#include "draft/toml_text.h"

#include <algorithm>

#include "base/text.h"
#include "plan/escaped_variables.h"

namespace planrun {
namespace {

constexpr std::size_t kWidth = 110;

bool is_control(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < ' ' || u == 0x7f;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, is_control);
}

/// A basic string: TOML 1.0, "String".
std::string escaped(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_control(c)) {
      out += "\\u00" + to_hex(std::string(1, c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// One line without what a comment cannot hold.
std::string printable(std::string_view line) {
  std::string out;
  for (const char c : replace_invalid_utf8(line)) {
    if (c == '\t') {
      out += "  ";
    } else if (is_control(c)) {
      out += "\\x" + to_hex(std::string(1, c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string toml_key(std::string_view key) {
  constexpr std::string_view kBare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (!key.empty() && key.find_first_not_of(kBare) == std::string_view::npos) return std::string(key);
  return toml_with_variables(key);
}

std::string toml_string(std::string_view text) {
  return toml_with_variables(escape_variables(text));
}

std::string toml_with_variables(std::string_view text) {
  const bool plain = text.find_first_of("\"\\") == std::string_view::npos;
  if (!plain && text.find('\'') == std::string_view::npos && !has_control(text))
    return "'" + std::string(text) + "'";
  return escaped(text);
}

std::string toml_text(std::string_view text) {
  const bool keeps =
      text.find("'''") == std::string_view::npos && !text.ends_with('\'') &&
      std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\n' && c != '\t'; });
  if (text.find('\n') == std::string_view::npos || !keeps) return toml_string(text);
  return "'''\n" + escape_variables(text) + "\n'''";
}

std::string toml_array(std::span<const std::string> values) {
  return "[" + join(values, ", ") + "]";
}

std::string toml_comment(std::string_view text, std::string_view indent) {
  std::string out;
  for (const auto& line : split(text, '\n')) {
    std::string row;
    for (const auto& word : split(printable(line), ' ')) {
      if (!row.empty() && indent.size() + 2 + row.size() + 1 + word.size() > kWidth) {
        out += std::string(indent) + "# " + row + "\n";
        row.clear();
      }
      row += (row.empty() ? "" : " ") + word;
    }
    out += std::string(indent) + (row.empty() ? "#" : "# " + row) + "\n";
  }
  return out;
}

std::string toml_verbatim(std::string_view text, std::string_view indent) {
  std::string out;
  for (const auto& line : split(text, '\n')) {
    const std::string row = printable(line);
    out += std::string(indent) + (row.empty() ? "#" : "# " + row) + "\n";
  }
  return out;
}

std::string shown(std::string_view name) {
  return "`" + printable(name) + "`";
}

}  // namespace planrun
