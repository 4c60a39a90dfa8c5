#include "plan/table_shape.h"

#include <algorithm>

#include "base/text.h"
#include "plan/document.h"
#include "plan/section.h"
#include "sql/definition.h"

namespace planrun {
namespace {

class ShapeReader {
 public:
  ShapeReader(const PlanTable& table, std::span<const std::string> types, const std::string& text,
              Diagnostics& diagnostics)
      : table_(table), types_(types), text_(text), diagnostics_(diagnostics) {}

  TableShape read() {
    shape_.target = table_.target;
    shape_.at = table_.at;
    shape_.schema.name = table_.name;
    shape_.open = table_.exists || table_.columns.empty();
    for (const auto& column : table_.columns) read_column(column);
    for (const auto& constraint : table_.constraints) read_constraint(constraint);
    for (const auto& index : table_.indexes) read_index(index);
    read_division();
    check_keys();
    return std::move(shape_);
  }

 private:
  void fault(const Located& text, const SqlFault& fault) {
    const auto offset = static_cast<std::size_t>(fault.offset);
    diagnostics_.error(fault.of_type ? FindingCode::unknown_type : FindingCode::unreadable_sql,
                       position_in_string(text_, text.at, offset), fault.message, fault.hint);
    shape_.incomplete = true;
  }

  // A column whose definition is wrong is still a column: what names it is right.
  void add_unreadable(const PlanColumn& column) {
    ColumnSchema schema;
    schema.name = column.name;
    schema.type.kind = TypeKind::other;
    add_column(std::move(schema), column.at, {});
    shape_.incomplete = true;
  }

  void add_column(ColumnSchema schema, Position at, std::vector<std::string> generated_from) {
    shape_.schema.columns.push_back(std::move(schema));
    shape_.column_at.push_back(at);
    shape_.generated_columns.push_back(std::move(generated_from));
  }

  void read_column(const PlanColumn& column) {
    if (column.inherit) {
      shape_.open = true;
      shape_.inherit_at = shape_.schema.columns.size();
      return;
    }
    if (column.definition.at.line == 0) {  // a table that exists, or reported already
      add_unreadable(column);
      return;
    }
    if (trim(column.definition.text) == "inherit") {
      diagnostics_.error(FindingCode::missing_key, column.definition.at,
                         shown_column(table_.name, column.name) + " has no type",
                         "`inherit` goes with \"*\"; a column alone takes a definition");
      add_unreadable(column);
      return;
    }
    auto parsed = parse_column_definition(column.name, column.definition.text, types_);
    if (!parsed) {
      fault(column.definition, parsed.fault);
      add_unreadable(column);
      return;
    }
    ColumnDefinition& definition = *parsed.value;
    definition.column.store_as_text = column.store_as_text;
    check_mapping(column, definition.column);
    const Position at = column.definition.at;
    for (auto& check : definition.checks) {
      shape_.schema.checks.push_back(std::move(check));
      shape_.check_at.push_back(at);
    }
    for (auto& key : definition.keys) {
      shape_.schema.keys.push_back(std::move(key));
      shape_.key_at.push_back(at);
    }
    for (auto& key : definition.foreign_keys) {
      shape_.schema.foreign_keys.push_back(std::move(key));
      shape_.foreign_key_at.push_back(at);
    }
    add_column(std::move(definition.column), at, std::move(definition.generated_columns));
  }

  void check_mapping(const PlanColumn& column, const ColumnSchema& schema) {
    const std::string shown = shown_column(table_.name, column.name);
    const TypeKind kind = schema.type.kind;
    if (column.zone && kind != TypeKind::timestamp && kind != TypeKind::timestamptz) {
      diagnostics_.error(FindingCode::type_misfit, column.zone->at,
                         "`zone` is for timestamp and timestamptz, and " + shown + " is " + schema.type.sql);
    }
    if (column.store_as_text && kind != TypeKind::numeric) {
      diagnostics_.error(FindingCode::type_misfit, column.at,
                         "`storage` is for numeric, and " + shown + " is " + schema.type.sql);
    }
    const bool mapped = column.from || column.expr || column.value || !column.using_.empty();
    if (!schema.generated_sql.empty() && mapped) {
      diagnostics_.error(FindingCode::computed_column, column.at,
                         shown + " is computed by the target and cannot be loaded");
    }
  }

  void read_constraint(const Located& text) {
    auto parsed = parse_table_constraint(text.text);
    if (!parsed) {
      fault(text, parsed.fault);
      return;
    }
    TableConstraint& constraint = *parsed.value;
    if (constraint.key) {
      shape_.schema.keys.push_back(std::move(*constraint.key));
      shape_.key_at.push_back(text.at);
    }
    if (constraint.foreign_key) {
      shape_.schema.foreign_keys.push_back(std::move(*constraint.foreign_key));
      shape_.foreign_key_at.push_back(text.at);
    }
    if (constraint.check) {
      shape_.schema.checks.push_back(std::move(*constraint.check));
      shape_.check_at.push_back(text.at);
    }
  }

