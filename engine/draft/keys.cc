#include "draft/keys.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "draft/names.h"
#include "draft/toml_text.h"
#include "sql/identifiers.h"
#include "sql/quote.h"

namespace planrun {
namespace {

/// PostgreSQL refuses an index row of more than 2,704 bytes (a third of a page); texts may be packed, which
/// cannot be counted on.
constexpr std::int64_t kLongestIndexed = 2'600;

std::set<const ColumnDraft*> found_columns(const TableDraft& table, const std::vector<std::string>& names) {
  std::set<const ColumnDraft*> columns;
  for (const auto& name : names) columns.insert(table.find(name));
  return columns;
}

/// In whatever order, as each of them is written.
bool are_same_columns(const TableDraft& table, const std::vector<std::string>& a,
                      const std::vector<std::string>& b) {
  return a.size() == b.size() && found_columns(table, a) == found_columns(table, b);
}

std::vector<std::string> columns_of(const SourceIndex& index) {
  std::vector<std::string> columns;
  for (const auto& part : index.parts) columns.push_back(part.column);
  return columns;
}

bool is_whole_key(const SourceIndex& index) {
  return index.unique && !index.partial &&
         std::ranges::none_of(index.parts, [](const SourceIndexPart& part) { return part.column.empty(); });
}

/// Two of them may leave the range of their type when they are multiplied.
bool has_large_numbers(const ColumnCensus& column) {
  constexpr double kLarge = 2147483648.0;
  constexpr double kLargeReal = 1e100;
  const auto& integers = column.integers.range;
  const auto& reals = column.reals.range;
  return std::max(std::abs(static_cast<double>(integers.least)),
                  std::abs(static_cast<double>(integers.most))) > kLarge ||
         std::max(std::abs(reals.least), std::abs(reals.most)) > kLargeReal;
}

class KeyDrafter {
 public:
  KeyDrafter(std::span<TableDraft> tables, const DraftTarget& target)
      : tables_(tables), target_(target), names_(target.is_postgres) {}

  void draft() {
    for (auto& table : tables_) names_.take(table.name, "table");
    for (auto& table : tables_) draft_primary(table);
    for (auto& table : tables_) draft_unique(table);
    for (auto& table : tables_) draft_indexes(table);
    for (auto& table : tables_) draft_foreign(table);
  }

 private:
  static std::string names_in_target(const TableDraft& table, const std::vector<std::string>& columns) {
    std::vector<std::string> names;
    for (const auto& column : columns) {
      const ColumnDraft* found = table.find(column);
      names.push_back(quote_where_needed(found == nullptr ? column : found->name));
    }
    return "(" + join(names, ", ") + ")";
  }

  void draft_primary(TableDraft& table) {
    const auto key = primary_key_of(table.census->table);
    if (key.empty()) return;
    std::int64_t nulls = 0;
    for (const auto& name : key) nulls += table.find(name)->census->nulls.count;
    if (nulls > 0) {
      // Its primary keys may hold null in SQLite, each of them a row of its own.
      table.constraints.push_back({{},
                                   "unique " + names_in_target(table, key),
                                   false,
                                   {},
                                   {"The source's primary key; " + with_thousands(nulls) +
                                    " of its values are null, which only a unique key takes."}});
    } else if (const KeyWords words = words_of(table, key, true);
               key.size() == 1 && words.before.empty() && words.behind.empty()) {
      table.find(key[0])->primary = true;
    } else {
      table.constraints.push_back(
          {{}, words.before + "primary key " + names_in_target(table, key) + words.behind});
    }
    if (is_typed(table)) return;
    note_long(table, key, table.notes);
    add_nocase(table, key, "The source's primary key is one without regard to case");
  }

  /// Of a key that the source's catalog has whole.
  KeyWords words_of(const TableDraft& table, const std::vector<std::string>& columns, bool primary) const {
    KeyWords words{{}, "unique", {}};
    if (!is_typed(table)) return words;
    for (const auto& key : table.census->table.schema->keys) {
      if (key.primary == primary && key.columns == columns) return words_of_key(table, key, target_);
    }
    return words;
  }

  /// Whether a foreign key refers to these columns of the table.
  bool is_referenced(const TableDraft& table, const std::vector<std::string>& columns) const {
    return std::ranges::any_of(tables_, [&](const TableDraft& other) {
      return std::ranges::any_of(other.census->declared.foreign_keys, [&](const SourceForeignKey& key) {
        return same_name(key.table, table.census->table.name) &&
               are_same_columns(table, key.foreign_columns, columns) &&
               referenced_table(tables_, other, key) == &table;
      });
    });
  }

