#include "translate/word_reader.h"

#include <algorithm>

#include "base/text.h"
#include "translate/sql_value.h"

namespace planrun {

const SqlWord& WordReader::word(std::size_t ahead) const {
  return at_ + ahead < words_.size() ? words_[at_ + ahead] : none_;
}

const SqlWord& WordReader::next() {
  if (at_end()) refuse("the statement ends too early");
  return words_[at_++];
}

bool WordReader::take(std::string_view lower) {
  const bool found = is(lower);
  if (found) ++at_;
  return found;
}

bool WordReader::take_sign(std::string_view sign) {
  const bool found = is_sign(sign);
  if (found) ++at_;
  return found;
}

void WordReader::expect(std::string_view lower) {
  if (!take(lower))
    refuse("it has " + quote_for_message(next().text) + " where " + std::string(lower) + " stands");
}

void WordReader::expect_sign(std::string_view sign) {
  if (!take_sign(sign))
    refuse("it has " + quote_for_message(next().text) + " where " + std::string(sign) + " stands");
}

std::string WordReader::name() {
  const SqlWord& word = next();
  if (word.kind != WordKind::plain && word.kind != WordKind::quoted)
    refuse("it has " + quote_for_message(word.text) + " where a name stands");
  return word.text;
}

std::string WordReader::where() const {
  if (words_.empty()) return "the beginning";
  // A sign alone would tell nothing.
  std::size_t place = at_ == 0 ? 0 : std::min(at_, words_.size()) - 1;
  while (place > 0 && words_[place].kind == WordKind::sign) --place;
  const SqlWord& word = words_[place];
  const auto begin = sql_.begin();
  const auto line = std::count(begin, begin + static_cast<std::ptrdiff_t>(word.begin), '\n') + 1;
  return quote_for_message(word.text) + " in line " + std::to_string(line);
}

std::string WordReader::text(std::size_t from, std::size_t until) const {
  if (from >= until || from >= words_.size()) return {};
  const std::size_t begin = words_[from].begin;
  return sql_.substr(begin, words_[std::min(until, words_.size()) - 1].end - begin);
}

std::size_t WordReader::find(std::initializer_list<std::string_view> words) const {
  int depth = 0;
  for (std::size_t i = at_; i < words_.size(); ++i) {
    const SqlWord& word = words_[i];
    if (word.is_sign("(")) ++depth;
    if (word.is_sign(")") && --depth < 0) return i;
    if (depth > 0) continue;
    if (word.is_sign(";")) return i;
    if (std::ranges::any_of(words, [&](std::string_view one) { return word.is(one); })) return i;
  }
  return words_.size();
}

}  // namespace planrun
