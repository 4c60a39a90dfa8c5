#include "sql/identifiers.h"

#include "base/text.h"
#include "sql/words.h"

namespace planrun {
namespace {

/// The table of `insert into t(a)`, also with its schema's name before it.
bool is_written_into(const std::vector<SqlWord>& words, std::size_t i) {
  if (i > 1 && words[i - 1].is_sign(".")) i -= 2;
  return i > 0 && words[i - 1].is("into");
}

/// A function's name, or a mark before a text: e'a'.
bool is_called(const std::vector<SqlWord>& words, std::size_t i) {
  if (i + 1 == words.size()) return false;
  const SqlWord& next = words[i + 1];
  if (next.is_sign("(")) return !is_written_into(words, i);
  return next.kind == WordKind::text && next.begin == words[i].end;
}

}  // namespace

std::vector<std::string> identifiers_in(std::string_view sql) {
  const std::vector<SqlWord> words = words_in(sql);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_name =
        words[i].kind == WordKind::quoted || (words[i].kind == WordKind::plain && !is_called(words, i));
    if (is_name) names.push_back(words[i].text);
  }
  return names;
}

bool same_name(std::string_view a, std::string_view b) {
  return to_lower_ascii(a) == to_lower_ascii(b);
}

}  // namespace planrun
