#include "translate/expression.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "sql/quote.h"
#include "translate/literal.h"
#include "translate/operator.h"
#include "translate/query.h"

namespace planrun {
namespace {

class ExpressionReader {
 public:
  ExpressionReader(Translating& in, const Scope& scope) : in_(in), words_(in.words), scope_(scope) {}

  SqlValue read() {
    const Deeper deeper(in_);
    SqlValue value = read_and();
    while (words_.take("or")) value = done(disjunction(value, read_and()));
    return value;
  }

 private:
  SqlValue done(SqlValue value) const {
    settle_groups(scope_, value);
    return value;
  }

  SqlValue read_and() {
    SqlValue value = read_not();
    while (words_.take("and")) value = done(conjunction(value, read_not()));
    return value;
  }

  SqlValue read_not() {
    if (!words_.take("not")) return read_equality();
    const Deeper deeper(in_);
    return done(negation(read_not()));
  }

  SqlValue read_equality() {
    SqlValue value = read_order();
    for (;;) {
      if (words_.is_sign("=") || words_.is_sign("==")) {
        words_.next();
        value = done(compare(value, "=", read_order()));
      } else if (words_.is_sign("<>") || words_.is_sign("!=")) {
        words_.next();
        value = done(compare(value, "<>", read_order()));
      } else if (words_.take("is")) {
        value = done(read_is(value));
      } else if (words_.take("isnull")) {
        value = done(null_test(value, true));
      } else if (words_.take("notnull")) {
        value = done(null_test(value, false));
      } else if (begins_test(words_.word())) {
        const bool negated = words_.take("not");
        if (negated && words_.take("null")) {
          value = done(null_test(value, false));
        } else {
          value = done(read_test(value, negated));
        }
      } else {
        return value;
      }
    }
  }

  static bool begins_test(const SqlWord& word) {
    constexpr std::array kWords = {"not", "in", "between", "like", "glob", "regexp", "match"};
    return std::ranges::any_of(kWords, [&](const char* one) { return word.is(one); });
  }

  static SqlValue condition(const SqlValue& of, std::string sql) {
    SqlValue value;
    value.sql = std::move(sql);
    value.kind = ValueKind::truth;
    value.binding = Binding::operation;
    take_uses(value, of);
    return value;
  }

  static SqlValue null_test(const SqlValue& value, bool is_null) {
    return condition(value, operand(value) + (is_null ? " is null" : " is not null"));
  }

  SqlValue read_is(const SqlValue& value) {
    bool negated = words_.take("not");
    if (words_.is("distinct") && words_.is("from", 1)) {
      words_.next();
      words_.next();
      negated = !negated;
    }
    if (words_.take("null")) return null_test(value, !negated);
    if (words_.is("true") || words_.is("false")) {
      const std::string word = to_lower_ascii(words_.next().text);
      return condition(value, operand(as_truth(value)) + (negated ? " is not " : " is ") + word);
    }
    return compare_distinct(value, negated, read_order());
  }

  SqlValue read_test(const SqlValue& value, bool negated) {
    if (words_.take("in")) return read_in(value, negated);
    if (words_.take("between")) return read_between(value, negated);
    if (words_.take("like")) {
      const SqlValue pattern = read_order();
      if (words_.take("escape")) refuse("LIKE with ESCAPE");
      return like(value, pattern, negated);
    }
    refuse("`" + words_.next().text + "` is not known to mean the same");
  }

  SqlValue read_between(const SqlValue& value, bool negated) {
    const SqlValue least = read_order();
    words_.expect("and");
    const SqlValue most = read_order();
    const SqlValue within = conjunction(compare(value, ">=", least), compare(value, "<=", most));
    return negated ? negation(within) : within;
  }

