// The words of a statement, read from front to back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/words.h"

namespace planrun {

class WordReader {
 public:
  explicit WordReader(std::string_view sql) : sql_(sql), words_(words_in(sql)) {}

  bool at_end() const { return at_ >= words_.size(); }
  std::size_t place() const { return at_; }
  void go_to(std::size_t place) { at_ = place; }
  /// `ahead` words from here; a sign without text behind the end.
  const SqlWord& word(std::size_t ahead = 0) const;
  const SqlWord& next();
  bool is(std::string_view lower, std::size_t ahead = 0) const { return word(ahead).is(lower); }
  bool is_sign(std::string_view sign, std::size_t ahead = 0) const { return word(ahead).is_sign(sign); }
  /// Goes on where the word, in lower case, stands here.
  bool take(std::string_view lower);
  bool take_sign(std::string_view sign);
  /// The same, and refuses where another stands.
  void expect(std::string_view lower);
  void expect_sign(std::string_view sign);
  /// A plain or quoted name; refuses what is none.
  std::string name();
  /// "`word` in line 3": what was read last.
  std::string where() const;
  /// The text from one place to before another.
  std::string text(std::size_t from, std::size_t until) const;
  /// The first of these words at this depth of parentheses before `;` or the parenthesis that closes around
  /// here; the place behind the last where there is none.
  std::size_t find(std::initializer_list<std::string_view> words) const;

 private:
  std::string sql_;
  std::vector<SqlWord> words_;
  std::size_t at_ = 0;
  SqlWord none_;
};

}  // namespace planrun
