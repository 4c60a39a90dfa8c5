// Partitions and distributions that the target would refuse.
#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "plan/comparable_types.h"
#include "plan/table_shape.h"

namespace planrun {
namespace {

// What is compared of two partitions: absent where only the server can.
using Ordinals = std::optional<std::vector<std::int64_t>>;

std::string shown_part(const PlanPart& part) {
  return "partition `" + part.name + "`";
}

class DivisionCheck {
 public:
  DivisionCheck(const PlanTable& plan, const TableShape& table, Diagnostics& diagnostics)
      : plan_(plan), table_(table), diagnostics_(diagnostics) {}

  void run() {
    if (plan_.partition) check_partition(*plan_.partition);
    if (plan_.distribution) check_distribution(*plan_.distribution);
    if (is_known_) check_keys();
  }

 private:
  void refuse(Position at, std::string message, std::string hint = {}) {
    diagnostics_.error(FindingCode::division_misfit, at, std::move(message), std::move(hint));
  }

  /// Null where there is no such column.
  const ColumnSchema* column_of(const Located& name, const std::string& key) {
    const ColumnSchema* column = table_.schema.find(name.text);
    if (column == nullptr) {
      is_known_ = false;
      diagnostics_.error(
          FindingCode::unknown_column, name.at,
          "`" + key + "` names `" + name.text + "`, which is no column of [table." + plan_.name + "]",
          did_you_mean(name.text, column_names(table_.schema)));
    } else if (!column->generated_sql.empty()) {
      refuse(name.at, shown_column(plan_.name, name.text) + " is computed, and rows cannot be divided by it");
    }
    return column;
  }

  void check_partition(const PlanPartition& partition) {
    const std::string method = partition.by == PartitionBy::hash ? "hash" : "btree";
    for (const auto& name : partition.columns) {
      const ColumnSchema* column = column_of(name, "partition");
      if (column == nullptr) continue;
      types_.push_back(column->type);
      if (has_operator_class(column->type, method)) continue;
      refuse(name.at, shown_column(plan_.name, name.text) + " is " + column->type.sql +
                          ", whose values PostgreSQL does not compare");
    }
    if (!is_known_) return;
    const PlanPart* rest = nullptr;
    for (const auto& part : partition.parts) {
      check_bounds(part);
      if (part.is_default && rest != nullptr)
        refuse(part.at, shown_part(part) + " is a default, as " + shown_part(*rest) + " is");
      if (part.is_default) rest = &part;
    }
    if (partition.by == PartitionBy::range) check_ranges(partition.parts);
    if (partition.by == PartitionBy::list) check_values(partition.parts);
  }

  void check_bounds(const PlanPart& part) {
    for (const auto* bound : {&part.from, &part.to}) {
      for (std::size_t i = 0; i < bound->size() && i < types_.size(); ++i)
        check_bound((*bound)[i], types_[i]);
    }
    if (types_.empty()) return;
    for (const auto& value : part.values) check_bound(value, types_.front());
  }

  void check_bound(const Located& bound, const ColumnType& type) {
    if (!is_no_bound(type, bound.text)) return;
    diagnostics_.error(FindingCode::type_misfit, bound.at,
                       quote_for_message(bound.text) + " is no " + type.sql + ", by which [table." +
                           plan_.name + "] is divided");
  }

  Ordinals ordinals(const std::vector<Located>& bound) const {
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < bound.size() && i < types_.size(); ++i) {
      const auto value = ordinal_bound(types_[i], bound[i].text);
      if (!value) return std::nullopt;
      values.push_back(*value);
    }
    return values;
  }

  /// Both bounds can be told, and the first lies below the second; an empty one has no limit.
  bool lies_below(const std::vector<Located>& from, const std::vector<Located>& to) const {
    const Ordinals a = ordinals(from);
    const Ordinals b = ordinals(to);
    return a && b && (a->empty() || b->empty() || *a < *b);
  }

