#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "postgres/dialect.h"
#include "postgres/postgres.h"
#include "postgres/source.h"
#include "postgres/source_objects.h"
#include "postgres/source_partitions.h"
#include "sql/quote.h"

namespace planrun {
namespace {

std::string action_words(const std::string& action) {
  std::string words = action.empty() ? "no action" : action;
  for (char& c : words) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return words;
}

class PostgresInspector : public Inspector {
 public:
  PostgresInspector(const ConnectionSettings& settings, const std::shared_ptr<const Moment>& moment)
      : settings_(settings),
        connections_(moment),
        source_(make_postgres_source(settings, moment, true, nullptr)) {
    ask([&](PostgresConnection& connection) {
      tables_ = read_source_catalog(connection, settings_.schema);
      objects_ = read_source_objects(connection, settings_.schema);
      views_ = read_view_declarations(connection, settings_.schema);
      divisions_ = read_divisions(connection, settings_.schema);
      read_indexes(connection);
      read_own_names(connection);
    });
  }

  Source& source() override { return *source_; }
  std::vector<SourceTable> tables() override {
    std::vector<SourceTable> tables;
    for (const auto& found : tables_) tables.push_back(found.table);
    return tables;
  }
  TableDeclaration declaration(const std::string& table) override;
  std::vector<SourceTrigger> triggers() override { return objects_.triggers; }
  std::vector<SourceObject> objects() override { return objects_.others; }
  // The catalog lets no key refer to what is not there; one to another schema is none of the table's.
  std::string why_broken(const SourceForeignKey&) override { return {}; }
  RowTally orphans(const std::string& table, const SourceForeignKey& key, std::size_t samples) override;
  RowTally duplicates(const std::string& table, const SourceIndex& index, LooseComparison comparison,
                      std::size_t samples) override;
  std::string shown_url() const override {
    return settings_.shown_url + (settings_.schema == "public" ? "" : ", schema " + settings_.schema);
  }
  std::vector<std::string> notices() const override { return {}; }

 private:
  template <typename Work>
  void ask(const Work& work) {
    const auto connection = connections_.take();
    try {
      work(*connection);
    } catch (const Error& error) {
      connection->give_up();
      throw source_error(error, settings_);
    }
  }

  const PostgresTable& at(const std::string& table) const {
    const auto found = std::ranges::find_if(tables_, [&](const auto& t) { return t.table.name == table; });
    if (found != tables_.end()) return *found;
    throw Error(ErrorCode::source, settings_.shown_url + ": there is no table " + quote_for_message(table));
  }

  void read_indexes(PostgresConnection& connection);
  void read_own_names(PostgresConnection& connection);
  std::string key_sql(const PostgresTable& table) const;
  std::vector<Key> keys(const PostgresTable& table, const std::string& sql);
  std::int64_t count(const std::string& sql);

