#include "sqlite/table_sql.h"

#include <array>

#include "base/text.h"
#include "sql/words.h"

namespace planrun {
namespace {

using Words = std::vector<SqlWord>;

/// The author's text from one word to the one before `end`.
std::string slice(std::string_view sql, const Words& words, std::size_t begin, std::size_t end) {
  if (begin >= end || end > words.size()) return {};
  return std::string(sql.substr(words[begin].begin, words[end - 1].end - words[begin].begin));
}

std::size_t first_parenthesis(const Words& words, std::size_t from) {
  while (from < words.size() && !words[from].is_sign("(")) ++from;
  return from;
}

bool begins_constraint(const SqlWord& word) {
  constexpr std::array<std::string_view, 5> kWords = {"constraint", "primary", "unique", "check", "foreign"};
  for (const auto known : kWords) {
    if (word.is(known)) return true;
  }
  return false;
}

class TableReader {
 public:
  explicit TableReader(std::string_view sql) : sql_(sql), words_(words_in(sql)) {}

  TableSql read() {
    const std::size_t open = first_parenthesis(words_, 0);
    const std::size_t close = closing(words_, open);
    bool element_begins = true;
    for (at_ = open + 1; at_ < close; ++at_) {
      if (element_begins) begin_element();
      element_begins = words_[at_].is_sign(",");
      if (words_[at_].is_sign("(")) {
        at_ = closing(words_, at_);
      } else {
        read_word();
      }
    }
    return std::move(out_);
  }

 private:
  void begin_element() {
    name_.clear();
    column_ = begins_constraint(words_[at_]) ? std::string() : words_[at_].text;
  }

  bool next_is(std::size_t by, std::string_view word) const {
    return at_ + by < words_.size() && words_[at_ + by].is(word);
  }

  /// What stands between the parentheses behind the word, and goes to the last of them.
  std::string parenthesized() {
    const std::size_t open = at_ + 1;
    if (open >= words_.size() || !words_[open].is_sign("(")) return {};
    at_ = closing(words_, open);
    return slice(sql_, words_, open + 1, at_);
  }

  void read_word() {
    const SqlWord& word = words_[at_];
    if (word.is("constraint") && at_ + 1 < words_.size()) {
      name_ = words_[++at_].text;
    } else if (word.is("check")) {
      if (std::string sql = parenthesized(); !sql.empty()) out_.checks.push_back({name_, std::move(sql)});
      name_.clear();
    } else if (word.is("as") && !column_.empty()) {
      if (std::string sql = parenthesized(); !sql.empty())
        out_.generated.push_back({column_, std::move(sql)});
    } else if (word.is("references")) {
      out_.deferred.push_back(false);
    } else if (word.is("deferrable") && !out_.deferred.empty()) {
      const bool is_not = at_ > 0 && words_[at_ - 1].is("not");
      out_.deferred.back() = !is_not && next_is(1, "initially") && next_is(2, "deferred");
    } else if (word.is("conflict") && at_ + 1 < words_.size() && !next_is(1, "abort")) {
      out_.conflicts.push_back(words_[at_ + 1].text);
    }
  }

  std::string_view sql_;
  Words words_;
  std::size_t at_ = 0;
  std::string column_;  // of the element; empty: it is a constraint of the table
  std::string name_;    // of the constraint that begins
  TableSql out_;
};

}  // namespace

TableSql read_table_sql(std::string_view create_table) {
  return TableReader(create_table).read();
}

IndexSql read_index_sql(std::string_view create_index) {
  const Words words = words_in(create_index);
  const std::size_t open = first_parenthesis(words, 0);
  const std::size_t close = closing(words, open);
  IndexSql index;
  std::size_t begin = open + 1;
  for (std::size_t i = begin; i <= close && i < words.size(); ++i) {
    if (words[i].is_sign("(")) {
      i = closing(words, i);
    } else if (i == close || words[i].is_sign(",")) {
      index.elements.push_back(slice(create_index, words, begin, i));
      begin = i + 1;
    }
  }
  if (close + 1 < words.size() && words[close + 1].is("where"))
    index.where = slice(create_index, words, close + 2, words.size());
  return index;
}

}  // namespace planrun
