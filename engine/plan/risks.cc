#include "plan/risks.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "plan/amount_name.h"
#include "plan/table_shape.h"
#include "sql/identifiers.h"

namespace planrun {

namespace {

// The plan's entry of a column, or what inherits it.
Position place_of(const PlanTable& table, const std::string& column) {
  Position place = table.at;
  for (const auto& entry : table.columns) {
    if (!entry.inherit && entry.name == column) return entry.at;
    if (entry.inherit) place = entry.at;
  }
  return place;
}

std::set<std::string> first_words(const std::vector<std::string>& elements, std::size_t count) {
  std::set<std::string> columns;
  for (std::size_t i = 0; i < count; ++i) {
    const auto words = identifiers_in(elements[i]);
    if (!words.empty() && elements[i].find('(') == std::string::npos) columns.insert(words.front());
  }
  return columns;
}

// Whether an index can find the rows of one value of `columns`: they are its first, in any order. Of a
// partial one it can where only nulls are left out.
bool begins_with(const IndexSchema& index, const std::set<std::string>& columns) {
  const bool leaves_nulls =
      index.where_sql.empty() || to_lower_ascii(index.where_sql).ends_with("is not null");
  const bool finds_equal = index.method == "btree" || (index.method == "hash" && columns.size() == 1);
  const auto elements = split(index.elements_sql, ',');
  return leaves_nulls && finds_equal && elements.size() >= columns.size() &&
         first_words(elements, columns.size()) == columns;
}

bool begins_with(const KeySchema& key, const std::set<std::string>& columns) {
  if (key.columns.size() < columns.size()) return false;
  return std::set<std::string>(key.columns.begin(),
                               key.columns.begin() + static_cast<std::ptrdiff_t>(columns.size())) == columns;
}

void check_foreign_keys_indexed(const TableShape& shape, const TableSchema& schema,
                                Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < shape.schema.foreign_keys.size(); ++i) {
    const auto& key = shape.schema.foreign_keys[i];
    const std::set<std::string> columns(key.columns.begin(), key.columns.end());
    const auto begins = [&](const auto& other) { return begins_with(other, columns); };
    if (std::any_of(schema.keys.begin(), schema.keys.end(), begins) ||
        std::any_of(schema.indexes.begin(), schema.indexes.end(), begins)) {
      continue;
    }
    diagnostics.warning(FindingCode::foreign_key_without_index, shape.foreign_key_at[i],
                        "the foreign key to `" + key.table + "` has no index that begins with (" +
                            join(key.columns, ", ") + ")",
                        "[table." + schema.name + ".index] NAME = \"(" + join(key.columns, ", ") + ")\"");
  }
}

void check_amounts(const PlanTable& table, const TableSchema& schema, Diagnostics& diagnostics) {
  for (const auto& column : schema.columns) {
    const TypeKind kind = column.type.kind;
    if (kind != TypeKind::real && kind != TypeKind::double_precision) continue;
    if (!is_amount_name(column.name)) continue;
    diagnostics.warning(
        FindingCode::amount_as_float, place_of(table, column.name),
        shown_column(table.name, column.name) + " is " + column.type.sql + ", and its name says an amount",
        "numeric(18,2) holds every cent");
  }
}

// The tables that a check or guard names, by its words; a view stands for the tables that it reads.
class Looked {
 public:
  explicit Looked(const Plan& plan) : plan_(plan) {
    for (const auto& check : plan.checks) {
      add(check.sql);
      names_.insert(check.tables.begin(), check.tables.end());
    }
  }

  bool has(const std::string& table) const { return names_.contains(table); }
  bool none() const { return plan_.checks.empty(); }

 private:
  void add(const DialectSql& sql) {
    add(sql.any);
    for (const auto& [dialect, text] : sql.by_dialect) add(text);
  }

  void add(const std::string& sql) {
    for (const auto& word : identifiers_in(sql)) {
      if (!names_.insert(word).second) continue;
      for (const auto& view : plan_.views) {
        if (view.name == word) add(view.sql);
      }
    }
  }

  const Plan& plan_;
  std::set<std::string> names_;
};

// Where a mistake of the plan would pass every proof: the rows that it asks for arrive, and are not those
// that were meant.
void check_looked_at(const PlanTable& table, const TableSchema& schema, const Looked& looked,
                     Diagnostics& diagnostics) {
  if (table.loads.empty() || looked.none() || looked.has(table.name)) return;
  const auto tell = [&](const std::string& why, const std::string& hint) {
    diagnostics.warning(FindingCode::critical_unchecked, table.at,
                        "no check looks at [table." + table.name + "], " + why, hint);
  };
  for (const auto& column : schema.columns) {
    if (!is_amount_name(column.name) || column.type.kind != TypeKind::numeric) continue;
    return tell("which holds amounts (`" + column.name + "`)", "[check.NAME] use = \"sum\", table = \"" +
                                                                   table.name + "\", column = \"" +
                                                                   column.name + "\", source = \"...\"");
  }
  const std::string hint = "[check.NAME] sql = \"...\" with what its rows must be";
  for (const auto& load : table.loads) {
    if (load.transform) return tell("whose rows a function makes (`" + load.transform->text + "`)", hint);
    if (load.where) return tell("whose `where` leaves rows out", hint);
    if (load.merge) return tell("which keeps one of several rows of a key", hint);
  }
}

}  // namespace

void find_risks(const Plan& plan, const ResolvedPlan* resolved, Diagnostics& diagnostics) {
  const Looked looked(plan);
  for (const auto& table : plan.tables) {
    Diagnostics told;
    const TableShape shape = read_table_shape(table, types_of(plan, table), plan.text, told);
    const ResolvedTable* found = resolved == nullptr ? nullptr : resolved->find(table.name);
    const TableSchema& schema = found == nullptr ? shape.schema : found->schema;
    check_looked_at(table, shape.schema, looked, diagnostics);
    // The types and indexes of a table that exists are not the plan's to choose.
    if (table.exists) continue;
    check_amounts(table, schema, diagnostics);
    if (!shape.open || found != nullptr) check_foreign_keys_indexed(shape, schema, diagnostics);
  }
}

}  // namespace planrun
