#include "sqlite/inspector.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/catalog.h"
#include "sqlite/table_sql.h"

namespace planrun {
namespace {

struct ColumnFacts {
  std::string collation;
  bool autoincrement = false;
};

ColumnFacts column_facts(SqliteConnection& connection, const std::string& table, const std::string& column) {
  const char* collation = nullptr;
  int autoincrement = 0;
  const int rc = sqlite3_table_column_metadata(connection.get(), "main", table.c_str(), column.c_str(),
                                               nullptr, &collation, nullptr, nullptr, &autoincrement);
  if (rc != SQLITE_OK) throw connection.error(rc, {});
  return {to_lower_ascii(collation), autoincrement != 0};
}

/// The statements of tables, views and indexes, which share their names.
using WrittenSql = std::map<std::string, std::string>;

WrittenSql read_written(SqliteConnection& connection) {
  WrittenSql written;
  Statement list(connection,
                 "select name, sql from sqlite_schema where type <> 'trigger' and sql is not null");
  while (list.step()) written.emplace(list.text(0), list.text(1));
  return written;
}

std::string sql_of(const WrittenSql& written, const std::string& name) {
  const auto found = written.find(name);
  return found == written.end() ? std::string() : found->second;
}

std::vector<SourceIndexPart> read_parts(SqliteConnection& connection, const std::string& index) {
  std::vector<SourceIndexPart> parts;
  Statement list(connection,
                 "select name, coll, \"desc\" from pragma_index_xinfo(?1) where key = 1 order by seqno");
  list.bind(1, index);
  while (list.step()) {
    parts.push_back({list.text(0), to_lower_ascii(list.text(1)), list.integer(2) != 0, {}});
  }
  return parts;
}

std::vector<SourceIndex> read_indexes(SqliteConnection& connection, const std::string& table,
                                      const WrittenSql& written_sql) {
  std::vector<SourceIndex> indexes;
  // The latest is listed first (https://www.sqlite.org/pragma.html#pragma_index_list).
  Statement list(connection,
                 "select name, origin, \"unique\", partial from pragma_index_list(?1) order by seq desc");
  list.bind(1, table);
  while (list.step()) {
    SourceIndex& index = indexes.emplace_back();
    index.name = list.text(0);
    index.origin = list.text(1) == "pk"  ? SourceIndexOrigin::primary_key
                   : list.text(1) == "u" ? SourceIndexOrigin::unique_constraint
                                         : SourceIndexOrigin::create_index;
    index.unique = list.integer(2) != 0;
    index.partial = list.integer(3) != 0;
  }
  for (auto& index : indexes) {
    index.parts = read_parts(connection, index.name);
    index.sql = sql_of(written_sql, index.name);
    const IndexSql written = read_index_sql(index.sql);
    index.where = written.where;
    for (std::size_t i = 0; i < index.parts.size() && i < written.elements.size(); ++i) {
      if (index.parts[i].column.empty()) index.parts[i].sql = written.elements[i];
    }
  }
  return indexes;
}

/// A key of several columns is several rows of one id.
std::vector<SourceForeignKey> read_foreign_keys(SqliteConnection& connection, const std::string& table) {
  std::vector<SourceForeignKey> keys;
  Statement list(
      connection,
      "select seq, \"table\", \"from\", \"to\", on_update, on_delete from pragma_foreign_key_list(?1) "
      "order by id desc, seq");
  list.bind(1, table);
  while (list.step()) {
    if (list.integer(0) == 0) keys.push_back({{}, list.text(1), {}, list.text(4), list.text(5), false});
    keys.back().columns.push_back(list.text(2));
    if (!list.is_null(3)) keys.back().foreign_columns.push_back(list.text(3));
  }
  return keys;
}

const SourceColumn* find_column(const SourceTable& table, const std::string& name) {
  const auto found =
      std::ranges::find_if(table.columns, [&](const SourceColumn& c) { return same_name(c.name, name); });
  return found == table.columns.end() ? nullptr : &*found;
}

/// What only the statement says.
void add_written(const SourceTable& table, TableDeclaration& declared) {
  TableSql written = read_table_sql(declared.sql);
  declared.generated.resize(table.columns.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    for (const auto& one : written.generated) {
      if (table.columns[i].generated && same_name(one.column, table.columns[i].name))
        declared.generated[i] = one.sql;
    }
  }
  declared.checks = std::move(written.checks);
  declared.conflicts = std::move(written.conflicts);
  for (std::size_t i = 0; i < declared.foreign_keys.size() && i < written.deferred.size(); ++i)
    declared.foreign_keys[i].deferred = written.deferred[i];
}

std::string in_brackets(const std::vector<std::string>& parts) {
  return parts.size() == 1 ? parts[0] : "(" + join(parts, ", ") + ")";
}

/// A value as a column of another type holds it: a foreign key is compared so, by that column's affinity
/// (https://www.sqlite.org/foreignkeys.html, section 3). A comparison with a number does it by itself.
std::string as_stored_in(const std::string& column, const std::string& declared) {
  const std::string type = to_lower_ascii(declared);
  const auto has = [&](std::string_view part) { return type.find(part) != std::string::npos; };
  if (has("int")) return column;
  if (has("char") || has("clob") || has("text"))
    return "case typeof(" + column + ") when 'blob' then " + column + " else cast(" + column +
           " as text) end";
  return type.empty() || has("blob") ? "+" + column : column;
}

class SqliteInspector : public Inspector {
 public:
  SqliteInspector(std::shared_ptr<SqliteConnection> connection, std::unique_ptr<Source> source,
                  ShownDatabase shown)
      : connection_(std::move(connection)),
        source_(std::move(source)),
        shown_(std::move(shown)),
        catalog_(read_catalog(*connection_)),
        written_(read_written(*connection_)) {
    for (std::size_t i = 0; i < catalog_.size(); ++i)
      places_.emplace(to_lower_ascii(catalog_[i].table.name), i);
  }

