// A SQLite target: chunks, ledger, lock and what is stored, as the sqlite3 shell sees it.
#include <atomic>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "sqlite/fixture.h"

namespace planrun::test::target_test {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

ColumnSchema column(const std::string& name, TypeKind kind, bool not_null = false) {
  ColumnSchema c;
  c.name = name;
  c.type.kind = kind;
  c.not_null = not_null;
  return c;
}

/// t(id serial primary key, name text unique not null check (name <> ''))
TableSchema simple_table() {
  TableSchema t;
  t.name = "t";
  t.columns = {column("id", TypeKind::integer, true), column("name", TypeKind::text, true)};
  t.columns[0].identity = Identity::serial;
  t.keys = {{"t_pkey", true, {"id"}}, {"t_name_key", false, {"name"}}};
  t.checks = {{"t_name_check", "name <> ''", "name"}};
  return t;
}

RunRecord run_record(const std::string& id, const std::string& plan) {
  RunRecord run;
  run.id = id;
  run.plan = plan;
  run.host = "here";
  run.process = 42;
  run.started_at = 1;
  return run;
}

StepRecord pending_step(const std::string& id, const std::string& kind, const std::string& table) {
  StepRecord step;
  step.id = id;
  step.kind = kind;
  step.table = table;
  return step;
}

/// A target file with table t made, and its chunks pending.
struct Loading {
  explicit Loading(std::vector<Range> ranges = {Range{}})
      : database(open_sqlite_target(folder / "t.db", "planrun")) {
    database->open_ledger(true)->write_run(run_record("r1", "p"), {});
    StepWork create{"r1", "create t", "t", database->dialect().schema_steps(table)[0].statements, {}};
    for (auto& range : ranges) create.pending.push_back({0, "load", std::move(range)});
    request.run = "r1";
    request.loads = {{"load", &table, {0, 1}}};
    request.create = {create};
    target = database->connect("r1", 1);
  }
  std::string shell(const std::string& sql) const { return sqlite3(folder / "t.db", sql); }

