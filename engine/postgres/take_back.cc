#include "postgres/take_back.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "postgres/apply.h"
#include "postgres/dependents.h"
#include "sql/quote.h"

namespace planrun {
namespace {

constexpr std::size_t kShownParents = 10;
constexpr const char* kInsufficientPrivilege = "42501";
constexpr const char* kIntegrityClass = "23";

// What a row was before the run is kept as the text of a row of the table's type; where others have changed
// that type since, of this one.
constexpr const char* kTypeBefore = "pg_temp.planrun_before";

class TakingBack {
 public:
  TakingBack(PostgresConnection& connection, const PostgresContext& context, const std::string& run,
             const TableSchema& table)
      : connection_(connection),
        schema_(table),
        table_(context.table(table.name)),
        undo_(context.ledger.undo),
        of_run_("u.run = " + quote_literal(run) + " AND u.\"table\" = " + quote_literal(table.name)) {
    const Result r = connection_.exec(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT "
        "attisdropped",
        {table_});
    for (int i = 0; i < r.rows(); ++i) columns_.insert(r.text(i, 0));
  }

  std::vector<ChangedRow> changed(CountedRows counted, std::size_t limit) {
    if (lacks_columns()) return {};  // which is told by itself, and no row is as it was
    const Result r = connection_.exec("SELECT u.key, " + std::string(kRow) + " IS NULL FROM " + undo_ +
                                      " u LEFT JOIN " + table_ + " " + kRow + " ON " + is_row() + " WHERE " +
                                      of_run_ + " AND u.op <> 'sequence' AND (u.op <> 'left' AND md5(" +
                                      own_row() + "::text) IS DISTINCT FROM u.after_hash" +
                                      (counted == CountedRows::written_and_left
                                           ? std::string(" OR u.op = 'left' AND ") + kRow + " IS NULL"
                                           : "") +
                                      ") ORDER BY u.id LIMIT " + std::to_string(limit));
    std::vector<ChangedRow> rows;
    for (int i = 0; i < r.rows(); ++i) rows.push_back({r.text(i, 0), r.truth(i, 1)});
    return rows;
  }

  std::int64_t take_back(std::vector<std::string>& after_commit) {
    if (columns_.empty()) {
      forget();
      return 0;
    }
    require_key();
    refuse_rows_that_refer();
    const auto hooks = switch_off(hooks_on_taking_back(connection_, table_));
    // What was inserted may hold a unique value that a row had before.
    const std::int64_t gone = connection_
                                  .exec("DELETE FROM " + table_ + " " + kRow + " USING " + undo_ +
                                        " u WHERE " + of_run_ + " AND u.op = 'insert' AND " + is_row())
                                  .affected();
    const Restoring restoring = restoring_of_columns();
    const std::int64_t restored = restore(restoring);
    require_taken_back(restoring);
    for (const auto& statement : hooks) connection_.exec(statement);
    restore_sequences(after_commit);
    forget();
    return gone + restored;
  }

 private:
  std::string is_row() const { return is_row_of_undo(schema_, kRow, "u"); }

  bool lacks_columns() const {
    return std::ranges::any_of(schema_.columns, [&](const auto& c) { return !columns_.contains(c.name); });
  }
  bool has_columns_of_others() const { return columns_.size() > schema_.columns.size(); }

  /// The row as it was when the run wrote it, without columns that others have added.
  std::string own_row() const {
    if (!has_columns_of_others()) return kRow;
    std::vector<std::string> columns;
    for (const auto& column : schema_.columns)
      columns.push_back(std::string(kRow) + "." + quote_name(column.name));
    return "ROW(" + join(columns, ", ") + ")";
  }

  /// The type of what `before` holds.
  std::string type_before() {
    if (!lacks_columns() && !has_columns_of_others()) return table_;
    std::vector<std::string> columns;
    for (const auto& column : schema_.columns) {
      const std::string name = quote_name(column.name);
      columns.push_back(columns_.contains(column.name) ? std::string(kRow) + "." + name
                                                       : "NULL::text AS " + name);
    }
    // A transaction may take rows of several tables back.
    std::string type = kTypeBefore;
    connection_.exec("DROP TABLE IF EXISTS " + type + "; CREATE TEMP TABLE " + type +
                     " ON COMMIT DROP AS SELECT " + join(columns, ", ") + " FROM " + table_ + " " + kRow +
                     " WITH NO DATA");
    return type;
  }

  void forget() { connection_.exec("DELETE FROM " + undo_ + " u WHERE " + of_run_); }

