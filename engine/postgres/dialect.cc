#include "postgres/dialect.h"

#include "base/text.h"
#include "postgres/column_checks.h"
#include "postgres/connection.h"
#include "postgres/key_checks.h"
#include "sql/quote.h"
#include "sql/script.h"

namespace planrun {
namespace {

// MaxHeapAttributeNumber (src/include/access/htup_details.h).
constexpr std::size_t kMostColumns = 1600;

std::string names(const std::vector<std::string>& columns) {
  std::string list;
  for (const auto& column : columns) {
    if (!list.empty()) list += ", ";
    list += quote_name(column);
  }
  return list;
}

std::string deferral(bool deferrable, bool initially_deferred) {
  if (!deferrable) return {};
  return initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

std::string serial_of(const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::smallint:
      return "smallserial";
    case TypeKind::bigint:
      return "bigserial";
    default:
      return "serial";
  }
}

/// 'a', 'b' for IN (...), which takes no empty list.
std::string literals(const std::vector<std::string>& names) {
  std::string list = "NULL";
  for (const auto& name : names) list += ", " + quote_literal(name);
  return list;
}

/// Until ANALYZE: a worker of autovacuum that comes by reads the half-loaded table at the cost of the load,
/// and its lock holds up the foreign keys.
constexpr const char* kNoAutovacuum = " WITH (autovacuum_enabled = false)";

/// Each is a literal, which the server reads by its column's type; one a column where there is no limit.
std::string bound(const std::vector<std::string>& values, std::size_t columns, const char* no_limit) {
  std::vector<std::string> parts(columns, no_limit);
  for (std::size_t i = 0; i < values.size(); ++i) parts[i] = quote_literal(values[i]);
  return "(" + join(parts, ", ") + ")";
}

std::string part_clause(const PartitionSchema& partition, std::size_t place) {
  const PartSchema& part = partition.parts[place];
  if (part.is_default) return "DEFAULT";
  const std::size_t columns = partition.columns.size();
  switch (partition.by) {
    case PartitionBy::range:
      return "FOR VALUES FROM " + bound(part.from, columns, "MINVALUE") + " TO " +
             bound(part.to, columns, "MAXVALUE");
    case PartitionBy::list:
      return "FOR VALUES IN " + bound(part.values, part.values.size(), "");
    case PartitionBy::hash:
      break;
  }
  return "FOR VALUES WITH (MODULUS " + std::to_string(partition.parts.size()) + ", REMAINDER " +
         std::to_string(place) + ")";
}

std::string check_clause(const CheckSchema& check) {
  const std::string name = check.name.empty() ? "" : "CONSTRAINT " + quote_name(check.name) + " ";
  return name + "CHECK (" + check.sql + ")";
}

class PostgresDialect : public Dialect {
 public:
  explicit PostgresDialect(std::string schema) : schema_(std::move(schema)) {}

  std::string name() const override { return "postgresql"; }

  std::vector<SchemaStep> schema_steps(const TableSchema& table) const override;

