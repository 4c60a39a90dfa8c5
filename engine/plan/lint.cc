// What only shows when the whole plan is read.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "plan/merge.h"
#include "plan/readers.h"
#include "plan/table_shape.h"

namespace planrun {
namespace {

std::vector<std::string> table_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& t : plan.tables) names.push_back(t.name);
  return names;
}

// Tables, views, indexes and keys of one schema share one space of names.
class RelationNames {
 public:
  explicit RelationNames(PlanReader& reader) : reader_(reader) {}

  void add(const std::string& target, const std::string& name, Position at, const std::string& what) {
    const auto [found, added] = names_.try_emplace({target, name}, what);
    if (added) return;
    reader_.error(FindingCode::name_taken, at, what + " has the name of " + found->second,
                  "tables, views, indexes and keys of a schema share their names");
  }

 private:
  PlanReader& reader_;
  std::map<std::pair<std::string, std::string>, std::string> names_;
};

std::string shown_in(const char* kind, const std::string& name, const std::string& table) {
  return std::string(kind) + " `" + name + "` of [table." + table + "]";
}

void check_relation_names(PlanReader& reader, const std::vector<TableShape>& shapes) {
  RelationNames names(reader);
  for (const auto& s : shapes) names.add(s.target, s.schema.name, s.at, "[table." + s.schema.name + "]");
  const std::string home = reader.plan.targets.size() > 1 ? reader.plan.targets.front().name : std::string();
  for (const auto& v : reader.plan.views) {
    names.add(v.target.empty() ? home : v.target, v.name, v.at, "[view." + v.name + "]");
  }
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto& partition = reader.plan.tables[i].partition;
    for (const auto& part : partition ? partition->parts : std::vector<PlanPart>())
      names.add(shapes[i].target, part.name, part.at,
                shown_in("partition", part.name, shapes[i].schema.name));
  }
  for (const auto& s : shapes) {
    for (std::size_t i = 0; i < s.schema.keys.size(); ++i) {
      const std::string& name = s.schema.keys[i].name;
      if (!name.empty()) names.add(s.target, name, s.key_at[i], shown_in("key", name, s.schema.name));
    }
    for (std::size_t i = 0; i < s.schema.indexes.size(); ++i) {
      const std::string& name = s.schema.indexes[i].name;
      names.add(s.target, name, s.index_at[i], shown_in("index", name, s.schema.name));
    }
  }
}

// Loads name columns of their table, where those are all known.
void check_loads(PlanReader& reader, const PlanTable& table, const TableShape& shape) {
  const std::vector<std::string> names = column_names(shape.schema);
  for (const auto& load : table.loads) {
    if (shape.open) continue;
    const std::string no_column = ", which is no column of [table." + table.name + "]";
    for (const auto& key : load.key)
      check_known(reader, FindingCode::unknown_column, key, names,
                  "`key` names `" + key.text + "`" + no_column);
    check_merge(table, load, shape.schema, reader.diagnostics);
    for (const auto& column : load.columns) {
      const ColumnSchema* schema = shape.schema.find(column.name);
      if (schema == nullptr) {
        reader.error(FindingCode::unknown_column, column.at,
                     "the load fills `" + column.name + "`" + no_column, did_you_mean(column.name, names));
      } else if (!schema->generated_sql.empty()) {
        reader.error(
            FindingCode::computed_column, column.at,
            shown_column(table.name, column.name) + " is computed by the target and cannot be loaded");
      }
    }
  }
}

// An unnamed load is called as its table, others have a dot behind it (load_names()): they name steps and
// ledger rows.
void check_load_names(PlanReader& reader) {
  std::set<std::string> tables;
  for (const auto& table : reader.plan.tables) tables.insert(table.name);
  std::set<std::string> names;
  for (const auto& table : reader.plan.tables) {
    for (const auto& load : table.loads) {
      // A `from` that stands twice has been reported.
      const auto list = load_names(table, load);
      for (const auto& name : std::set<std::string>(list.begin(), list.end())) {
        const bool is_table = name != table.name && tables.contains(name);
        if (!is_table && names.insert(name).second) continue;
        reader.error(FindingCode::name_taken, load.at,
                     "the load is called `" + name + "`, as " + (is_table ? "a table" : "another") + " is");
      }
    }
  }
}

// Walks `after` from one table to the next; prints each cycle once, from its first table in the file.
class AfterCheck {
 public:
  explicit AfterCheck(PlanReader& reader) : reader_(reader), tables_(reader.plan.tables) {
    for (std::size_t i = 0; i < tables_.size(); ++i) places_.emplace(tables_[i].name, i);
  }

  void run() {
    const std::vector<std::string> names = table_names(reader_.plan);
    for (const auto& table : tables_) {
      for (const auto& after : table.after) {
        check_known(reader_, FindingCode::unknown_name, after, names,
                    "`after` names `" + after.text + "`, which is no table of the plan");
        check_target(table, after);
      }
    }
    for (std::size_t i = 0; i < tables_.size(); ++i) visit(i);
  }

 private:
  void check_target(const PlanTable& table, const Located& after) {
    const std::size_t other = index_of(after.text);
    if (other >= tables_.size() || tables_[other].target == table.target) return;
    reader_.error(FindingCode::other_target, after.at,
                  "`after` names `" + after.text + "`, which is in another target",
                  "targets are loaded one after the other, home last");
  }

  std::size_t index_of(const std::string& name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? tables_.size() : found->second;
  }

  void visit(std::size_t table) {
    if (done_.contains(table)) return;
    const auto seen = std::find(path_.begin(), path_.end(), table);
    if (seen != path_.end()) {
      report({seen, path_.end()});
      return;
    }
    path_.push_back(table);
    for (const auto& after : tables_[table].after) {
      const std::size_t next = index_of(after.text);
      if (next < tables_.size()) visit(next);
    }
    path_.pop_back();
    done_.insert(table);
  }

  void report(std::vector<std::size_t> cycle) {
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    std::string shown;
    for (const std::size_t table : cycle) shown += tables_[table].name + " -> ";
    shown += tables_[cycle.front()].name;
    const std::string& next = tables_[cycle.size() > 1 ? cycle[1] : cycle[0]].name;
    for (const auto& after : tables_[cycle.front()].after) {
      if (after.text != next) continue;
      reader_.error(FindingCode::after_cycle, after.at, "`after` makes a cycle: " + shown,
                    "each waits for the next; take one `after` away");
      return;
    }
  }

  PlanReader& reader_;
  const std::vector<PlanTable>& tables_;
  std::map<std::string, std::size_t> places_;  // in tables_
  std::vector<std::size_t> path_;
  std::set<std::size_t> done_;
};

}  // namespace

void lint_plan(PlanReader& reader) {
  std::vector<TableShape> shapes;
  for (const auto& table : reader.plan.tables) {
    shapes.push_back(
        read_table_shape(table, types_of(reader.plan, table), reader.plan.text, reader.diagnostics));
    check_columns_exist(shapes.back(), reader.diagnostics);
    check_index_types(shapes.back(), reader.diagnostics);
    check_division(table, shapes.back(), reader.diagnostics);
    check_loads(reader, table, shapes.back());
  }
  check_foreign_keys(shapes, reader.diagnostics);
  check_distributed_keys(shapes, reader.diagnostics);
  check_relation_names(reader, shapes);
  check_load_names(reader);
  AfterCheck(reader).run();
}

}  // namespace planrun
