// An SQL text of any dialect, cut into its words: for declarations and expressions that only their own
// database can parse.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace planrun {

enum class WordKind {
  plain,   // a keyword or an unquoted name
  quoted,  // "a", [a] or `a`: a name
  text,    // 'a'
  blob,    // x'00ff'
  number,  // 1, 1.5e3, 0xff
  sign,    // an operator, a parenthesis, a comma
};

struct SqlWord {
  WordKind kind = WordKind::sign;
  std::string text;       // without its quotes, doubled ones single
  char quote = 0;         // of a quoted name: " [ `
  std::size_t begin = 0;  // bytes [begin, end) of the text
  std::size_t end = 0;

  /// A plain word, whatever its case; `lower` is in lower case.
  bool is(std::string_view lower) const;
  bool is_sign(std::string_view sign) const { return kind == WordKind::sign && text == sign; }
};

/// Comments and blanks are left out. Never fails: what is not closed ends with the text.
std::vector<SqlWord> words_in(std::string_view sql);

/// Every word of statements that may be a name, also in texts that they may execute.
std::set<std::string> possible_names(std::string_view statements);

/// Where the parenthesis at words[open] is closed; words.size() where it is not.
std::size_t closing(const std::vector<SqlWord>& words, std::size_t open);

}  // namespace planrun
