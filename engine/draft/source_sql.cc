#include "draft/source_sql.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "sql/words.h"

namespace planrun {
namespace {

const SqlColumn* find_column(std::span<const SqlColumn> columns, std::string_view name) {
  return find_by_name(columns, name, &SqlColumn::source);
}

/// TRIM(BOTH FROM a), as PostgreSQL tells trim(a) back, is none of SQLite's words: without `both from`.
std::vector<SqlWord> without_sides(std::vector<SqlWord> words) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSides = {
      {{"both", "trim"}, {"leading", "ltrim"}, {"trailing", "rtrim"}}};
  for (std::size_t i = 0; i + 4 < words.size(); ++i) {
    if (!words[i].is("trim") || !words[i + 1].is_sign("(") || !words[i + 3].is("from")) continue;
    const auto side = std::ranges::find_if(kSides, [&](const auto& s) { return words[i + 2].is(s.first); });
    if (side == kSides.end()) continue;
    words[i].text = side->second;
    words[i + 4].begin = words[i + 1].end;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 2,
                words.begin() + static_cast<std::ptrdiff_t>(i) + 4);
  }
  return words;
}

/// One word after the other; the meaning is judged behind it, on the whole.
class Translator {
 public:
  Translator(std::string_view sql, std::span<const SqlColumn> columns)
      : words_(without_sides(words_in(sql))), columns_(columns) {}

  std::string translate(std::string& reason) {
    for (at_ = 0; at_ < words_.size(); ++at_) {
      const std::string word = next(reason);
      if (!reason.empty()) return {};
      const bool apart = at_ > 0 && words_[at_].begin > words_[at_ - 1].end;
      if (!out_.empty() && apart) out_ += ' ';
      out_ += word;
    }
    return out_;
  }

 private:
  std::string next(std::string& reason) {
    const SqlWord& word = words_[at_];
    switch (word.kind) {
      case WordKind::number:
        return number(word, reason);
      case WordKind::text:
        return quote_literal(word.text);
      case WordKind::blob:
        reason = "it holds bytes";
        return {};
      case WordKind::sign:
        if (word.text == "==") return "=";
        return word.text == "!=" ? "<>" : word.text;
      case WordKind::plain:
      case WordKind::quoted:
        break;
    }
    const bool called = at_ + 1 < words_.size() && words_[at_ + 1].is_sign("(");
    if (const SqlColumn* column = find_column(columns_, word.text); column != nullptr && !called) {
      last_is_boolean_ = column->kind == TypeKind::boolean;
      return quote_where_needed(column->target);
    }
    // SQLite takes "a" that is no column for a text (its manual, "Double-quoted String Literals").
    if (word.quote == '"') return quote_literal(word.text);
    if (word.quote != 0) {
      reason = "it names `" + word.text + "`, which is no column";
      return {};
    }
    if (word.is("isnull")) return "is null";
    if (word.is("notnull")) return "is not null";
    if (word.is("ifnull") && called) return "coalesce";
    if (word.is("and") || word.is("or") || word.is("then")) last_is_boolean_ = false;
    return to_lower_ascii(word.text);
  }

  // `active = 1` and `active in (0, 1)` of a boolean.
  std::string number(const SqlWord& word, std::string& reason) {
    if (last_is_boolean_ && word.text == "1") return "true";
    if (last_is_boolean_ && word.text == "0") return "false";
    if (word.text.find_first_not_of("0123456789.eE+-") == std::string::npos) return word.text;
    reason = "it holds the number " + word.text;
    return {};
  }

  std::vector<SqlWord> words_;
  std::span<const SqlColumn> columns_;
  std::size_t at_ = 0;
  bool last_is_boolean_ = false;
  std::string out_;
};

bool reckons_with_large(std::string_view sql, const ExpressionShape& shape,
                        std::span<const SqlColumn> columns) {
  const bool reckons = std::ranges::any_of(words_in(sql), [](const SqlWord& word) {
    return word.is_sign("+") || word.is_sign("-") || word.is_sign("*");
  });
  return reckons && std::ranges::any_of(columns, [&](const SqlColumn& column) {
           return column.is_large && std::ranges::find(shape.columns, column.target) != shape.columns.end();
         });
}

}  // namespace

std::optional<Translated> translate_expression(std::string_view sql, std::span<const SqlColumn> columns,
                                               std::string& reason) {
  reason.clear();
  const std::string text = Translator(sql, columns).translate(reason);
  if (!reason.empty()) return std::nullopt;
  const auto type_of = [&](const std::string& name) -> std::optional<TypeKind> {
    const auto found = std::ranges::find(columns, name, &SqlColumn::target);
    if (found == columns.end()) return std::nullopt;
    return found->kind;
  };
  const auto shape = common_expression(text, type_of, reason);
  if (!shape) return std::nullopt;
  if (reckons_with_large(text, *shape, columns)) {
    reason = "SQLite goes over to reals where an integer would be too large, PostgreSQL fails";
    return std::nullopt;
  }
  return Translated{text, shape->gives, shape->columns};
}

std::string why_letters_differ(std::string_view sql) {
  const auto words = words_in(sql);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if ((words[i].is("lower") || words[i].is("upper")) && words[i + 1].is_sign("("))
      return "of letters beyond A to Z " + to_lower_ascii(words[i].text) +
             "() makes something else in PostgreSQL than in SQLite";
  }
  return {};
}

std::string one_line(std::string_view sql) {
  std::string out;
  std::size_t last = 0;
  for (const auto& word : words_in(sql)) {
    if (!out.empty() && word.begin > last) out += ' ';
    out += sql.substr(word.begin, word.end - word.begin);
    last = word.end;
  }
  return out;
}

std::vector<std::string> columns_named_in(std::string_view sql, std::span<const SqlColumn> columns) {
  std::vector<std::string> names;
  for (const auto& word : words_in(sql)) {
    if (word.kind != WordKind::plain && word.kind != WordKind::quoted) continue;
    const SqlColumn* column = find_column(columns, word.text);
    if (column != nullptr && std::ranges::find(names, column->source) == names.end())
      names.push_back(column->source);
  }
  return names;
}

}  // namespace planrun
