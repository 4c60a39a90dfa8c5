#include "draft/typed_table.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "draft/keys.h"
#include "draft/plain_sql.h"
#include "draft/source_sql.h"
#include "draft/toml_text.h"
#include "sql/definition.h"
#include "sql/quote.h"
#include "sql/words.h"

namespace planrun {
namespace {

const ColumnSchema& schema_of(const TableDraft& table, const ColumnDraft& column) {
  return *table.census->table.schema->find(column.census->column.name);
}

bool names_any(std::string_view sql, const std::vector<std::string>& names) {
  return std::ranges::any_of(words_in(sql), [&](const SqlWord& word) {
    const bool is_name = word.kind == WordKind::plain || word.kind == WordKind::quoted;
    return is_name && std::ranges::find(names, word.text) != names.end();
  });
}

/// Whether an expression of the table names what only the source has.
bool names_own(const TableDraft& table, std::string_view sql, const DraftTarget& target) {
  std::vector<std::string> own = table.census->declared.own_names;
  std::erase_if(own, [&](const std::string& name) {
    return std::ranges::find(target.types, name) != target.types.end();
  });
  return names_any(sql, own);
}

/// What is computed or held against a value must come to the same; an index may differ in what it finds.
std::optional<std::string> alike_sql(const TableDraft& table, const std::string& sql,
                                     const DraftTarget& target, std::string& reason) {
  if (!target.is_postgres) reason = why_letters_differ(sql);
  return reason.empty() ? carried_sql(table, sql, target, reason) : std::nullopt;
}

std::int64_t count_of(const std::vector<RefusedValues>& refused) {
  std::int64_t count = 0;
  for (const auto& one : refused) count += one.rows.count;
  return count;
}

class TypedColumn {
 public:
  TypedColumn(TableDraft& table, ColumnDraft& column, const DraftTarget& target)
      : table_(table), column_(column), schema_(schema_of(table, column)), target_(target) {}

  void choose() {
    column_.choice = {{schema_.type.sql}};
    if (schema_.type.kind == TypeKind::other) choose_other();
    std::vector<RefusedValues> refused;
    for (const auto& one : column_.census->refused) {
      if (one.by_all || !target_.is_postgres) refused.push_back(one);
    }
    if (!refused.empty()) choose_for(refused);
  }

  void finish() {
    number();
    collate();
    if (!schema_.generated_sql.empty()) return compute();
    if (schema_.default_sql.empty()) return;
    if (const auto value = default_sql())
      column_.default_sql = *value;
    else
      column_.notes.push_back("Its default is not carried: " + one_line(schema_.default_sql));
  }

 private:
  ColumnChoice& choice() { return column_.choice; }
  bool is_changed() const { return column_.choice.way.type != schema_.type.sql; }

  void choose_other() {
    const bool known = parse_type(schema_.type.sql, target_.types).value.has_value();
    if (known && target_.is_postgres) return;
    choice() = {{"text"},
                known
                    ? "of type " + schema_.type.sql + ", which SQLite does not have; its values stand as text"
                    : "of the source's own type " + schema_.type.sql +
                          ", its values stand as text; where a PostgreSQL target has the type, name it in "
                          "`types` of [target] and here",
                {{schema_.type.sql}}};
  }

  void choose_for(const std::vector<RefusedValues>& refused) {
    std::vector<std::string> words;
    for (const auto& one : refused) {
      const std::string samples = samples_in_words(one.rows, column_.facts.row_key);
      words.push_back(with_thousands(one.rows.count) + (one.rows.count == 1 ? " value " : " values: ") +
                      one.reason + (samples.empty() ? "" : " " + samples));
    }
    choice().remark = join(words, "; ");
    const bool by_none = std::ranges::none_of(refused, &RefusedValues::by_all);
    const bool is_bound = column_.facts.in_key || is_named() || !schema_.generated_sql.empty();
    if (schema_.type.kind == TypeKind::numeric && by_none && !column_.facts.in_key) {
      column_.store_as_text = true;
      choice().remark += ". SQLite keeps all of them as text";
    } else if (is_bound) {
      choice().remark += count_of(refused) == 1 ? ". The run stops there" : ". The run stops at the first";
      column_.notes.push_back("choice: on_reject = \"keep\" for `" + table_.name + "`" +
                              ", and the ledger keeps these rows as rejects");
    } else {
      choice().remark += ". All values stand as text";
      choice().others = {choice().way};
      choice().way = {"text", {}, "(" + quote_name(schema_.name) + ")::text"};
    }
  }