  SqlValue read_in(SqlValue value, bool negated) {
    if (!words_.is_sign("(")) refuse("IN of a table's name");
    const std::string in = negated ? " not in (" : " in (";
    if (is_query(1)) {
      words_.next();
      Query query = read_query(in_, &scope_, {});
      words_.expect_sign(")");
      if (query.columns.size() != 1) refuse("IN of a query with several columns");
      SqlValue other = query.columns[0].value;
      const ValueKind before = other.kind;
      make_comparable(value, other);
      if (other.kind != before) refuse("it compares a number with a boolean of a query");
      SqlValue result = condition(value, left_of(value, other.byte_ordered) + in + query.sql + ")");
      take_uses(result, query.uses);
      return result;
    }
    words_.next();
    std::vector<SqlValue> items;
    do {
      items.push_back(read());
    } while (words_.take_sign(","));
    words_.expect_sign(")");
    return in_list(value, items, in);
  }

  static SqlValue in_list(SqlValue value, std::vector<SqlValue>& items, const std::string& in) {
    SqlValue uses = value;
    if (value.kind == ValueKind::truth) value = as_number(value);
    std::string list;
    bool bytes = false;
    for (auto& item : items) {
      // What stands in a list brings no literal to its own kind, only what stands before IN does.
      item.has_affinity = false;
      make_comparable(value, item);
      bytes = bytes || item.byte_ordered;
      list += (list.empty() ? "" : ", ") + item.sql;
      take_uses(uses, item);
    }
    return condition(uses, left_of(value, bytes) + in + list + ")");
  }

  static std::string left_of(const SqlValue& value, bool other_is_ordered) {
    const bool bytes = value.kind == ValueKind::text && (value.byte_ordered || other_is_ordered);
    return bytes ? byte_ordered(value) : operand(value);
  }

  SqlValue read_order() {
    SqlValue value = read_bits();
    for (;;) {
      std::string sign;
      for (const char* one : {"<=", ">=", "<", ">"}) {
        if (words_.is_sign(one)) sign = one;
      }
      if (sign.empty()) return value;
      words_.next();
      value = done(compare(value, sign, read_bits()));
    }
  }

  SqlValue read_bits() {
    SqlValue value = read_sum();
    for (const char* sign : {"&", "|", "<<", ">>"}) {
      if (words_.take_sign(sign)) refuse(std::string("the bits of `") + sign + "`");
    }
    return value;
  }

  SqlValue read_sum() {
    SqlValue value = read_product();
    while (words_.is_sign("+") || words_.is_sign("-")) {
      const char sign = words_.next().text[0];
      value = done(reckon(value, sign, read_product()));
    }
    return value;
  }

  SqlValue read_product() {
    SqlValue value = read_concatenation();
    while (words_.is_sign("*") || words_.is_sign("/") || words_.is_sign("%")) {
      const char sign = words_.next().text[0];
      value = done(reckon(value, sign, read_concatenation()));
    }
    return value;
  }

  SqlValue read_concatenation() {
    SqlValue value = read_collated();
    while (words_.take_sign("||")) value = done(concatenate(value, read_collated()));
    if (words_.take_sign("->") || words_.take_sign("->>")) refuse("JSON is taken apart");
    return value;
  }

  SqlValue read_collated() {
    SqlValue value = read_signed();
    if (words_.take("collate")) refuse("COLLATE: it compares in another way");
    return value;
  }

  SqlValue read_signed() {
    if (words_.take_sign("-")) {
      const Deeper deeper(in_);
      return done(negative(read_signed()));
    }
    if (words_.take_sign("+")) {
      SqlValue value = read_signed();
      value.has_affinity = false;
      return value;
    }
    if (words_.take_sign("~")) refuse("the bits of `~`");
    return read_primary();
  }

  bool is_query(std::size_t ahead) const {
    return words_.is("select", ahead) || words_.is("with", ahead) || words_.is("values", ahead);
  }

