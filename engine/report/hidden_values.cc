#include "report/hidden_values.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace planrun {

namespace {

constexpr std::string_view kHidden = "\u2026";
// A shorter one says little, and stands in many a word.
constexpr std::size_t kShortestHidden = 3;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Message {
 public:
  explicit Message(std::string_view text) : text_(text) {}

  std::string hidden() {
    while (at_ < text_.size()) {
      if (hide_quoted() || hide_after(" key ") || hide_after(")=") || hide_number("integer ") ||
          hide_number("real "))
        continue;
      out_ += text_[at_++];
    }
    return std::move(out_);
  }

 private:
  bool begins(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  // 'abc', in which '' is a quote; the apostrophe of a word begins none.
  bool hide_quoted() {
    const bool is_begin = text_[at_] == '\'' &&
                          (at_ == 0 || !is_word(text_[at_ - 1]) || (text_[at_ - 1] == 'x' && is_blob_x()));
    if (!is_begin) return false;
    std::size_t end = at_ + 1;
    while (end < text_.size()) {
      if (text_[end] == '\'' && (end + 1 == text_.size() || text_[end + 1] != '\'')) break;
      end += text_[end] == '\'' ? 2 : 1;
    }
    if (end >= text_.size()) return false;
    out_ += "'" + std::string(kHidden) + "'";
    at_ = end + 1;
    return true;
  }
  bool is_blob_x() const { return at_ < 2 || !is_word(text_[at_ - 2]); }

  // `key 12, column a`, `key ('a', 3): `, `(id)=(12) already exists`.
  bool hide_after(std::string_view word) {
    if (!begins(word) || at_ + word.size() >= text_.size()) return false;
    std::size_t end = at_ + word.size();
    const char first = text_[end];
    if (first == '(') {
      for (int depth = 0; end < text_.size(); ++end) {
        depth += text_[end] == '(' ? 1 : text_[end] == ')' ? -1 : 0;
        if (depth == 0) break;
      }
      end = std::min(end + 1, text_.size());
    } else if (is_digit(first) || first == '-' || first == '\'') {
      end = std::min(text_.find_first_of(",:;\n", end), text_.size());
    } else {
      return false;
    }
    out_ += std::string(word) + std::string(kHidden);
    at_ = end;
    return true;
  }

  bool hide_number(std::string_view kind) {
    if (!begins(kind) || (at_ > 0 && is_word(text_[at_ - 1]))) return false;
    const std::size_t begin = at_ + kind.size();
    const std::size_t end = std::min(text_.find_first_not_of("0123456789.+-eE", begin), text_.size());
    if (end == begin) return false;
    out_ += std::string(kind) + std::string(kHidden);
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

std::vector<std::string> values_of(std::string_view row) {
  std::vector<std::string> values;
  const Json json = Json::parse(row, nullptr, false);
  if (!json.is_object()) return values;
  for (const auto& [column, value] : json.items()) {
    std::string text = value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : "";
    if (text.size() >= kShortestHidden) values.push_back(std::move(text));
  }
  // One value may be a part of another.
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return values;
}

}  // namespace

std::string without_values(std::string_view message) {
  return Message(message).hidden();
}

std::string without_values(std::string_view reason, std::string_view row) {
  std::string text(reason);
  for (const auto& value : values_of(row)) {
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
      const bool is_part =
          (at > 0 && is_word(text[at - 1]) && is_word(value.front())) ||
          (at + value.size() < text.size() && is_word(text[at + value.size()]) && is_word(value.back()));
      if (is_part) {
        at += value.size();
      } else {
        text.replace(at, value.size(), kHidden);
        at += kHidden.size();
      }
    }
  }
  return without_values(text);
}

}  // namespace planrun