  Source& source() override { return *source_; }
  std::vector<SourceTable> tables() override;
  std::vector<SourceTrigger> triggers() override;
  bool is_utf16() override;
  TableDeclaration declaration(const std::string& table) override;
  std::string why_broken(const SourceForeignKey& key) override;
  RowTally orphans(const std::string& table, const SourceForeignKey& key, std::size_t samples) override;
  RowTally loosely_referring(const std::string& table, const SourceForeignKey& key,
                             std::size_t samples) override;
  RowTally duplicates(const std::string& table, const SourceIndex& index, LooseComparison comparison,
                      std::size_t samples) override;
  std::string shown_url() const override { return shown_.url; }
  std::vector<std::string> notices() const override { return shown_.notices; }

 private:
  const CatalogTable* find(const std::string& table) const;
  const CatalogTable& at(const std::string& table) const;
  bool is_rowid(const CatalogTable& table, const std::string& column);
  std::string parent_sql(const CatalogTable& parent, const std::vector<std::string>& columns);
  static std::string filled_sql(const SourceForeignKey& key);
  /// The key's values as the other table compares them; `collation` empty: by its own.
  std::string referring_sql(const SourceForeignKey& key, const std::string& collation);
  RowTally tally(const CatalogTable& table, const std::string& rest, std::size_t samples);

