#include "postgres/source_catalog.h"

#include <map>

#include "base/error.h"
#include "base/json.h"
#include "postgres/catalog_type.h"
#include "sql/definition.h"
#include "sql/quote.h"

namespace planrun {
namespace {

// About what a row takes on the disk where the server has not counted.
constexpr std::int64_t kGuessedRowBytes = 100;
// Older servers read a whole table to find the rows of some blocks.
constexpr int kReadsByBlock = 140'000;

// The names of pg_constraint.conkey's columns, in its order, as a JSON list.
std::string names_of(const std::string& relation, const std::string& numbers) {
  return "(SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(" + numbers +
         ") WITH ORDINALITY u (attnum, place) JOIN pg_attribute a ON a.attrelid = " + relation +
         " AND a.attnum = u.attnum)";
}

std::vector<std::string> names_from(const Result& r, int row, int column) {
  if (r.is_null(row, column)) return {};
  return Json::parse(r.text(row, column)).get<std::vector<std::string>>();
}

std::string action_of(const std::string& letter) {
  if (letter == "c") return "cascade";
  if (letter == "r") return "restrict";
  if (letter == "n") return "set null";
  return letter == "d" ? "set default" : "";
}

SourceTableKind kind_of(const std::string& relkind, bool is_partition) {
  if (is_partition) return SourceTableKind::shadow;  // what another table shows
  return relkind == "v" || relkind == "m" ? SourceTableKind::view : SourceTableKind::table;
}

class Catalog {
 public:
  Catalog(PostgresConnection& connection, const std::string& schema)
      : connection_(connection), schema_(schema) {}

  std::vector<PostgresTable> read() {
    if (connection_.exec("SELECT FROM pg_namespace WHERE nspname = $1", {schema_}).rows() == 0) {
      throw Error(ErrorCode::source,
                  connection_.settings().shown_url + " has no schema " + quote_name(schema_),
                  "name it in the source's `schema`, or with --schema");
    }
    read_tables();
    read_columns();
    read_sequences();
    read_reading_keys();
    read_constraints();
    read_indexes();
    read_further_parts();
    return std::move(tables_);
  }

 private:
  Result ask(const std::string& sql) { return connection_.exec(sql, {schema_}); }

  PostgresTable* find(const Result& r, int row) {
    const auto found = places_.find(r.text(row, 0));
    return found == places_.end() ? nullptr : &tables_[found->second];
  }

  void read_tables() {
    const Result r = ask(
        "SELECT c.oid, c.relname, c.relkind::text, c.relispartition, stored.rows, stored.bytes, stored.rows "
        "> 0,"
        " CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::bigint "
        "ELSE 0 END"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " CROSS JOIN LATERAL (SELECT greatest(c.reltuples, 0)::bigint AS rows,"
        " CASE WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) ELSE 0 END AS bytes WHERE c.relkind <> "
        "'p'"
        " UNION ALL SELECT sum(greatest(k.reltuples, 0))::bigint, sum(pg_table_size(k.oid))::bigint FROM"
        " (WITH RECURSIVE part (oid) AS (SELECT c.oid UNION ALL SELECT i.inhrelid FROM part p JOIN "
        "pg_inherits i"
        " ON i.inhparent = p.oid) SELECT oid FROM part) part JOIN pg_class k ON k.oid = part.oid"
        " HAVING c.relkind = 'p') stored"
        " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname");
    for (int i = 0; i < r.rows(); ++i) {
      places_[r.text(i, 0)] = tables_.size();
      PostgresTable& found = tables_.emplace_back();
      found.table.name = r.text(i, 1);
      found.table.kind = kind_of(r.text(i, 2), r.truth(i, 3));
      found.has_children = r.text(i, 2) == "p";
      found.table.estimated_bytes = r.integer(i, 5);
      if (connection_.server_version() >= kReadsByBlock) found.blocks = r.integer(i, 7);
      found.table.estimated_rows =
          r.truth(i, 6) ? r.integer(i, 4) : found.table.estimated_bytes / kGuessedRowBytes;
      found.table.schema.emplace();
      found.table.schema->name = found.table.name;
    }
  }

  void read_columns() {
    const Result r =
        ask("SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
            "a.attidentity::text,"
            " coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attgenerated::text,"
            " CASE WHEN a.attcollation IN (0, t.typcollation) THEN '' WHEN cn.nspname = 'pg_catalog' THEN "
            "quote_ident(l.collname)"
            " ELSE format('%I.%I', cn.nspname, l.collname) END"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid"
            " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
            " LEFT JOIN pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = "
            "l.collnamespace"
            " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT "
            "a.attisdropped"
            " ORDER BY a.attrelid, a.attnum");
    for (int i = 0; i < r.rows(); ++i) {
      PostgresTable* found = find(r, i);
      if (found == nullptr) continue;
      ColumnSchema column;
      column.name = r.text(i, 1);
      column.type = catalog_type(r.text(i, 2));
      column.not_null = r.truth(i, 3);
      column.identity = catalog_identity(r.text(i, 4));
      const bool generated = !r.view(i, 6).empty();
      (generated ? column.generated_sql : column.default_sql) = r.text(i, 5);
      column.collation = r.text(i, 7);
      found->table.columns.push_back({column.name, r.text(i, 2), column.not_null, 0, generated});
      found->table.schema->columns.push_back(std::move(column));
    }
  }