  void read_index(const PlanIndex& index) {
    auto parsed = parse_index(index.name, index.definition.text);
    if (!parsed) {
      fault(index.definition, parsed.fault);
      return;
    }
    if (parsed.value->columns.empty()) {
      diagnostics_.error(FindingCode::index_of_no_column, index.definition.at,
                         "index `" + index.name + "` names no column");
      return;
    }
    shape_.schema.indexes.push_back(std::move(*parsed.value));
    shape_.index_at.push_back(index.definition.at);
  }

  void read_division() {
    if (table_.distribution) shape_.schema.distribution.emplace().by = table_.distribution->by.text;
    if (!table_.partition) return;
    PartitionSchema& partition = shape_.schema.partition.emplace();
    partition.by = table_.partition->by;
    for (const auto& column : table_.partition->columns) partition.columns.push_back(column.text);
    for (const auto& part : table_.partition->parts)
      partition.parts.push_back(
          {part.name, part.is_default, texts_of(part.from), texts_of(part.to), texts_of(part.values), {}});
  }

  void check_keys() {
    bool primary = false;
    const auto& keys = shape_.schema.keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].primary && primary) {
        diagnostics_.error(FindingCode::named_twice, shape_.key_at[i],
                           "[table." + table_.name + "] has two primary keys",
                           "a key of several columns stands in `constraints`");
      }
      primary = primary || keys[i].primary;
      const bool twice =
          std::any_of(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(i), [&](const auto& k) {
            return k.columns == keys[i].columns && k.primary == keys[i].primary && !k.primary;
          });
      if (twice) {
        diagnostics_.error(FindingCode::named_twice, shape_.key_at[i],
                           "the key on (" + join(keys[i].columns, ", ") + ") is declared twice");
      }
    }
  }

  const PlanTable& table_;
  std::span<const std::string> types_;
  const std::string& text_;
  Diagnostics& diagnostics_;
  TableShape shape_;
};

class ColumnCheck {
 public:
  ColumnCheck(const TableShape& table, Diagnostics& diagnostics)
      : table_(table), names_(column_names(table.schema)), diagnostics_(diagnostics) {}

  void run() {
    const TableSchema& schema = table_.schema;
    for (std::size_t i = 0; i < schema.keys.size(); ++i) {
      const std::string what = schema.keys[i].primary ? "the primary key" : "the key";
      check_list(schema.keys[i].columns, table_.key_at[i], what);
    }
    for (std::size_t i = 0; i < schema.foreign_keys.size(); ++i) {
      check_list(schema.foreign_keys[i].columns, table_.foreign_key_at[i], "the foreign key");
    }
    for (std::size_t i = 0; i < schema.indexes.size(); ++i) {
      check(schema.indexes[i].columns, table_.index_at[i], "index `" + schema.indexes[i].name + "`");
    }
    for (std::size_t i = 0; i < schema.checks.size(); ++i) {
      check(schema.checks[i].columns, table_.check_at[i], "the check");
    }
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      check(table_.generated_columns[i], table_.column_at[i], "column `" + schema.columns[i].name + "`");
    }
  }

 private:
  void check(const std::vector<std::string>& columns, Position at, const std::string& what) {
    for (const auto& column : columns) {
      if (std::find(names_.begin(), names_.end(), column) != names_.end()) continue;
      report(column, at, what);
    }
  }

  void report(const std::string& column, Position at, const std::string& what) {
    diagnostics_.error(
        FindingCode::unknown_column, at,
        what + " names `" + column + "`, which is no column of [table." + table_.schema.name + "]",
        did_you_mean(column, names_));
  }

  void check_list(const std::vector<std::string>& columns, Position at, const std::string& what) {
    check(columns, at, what);
    for (std::size_t i = 1; i < columns.size(); ++i) {
      if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) ==
          columns.begin() + static_cast<std::ptrdiff_t>(i)) {
        continue;
      }
      diagnostics_.error(FindingCode::named_twice, at, what + " names column `" + columns[i] + "` twice");
    }
  }

  const TableShape& table_;
  std::vector<std::string> names_;
  Diagnostics& diagnostics_;
};

}  // namespace

TableShape read_table_shape(const PlanTable& table, std::span<const std::string> types,
                            const std::string& text, Diagnostics& diagnostics) {
  return ShapeReader(table, types, text, diagnostics).read();
}

void check_columns_exist(const TableShape& table, Diagnostics& diagnostics) {
  if (!table.open) ColumnCheck(table, diagnostics).run();
}

std::span<const std::string> types_of(const Plan& plan, const PlanTable& table) {
  for (const auto& target : plan.targets) {
    if (target.name == table.target || table.target.empty()) return target.types;
  }
  return {};
}

std::string shown_column(const std::string& table, const std::string& column) {
  return "column `" + column + "` of [table." + table + "]";
}

std::vector<std::string> column_names(const TableSchema& table) {
  std::vector<std::string> names;
  for (const auto& c : table.columns) names.push_back(c.name);
  return names;
}

}  // namespace planrun