  void require_key() const {
    for (const auto& name : schema_.row_key()->columns) {
      if (columns_.contains(name)) continue;
      throw Error(
          ErrorCode::refused,
          "table " + table_ + " has no column " + name + " any more, by which the run's rows are found",
          "add the column again with what it held, then run the same command again");
    }
  }

  /// Somebody's rows that refer to a row which would go: deleting might take them along (ON DELETE CASCADE).
  void refuse_rows_that_refer() {
    std::vector<std::string> found;
    for (const auto& key : referring_keys(connection_, table_, "child", kRow)) {
      std::string sql = " FROM " + key.table + " child JOIN " + table_ + " " + kRow + " ON " + key.joined +
                        " JOIN " + undo_ + " u ON " + of_run_ + " AND u.op = 'insert' AND " + is_row();
      if (key.is_of_itself) {
        sql += " WHERE NOT EXISTS (SELECT FROM " + undo_ + " u WHERE " + of_run_ +
               " AND u.op = 'insert' AND " + is_row_of_undo(schema_, "child", "u") + ")";
      }
      const std::int64_t rows = connection_.exec("SELECT count(*)" + sql).integer(0, 0);
      if (rows == 0) continue;
      const Result first = connection_.exec("SELECT DISTINCT u.key" + sql + " ORDER BY 1 LIMIT " +
                                            std::to_string(kShownParents + 1));
      std::vector<std::string> keys;
      for (int i = 0; i < first.rows(); ++i) keys.push_back(first.text(i, 0));
      if (keys.size() > kShownParents) keys.back() = "...";
      found.push_back(counted(rows, "row") + " of " + key.table + " by " + key.name + ", to " +
                      join(keys, ", "));
    }
    if (found.empty()) return;
    throw Error(
        ErrorCode::refused,
        "rows that are not of the run refer to rows that it inserted into " + table_ + ":\n  " +
            join(found, "\n  "),
        "delete them or let them refer to other rows, then run the same command again; --discard-later "
        "does not take them");
  }

  /// Statements that put each back as it was.
  std::vector<std::string> switch_off(const std::vector<TableHook>& hooks) {
    std::vector<std::string> statements;
    for (const TableHook& hook : hooks) {
      const std::string again = hook.enabled == "A"   ? "ENABLE ALWAYS"
                                : hook.enabled == "R" ? "ENABLE REPLICA"
                                                      : "ENABLE";
      const std::string name = " " + hook.kind + " " + hook.name;
      statements.push_back("ALTER TABLE " + table_ + " " + again + name);
      try {
        connection_.exec("ALTER TABLE " + table_ + " DISABLE" + name);
      } catch (const Error& error) {
        if (error.sqlstate() != kInsufficientPrivilege) throw;
        throw Error(ErrorCode::refused,
                    "nothing was taken back: " + hook.shown() + " of table " + table_ +
                        " has to be switched off meanwhile, and role " + connection_.user() +
                        " may not do that: " + error.what(),
                    "name the table's owner in the target's url, or drop the " + to_lower_ascii(hook.kind) +
                        ", then run the same command again");
      }
    }
    return statements;
  }

  /// The columns that get what they held before, and what that is.
  struct Restoring {
    std::string columns;
    std::string now;
    std::string before;
  };

  Restoring restoring_of_columns() {
    const std::string type = type_before();
    std::vector<std::string> names;
    std::vector<std::string> now;
    std::vector<std::string> before;
    for (const auto& column : schema_.columns) {
      if (!column.generated_sql.empty() || column.identity == Identity::always) continue;
      if (!columns_.contains(column.name)) continue;
      names.push_back(quote_name(column.name));
      now.push_back(std::string(kRow) + "." + names.back());
      before.push_back("(u.before::" + type + ")." + names.back());
    }
    return {join(names, ", "), join(now, ", "), join(before, ", ")};
  }

  /// What the statements have said is not enough: a trigger of a partition, for one, is not the table's own.
  void require_taken_back(const Restoring& restoring) {
    const auto count = [&](const std::string& condition) {
      return connection_
          .exec("SELECT count(*) FROM " + table_ + " " + kRow + " JOIN " + undo_ + " u ON " + of_run_ +
                " AND " + is_row() + " WHERE " + condition)
          .integer(0, 0);
    };
    const std::int64_t there = count("u.op = 'insert'");
    const std::int64_t other = count("u.op = 'update' AND ROW(" + restoring.now +
                                     ")::text IS DISTINCT FROM ROW(" + restoring.before + ")::text");
    if (there + other == 0) return;
    throw Error(
        ErrorCode::target,
        "table " + table_ + ": " + counted(there, "row") + " that the run inserted would stay, and " +
            counted(other, "row") + " that it changed would not be as before",
        "see what else decides there what a DELETE and an UPDATE do, then run the same command again");
  }

