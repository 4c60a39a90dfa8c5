#include "postgres/undo.h"

#include <chrono>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "postgres/back_reader.h"
#include "postgres/take_back.h"
#include "postgres/worker_name.h"
#include "sql/quote.h"

namespace planrun {
namespace {

using Clock = std::chrono::steady_clock;

// A lock that is waited for makes everybody behind it wait too: it is asked for shortly, and again.
constexpr const char* kLockTimeout = "SET LOCAL lock_timeout = '3s'";
// How long strangers may hold a lock on the tables.
constexpr auto kWriterPatience = std::chrono::seconds(60);

// Those of the names in $1 that are there.
constexpr const char* kTables =
    "WITH tables AS (SELECT place, to_regclass(name)::oid AS oid FROM unnest($1::text[]) WITH ORDINALITY"
    " AS n(name, place) WHERE to_regclass(name) IS NOT NULL)";

class PostgresUndo : public UndoTransaction {
 public:
  PostgresUndo(std::shared_ptr<PostgresContext> context, std::shared_ptr<PostgresConnection> connection,
               std::string run, std::span<const std::string> tables)
      : context_(std::move(context)), connection_(std::move(connection)), run_(std::move(run)) {
    patiently([&] {
      transaction_.reset();
      transaction_ = std::make_unique<Transaction>(*connection_);
      connection_->exec(std::string("SET LOCAL synchronous_commit = on; ") + kLockTimeout);
      // Who works on a step or a chunk holds its row: when these are ours, all of them have decided.
      connection_->exec(
          "SELECT FROM " + context_->ledger.step + " WHERE run = $1 AND state <> 'undone' FOR UPDATE",
          {run_});
      connection_->exec(
          "SELECT FROM " + context_->ledger.chunk + " WHERE run = $1 AND state = 'pending' FOR UPDATE",
          {run_});
      lock(there(tables), "SHARE");
    });
  }

  std::vector<TableState> look(std::span<const TableSchema* const> tables,
                               std::span<const std::string> own) override;

  std::unique_ptr<BackReader> read_back(const ReadBack& request) override {
    BackQuery query = read_back_query(*context_, *connection_, request);
    // What cannot be read is told, and the transaction goes on.
    query.begin = "SAVEPOINT planrun_read";
    query.end = "RELEASE SAVEPOINT planrun_read";
    query.give_up = "ROLLBACK TO SAVEPOINT planrun_read; RELEASE SAVEPOINT planrun_read";
    return read_rows(connection_, query);
  }

  std::vector<ChangedRow> changed_rows(const TableSchema& table, std::size_t limit) override {
    lock({context_->table(table.name)}, "SHARE ROW EXCLUSIVE");
    return find_changed_rows(*connection_, *context_, run_, table, limit);
  }
  std::int64_t take_back_rows(const TableSchema& table) override {
    return take_rows_back(*connection_, *context_, run_, table, after_commit_);
  }
  void undo(const std::string& step, std::span<const std::string> statements) override;
  void commit() override {
    transaction_->commit();
    for (const auto& statement : after_commit_) connection_->exec(statement);
  }

 private:
  template <typename Work>
  void patiently(Work&& work);
  std::vector<std::string> there(std::span<const std::string> tables);
  void lock(const std::vector<std::string>& tables, const std::string& mode);
  void lock_readers_out();
  std::string names_of(std::span<const TableSchema* const> tables) const;
  void compare_columns(std::span<const TableSchema* const> tables, std::vector<TableState>& states);
  void add_triggers(const std::string& tables, const std::string& own, std::vector<TableState>& states);
  void add_dependents(const std::string& tables, const std::string& own, std::vector<TableState>& states);
  void add_parts(const TableSchema& table, const std::string& own, TableState& state);

