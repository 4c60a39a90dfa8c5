// A target table as the plan wants it, in PostgreSQL's terms; each dialect writes its own DDL from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/column_type.h"
#include "data/partition.h"

namespace planrun {

enum class Identity { none, serial, by_default, always };  // serial covers smallserial and bigserial

struct ColumnSchema {
  std::string name;
  ColumnType type;
  bool not_null = false;  // declared, or part of the primary key
  Identity identity = Identity::none;
  std::string default_sql;     // PostgreSQL expression text; empty: none
  std::string generated_sql;   // generated always as (...) stored; such a column is never loaded
  std::string collation;       // as written, empty: the default
  bool store_as_text = false;  // `storage = "text"`: numeric kept as TEXT in a SQLite target
};

struct CheckSchema {
  std::string name;                    // empty: the database names it
  std::string sql;                     // the expression, without the parentheses around it
  std::string column;                  // the column it was declared with; empty: the table's
  std::vector<std::string> columns{};  // every column that it mentions, where its text was read
};

/// PRIMARY KEY or UNIQUE. `name` is the one PostgreSQL would choose where the plan names none.
struct KeySchema {
  std::string name;
  bool primary = false;
  std::vector<std::string> columns;
  bool deferrable = false;
  bool initially_deferred = false;
  bool nulls_not_distinct = false;
};

struct ForeignKeySchema {
  std::string name;
  std::vector<std::string> columns;
  std::string table;                         // referenced
  std::vector<std::string> foreign_columns;  // never empty once resolved
  std::string on_delete;                     // "", "cascade", "restrict", "set null", "set default"
  std::string on_update;
  bool match_full = false;
  bool deferrable = false;
  bool initially_deferred = false;
  // Of a table that exists, as the target's own catalog says it.
  std::string definition{};  // what makes it again, with all that it says; without NOT VALID
  bool is_validated = true;  // false: rows may be there that refer to nothing
  std::string comment{};
  bool restored = false;    // the run drops it before the rows and puts it back behind them
  bool to_divided = false;  // the table that it refers to is divided
};

struct IndexSchema {
  std::string name;
  bool unique = false;
  std::string method;                // "btree" unless said
  std::string elements_sql;          // what stands between the parentheses: "a, lower(b) desc"
  std::string include_sql;           // columns of INCLUDE (...), empty: none
  std::string where_sql;             // empty: whole
  std::vector<std::string> columns;  // every column that it mentions
};

struct TableSchema {
  std::string name;
  bool exists = false;  // made by others: never created or dropped, and rows of others are in it
  std::vector<ColumnSchema> columns;  // in the plan's order
  std::vector<CheckSchema> checks;
  std::vector<KeySchema> keys;
  std::vector<ForeignKeySchema> foreign_keys;
  std::vector<IndexSchema> indexes;
  std::optional<PartitionSchema> partition{};
  std::optional<DistributionSchema> distribution{};

  /// Its rows stand in other tables: what is made of it, is made of all of them.
  bool is_divided() const { return partition || distribution; }
  /// The columns that say where a row stands, which each of its keys must hold.
  std::vector<std::string> dividing_columns() const {
    std::vector<std::string> names = partition ? partition->columns : std::vector<std::string>();
    if (distribution && !distribution->by.empty()) names.push_back(distribution->by);
    return names;
  }
  const ColumnSchema* find(const std::string& column) const {
    for (const auto& c : columns) {
      if (c.name == column) return &c;
    }
    return nullptr;
  }
  const KeySchema* primary_key() const {
    for (const auto& k : keys) {
      if (k.primary) return &k;
    }
    return nullptr;
  }
  /// What names each of its rows: the primary key, or the first unique key that holds no null.
  const KeySchema* row_key() const {
    if (const KeySchema* primary = primary_key()) return primary;
    for (const auto& k : keys) {
      bool holds_null = false;
      for (const auto& name : k.columns) {
        const ColumnSchema* column = find(name);
        holds_null = holds_null || column == nullptr || !column->not_null;
      }
      if (!holds_null) return &k;
    }
    return nullptr;
  }
  /// Places of the named columns; a name that is no column is left out.
  std::vector<std::size_t> places(const std::vector<std::string>& names) const {
    std::vector<std::size_t> found;
    for (const auto& name : names) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name) found.push_back(i);
      }
    }
    return found;
  }
};

}  // namespace planrun
