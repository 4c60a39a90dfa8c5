#include "sql/identifiers.h"

namespace planrun {
namespace {

bool begins_word(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}

bool in_word(char c) {
  return begins_word(c) || (c >= '0' && c <= '9') || c == '$';
}

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  std::vector<std::string> run() {
    while (at_ < sql_.size()) step();
    return std::move(names_);
  }

 private:
  void step() {
    const char c = sql_[at_];
    if (c == '\'') {
      quoted(c);
    } else if (c == '"' || c == '`') {
      names_.push_back(quoted(c));
    } else if (c == '[') {
      names_.push_back(quoted(']'));
    } else if (sql_.substr(at_, 2) == "--") {
      skip_past("\n");
    } else if (sql_.substr(at_, 2) == "/*") {
      skip_past("*/");
    } else if (begins_word(c)) {
      word();
    } else if (in_word(c)) {
      while (at_ < sql_.size() && in_word(sql_[at_])) ++at_;  // a number, also 1e5 and 0xff
    } else {
      ++at_;
    }
  }

  void skip_past(std::string_view end) {
    const auto found = sql_.find(end, at_ + 2);
    at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
  }

  // From the opening quote past the closing one; a doubled one stands for itself.
  std::string quoted(char close) {
    std::string text;
    for (++at_; at_ < sql_.size(); ++at_) {
      if (sql_[at_] == close) {
        ++at_;
        if (close == ']' || at_ >= sql_.size() || sql_[at_] != close) return text;
      }
      text += sql_[at_];
    }
    return text;
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < sql_.size() && in_word(sql_[at_])) ++at_;
    const auto next = sql_.find_first_not_of(" \t\r\n", at_);
    if (next != std::string_view::npos && sql_[next] == '(') return;
    if (next == at_ && sql_[next] == '\'') return;  // x'00ff'
    names_.emplace_back(sql_.substr(begin, at_ - begin));
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<std::string> identifiers_in(std::string_view sql) {
  return Scanner(sql).run();
}

}  // namespace planrun