  std::vector<std::string> unsupported(const TableSchema& table) const override {
    if (table.columns.size() <= kMostColumns) return {};
    return {with_thousands(static_cast<std::int64_t>(table.columns.size())) +
            " columns, and a table of PostgreSQL's has at most " +
            with_thousands(static_cast<std::int64_t>(kMostColumns))};
  }
  std::vector<SchemaCheck> schema_checks(const TableSchema& table) const override;
  ObjectSql object_sql(const SchemaObject& object) const override;
  std::vector<std::string> drop_statements(const SchemaObject& object, bool with_dependents) const override {
    std::vector<std::string> statements = object_sql(object).drop;
    if (with_dependents && object.kind == ObjectKind::view) statements.back() += " CASCADE";
    return statements;
  }
  std::string probe_query(const std::string& table) const override {
    return "SELECT 1 FROM " + relation(table) + " LIMIT 1";
  }
  std::string drop_table(const std::string& table, bool with_dependents) const override {
    return "DROP TABLE IF EXISTS " + relation(table) + (with_dependents ? " CASCADE" : "");
  }
  std::string drop_foreign_key(const std::string& table, const std::string& key) const override {
    return "ALTER TABLE IF EXISTS " + relation(table) + " DROP CONSTRAINT IF EXISTS " + quote_name(key);
  }
  std::vector<std::string> restore_foreign_key(const TableSchema& table,
                                               const ForeignKeySchema& key) const override;
  ValueLimits value_limits() const override { return {}; }
  // https://www.postgresql.org/docs/current/monitoring-stats.html: of others' sessions and of replicas only
  // members of pg_read_all_stats see more than that they are there.
  std::string active_sessions_query() const override {
    return "select case when pg_has_role('pg_read_all_stats', 'usage') then"
           " (select count(*) from pg_stat_activity where backend_type = 'client backend' and state = "
           "'active'"
           " and pid <> pg_backend_pid() and left(application_name, 8) <> 'planrun ') end";
  }
  std::string replication_lag_query() const override {
    return "select case when pg_has_role('pg_read_all_stats', 'usage') then"
           " (select coalesce(max(extract(epoch from replay_lag)), 0) from pg_stat_replication) end";
  }
  int writer_limit() const override { return 0; }
  // Dropping one takes about 16 locks, with its indexes, types and constraints; a server as it comes has room
  // for some 7,000 (max_locks_per_transaction).
  std::size_t most_tables_locked() const override { return 200; }

 private:
  std::string relation(const std::string& name) const { return qualified(schema_, name); }
  std::string column_clause(const TableSchema& table, const ColumnSchema& column) const;
  std::string create_table(const TableSchema& table) const;
  std::vector<std::string> create_statements(const TableSchema& table) const;
  std::vector<std::string> analyze_statements(const TableSchema& table) const;
  std::string key_index(const TableSchema& table, const KeySchema& key) const;
  std::string attach_key(const TableSchema& table, const KeySchema& key) const;
  std::string add_key(const TableSchema& table, const KeySchema& key) const;
  std::string create_index(const TableSchema& table, const IndexSchema& index) const;
  std::vector<SchemaStep> restore_steps(const TableSchema& table) const;
  std::vector<std::string> put_back(const TableSchema& table, const ForeignKeySchema& key) const;
  std::string validate(const TableSchema& table, const ForeignKeySchema& key) const;
  SchemaCheck restored_key_check(const TableSchema& table, const ForeignKeySchema& key) const;
  std::string add_foreign_key(const TableSchema& table, const ForeignKeySchema& key) const;
  std::string set_sequence(const TableSchema& table, const ColumnSchema& column) const;

