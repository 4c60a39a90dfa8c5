#include "sql/words.h"

#include <array>

#include "base/text.h"

namespace planrun {
namespace {

bool begins_name(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u >= 0x80;
}

bool in_name(char c) {
  return begins_name(c) || is_digit(c) || c == '$';
}

class Cutter {
 public:
  explicit Cutter(std::string_view sql) : sql_(sql) {}

  std::vector<SqlWord> run() {
    while (at_ < sql_.size()) step();
    return std::move(words_);
  }

 private:
  char ahead(std::size_t by) const { return at_ + by < sql_.size() ? sql_[at_ + by] : '\0'; }

  void step() {
    const char c = sql_[at_];
    if (sql_.substr(at_, 2) == "--") return skip_past("\n");
    if (sql_.substr(at_, 2) == "/*") return skip_past("*/");
    if (std::string_view(" \t\r\n\f\v").find(c) != std::string_view::npos) {
      ++at_;
      return;
    }
    SqlWord word;
    word.begin = at_;
    if (c == '\'') {
      word.kind = WordKind::text;
      word.text = quoted('\'');
    } else if (c == '"' || c == '`' || c == '[') {
      word.kind = WordKind::quoted;
      word.quote = c;
      word.text = quoted(c == '[' ? ']' : c);
    } else if ((c == 'x' || c == 'X') && ahead(1) == '\'') {
      word.kind = WordKind::blob;
      ++at_;
      word.text = quoted('\'');
    } else if (begins_name(c)) {
      word.kind = WordKind::plain;
      while (at_ < sql_.size() && in_name(sql_[at_])) word.text += sql_[at_++];
    } else if (is_digit(c) || (c == '.' && is_digit(ahead(1)))) {
      word.kind = WordKind::number;
      number(word.text);
    } else {
      word.text = sign();
    }
    word.end = at_;
    words_.push_back(std::move(word));
  }

  void skip_past(std::string_view end) {
    const auto found = sql_.find(end, at_ + 2);
    at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
  }

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

  void number(std::string& text) {
    while (at_ < sql_.size()) {
      const char c = sql_[at_];
      const bool exponent_sign =
          (c == '+' || c == '-') && !text.empty() && (text.back() == 'e' || text.back() == 'E');
      if (!in_name(c) && c != '.' && !exponent_sign) return;
      text += c;
      ++at_;
    }
  }

  std::string sign() {
    constexpr std::array<std::string_view, 10> kLong = {
        "->>", "==", "!=", "<>", "<=", ">=", "||", "<<", ">>", "->"};
    for (const auto known : kLong) {
      if (!sql_.substr(at_).starts_with(known)) continue;
      at_ += known.size();
      return std::string(known);
    }
    return std::string(1, sql_[at_++]);
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::vector<SqlWord> words_;
};

}  // namespace

bool SqlWord::is(std::string_view lower) const {
  return kind == WordKind::plain && to_lower_ascii(text) == lower;
}

std::vector<SqlWord> words_in(std::string_view sql) {
  return Cutter(sql).run();
}

std::set<std::string> possible_names(std::string_view statements) {
  std::set<std::string> names;
  for (SqlWord& word : words_in(statements)) {
    if (word.kind == WordKind::text) names.merge(possible_names(word.text));
    if (word.kind == WordKind::plain || word.kind == WordKind::quoted) names.insert(std::move(word.text));
  }
  return names;
}

std::size_t closing(const std::vector<SqlWord>& words, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < words.size(); ++i) {
    if (words[i].is_sign("(")) ++depth;
    if (words[i].is_sign(")") && --depth == 0) return i;
  }
  return words.size();
}

}  // namespace planrun