  void draft_unique(TableDraft& table) {
    std::vector<std::vector<std::string>> known = {primary_key_of(table.census->table)};
    for (const auto& index : table.census->declared.indexes) {
      if (!is_whole_key(index) || index.origin == SourceIndexOrigin::primary_key) continue;
      const auto columns = columns_of(index);
      const bool declared = index.origin == SourceIndexOrigin::unique_constraint;
      // A foreign key of PostgreSQL's refers to a constraint.
      if (!declared && !is_referenced(table, columns)) continue;
      if (std::ranges::any_of(known, [&](const auto& other) { return other == columns; })) continue;
      known.push_back(columns);
      const KeyWords words = words_of(table, columns, false);
      const bool is_plain = words.before.empty() && words.kind == "unique" && words.behind.empty();
      if (declared && is_plain && columns.size() == 1 && table.find(columns[0]) != nullptr) {
        table.find(columns[0])->unique = true;
      } else {
        const std::string name =
            declared ? words.before
                     : "constraint " + quote_where_needed(names_.take(index.name, "key")) + " ";
        table.constraints.push_back(
            {{}, name + words.kind + " " + names_in_target(table, columns) + words.behind});
      }
      if (is_typed(table)) continue;
      note_long(table, columns, table.notes);
      if (std::ranges::any_of(index.parts, [](const auto& part) { return part.collation == "nocase"; }))
        add_nocase(table, columns, "The source's key is unique without regard to case");
    }
  }

  /// NOCASE folds the letters A to Z alone, and so does lower() of the collation "C".
  static std::string folded_sql(const std::string& quoted) { return "lower(" + quoted + " collate \"C\")"; }

  /// A key that compares without regard to case is a unique index over lower() beside it.
  void add_nocase(TableDraft& table, const std::vector<std::string>& columns, const std::string& note) {
    std::vector<std::string> parts;
    bool nocase = false;
    for (const auto& name : columns) {
      const ColumnDraft* column = table.find(name);
      const std::string quoted = quote_where_needed(column->name);
      const bool lowered = collation_of(table, *column) == "nocase" && is_text(*column);
      nocase |= lowered;
      parts.push_back(lowered ? folded_sql(quoted) : quoted);
    }
    if (!nocase) return;
    const std::string name = names_.take(table.name + "_" + join(columns, "_") + "_nocase", "nocase");
    table.indexes.push_back({name, "unique (" + join(parts, ", ") + ")", false, {}, {note + "."}});
  }

  static std::string collation_of(const TableDraft& table, const ColumnDraft& column) {
    const auto place = static_cast<std::size_t>(&column - table.columns.data());
    const auto& collations = table.census->declared.collations;
    return place < collations.size() ? collations[place] : "binary";
  }

  static bool is_text(const ColumnDraft& column) {
    return class_of(kind_of(column.choice.way)) == ValueClass::text;
  }

  static std::int64_t longest(const TableDraft& table, const std::vector<std::string>& columns) {
    std::int64_t bytes = 0;
    for (const auto& name : columns) {
      if (const ColumnDraft* column = table.find(name))
        bytes += std::max(column->census->texts.bytes.most, column->census->blobs.bytes.most);
    }
    return bytes;
  }

  static void note_long(const TableDraft& table, const std::vector<std::string>& columns, Notes& notes) {
    const std::int64_t bytes = longest(table, columns);
    if (bytes <= kLongestIndexed) return;
    notes.push_back("A key over (" + join(columns, ", ") + ") has up to " + with_thousands(bytes) +
                    " bytes; PostgreSQL refuses one of more than 2,704 that it cannot pack.");
  }

  // ---------------------------------------------------------------------------------------------- indexes

  void draft_indexes(TableDraft& table) {
    for (const auto& index : table.census->declared.indexes) {
      if (index.origin != SourceIndexOrigin::create_index) continue;
      if (is_whole_key(index) && is_referenced(table, columns_of(index))) continue;  // a constraint already
      LineDraft line;
      line.name = names_.take(index.name, "index");
      if (line.name != index.name)
        line.notes.push_back("In the source it is called " + shown(index.name) + ".");
      line.sql =
          is_typed(table) ? typed_index_sql(table, index, target_, line) : index_sql(table, index, line);
      if (line.is_comment) line.sql = one_line(index.sql);
      if (is_typed(table)) {
        table.indexes.push_back(std::move(line));
        continue;
      }
      const std::int64_t bytes = longest(table, columns_of(index));
      if (bytes > kLongestIndexed && !line.is_comment) {
        line.is_comment = true;
        line.notes.push_back("Its values have up to " + with_thousands(bytes) +
                             " bytes, and PostgreSQL refuses what it cannot pack into 2,704.");
        line.sql = toml_key(line.name) + " = " + toml_string(line.sql);
      }
      table.indexes.push_back(std::move(line));
    }
  }