  std::int64_t restore(const Restoring& restoring) {
    const std::string update = "UPDATE " + table_ + " " + kRow + " SET (" + restoring.columns + ") = ROW(" +
                               restoring.before + ") FROM " + undo_ + " u WHERE " + of_run_ +
                               " AND u.op = 'update' AND " + is_row();
    connection_.exec("SAVEPOINT before_restoring");
    try {
      return connection_.exec(update).affected();
    } catch (const Error& error) {
      if (!error.sqlstate().starts_with(kIntegrityClass)) throw;
      connection_.exec("ROLLBACK TO SAVEPOINT before_restoring");
    }
    return restore_one_by_one(update);
  }

  /// The last one first: what was updated later may hold a unique value that a row had before.
  std::int64_t restore_one_by_one(const std::string& update) {
    const Result updates = connection_.exec("SELECT u.id, u.key FROM " + undo_ + " u WHERE " + of_run_ +
                                            " AND u.op = 'update' ORDER BY u.id DESC");
    std::int64_t restored = 0;
    for (int i = 0; i < updates.rows(); ++i) {
      try {
        restored += connection_.exec(update + " AND u.id = $1", {updates.text(i, 0)}).affected();
      } catch (const Error& error) {
        if (!error.sqlstate().starts_with(kIntegrityClass)) throw;
        throw cannot_restore(table_, updates.text(i, 1), error);
      }
    }
    return restored;
  }

  /// A sequence from which somebody has taken a value for a row that is there stays as it is. Setting a
  /// sequence cannot be taken back, so in the transaction it is told where to go on, which can.
  void restore_sequences(std::vector<std::string>& after_commit) {
    const Result kept = connection_.exec(
        "SELECT u.key::json ->> 0, quote_ident(u.key::json ->> 1), split_part(u.before, ' ', 1),"
        " split_part(u.before, ' ', 2) = 'true', p.seqincrement, pg_has_role(c.relowner, 'USAGE') FROM " +
        undo_ +
        " u JOIN pg_class c ON c.oid = to_regclass(u.key::json ->> 0) JOIN pg_sequence p ON p.seqrelid = "
        "c.oid"
        " WHERE " +
        of_run_ + " AND u.op = 'sequence' AND p.seqincrement > 0");
    for (int i = 0; i < kept.rows(); ++i) {
      const std::string sequence = kept.text(i, 0);
      const std::string last = kept.text(i, 2);
      const bool called = kept.truth(i, 3);
      const std::string changed = "SELECT (last_value, is_called) IS DISTINCT FROM (" + last + "::bigint, " +
                                  (called ? "true" : "false") + ") AND NOT EXISTS (SELECT FROM " + table_ +
                                  " WHERE " + kept.text(i, 1) + (called ? " > " : " >= ") + last + ") FROM " +
                                  sequence;
      if (!connection_.exec(changed).truth(0, 0)) continue;
      const std::int64_t next = std::stoll(last) + (called ? kept.integer(i, 4) : 0);
      if (kept.truth(i, 5))
        connection_.exec("ALTER SEQUENCE " + sequence + " RESTART WITH " + std::to_string(next));
      after_commit.push_back("SELECT setval(" + quote_literal(sequence) + ", " + last + ", " +
                             (called ? "true" : "false") + ")");
    }
  }