  ConnectionSettings settings_;
  MomentConnections connections_;
  std::unique_ptr<Source> source_;
  std::vector<PostgresTable> tables_;
  SourceObjects objects_;
  std::map<std::string, ViewDeclaration> views_;
  std::map<std::string, DivisionDeclaration> divisions_;
  std::map<std::string, std::vector<SourceIndex>> indexes_;  // by table, as the next
  std::map<std::string, std::vector<std::string>> own_names_;
};

void PostgresInspector::read_indexes(PostgresConnection& connection) {
  const Result r = connection.exec(
      "SELECT c.relname, x.relname, i.indisunique, coalesce(k.contype::text, ''),"
      " coalesce(pg_get_expr(i.indpred, i.indrelid), ''), coalesce(a.attname, ''),"
      " CASE WHEN o.coll <> 0 AND o.coll IS DISTINCT FROM a.attcollation THEN l.collname ELSE '' END,"
      " (o.option::int & 1) = 1, pg_get_indexdef(i.indexrelid, o.place::int, false),"
      " pg_get_indexdef(i.indexrelid)"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid"
      " JOIN pg_class x ON x.oid = i.indexrelid"
      " LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')"
      " CROSS JOIN LATERAL unnest(i.indkey, i.indcollation, i.indoption) WITH ORDINALITY o (attnum, coll,"
      " option, place)"
      " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = o.attnum AND o.attnum > 0"
      " LEFT JOIN pg_collation l ON l.oid = o.coll"
      " WHERE n.nspname = $1 AND i.indisvalid AND o.place <= i.indnkeyatts ORDER BY c.relname, x.oid,"
      " o.place",
      {settings_.schema});
  for (int i = 0; i < r.rows(); ++i) {
    auto& list = indexes_[r.text(i, 0)];
    if (list.empty() || list.back().name != r.text(i, 1)) {
      SourceIndex& index = list.emplace_back();
      index.name = r.text(i, 1);
      index.unique = r.truth(i, 2);
      const std::string type = r.text(i, 3);
      index.origin = type == "p"   ? SourceIndexOrigin::primary_key
                     : type == "u" ? SourceIndexOrigin::unique_constraint
                                   : SourceIndexOrigin::create_index;
      index.where = r.text(i, 4);
      index.partial = !index.where.empty();
      if (index.origin == SourceIndexOrigin::create_index) index.sql = r.text(i, 9);
    }
    const std::string column = r.text(i, 5);
    list.back().parts.push_back({column, r.text(i, 6), r.truth(i, 7), column.empty() ? r.text(i, 8) : ""});
  }
}

/// Of defaults, constraints and indexes. What the server brings along is in no pg_depend (PostgreSQL manual,
/// "pg_depend": pinned objects).
void PostgresInspector::read_own_names(PostgresConnection& connection) {
  const Result r = connection.exec(
      "SELECT DISTINCT c.relname, coalesce(p.proname, t.typname, o.opcname, l.collname) FROM pg_class c"
      " JOIN pg_namespace n ON n.oid = c.relnamespace"
      " JOIN (SELECT 'pg_attrdef'::regclass AS class, oid, adrelid AS relation FROM pg_attrdef"
      " UNION ALL SELECT 'pg_constraint'::regclass, oid, conrelid FROM pg_constraint"
      " UNION ALL SELECT 'pg_class'::regclass, indexrelid, indrelid FROM pg_index) x ON x.relation = c.oid"
      " JOIN pg_depend d ON d.classid = x.class AND d.objid = x.oid AND d.refobjid >= 16384"
      " LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid"
      " LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid"
      " LEFT JOIN pg_opclass o ON d.refclassid = 'pg_opclass'::regclass AND o.oid = d.refobjid"
      " LEFT JOIN pg_collation l ON d.refclassid = 'pg_collation'::regclass AND l.oid = d.refobjid"
      " WHERE n.nspname = $1 AND coalesce(p.proname, t.typname, o.opcname, l.collname) IS NOT NULL"
      " ORDER BY 1, 2",
      {settings_.schema});
  for (int i = 0; i < r.rows(); ++i) own_names_[r.text(i, 0)].push_back(r.text(i, 1));
}

TableDeclaration PostgresInspector::declaration(const std::string& name) {
  const SourceTable& table = at(name).table;
  TableDeclaration declared;
  if (table.kind == SourceTableKind::view) {
    if (const auto view = objects_.views.find(name); view != objects_.views.end())
      declared.sql = view->second;
    if (const auto view = views_.find(name); view != views_.end()) declared.view = view->second;
    return declared;
  }
  const TableSchema& schema = *table.schema;
  declared.sql = postgres_dialect(settings_.schema)->schema_steps(schema).front().statements.front();
  if (table.kind != SourceTableKind::table) return declared;
  for (const auto& column : schema.columns) {
    declared.collations.push_back(column.collation);
    declared.defaults.push_back(column.default_sql);
    declared.generated.push_back(column.generated_sql);
    declared.autoincrement |= column.identity != Identity::none;
  }
  for (const auto& check : schema.checks) declared.checks.push_back({check.name, check.sql});
  for (const auto& key : schema.foreign_keys)
    declared.foreign_keys.push_back({key.columns, key.table, key.foreign_columns, action_words(key.on_update),
                                     action_words(key.on_delete), key.initially_deferred});
  if (const auto own = divisions_.find(name); own != divisions_.end()) declared.division = own->second;
  if (const auto own = indexes_.find(name); own != indexes_.end()) declared.indexes = own->second;
  if (const auto own = own_names_.find(name); own != own_names_.end()) declared.own_names = own->second;
  return declared;
}

std::string PostgresInspector::key_sql(const PostgresTable& table) const {
  std::string sql;
  for (const auto& part : table.key)
    sql += (sql.empty() ? "" : ", ") + (quote_name(table.table.name) + "." + quote_name(part.column));
  return sql;
}

std::int64_t PostgresInspector::count(const std::string& sql) {
  std::int64_t rows = 0;
  ask([&](PostgresConnection& connection) { rows = connection.exec(sql, {}).integer(0, 0); });
  return rows;
}

std::vector<Key> PostgresInspector::keys(const PostgresTable& table, const std::string& sql) {
  std::vector<Key> keys;
  ask([&](PostgresConnection& connection) {
    const Result r = connection.exec(sql, {});
    for (int i = 0; i < r.rows(); ++i) {
      std::vector<Cell> cells;
      for (int c = 0; c < r.columns(); ++c) {
        const bool whole = table.key[static_cast<std::size_t>(c)].is_integer();
        cells.push_back(whole ? Cell::of_integer(r.integer(i, c)) : Cell::of_text(r.view(i, c)));
      }
      keys.push_back(key_of(cells));
    }
  });
  return keys;
}

RowTally PostgresInspector::orphans(const std::string& name, const SourceForeignKey& key,
                                    std::size_t samples) {
  const PostgresTable& table = at(name);
  const PostgresTable& parent = at(key.table);
  std::string filled;
  std::string equal;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const std::string column = quote_name(name) + "." + quote_name(key.columns[i]);
    filled += (i == 0 ? "" : " AND ") + column + " IS NOT NULL";
    equal += (i == 0 ? "" : " AND ") + ("parent." + quote_name(key.foreign_columns[i])) + " = " + column;
  }
  const std::string parents =
      (parent.has_children ? "" : "ONLY ") + qualified(settings_.schema, parent.table.name) + " AS parent";
  const std::string rest = " FROM " + from_sql(settings_, table) + " WHERE " + filled +
                           " AND NOT EXISTS (SELECT FROM " + parents + " WHERE " + equal + ")";
  RowTally found;
  found.count = count("SELECT count(*)" + rest);
  if (found.count > 0 && !table.key.empty())
    found.samples = keys(table, "SELECT " + key_sql(table) + rest + " ORDER BY " + key_sql(table) +
                                    " LIMIT " + std::to_string(samples));
  return found;
}

RowTally PostgresInspector::duplicates(const std::string& name, const SourceIndex& index,
                                       LooseComparison comparison, std::size_t samples) {
  const PostgresTable& table = at(name);
  std::string filled;
  std::string groups;
  for (const auto& part : index.parts) {
    const std::string column = quote_name(name) + "." + quote_name(part.column);
    const ColumnSchema* schema = table.table.schema->find(part.column);
    const TypeKind kind = schema == nullptr ? TypeKind::text : schema->type.kind;
    const bool is_text = kind == TypeKind::text || kind == TypeKind::varchar || kind == TypeKind::char_;
    filled += (filled.empty() ? "" : " AND ") + column + " IS NOT NULL";
    groups += groups.empty() ? "" : ", ";
    if (!is_text)
      groups += column;
    else if (comparison == LooseComparison::nocase)
      groups += "lower(" + column + "::text COLLATE \"C\")";
    else
      groups += column + "::text::numeric";
  }
  const std::string from = " FROM " + from_sql(settings_, table) + " WHERE " + filled;
  const std::string several = from + " GROUP BY " + groups + " HAVING count(*) > 1";
  RowTally found;
  found.count = count("SELECT count(*) FROM (SELECT 1" + several + ") AS groups");
  if (found.count > 0 && !table.key.empty())
    found.samples = keys(table, "SELECT DISTINCT ON (" + groups + ") " + key_sql(table) + from + " AND (" +
                                    groups + ") IN (SELECT " + groups + several + " LIMIT " +
                                    std::to_string(samples) + ") ORDER BY " + groups + ", " + key_sql(table));
  return found;
}

}  // namespace

std::unique_ptr<Inspector> open_postgres_inspector(const PostgresOptions& options) {
  const ConnectionSettings settings = source_settings(options);
  return std::make_unique<PostgresInspector>(settings, std::make_shared<const Moment>(settings));
}

}  // namespace planrun