  static std::string index_sql(const TableDraft& table, const SourceIndex& index, LineDraft& line) {
    const auto columns = sql_columns(table);
    std::string reason;
    std::vector<std::string> parts;
    for (const auto& part : index.parts) {
      const auto sql = part.column.empty() ? expression_part(part, columns, reason)
                                           : column_part(table, index, part, line);
      if (!sql) return refuse(line, reason);
      parts.push_back(*sql);
    }
    std::string sql = std::string(index.unique ? "unique " : "") + "(" + join(parts, ", ") + ")";
    if (!index.partial) return sql;
    const auto where = translate_expression(index.where, columns, reason);
    if (!where || where->gives != ValueClass::boolean) return refuse(line, reason);
    return sql + " where " + where->sql;
  }

  static std::string refuse(LineDraft& line, const std::string& reason) {
    line.is_comment = true;
    line.notes.push_back(
        "Not carried: " + (reason.empty() ? "its condition is neither true nor false" : reason) + ".");
    return {};
  }

  static std::optional<std::string> column_part(const TableDraft& table, const SourceIndex& index,
                                                const SourceIndexPart& part, LineDraft& line) {
    const ColumnDraft* column = table.find(part.column);
    if (column == nullptr) return std::nullopt;
    std::string sql = quote_where_needed(column->name);
    if (part.collation == "nocase" && is_text(*column)) {
      // What must be unique must be so by the very same comparison.
      sql = index.unique ? folded_sql(sql) : "lower(" + sql + ")";
      line.notes.push_back("Compares " + shown(column->name) +
                           " without regard to case, as the source does: queries find it by " + sql + ".");
    }
    return sql + (part.descending ? " desc" : "");
  }

  static std::optional<std::string> expression_part(const SourceIndexPart& part,
                                                    const std::vector<SqlColumn>& columns,
                                                    std::string& reason) {
    std::string sql = part.sql;
    const std::string lower = to_lower_ascii(sql);
    for (const std::string_view order : {" desc", " asc"}) {
      if (lower.ends_with(order)) sql.resize(sql.size() - order.size());
    }
    const auto translated = translate_expression(sql, columns, reason);
    if (!translated) return std::nullopt;
    return "(" + translated->sql + ")" + (part.descending ? " desc" : "");
  }

  // ----------------------------------------------------------------------------------------- foreign keys

  void draft_foreign(TableDraft& table) {
    for (const auto& found : table.census->foreign_keys) {
      LineDraft line;
      const SourceForeignKey& key = found.key;
      TableDraft* parent = referenced_table(tables_, table, key);
      const std::string refused = why_not(table, found, parent);
      const KeyWords words = words_of(table, key);
      line.sql = words.before + "foreign key " + names_in_target(table, key.columns) + " references " +
                 quote_where_needed(parent == nullptr ? key.table : parent->name);
      if (!key.foreign_columns.empty())
        line.sql += " " + (parent == nullptr ? "(" + join(key.foreign_columns, ", ") + ")"
                                             : names_in_target(*parent, key.foreign_columns));
      line.sql += words.kind + actions(key) + words.behind;
      if (!refused.empty()) {
        line.is_comment = true;
        line.notes.push_back("Not carried: " + refused + ".");
      } else {
        note_orphans(table, found, line);
      }
      if (!line.is_comment && !is_indexed(table, key.columns))
        line.allow = "P049 the source has no index on it either";
      table.constraints.push_back(std::move(line));
    }
  }

  KeyWords words_of(const TableDraft& table, const SourceForeignKey& key) const {
    if (is_typed(table)) {
      for (const auto& own : table.census->table.schema->foreign_keys) {
        if (own.columns == key.columns && own.table == key.table)
          return words_of_foreign_key(table, own, target_);
      }
    }
    return {{}, {}, key.deferred ? " deferrable initially deferred" : ""};
  }

  std::string why_not(const TableDraft& table, const ForeignKeyCensus& found, TableDraft* parent) const {
    const SourceForeignKey& key = found.key;
    if (!found.broken.empty()) return found.broken;
    if (parent == nullptr) return "table " + shown(key.table) + " is not carried";
    if (!is_key(*parent, key.foreign_columns))
      return "(" + join(key.foreign_columns, ", ") + ") is no key of " + shown(parent->name) +
             ", and the source refuses to write by it";
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const Way& a = table.find(key.columns[i])->choice.way;
      const Way& b = parent->find(key.foreign_columns[i])->choice.way;
      if (is_typed(table) ? class_of(kind_of(a)) != class_of(kind_of(b)) : !may_refer(a, b))
        return "its values are " + a.type + ", and those of " + shown(parent->name) + " are " + b.type;
    }
    return {};
  }

