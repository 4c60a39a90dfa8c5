#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "sql/definition.h"
#include "sql/quote.h"
#include "translate/expression.h"
#include "translate/operator.h"
#include "translate/query.h"

namespace planrun {
namespace {

bool ends_a_table(const SqlWord& word) {
  constexpr std::array kWords = {"on",        "using",   "where",   "group",  "having", "order",
                                 "limit",     "left",    "inner",   "cross",  "join",   "union",
                                 "intersect", "except",  "natural", "window", "right",  "full",
                                 "outer",     "indexed", "not",     "set"};
  return std::ranges::any_of(kWords, [&](const char* one) { return word.is(one); });
}

class FromReader {
 public:
  FromReader(Translating& in, Scope& scope, SqlValue& uses, bool on_lines)
      : in_(in), words_(in.words), scope_(scope), uses_(uses), on_lines_(on_lines) {}

  std::string read() {
    std::string sql = read_table();
    for (;;) {
      const std::optional<std::string> join = read_join();
      if (!join) return sql;
      const std::size_t before = scope_.tables.size();
      const std::string table = read_table();
      std::string on = read_condition(before);
      std::string kind = *join;
      if (on.empty() && kind == "left join") on = "true";
      if (on.empty()) kind = "cross join";
      sql += (on_lines_ ? "\n  " : " ") + kind + " " + table + (on.empty() ? "" : " on " + on);
    }
  }

 private:
  std::optional<std::string> read_join() {
    is_natural_ = false;
    if (words_.take_sign(",")) return "join";
    const bool natural = words_.take("natural");
    if (words_.is("right") || words_.is("full")) refuse("a RIGHT or FULL JOIN");
    bool left = false;
    if (words_.take("left")) {
      left = true;
      words_.take("outer");
    } else if (!words_.take("inner")) {
      words_.take("cross");
    }
    if (!words_.take("join")) return std::nullopt;
    is_natural_ = natural;
    return left ? "left join" : "join";
  }

  std::string read_table() {
    if (words_.take_sign("(")) return read_query_table();
    std::string name = words_.name();
    if (words_.take_sign(".")) {
      if (!same_name(name, "main")) refuse("it reads another database, `" + name + "`");
      name = words_.name();
    }
    if (words_.is_sign("(")) refuse("it reads from a function, `" + name + "`");
    const KnownTable& table = known(name);
    const std::string alias = read_alias().value_or(table.source);
    words_.take("not");
    if (words_.take("indexed") && words_.take("by")) words_.name();
    add(scope_table(table, alias));
    const std::string target = quote_where_needed(table.target);
    const std::string shown = quote_where_needed(alias);
    return target == shown ? target : target + " as " + shown;
  }

  std::string read_query_table() {
    if (!words_.is("select") && !words_.is("with")) refuse("parentheses around tables of FROM");
    QueryWish wish;
    wish.named = true;
    const Query query = read_query(in_, scope_.outer, wish);
    words_.expect_sign(")");
    take_uses(uses_, query.uses);
    KnownTable table;
    table.source = read_alias().value_or("query_" + std::to_string(++in_.named));
    for (const auto& column : query.columns) table.columns.push_back(column_of(column.value, column.name));
    add(scope_table(table, table.source));
    return "(" + query.sql + ") as " + quote_where_needed(table.source);
  }

  const KnownTable& known(const std::string& name) {
    const auto with = std::find_if(in_.with.rbegin(), in_.with.rend(),
                                   [&](const KnownTable& table) { return same_name(table.source, name); });
    const KnownTable* table = with == in_.with.rend() ? find_table(in_.tables, name) : &*with;
    if (table == nullptr) refuse("it reads `" + name + "`, which is no table of the plan");
    if (!table->refused.empty()) refuse("it reads `" + name + "`, " + table->refused);
    in_.reads.insert(to_lower_ascii(table->source));
    return *table;
  }

  std::optional<std::string> read_alias() {
    const bool as = words_.take("as");
    const SqlWord& word = words_.word();
    const bool is_name = word.kind == WordKind::quoted || word.kind == WordKind::text ||
                         (word.kind == WordKind::plain && (as || !ends_a_table(word)));
    if (!is_name) return std::nullopt;
    std::string alias = words_.next().text;
    if (alias.empty() || alias.size() > kLongestName || same_name(alias, "new") || same_name(alias, "old"))
      refuse("the name " + quote_for_message(alias) + " of a table");
    return alias;
  }

  void add(ScopeTable table) {
    for (const auto& other : scope_.tables) {
      if (same_name(other.name, table.name)) refuse("two tables are called `" + table.name + "`");
    }
    scope_.tables.push_back(std::move(table));
  }

  /// ON, USING or NATURAL between the tables before and the one at `place`.
  std::string read_condition(std::size_t place) {
    if (is_natural_) return equal(common_columns(place), place);
    if (words_.take("on")) {
      const SqlValue condition = as_truth(read_expression(in_, scope_));
      if (condition.aggregates) refuse("an aggregate in ON");
      take_uses(uses_, condition);
      return condition.sql;
    }
    if (!words_.take("using")) return {};
    words_.expect_sign("(");
    std::vector<std::string> names;
    do {
      names.push_back(words_.name());
    } while (words_.take_sign(","));
    words_.expect_sign(")");
    return equal(names, place);
  }

  std::vector<std::string> common_columns(std::size_t place) const {
    std::vector<std::string> names;
    for (const auto& column : scope_.tables[place].columns) {
      const bool before =
          std::any_of(scope_.tables.begin(), scope_.tables.begin() + static_cast<std::ptrdiff_t>(place),
                      [&](const ScopeTable& table) { return has(table, column.column.source); });
      if (before) names.push_back(column.column.source);
    }
    return names;
  }

  static bool has(const ScopeTable& table, const std::string& name) {
    return std::ranges::any_of(table.columns, [&](const ScopeColumn& column) {
      return !column.is_joined && same_name(column.column.source, name);
    });
  }

  std::string equal(const std::vector<std::string>& names, std::size_t place) {
    std::string on;
    for (const auto& name : names) {
      ScopeTable own = std::move(scope_.tables[place]);
      scope_.tables.pop_back();
      const SqlValue left = resolve_name(scope_, {}, name, 0);
      scope_.tables.push_back(std::move(own));
      const SqlValue right = resolve_name(scope_, scope_.tables[place].name, name, 0);
      on += (on.empty() ? "" : " and ") + compare(left, "=", right).sql;
      for (auto& column : scope_.tables[place].columns) {
        if (same_name(column.column.source, name)) column.is_joined = true;
      }
    }
    return on;
  }

  Translating& in_;
  WordReader& words_;
  Scope& scope_;
  SqlValue& uses_;
  bool on_lines_;
  bool is_natural_ = false;
};

}  // namespace

ScopeTable scope_table(const KnownTable& table, const std::string& name) {
  ScopeTable found;
  found.name = name;
  found.keys = table.keys;
  for (const auto& column : table.columns) {
    found.columns.push_back({column, quote_where_needed(name) + "." + quote_where_needed(column.target)});
  }
  return found;
}

std::string read_from(Translating& in, Scope& scope, SqlValue& uses, bool on_lines) {
  return FromReader(in, scope, uses, on_lines).read();
}

}  // namespace planrun