  std::string schema_;
};

std::string PostgresDialect::column_clause(const TableSchema& table, const ColumnSchema& column) const {
  const bool serial = column.identity == Identity::serial;
  std::string sql = quote_name(column.name) + " " + (serial ? serial_of(column.type) : column.type.sql);
  if (!column.collation.empty()) sql += " COLLATE " + column.collation;
  if (column.identity == Identity::always) sql += " GENERATED ALWAYS AS IDENTITY";
  if (column.identity == Identity::by_default) sql += " GENERATED BY DEFAULT AS IDENTITY";
  if (!column.generated_sql.empty()) sql += " GENERATED ALWAYS AS (" + column.generated_sql + ") STORED";
  if (!column.default_sql.empty()) sql += " DEFAULT " + column.default_sql;
  if (column.not_null) sql += " NOT NULL";
  // A check that stands with its column is named after it, as in the author's own SQL.
  for (const auto& check : table.checks) {
    if (check.column == column.name) sql += " " + check_clause(check);
  }
  return sql;
}

std::string PostgresDialect::create_table(const TableSchema& table) const {
  std::string sql = "CREATE TABLE " + relation(table.name) + " (";
  const char* separator = "\n  ";
  for (const auto& column : table.columns) {
    sql += separator + column_clause(table, column);
    separator = ",\n  ";
  }
  for (const auto& check : table.checks) {
    if (!check.column.empty() && table.find(check.column) != nullptr) continue;
    sql += separator + check_clause(check);
    separator = ",\n  ";
  }
  sql += "\n)";
  if (!table.is_divided()) return sql + kNoAutovacuum;
  if (!table.partition) return sql;
  return sql + " PARTITION BY " + std::string(to_string(table.partition->by)) + " (" +
         names(table.partition->columns) + ")";
}

std::vector<std::string> PostgresDialect::create_statements(const TableSchema& table) const {
  std::vector<std::string> statements = {create_table(table)};
  const std::size_t parts = table.partition ? table.partition->parts.size() : 0;
  for (std::size_t i = 0; i < parts; ++i) {
    statements.push_back("CREATE TABLE " + relation(table.partition->parts[i].name) + " PARTITION OF " +
                         relation(table.name) + " " + part_clause(*table.partition, i) +
                         (table.distribution ? "" : kNoAutovacuum));
  }
  if (!table.distribution) return statements;
  // https://docs.citusdata.com/en/stable/develop/api_udf.html: by the table's qualified name.
  const std::string name = quote_literal(relation(table.name));
  statements.push_back(table.distribution->by.empty() ? "SELECT create_reference_table(" + name + ")"
                                                      : "SELECT create_distributed_table(" + name + ", " +
                                                            quote_literal(table.distribution->by) + ")");
  return statements;
}

std::vector<std::string> PostgresDialect::analyze_statements(const TableSchema& table) const {
  std::vector<std::string> statements = {"ANALYZE " + relation(table.name)};
  if (table.distribution) return statements;
  std::vector<std::string> filled = {table.name};
  if (table.partition) filled = table.partition->part_names();
  for (const auto& name : filled)
    statements.push_back("ALTER TABLE " + relation(name) + " RESET (autovacuum_enabled)");
  return statements;
}

std::string PostgresDialect::key_index(const TableSchema& table, const KeySchema& key) const {
  return "CREATE UNIQUE INDEX " + quote_name(key.name) + " ON " + relation(table.name) + " (" +
         names(key.columns) + ")" + (key.nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
}

std::string PostgresDialect::attach_key(const TableSchema& table, const KeySchema& key) const {
  return "ALTER TABLE " + relation(table.name) + " ADD CONSTRAINT " + quote_name(key.name) +
         (key.primary ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX " + quote_name(key.name) +
         deferral(key.deferrable, key.initially_deferred);
}

/// Where rows stand in other tables an index cannot become a key: both are built in one.
std::string PostgresDialect::add_key(const TableSchema& table, const KeySchema& key) const {
  return "ALTER TABLE " + relation(table.name) + " ADD CONSTRAINT " + quote_name(key.name) +
         (key.primary ? " PRIMARY KEY" : " UNIQUE") + (key.nulls_not_distinct ? " NULLS NOT DISTINCT" : "") +
         " (" + names(key.columns) + ")" + deferral(key.deferrable, key.initially_deferred);
}

std::string PostgresDialect::create_index(const TableSchema& table, const IndexSchema& index) const {
  std::string sql = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  sql += quote_name(index.name) + " ON " + relation(table.name);
  if (!index.method.empty() && index.method != "btree") sql += " USING " + quote_name(index.method);
  sql += " (" + index.elements_sql + ")";
  if (!index.include_sql.empty()) sql += " INCLUDE (" + index.include_sql + ")";
  if (!index.where_sql.empty()) sql += " WHERE " + index.where_sql;
  return sql;
}

/// A foreign key of a divided table, or to one, cannot be NOT VALID at first (PostgreSQL manual, "ALTER
/// TABLE").
bool is_checked_at_once(const TableSchema& table, const ForeignKeySchema& key) {
  return table.is_divided() || key.to_divided;
}

std::string PostgresDialect::add_foreign_key(const TableSchema& table, const ForeignKeySchema& key) const {
  std::string sql = "ALTER TABLE " + relation(table.name) + " ADD CONSTRAINT " + quote_name(key.name) +
                    " FOREIGN KEY (" + names(key.columns) + ") REFERENCES " + relation(key.table) + " (" +
                    names(key.foreign_columns) + ")";
  if (key.match_full) sql += " MATCH FULL";
  if (!key.on_delete.empty()) sql += " ON DELETE " + key.on_delete;
  if (!key.on_update.empty()) sql += " ON UPDATE " + key.on_update;
  sql += deferral(key.deferrable, key.initially_deferred);
  return is_checked_at_once(table, key) ? sql : sql + " NOT VALID";
}

/// Past the largest loaded key and past what the source's own sequence has given; an empty table stays as
/// created. A key or floor beyond the sequence's own maximum leaves it used up: its next value is an error,
/// never a repeat.
std::string PostgresDialect::set_sequence(const TableSchema& table, const ColumnSchema& column) const {
  const std::string relation_name = relation(table.name);
  return "SELECT pg_catalog.setval(q.sequence, greatest(least(q.given, q.most), 1), q.given >= 1) FROM"
         " (SELECT s.seqrelid::pg_catalog.regclass AS sequence, s.seqmax AS most,"
         " greatest((SELECT max(" +
         quote_name(column.name) + ") FROM " + relation_name +
         ")::bigint, ({sequence_floor})::bigint, 0) AS given FROM pg_catalog.pg_sequence s"
         " WHERE s.seqrelid = pg_catalog.pg_get_serial_sequence(" +
         quote_literal(relation_name) + ", " + quote_literal(column.name) + ")::pg_catalog.regclass) q";
}

/// By the server's own definition, so that nothing of it is lost; not yet held against the rows.
std::vector<std::string> PostgresDialect::put_back(const TableSchema& table,
                                                   const ForeignKeySchema& key) const {
  const std::string name = quote_name(key.name);
  std::vector<std::string> statements = {"ALTER TABLE " + relation(table.name) + " ADD CONSTRAINT " + name +
                                         " " + key.definition + " NOT VALID"};
  if (!key.comment.empty())
    statements.push_back("COMMENT ON CONSTRAINT " + name + " ON " + relation(table.name) + " IS " +
                         quote_literal(key.comment));
  return statements;
}

std::string PostgresDialect::validate(const TableSchema& table, const ForeignKeySchema& key) const {
  return "ALTER TABLE " + relation(table.name) + " VALIDATE CONSTRAINT " + quote_name(key.name);
}

std::vector<std::string> PostgresDialect::restore_foreign_key(const TableSchema& table,
                                                              const ForeignKeySchema& key) const {
  // A table with deferred work of this transaction cannot be altered.
  std::vector<std::string> statements = {"SET CONSTRAINTS ALL IMMEDIATE"};
  for (auto& statement : put_back(table, key)) statements.push_back(std::move(statement));
  if (key.is_validated) statements.push_back(validate(table, key));
  return statements;
}

std::vector<SchemaStep> PostgresDialect::restore_steps(const TableSchema& table) const {
  std::vector<SchemaStep> steps;
  for (const auto& key : table.foreign_keys) {
    if (!key.restored) continue;
    const std::string drop =
        "ALTER TABLE " + relation(table.name) + " DROP CONSTRAINT " + quote_name(key.name);
    steps.push_back(
        {SchemaStepKind::drop_foreign_key, key.name, {drop}, {}, {}, restored_key_check(table, key)});
  }
  for (const auto& key : table.foreign_keys) {
    if (key.restored)
      steps.push_back({SchemaStepKind::foreign_key, key.name, put_back(table, key), {}, key.table});
  }
  for (const auto& key : table.foreign_keys) {
    if (key.restored && key.is_validated)
      steps.push_back({SchemaStepKind::validate, key.name, {validate(table, key)}, {}, {}});
  }
  return steps;
}

std::vector<SchemaStep> PostgresDialect::schema_steps(const TableSchema& table) const {
  if (table.exists) return restore_steps(table);
  std::vector<SchemaStep> steps;
  const auto add = [&steps](SchemaStepKind kind, const std::string& name, std::string statement,
                            std::vector<std::size_t> after, const std::string& needs = {}) {
    steps.push_back({kind, name, {std::move(statement)}, std::move(after), needs});
    return steps.size() - 1;
  };
  steps.push_back({SchemaStepKind::create, table.name, create_statements(table), {}, {}});
  // Builds share the table. What needs it alone (keys attached, foreign keys, validation) comes after all
  // builds: it would only wait for them, and hold up whoever comes behind it.
  std::vector<std::size_t> builds;
  std::vector<std::size_t> key_builds;
  for (const auto& key : table.keys) {
    if (!table.is_divided())
      key_builds.push_back(add(SchemaStepKind::index, key.name, key_index(table, key), {0}));
  }
  builds = key_builds;
  for (const auto& index : table.indexes) {
    builds.push_back(add(SchemaStepKind::index, index.name, create_index(table, index), {0}));
  }
  std::vector<std::size_t> ready = builds;
  if (ready.empty()) ready.push_back(0);
  for (std::size_t i = 0; i < table.keys.size(); ++i) {
    const KeySchema& key = table.keys[i];
    const std::string statement = table.is_divided() ? add_key(table, key) : attach_key(table, key);
    ready.push_back(add(SchemaStepKind::key, key.name, statement, ready));
  }
  for (const auto& column : table.columns) {
    if (column.identity == Identity::none) continue;
    add(SchemaStepKind::sequence, column.name, set_sequence(table, column), {0});
  }
  steps.push_back({SchemaStepKind::analyze, table.name, analyze_statements(table), ready, {}});
  std::size_t last_key = steps.size() - 1;  // the validation's plan lives by the statistics
  std::vector<std::size_t> foreign_keys;
  for (const auto& key : table.foreign_keys) {
    last_key = add(SchemaStepKind::foreign_key, key.name, add_foreign_key(table, key), {last_key}, key.table);
    foreign_keys.push_back(last_key);
  }
  std::size_t last_validate = last_key;  // two validations of one table block each other
  for (std::size_t i = 0; i < foreign_keys.size(); ++i) {
    if (is_checked_at_once(table, table.foreign_keys[i])) continue;
    const std::string& name = table.foreign_keys[i].name;
    last_validate = add(SchemaStepKind::validate, name,
                        "ALTER TABLE " + relation(table.name) + " VALIDATE CONSTRAINT " + quote_name(name),
                        {foreign_keys[i], last_validate});
  }
  return steps;
}

SchemaCheck PostgresDialect::restored_key_check(const TableSchema& table, const ForeignKeySchema& key) const {
  const std::string definition = key.definition + (key.is_validated ? "" : " NOT VALID");
  return {"foreign key " + key.name,
          "SELECT count(*) FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass(" +
              quote_literal(relation(table.name)) + ") AND conname = " + quote_literal(key.name) +
              " AND pg_catalog.pg_get_constraintdef(oid) = " + quote_literal(definition) +
              " AND coalesce(pg_catalog.obj_description(oid, 'pg_constraint'), '') = " +
              quote_literal(key.comment),
          "1"};
}

std::vector<SchemaCheck> PostgresDialect::schema_checks(const TableSchema& table) const {
  if (table.exists) {
    std::vector<SchemaCheck> restored;
    for (const auto& key : table.foreign_keys) {
      if (key.restored) restored.push_back(restored_key_check(table, key));
    }
    return restored;
  }
  std::vector<std::string> indexes = {"false"};
  std::vector<std::string> foreign_keys;
  for (const auto& key : table.keys) indexes.push_back(is_key(key));
  for (const auto& index : table.indexes) indexes.push_back(is_index(index));
  for (const auto& key : table.foreign_keys) foreign_keys.push_back(is_foreign_key(key, relation(key.table)));
  const std::string oid = quote_literal(relation(table.name)) + "::pg_catalog.regclass";
  std::vector<SchemaCheck> checks;
  checks.push_back(
      {"indexes",
       "SELECT count(*) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
       " LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = c.oid AND k.conrelid = i.indrelid AND "
       "k.contype IN"
       " ('p', 'u') WHERE i.indrelid = " +
           oid + " AND i.indisvalid AND (" + join(indexes, " OR ") + ")",
       std::to_string(table.keys.size() + table.indexes.size())});
  if (!foreign_keys.empty()) {
    checks.push_back({"foreign keys",
                      "SELECT count(*) FROM pg_catalog.pg_constraint f WHERE f.conrelid = " + oid +
                          " AND f.contype = 'f' AND f.convalidated AND (" + join(foreign_keys, " OR ") + ")",
                      std::to_string(foreign_keys.size())});
  }
  if (table.partition) {
    const auto parts = table.partition->part_names();
    checks.push_back({"partitions",
                      "SELECT count(*) FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid ="
                      " i.inhrelid WHERE i.inhparent = " +
                          oid + " AND c.relname IN (" + literals(parts) + ")",
                      std::to_string(parts.size())});
  }
  if (table.distribution) {
    checks.push_back({"distribution",
                      "SELECT count(*) FROM pg_catalog.pg_dist_partition WHERE logicalrelid = " + oid +
                          " AND partmethod = " + (table.distribution->by.empty() ? "'n'" : "'h'"),
                      "1"});
  }
  for (const auto& column : table.columns) {
    if (column.identity == Identity::none) continue;
    // The last value is null while none has been given: then the first is 1.
    checks.push_back(
        {"sequence " + column.name,
         "SELECT (coalesce(pg_catalog.pg_sequence_last_value(pg_catalog.pg_get_serial_sequence(" +
             quote_literal(relation(table.name)) + ", " + quote_literal(column.name) +
             ")::pg_catalog.regclass), 0) >= coalesce((SELECT max(" + quote_name(column.name) + ") FROM " +
             relation(table.name) + "), 0))::int",
         "1"});
  }
  checks.push_back({"columns", standing_columns(table, oid), "all"});
  if (!table.checks.empty()) checks.push_back({"checks", standing_checks(table, oid), "all"});
  return checks;
}

ObjectSql PostgresDialect::object_sql(const SchemaObject& object) const {
  ObjectSql sql;
  const std::string name = relation(object.name);
  // What a plan's SQL names without a schema is made, and found, where the tables are.
  const std::string here = "SET LOCAL search_path = " + quote_name(schema_) + ", public";
  switch (object.kind) {
    case ObjectKind::view:
      sql.make = {here, "CREATE VIEW " + name + " AS " + object.sql};
      sql.drop = {"DROP VIEW IF EXISTS " + name};
      sql.checks = {{"view",
                     "SELECT count(*) FROM pg_catalog.pg_class WHERE relkind = 'v' AND oid ="
                     " pg_catalog.to_regclass(" +
                         quote_literal(name) + ")",
                     "1"}};
      sql.taken = "SELECT (pg_catalog.to_regclass(" + quote_literal(name) + ") IS NOT NULL)::int";
      break;
    case ObjectKind::trigger: {
      sql.make = {here, object.sql};
      sql.drop = {here,
                  "DROP TRIGGER IF EXISTS " + quote_name(object.name) + " ON " + relation(object.table)};
      const std::string there =
          "SELECT count(*) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgname = " +
          quote_literal(object.name) + " AND tgrelid = pg_catalog.to_regclass(" +
          quote_literal(relation(object.table)) + ")";
      sql.taken = "SELECT (" + there + ")";
      const auto statements = parse_script(object.sql);
      for (const auto& statement : statements ? *statements.value : std::vector<ScriptStatement>()) {
        if (statement.function.empty()) continue;
        sql.drop.push_back("DROP ROUTINE IF EXISTS " + statement.function);
        sql.taken += " + (pg_catalog.to_regproc(" + quote_literal(statement.function) + ") IS NOT NULL)::int";
      }
      sql.checks = {{"trigger " + object.name, there + " AND tgenabled <> 'D'", "1"}};
      break;
    }
    case ObjectKind::sql:
      if (!trim(object.sql).empty()) sql.make = {here, object.sql};
      if (!trim(object.undo).empty()) sql.drop = {here, object.undo};
      break;
  }
  return sql;
}

}  // namespace

std::unique_ptr<Dialect> postgres_dialect(const std::string& schema) {
  return std::make_unique<PostgresDialect>(schema);
}

}  // namespace planrun
