#include "postgres/text_array.h"

#include "base/error.h"
#include "base/text.h"

namespace planrun {
namespace {

void append_utf8(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

void TextArrayReader::fail() const {
  throw Error(ErrorCode::system, "a text[] value is no compact JSON array of strings and nulls, near " +
                                     quote_for_message(rest_));
}

char TextArrayReader::take() {
  if (rest_.empty()) fail();
  const char c = rest_.front();
  rest_.remove_prefix(1);
  return c;
}

bool TextArrayReader::next(std::string_view& element, bool& is_null) {
  if (!started_) {
    if (take() != '[') fail();
    started_ = true;
    if (rest_ == "]") return false;
  } else {
    const char c = take();
    if (c == ']' && rest_.empty()) return false;
    if (c != ',') fail();
  }
  is_null = rest_.starts_with("null");
  if (is_null) {
    rest_.remove_prefix(4);
    element = {};
    return true;
  }
  if (take() != '"') fail();
  const auto end = rest_.find_first_of("\"\\");
  if (end == std::string_view::npos) fail();
  if (rest_[end] == '"') {  // nothing escaped: no copy
    element = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }
  unescape();
  element = element_;
  return true;
}

void TextArrayReader::unescape() {
  element_.clear();
  for (char c = take(); c != '"'; c = take()) {
    if (c != '\\') {
      element_ += c;
      continue;
    }
    switch (const char escape = take()) {
      case 'b':
        element_ += '\b';
        break;
      case 'f':
        element_ += '\f';
        break;
      case 'n':
        element_ += '\n';
        break;
      case 'r':
        element_ += '\r';
        break;
      case 't':
        element_ += '\t';
        break;
      case '"':
      case '\\':
      case '/':
        element_ += escape;
        break;
      case 'u': {
        std::uint32_t code = hex4();
        if (code >= 0xD800 && code < 0xDC00) {
          if (take() != '\\' || take() != 'u') fail();
          code = 0x10000 + ((code - 0xD800) << 10) + (hex4() - 0xDC00);
        }
        append_utf8(code, element_);
        break;
      }
      default:
        fail();
    }
  }
}

std::uint32_t TextArrayReader::hex4() {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = take();
    const auto digit = kHexDigits.find(static_cast<char>(c | 0x20));
    if (digit == std::string_view::npos) fail();
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHexDigits[static_cast<unsigned char>(c) >> 4];
          out += kHexDigits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace planrun
