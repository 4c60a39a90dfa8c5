#include "translate/query.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "sql/definition.h"
#include "sql/quote.h"
#include "translate/core.h"
#include "translate/expression.h"

namespace planrun {
namespace {

struct OrderTerm {
  std::string sql;
  std::string direction;
};

class QueryReader {
 public:
  QueryReader(Translating& in, const Scope* outer, const QueryWish& wish)
      : in_(in), words_(in.words), outer_(outer), wish_(wish), gap_(wish.on_lines ? "\n" : " ") {}

  Query read() {
    const Deeper deeper(in_);
    const std::size_t outer_names = in_.with.size();
    std::string with = read_with();
    read_part();
    while (read_operator()) read_part();
    unite();
    Query query;
    query.columns = columns();
    query.at_most_one = cores_.size() == 1 && gives_at_most_one(*cores_[0]);
    query.sql = ordered(query);
    read_limit(query);
    for (const auto& core : cores_) take_outer_uses(query.uses, *core);
    take_uses(query.uses, with_uses_);
    if (!with.empty()) query.sql = "with " + with + gap_ + query.sql;
    in_.with.resize(outer_names);
    for (auto& column : query.columns) column.value.uses.clear();
    return query;
  }

 private:
  // ------------------------------------------------------------------------------------------------- WITH

  std::string read_with() {
    if (!words_.take("with")) return {};
    words_.take("recursive");
    std::string sql;
    do {
      const std::string name = words_.name();
      if (find_table(in_.tables, name) != nullptr) refuse("`" + name + "` is a name of WITH and of a table");
      QueryWish wish;
      wish.named = true;
      wish.names = names_in_parentheses();
      words_.expect("as");
      words_.take("not");
      words_.take("materialized");
      words_.expect_sign("(");
      in_.with.push_back({name, name, {}, {}, "which reads itself"});
      const std::size_t own = in_.with.size() - 1;
      const Query query = read_query(in_, outer_, wish);
      words_.expect_sign(")");
      take_uses(with_uses_, query.uses);
      KnownTable& table = in_.with[own];
      table.refused.clear();
      for (const auto& column : query.columns) table.columns.push_back(column_of(column.value, column.name));
      sql += (sql.empty() ? "" : "," + gap_) + quote_where_needed(name) + " as (" + query.sql + ")";
    } while (words_.take_sign(","));
    return sql;
  }

  std::vector<std::string> names_in_parentheses() {
    std::vector<std::string> names;
    if (!words_.take_sign("(")) return names;
    do {
      names.push_back(words_.name());
    } while (words_.take_sign(","));
    words_.expect_sign(")");
    return names;
  }

  // ---------------------------------------------------------------------------------------------- compound

  void read_part() {
    if (words_.is("values")) refuse("VALUES");
    cores_.push_back(std::make_unique<Core>(outer_));
    read_core(in_, *cores_.back(), wish_.on_lines);
  }

  bool read_operator() {
    for (const char* word : {"union", "except", "intersect"}) {
      if (!words_.take(word)) continue;
      operators_.emplace_back(word);
      if (words_.take("all")) operators_.back() += " all";
      return true;
    }
    return false;
  }

  /// The results of all parts are of one kind, column by column.
  void unite() {
    const std::size_t count = cores_[0]->items.size();
    if (!wish_.names.empty() && wish_.names.size() != count)
      refuse("it has " + std::to_string(count) + " columns, and " + std::to_string(wish_.names.size()) +
             " names");
    if (cores_.size() == 1) return;
    for (const auto& core : cores_) {
      if (core->items.size() != count) refuse("its parts have not the same number of columns");
    }
    const bool distinct = std::ranges::any_of(operators_, [](const auto& one) { return one != "union all"; });
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<SqlValue> values;
      for (const auto& core : cores_) values.push_back(core->items[i].value);
      unify(values);
      for (std::size_t k = 0; k < cores_.size(); ++k) {
        if (distinct) check_groupable(values[k]);
        if (values[k].kind == ValueKind::null) refuse("NULL in one of several SELECTs");
        if (values[k].byte_ordered) values[k].sql = byte_ordered(values[k]);
        cores_[k]->items[i].value = values[k];
      }
    }
  }

