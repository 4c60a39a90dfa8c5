#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "plan/comparable_types.h"
#include "plan/table_shape.h"

namespace planrun {
namespace {

using ShapesByName = std::map<std::string_view, const TableShape*>;

class ForeignKeyCheck {
 public:
  ForeignKeyCheck(const ShapesByName& tables, const TableShape& table, std::size_t index,
                  Diagnostics& diagnostics)
      : tables_(tables),
        table_(table),
        key_(table.schema.foreign_keys[index]),
        at_(table.foreign_key_at[index]),
        diagnostics_(diagnostics) {}

  void run() {
    const auto found = tables_.find(key_.table);
    if (found == tables_.end()) {
      std::vector<std::string> names;
      for (const auto& [name, shape] : tables_) names.emplace_back(name);
      report(FindingCode::foreign_key_to_nothing,
             "the foreign key is to `" + key_.table + "`, which is no table of the plan",
             did_you_mean(key_.table, names));
      return;
    }
    const TableShape& other = *found->second;
    if (other.target != table_.target) {
      report(FindingCode::other_target,
             "the foreign key is to `" + key_.table + "`, which is in another target");
      return;
    }
    if (const auto columns = referenced(other)) check_types(other, *columns);
  }

 private:
  void report(FindingCode code, std::string message, std::string hint = {}) {
    diagnostics_.error(code, at_, std::move(message), std::move(hint));
  }

  // The columns that the key points to, where that can be said already and is right.
  std::optional<std::vector<std::string>> referenced(const TableShape& other) {
    std::vector<std::string> columns = key_.foreign_columns;
    if (columns.empty()) {
      const KeySchema* primary = other.schema.primary_key();
      if (primary != nullptr) {
        columns = primary->columns;
      } else {
        if (!other.open && !other.incomplete) {
          report(FindingCode::foreign_key_misfit,
                 "the foreign key names no columns, and `" + key_.table + "` has no primary key",
                 "name the columns of a key: references " + key_.table + " (...)");
        }
        return std::nullopt;
      }
    } else if (!are_columns(other, columns) || !are_key(other, columns)) {
      return std::nullopt;
    }
    if (columns.size() == key_.columns.size()) return columns;
    report(FindingCode::foreign_key_misfit,
           "the foreign key has " + counted(std::ssize(key_.columns), "column") + ", and points to " +
               counted(std::ssize(columns), "column") + " of `" + key_.table + "`");
    return std::nullopt;
  }

  bool are_columns(const TableShape& other, const std::vector<std::string>& columns) {
    bool all = true;
    const std::vector<std::string> names = column_names(other.schema);
    for (const auto& column : columns) {
      if (other.schema.find(column) != nullptr) continue;
      all = false;
      if (other.open) continue;
      report(FindingCode::foreign_key_to_nothing,
             "the foreign key is to `" + column + "`, which is no column of [table." + key_.table + "]",
             did_you_mean(column, names));
    }
    return all;
  }

  // The order of the columns in the key does not matter (transformFkeyCheckAttrs).
  bool are_key(const TableShape& other, std::vector<std::string> columns) {
    std::sort(columns.begin(), columns.end());
    for (const auto& key : other.schema.keys) {
      std::vector<std::string> names = key.columns;
      std::sort(names.begin(), names.end());
      if (names != columns) continue;
      if (!key.deferrable) return true;
      report(FindingCode::foreign_key_misfit,
             "the foreign key is to a deferrable key of [table." + key_.table + "]",
             "PostgreSQL refuses that");
      return false;
    }
    if (other.open || other.incomplete) return false;
    report(FindingCode::foreign_key_misfit,
           "the foreign key is to (" + join(key_.foreign_columns, ", ") + "), which is no key of [table." +
               key_.table + "]",
           "declare it primary key or unique there");
    return false;
  }

  void check_types(const TableShape& other, const std::vector<std::string>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const ColumnSchema* from = table_.schema.find(key_.columns[i]);
      const ColumnSchema* to = other.schema.find(columns[i]);
      if (from == nullptr || to == nullptr) continue;
      if (may_refer_to(from->type, to->type)) continue;
      report(FindingCode::foreign_key_misfit,
             "the foreign key compares `" + from->name + "` (" + from->type.sql + ") with `" + key_.table +
                 "." + to->name + "` (" + to->type.sql + ")",
             "PostgreSQL has no equality for them: give `" + from->name + "` the type " + to->type.sql);
    }
  }

  const ShapesByName& tables_;
  const TableShape& table_;
  const ForeignKeySchema& key_;
  Position at_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_foreign_keys(std::span<const TableShape> tables, Diagnostics& diagnostics) {
  ShapesByName by_name;
  for (const auto& table : tables) by_name.emplace(table.schema.name, &table);
  for (const auto& table : tables) {
    for (std::size_t i = 0; i < table.schema.foreign_keys.size(); ++i) {
      ForeignKeyCheck(by_name, table, i, diagnostics).run();
    }
  }
}

}  // namespace planrun