  static ColumnSchema* column_of(PostgresTable& table, const std::string& name) {
    for (auto& column : table.table.schema->columns) {
      if (column.name == name) return &column;
    }
    return nullptr;
  }

  void read_sequences() {
    const Result r = ask(
        "SELECT d.refobjid, a.attname, coalesce(CASE WHEN has_sequence_privilege(s.oid, 'SELECT,USAGE')"
        " THEN pg_sequence_last_value(s.oid) END, 0), q.seqincrement = 1 AND NOT q.seqcycle AND q.seqmin = 1,"
        " s.relname, d.deptype = 'i'"
        " FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid"
        " JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', "
        "'i')"
        " AND d.refclassid = 'pg_class'::regclass"
        " JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid WHERE n.nspname = $1");
    for (int i = 0; i < r.rows(); ++i) {
      PostgresTable* found = find(r, i);
      ColumnSchema* column = found == nullptr ? nullptr : column_of(*found, r.text(i, 1));
      if (column == nullptr) continue;
      // A serial is a default and a sequence that goes with the column.
      if (!r.truth(i, 5)) {
        if (!column->default_sql.starts_with("nextval(")) continue;
        column->default_sql.clear();
        column->identity = Identity::serial;
      }
      found->table.sequences[column->name] = r.integer(i, 2);
      if (!r.truth(i, 3)) {
        found->table.uncarried.push_back(
            {r.text(i, 4), "how sequence " + r.text(i, 4) + " counts (increment, cycle, least value)"});
      }
    }
    for (auto& table : tables_) {
      for (auto& column : table.table.schema->columns) {
        if (!column.default_sql.starts_with("nextval(")) continue;
        table.table.uncarried.push_back({column.name, "default " + column.default_sql + " of column " +
                                                          column.name +
                                                          ", whose sequence is not the column's own"});
        column.default_sql.clear();
      }
    }
  }

  /// What orders a table's rows must compare as its index does, and hold no null.
  void read_reading_keys() {
    const Result r = ask(
        "SELECT i.indrelid, a.attname, format_type(a.atttypid, -1), x.relname, t.typbasetype = 0"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid"
        " JOIN pg_class x ON x.oid = i.indexrelid"
        " CROSS JOIN LATERAL unnest(i.indkey, i.indcollation) WITH ORDINALITY k (attnum, coll, place)"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
        " JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND i.indisunique AND i.indisvalid"
        " AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts"
        " AND NOT EXISTS (SELECT FROM unnest(i.indkey, i.indcollation) WITH ORDINALITY o (attnum, coll, "
        "place)"
        " JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = o.attnum"
        " WHERE o.place <= i.indnkeyatts AND (NOT b.attnotnull OR b.attcollation <> o.coll))"
        " ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, x.relname, k.place");
    std::map<std::string, std::string> chosen;  // index by table
    for (int i = 0; i < r.rows(); ++i) {
      PostgresTable* found = find(r, i);
      if (found == nullptr || !chosen.try_emplace(r.text(i, 0), r.text(i, 3)).second) {
        if (found == nullptr || chosen.at(r.text(i, 0)) != r.text(i, 3)) continue;
      }
      found->key.push_back({r.text(i, 1), catalog_type(r.text(i, 2)).kind, r.text(i, 2)});
      found->table.key.push_back(r.text(i, 1));
    }
  }

  void read_constraints() {
    const Result r = ask(
        "SELECT k.conrelid, k.conname, k.contype::text, " + names_of("k.conrelid", "k.conkey") +
        ", k.condeferrable, k.condeferred, pg_get_expr(k.conbin, k.conrelid), f.relname, fn.nspname, " +
        names_of("k.confrelid", "k.confkey") +
        ", k.confupdtype::text, k.confdeltype::text, k.confmatchtype = 'f',"
        " coalesce(to_jsonb(x) ->> 'indnullsnotdistinct' = 'true', false),"
        " coalesce(x.indnatts > x.indnkeyatts, false), coalesce(to_jsonb(k) ->> 'confdelsetcols', '') <> '',"
        " pg_get_constraintdef(k.oid), k.convalidated"
        " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = "
        "c.relnamespace"
        " LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace"
        " LEFT JOIN pg_index x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u')"
        // A foreign key to a divided table stands once more for each of its parts.
        " WHERE n.nspname = $1 AND k.contype NOT IN ('t', 'n') AND NOT EXISTS (SELECT FROM pg_constraint w"
        " WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid)"
        " ORDER BY k.conrelid, k.contype = 'p' DESC, k.conname");
    for (int i = 0; i < r.rows(); ++i) {
      if (PostgresTable* found = find(r, i)) add_constraint(r, i, found->table);
    }
  }