  std::shared_ptr<PostgresContext> context_;
  std::shared_ptr<PostgresConnection> connection_;
  std::string run_;
  std::vector<std::string> tables_;  // qualified and quoted, those that are there
  bool readers_are_out_ = false;
  std::vector<std::string> after_commit_;
  std::unique_ptr<Transaction> transaction_;
};

template <typename Work>
void PostgresUndo::patiently(Work&& work) {
  const auto start = Clock::now();
  for (int attempt = 0;; ++attempt) {
    try {
      work();
      return;
    } catch (const Error& error) {
      if (error.sqlstate() != "55P03" && error.sqlstate() != "40P01") throw;
      if (Clock::now() - start > kWriterPatience) {
        PostgresConnection asking(context_->settings("planrun rollback", true));
        const std::string strangers = strangers_in_the_way(asking, *context_, run_);
        throw Error(ErrorCode::target,
                    "the tables of run " + run_ + " are locked by " +
                        (strangers.empty() ? "a connection that does not end" : strangers),
                    "end that connection's transaction, then run the same command again");
      }
      PostgresConnection ending(context_->settings("planrun rollback", true));
      end_foreign_workers(ending, *context_, run_);
    }
    wait_before_retry(attempt);
  }
}

std::vector<std::string> PostgresUndo::there(std::span<const std::string> tables) {
  tables_.clear();
  std::vector<std::string> names;
  for (const auto& table : tables) names.push_back(context_->table(table));
  const Result r = connection_->exec(std::string(kTables) +
                                         " SELECT t.place - 1 FROM tables t JOIN pg_class c ON c.oid = t.oid"
                                         " WHERE c.relkind IN ('r', 'p') ORDER BY t.place",
                                     {array_literal(names)});
  for (int i = 0; i < r.rows(); ++i) tables_.push_back(names[static_cast<std::size_t>(r.integer(i, 0))]);
  return tables_;
}

void PostgresUndo::lock(const std::vector<std::string>& tables, const std::string& mode) {
  if (!tables.empty()) connection_->exec("LOCK TABLE " + join(tables, ", ") + " IN " + mode + " MODE");
}

/// Who only reads holds up a drop: waited for without giving up what has been read and found so far.
void PostgresUndo::lock_readers_out() {
  if (readers_are_out_) return;
  patiently([&] {
    connection_->exec("SAVEPOINT readers");
    try {
      lock(tables_, "ACCESS EXCLUSIVE");
    } catch (const Error&) {
      if (!connection_->broken()) connection_->exec("ROLLBACK TO SAVEPOINT readers");
      throw;
    }
    connection_->exec("RELEASE SAVEPOINT readers");
  });
  readers_are_out_ = true;
}

/// Columns that are not the schema's, and those that are gone.
void PostgresUndo::compare_columns(std::span<const TableSchema* const> tables,
                                   std::vector<TableState>& states) {
  const Result r = connection_->exec(std::string(kTables) +
                                         " SELECT t.place - 1, a.attname FROM tables t JOIN pg_attribute a ON"
                                         " a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped"
                                         " ORDER BY t.place, a.attnum",
                                     {names_of(tables)});
  std::vector<std::set<std::string>> found(tables.size());
  for (int i = 0; i < r.rows(); ++i) {
    const auto place = static_cast<std::size_t>(r.integer(i, 0));
    found[place].insert(r.text(i, 1));
    if (tables[place]->find(r.text(i, 1)) == nullptr)
      states[place].columns.push_back("column " + r.text(i, 1));
  }
  for (std::size_t place = 0; place < tables.size(); ++place) {
    for (const auto& column : tables[place]->columns) {
      if (!states[place].exists || found[place].contains(column.name)) continue;
      states[place].columns.push_back("column " + column.name + " is gone");
      states[place].is_whole = false;
    }
  }
}

void PostgresUndo::add_triggers(const std::string& tables, const std::string& own,
                                std::vector<TableState>& states) {
  const Result r = connection_->exec(
      std::string(kTables) +
          " SELECT t.place - 1, g.tgname FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT"
          " g.tgisinternal AND g.tgparentid = 0 WHERE g.tgname NOT IN (SELECT unnest($2::name[])) ORDER BY "
          "t.place, g.tgname",
      {tables, own});
  for (int i = 0; i < r.rows(); ++i)
    states[static_cast<std::size_t>(r.integer(i, 0))].later.push_back({"trigger " + r.text(i, 1), {}});
}

/// Everything that the server would name when it refuses DROP TABLE: what depends on the table, on a column
/// of it or on its row type, and belongs to no relation of the run.
void PostgresUndo::add_dependents(const std::string& tables, const std::string& own,
                                  std::vector<TableState>& states) {
  const Result r = connection_->exec(
      std::string(kTables) +
          ", own AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          " WHERE n.nspname = $3 AND c.relname IN (SELECT unnest($2::name[]))),"
          " referred AS (SELECT place, 'pg_class'::regclass::oid AS class, oid FROM tables UNION ALL"
          " SELECT t.place, 'pg_type'::regclass::oid, c.reltype FROM tables t JOIN pg_class c ON c.oid = "
          "t.oid),"
          " depending AS (SELECT DISTINCT f.place, d.classid, d.objid, d.objsubid, coalesce(r.ev_class,"
          " k.conrelid, a.adrelid, p.polrelid, g.tgrelid,"
          " CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END) AS relation"
          " FROM referred f JOIN pg_depend d ON d.refclassid = f.class AND d.refobjid = f.oid"
          " LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid"
          " LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid"
          " LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid"
          " LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid"
          // UPDATE OF names columns: triggers on the table itself have been looked at.
          " LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid"
          // A foreign key to a table stands once more with each of its partitions.
          " WHERE d.deptype = 'n' AND coalesce(k.conparentid, 0) = 0)"
          " SELECT DISTINCT d.place - 1, CASE WHEN d.classid = 'pg_rewrite'::regclass"
          " THEN pg_describe_object('pg_class'::regclass, d.relation, 0)"
          " ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END"
          " FROM depending d WHERE d.relation IS NULL OR d.relation NOT IN (SELECT oid FROM own) ORDER BY 1, "
          "2",
      {tables, own, context_->options.schema});
  for (int i = 0; i < r.rows(); ++i)
    states[static_cast<std::size_t>(r.integer(i, 0))].later.push_back({r.text(i, 1), {}});
}

std::string PostgresUndo::names_of(std::span<const TableSchema* const> tables) const {
  std::vector<std::string> names;
  for (const TableSchema* table : tables) names.push_back(context_->table(table->name));
  return array_literal(names);
}

/// What others have attached to the table, taken off it, or hung on one of its partitions. What was taken off
/// stays, as a table of its own.
void PostgresUndo::add_parts(const TableSchema& table, const std::string& own, TableState& state) {
  const std::string parts = array_literal(table.partition->part_names());
  const Result others = connection_->exec(
      "SELECT CASE WHEN n.nspname = $3 THEN c.relname::text ELSE c.oid::regclass::text END"
      " FROM pg_partition_tree(to_regclass($1)) t JOIN pg_class c ON c.oid = t.relid"
      " JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE t.level > 0 AND NOT (t.level = 1 AND n.nspname = $3 AND c.relname = ANY ($2::text[]))"
      " ORDER BY 1",
      {context_->table(table.name), parts, context_->options.schema});
  for (int i = 0; i < others.rows(); ++i)
    state.later.push_back({"partition " + others.text(i, 0) + " with its rows", {}});
  const Result gone = connection_->exec(
      "SELECT name FROM unnest($2::text[]) AS name WHERE name NOT IN (SELECT c.relname FROM pg_inherits i"
      " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE i.inhparent = to_regclass($1) AND n.nspname = $3) ORDER BY 1",
      {context_->table(table.name), parts, context_->options.schema});
  for (int i = 0; i < gone.rows(); ++i)
    state.later.push_back({"partition " + gone.text(i, 0) + " is not one of it any more", {}});
  std::vector<std::string> names;
  for (const auto& part : table.partition->parts) names.push_back(context_->table(part.name));
  std::vector<TableState> on_parts(names.size());
  add_triggers(array_literal(names), own, on_parts);
  add_dependents(array_literal(names), own, on_parts);
  for (std::size_t i = 0; i < on_parts.size(); ++i) {
    for (const auto& later : on_parts[i].later)
      state.later.push_back({later.what + " of partition " + table.partition->parts[i].name, later.drop_sql});
  }
}

std::vector<TableState> PostgresUndo::look(std::span<const TableSchema* const> tables,
                                           std::span<const std::string> own) {
  std::vector<TableState> states(tables.size());
  const std::string names = names_of(tables);
  const Result r = connection_->exec(std::string(kTables) + " SELECT place - 1 FROM tables", {names});
  for (int i = 0; i < r.rows(); ++i) states[static_cast<std::size_t>(r.integer(i, 0))].exists = true;
  std::vector<std::string> all(own.begin(), own.end());
  for (const TableSchema* table : tables) {
    if (!table->partition) continue;
    const auto parts = table->partition->part_names();
    all.insert(all.end(), parts.begin(), parts.end());
  }
  const std::string own_names = array_literal(all);
  compare_columns(tables, states);
  add_triggers(names, own_names, states);
  add_dependents(names, own_names, states);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i]->partition && states[i].exists) add_parts(*tables[i], own_names, states[i]);
  }
  return states;
}

void PostgresUndo::undo(const std::string& step, std::span<const std::string> statements) {
  if (!statements.empty()) lock_readers_out();
  for (const auto& statement : statements) connection_->exec(statement);
  const auto marked = connection_
                          ->exec("UPDATE " + context_->ledger.step +
                                     " SET state = 'undone' WHERE run = $1 AND id = $2 AND state = 'done'",
                                 {run_, step})
                          .affected();
  if (marked != 1) throw Error(ErrorCode::system, "step " + step + " of run " + run_ + " is not done");
}

}  // namespace

std::unique_ptr<UndoTransaction> begin_undo(std::shared_ptr<PostgresContext> context,
                                            std::shared_ptr<PostgresConnection> connection,
                                            const std::string& run, std::span<const std::string> tables) {
  return std::make_unique<PostgresUndo>(std::move(context), std::move(connection), run, tables);
}

}  // namespace planrun
