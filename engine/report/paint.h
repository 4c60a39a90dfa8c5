// Colour on a terminal, nothing elsewhere.
#pragma once

#include <string>

namespace planrun {

class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string good(const std::string& text) const { return wrap("32", text); }
  std::string bad(const std::string& text) const { return wrap("31", text); }
  std::string careful(const std::string& text) const { return wrap("33", text); }
  std::string strong(const std::string& text) const { return wrap("1", text); }
  std::string faint(const std::string& text) const { return wrap("2", text); }

 private:
  std::string wrap(const char* code, const std::string& text) const {
    return on_ ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  }
  bool on_;
};

}  // namespace planrun
