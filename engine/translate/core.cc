#include "translate/core.h"

#include <algorithm>

#include "translate/expression.h"

namespace planrun {

bool aggregates(const Core& core) {
  return core.grouped ||
         std::ranges::any_of(core.items, [](const auto& item) { return item.value.aggregates; });
}

namespace {

class CoreReader {
 public:
  CoreReader(Translating& in, Core& core, bool on_lines)
      : in_(in), words_(in.words), core_(core), scope_(core.scope), on_lines_(on_lines) {}

  void read() {
    constexpr int kMostCores = 1000;
    if (++in_.cores > kMostCores) refuse("it is made of too many queries");
    words_.expect("select");
    core_.distinct = words_.take("distinct");
    if (!core_.distinct) words_.take("all");
    const std::size_t items = words_.place();
    words_.go_to(words_.find(
        {"from", "where", "group", "having", "order", "limit", "union", "except", "intersect", "window"}));
    items_end_ = words_.place();
    if (words_.take("from")) core_.from = read_from(in_, scope_, core_.uses, on_lines_);
    const std::size_t behind_from = words_.place();
    read_items(items);
    words_.go_to(behind_from);
    read_where();
    read_group(items);
    if (words_.is("having")) refuse("HAVING without GROUP BY");
    if (words_.is("window")) refuse("a window");
    check_bare();
  }

 private:
  void read_items(std::size_t place) {
    core_.items.clear();
    scope_.results.clear();
    words_.go_to(place);
    do {
      read_item();
    } while (words_.take_sign(","));
    if (words_.place() != items_end_) {
      const std::string word = words_.next().text;
      refuse("`" + word + "` is not known to mean the same");
    }
    for (const auto& item : core_.items) scope_.results.push_back({item.name, item.value});
  }

  void read_item() {
    if (words_.take_sign("*")) {
      for (const auto& table : scope_.tables) add_columns(table, false);
      return;
    }
    if (words_.is_sign(".", 1) && words_.is_sign("*", 2)) {
      const std::string name = words_.name();
      words_.next();
      words_.next();
      const auto table = std::ranges::find_if(
          scope_.tables, [&](const ScopeTable& one) { return same_name(one.name, name); });
      if (table == scope_.tables.end()) refuse("`" + name + ".*` is of no table of FROM");
      add_columns(*table, true);
      return;
    }
    const std::size_t from = words_.place();
    SqlValue value = as_result(read_expression(in_, scope_));
    const std::size_t until = words_.place();
    const bool as = words_.take("as");
    const SqlWord& word = words_.word();
    const bool is_name =
        words_.place() < items_end_ &&
        (word.kind == WordKind::plain || word.kind == WordKind::quoted || word.kind == WordKind::text);
    if (as && !is_name) refuse("AS without a name");
    std::string name;
    if (is_name) {
      name = words_.next().text;
    } else {
      const std::string text = words_.text(from, until);
      name = value.is_column && !value.uses.empty() ? last_name(text) : text;
    }
    core_.items.push_back({std::move(name), std::move(value)});
  }

  /// Of `t."a"` and `(a)`.
  static std::string last_name(const std::string& text) {
    std::string name;
    for (const auto& word : words_in(text)) {
      if (word.kind != WordKind::sign) name = word.text;
    }
    return name;
  }

  void add_columns(const ScopeTable& table, bool joined_too) {
    for (const auto& column : table.columns) {
      if (column.is_joined && !joined_too) continue;
      SqlValue value = value_of(column.column, column.sql);
      value.uses.push_back({&scope_, column.sql});
      settle_groups(scope_, value);
      core_.items.push_back({column.column.source, std::move(value)});
    }
  }

  void read_where() {
    if (!words_.take("where")) return;
    core_.where = as_truth(read_expression(in_, scope_));
    if (core_.where->aggregates) refuse("an aggregate in WHERE");
    take_uses(core_.uses, *core_.where);
  }

  void read_group(std::size_t items) {
    if (!words_.take("group")) return;
    words_.expect("by");
    core_.grouped = true;
    do {
      SqlValue value = read_term();
      check_groupable(value);
      if (value.aggregates) refuse("an aggregate in GROUP BY");
      if (value.uses.empty()) refuse("GROUP BY of what is the same in every row");
      core_.group.push_back(std::move(value));
    } while (words_.take_sign(","));
    for (const auto& value : core_.group) scope_.groups.insert(value.sql);
    const std::size_t having = words_.place();
    read_items(items);
    words_.go_to(having);
    if (words_.take("having")) core_.having = as_truth(read_expression(in_, scope_));
  }

  /// Of GROUP BY: the number of a result, or an expression.
  SqlValue read_term() {
    SqlValue value = read_expression(in_, scope_);
    if (!value.is_literal) return value;
    const auto place = static_cast<std::size_t>(value.limit);
    if (value.kind != ValueKind::integer || place < 1 || place > core_.items.size())
      refuse("GROUP BY of what is the same in every row");
    return core_.items[place - 1].value;
  }

  void check_bare() {
    for (const auto& item : core_.items) check_bare(item.value);
    for (const auto& value : core_.group) take_uses(core_.uses, value);
    if (core_.having) check_bare(*core_.having);
    for (const auto& item : core_.items) {
      if (core_.distinct) check_groupable(item.value);
    }
  }

  void check_bare(const SqlValue& value) {
    take_uses(core_.uses, value);
    if (!aggregates(core_)) return;
    for (const auto& use : value.uses) {
      if (use.scope == &scope_) {
        refuse(use.sql +
               " is neither grouped by nor aggregated, and SQLite takes it from any row of the group");
      }
    }
  }

  Translating& in_;
  WordReader& words_;
  Core& core_;
  Scope& scope_;
  bool on_lines_;
  std::size_t items_end_ = 0;
};

}  // namespace

void read_core(Translating& in, Core& core, bool on_lines) {
  CoreReader(in, core, on_lines).read();
}

}  // namespace planrun