  PostgresConnection& connection_;
  const TableSchema& schema_;
  std::string table_;
  std::string undo_;
  std::string of_run_;
  std::set<std::string> columns_;  // that the table has now
};

}  // namespace

std::string TableHook::shown() const {
  return to_lower_ascii(kind) + " " + name;
}

// Of tgtype, 8 is DELETE and 16 UPDATE; a row that an UPDATE moves to another partition is inserted there.
// Of ev_type, 2 is UPDATE and 4 DELETE.
std::vector<TableHook> hooks_on_taking_back(PostgresConnection& connection, const std::string& table) {
  const Result r = connection.exec(
      "SELECT 'TRIGGER', quote_ident(g.tgname), g.tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid "
      "="
      " g.tgrelid WHERE g.tgrelid = to_regclass($1) AND NOT g.tgisinternal AND g.tgenabled <> 'D'"
      " AND (g.tgtype & 24 <> 0 OR c.relkind = 'p')"
      " UNION ALL SELECT 'RULE', quote_ident(rulename), ev_enabled::text FROM pg_rewrite WHERE ev_class ="
      " to_regclass($1) AND ev_type IN ('2', '4') AND ev_enabled <> 'D' ORDER BY 1, 2",
      {table});
  std::vector<TableHook> hooks;
  for (int i = 0; i < r.rows(); ++i) hooks.push_back({r.text(i, 0), r.text(i, 1), r.text(i, 2)});
  return hooks;
}

std::vector<ChangedRow> find_changed_rows(PostgresConnection& connection, const PostgresContext& context,
                                          const std::string& run, const TableSchema& table,
                                          CountedRows counted, std::size_t limit) {
  return TakingBack(connection, context, run, table).changed(counted, limit);
}

std::vector<LaterWriter> find_later_writers(PostgresConnection& connection, const PostgresContext& context,
                                            const std::string& run,
                                            std::span<const TableSchema* const> tables) {
  std::vector<std::string> made;
  std::vector<std::string> existing;
  for (const TableSchema* table : tables) (table->exists ? existing : made).push_back(table->name);
  const PostgresLedgerTables& ledger = context.ledger;
  const Result r = connection.exec(
      "SELECT o.\"table\", r.id, r.plan, count(*) FROM " + ledger.run + " r JOIN " + ledger.undo +
          " o ON o.run = r.id WHERE r.started_at > (SELECT started_at FROM " + ledger.run +
          " WHERE id = $1) AND o.op <> 'sequence' AND (o.\"table\" = ANY ($2::text[]) OR o.\"table\" = ANY"
          " ($3::text[]) AND EXISTS (SELECT FROM " +
          ledger.undo +
          " u WHERE u.run = $1 AND u.\"table\" = o.\"table\" AND u.key = o.key AND u.op IN ('insert',"
          " 'update'))) AND EXISTS (SELECT FROM " +
          ledger.step +
          " s WHERE s.run = o.run AND s.\"table\" = o.\"table\" AND s.\"schema\" = $4) GROUP BY 1, 2, 3"
          " ORDER BY 1, 2",
      {run, array_literal(made), array_literal(existing), context.options.schema});
  std::vector<LaterWriter> writers;
  for (int i = 0; i < r.rows(); ++i)
    writers.push_back({r.text(i, 0), r.text(i, 1), r.text(i, 2), r.integer(i, 3)});
  return writers;
}

void keep_sequences(PostgresConnection& connection, const PostgresContext& context, const std::string& run,
                    const std::string& table) {
  const Result sequences = connection.exec(
      "SELECT format('%I.%I', n.nspname, s.relname), a.attname FROM"
      " (SELECT objid AS sequence, refobjsubid AS place FROM pg_depend WHERE classid = 'pg_class'::regclass"
      " AND refclassid = 'pg_class'::regclass AND refobjid = $1::regclass AND refobjsubid > 0"
      " AND deptype IN ('a', 'i')"
      " UNION SELECT d.refobjid, f.adnum FROM pg_attrdef f JOIN pg_depend d ON d.classid = "
      "'pg_attrdef'::regclass"
      " AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass WHERE f.adrelid = $1::regclass) u"
      " JOIN pg_class s ON s.oid = u.sequence JOIN pg_namespace n ON n.oid = "
      "s.relnamespace"
      " JOIN pg_attribute a ON a.attrelid = $1::regclass AND a.attnum = u.place"
      " WHERE CASE WHEN s.relkind = 'S' THEN has_sequence_privilege(s.oid, 'SELECT')"
      " AND has_sequence_privilege(s.oid, 'UPDATE') ELSE false END ORDER BY 1",
      {context.table(table)});
  for (int i = 0; i < sequences.rows(); ++i) {
    const std::string name = sequences.text(i, 0);
    connection.exec(
        "INSERT INTO " + context.ledger.undo +
            " (run, load, chunk, \"table\", key, op, before, after_hash) SELECT $1, '', 0, $2,"
            " json_build_array($3::text, $4::text)::text, 'sequence', last_value || ' ' || is_called,"
            " '' FROM " +
            name + " WHERE NOT EXISTS (SELECT FROM " + context.ledger.undo +
            " WHERE run = $1 AND \"table\" = $2 AND op = 'sequence'"
            " AND key = json_build_array($3::text, $4::text)::text)",
        {run, table, name, sequences.text(i, 1)});
  }
}

std::int64_t take_rows_back(PostgresConnection& connection, const PostgresContext& context,
                            const std::string& run, const TableSchema& table,
                            std::vector<std::string>& after_commit) {
  return TakingBack(connection, context, run, table).take_back(after_commit);
}

}  // namespace planrun
