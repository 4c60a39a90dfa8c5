// The functions that both databases know, under whatever name.
#include <algorithm>
#include <array>

#include "sql/quote.h"
#include "translate/expression.h"
#include "translate/literal.h"

namespace planrun {
namespace {

const char* why_not(const std::string& name) {
  struct Known {
    const char* name;
    const char* reason;
  };
  constexpr std::array kKnown = {
      Known{"group_concat", "the order in which `group_concat` puts texts together is not certain"},
      Known{"string_agg", "the order in which `string_agg` puts texts together is not certain"},
      Known{"round", "`round` of a double: SQLite rounds what it prints, PostgreSQL rounds half to even"},
      Known{"date", "`date` reads texts that are dates only to SQLite"},
      Known{"time", "`time` reads texts that are times only to SQLite"},
      Known{"datetime", "`datetime` gives a text, and reads texts that are times only to SQLite"},
      Known{"julianday", "`julianday` reads texts that are times only to SQLite"},
      Known{"strftime", "`strftime` gives a text, and reads texts that are times only to SQLite"},
      Known{"typeof", "`typeof` asks for SQLite's storage of a value"},
      Known{"random", "`random` gives another answer each time"},
      Known{"glob", "GLOB has patterns of its own"},
      Known{"raise", "RAISE stands where no statement of its own is"},
  };
  const auto known = std::ranges::find_if(kKnown, [&](const Known& one) { return name == one.name; });
  return known == kKnown.end() ? nullptr : known->reason;
}

class FunctionReader {
 public:
  FunctionReader(Translating& in, const Scope& scope, const std::string& name)
      : in_(in), words_(in.words), scope_(scope), name_(name) {}

  SqlValue read() {
    if (const char* reason = why_not(name_)) refuse(reason);
    if (is_aggregate()) return read_aggregate();
    read_arguments();
    SqlValue value = scalar();
    value.is_column = false;
    value.is_literal = false;
    value.fixed.clear();
    for (const auto& argument : arguments_) take_uses(value, argument);
    if (words_.is("over") || words_.is("filter")) refuse("a window");
    return value;
  }

 private:
  bool is_aggregate() const {
    constexpr std::array kNames = {"count", "sum", "avg", "total"};
    if (std::ranges::any_of(kNames, [&](const char* one) { return name_ == one; })) return true;
    if (name_ != "min" && name_ != "max") return false;
    const std::size_t comma = comma_place();
    return comma == 0;
  }

  /// Of a comma between arguments; 0: there is one argument at most.
  std::size_t comma_place() const {
    int depth = 0;
    for (std::size_t i = 0; !words_.word(i).text.empty() || words_.word(i).kind != WordKind::sign; ++i) {
      if (words_.is_sign("(", i)) ++depth;
      if (words_.is_sign(")", i) && --depth < 0) return 0;
      if (depth == 0 && words_.is_sign(",", i)) return i;
    }
    return 0;
  }

  void read_arguments() {
    if (words_.take_sign(")")) return;
    do {
      arguments_.push_back(read_expression(in_, scope_));
    } while (words_.take_sign(","));
    words_.expect_sign(")");
  }

  // --------------------------------------------------------------------------------------------- aggregates

  SqlValue read_aggregate() {
    if (scope_.in_aggregate) refuse("an aggregate of an aggregate");
    const bool distinct = words_.take("distinct");
    const bool of_rows = words_.take_sign("*");
    if (of_rows) {
      words_.expect_sign(")");
    } else {
      read_arguments();
      if (name_ == "count" && arguments_.empty()) return of_all_rows();
      if (arguments_.size() != 1) refuse("`" + name_ + "` of several values");
      check_own(arguments_[0]);
    }
    if (of_rows && name_ != "count") refuse("`" + name_ + "` of rows");
    return of_rows ? of_all_rows() : aggregate(arguments_[0], distinct);
  }

  SqlValue of_all_rows() {
    SqlValue value;
    value.sql = "count(*)" + filter();
    return finished(value, ValueKind::integer, kManyRows);
  }

