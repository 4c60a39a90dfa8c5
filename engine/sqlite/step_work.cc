#include "sqlite/step_work.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/text.h"
#include "base/time.h"
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

StatisticsAside::StatisticsAside(SqliteConnection& connection, std::span<const StepWork> works)
    : connection_(connection) {
  const bool analyzes =
      std::ranges::all_of(works, [](const StepWork& w) { return step_kind(w) == "analyze"; });
  if (works.size() < 2 || !analyzes) return;
  Statement there(connection, "select 1 from sqlite_schema where name = 'sqlite_stat1'");
  if (!there.step()) return;
  there.reset();
  connection.execute(
      "create temp table planrun_statistics as select * from main.sqlite_stat1; delete from "
      "main.sqlite_stat1");
  is_aside_ = true;
}

void StatisticsAside::put_back() {
  if (!is_aside_) return;
  connection_.execute(
      "insert into main.sqlite_stat1 select * from temp.planrun_statistics"
      " where tbl not in (select tbl from main.sqlite_stat1); drop table temp.planrun_statistics");
}

void do_step_work(SqliteConnection& connection, const SqliteLedgerTables& ledger, const StepWork& work,
                  int worker) {
  if (ledger.is_step_done(connection, work.run, work.step)) return;
  StepRecord done{work.step, step_kind(work), work.table, StepState::done, 0, "", now_micros(), worker};
  const auto start = std::chrono::steady_clock::now();
  for (const auto& sql : work.statements) run_step_text(connection, sql);
  if (work.begins_table) keep_sequence(connection, ledger, work.run, work.table);
  for (const auto& chunk : work.pending) ledger.add_pending(connection, work.run, chunk);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  done.seconds = seconds.count();
  ledger.mark_step_done(connection, work.run, done);
}

}  // namespace planrun
