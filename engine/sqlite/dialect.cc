#include "sqlite/dialect.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "sql/words.h"
#include "sqlite/catalog.h"
#include "sqlite/column_checks.h"
#include "sqlite/default_value.h"
#include "sqlite/key_checks.h"
#include "sqlite/storage.h"

namespace planrun {
namespace {

bool is_integer(TypeKind kind) {
  return kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
}

std::string names_sql(const std::vector<std::string>& names) {
  std::string sql;
  for (const auto& name : names) sql += (sql.empty() ? "" : ", ") + quote_name(name);
  return "(" + sql + ")";
}

/// Whether SQLite sorts and compares as the collation says.
bool is_binary(const std::string& collation) {
  const std::string name = to_lower_ascii(collation);
  return name.empty() || name == "c" || name == "\"c\"" || name == "posix" || name == "\"posix\"" ||
         name == "\"default\"" || name == "ucs_basic";
}

/// A single key column declared INTEGER would be the rowid itself, and have no index: only where it is meant
/// so.
std::string declared_type(const TableSchema& table, const ColumnSchema& column) {
  const std::string type = storage_type(column);
  const KeySchema* key = table.primary_key();
  const bool is_key = key != nullptr && key->columns == std::vector<std::string>{column.name};
  return is_key && &column != rowid_column(table) && type == "INTEGER" ? "INT" : type;
}

std::string column_sql(const TableSchema& table, const ColumnSchema& column) {
  std::string sql = quote_name(column.name) + " " + declared_type(table, column);
  if (&column == rowid_column(table)) {
    sql += " PRIMARY KEY";
    // AUTOINCREMENT never gives a key again, as a sequence does, and lets the next key be set.
    if (&column == counted_column(table)) sql += " AUTOINCREMENT";
  }
  if (column.not_null) sql += " NOT NULL";
  if (!column.default_sql.empty()) {
    if (const auto value = default_value(column)) sql += " DEFAULT " + *value;
  }
  if (!column.generated_sql.empty()) sql += " GENERATED ALWAYS AS (" + column.generated_sql + ") STORED";
  return sql;
}

std::string constraint(const std::string& name) {
  return name.empty() ? std::string() : "CONSTRAINT " + quote_name(name) + " ";
}

std::string foreign_key_sql(const ForeignKeySchema& key) {
  std::string sql = constraint(key.name) + "FOREIGN KEY " + names_sql(key.columns) + " REFERENCES " +
                    quote_name(key.table) + " " + names_sql(key.foreign_columns);
  if (!key.on_delete.empty()) sql += " ON DELETE " + key.on_delete;
  if (!key.on_update.empty()) sql += " ON UPDATE " + key.on_update;
  if (key.deferrable)
    sql += std::string(" DEFERRABLE INITIALLY ") + (key.initially_deferred ? "DEFERRED" : "IMMEDIATE");
  return sql;
}

std::string create_sql(const TableSchema& table) {
  std::vector<std::string> parts;
  for (const auto& column : table.columns) parts.push_back(column_sql(table, column));
  for (const auto& key : table.keys) {
    if (key.primary && rowid_column(table) != nullptr) continue;
    parts.push_back(constraint(key.name) + (key.primary ? "PRIMARY KEY " : "UNIQUE ") +
                    names_sql(key.columns));
  }
  for (const auto& check : table.checks)
    parts.push_back(constraint(check.name) + "CHECK (" + check.sql + ")");
  for (const auto& key : table.foreign_keys) parts.push_back(foreign_key_sql(key));
  return "CREATE TABLE " + quote_name(table.name) + " (\n  " + join(parts, ",\n  ") + "\n)";
}

/// Without the collations that SQLite has under no name, since it compares so by itself.
std::string without_binary_collations(const std::string& sql) {
  std::string out;
  std::size_t at = 0;
  const auto words = words_in(sql);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const SqlWord& name = words[i + 1];
    if (!words[i].is("collate") || !is_binary(sql.substr(name.begin, name.end - name.begin))) continue;
    out += std::string(trim(std::string_view(sql).substr(at, words[i].begin - at)));
    at = name.end;
  }
  return out + sql.substr(at);
}

/// That it names, other than SQLite's own; empty: none.
std::string unknown_collation(const IndexSchema& index) {
  const auto words = words_in(index.elements_sql);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const SqlWord& name = words[i + 1];
    std::string sql = index.elements_sql.substr(name.begin, name.end - name.begin);
    const bool is_known = is_binary(sql) || same_name(name.text, "nocase") || same_name(name.text, "rtrim") ||
                          same_name(name.text, "binary");
    if (words[i].is("collate") && !is_known) return sql;
  }
  return {};
}