  TempFolder folder;
  TableSchema table = simple_table();
  std::unique_ptr<TargetDatabase> database;
  ClaimRequest request;
  std::unique_ptr<Target> target;
};

void write(ChunkTransaction& chunk, std::int64_t id, const std::string& name) {
  const std::vector<Cell> row = {Cell::of_integer(id), Cell::of_text(name)};
  chunk.write(row);
}

ChunkResult result_of(std::int64_t rows) {
  ChunkResult result;
  result.balance.rows_read = result.balance.rows_written = result.digest.rows = rows;
  result.digest.sum = {0, 0xab};
  return result;
}

TEST_CASE("a chunk's rows, rejects, table and ledger row commit together, and not before") {
  Loading loading;
  for (const bool commit : {false, true}) {
    INFO(commit);
    const auto chunk = loading.target->claim(loading.request);
    REQUIRE(chunk);
    write(*chunk, 1, "a");
    write(*chunk, 2, "b");
    CHECK(chunk->flush().failures.empty());
    chunk->reject({"s", "t", rowid_key(3), "name", "integer 2", "why", "{}"});
    chunk->finish(result_of(2));
    CHECK(!chunk->next());
    CHECK(loading.shell("select count(*) from sqlite_schema where name = 't'") == "0");
    if (commit) CHECK(chunk->commit() == Outcome::committed);
  }
  CHECK(loading.shell("select * from t") == "1|a\n2|b");
  CHECK(loading.shell(
            "select state, rows_read, rows_written, digest_rows, digest_sum, kind from planrun_chunk") ==
        "done|2|2|2|000000000000000000000000000000ab|load");
  CHECK(loading.shell("select key, column_name, value, reason from planrun_reject") ==
        "[3]|name|integer 2|why");
  CHECK(loading.shell("select id, state from planrun_step") == "create t|done");
  CHECK(!loading.target->claim(loading.request));
  CHECK(loading.target->is_done("r1", 1));
  const auto ledger = loading.database->open_ledger(false);
  CHECK(ledger->chunks("r1").at(0).result.digest == result_of(2).digest);
  CHECK(ledger->rejects("r1", 10).at(0).reject.key == rowid_key(3));
}

TEST_CASE("a row that breaks a constraint is told with its column and is not in the table") {
  Loading loading;
  const auto chunk = loading.target->claim(loading.request);
  write(*chunk, 1, "a");
  write(*chunk, 2, "");   // CHECK
  write(*chunk, 3, "a");  // UNIQUE
  write(*chunk, 1, "b");  // primary key
  const std::vector<Cell> null_name = {Cell::of_integer(4), Cell::of_null()};
  chunk->write(null_name);
  const std::vector<Cell> null_key = {Cell::of_null(), Cell::of_text("c")};
  chunk->write(null_key);  // SQLite alone would number it
  write(*chunk, 5, "z");
  const auto failures = chunk->flush().failures;
  Lines told;
  for (const auto& f : failures) told.push_back(std::to_string(f.ordinal) + " " + f.column + " " + f.reason);
  CHECK(told == Lines{"1 name CHECK constraint failed: t_name_check",
                      "2 name UNIQUE constraint failed: t.name", "3 id UNIQUE constraint failed: t.id",
                      "4 name NOT NULL constraint failed: t.name", "5 id NOT NULL constraint failed: t.id"});
  chunk->finish(result_of(2));
  chunk->commit();
  CHECK(loading.shell("select * from t") == "1|a\n5|z");
}

TEST_CASE("of many thousand rows each refused one is told by its place, and it alone is missing") {
  Loading loading;
  const auto chunk = loading.target->claim(loading.request);
  constexpr int kRows = 60'000;
  const std::string long_name(300'000, 'n');
  Lines expected;
  std::int64_t ordinal = 0;
  const auto refused = [&](const std::string& why) {
    expected.push_back(std::to_string(ordinal) + " " + why);
  };
  for (int id = 1; id <= kRows; ++id, ++ordinal) {
    if (id % 7000 == 0) {
      refused("name CHECK constraint failed: t_name_check");
      write(*chunk, id, "");
    } else if (id % 7000 == 1 && id > 1) {
      refused("name UNIQUE constraint failed: t.name");
      write(*chunk, id, "name 1");
    } else if (id % 7000 == 2 && id > 2) {
      refused("id UNIQUE constraint failed: t.id");
      write(*chunk, 1, "other " + std::to_string(id));
    } else if (id == 30'000) {
      refused("name NOT NULL constraint failed: t.name");
      const std::vector<Cell> row = {Cell::of_integer(id), Cell::of_null()};
      chunk->write(row);
    } else if (id == 30'001) {
      refused("id NOT NULL constraint failed: t.id");
      const std::vector<Cell> row = {Cell::of_null(), Cell::of_text("without a key")};
      chunk->write(row);
    } else if (id == 40'000 || id == 40'001) {
      if (id == 40'001) refused("name UNIQUE constraint failed: t.name");
      write(*chunk, id, long_name);
    } else {
      write(*chunk, id, "name " + std::to_string(id));
    }
  }
  Lines told;
  for (const auto& f : chunk->flush().failures)
    told.push_back(std::to_string(f.ordinal) + " " + f.column + " " + f.reason);
  CHECK(told.size() == 27);
  CHECK(told == expected);
  chunk->finish(result_of(kRows));
  chunk->commit();
  // 1800030000, the sum of 1 to 60000, without the refused ones: 252000, 252008, 252016, 30000, 30001, 40001.
  CHECK(loading.shell("select count(*), sum(id), count(distinct name) from t") == "59973|1799173974|59973");
  CHECK(loading.shell("select length(name) from t where id = 40000") == "300000");
  CHECK(loading.shell("pragma integrity_check") == "ok");
}

TEST_CASE("a chunk that is given up, cut or written again in its midst leaves what it should") {
  Loading loading({{rowid_key(0), rowid_key(100'000)}});
  loading.request.loads[0].fans_out = true;
  const auto write_some = [](ChunkTransaction& chunk, int from, int until) {
    for (int id = from; id < until; ++id) write(chunk, id, "a name of some length " + std::to_string(id));
  };
  {
    const auto chunk = loading.target->claim(loading.request);
    write_some(*chunk, 0, 50'000);
  }
  CHECK(loading.shell("select count(*) from sqlite_schema where name = 't'") == "0");
  const auto chunk = loading.target->claim(loading.request);
  write_some(*chunk, 0, 30'000);
  chunk->cut(rowid_key(30'000));
  chunk->stage();
  write_some(*chunk, 10, 20'010);
  CHECK(chunk->flush().failures.empty());
  chunk->finish(result_of(20'000));
  chunk->commit();
  CHECK(loading.shell("select count(*), min(id), max(id) from t") == "20000|10|20009");
  CHECK(loading.shell("select range_until, state from planrun_chunk order by id") ==
        "[30000]|done\n[100000]|pending");
}

TEST_CASE("what SQLite cannot do in the midst of a chunk stops it, and the next chunk can be written") {
  Loading loading;
  // json_extract() of what is no JSON is an error of the statement, not a refusal of the row.
  loading.table.checks = {{"t_name_check", "json_extract(name, '$') is not 1", "name"}};
  loading.request.create[0].statements =
      loading.database->dialect().schema_steps(loading.table)[0].statements;
  const auto load = [&](const std::string& last) {
    const auto chunk = loading.target->claim(loading.request);
    for (int id = 0; id < 40'000; ++id)
      write(*chunk, id, "\"a name of some length " + std::to_string(id) + "\"");
    write(*chunk, 40'000, last);
    for (int id = 40'001; id < 80'000; ++id) write(*chunk, id, std::to_string(id));
    CHECK(chunk->flush().failures.empty());
    chunk->finish(result_of(80'000));
    chunk->commit();
  };
  CHECK_THROWS_WITH(load("{"), ContainsSubstring("malformed JSON"));
  CHECK(loading.shell("select count(*) from sqlite_schema where name = 't'") == "0");
  load("{}");
  CHECK(loading.shell("select count(*), sum(id) from t") == "80000|3199960000");
}

TEST_CASE("a cut chunk leaves the rest of its range pending, under the same transaction") {
  Loading loading({{rowid_key(10), rowid_key(90)}, {rowid_key(90), std::nullopt}});
  const auto chunk = loading.target->claim(loading.request);
  const std::int64_t first = chunk->chunk().id;
  chunk->cut(rowid_key(50));
  CHECK(chunk->chunk().range.until == rowid_key(50));
  chunk->finish(result_of(0));
  REQUIRE(chunk->next());
  CHECK(chunk->chunk().range.from == rowid_key(90));
  CHECK(!chunk->chunk().range.until);
  chunk->finish(result_of(0));
  chunk->commit();
  CHECK(loading.shell("select id, state, range_from, range_until from planrun_chunk order by id") ==
        std::to_string(first) + "|done|[10]|[50]\n2|done|[90]|\n3|pending|[50]|[90]");
  const std::vector<std::string> loads = {"load"};
  CHECK(loading.target->wait_for_chunks("r1", loads, 100) == 1);
}

TEST_CASE("nothing is made where nothing is written") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const TableSchema table = simple_table();
  const std::vector<const TableSchema*> tables = {&table};
  CHECK(database->preflight(tables, {}).empty());
  CHECK(database->open_ledger(false)->runs("p").empty());
  CHECK(database->connect("r", 1)->query("select count(*) from sqlite_schema").rows[0][0] == "0");
  CHECK(fs::is_empty(folder.path()));
  const auto nowhere = open_sqlite_target(folder / "no/t.db", "planrun");
  CHECK_THAT(error_of([&] { nowhere->open_ledger(true); }, ErrorCode::target),
             ContainsSubstring("does not exist"));
  CHECK_THAT(nowhere->preflight(tables, {}).at(0).message, ContainsSubstring("does not exist"));
}

TEST_CASE("reading an existing target changes no byte of it") {
  for (const std::string mode : {"delete", "wal"}) {
    INFO(mode);
    TempFolder folder;
    sqlite3(folder / "t.db",
            "pragma journal_mode=" + mode + "; create table other(a); insert into other values (5)");
    const auto before = folder_state(folder.path());
    const auto database = open_sqlite_target(folder / "t.db", "planrun");
    const TableSchema table = simple_table();
    const std::vector<const TableSchema*> tables = {&table};
    CHECK(database->preflight(tables, {}).empty());
    CHECK(database->open_ledger(false)->runs("p").empty());
    CHECK(database->connect("r", 1)->query("select a from other").rows[0][0] == "5");
    CHECK(folder_state(folder.path()) == before);
  }
}

TEST_CASE(
    "a target that a killed run left is read without being recovered, and recovered by the next writer") {
  for (const std::string mode : {"delete", "wal"}) {
    INFO(mode);
    TempFolder folder;
    const fs::path data = folder / "data";
    fs::create_directory(data);
    const fs::path file = data / "t.db";
    open_sqlite_target(file, "planrun")->open_ledger(true)->write_run(run_record("r1", "p"), {});
    leave_crashed(
        file,
        "pragma journal_mode=" + mode +
            "; pragma cache_size=1; pragma cache_spill=1; begin; update planrun_run set plan='x'; create "
            "table big(a); "
            "insert into big select hex(randomblob(900)) from "
            "(with recursive n(i) as (select 1 union all select i+1 from n where i<3000) select i from n);");
    REQUIRE(fs::file_size(file.string() + (mode == "wal" ? "-wal" : "-journal")) > 0);
    const auto before = folder_state(data);
    CHECK(open_sqlite_target(file, "planrun")->open_ledger(false)->runs("p").size() == 1);
    CHECK(folder_state(data) == before);
    CHECK(open_sqlite_target(file, "planrun")->open_ledger(true)->runs("p").size() == 1);
    CHECK(sqlite3(file, "select count(*) from sqlite_schema where name='big'") == "0");
  }
}

TEST_CASE("the ledger gets its turn between chunks that follow each other at once") {
  Loading loading;
  loading.target->do_step(
      {"r1", "create t", "t", loading.request.create[0].statements, {Chunk{0, "load", {}}}});
  const auto ledger = loading.database->open_ledger(true);
  std::atomic<bool> stop = false;
  std::atomic<int> chunks = 0;
  std::thread loader([&] {
    while (!stop) {
      const auto chunk = loading.target->claim(loading.request);
      if (!chunk) break;
      chunk->cut(rowid_key(++chunks));
      chunk->finish({});
      usleep(20'000);
      chunk->commit();
    }
  });
  while (chunks == 0) usleep(1000);
  const int before = chunks;
  for (int i = 0; i < 10; ++i) ledger->write_step("r1", {"s", "load", "t", StepState::running, 0, ""});
  const int after = chunks;
  stop = true;
  loader.join();
  // One chunk at most comes between two writes of the ledger.
  CHECK(after - before <= 11);
}

TEST_CASE("preflight tells what is in the way and what SQLite refuses") {
  TempFolder folder;
  sqlite3(folder / "t.db", "create table T(a); create table u(a); create index t_idx on u(a)");
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  TableSchema table = simple_table();
  table.indexes = {{"t_idx", false, "btree", "lower(name) desc", "", "name <> 'x'", {"name"}},
                   {"bad_idx", false, "btree", "nofunc(name)", "", "", {"name"}}};
  const std::vector<const TableSchema*> tables = {&table};
  Lines messages;
  for (const auto& finding : database->preflight(tables, {})) messages.push_back(finding.message);
  REQUIRE(messages.size() == 3);
  CHECK_THAT(messages[0], ContainsSubstring("table T is already in"));
  CHECK_THAT(messages[1], ContainsSubstring("index t_idx (on table u) is already in"));
  CHECK_THAT(messages[2], ContainsSubstring("no such function: nofunc"));
  const Lines ours = {"t", "u"};
  CHECK(database->preflight(tables, ours).size() == 1);
}

TEST_CASE("a SQLite ledger of another version is refused by name") {
  TempFolder folder;
  open_sqlite_target(folder / "t.db", "planrun")->open_ledger(true);
  sqlite3(folder / "t.db", "update planrun_version set version = 7");
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  for (const bool create : {false, true}) {
    CHECK_THAT(error_of([&] { database->open_ledger(create); }, ErrorCode::refused),
               ContainsSubstring("has version 7"));
  }
  CHECK(sqlite3(folder / "t.db", "select version from planrun_version") == "7");
  CHECK(open_sqlite_target(folder / "t.db", "other")->open_ledger(true)->runs("p").empty());
}

TEST_CASE("the ledger gives back what was written, runs newest first") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const auto ledger = database->open_ledger(true);
  RunRecord old = run_record("r1", "p");
  old.plan_text = "[plan]\nname = \"ü\"\n";
  old.scripts = "{\"transforms/a.lua\": {}}";
  std::vector<StepRecord> steps = {pending_step("create t", "create", "t"),
                                   pending_step("load t", "load", "t")};
  steps[1].needs = {"create t", "\"{,"};
  ledger->write_run(old, steps);
  RunRecord recent = run_record("r2", "p");
  recent.started_at = 2;
  recent.state = RunState::passed;
  recent.resolved_plan = "{}";
  ledger->write_run(recent, {});
  ledger->write_step("r1", {"load t", "load", "t", StepState::failed, 1.5, "why", 1700000000000001, 3});
  ledger->write_run(old, steps);  // steps that are there stay
  CHECK(ledger->runs("p").at(0).id == "r2");
  CHECK(ledger->runs("p").at(0).state == RunState::passed);
  CHECK(ledger->runs("q").empty());
  const auto found = ledger->steps("r1");
  REQUIRE(found.size() == 2);
  CHECK(found[0].state == StepState::pending);
  CHECK(found[1].state == StepState::failed);
  CHECK(found[1].seconds == 1.5);
  CHECK(found[1].detail == "why");
  CHECK(found[1].started_at == 1700000000000001);
  CHECK(found[1].worker == 3);
  CHECK(found[1].needs == steps[1].needs);
  CHECK(ledger->runs("p").at(1).plan_text == old.plan_text);
  CHECK(ledger->runs("p").at(1).scripts == old.scripts);
  ledger->write_checks("r1", std::vector<CheckRecord>{{"c", "critical", "failed", "1", "2", "differs", 99}});
  CHECK(ledger->checks("r1").at(0).found == "2");
  CHECK(ledger->checks("r1").at(0).checked_at == 99);
}

TEST_CASE("a second process is refused by name while the lock is held, and not after") {
  TempFolder folder;
  const Lines tables = {"t"};
  int hold[2];
  int held[2];
  REQUIRE(pipe(hold) == 0);
  REQUIRE(pipe(held) == 0);
  const pid_t holder = fork();
  if (holder == 0) {
    close(hold[1]);
    const auto database = open_sqlite_target(folder / "t.db", "planrun");
    auto ledger = database->open_ledger(true);
    ledger->lock("p", tables);
    ledger->write_run(run_record("r7", "p"), {});
    // Connections that come and go do not take the lock with them.
    database->connect("r7", 1)->query("select 1");
    char byte = 'x';
    const bool told = ::write(held[1], &byte, 1) == 1 && read(hold[0], &byte, 1) >= 0;
    _exit(told ? 0 : 1);
  }
  close(hold[0]);
  char byte = 0;
  REQUIRE(read(held[0], &byte, 1) == 1);
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const std::string message =
      error_of([&] { database->open_ledger(true)->lock("p", tables); }, ErrorCode::refused);
  CHECK_THAT(message, ContainsSubstring("run r7 of plan p (process 42 on here)"));
  close(hold[1]);
  int status = 1;
  waitpid(holder, &status, 0);
  CHECK(status == 0);
  const auto ledger = database->open_ledger(true);
  ledger->lock("p", tables);
  CHECK_THAT(error_of([&] { database->open_ledger(true)->lock("p", tables); }, ErrorCode::refused),
             ContainsSubstring("at work"));
}

TEST_CASE("an unfinished run of another plan on the same table is refused") {
  TempFolder folder;
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const auto ledger = database->open_ledger(true);
  const std::vector<StepRecord> steps = {pending_step("load t", "load", "t")};
  const Lines t = {"t"};
  const Lines u = {"u"};
  for (const RunState state :
       {RunState::failed, RunState::unproved, RunState::interrupted, RunState::running}) {
    RunRecord run = run_record("r1", "other");
    run.state = state;
    ledger->write_run(run, steps);
    CHECK_THAT(error_of([&] { ledger->lock("p", t); }, ErrorCode::refused),
               ContainsSubstring("run r1 of plan other"));
    ledger->lock("p", u);
    ledger->lock("other", t);
  }
  for (const RunState state : {RunState::passed, RunState::rolled_back}) {
    RunRecord run = run_record("r1", "other");
    run.state = state;
    ledger->write_run(run, steps);
    CHECK(error_of([&] { ledger->lock("p", t); }, ErrorCode::refused) == "nothing");
  }
}

TEST_CASE("orphans are told with their parent, read, and taken out as a correction") {
  TempFolder folder;
  TableSchema parent = simple_table();
  TableSchema child;
  child.name = "c";
  child.columns = {column("id", TypeKind::integer, true), column("t_id", TypeKind::integer),
                   column("n", TypeKind::text)};
  child.keys = {{"c_pkey", true, {"id"}}};
  child.foreign_keys = {foreign_key("c_t_fkey", {"t_id"}, "t", {"id"}),
                        foreign_key("c_n_fkey", {"n"}, "t", {"name"})};
  child.foreign_keys[0].on_delete = "cascade";
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const auto steps = database->dialect().schema_steps(child);
  const auto target = database->connect("r1", 1);
  target->do_step({"r1", "create t", "t", database->dialect().schema_steps(parent)[0].statements, {}});
  target->do_step({"r1", "create c", "c", steps[0].statements, {}});
  sqlite3(folder / "t.db",
          "insert into t values (1,'a'); insert into c values "
          "(1,1,'a'),(2,9,'a'),(3,1,'gone'),(4,null,null),(5,8,null)");
  std::map<std::string, std::string> told;
  for (const auto& step : steps) {
    if (step.kind != SchemaStepKind::validate) continue;
    told[step.name] = error_of(
        [&] {
          target->do_step({"r1", "validate " + step.name, "c", step.statements, {}});
        },
        ErrorCode::target);
  }
  CHECK_THAT(told["c_t_fkey"], ContainsSubstring("2 rows have no parent in t: rowid 2, 5"));
  CHECK_THAT(told["c_n_fkey"], ContainsSubstring("1 row has no parent in t: rowid 3"));
  Violation violation;
  violation.table = &child;
  violation.foreign_key = &child.foreign_keys[0];
  Lines references;
  {
    const std::vector<std::size_t> columns = {0, 1, 2};
    std::vector<Cell> row(3);
    const auto reader = target->read_violations(violation, columns);
    while (reader->next(row))
      references.push_back(reader->row_reference() + ":" + std::to_string(row[1].integer));
  }
  CHECK(references == Lines{"2:9", "5:8"});
  const Lines rows = {"2", "5"};
  const Lines wrong = {"2", "77"};
  const std::vector<Reject> rejects = {{"s", "c", rowid_key(2), "t_id", "9", "orphan", "{}"}};
  ChunkResult correction;
  correction.balance.rows_written = -2;
  correction.balance.rows_rejected = 2;
  correction.digest.rows = -2;
  CHECK_THAT(
      error_of([&] { target->remove_rows("r1", child, "c", wrong, rejects, correction); }, ErrorCode::target),
      ContainsSubstring("1 of 2 rows"));
  CHECK(sqlite3(folder / "t.db", "select count(*) from c") == "5");
  target->remove_rows("r1", child, "c", rows, rejects, correction);
  CHECK(sqlite3(folder / "t.db", "select group_concat(id) from c") == "1,3,4");
  CHECK(sqlite3(folder / "t.db",
                "select kind, state, rows_written, rows_rejected, digest_rows from planrun_chunk") ==
        "correction|done|-2|2|-2");
  CHECK(sqlite3(folder / "t.db", "select chunk, reason from planrun_reject") == "1|orphan");
  CHECK(database->open_ledger(false)->chunks("r1").at(0).correction);
}

TEST_CASE("rows in the way of a unique index are told and read") {
  Loading loading;
  const auto chunk = loading.target->claim(loading.request);
  for (int i = 1; const char* name : {"a", "A", "b", "x", "X"}) write(*chunk, i++, name);
  CHECK(chunk->flush().failures.empty());
  chunk->finish(result_of(5));
  chunk->commit();
  loading.table.indexes = {{"t_lower", true, "btree", "lower(name) desc", "", "name <> 'X'", {"name"}}};
  const auto steps = loading.database->dialect().schema_steps(loading.table);
  REQUIRE(steps[1].kind == SchemaStepKind::index);
  try {
    loading.target->do_step({"r1", "index t_lower", "t", steps[1].statements, {}});
    FAIL("the index was made");
  } catch (const Error& error) {
    CHECK(error.sqlstate() == "23505");
  }
  Violation violation;
  violation.table = &loading.table;
  violation.unique_index = &loading.table.indexes[0];
  const std::vector<std::size_t> columns = {1};
  std::vector<Cell> row(1);
  Lines names;
  const auto reader = loading.target->read_violations(violation, columns);
  while (reader->next(row)) names.push_back(cell_text(row[0]));
  CHECK(names == Lines{"'a'", "'A'"});
}

TEST_CASE("parts of a table are disjoint and cover it") {
  TempFolder folder;
  sqlite3(
      folder / "t.db",
      "create table t(id integer primary key, name text); insert into t values (-9223372036854775808,'a'),"
      "(-5,'b'),(0,'c'),(3,'d'),(9223372036854775807,'e')");
  const auto database = open_sqlite_target(folder / "t.db", "planrun");
  const auto target = database->connect("r1", 1);
  const TableSchema table = simple_table();
  for (const int parts : {1, 2, 3, 7}) {
    std::string names;
    for (int part = 0; part < parts; ++part) {
      std::vector<Cell> row(1);
      const auto reader = target->read_back({&table, {1}, target->share_view(), part, parts});
      while (reader->next(row)) names += row[0].bytes;
    }
    CHECK(names == "abcde");
  }
}

}  // namespace
}  // namespace planrun::test::target_test