  /// By an expression of the table, which would read a text in another way.
  bool is_named() const {
    const TableDeclaration& declared = table_.census->declared;
    const std::vector<std::string> name = {schema_.name};
    const auto names = [&](const std::string& sql) { return names_any(sql, name); };
    return std::ranges::any_of(declared.checks, [&](const auto& check) { return names(check.sql); }) ||
           std::ranges::any_of(declared.generated, names) ||
           std::ranges::any_of(declared.indexes, [&](const SourceIndex& index) {
             return names(index.where) || std::ranges::any_of(index.parts, names, &SourceIndexPart::sql);
           });
  }

  void number() {
    if (schema_.identity == Identity::none) return;
    const KeySchema* key = table_.census->table.schema->primary_key();
    const bool alone = key != nullptr && key->columns == std::vector<std::string>{schema_.name};
    if (!alone && !target_.is_postgres) {
      column_.notes.push_back(
          "The source numbers its rows by a sequence; SQLite does so for a single integer primary key "
          "alone.");
      return;
    }
    if (schema_.identity == Identity::serial) {
      column_.serial_type = schema_.type.kind == TypeKind::smallint  ? "smallserial"
                            : schema_.type.kind == TypeKind::integer ? "serial"
                                                                     : "bigserial";
    } else {
      column_.identity_sql = schema_.identity == Identity::always ? "generated always as identity"
                                                                  : "generated by default as identity";
    }
  }

  void collate() {
    const std::string& name = schema_.collation;
    if (name.empty() || is_changed()) return;
    if (names_any(name, table_.census->declared.own_names) ||
        (!target_.is_postgres && name != "\"C\"" && name != "\"POSIX\"")) {
      column_.notes.push_back("The source compares it by the collation " + name +
                              "; here by the target's own.");
    } else {
      column_.collation = name;
    }
  }

  void compute() {
    std::string reason;
    const auto sql = alike_sql(table_, schema_.generated_sql, target_, reason);
    // SQLite would compute with doubles where the source has decimals.
    const ValueClass gives = class_of(schema_.type.kind);
    const bool alike = target_.is_postgres || gives == ValueClass::text || gives == ValueClass::boolean ||
                       has_only_integers();
    if (sql && alike && !is_changed()) {
      column_.generated_sql = *sql;
      return;
    }
    column_.notes.push_back("The source computes it as " + one_line(schema_.generated_sql) +
                            "; here its values stand as they are now" +
                            (reason.empty() ? "" : ": " + reason) + ".");
  }

  bool has_only_integers() const {
    const auto is_integer = [](TypeKind kind) {
      return kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
    };
    if (!is_integer(schema_.type.kind)) return false;
    return std::ranges::all_of(columns_named_in(schema_.generated_sql, sql_columns(table_)),
                               [&](const std::string& name) {
                                 const ColumnSchema* column = table_.census->table.schema->find(name);
                                 return column != nullptr && is_integer(column->type.kind);
                               });
  }

  std::optional<std::string> default_sql() const {
    const auto plain = plain_sql(schema_.default_sql);
    const auto words = words_in(plain ? *plain : schema_.default_sql);
    const bool is_text = words.size() == 1 && words[0].kind == WordKind::text;
    if (is_changed()) return text_default(plain && is_text);
    if (names_own(table_, schema_.default_sql, target_)) return std::nullopt;
    const bool is_constant = is_text || (words.size() == 1 && words[0].kind == WordKind::number);
    ColumnSchema column = schema_;
    column.default_sql = plain && is_constant ? *plain : schema_.default_sql;
    column.store_as_text = column_.store_as_text;
    if (!target_.is_postgres && !sqlite_takes(column)) return std::nullopt;
    return column.default_sql;
  }

  /// Of a column whose values are texts now: a constant of the source's type, without it.
  std::optional<std::string> text_default(bool is_text) const {
    if (column_.choice.way.type != "text" || !column_.choice.way.expr.empty()) return std::nullopt;
    if (is_text) return plain_sql(schema_.default_sql);
    const auto words = words_in(schema_.default_sql);
    const bool is_cast = words.size() >= 4 && words[0].kind == WordKind::text && words[1].is_sign(":") &&
                         std::ranges::none_of(words, [](const SqlWord& word) { return word.is_sign("("); });
    return is_cast ? std::optional(quote_literal(words[0].text)) : std::nullopt;
  }