std::string index_sql(const TableSchema& table, const IndexSchema& index) {
  std::string sql = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " +
                    quote_name(index.name) + " ON " + quote_name(table.name) + " (" +
                    without_binary_collations(index.elements_sql) + ")";
  if (!index.where_sql.empty()) sql += " WHERE " + index.where_sql;
  return sql;
}

/// The words of `sql` outside quotes, in lower case.
std::vector<std::string> words_of(std::string_view sql) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : std::string(sql) + ' ') {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

bool orders_nulls(const IndexSchema& index) {
  const auto words = words_of(index.elements_sql);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "nulls" && (words[i + 1] == "first" || words[i + 1] == "last")) return true;
  }
  return false;
}

class Findings {
 public:
  explicit Findings(const TableSchema& table) : table_(table) {}
  std::vector<std::string> all() {
    for (const auto& column : table_.columns) look_at(column);
    for (const auto& key : table_.keys) look_at(key);
    for (const auto& key : table_.foreign_keys) {
      if (key.match_full && key.columns.size() > 1)
        add("foreign key " + key.name, "MATCH FULL is not enforced by SQLite");
    }
    for (const auto& index : table_.indexes) look_at(index);
    if (rowid_column(table_) == nullptr && hides_rowid()) {
      add("columns rowid, _rowid_ and oid",
          "SQLite names a row without a single integer primary key by one of these; one must be free");
    }
    return std::move(found_);
  }

 private:
  void look_at(const ColumnSchema& column) {
    const std::string place = "column " + column.name;
    if (column.identity != Identity::none && rowid_column(table_) != &column) {
      add(place,
          "SQLite numbers only a table's single integer primary key; serial or identity has no counterpart "
          "here");
    }
    const bool numbered = column.identity != Identity::none;
    if (!column.default_sql.empty() && !numbered && !default_value(column)) {
      add(place, "the default " + column.default_sql + " has no counterpart in SQLite");
    }
    if (!is_binary(column.collation)) {
      const std::string name = to_lower_ascii(column.collation);
      const bool is_known =
          name == "nocase" || name == "rtrim" || name == "\"nocase\"" || name == "\"rtrim\"";
      add(place, is_known ? "a column with collation " + column.collation +
                                " is not made here: leave it out, and let an index say what must be unique"
                          : "SQLite has no collation " + column.collation);
    }
  }

  void look_at(const KeySchema& key) {
    const std::string place = "key " + (key.name.empty() ? join(key.columns, ", ") : key.name);
    if (key.deferrable) add(place, "SQLite cannot defer it");
    if (key.nulls_not_distinct)
      add(place, "SQLite holds nulls for distinct; NULLS NOT DISTINCT has no counterpart");
  }

  void look_at(const IndexSchema& index) {
    const std::string place = "index " + index.name;
    if (!index.method.empty() && index.method != "btree")
      add(place, "SQLite has no index method " + index.method);
    if (!index.include_sql.empty()) add(place, "SQLite has no INCLUDE");
    if (const std::string name = unknown_collation(index); !name.empty())
      add(place, "SQLite has no collation " + name);
    if (orders_nulls(index)) add(place, "SQLite has no NULLS FIRST or NULLS LAST in an index");
  }

  bool hides_rowid() const {
    return std::ranges::all_of(kRowidNames, [&](std::string_view name) {
      return std::ranges::any_of(table_.columns, [&](const auto& c) { return same_name(c.name, name); });
    });
  }

