#include "plan/alert_condition.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "plan/diagnostic.h"
#include "plan/figure_names.h"

namespace planrun {
namespace {

constexpr std::array<std::pair<std::string_view, Comparator>, 6> kComparators = {
    {{"<", Comparator::less},
     {"<=", Comparator::at_most},
     {">", Comparator::more},
     {">=", Comparator::at_least},
     {"==", Comparator::equal},
     {"!=", Comparator::not_equal}}};
const std::vector<std::string>& statuses() {
  static const std::vector<std::string> kStatuses = {"passed", "warning", "failed", "error"};
  return kStatuses;
}

struct Word {
  std::string text;
  std::size_t offset = 0;
};

// Split at blanks.
std::vector<Word> words_of(const std::string& text) {
  std::vector<Word> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return words;
}

std::vector<std::string> names_of(std::span<const FigureName> figures) {
  std::vector<std::string> names;
  for (const auto& figure : figures) names.emplace_back(figure.name);
  return names;
}

bool is_one_of(const std::string& word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class ConditionParser {
 public:
  ConditionParser(const ConditionNames& names, ConditionFault& fault) : names_(names), fault_(fault) {}

  std::optional<AlertCondition> parse(const std::string& text) {
    const auto words = words_of(text);
    if (words.empty()) return fail({"", 0}, "no condition is here", "when = \"differences > 0\"");
    if (!read_figure(words[0])) return std::nullopt;
    if (words.size() == 1) {
      return fail(words[0], "`" + words[0].text + "` is compared with nothing",
                  condition_.of == AlertCondition::Of::check
                      ? "check." + condition_.name + " failed, or check." + condition_.name + " > 0"
                      : words[0].text + " > 0");
    }
    const bool is_status = condition_.of == AlertCondition::Of::check && words.size() == 2;
    if (is_status ? !read_status(words[1]) : !read_comparison(words)) return std::nullopt;
    return condition_;
  }

 private:
  std::nullopt_t fail(const Word& at, const std::string& message, const std::string& hint = {}) {
    fault_ = {at.offset, message, hint};
    return std::nullopt;
  }
  bool refuse(const Word& at, const std::string& message, const std::string& hint = {}) {
    fail(at, message, hint);
    return false;
  }

  bool is_known(const Word& at, const std::string& name, const std::vector<std::string>& known,
                const std::string& what) {
    if (is_one_of(name, known)) return true;
    return refuse(at, "there is no " + what + " `" + name + "`", did_you_mean(name, known));
  }

  bool read_figure(const Word& word) {
    if (word.text.starts_with("check.")) {
      condition_.of = AlertCondition::Of::check;
      condition_.name = word.text.substr(6);
      return is_known(word, condition_.name, names_.checks, "check");
    }
    if (word.text.starts_with("table.")) {
      condition_.of = AlertCondition::Of::table;
      const std::size_t dot = word.text.rfind('.');
      if (dot < 6) return refuse(word, "`" + word.text + "` names no figure", "table.NAME.differences");
      condition_.name = word.text.substr(6, dot - 6);
      condition_.figure = word.text.substr(dot + 1);
      return is_known(word, condition_.name, names_.tables, "table") &&
             is_known(word, condition_.figure, names_of(table_figures()), "figure of a table");
    }
    condition_.figure = word.text;
    std::vector<std::string> known = names_of(verification_figures());
    if (is_one_of(word.text, known)) return true;
    for (const auto& check : names_.checks) known.push_back("check." + check);
    return refuse(word, "there is no figure `" + word.text + "`", did_you_mean(word.text, known));
  }

  bool read_status(const Word& word) {
    condition_.status = word.text;
    if (is_one_of(word.text, statuses())) return true;
    const std::string meant = did_you_mean(word.text, statuses());
    return refuse(word, "a check is never `" + word.text + "`",
                  meant.empty() ? "passed, warning, failed or error; or > and a number" : meant);
  }

  bool read_comparison(const std::vector<Word>& words) {
    const auto known = std::find_if(kComparators.begin(), kComparators.end(),
                                    [&](const auto& c) { return c.first == words[1].text; });
    if (known == kComparators.end()) {
      return refuse(words[1], "`" + words[1].text + "` compares nothing",
                    words[1].text == "=" ? "did you mean `==`?" : "<, <=, >, >=, == or !=, between blanks");
    }
    condition_.comparator = known->second;
    if (words.size() < 3) return refuse(words[1], "no number stands behind `" + words[1].text + "`");
    const std::string& number = words[2].text;
    const auto [end, failure] =
        std::from_chars(number.data(), number.data() + number.size(), condition_.number);
    if (failure != std::errc() || end != number.data() + number.size())
      return refuse(words[2], "`" + number + "` is no number");
    if (words.size() > 3)
      return refuse(words[3], "`" + words[3].text + "` is too much", "one condition an alert");
    return true;
  }

  const ConditionNames& names_;
  ConditionFault& fault_;
  AlertCondition condition_;
};

}  // namespace

bool AlertCondition::holds(double value) const {
  switch (comparator) {
    case Comparator::less:
      return value < number;
    case Comparator::at_most:
      return value <= number;
    case Comparator::more:
      return value > number;
    case Comparator::at_least:
      return value >= number;
    case Comparator::equal:
      return value == number;
    case Comparator::not_equal:
      return value != number;
  }
  return false;
}

std::optional<AlertCondition> parse_condition(const std::string& text, const ConditionNames& names,
                                              ConditionFault& fault) {
  return ConditionParser(names, fault).parse(text);
}

}  // namespace planrun
