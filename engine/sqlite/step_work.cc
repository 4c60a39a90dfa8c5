#include "sqlite/step_work.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "sql/quote.h"
#include "sqlite/take_back.h"

namespace planrun {
namespace {

constexpr std::int64_t kShownRows = 5;

bool tells_orphans(sqlite3_stmt* statement) {
  return sqlite3_column_count(statement) == 4 &&
         std::string_view(sqlite3_column_name(statement, 3)) == "fkid";
}

// While it lives, statements that would end the step's transaction, or reach another file, are not prepared.
class WithinOneTransaction {
 public:
  explicit WithinOneTransaction(SqliteConnection& connection) : connection_(connection) {
    sqlite3_set_authorizer(connection.get(), authorize, this);
  }
  ~WithinOneTransaction() { sqlite3_set_authorizer(connection_.get(), nullptr, nullptr); }
  WithinOneTransaction(const WithinOneTransaction&) = delete;
  WithinOneTransaction& operator=(const WithinOneTransaction&) = delete;

  bool refused() const { return refused_; }

 private:
  static int authorize(void* self, int action, const char*, const char*, const char*, const char*) {
    const bool leaves = action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT ||
                        action == SQLITE_ATTACH || action == SQLITE_DETACH;
    if (leaves) static_cast<WithinOneTransaction*>(self)->refused_ = true;
    return leaves ? SQLITE_DENY : SQLITE_OK;
  }

  SqliteConnection& connection_;
  bool refused_ = false;
};

std::string step_kind(const StepWork& work) {
  return work.step.substr(0, work.step.find(' '));
}

void run_one(Statement& statement, const SqliteConnection& connection) {
  if (!tells_orphans(statement.get())) {
    statement.run();
    return;
  }
  std::int64_t count = 0;
  std::string table;
  std::string parent;
  std::vector<std::string> rowids;
  while (statement.step()) {
    if (++count > kShownRows) continue;
    table = statement.text(0);
    parent = statement.text(2);
    rowids.push_back(statement.text(1));
  }
  if (count == 0) return;
  throw Error(ErrorCode::target,
              connection.shown() + ": table " + table + ": " + with_thousands(count) +
                  (count == 1 ? " row has" : " rows have") + " no parent in " + parent + ": rowid " +
                  join(rowids, ", ") + (count > kShownRows ? ", ..." : ""),
              "mend the source, or keep such rows out with on_reject = \"keep\"")
      .with_sqlstate("23503");
}

}  // namespace

void run_step_text(SqliteConnection& connection, const std::string& sql) {
  WithinOneTransaction within(connection);
  for (std::string_view rest = sql; !rest.empty();) {
    try {
      Statement statement(connection, rest, rest);
      if (!statement.is_empty()) run_one(statement, connection);
    } catch (const Error& error) {
      if (!within.refused()) throw;
      throw Error(connection.code(), std::string(error.what()) + ": a step is one transaction in one file",
                  "leave begin, commit, savepoint, attach and detach out of the plan's SQL");
    }
  }
}

namespace {

// Of SQLite's own: steps of this kind look for the rows of their table in it.
struct OwnTable {
  std::string_view step_kind;
  const char* name;
  const char* key;  // the column that names the table
};
constexpr OwnTable kOwnTables[] = {{"analyze", "sqlite_stat1", "tbl"},
                                   {"analyze", "sqlite_stat3", "tbl"},
                                   {"analyze", "sqlite_stat4", "tbl"},
                                   {"sequence", "sqlite_sequence", "name"}};

using OpenWorks = std::vector<const StepWork*>;

// SQLite's own tables have no index, and an ANALYZE of several tables forgets what it knows of others: while
// several steps of a kind are done, the rows of all other tables wait in temporary ones.
class OthersAside {
 public:
  OthersAside(SqliteConnection& connection, const std::string& kind, const OpenWorks& works)
      : connection_(connection) {
    std::string own;
    for (const StepWork* work : works) own += (own.empty() ? "" : ", ") + quote_literal(work->table);
    for (const OwnTable& table : kOwnTables) {
      if (table.step_kind != kind || !is_there(table.name)) continue;
      const std::string others =
          std::string(" from main.") + table.name + " where " + table.key + " not in (" + own + ")";
      connection_.execute("create temp table " + aside(table.name) + " as select *" + others + "; delete" +
                          others);
      tables_.emplace_back(table.name);
    }
  }

  void put_back() {
    for (const std::string& table : tables_) {
      connection_.execute("insert into main." + table + " select * from temp." + aside(table) +
                          "; drop table temp." + aside(table));
    }
  }

