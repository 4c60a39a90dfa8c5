#include "sqlite/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "base/text.h"

namespace planrun {
namespace {

constexpr std::array kNeverRepeatable = {"random",        "randomblob",        "changes",
                                         "total_changes", "current_time",      "last_insert_rowid",
                                         "current_date",  "current_timestamp", "load_extension"};
constexpr std::array kOfTime = {"date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff"};

struct Token {
  enum class Kind { word, string, symbol, comment } kind;
  std::string text;  // words in lower case; strings without their quotes
};

/// Enough of SQLite's tokens to tell parentheses, strings, names and comments apart.
std::vector<Token> tokens_of(const std::string& sql) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    const auto is_word = [&](std::size_t at) {
      return at < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[at])) || sql[at] == '_' ||
                                 sql[at] == '$' || sql[at] < 0);
    };
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++i;
    } else if (sql.compare(i, 2, "--") == 0 || sql.compare(i, 2, "/*") == 0) {
      tokens.push_back({Token::Kind::comment, {}});
      const bool line = c == '-';
      const std::size_t end = sql.find(line ? "\n" : "*/", i + 2);
      i = end == std::string::npos ? sql.size() : end + (line ? 1 : 2);
    } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
      const char close = c == '[' ? ']' : c;
      std::string text;
      for (++i; i < sql.size(); ++i) {
        if (sql[i] == close) {
          if (close == ']' || i + 1 >= sql.size() || sql[i + 1] != close) break;
          ++i;
        }
        text += sql[i];
      }
      ++i;
      tokens.push_back(
          {c == '\'' ? Token::Kind::string : Token::Kind::word, c == '\'' ? text : to_lower_ascii(text)});
    } else if (is_word(i)) {
      const std::size_t start = i;
      while (is_word(i)) ++i;
      tokens.push_back({Token::Kind::word, to_lower_ascii(sql.substr(start, i - start))});
    } else {
      tokens.push_back({Token::Kind::symbol, std::string(1, c)});
      ++i;
    }
  }
  return tokens;
}

/// An expression that closes a parenthesis of ours would be a different query.
std::string refuse_shape(const std::vector<Token>& tokens) {
  int depth = 0;
  bool empty = true;
  for (const auto& token : tokens) {
    if (token.kind == Token::Kind::comment) return "it holds a comment: write the expression alone";
    empty = false;
    if (token.kind != Token::Kind::symbol) continue;
    if (token.text == "(") ++depth;
    if (token.text == ")") --depth;
    if (depth < 0 || token.text == ";") break;
    if (token.text == "?" || token.text == ":" || token.text == "@") {
      return "it holds a parameter (" + token.text + "): nothing gives it a value";
    }
  }
  if (empty) return "it is empty";
  const bool ends = std::ranges::any_of(
      tokens, [](const Token& t) { return t.kind == Token::Kind::symbol && t.text == ";"; });
  return depth != 0 || ends
             ? "it is not one whole expression: parentheses do not match, or a semicolon ends it"
             : "";
}

/// date() and its kin read the clock when they get no time, or 'now'.
std::string refuse_clock(const std::vector<Token>& tokens) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Token::Kind::word || tokens[i + 1].text != "(" ||
        std::ranges::find(kOfTime, tokens[i].text) == kOfTime.end()) {
      continue;
    }
    int depth = 0;
    int arguments = 0;
    for (std::size_t k = i + 1; k < tokens.size(); ++k) {
      const Token& token = tokens[k];
      const bool symbol = token.kind == Token::Kind::symbol;
      if (symbol && token.text == "(") ++depth;
      if (symbol && token.text == ")" && --depth == 0) break;
      if (arguments == 0 && k > i + 1) arguments = 1;
      if (symbol && token.text == "," && depth == 1) ++arguments;
      if (token.kind == Token::Kind::string && to_lower_ascii(trim(token.text)) == "now") {
        return tokens[i].text + "(... 'now' ...) is not repeatable: it reads the clock";
      }
    }
    if (arguments < (tokens[i].text == "strftime" ? 2 : 1)) {
      return tokens[i].text + "() without a time is not repeatable: it reads the clock";
    }
  }
  return {};
}

struct Refusal {
  std::string function;
};

int authorize(void* context, int action, const char*, const char* function, const char*, const char*) {
  if (action != SQLITE_FUNCTION || function == nullptr) return SQLITE_OK;
  const std::string name = to_lower_ascii(function);
  if (std::ranges::find(kNeverRepeatable, name) == kNeverRepeatable.end()) return SQLITE_OK;
  static_cast<Refusal*>(context)->function = name;
  return SQLITE_DENY;
}

class Authorizer {
 public:
  Authorizer(SqliteConnection& connection, Refusal& refusal) : connection_(connection) {
    sqlite3_set_authorizer(connection.get(), authorize, &refusal);
  }
  ~Authorizer() { sqlite3_set_authorizer(connection_.get(), nullptr, nullptr); }
  Authorizer(const Authorizer&) = delete;
  Authorizer& operator=(const Authorizer&) = delete;

 private:
  SqliteConnection& connection_;
};

}  // namespace

std::string refuse_expression(SqliteConnection& connection, const std::string& rows,
                              const std::string& expr) {
  const auto tokens = tokens_of(expr);
  if (std::string reason = refuse_shape(tokens); !reason.empty()) return reason;
  if (std::string reason = refuse_clock(tokens); !reason.empty()) return reason;
  const std::string from = " from " + rows;
  Refusal refusal;
  const Authorizer authorizer(connection, refusal);
  // In WHERE, SQLite itself refuses what is not of one row: aggregates and window functions.
  for (const std::string& sql :
       {"select (" + expr + ")" + from, "select 1" + from + " where (" + expr + ")"}) {
    sqlite3_stmt* prepared = nullptr;
    const int rc = sqlite3_prepare_v2(connection.get(), sql.c_str(), -1, &prepared, nullptr);
    const StatementHandle statement(prepared);
    if (!refusal.function.empty())
      return refusal.function + "() is not repeatable: a row read again would differ";
    if (rc != SQLITE_OK) return sqlite3_errmsg(connection.get());
    if (prepared == nullptr || sqlite3_column_count(prepared) != 1) return "it gives more than one value";
  }
  return {};
}

}  // namespace planrun
