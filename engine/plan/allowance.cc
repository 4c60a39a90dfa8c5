#include "plan/allowance.h"

#include <algorithm>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::string_view kBlanks = " \t";

// Walks a TOML text from one string or comment to the next (toml.io/en/v1.0.0: strings, comments).
class CommentReader {
 public:
  explicit CommentReader(std::string_view text) : text_(text) {}

  std::vector<Comment> read() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '#') {
        read_comment();
      } else {
        step();
      }
    }
    return std::move(comments_);
  }

 private:
  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      line_begin_ = at_ + 1;
    }
    ++at_;
  }

  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool multi_line = text_.substr(at_, 3) == three;
    at_ += multi_line ? 3 : 1;
    while (at_ < text_.size()) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        step();
      } else if (multi_line ? text_.substr(at_, 3) == three : text_[at_] == quote) {
        at_ += multi_line ? 3 : 1;
        // A multi-line string may end in one or two quotes of its own.
        while (multi_line && at_ < text_.size() && text_[at_] == quote) ++at_;
        return;
      } else {
        step();
      }
    }
  }

  void read_comment() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    Comment comment;
    comment.at = {line_, static_cast<int>(at_ - line_begin_) + 1};
    comment.text = trim(text_.substr(at_ + 1, end - at_ - 1));
    comment.alone =
        text_.substr(line_begin_, at_ - line_begin_).find_first_not_of(kBlanks) == std::string_view::npos;
    comments_.push_back(std::move(comment));
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  int line_ = 1;
  std::vector<Comment> comments_;
};

// Takes the first word off `text`.
std::string take_word(std::string& text) {
  const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  std::string word = text.substr(0, end);
  text = trim(std::string_view(text).substr(end));
  return word;
}

bool allows(const Allowance& allowance, const Diagnostic& diagnostic) {
  return diagnostic.severity == Severity::warning && diagnostic.code == allowance.code &&
         diagnostic.position.line == allowance.line;
}

}  // namespace

std::vector<Comment> comments_in(std::string_view text) {
  return CommentReader(text).read();
}

std::vector<Allowance> read_allowances(std::string_view text, Diagnostics& diagnostics) {
  constexpr std::string_view kWord = "lint:";
  constexpr const char* kForm = "# lint: allow P033 REASON";
  const std::vector<Comment> comments = comments_in(text);
  std::vector<Allowance> allowances;
  for (std::size_t i = 0; i < comments.size(); ++i) {
    const Comment& comment = comments[i];
    if (!comment.text.starts_with(kWord)) continue;
    std::string rest(trim(std::string_view(comment.text).substr(kWord.size())));
    const auto wrong = [&](std::string message) {
      diagnostics.error(FindingCode::wrong_allow, comment.at, std::move(message), kForm);
    };
    if (take_word(rest) != "allow") {
      wrong("`lint:` in a comment is followed by `allow`");
      continue;
    }
    const std::string word = take_word(rest);
    const auto code = finding_code_from(word);
    if (!code) {
      wrong(word.empty() ? "`allow` names no code" : "there is no code " + quote_for_message(word));
    } else if (kind_of(*code).severity == Severity::error) {
      wrong(word + " is an error, and only warnings can be allowed");
    } else if (rest.empty()) {
      wrong("`allow " + word + "` gives no reason");
    } else {
      int line = comment.at.line;
      for (std::size_t j = i; comment.alone && j < comments.size(); ++j) {
        if (comments[j].alone && comments[j].at.line == line) ++line;
      }
      allowances.push_back({*code, comment.at, line, std::move(rest)});
    }
  }
  return allowances;
}

void allow_findings(const std::vector<Allowance>& allowances, Diagnostics& diagnostics) {
  for (Diagnostic& diagnostic : diagnostics.list) {
    for (const Allowance& allowance : allowances) {
      if (allows(allowance, diagnostic)) diagnostic.allowed = allowance.reason;
    }
  }
}

void report_unused(const std::vector<Allowance>& allowances, bool with_sources, Diagnostics& diagnostics) {
  for (const Allowance& allowance : allowances) {
    if (!with_sources && kind_of(allowance.code).looks_at != LooksAt::plan) continue;
    const bool used = std::any_of(diagnostics.list.begin(), diagnostics.list.end(),
                                  [&](const Diagnostic& d) { return allows(allowance, d); });
    if (used) continue;
    diagnostics.warning(FindingCode::unused_allow, allowance.at,
                        "nothing is found on line " + std::to_string(allowance.line) + " that " +
                            to_string(allowance.code) + " says: the allow is not needed",
                        "take it out");
  }
}

}  // namespace planrun
