#include "draft/schema_draft.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "draft/keys.h"
#include "draft/names.h"
#include "draft/source_sql.h"
#include "draft/toml_text.h"
#include "resolve/resolve.h"
#include "sql/definition.h"
#include "sql/identifiers.h"
#include "sql/quote.h"

namespace planrun {
namespace {

ColumnType type_of(const ColumnDraft& column) {
  const auto type = parse_type(column.choice.way.type, {});
  return type ? *type.value : inherited_type("text");
}

class Drafter {
 public:
  Drafter(std::span<const DraftSource> sources, const DraftTarget& target)
      : sources_(sources), target_(target), names_(target.is_postgres) {}

  std::vector<TableDraft> draft() {
    for (const auto& source : sources_) {
      for (const auto& table : source.census->tables) {
        const bool is_drafted =
            table.was_read && is_valid_utf8(table.table.name) && !table.table.columns.empty();
        if (is_drafted) begin_table(source, table);
      }
    }
    for (auto& table : tables_) mark_keys(table);
    for (auto& table : tables_) choose(table);
    // A type that an expression or a foreign key cannot live with becomes a plainer one, until all can.
    while (settle_expressions() || settle_foreign_keys()) {
    }
    for (auto& table : tables_) finish_columns(table);
    draft_keys(tables_, target_);
    for (auto& table : tables_) add_notes(table);
    return std::move(tables_);
  }

 private:
  /// Whether another source has a table of this name.
  bool clashes(const DraftSource& of, const std::string& name) const {
    const std::string folded = to_lower_ascii(name);
    return std::ranges::any_of(sources_, [&](const DraftSource& source) {
      return &source != &of && std::ranges::any_of(source.census->tables, [&](const TableCensus& other) {
        return other.was_read && to_lower_ascii(other.table.name) == folded;
      });
    });
  }

  void begin_table(const DraftSource& source, const TableCensus& census) {
    TableDraft& table = tables_.emplace_back();
    table.census = &census;
    table.source = source.name;
    const std::string& name = census.table.name;
    const bool clash = clashes(source, name);
    table.name = names_.take(clash ? source.name + "_" + name : name, "table_1");
    if (clash) {
      table.notes.push_back("Another source has a table " + shown(name) +
                            " too: here it has its source's name before its own.");
    } else if (table.name != name) {
      table.notes.push_back(shown(name) + " is no name that every target takes: here it is " +
                            shown(table.name) + ".");
    }
    TakenNames columns(target_.is_postgres, system_columns());
    for (std::size_t i = 0; i < census.columns.size(); ++i) {
      ColumnDraft& column = table.columns.emplace_back();
      column.census = &census.columns[i];
      column.name = columns.take(column.census->column.name, "column_" + std::to_string(i + 1));
      column.facts.row_key = table.row_key();
      column.not_null = column.census->column.not_null && column.census->nulls.count == 0;
    }
  }

  void mark_keys(TableDraft& table) {
    const auto key = primary_key_of(table.census->table);
    for (const auto& name : key) {
      if (ColumnDraft* column = table.find(name)) column->facts.in_key = true;
    }
    if (numbers_rows(*table.census)) table.find(key[0])->facts.is_identity = true;
    for (const auto& foreign : table.census->declared.foreign_keys) {
      for (const auto& name : foreign.columns) {
        if (ColumnDraft* column = table.find(name)) column->facts.in_key = true;
      }
      TableDraft* parent = referenced_table(tables_, table, foreign);
      if (parent == nullptr) continue;
      for (const auto& name : foreign.foreign_columns) {
        if (ColumnDraft* column = parent->find(name)) column->facts.in_key = true;
      }
    }
  }

  void choose(TableDraft& table) const {
    if (is_typed(table)) return choose_typed(table, target_);
    for (auto& column : table.columns) column.choice = choose_column(*column.census, column.facts);
  }

  /// True: the column is another one now.
  static bool make_plain(ColumnDraft& column) {
    if (column.facts.as_it_is || column.facts.is_identity) return false;
    column.facts.as_it_is = true;
    const Way before = column.choice.way;
    column.choice = choose_column(*column.census, column.facts);
    return !(column.choice.way == before);
  }

  // ------------------------------------------------------------------------------------------ expressions

  /// All of a table's expressions: checks, generated columns, indexes.
  static std::vector<std::string> expressions_of(const TableDraft& table) {
    std::vector<std::string> all;
    for (const auto& check : table.census->declared.checks) all.push_back(check.sql);
    for (const auto& sql : table.census->declared.generated) {
      if (!sql.empty()) all.push_back(sql);
    }
    for (const auto& index : table.census->declared.indexes) {
      if (index.partial) all.push_back(index.where);
      for (const auto& part : index.parts) {
        if (part.column.empty()) all.push_back(part.sql);
      }
    }
    return all;
  }