  /// An aggregate of a query around it would be another thing.
  void check_own(const SqlValue& value) const {
    if (value.aggregates) refuse("an aggregate of an aggregate");
    for (const auto& use : value.uses) {
      if (use.scope != &scope_ && !scope_.groups.contains(use.sql))
        refuse("an aggregate of what is outside of its query");
    }
  }

  std::string filter() {
    if (words_.is("over")) refuse("a window");
    if (!words_.take("filter")) return {};
    words_.expect_sign("(");
    words_.expect("where");
    const SqlValue condition = as_truth(read_expression(in_, scope_));
    words_.expect_sign(")");
    check_own(condition);
    if (words_.is("over")) refuse("a window");
    return " filter (where " + condition.sql + ")";
  }

  SqlValue aggregate(const SqlValue& given, bool distinct) {
    const std::string of = distinct ? "distinct " : "";
    SqlValue value;
    if (name_ == "count") {
      if (distinct) check_groupable(given);
      value.sql = "count(" + of + given.sql + ")" + filter();
      return finished(value, ValueKind::integer, kManyRows);
    }
    if (name_ == "min" || name_ == "max") return extreme(given);
    const SqlValue number = as_number(given);
    if (number.kind != ValueKind::integer) {
      refuse("`" + name_ +
             "` of decimals: SQLite adds doubles one after the other, and the last digits depend on their "
             "order");
    }
    const std::string when = filter();
    const std::string sum = "sum(" + of + number.sql + ")" + when;
    if (name_ == "sum") {
      value.sql = sum + "::bigint";
      return finished(value, ValueKind::integer, std::min(kLargestInteger, number.limit * kManyRows));
    }
    // The sum of many must be a double's own.
    constexpr double kLargeSummand = 8388608.0;
    if (number.limit > kLargeSummand * 1024)
      refuse("`" + name_ + "` of integers whose sum may be larger than a double holds it");
    if (name_ == "total") {
      value.sql = "coalesce(" + sum + ", 0)::double precision";
      value.surely_real = true;
      return finished(value, ValueKind::real, kLargestInteger);
    }
    value.sql = sum + "::double precision / count(" + of + number.sql + ")" + when;
    value.binding = Binding::operation;
    value.surely_real = true;
    return finished(value, ValueKind::real, number.limit);
  }

  SqlValue extreme(const SqlValue& given) {
    SqlValue of = given.kind == ValueKind::text ? given : as_number(given);
    check_groupable(of);
    SqlValue value;
    value.surely_real = of.surely_real;
    value.is_column = of.kind == ValueKind::real;
    value.byte_ordered = of.kind == ValueKind::text;
    value.sql = name_ + "(" + (value.byte_ordered ? byte_ordered(of) : of.sql) + ")" + filter();
    SqlValue result = finished(value, of.kind, of.limit);
    result.is_short = of.is_short;
    return result;
  }

  static SqlValue finished(SqlValue value, ValueKind kind, double limit) {
    value.kind = kind;
    value.limit = limit;
    value.aggregates = true;
    return value;
  }

  // ------------------------------------------------------------------------------------------------ scalars

  const SqlValue& text_at(std::size_t place) const {
    const SqlValue& value = arguments_[place];
    if (value.kind == ValueKind::other) refuse(value.reason);
    if (value.kind != ValueKind::text) refuse("`" + name_ + "` of what is no text");
    return value;
  }

  void expect_count(std::size_t least, std::size_t most) const {
    if (arguments_.size() < least || arguments_.size() > most)
      refuse("`" + name_ + "` of " + std::to_string(arguments_.size()) + " values");
  }

  static SqlValue text_of(std::string sql) {
    SqlValue value;
    value.sql = std::move(sql);
    value.kind = ValueKind::text;
    return value;
  }

  static SqlValue integer_of(std::string sql, double limit) {
    SqlValue value;
    value.sql = std::move(sql);
    value.kind = ValueKind::integer;
    value.limit = limit;
    return value;
  }

