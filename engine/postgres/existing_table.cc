#include "postgres/existing_table.h"

#include "postgres/catalog_type.h"
#include "sql/quote.h"

namespace planrun {
namespace {

void read_columns(PostgresConnection& connection, const std::string& table, TableSchema& schema) {
  const Result r = connection.exec(
      "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
      " CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), '') ELSE '' END,"
      " a.attidentity::text,"
      " CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) ELSE '' END,"
      " CASE WHEN a.attcollation <> t.typcollation THEN format('%I.%I', cn.nspname, c.collname) ELSE '' END"
      " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = "
      "a.attrelid"
      " AND d.adnum = a.attnum LEFT JOIN pg_collation c ON c.oid = a.attcollation"
      " LEFT JOIN pg_namespace cn ON cn.oid = c.collnamespace"
      " WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
      {table});
  for (int i = 0; i < r.rows(); ++i) {
    ColumnSchema& column = schema.columns.emplace_back();
    column.name = r.text(i, 0);
    column.type = catalog_type(r.text(i, 1));
    column.not_null = r.truth(i, 2);
    column.default_sql = r.text(i, 3);
    column.identity = catalog_identity(r.text(i, 4));
    column.generated_sql = r.text(i, 5);
    column.collation = r.text(i, 6);
  }
}

/// Keys by their constraints or unique indexes: over plain columns, of all rows.
void read_keys(PostgresConnection& connection, const std::string& table, TableSchema& schema) {
  const Result r = connection.exec(
      "SELECT c.relname, i.indisprimary, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
      " CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k (attnum, place)"
      " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
      " WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indimmediate"
      " AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts"
      " ORDER BY i.indisprimary DESC, c.relname, k.place",
      {table});
  for (int i = 0; i < r.rows(); ++i) {
    const std::string name = r.text(i, 0);
    if (schema.keys.empty() || schema.keys.back().name != name) {
      KeySchema& key = schema.keys.emplace_back();
      key.name = name;
      key.primary = r.truth(i, 1);
    }
    schema.keys.back().columns.push_back(r.text(i, 2));
  }
}

void read_foreign_keys(PostgresConnection& connection, const std::string& table, TableSchema& schema) {
  const Result r = connection.exec(
      "SELECT k.conname,"
      // A table of another schema is none of the plan's.
      " CASE WHEN p.relnamespace = c.relnamespace THEN p.relname ELSE p.oid::regclass::text END,"
      " a.attname, f.attname, pg_get_constraintdef(k.oid), k.convalidated,"
      " coalesce(obj_description(k.oid, 'pg_constraint'), ''), k.confmatchtype = 'f'"
      " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid"
      " CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY n (own, other, place)"
      " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.own"
      " JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = n.other"
      // One to a divided table stands once more for each of its parts.
      " WHERE k.conrelid = $1::regclass AND k.contype = 'f' AND NOT EXISTS (SELECT FROM pg_constraint w"
      " WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid) ORDER BY k.conname, n.place",
      {table});
  for (int i = 0; i < r.rows(); ++i) {
    const std::string name = r.text(i, 0);
    if (schema.foreign_keys.empty() || schema.foreign_keys.back().name != name) {
      ForeignKeySchema& key = schema.foreign_keys.emplace_back();
      key.name = name;
      key.table = r.text(i, 1);
      key.definition = r.text(i, 4);
      key.is_validated = r.truth(i, 5);
      key.comment = r.text(i, 6);
      key.match_full = r.truth(i, 7);
      constexpr std::string_view kNotValid = " NOT VALID";
      if (key.definition.ends_with(kNotValid))
        key.definition.resize(key.definition.size() - kNotValid.size());
    }
    schema.foreign_keys.back().columns.push_back(r.text(i, 2));
    schema.foreign_keys.back().foreign_columns.push_back(r.text(i, 3));
  }
}

}  // namespace

std::vector<std::string> read_table_names(PostgresConnection& connection, const PostgresContext& context) {
  const Result r = connection.exec(
      "SELECT c.relname FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', "
      "'p')"
      " AND NOT c.relispartition ORDER BY c.relname COLLATE \"C\"",
      {quote_name(context.options.schema)});
  std::vector<std::string> names;
  for (int i = 0; i < r.rows(); ++i) names.push_back(r.text(i, 0));
  return names;
}

std::optional<ExistingTable> read_existing_table(PostgresConnection& connection,
                                                 const PostgresContext& context, const std::string& name) {
  const std::string table = context.table(name);
  Transaction transaction(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const Result kind = connection.exec(
      "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass($1) AND relkind IN ('r', 'p')", {table});
  if (kind.rows() == 0) return std::nullopt;
  ExistingTable existing;
  existing.is_divided = kind.truth(0, 0);
  existing.schema.name = name;
  existing.schema.exists = true;
  read_columns(connection, table, existing.schema);
  read_keys(connection, table, existing.schema);
  read_foreign_keys(connection, table, existing.schema);
  const Result triggers = connection.exec(
      "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgenabled <> 'D'"
      " ORDER BY tgname",
      {table});
  for (int i = 0; i < triggers.rows(); ++i) existing.triggers.push_back(triggers.text(i, 0));
  transaction.commit();
  return existing;
}

}  // namespace planrun
