#include "run/sample_links.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"

namespace planrun {

namespace {

bool fills(const ResolvedTable& table, const ResolvedLoad& load, const std::string& column) {
  return std::any_of(load.columns.begin(), load.columns.end(),
                     [&](const ResolvedColumn& c) { return table.schema.columns[c.column].name == column; });
}

// The first of `columns` that some load of the table does not fill.
std::optional<std::string> unfilled(const ResolvedTable& table, const std::vector<std::string>& columns) {
  for (const auto& column : columns) {
    for (const auto& load : table.loads) {
      if (!fills(table, load, column)) return column;
    }
  }
  return std::nullopt;
}

// The inputs that columns left out no longer ask for go too: reading a row costs only what a key needs. A Lua
// function has all of its own.
void keep_columns(LinkedLoad& linked, const std::set<std::string>& names) {
  ResolvedLoad& load = linked.load;
  std::erase_if(load.columns, [&](const ResolvedColumn& c) {
    return !names.contains(linked.table->schema.columns[c.column].name);
  });
  if (load.transform) return;
  std::vector<ResolvedInput> inputs;
  for (auto& column : load.columns) {
    if (column.input < 0) continue;
    inputs.push_back(load.inputs[static_cast<std::size_t>(column.input)]);
    column.input = static_cast<int>(inputs.size()) - 1;
  }
  load.inputs = std::move(inputs);
}

std::vector<std::size_t> places(const LinkedLoad& linked, const std::vector<std::string>& names) {
  std::vector<std::size_t> found;
  for (const auto& name : names) {
    for (std::size_t i = 0; i < linked.load.columns.size(); ++i) {
      if (linked.table->schema.columns[linked.load.columns[i].column].name == name) found.push_back(i);
    }
  }
  return found;
}

class Finding {
 public:
  explicit Finding(const ResolvedPlan& plan) : plan_(plan) {}

  Links run() {
    for (const auto& table : plan_.tables) {
      for (const auto& key : table.schema.foreign_keys) look_at(table, key);
    }
    links_.key_count = keys_.size();
    for (const auto& table : plan_.tables) {
      for (const auto& load : table.loads) add(table, load);
    }
    return std::move(links_);
  }

 private:
  using KeyColumns = std::pair<std::string, std::vector<std::string>>;  // table, columns

  void look_at(const ResolvedTable& table, const ForeignKeySchema& key) {
    const ResolvedTable* parent = plan_.find(key.table);
    if (table.loads.empty() || parent == nullptr || parent->loads.empty()) return;
    auto column = unfilled(table, key.columns);
    std::string where = table.schema.name;
    if (!column) {
      column = unfilled(*parent, key.foreign_columns);
      where = parent->schema.name;
    }
    if (column) {
      links_.not_followed.push_back("table " + table.schema.name + ": its foreign key (" +
                                    join(key.columns, ", ") + ") to " + key.table +
                                    " is not followed, since no load fills " + where + "." + *column);
      return;
    }
    keys_.emplace(KeyColumns{key.table, key.foreign_columns}, keys_.size());
    followed_[&table].push_back(&key);
  }

  void add(const ResolvedTable& table, const ResolvedLoad& load) {
    LinkedLoad linked{&table, load, {}, {}};
    std::set<std::string> names;
    for (const auto& [key, number] : keys_) {
      if (key.first == table.schema.name) names.insert(key.second.begin(), key.second.end());
    }
    for (const auto* key : followed_[&table]) names.insert(key->columns.begin(), key->columns.end());
    keep_columns(linked, names);
    for (const auto& [key, number] : keys_) {
      if (key.first == table.schema.name) linked.offers.push_back({number, places(linked, key.second)});
    }
    for (const auto* key : followed_[&table]) {
      linked.needs.push_back({keys_.at({key->table, key->foreign_columns}), places(linked, key->columns)});
    }
    links_.loads.push_back(std::move(linked));
  }

  const ResolvedPlan& plan_;
  Links links_;
  std::map<KeyColumns, std::size_t> keys_;
  std::map<const ResolvedTable*, std::vector<const ForeignKeySchema*>> followed_;
};

// Tarjan's strongly connected components, which come out in the order that is wanted.
class Ordering {
 public:
  explicit Ordering(const Links& links) {
    std::map<std::pair<std::string, std::string>, std::size_t> numbers;
    std::map<std::size_t, std::set<std::size_t>> offered_by;
    std::vector<std::size_t> table_of;
    for (std::size_t i = 0; i < links.loads.size(); ++i) {
      const ResolvedLoad& load = links.loads[i].load;
      const std::size_t table =
          numbers.emplace(std::pair(load.source, load.source_table), numbers.size()).first->second;
      tables_.resize(numbers.size());
      tables_[table].push_back(i);
      table_of.push_back(table);
      for (const auto& end : links.loads[i].offers) offered_by[end.key].insert(table);
    }
    refers_to_.resize(tables_.size());
    for (std::size_t i = 0; i < links.loads.size(); ++i) {
      for (const auto& end : links.loads[i].needs) {
        const auto& tables = offered_by[end.key];
        refers_to_[table_of[i]].insert(tables.begin(), tables.end());
      }
    }
    found_at_.resize(tables_.size());
    lowest_.resize(tables_.size());
    is_open_.resize(tables_.size());
  }

  std::vector<std::vector<LoadsOfTable>> run() {
    for (std::size_t table = 0; table < tables_.size(); ++table) {
      if (found_at_[table] == 0) visit(table);
    }
    return std::move(groups_);
  }

 private:
  void visit(std::size_t table) {
    found_at_[table] = lowest_[table] = ++count_;
    open_.push_back(table);
    is_open_[table] = true;
    for (const std::size_t other : refers_to_[table]) {
      if (found_at_[other] == 0) {
        visit(other);
        lowest_[table] = std::min(lowest_[table], lowest_[other]);
      } else if (is_open_[other]) {
        lowest_[table] = std::min(lowest_[table], found_at_[other]);
      }
    }
    if (lowest_[table] != found_at_[table]) return;
    std::vector<std::size_t> members;
    do {
      members.push_back(open_.back());
      is_open_[open_.back()] = false;
      open_.pop_back();
    } while (members.back() != table);
    std::sort(members.begin(), members.end());  // the order of the plan
    auto& group = groups_.emplace_back();
    for (const std::size_t member : members) group.push_back(tables_[member]);
  }

  std::vector<LoadsOfTable> tables_;
  std::vector<std::set<std::size_t>> refers_to_;
  std::vector<std::size_t> found_at_;  // from 1; 0: not yet
  std::vector<std::size_t> lowest_;
  std::vector<bool> is_open_;
  std::vector<std::size_t> open_;
  std::size_t count_ = 0;
  std::vector<std::vector<LoadsOfTable>> groups_;
};

}  // namespace

Links find_links(const ResolvedPlan& plan) {
  return Finding(plan).run();
}

std::vector<std::vector<LoadsOfTable>> order_tables(const Links& links) {
  return Ordering(links).run();
}

}  // namespace planrun
