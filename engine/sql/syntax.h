// PostgreSQL's grammar at work: one statement as a JSON tree (libpg_query's own shape), and its tokens, by
// which the author's text is cut. The only header behind which pg_query.h is used; for sql/ alone.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "sql/definition.h"

namespace planrun {

/// The statements that write rows, by their nodes.
inline constexpr std::array<const char*, 4> kWriting = {"InsertStmt", "UpdateStmt", "DeleteStmt",
                                                        "MergeStmt"};

/// A token, without comments and blanks: bytes [begin, end) of the text.
struct SqlToken {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A statement around an author's text, parsed. Offsets of trees and tokens are bytes of `text`.
class Syntax {
 public:
  /// Parses `before` + `authored` + `after`: exactly one statement. Whether it did is told by `fault()`.
  Syntax(std::string_view before, std::string_view authored, std::string_view after);

  bool ok() const { return fault_.message.empty(); }
  const SqlFault& fault() const { return fault_; }
  /// A fault at a byte of the whole text.
  SqlFault fault_at(std::size_t offset, std::string message, std::string hint = {}) const;

  /// {"CreateStmt": {...}}
  const Json& statement() const { return statement_; }
  std::size_t authored_begin() const { return begin_; }
  std::size_t authored_end() const { return end_; }

  /// The author's text from the first token at or after `from` to the last one that ends by `until`.
  std::string slice(std::size_t from, std::size_t until) const;
  /// Index of the first token at or after `offset`; tokens().size() where there is none.
  std::size_t token_at(std::size_t offset) const;
  /// Index of the first token at or after `offset` that is this word or sign, whatever its case.
  std::size_t find(std::string_view word, std::size_t offset) const;
  /// What stands between the first parenthesis at or after `offset` and its partner. Both offsets are those
  /// of the parentheses; `open == close` where there is none.
  struct Parentheses {
    std::size_t open = 0;
    std::size_t close = 0;
    explicit operator bool() const { return close > open; }
  };
  Parentheses parentheses(std::size_t offset, std::size_t until) const;

  const std::vector<SqlToken>& tokens() const { return tokens_; }
  std::string_view token_text(std::size_t index) const;

 private:
  void parse();
  void scan();

  std::string text_;
  std::size_t begin_;
  std::size_t end_;
  Json statement_;
  std::vector<SqlToken> tokens_;
  SqlFault fault_;
};

/// Any number of statements, each with the byte of the text where it begins; none is a fault.
struct SyntaxList {
  std::vector<std::pair<Json, std::size_t>> statements;
  SqlFault fault;
};
SyntaxList parse_statements(std::string_view sql);

/// Member of an object, or null: libpg_query leaves out what is zero, false or empty.
const Json& member(const Json& object, const char* name);
std::string text_member(const Json& object, const char* name);
bool flag_member(const Json& object, const char* name);
std::size_t location_of(const Json& node);
/// The texts of a list of String nodes.
std::vector<std::string> string_list(const Json& list);
/// Names of all columns that an expression mentions, each once, in the order of their first place.
std::vector<std::string> mentioned_columns(const Json& expression);

}  // namespace planrun
