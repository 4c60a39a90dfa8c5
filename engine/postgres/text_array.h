// text[] between its cell (a compact JSON array of strings and nulls) and PostgreSQL's forms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace planrun {

/// Walks the elements of a cell. Throws Error(system) for anything but an array of strings and nulls.
class TextArrayReader {
 public:
  explicit TextArrayReader(std::string_view json) : rest_(json) {}
  /// False at the end. `element` is unescaped, valid until the next call; `is_null` tells a null.
  bool next(std::string_view& element, bool& is_null);

 private:
  [[noreturn]] void fail() const;
  char take();
  void unescape();
  std::uint32_t hex4();
  std::string_view rest_;
  std::string element_;
  bool started_ = false;
};

/// Appends `text` as a JSON string with the shortest escapes.
void append_json_string(std::string_view text, std::string& out);

}  // namespace planrun