  SqlValue scalar() {
    if (name_ == "coalesce" || name_ == "ifnull") return coalesce();
    if (name_ == "nullif") return null_if();
    if (name_ == "iif") {
      expect_count(2, 3);
      return choice({as_truth(arguments_[0])}, {arguments_.begin() + 1, arguments_.end()});
    }
    if (name_ == "abs") {
      expect_count(1, 1);
      SqlValue value = as_number(arguments_[0]);
      value.sql = "abs(" + value.sql + ")";
      value.binding = Binding::atom;
      return value;
    }
    if (name_ == "length") {
      expect_count(1, 1);
      return integer_of("length(" + text_at(0).sql + ")::bigint", kLongestText);
    }
    if (name_ == "lower" || name_ == "upper") {
      // In the collation "C" of ASCII letters alone, as SQLite's.
      expect_count(1, 1);
      SqlValue value = text_of(name_ + "(" + byte_ordered(text_at(0)) + ")");
      value.byte_ordered = true;
      return value;
    }
    if (name_ == "instr") {
      expect_count(2, 2);
      return integer_of("strpos(" + text_at(0).sql + ", " + text_at(1).sql + ")::bigint", kLongestText);
    }
    return of_texts();
  }

  SqlValue of_texts() {
    SqlValue value;
    if (name_ == "trim" || name_ == "ltrim" || name_ == "rtrim") {
      expect_count(1, 2);
      value = text_of((name_ == "trim" ? "btrim" : name_) + "(" + text_at(0).sql +
                      (arguments_.size() == 2 ? ", " + text_at(1).sql : "") + ")");
    } else if (name_ == "replace") {
      expect_count(3, 3);
      value = text_of("replace(" + text_at(0).sql + ", " + text_at(1).sql + ", " + text_at(2).sql + ")");
    } else if (name_ == "substr" || name_ == "substring") {
      value = part_of_text();
    } else {
      refuse("`" + name_ + "` is no function that is known to give the same");
    }
    value.byte_ordered = std::ranges::any_of(arguments_, &SqlValue::byte_ordered);
    return value;
  }

  SqlValue part_of_text() const {
    expect_count(2, 3);
    std::string sql = "substr(" + text_at(0).sql;
    for (std::size_t i = 1; i < arguments_.size(); ++i) {
      const SqlValue& number = arguments_[i];
      const bool plain = number.is_literal && number.kind == ValueKind::integer && number.is_short &&
                         (i == 2 || number.limit >= 1);
      if (!plain) refuse("`" + name_ + "` from another place than a literal of 1 or more");
      sql += ", " + number.sql;
    }
    return text_of(sql + ")");
  }

  SqlValue coalesce() {
    if (arguments_.size() < 2) refuse("`" + name_ + "` of one value");
    std::vector<SqlValue> values = arguments_;
    unify(values);
    std::string list;
    SqlValue result = values[0];
    for (const auto& value : values) {
      list += (list.empty() ? "" : ", ") + value.sql;
      if (result.kind == ValueKind::null) result = value;
      result.is_short = result.is_short && value.is_short;
    }
    result.sql = "coalesce(" + list + ")";
    result.binding = Binding::atom;
    return result;
  }

  SqlValue null_if() {
    expect_count(2, 2);
    SqlValue left = arguments_[0];
    SqlValue right = arguments_[1];
    // A function's arguments are compared as they are.
    left.has_affinity = right.has_affinity = false;
    make_comparable(left, right);
    SqlValue result = left;
    const bool bytes = left.kind == ValueKind::text && (left.byte_ordered || right.byte_ordered);
    if (is_number(left.kind) && left.kind != right.kind) refuse("`nullif` of two kinds of numbers");
    result.sql = "nullif(" + (bytes ? byte_ordered(left) : left.sql) + ", " + right.sql + ")";
    result.byte_ordered = bytes;
    result.binding = Binding::atom;
    return result;
  }

  static constexpr double kManyRows = 1099511627776.0;
  static constexpr double kLongestText = 1073741824.0;

  Translating& in_;
  WordReader& words_;
  const Scope& scope_;
  const std::string& name_;
  std::vector<SqlValue> arguments_;
};

}  // namespace

SqlValue read_function(Translating& in, const Scope& scope, const std::string& name) {
  return FunctionReader(in, scope, name).read();
}

}  // namespace planrun