  std::shared_ptr<SqliteConnection> connection_;
  std::unique_ptr<Source> source_;
  ShownDatabase shown_;
  std::vector<CatalogTable> catalog_;
  std::map<std::string, std::size_t> places_;  // in catalog_, by name in lower case
  WrittenSql written_;
};

const CatalogTable* SqliteInspector::find(const std::string& table) const {
  const auto found = places_.find(to_lower_ascii(table));
  return found == places_.end() ? nullptr : &catalog_[found->second];
}

const CatalogTable& SqliteInspector::at(const std::string& table) const {
  if (const CatalogTable* found = find(table)) return *found;
  throw Error(ErrorCode::source, connection_->shown() + ": there is no table " + quote_for_message(table));
}

std::vector<SourceTable> SqliteInspector::tables() {
  const auto sequences = read_sequences(*connection_);
  std::vector<SourceTable> tables;
  for (const auto& found : catalog_) {
    tables.push_back(found.table);
    set_sequence(tables.back(), sequences);
  }
  return tables;
}

TableDeclaration SqliteInspector::declaration(const std::string& name) {
  const SourceTable& table = at(name).table;
  TableDeclaration declared;
  declared.sql = sql_of(written_, table.name);
  if (table.kind != SourceTableKind::table) return declared;
  if (const ListedTable* listed = connection_->find_table(table.name)) {
    declared.without_rowid = listed->without_rowid;
    declared.strict = listed->strict;
  }
  for (const auto& column : table.columns) {
    const ColumnFacts facts = column_facts(*connection_, table.name, column.name);
    declared.collations.push_back(facts.collation);
    declared.autoincrement |= facts.autoincrement;
  }
  Statement defaults(*connection_,
                     "select dflt_value from pragma_table_xinfo(?1) where hidden <> 1 order by cid");
  defaults.bind(1, table.name);
  while (defaults.step()) declared.defaults.push_back(defaults.text(0));
  declared.indexes = read_indexes(*connection_, table.name, written_);
  declared.foreign_keys = read_foreign_keys(*connection_, table.name);
  for (auto& key : declared.foreign_keys) {
    const CatalogTable* parent = find(key.table);
    if (key.foreign_columns.empty() && parent != nullptr) key.foreign_columns = primary_key_of(parent->table);
  }
  add_written(table, declared);
  return declared;
}

bool SqliteInspector::is_utf16() {
  Statement encoding(*connection_, "pragma encoding");
  return encoding.step() && encoding.text(0) != "UTF-8";
}

std::vector<SourceTrigger> SqliteInspector::triggers() {
  std::vector<SourceTrigger> triggers;
  Statement list(*connection_,
                 "select name, tbl_name, sql from sqlite_schema where type = 'trigger' order by name");
  while (list.step()) triggers.push_back({list.text(0), list.text(1), list.text(2)});
  return triggers;
}

std::string SqliteInspector::why_broken(const SourceForeignKey& key) {
  const CatalogTable* parent = find(key.table);
  if (parent == nullptr) return "there is no table " + quote_for_message(key.table);
  if (key.foreign_columns.size() != key.columns.size()) {
    return std::to_string(key.columns.size()) + " columns refer to " +
           std::to_string(key.foreign_columns.size()) + " of table " + quote_for_message(key.table);
  }
  for (const auto& column : key.foreign_columns) {
    if (find_column(parent->table, column) == nullptr)
      return "table " + quote_for_message(key.table) + " has no column " + quote_for_message(column);
  }
  return {};
}

/// INTEGER PRIMARY KEY: the one key column that can hold no null. With an index of its own (DESC) it is none.
bool SqliteInspector::is_rowid(const CatalogTable& table, const std::string& column) {
  const auto key = primary_key_of(table.table);
  if (table.table.kind != SourceTableKind::table || key.size() != 1 || !same_name(key[0], column))
    return false;
  if (to_lower_ascii(find_column(table.table, column)->declared) != "integer") return false;
  Statement index(*connection_, "select 1 from pragma_index_list(?1) where origin = 'pk'");
  index.bind(1, table.table.name);
  return !index.step();
}

/// A null is equal to nothing, and `not in` would answer null to every row: it is left out where there may be
/// one. Without a `where` SQLite looks into the table's own index.
std::string SqliteInspector::parent_sql(const CatalogTable& parent, const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  std::vector<std::string> filled;
  for (const auto& name : columns) {
    names.push_back(quote_name(name));
    if (!find_column(parent.table, name)->not_null && !is_rowid(parent, name))
      filled.push_back(names.back() + " is not null");
  }
  return "select " + join(names, ", ") + " from " + quote_name(parent.table.name) +
         (filled.empty() ? "" : " where " + join(filled, " and "));
}

/// Counts what `select KEY... REST` gives.
RowTally SqliteInspector::tally(const CatalogTable& table, const std::string& rest, std::size_t samples) {
  const bool has_key = !table.order.parts.empty();
  RowTally found;
  Statement rows(*connection_, "select " + (has_key ? key_columns_sql(table.order) : "1") + " from " +
                                   quote_name(table.table.name) + table.order.b_tree + rest);
  std::vector<Cell> cells(table.order.parts.size());
  for (; rows.step(); ++found.count) {
    if (found.samples.size() == samples || !has_key) continue;
    for (std::size_t i = 0; i < cells.size(); ++i)
      cells[i] = read_cell(sqlite3_column_value(rows.get(), static_cast<int>(i)));
    found.samples.push_back(key_of(cells));
  }
  return found;
}

std::string SqliteInspector::filled_sql(const SourceForeignKey& key) {
  std::vector<std::string> filled;
  for (const auto& column : key.columns) filled.push_back(quote_name(column) + " is not null");
  return " where " + join(filled, " and ");
}

std::string SqliteInspector::referring_sql(const SourceForeignKey& key, const std::string& collation) {
  const CatalogTable& parent = at(key.table);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const std::string& foreign = key.foreign_columns[i];
    const std::string own = column_facts(*connection_, parent.table.name, foreign).collation;
    values.push_back(as_stored_in(quote_name(key.columns[i]), find_column(parent.table, foreign)->declared) +
                     " collate " + quote_name(collation.empty() ? own : collation));
  }
  return in_brackets(values);
}

RowTally SqliteInspector::orphans(const std::string& name, const SourceForeignKey& key, std::size_t samples) {
  return tally(at(name),
               filled_sql(key) + " and " + referring_sql(key, "") + " not in (" +
                   parent_sql(at(key.table), key.foreign_columns) + ")",
               samples);
}

RowTally SqliteInspector::loosely_referring(const std::string& name, const SourceForeignKey& key,
                                            std::size_t samples) {
  const CatalogTable& parent = at(key.table);
  const bool is_loose = std::ranges::any_of(key.foreign_columns, [&](const std::string& column) {
    return to_lower_ascii(column_facts(*connection_, parent.table.name, column).collation) != "binary";
  });
  if (!is_loose) return {};
  const std::string in = " in (" + parent_sql(parent, key.foreign_columns) + ")";
  return tally(at(name),
               filled_sql(key) + " and " + referring_sql(key, "") + in + " and " +
                   referring_sql(key, "binary") + " not" + in,
               samples);
}

RowTally SqliteInspector::duplicates(const std::string& name, const SourceIndex& index,
                                     LooseComparison comparison, std::size_t samples) {
  std::string filled;
  std::string groups;
  for (const auto& part : index.parts) {
    const std::string column = quote_name(part.column);
    filled += (filled.empty() ? "" : " and ") + column + " is not null";
    groups += groups.empty() ? "" : ", ";
    groups += comparison == LooseComparison::nocase ? column + " collate nocase"
                                                    : "case typeof(" + column + ") when 'text' then cast(" +
                                                          column + " as numeric) else " + column + " end";
  }
  return tally(at(name), " where " + filled + " group by " + groups + " having count(*) > 1", samples);
}

}  // namespace

std::unique_ptr<Inspector> make_inspector(std::shared_ptr<SqliteConnection> connection,
                                          std::unique_ptr<Source> source, ShownDatabase shown) {
  return std::make_unique<SqliteInspector>(std::move(connection), std::move(source), std::move(shown));
}

}  // namespace planrun