 private:
  static std::string aside(const std::string& table) { return "planrun_" + table; }
  bool is_there(const char* table) {
    Statement there(connection_, "select 1 from sqlite_schema where name = ?1");
    there.bind(1, std::string_view(table));
    return there.step();
  }

  SqliteConnection& connection_;
  std::vector<std::string> tables_;
};

// While it lives, an ANALYZE of the file leaves out all tables but these.
class OnlyTheseAnalyzed {
 public:
  OnlyTheseAnalyzed(SqliteConnection& connection, const OpenWorks& works) : connection_(connection) {
    for (const StepWork* work : works) tables_.insert(work->table);
    sqlite3_set_authorizer(connection.get(), authorize, this);
  }
  ~OnlyTheseAnalyzed() { sqlite3_set_authorizer(connection_.get(), nullptr, nullptr); }
  OnlyTheseAnalyzed(const OnlyTheseAnalyzed&) = delete;
  OnlyTheseAnalyzed& operator=(const OnlyTheseAnalyzed&) = delete;

 private:
  static int authorize(void* self, int action, const char* table, const char*, const char*, const char*) {
    if (action != SQLITE_ANALYZE) return SQLITE_OK;
    return static_cast<OnlyTheseAnalyzed*>(self)->tables_.contains(table) ? SQLITE_OK : SQLITE_IGNORE;
  }

  SqliteConnection& connection_;
  std::set<std::string, std::less<>> tables_;
};

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

void do_open_work(SqliteConnection& connection, const SqliteLedgerTables& ledger, const StepWork& work,
                  int worker) {
  StepRecord done{work.step, step_kind(work), work.table, StepState::done, 0, "", now_micros(), worker};
  const Stopwatch watch;
  const auto before = read_guards(connection, work.guards);
  for (const auto& sql : work.statements) run_step_text(connection, sql);
  if (work.judge) work.judge(guard_values(before, read_guards(connection, work.guards)));
  if (work.begins_table) keep_sequence(connection, ledger, work.run, work.table);
  for (const auto& chunk : work.pending) ledger.add_pending(connection, work.run, chunk);
  done.seconds = watch.seconds();
  ledger.mark_step_done(connection, work.run, done);
}

// Each step is told its share of the time.
void analyze_together(SqliteConnection& connection, const SqliteLedgerTables& ledger, const OpenWorks& works,
                      int worker) {
  const std::int64_t began_at = now_micros();
  const Stopwatch watch;
  {
    const OnlyTheseAnalyzed only(connection, works);
    connection.execute("analyze main");
  }
  const double share = watch.seconds() / static_cast<double>(works.size());
  for (std::size_t i = 0; i < works.size(); ++i) {
    const auto waited = static_cast<std::int64_t>(1e6 * share * static_cast<double>(i));
    ledger.mark_step_done(
        connection, works[i]->run,
        {works[i]->step, "analyze", works[i]->table, StepState::done, share, "", began_at + waited, worker});
  }
}

}  // namespace

std::vector<std::string> read_guards(SqliteConnection& connection, std::span<const std::string> guards) {
  std::vector<std::string> values;
  for (const auto& guard : guards) {
    const QueryResult result = run_query(connection, guard);
    if (result.rows.size() != 1 || result.columns.size() != 1) {
      throw Error(ErrorCode::plan, "a guard must answer one value: " + guard);
    }
    values.push_back(result.rows[0][0].value_or("null"));
  }
  return values;
}

bool do_step_work(SqliteConnection& connection, const SqliteLedgerTables& ledger, const StepWork& work,
                  int worker) {
  if (ledger.is_step_done(connection, work.run, work.step)) return false;
  do_open_work(connection, ledger, work, worker);
  return true;
}

void do_step_works(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                   std::span<const StepWork> works, int worker) {
  OpenWorks open;
  for (const StepWork& work : works) {
    if (!ledger.is_step_done(connection, work.run, work.step)) open.push_back(&work);
  }
  if (open.empty()) return;
  const std::string kind = step_kind(*open.front());
  const auto is_other = [&](const StepWork* work) { return step_kind(*work) != kind; };
  const bool are_alike = open.size() > 1 && std::ranges::none_of(open, is_other);
  OthersAside aside(connection, are_alike ? kind : "", open);
  if (are_alike && kind == "analyze") {
    analyze_together(connection, ledger, open, worker);
  } else {
    for (const StepWork* work : open) do_open_work(connection, ledger, *work, worker);
  }
  aside.put_back();
}

}  // namespace planrun