  void add(const std::string& place, const std::string& what) { found_.push_back(place + ": " + what); }

  const TableSchema& table_;
  std::vector<std::string> found_;
};

class SqliteDialect : public Dialect {
 public:
  std::string name() const override { return "sqlite"; }
  std::vector<SchemaStep> schema_steps(const TableSchema& table) const override;
  std::vector<std::string> unsupported(const TableSchema& table) const override {
    return Findings(table).all();
  }
  std::vector<SchemaCheck> schema_checks(const TableSchema& table) const override;
  ObjectSql object_sql(const SchemaObject& object) const override;
  std::string probe_query(const std::string& table) const override {
    return "SELECT 1 FROM " + quote_name(table) + " LIMIT 1";
  }
  std::string drop_table(const std::string& table, bool) const override {
    return "DROP TABLE IF EXISTS " + quote_name(table);
  }
  std::string drop_foreign_key(const std::string&, const std::string&) const override { return {}; }
  std::vector<std::string> restore_foreign_key(const TableSchema&, const ForeignKeySchema&) const override {
    return {};
  }
  ValueLimits value_limits() const override {
    return {.no_signed_zero_or_nan = true, .numeric_as_double = true};
  }
  std::string active_sessions_query() const override { return {}; }
  std::string replication_lag_query() const override { return {}; }
  int writer_limit() const override { return 1; }
  std::size_t most_tables_locked() const override { return 0; }
};

std::vector<SchemaStep> SqliteDialect::schema_steps(const TableSchema& table) const {
  if (table.exists) return {};
  std::vector<SchemaStep> steps;
  std::vector<std::size_t> all;
  const auto add = [&](SchemaStep step) {
    all.push_back(steps.size());
    steps.push_back(std::move(step));
  };
  add({SchemaStepKind::create, table.name, {create_sql(table)}, {}, {}});
  for (const auto& index : table.indexes) {
    add({SchemaStepKind::index, index.name, {index_sql(table, index)}, {0}, {}});
  }
  for (std::size_t i = 0; i < table.foreign_keys.size(); ++i) {
    const auto& key = table.foreign_keys[i];
    const std::string name = key.name.empty() ? join(key.columns, "_") + "_fkey" : key.name;
    add({SchemaStepKind::validate, name, {orphans_sql(table, i)}, {0}, key.table});
  }
  if (const ColumnSchema* counted = counted_column(table)) {
    const std::string name = quote_literal(table.name);
    add({SchemaStepKind::sequence,
         counted->name,
         {"INSERT INTO sqlite_sequence (name, seq) SELECT " + name +
              ", 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = " + name + ")",
          "UPDATE sqlite_sequence SET seq = max(seq, {sequence_floor}, coalesce((SELECT max(" +
              quote_name(counted->name) + ") FROM " + quote_name(table.name) + "), 0)) WHERE name = " + name},
         {0},
         {}});
  }
  add({SchemaStepKind::analyze, table.name, {"ANALYZE main." + quote_name(table.name)}, all, {}});
  return steps;
}