  void check_ranges(const std::vector<PlanPart>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].is_default) continue;
      const Ordinals from = ordinals(parts[i].from);
      const Ordinals to = ordinals(parts[i].to);
      if (from && to && !from->empty() && !to->empty() && *from >= *to)
        refuse(parts[i].at, shown_part(parts[i]) + " is empty: its `to` does not lie behind its `from`",
               "`to` is the first value that is not in it");
      for (std::size_t j = 0; j < i; ++j) {
        if (parts[j].is_default || !lies_below(parts[i].from, parts[j].to) ||
            !lies_below(parts[j].from, parts[i].to))
          continue;
        refuse(parts[i].at, shown_part(parts[i]) + " overlaps " + shown_part(parts[j]),
               "`to` is the first value that is not in it");
      }
    }
  }

  void check_values(const std::vector<PlanPart>& parts) {
    std::map<std::string, const PlanPart*> seen;
    for (const auto& part : parts) {
      for (const auto& value : part.values) {
        const auto [found, is_new] = seen.try_emplace(value.text, &part);
        if (!is_new)
          refuse(value.at, shown_part(part) + " takes " + quote_for_message(value.text) + ", which " +
                               shown_part(*found->second) + " takes already");
      }
    }
  }

  void check_distribution(const PlanDistribution& distribution) {
    if (!distribution.by.text.empty()) {
      column_of(distribution.by, "distribute");
      return;
    }
    if (plan_.partition)
      refuse(distribution.at, "[table." + plan_.name + "] has partitions, and cannot be a reference table",
             "take one of them out");
  }

  void check_keys() {
    const auto columns = table_.schema.dividing_columns();
    for (std::size_t i = 0; i < table_.schema.keys.size(); ++i) {
      const KeySchema& key = table_.schema.keys[i];
      check_key(key.columns, columns, table_.key_at[i],
                (key.primary ? "the primary key (" : "the key (") + join(key.columns, ", ") + ")");
    }
    for (std::size_t i = 0; i < table_.schema.indexes.size(); ++i) {
      const IndexSchema& index = table_.schema.indexes[i];
      if (index.unique)
        check_key(plain_columns(index), columns, table_.index_at[i], "the unique index `" + index.name + "`");
    }
  }

  void check_key(const std::vector<std::string>& key, const std::vector<std::string>& columns, Position at,
                 const std::string& what) {
    for (const auto& column : columns) {
      if (std::find(key.begin(), key.end(), column) != key.end()) continue;
      std::vector<std::string> whole = key;
      whole.push_back(column);
      refuse(at,
             what + " of [table." + plan_.name + "] does not hold `" + column +
                 "`, by which its rows are divided",
             "what is unique is held so within each part alone: make it (" + join(whole, ", ") + ")");
    }
  }

  const PlanTable& plan_;
  const TableShape& table_;
  Diagnostics& diagnostics_;
  std::vector<ColumnType> types_;  // of the partition's columns
  bool is_known_ = true;
};

bool is_reference(const TableSchema& table) {
  return table.distribution && table.distribution->by.empty();
}

/// Why no node could look after the key; empty: each can, with the rows that it has.
std::string why_apart(const TableSchema& from, const TableSchema& to, const ForeignKeySchema& key) {
  if (is_reference(to)) return {};
  if (!from.distribution && !to.distribution) return {};
  if (!to.distribution) return "`" + to.name + "` is on one node alone";
  if (!from.distribution || is_reference(from))
    return "`" + to.name + "` is divided among the nodes, and `" + from.name + "` is not";
  const auto own = std::find(key.columns.begin(), key.columns.end(), from.distribution->by);
  const auto place = static_cast<std::size_t>(own - key.columns.begin());
  // A key without columns is to the primary one, which is known when it is resolved.
  const bool together = own != key.columns.end() && (place >= key.foreign_columns.size() ||
                                                     key.foreign_columns[place] == to.distribution->by);
  if (together) return {};
  return "it does not lead from `" + from.name + "." + from.distribution->by + "` to `" + to.name + "." +
         to.distribution->by + "`, so that its rows stand on different nodes";
}

}  // namespace

void check_division(const PlanTable& plan, const TableShape& table, Diagnostics& diagnostics) {
  if (!table.open && !table.incomplete) DivisionCheck(plan, table, diagnostics).run();
}

void check_distributed_keys(std::span<const TableShape> tables, Diagnostics& diagnostics) {
  for (const auto& table : tables) {
    for (std::size_t i = 0; i < table.schema.foreign_keys.size(); ++i) {
      const ForeignKeySchema& key = table.schema.foreign_keys[i];
      const auto other = std::find_if(tables.begin(), tables.end(),
                                      [&](const TableShape& t) { return t.schema.name == key.table; });
      if (other == tables.end()) continue;
      const std::string why = why_apart(table.schema, other->schema, key);
      if (why.empty()) continue;
      diagnostics.error(
          FindingCode::division_misfit, table.foreign_key_at[i],
          "the foreign key to `" + key.table + "` cannot be looked after: " + why,
          "distribute both tables by columns of the key, or make `" + key.table + "` a reference table");
    }
  }
}

}  // namespace planrun