  static bool is_key(const TableDraft& table, const std::vector<std::string>& columns) {
    if (are_same_columns(table, primary_key_of(table.census->table), columns)) return true;
    return std::ranges::any_of(table.census->declared.indexes, [&](const SourceIndex& index) {
      return is_whole_key(index) && are_same_columns(table, columns_of(index), columns);
    });
  }

  static std::string actions(const SourceForeignKey& key) {
    std::string sql;
    for (const auto& [word, action] :
         {std::pair{" on update ", key.on_update}, {" on delete ", key.on_delete}}) {
      const std::string lower = to_lower_ascii(action);
      if (!lower.empty() && lower != "no action") sql += word + lower;
    }
    return sql;
  }

  static void note_orphans(const TableDraft& table, const ForeignKeyCensus& found, LineDraft& line) {
    const auto note = [&](const RowTally& rows, const std::string& what) {
      if (rows.count == 0) return;
      line.notes.push_back(with_thousands(rows.count) + (rows.count == 1 ? " row refers " : " rows refer ") +
                           what + " " + samples_in_words(rows, table.row_key()) +
                           ": with this line the run stops there and names them.");
    };
    note(found.orphans, "to what is not there");
    note(found.loosely_referring, "to what the source finds by its collation alone, and a target does not");
    if (found.orphans.count + found.loosely_referring.count == 0) return;
    line.notes.push_back("choice: mend the source; or take this line out; or say on_reject = \"keep\" for " +
                         shown(table.name) + ", and the ledger keeps these rows as rejects");
  }

  static bool is_indexed(const TableDraft& table, const std::vector<std::string>& columns) {
    const auto begins = [&](std::vector<std::string> names) {
      if (names.size() < columns.size()) return false;
      names.resize(columns.size());
      return are_same_columns(table, names, columns);
    };
    if (begins(primary_key_of(table.census->table))) return true;
    for (const auto& index : table.census->declared.indexes) {
      const bool nocase = std::ranges::any_of(index.parts, [&](const SourceIndexPart& part) {
        const ColumnDraft* column = table.find(part.column);
        return part.column.empty() || (part.collation == "nocase" && column != nullptr && is_text(*column) &&
                                       index.origin == SourceIndexOrigin::create_index);
      });
      const bool leaves_nulls = !index.partial || to_lower_ascii(index.where).ends_with("not null");
      const bool is_long = longest(table, columns_of(index)) > kLongestIndexed;
      if (!nocase && leaves_nulls && !is_long && begins(columns_of(index))) return true;
    }
    return false;
  }

  std::span<TableDraft> tables_;
  const DraftTarget& target_;
  TakenNames names_;  // tables, keys and indexes share one space
};

}  // namespace

TableDraft* referenced_table(std::span<TableDraft> tables, const TableDraft& from,
                             const SourceForeignKey& key) {
  // By its very name first: see find_by_name().
  for (const bool exactly : {true, false}) {
    for (auto& table : tables) {
      const std::string& name = table.census->table.name;
      if (table.source == from.source && (exactly ? name == key.table : same_name(name, key.table)))
        return &table;
    }
  }
  return nullptr;
}

bool may_refer(const Way& from, const Way& to) {
  const TypeKind a = kind_of(from);
  const TypeKind b = kind_of(to);
  if (a == b) return true;
  if (class_of(a) == ValueClass::text) return class_of(b) == ValueClass::text;
  return (a == TypeKind::bigint && (b == TypeKind::numeric || b == TypeKind::double_precision)) ||
         (a == TypeKind::numeric && b == TypeKind::double_precision);
}

bool numbers_rows(const TableCensus& table) {
  const auto key = primary_key_of(table.table);
  if (key.size() != 1 || table.declared.without_rowid) return false;
  const bool has_index = std::ranges::any_of(table.declared.indexes, [](const SourceIndex& index) {
    return index.origin == SourceIndexOrigin::primary_key;
  });
  return !has_index && std::ranges::any_of(table.table.columns, [](const SourceColumn& column) {
    return column.primary_key > 0 && to_lower_ascii(column.declared) == "integer";
  });
}

std::vector<SqlColumn> sql_columns(const TableDraft& table) {
  std::vector<SqlColumn> columns;
  for (const auto& column : table.columns)
    columns.push_back({column.census->column.name, column.name,
                       column.store_as_text ? TypeKind::other : kind_of(column.choice.way),
                       has_large_numbers(*column.census)});
  return columns;
}

void draft_keys(std::span<TableDraft> tables, const DraftTarget& target) {
  KeyDrafter(tables, target).draft();
}

}  // namespace planrun
