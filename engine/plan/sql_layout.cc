#include "plan/plan_facts.h"

namespace planrun {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Past a quoted text that begins at `at`: '...', "...", or $tag$...$tag$. `at` where none begins there.
std::size_t past_quoted(const std::string& sql, std::size_t at) {
  const auto end_of = [&](const std::string& mark, std::size_t from) {
    const std::size_t close = sql.find(mark, from);
    return close == std::string::npos ? sql.size() : close + mark.size();
  };
  if (sql[at] == '\'' || sql[at] == '"') return end_of(std::string(1, sql[at]), at + 1);
  if (sql[at] != '$') return at;
  std::size_t close = at + 1;
  while (close < sql.size() &&
         (std::isalnum(static_cast<unsigned char>(sql[close])) != 0 || sql[close] == '_'))
    ++close;
  const bool is_tag = close < sql.size() && sql[close] == '$' &&
                      (close == at + 1 || std::isdigit(static_cast<unsigned char>(sql[at + 1])) == 0);
  return is_tag ? end_of(sql.substr(at, close + 1 - at), close + 1) : at;
}

// Past a comment that begins at `at`.
std::size_t past_comment(const std::string& sql, std::size_t at) {
  if (sql.compare(at, 2, "--") == 0) return std::min(sql.find('\n', at), sql.size());
  if (sql.compare(at, 2, "/*") != 0) return at;
  const std::size_t close = sql.find("*/", at + 2);
  return close == std::string::npos ? sql.size() : close + 2;
}

}  // namespace

std::string without_layout(const std::string& sql) {
  std::string out;
  bool blank = false;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t past = past_comment(sql, at);
    if (past != at || is_blank(sql[at])) {
      at = past != at ? past : at + 1;
      blank = true;
      continue;
    }
    if (blank && !out.empty()) out += ' ';
    blank = false;
    const std::size_t end = std::max(past_quoted(sql, at), at + 1);
    out += sql.substr(at, end - at);
    at = end;
  }
  return out;
}

}  // namespace planrun