  SqlValue read_primary() {
    const SqlWord word = words_.word();
    if (word.is_sign("(")) return read_parentheses();
    if (word.is("exists")) return read_exists();
    if (word.is("case")) return done(read_case());
    if (word.is("cast")) return done(read_cast());
    words_.next();
    switch (word.kind) {
      case WordKind::number:
        return number_literal(word.text);
      case WordKind::text:
        return text_literal(word.text);
      case WordKind::blob:
        refuse("it holds bytes");
      case WordKind::sign:
        refuse("`" + word.text + "` is not known to mean the same");
      default:
        return read_named(word);
    }
  }

  SqlValue read_named(const SqlWord& word) {
    if (words_.is_sign("(")) {
      words_.next();
      return done(read_function(in_, scope_, to_lower_ascii(word.text)));
    }
    if (!words_.take_sign(".")) return read_word(word);
    const std::string column = words_.name();
    if (words_.take_sign(".")) {
      if (!same_name(word.text, "main")) refuse("it reads another database, `" + word.text + "`");
      return resolve_name(scope_, column, words_.name(), 0);
    }
    return resolve_name(scope_, word.text, column, 0);
  }

  SqlValue read_word(const SqlWord& word) {
    if (word.is("null")) {
      SqlValue value;
      value.sql = "null";
      value.kind = ValueKind::null;
      return value;
    }
    for (const char* clock : {"current_timestamp", "current_date", "current_time"}) {
      if (word.is(clock)) refuse("it asks the clock");
    }
    if (word.is("true") || word.is("false")) return integer_literal(word.is("true") ? 1 : 0);
    return resolve_name(scope_, {}, word.text, word.quote);
  }

  SqlValue read_parentheses() {
    words_.next();
    if (!is_query(0)) {
      SqlValue value = read();
      if (words_.is_sign(",")) refuse("a row of several values");
      words_.expect_sign(")");
      return value;
    }
    const Query query = read_query(in_, &scope_, {});
    words_.expect_sign(")");
    if (query.columns.size() != 1) refuse("a query of several columns stands for one value");
    if (!query.at_most_one)
      refuse(
          "a query stands for one value: SQLite takes its first row, PostgreSQL fails where there are more");
    SqlValue value = query.columns[0].value;
    value.sql = "(" + query.sql + ")";
    value.binding = Binding::atom;
    value.is_literal = false;
    value.is_short = false;
    value.uses.clear();
    value.aggregates = false;
    value.fixed.clear();
    take_uses(value, query.uses);
    value.is_column = value.is_column && value.kind == ValueKind::truth;
    return value;
  }

  SqlValue read_exists() {
    words_.next();
    words_.expect_sign("(");
    QueryWish wish;
    wish.any_row = true;
    const Query query = read_query(in_, &scope_, wish);
    words_.expect_sign(")");
    SqlValue value = condition(query.uses, "exists (" + query.sql + ")");
    value.binding = Binding::atom;
    return value;
  }

  SqlValue read_case() {
    words_.next();
    std::optional<SqlValue> of;
    if (!words_.is("when")) of = read();
    std::vector<SqlValue> conditions;
    std::vector<SqlValue> values;
    while (words_.take("when")) {
      const SqlValue when = read();
      conditions.push_back(of ? compare(*of, "=", when) : as_truth(when));
      words_.expect("then");
      values.push_back(read());
    }
    if (conditions.empty()) refuse("CASE without WHEN");
    if (words_.take("else")) values.push_back(read());
    words_.expect("end");
    return choice(conditions, values);
  }

  SqlValue read_cast() {
    words_.next();
    words_.expect_sign("(");
    const SqlValue value = read();
    words_.expect("as");
    std::string type;
    while (words_.word().kind == WordKind::plain) type += to_lower_ascii(words_.next().text);
    if (!words_.take_sign(")")) refuse("CAST to a type with a length");
    return cast(value, type);
  }

  Translating& in_;
  WordReader& words_;
  const Scope& scope_;
};

}  // namespace

SqlValue read_expression(Translating& in, const Scope& scope) {
  return ExpressionReader(in, scope).read();
}

}  // namespace planrun