  void add_constraint(const Result& r, int i, SourceTable& table) {
    const std::string name = r.text(i, 1);
    const std::string type = r.text(i, 2);
    const auto columns = names_from(r, i, 3);
    const auto leave = [&](const std::string& why) {
      table.uncarried.push_back({name, "constraint " + name + " (" + why + "): " + r.text(i, 16)});
    };
    if (type == "c") {
      // Rows that break it would be refused in the target.
      if (!r.truth(i, 17)) return leave("NOT VALID");
      table.schema->checks.push_back({name, r.text(i, 6), ""});
    } else if (type == "p" || type == "u") {
      if (r.truth(i, 14))
        table.uncarried.push_back({"INCLUDE of " + name, "INCLUDE of " + name + ": " + r.text(i, 16)});
      if (type == "p") note_primary_key(columns, table);
      table.schema->keys.push_back(
          {name, type == "p", columns, r.truth(i, 4), r.truth(i, 5), r.truth(i, 13)});
    } else if (type == "f") {
      if (r.truth(i, 15)) return leave("SET NULL of some columns");
      if (r.text(i, 8) != schema_) return leave("to another schema");
      ForeignKeySchema key;
      key.name = name;
      key.columns = columns;
      key.table = r.text(i, 7);
      key.foreign_columns = names_from(r, i, 9);
      key.on_update = action_of(r.text(i, 10));
      key.on_delete = action_of(r.text(i, 11));
      key.match_full = r.truth(i, 12);
      key.deferrable = r.truth(i, 4);
      key.initially_deferred = r.truth(i, 5);
      table.schema->foreign_keys.push_back(std::move(key));
    } else {
      leave(type == "x" ? "EXCLUDE" : "of an unknown kind");
    }
  }

  static void note_primary_key(const std::vector<std::string>& columns, SourceTable& table) {
    for (auto& column : table.columns) {
      const auto found = std::find(columns.begin(), columns.end(), column.name);
      if (found != columns.end()) column.primary_key = static_cast<int>(found - columns.begin()) + 1;
    }
  }

  void read_indexes() {
    const Result r = ask(
        "SELECT i.indrelid, x.relname, i.indisunique, pg_get_indexdef(i.indexrelid),"
        " format('%I.%I', n.nspname, c.relname), i.indisvalid"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid"
        " JOIN pg_class x ON x.oid = i.indexrelid"
        " WHERE n.nspname = $1 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid"
        " AND k.contype IN ('p', 'u', 'x')) ORDER BY i.indrelid, x.relname");
    for (int i = 0; i < r.rows(); ++i) {
      PostgresTable* found = find(r, i);
      if (found == nullptr || !r.truth(i, 5)) continue;
      add_index(r.text(i, 1), r.truth(i, 2), r.text(i, 3), r.text(i, 4), found->table);
    }
  }

  /// `definition` is CREATE [UNIQUE] INDEX name ON [ONLY] schema.table USING ...
  static void add_index(const std::string& name, bool unique, const std::string& definition,
                        const std::string& table_sql, SourceTable& table) {
    const std::string mark = table_sql + " USING ";
    const auto at = definition.find(mark);
    if (at == std::string::npos) return;
    const std::string rest = definition.substr(at + table_sql.size() + 1);
    auto parsed = parse_index(name, (unique ? "unique " : "") + rest);
    if (parsed) {
      table.schema->indexes.push_back(std::move(*parsed.value));
    } else {
      table.uncarried.push_back({name, "index " + name + " (" + parsed.fault.message + "): " + definition});
    }
  }

  // What lives on a table beside its shape and rows.
  void read_further_parts() {
    const Result r =
        ask("SELECT c.oid, g.tgname, 'trigger ' || g.tgname FROM pg_class c JOIN pg_namespace n ON n.oid = "
            "c.relnamespace"
            " JOIN pg_trigger g ON g.tgrelid = c.oid WHERE n.nspname = $1 AND NOT g.tgisinternal"
            " UNION ALL SELECT c.oid, w.rulename, 'rule ' || w.rulename FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_rewrite w ON w.ev_class = c.oid"
            " WHERE n.nspname = $1 AND w.rulename <> '_RETURN'"
            " UNION ALL SELECT c.oid, p.polname, 'policy ' || p.polname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE n.nspname = $1 ORDER BY 3");
    for (int i = 0; i < r.rows(); ++i) {
      if (PostgresTable* found = find(r, i)) found->table.uncarried.push_back({r.text(i, 1), r.text(i, 2)});
    }
  }

  PostgresConnection& connection_;
  const std::string& schema_;
  std::vector<PostgresTable> tables_;
  std::map<std::string, std::size_t> places_;  // by oid
};

}  // namespace

std::vector<PostgresTable> read_source_catalog(PostgresConnection& connection, const std::string& schema) {
  return Catalog(connection, schema).read();
}

}  // namespace planrun