  std::vector<QueryColumn> columns() const {
    std::vector<QueryColumn> columns = cores_[0]->items;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!wish_.names.empty()) columns[i].name = wish_.names[i];
      columns[i].value.has_affinity = columns[i].value.has_affinity && cores_.size() == 1;
      columns[i].value.is_column =
          columns[i].value.is_column &&
          std::ranges::all_of(cores_, [&](const auto& core) { return core->items[i].value.is_column; });
    }
    if (wish_.named) check_names(columns);
    return columns;
  }

  static void check_names(const std::vector<QueryColumn>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string& name = columns[i].name;
      if (name.empty() || name.size() > kLongestName || !is_valid_utf8(name))
        refuse("the name " + quote_for_message(name) + " of a column");
      for (std::size_t k = 0; k < i; ++k) {
        if (same_name(columns[k].name, name)) refuse("two of its columns are called `" + name + "`");
      }
    }
  }

  // --------------------------------------------------------------------------------------------- rendering

  std::string rendered(const Core& core, const std::vector<QueryColumn>& columns) const {
    std::string sql = core.distinct ? "select distinct " : "select ";
    const std::string comma = wish_.on_lines ? ",\n       " : ", ";
    for (std::size_t i = 0; i < core.items.size(); ++i) {
      const std::string& value = core.items[i].value.sql;
      sql += (i == 0 ? "" : comma) + value;
      if (!wish_.named) continue;
      const std::string name = quote_where_needed(columns[i].name);
      if (!value.ends_with("." + name)) sql += " as " + name;
    }
    if (!core.from.empty()) sql += gap_ + "from " + core.from;
    if (core.where) sql += gap_ + "where " + core.where->sql;
    for (std::size_t i = 0; i < core.group.size(); ++i)
      sql += (i == 0 ? gap_ + "group by " : ", ") + core.group[i].sql;
    if (core.having) sql += gap_ + "having " + core.having->sql;
    return sql;
  }

  std::string united(const std::vector<QueryColumn>& columns) const {
    std::string sql = rendered(*cores_[0], columns);
    for (std::size_t i = 1; i < cores_.size(); ++i) {
      // INTERSECT binds tighter in PostgreSQL; in SQLite all go from left to right.
      if (i > 1 && operators_[i - 1] != operators_[i - 2]) sql = "(" + sql + ")";
      sql += gap_ + operators_[i - 1] + gap_ + rendered(*cores_[i], columns);
    }
    return sql;
  }

  // ------------------------------------------------------------------------------------------------- order

  std::string ordered(const Query& query) {
    std::string sql = united(query.columns);
    if (!words_.take("order")) return sql;
    words_.expect("by");
    const bool apart = cores_.size() > 1 || cores_[0]->distinct;
    if (apart && !wish_.named) refuse("the order of a DISTINCT or compound query without names");
    std::vector<OrderTerm> terms;
    do {
      terms.push_back(read_order_term(query, apart));
    } while (words_.take_sign(","));
    if (apart) {
      std::string columns;
      for (const auto& column : query.columns)
        columns += (columns.empty() ? "" : ", ") + std::string("ordered.") + quote_where_needed(column.name);
      sql = "select " + columns + gap_ + "from (" + sql + ") as ordered";
    }
    for (std::size_t i = 0; i < terms.size(); ++i)
      sql += (i == 0 ? gap_ + "order by " : ", ") + terms[i].sql + terms[i].direction;
    return sql;
  }

  OrderTerm read_order_term(const Query& query, bool apart) {
    const Core& core = *cores_[0];
    const std::size_t result = read_result(query);
    SqlValue value = result < query.columns.size() ? core.items[result].value
                     : cores_.size() > 1           ? SqlValue()
                                                   : read_expression(in_, core.scope);
    if (value.sql.empty()) refuse("a compound query is ordered by what is none of its columns");
    if (value.kind == ValueKind::other || value.kind == ValueKind::null)
      refuse(value.reason.empty() ? "it is ordered by NULL" : value.reason);
    if (aggregates(core)) {
      for (const auto& use : value.uses) {
        if (use.scope == &core.scope) refuse(use.sql + " is neither grouped by nor aggregated");
      }
    }
    if (!apart && value.uses.empty() && !value.aggregates)
      refuse("it is ordered by what is the same in every row");
    if (apart) {
      const auto item =
          std::ranges::find(core.items, value.sql, [](const auto& one) { return one.value.sql; });
      if (item == core.items.end()) refuse("a DISTINCT query is ordered by what is none of its columns");
      const auto place = static_cast<std::size_t>(item - core.items.begin());
      value.sql = "ordered." + quote_where_needed(query.columns[place].name);
      value.binding = Binding::atom;
    }
    return {byte_ordered(value), read_direction()};
  }

  /// The result that the next word alone means, by its name or number; the number of results where it is
  /// none.
  std::size_t read_result(const Query& query) {
    const bool alone = words_.is_sign(",", 1) || words_.is_sign(")", 1) || words_.is_sign(";", 1) ||
                       words_.is("asc", 1) || words_.is("desc", 1) || words_.is("nulls", 1) ||
                       words_.is("limit", 1) || words_.word(1).text.empty();
    const SqlWord& word = words_.word();
    const std::size_t none = query.columns.size();
    if (!alone) return none;
    if (word.kind == WordKind::number) {
      const std::size_t place = std::strtoul(words_.next().text.c_str(), nullptr, 10);
      if (place < 1 || place > none) refuse("it is ordered by a column that it does not have");
      return place - 1;
    }
    if (word.kind != WordKind::plain && word.kind != WordKind::quoted) return none;
    const auto& items = cores_[0]->items;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!same_name(items[i].name, word.text)) continue;
      words_.next();
      return i;
    }
    return none;
  }

  /// SQLite holds null for less than all else ("ORDER BY", its manual).
  std::string read_direction() {
    const bool down = words_.take("desc");
    if (!down) words_.take("asc");
    bool first = !down;
    if (words_.take("nulls")) {
      first = words_.take("first");
      if (!first) words_.expect("last");
    }
    return std::string(down ? " desc" : "") + (first ? " nulls first" : " nulls last");
  }

  void read_limit(const Query& query) {
    if (!words_.take("limit")) return;
    const SqlWord count = words_.next();
    const bool plain = count.kind == WordKind::number && count.text != "0" &&
                       count.text.find_first_not_of("0123456789") == std::string::npos &&
                       !words_.is_sign(",") && !words_.is("offset");
    if (!plain || !(wish_.any_row || query.at_most_one))
      refuse("LIMIT: which rows are kept depends on an order that tells all of them apart");
  }

  // ---------------------------------------------------------------------------------------------- what holds

  static bool gives_at_most_one(const Core& core) {
    if (core.from.empty()) return true;
    if (aggregates(core)) return !core.grouped;
    if (core.scope.tables.size() != 1 || !core.where) return false;
    const ScopeTable& table = core.scope.tables[0];
    return std::ranges::any_of(table.keys, [&](const auto& key) {
      return !key.empty() && std::ranges::all_of(key, [&](const std::string& name) {
        return std::ranges::any_of(table.columns, [&](const ScopeColumn& column) {
          return same_name(column.column.source, name) &&
                 std::ranges::find(core.where->fixed, ColumnUse{&core.scope, column.sql}) !=
                     core.where->fixed.end();
        });
      });
    });
  }

  static void take_outer_uses(SqlValue& uses, const Core& core) {
    SqlValue outer = core.uses;
    std::erase_if(outer.uses, [&](const ColumnUse& use) { return use.scope == &core.scope; });
    outer.aggregates = false;
    take_uses(uses, outer);
  }

  Translating& in_;
  WordReader& words_;
  const Scope* outer_;
  const QueryWish& wish_;
  std::string gap_;
  std::vector<std::unique_ptr<Core>> cores_;
  std::vector<std::string> operators_;
  SqlValue with_uses_;
};

}  // namespace

Query read_query(Translating& in, const Scope* outer, const QueryWish& wish) {
  return QueryReader(in, outer, wish).read();
}

}  // namespace planrun