std::vector<SchemaCheck> SqliteDialect::schema_checks(const TableSchema& table) const {
  if (table.exists) return {};
  const std::string name = quote_literal(table.name);
  const ColumnSchema* numbered = rowid_column(table);
  // Keys over the same columns share one index; the rowid needs none.
  std::set<std::vector<std::string>> keys;
  for (const auto& key : table.keys) {
    if (!key.primary || numbered == nullptr) keys.insert(key.columns);
  }
  std::string found = declared_key_condition(keys);
  for (const auto& index : table.indexes) found += " OR " + made_index_condition(index);
  const std::string rowid_key =
      numbered == nullptr ? "" : " + " + rowid_key_count(table.name, numbered->name);
  std::vector<SchemaCheck> checks = {
      {"indexes", "SELECT count(*)" + rowid_key + " FROM pragma_index_list(" + name + ") AS l WHERE " + found,
       std::to_string(keys.size() + table.indexes.size() + (numbered == nullptr ? 0 : 1))}};
  if (!table.foreign_keys.empty()) {
    std::size_t column_count = 0;
    for (const auto& key : table.foreign_keys) column_count += key.columns.size();
    checks.push_back({"foreign keys",
                      "SELECT count(*) + " + std::to_string(column_count) + " - " +
                          declared_foreign_columns(table) + " FROM pragma_foreign_key_check(" + name + ")",
                      "0"});
  }
  if (const ColumnSchema* counted = counted_column(table)) {
    checks.push_back({"sequence " + counted->name,
                      "SELECT seq >= coalesce((SELECT max(" + quote_name(counted->name) + ") FROM " +
                          quote_name(table.name) + "), 0) FROM sqlite_sequence WHERE name = " + name,
                      "1"});
  }
  checks.push_back({"columns", standing_columns_in_sqlite(table), "all"});
  if (!table.checks.empty()) checks.push_back({"checks", standing_checks_in_sqlite(table), "all"});
  return checks;
}

ObjectSql SqliteDialect::object_sql(const SchemaObject& object) const {
  ObjectSql sql;
  const std::string name = quote_name(object.name);
  const std::string there = "SELECT count(*) FROM sqlite_schema WHERE name = " + quote_literal(object.name) +
                            " COLLATE nocase AND type ";
  switch (object.kind) {
    case ObjectKind::view:
      // SQLite looks into a view's query only when it is asked.
      sql.make = {"CREATE VIEW " + name + " AS " + object.sql, "SELECT * FROM " + name + " LIMIT 0"};
      sql.drop = {"DROP VIEW IF EXISTS " + name};
      sql.checks = {{"view", there + "= 'view'", "1"}};
      sql.taken = there + "<> 'trigger'";
      break;
    case ObjectKind::trigger:
      sql.make = {object.sql};
      sql.drop = {"DROP TRIGGER IF EXISTS " + name};
      sql.checks = {{"trigger " + object.name,
                     there + "= 'trigger' AND tbl_name = " + quote_literal(object.table) + " COLLATE nocase",
                     "1"}};
      sql.taken = there + "= 'trigger'";
      break;
    case ObjectKind::sql:
      if (!trim(object.sql).empty()) sql.make = {object.sql};
      if (!trim(object.undo).empty()) sql.drop = {object.undo};
      break;
  }
  return sql;
}

}  // namespace

std::unique_ptr<Dialect> make_sqlite_dialect() {
  return std::make_unique<SqliteDialect>();
}

const ColumnSchema* rowid_column(const TableSchema& table) {
  const KeySchema* key = table.primary_key();
  if (key == nullptr || key->columns.size() != 1) return nullptr;
  const ColumnSchema* column = table.find(key->columns[0]);
  const bool plain = column != nullptr && is_integer(column->type.kind) && column->generated_sql.empty();
  return plain ? column : nullptr;
}

const ColumnSchema* counted_column(const TableSchema& table) {
  const ColumnSchema* numbered = rowid_column(table);
  return numbered != nullptr && numbered->identity != Identity::none ? numbered : nullptr;
}

std::string orphans_sql(const TableSchema& table, std::size_t foreign_key) {
  // SQLite numbers a table's foreign keys from the last declared one.
  return "SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check(" + quote_literal(table.name) +
         ") WHERE fkid = " + std::to_string(table.foreign_keys.size() - 1 - foreign_key);
}

std::vector<std::string> index_expressions(const IndexSchema& index) {
  std::vector<std::string> expressions(1);
  int depth = 0;
  char quote = 0;
  for (const char c : without_binary_collations(index.elements_sql)) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == ',' && depth == 0) {
      expressions.emplace_back();
      continue;
    }
    expressions.back() += c;
  }
  for (auto& expression : expressions) {
    expression = trim(expression);
    const std::string lower = to_lower_ascii(expression);
    for (const std::string_view order : {" asc", " desc"}) {
      if (lower.ends_with(order)) expression.resize(expression.size() - order.size());
    }
  }
  return expressions;
}

}  // namespace planrun