  bool settle_expressions() {
    bool changed = false;
    for (auto& table : tables_) {
      if (is_typed(table)) continue;
      for (const auto& sql : expressions_of(table)) changed |= settle(table, sql);
      for (std::size_t i = 0; i < table.columns.size(); ++i) changed |= settle_default(table, i);
    }
    return changed;
  }

  bool settle(TableDraft& table, const std::string& sql) {
    std::string reason;
    const auto columns = sql_columns(table);
    if (translate_expression(sql, columns, reason)) return false;
    bool changed = false;
    // Only where plain types would help: what no type makes certain leaves the types alone.
    auto plain = columns;
    for (auto& column : plain) {
      ColumnDraft trial = *table.find(column.source);
      make_plain(trial);
      column.kind = kind_of(trial.choice.way);
    }
    if (!translate_expression(sql, plain, reason)) return false;
    for (const auto& name : columns_named_in(sql, columns)) changed |= make_plain(*table.find(name));
    return changed;
  }

  static bool settle_default(TableDraft& table, std::size_t place) {
    const std::string& sql = table.census->declared.defaults[place];
    ColumnDraft& column = table.columns[place];
    if (sql.empty() || translate_default(sql, type_of(column))) return false;
    ColumnDraft trial = column;
    if (!make_plain(trial) || !translate_default(sql, type_of(trial))) return false;
    return make_plain(column);
  }

  // ----------------------------------------------------------------------------------------- foreign keys

  bool settle_foreign_keys() {
    bool changed = false;
    for (auto& table : tables_) {
      if (is_typed(table)) continue;
      for (const auto& key : table.census->declared.foreign_keys) {
        TableDraft* parent = referenced_table(tables_, table, key);
        if (parent == nullptr || key.foreign_columns.size() != key.columns.size()) continue;
        for (std::size_t i = 0; i < key.columns.size(); ++i) {
          ColumnDraft* from = table.find(key.columns[i]);
          ColumnDraft* to = parent->find(key.foreign_columns[i]);
          if (from != nullptr && to != nullptr) changed |= settle(*from, *to);
        }
      }
    }
    return changed;
  }

  /// Both ends of a foreign key must be of types that compare.
  static bool settle(ColumnDraft& from, ColumnDraft& to) {
    if (may_refer(from.choice.way, to.choice.way)) return false;
    if (make_plain(from) || make_plain(to)) return true;
    if (take_type(from, to.choice.way)) return true;
    return !to.facts.is_identity && take_type(to, from.choice.way);
  }

  /// Where every value comes to it without a change.
  static bool take_type(ColumnDraft& column, const Way& way) {
    if (column.choice.way == way || column.facts.is_identity || column.follows_key) return false;
    const ColumnCensus& found = *column.census;
    const TextCensus& texts = found.texts;
    const bool no_others = found.reals.all.count + found.blobs.all.count == 0;
    const bool integers =
        no_others && texts.of(TextKind::integer).count == texts.count && texts.beyond_bigint.count == 0;
    const TypeKind kind = kind_of(way);
    if (found.values() == 0) {
      column.choice = {{way.type}};
    } else if (kind == TypeKind::bigint && integers) {
      column.choice = {{"bigint"}};
    } else if (kind == TypeKind::numeric && found.integers.all.count == found.values()) {
      column.choice = {{"numeric"}};
    } else if (kind == TypeKind::text && no_others && texts.nul.count + texts.invalid_utf8.count == 0) {
      column.choice = {
          {"text", texts.count == 0 ? std::vector<std::string>{} : std::vector<std::string>{"text"}}};
    } else {
      return false;
    }
    column.follows_key = true;
    return true;
  }

  // ------------------------------------------------------------------------------------------ what is left

  void finish_columns(TableDraft& table) {
    if (is_typed(table)) return finish_typed(table, target_);
    const TableDeclaration& declared = table.census->declared;
    const auto columns = sql_columns(table);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      ColumnDraft& column = table.columns[i];
      // The default of a rowid never comes to pass.
      const bool fills_itself = column.facts.is_identity || !declared.generated[i].empty();
      if (!declared.defaults[i].empty() && !fills_itself) {
        const auto value = translate_default(declared.defaults[i], type_of(column));
        if (value)
          column.default_sql = *value;
        else
          column.notes.push_back("Its default is not carried: " + one_line(declared.defaults[i]));
      }
      if (column.census->column.generated) finish_generated(column, declared.generated[i], columns);
      if (column.census->column.not_null && !column.not_null)
        column.notes.push_back("declared NOT NULL, and " + with_thousands(column.census->nulls.count) +
                               " of its rows hold none: it may stay null here");
      finish_collation(column, declared.collations[i]);
    }
    if (!declared.conflicts.empty()) {
      table.notes.push_back("On a conflict the source does " + join(declared.conflicts, ", ") +
                            " by itself (ON CONFLICT); here a statement that breaks a key is refused.");
    }
    finish_checks(table, columns);
  }

