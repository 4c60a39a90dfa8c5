#include "draft/column_name.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace planrun {
namespace {

constexpr std::array<std::string_view, 12> kQuestions = {"is",   "has", "have",  "can",   "should", "was",
                                                         "were", "did", "needs", "allow", "allows", "enable"};
constexpr std::array<std::string_view, 26> kStates = {
    "active",    "enabled",  "disabled", "deleted",   "visible",   "hidden",   "archived",
    "locked",    "verified", "approved", "published", "completed", "finished", "done",
    "favorite",  "starred",  "pinned",   "required",  "optional",  "editable", "readonly",
    "available", "valid",    "flag",     "bool",      "boolean"};
constexpr std::array<std::string_view, 18> kTimes = {
    "at",      "time",    "date",   "datetime", "timestamp", "ts",    "created", "updated", "modified",
    "expires", "expired", "expiry", "accessed", "seen",      "since", "until",   "started", "ended"};

bool is_among(std::span<const std::string_view> known, const std::string& word) {
  return std::ranges::find(known, word) != known.end();
}

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

std::vector<std::string> words_of_name(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(to_lower_ascii(word));
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = is_small(c) || is_capital(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    const bool begins = is_capital(c) && i > 0 && is_small(name[i - 1]);
    if (!letter || begins) end_word();
    if (letter) word += c;
  }
  end_word();
  return words;
}

bool is_boolean_name(std::string_view name) {
  const auto words = words_of_name(name);
  if (words.empty()) return false;
  return (words.size() > 1 && is_among(kQuestions, words.front())) || is_among(kStates, words.back());
}

bool is_time_name(std::string_view name) {
  const auto words = words_of_name(name);
  return !words.empty() && (is_among(kTimes, words.back()) || is_among(kTimes, words.front()));
}

}  // namespace planrun