  bool sqlite_takes(const ColumnSchema& column) const {
    TableSchema table;
    table.name = table_.name;
    table.columns = {column};
    table.columns[0].identity = Identity::none;
    table.columns[0].collation.clear();
    return target_.sqlite == nullptr || target_.sqlite->unsupported(table).empty();
  }

  TableDraft& table_;
  ColumnDraft& column_;
  const ColumnSchema& schema_;
  const DraftTarget& target_;
};

/// On the column where PostgreSQL would have named it so.
void finish_check(TableDraft& table, const CheckSchema& check, const DraftTarget& target) {
  std::string reason;
  const auto sql = alike_sql(table, check.sql, target, reason);
  if (!sql) {
    table.constraints.push_back(
        {{}, "check (" + one_line(check.sql) + ")", true, {}, {"Not carried: " + reason + "."}});
    return;
  }
  const auto named = columns_named_in(*sql, sql_columns(table));
  if (named.size() == 1 && table.name == table.census->table.name) {
    ColumnDraft* column = table.find(named[0]);
    const bool alone =
        column->check.empty() && column->generated_sql.empty() && column->choice.others.empty();
    if (alone && check.name == default_object_name(table.name, named, "check")) {
      column->check = *sql;
      return;
    }
  }
  const std::string name = check.name.empty() ? "" : "constraint " + quote_where_needed(check.name) + " ";
  table.constraints.push_back({{}, name + "check (" + *sql + ")"});
}

std::string refuse_index(LineDraft& line, const std::string& why) {
  line.is_comment = true;
  line.notes.push_back("Not carried: " + why + ".");
  return {};
}

std::optional<std::string> index_part(const TableDraft& table, const SourceIndexPart& part,
                                      const DraftTarget& target, std::string& reason) {
  const std::string order = part.descending ? " desc" : "";
  if (!part.column.empty()) {
    const ColumnDraft* column = table.find(part.column);
    return quote_where_needed(column == nullptr ? part.column : column->name) + order;
  }
  const auto sql = carried_sql(table, part.sql, target, reason);
  return sql ? std::optional("(" + *sql + ")" + order) : std::nullopt;
}

/// In words that both databases read alike.
std::string common_index_sql(const TableDraft& table, const SourceIndex& index, const IndexSchema& schema,
                             const DraftTarget& target, LineDraft& line) {
  if (!schema.method.empty() && schema.method != "btree") {
    return refuse_index(line, target.is_postgres ? "one of its columns is of another type here"
                                                 : "SQLite has no index method " + schema.method);
  }
  std::string reason;
  std::vector<std::string> parts;
  for (const auto& part : index.parts) {
    const auto sql = index_part(table, part, target, reason);
    if (!sql) return refuse_index(line, reason);
    parts.push_back(*sql);
  }
  if (names_any(to_lower_ascii(schema.elements_sql), {"nulls", "collate"}))
    line.notes.push_back("In the source its order is (" + schema.elements_sql + ").");
  std::string sql = std::string(index.unique ? "unique " : "") + "(" + join(parts, ", ") + ")";
  if (!schema.include_sql.empty() && target.is_postgres) {
    sql += " include (" + schema.include_sql + ")";
  } else if (!schema.include_sql.empty()) {
    line.notes.push_back("Without its INCLUDE (" + schema.include_sql + "), which SQLite does not have.");
  }
  if (!index.partial) return sql;
  const auto where = carried_sql(table, index.where, target, reason);
  return where ? sql + " where " + *where : refuse_index(line, reason);
}

}  // namespace

bool is_typed(const TableDraft& table) {
  return table.census->table.schema.has_value();
}

std::optional<std::string> carried_sql(const TableDraft& table, const std::string& sql,
                                       const DraftTarget& target, std::string& reason) {
  reason = "its casts may change values elsewhere";
  if (const auto plain = plain_sql(sql)) {
    if (const auto translated = translate_expression(*plain, sql_columns(table), reason))
      return translated->sql;
  }
  if (!target.is_postgres) return std::nullopt;
  reason = "it names what only the source has";
  if (names_own(table, sql, target)) return std::nullopt;
  for (const auto& name : columns_named_in(sql, sql_columns(table))) {
    const ColumnDraft& column = *table.find(name);
    reason = "the type or name of " + name + " is another one here";
    if (column.name != name || column.choice.way.type != schema_of(table, column).type.sql)
      return std::nullopt;
  }
  reason.clear();
  return sql;
}

void choose_typed(TableDraft& table, const DraftTarget& target) {
  for (auto& column : table.columns) TypedColumn(table, column, target).choose();
}

/// As the source is divided, where the target can be and the columns that it goes by arrive as they are.
void divide(TableDraft& table, const DraftTarget& target) {
  const auto& division = table.census->declared.division;
  if (!division) return;
  std::string why = target.is_postgres ? division->why_own : "SQLite has no partitions";
  for (const auto& name : division->partition.columns) {
    const ColumnDraft* column = table.find(name);
    if (why.empty() &&
        (column->name != name || column->choice.way.type != schema_of(table, *column).type.sql))
      why = "its column " + name + " is another one here";
  }
  if (!why.empty()) {
    table.notes.push_back("The source divides it among partitions; here it is one table: " + why + ".");
    return;
  }
  table.partition = &division->partition;
  const auto& parts = table.partition->parts;
  for (std::size_t i = 0; table.partition->by == PartitionBy::hash && i < parts.size(); ++i) {
    if (parts[i].name == hash_part_name(table.name, i)) continue;
    table.notes.push_back("Partition " + shown(parts[i].name) + " of the source is here called " +
                          shown(hash_part_name(table.name, i)) + ", and the others likewise.");
    return;
  }
}

void finish_typed(TableDraft& table, const DraftTarget& target) {
  for (auto& column : table.columns) TypedColumn(table, column, target).finish();
  divide(table, target);
  for (const auto& check : table.census->table.schema->checks) finish_check(table, check, target);
  for (const auto& part : table.census->table.uncarried) {
    if (part.what.starts_with("constraint ") || part.what.starts_with("how ") ||
        part.what.starts_with("default ") || part.what.starts_with("INCLUDE "))
      table.constraints.push_back({{}, part.what, true, {}, {"Not carried:"}});
  }
}

KeyWords words_of_key(const TableDraft& table, const KeySchema& key, const DraftTarget& target) {
  const std::string usual = key.primary ? default_object_name(table.name, {}, "pkey")
                                        : default_object_name(table.name, key.columns, "key");
  KeyWords words;
  if (key.name != usual && table.name == table.census->table.name)
    words.before = "constraint " + quote_where_needed(key.name) + " ";
  words.kind = "unique";
  if (!target.is_postgres) return words;
  if (key.nulls_not_distinct) words.kind += " nulls not distinct";
  if (key.deferrable) words.behind = " deferrable";
  if (key.initially_deferred) words.behind += " initially deferred";
  return words;
}

KeyWords words_of_foreign_key(const TableDraft& table, const ForeignKeySchema& key,
                              const DraftTarget& target) {
  KeyWords words;
  const bool keeps_names = table.name == table.census->table.name;
  if (keeps_names && key.name != default_object_name(table.name, key.columns, "fkey"))
    words.before = "constraint " + quote_where_needed(key.name) + " ";
  if (target.is_postgres && key.match_full) words.kind = " match full";
  if (key.deferrable) words.behind = " deferrable";
  if (key.initially_deferred) words.behind += " initially deferred";
  return words;
}

std::string typed_index_sql(const TableDraft& table, const SourceIndex& index, const DraftTarget& target,
                            LineDraft& line) {
  const auto& indexes = table.census->table.schema->indexes;
  const auto found = std::ranges::find(indexes, index.name, &IndexSchema::name);
  if (found == indexes.end()) return refuse_index(line, "planrun does not know all of its words");
  if (!target.is_postgres) return common_index_sql(table, index, *found, target, line);
  std::string reason;
  for (const std::string& sql : {found->elements_sql, found->where_sql}) {
    if (names_own(table, sql, target)) return refuse_index(line, "it names what only the source has");
  }
  for (const auto& name : found->columns) {
    const ColumnDraft* column = table.find(name);
    if (column == nullptr || column->name != name ||
        column->choice.way.type != schema_of(table, *column).type.sql)
      return common_index_sql(table, index, *found, target, line);
  }
  std::string sql = std::string(index.unique ? "unique " : "");
  if (!found->method.empty() && found->method != "btree") sql += "using " + found->method + " ";
  sql += "(" + found->elements_sql + ")";
  if (!found->include_sql.empty()) sql += " include (" + found->include_sql + ")";
  return found->where_sql.empty() ? sql : sql + " where " + found->where_sql;
}

}  // namespace planrun