  /// What is computed or held against a value must come to the same; an index may differ in what it finds.
  static std::optional<Translated> translate(const std::string& sql, const std::vector<SqlColumn>& columns,
                                             std::string& reason) {
    auto translated = translate_expression(sql, columns, reason);
    if (!translated) return translated;
    reason = why_letters_differ(translated->sql);
    return reason.empty() ? translated : std::nullopt;
  }

  static void finish_generated(ColumnDraft& column, const std::string& sql,
                               const std::vector<SqlColumn>& columns) {
    std::string reason = "its expression is not known";
    const auto translated = sql.empty() ? std::nullopt : translate(sql, columns, reason);
    if (translated && translated->gives == class_of(kind_of(column.choice.way))) {
      column.generated_sql = translated->sql;
      return;
    }
    column.notes.push_back("The source computes it as (" + one_line(sql) +
                           "); here its values stand as they are now" +
                           (translated ? std::string() : ": " + reason) + ".");
  }

  static void finish_collation(ColumnDraft& column, const std::string& collation) {
    if (collation == "binary") return;
    const bool nocase = collation == "nocase";
    column.notes.push_back(
        "The source compares it by " + collation +
        (nocase ? ", without regard to the case of ASCII letters" : "") +
        "; here texts are compared as they stand" +
        (nocase ? ": lower(" + quote_where_needed(column.name) + ") finds what it found" : "") + ".");
    if (!nocase) return;
    column.notes.push_back(
        "choice: PostgreSQL compares it so by itself as citext, where [target] has types = [\"citext\"], or "
        "with "
        "a collation that the server has by then: create collation nocase (provider = icu, locale = "
        "'und-u-ks-level2', deterministic = false), and collate \"nocase\" behind its type.");
  }

  static void finish_checks(TableDraft& table, const std::vector<SqlColumn>& columns) {
    for (const auto& check : table.census->declared.checks) {
      std::string reason;
      const auto translated = translate(check.sql, columns, reason);
      if (!translated || translated->gives != ValueClass::boolean) {
        table.constraints.push_back(
            {{},
             "check (" + one_line(check.sql) + ")",
             true,
             {},
             {"Not carried: " + (reason.empty()
                                     ? "a condition is true or false in PostgreSQL, a number is neither"
                                     : reason)}});
        continue;
      }
      ColumnDraft* alone = nullptr;
      if (check.name.empty() && translated->columns.size() == 1) {
        const auto found = std::ranges::find(table.columns, translated->columns[0], &ColumnDraft::name);
        if (found->check.empty() && found->generated_sql.empty()) alone = &*found;
      }
      if (alone != nullptr) {
        alone->check = translated->sql;
        continue;
      }
      const std::string name =
          check.name.empty()
              ? ""
              : "constraint " + quote_where_needed(TakenNames().take(check.name, "check_1")) + " ";
      table.constraints.push_back({{}, name + "check (" + translated->sql + ")"});
    }
  }

  static void add_notes(TableDraft& table) {
    for (const auto& found : table.census->duplicates) {
      if (found.values.count == 0) continue;
      const bool one = found.values.count == 1;
      table.notes.push_back(
          with_thousands(found.values.count) + (one ? " value of (" : " values of (") +
          join(found.columns, ", ") + ") " + (one ? "stands" : "stand") + " several times " +
          (found.comparison == LooseComparison::nocase ? "but for the case of letters "
                                                       : "when numbers are compared by their value ") +
          samples_in_words(found.values, table.row_key()) + ".");
    }
    if (table.census->columns.size() > 1600)
      table.notes.push_back("PostgreSQL takes no table of more than 1,600 columns; this one has " +
                            with_thousands(static_cast<std::int64_t>(table.census->columns.size())) + ".");
  }

  std::span<const DraftSource> sources_;
  const DraftTarget& target_;
  std::vector<TableDraft> tables_;
  TakenNames names_;
};

}  // namespace

ColumnDraft* TableDraft::find(const std::string& source_column) {
  return find_by_name(columns, source_column,
                      [](const ColumnDraft& c) -> const std::string& { return c.census->column.name; });
}

const ColumnDraft* TableDraft::find(const std::string& source_column) const {
  return const_cast<TableDraft*>(this)->find(source_column);
}

std::string TableDraft::row_key() const {
  const auto key = primary_key_of(census->table);
  return numbers_rows(*census) ? key[0] : join(census->table.key, ", ");
}

std::vector<TableDraft> draft_tables(std::span<const DraftSource> sources, const DraftTarget& target) {
  return Drafter(sources, target).draft();
}

}  // namespace planrun
