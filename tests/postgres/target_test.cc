// Schema steps, rows read back, rows in the way, and questions.
#include <algorithm>
#include <set>
#include <thread>

#include "postgres/fixture.h"

namespace planrun::test::target_test {
namespace {

std::vector<std::int64_t> first_cells(BackReader& reader, std::size_t columns) {
  std::vector<Cell> row(columns);
  std::vector<std::int64_t> found;
  while (reader.next(row)) found.push_back(row[0].integer);
  return found;
}

TEST_CASE("a schema step is done once, with its chunks, or not at all", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}});
  fixture.begin({&table}, {});
  const StepRecord step[] = {{"index t i", "index", "t", {}, 0, ""}};
  RunRecord run;
  run.id = kRun;
  fixture.ledger->write_run(run, step);
  fixture.psql("insert into t values (1), (1)");
  const auto target = fixture.database->connect(kRun, 1);
  const StepWork work{kRun, "index t i", "t", {"create unique index i on public.t (id)"}, {{0, "t", {}}}};
  const auto failure = failure_of_work([&] { target->do_step(work); });
  REQUIRE(failure.error);
  CHECK(failure.error->sqlstate() == "23505");
  CHECK(fixture.psql("select count(*) from planrun.chunk") == "0");
  fixture.psql("delete from t");
  target->do_step(work);
  target->do_step(work);
  CHECK(fixture.psql("select (select count(*) from planrun.chunk), state, to_regclass('i') is not null"
                     " from planrun.step where id = 'index t i'") == "1|done|t");
}

TEST_CASE("a schema step whose premise does not hold any more is refused and changes nothing",
          "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}});
  fixture.begin({&table}, {});
  const auto target = fixture.database->connect(kRun, 1);
  StepWork work{kRun, "drop_foreign_key t k", "t", {"drop table public.t"}, {}};
  work.premise = SchemaCheck{"foreign key k", "select count(*) from pg_constraint where conname = 'k'", "1"};
  const auto failure = failure_of_work([&] { target->do_step(work); });
  REQUIRE(failure.error);
  CHECK(failure.error->code() == ErrorCode::refused);
  CHECK_THAT(failure.message(), ContainsSubstring("foreign key k of table t is not what the run has found"));
  CHECK(fixture.psql("select to_regclass('t') is not null") == "t");
}

TEST_CASE("a schema step waits for locks in pieces and goes on when they are gone", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}});
  fixture.begin({&table}, {});
  const StepRecord step[] = {{"key t", "key", "t", {}, 0, ""}};
  RunRecord run;
  run.id = kRun;
  fixture.ledger->write_run(run, step);
  std::thread stranger([&] { fixture.psql("begin; lock table t; select pg_sleep(4); commit"); });
  while (fixture.psql(
             "select count(*) from pg_locks where relation = 't'::regclass and mode = 'AccessExclusiveLock'"
             " and granted") != "1") {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const auto target = fixture.database->connect(kRun, 1);
  CHECK_NOTHROW(target->do_step({kRun, "key t", "t", {"alter table public.t add column done integer"}, {}}));
  stranger.join();
}

TEST_CASE("parts of a view cover every row exactly once, whatever happens meanwhile", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"filler", "text"}});
  fixture.begin({&table}, {});
  fixture.psql(
      "insert into t select n, repeat('x', 500) from generate_series(1, 5000) n; delete from t where id % 7 "
      "= 0");
  const auto keeper = fixture.database->connect(kRun, 0);
  const std::string view = keeper->share_view();
  for (const int parts : {1, 2, 3, 7}) {
    std::multiset<std::int64_t> found;
    for (int part = 0; part < parts; ++part) {
      if (part == 1 && parts == 3)
        fixture.psql("insert into t select n, repeat('y', 500) from generate_series(9001, 9900) n");
      const auto target = fixture.database->connect(kRun, 1);
      ReadBack request = read_all(table);
      request.view = view;
      request.part = part;
      request.parts = parts;
      const auto reader = target->read_back(request);
      for (const auto id : first_cells(*reader, 2)) found.insert(id);
    }
    CHECK(found.size() == 5000 - 714);
    CHECK(std::set<std::int64_t>(found.begin(), found.end()).size() == found.size());
    CHECK(*found.rbegin() == 5000);
  }
}

TEST_CASE("a reader that is given up half way leaves its connection usable", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}});
  fixture.begin({&table}, {});
  fixture.psql("insert into t select generate_series(1, 200000)");
  const auto target = fixture.database->connect(kRun, 1);
  {
    const auto reader = target->read_back(read_all(table));
    Cell cell;
    CHECK(reader->next({&cell, 1}));
    CHECK_THROWS_AS(target->query("select 1"), Error);
  }
  CHECK(target->query("select count(*) from t").rows[0][0] == "200000");
}

TEST_CASE("the rows in the way of keys and foreign keys are told, and taken out with their rejects",
          "[server][postgres]") {
  PostgresFixture fixture;
  TableSchema parent = make_table("parent", {{"id", "integer"}});
  TableSchema table = make_table("t", {{"id", "integer"}, {"a", "text"}, {"p", "integer"}});
  fixture.begin({&parent, &table}, {});
  fixture.psql(
      "insert into parent values (1); insert into t values "
      "(1,'x',1),(2,'X',1),(3,'y',null),(4,null,9),(5,null,8),(6,'y',1)");
  const auto target = fixture.database->connect(kRun, 1);
  const KeySchema key{"k", false, {"a"}, false, false, false};
  const KeySchema nulls_equal{"n", false, {"a"}, false, false, true};
  IndexSchema index;
  index.unique = true;
  index.elements_sql = "lower(a) desc nulls last, (p is null)";
  IndexSchema partial = index;
  partial.elements_sql = "lower(a) text_pattern_ops";
  partial.where_sql = "p is not null";
  const ForeignKeySchema simple{"f", {"p"}, "parent", {"id"}, "", "", false, false, false};
  const ForeignKeySchema full{"g", {"p", "id"}, "t", {"p", "id"}, "", "", true, false, false};
  const std::vector<std::pair<Violation, std::vector<std::int64_t>>> cases = {
      {{&table, &key, nullptr, nullptr}, {3, 6}},    {{&table, &nulls_equal, nullptr, nullptr}, {3, 4, 5, 6}},
      {{&table, nullptr, &index, nullptr}, {1, 2}},  {{&table, nullptr, &partial, nullptr}, {1, 2}},
      {{&table, nullptr, nullptr, &simple}, {4, 5}}, {{&table, nullptr, nullptr, &full}, {3}}};
  for (const auto& [violation, expected] : cases) {
    const auto reader = target->read_violations(violation, std::vector<std::size_t>{0});
    auto found = first_cells(*reader, 1);
    std::sort(found.begin(), found.end());
    CHECK(found == expected);
  }
  std::vector<std::string> references;
  {
    const auto reader = target->read_violations(cases[4].first, std::vector<std::size_t>{0, 1, 2});
    std::vector<Cell> row(3);
    while (reader->next(row)) references.push_back(reader->row_reference());
  }
  const Reject reject{"ora", "src", integer_key(4), "p", "integer 9", "orphan", "{}"};
  ChunkResult correction;
  correction.balance.rows_written = -2;
  correction.balance.rows_rejected = 2;
  correction.digest.rows = -2;
  auto wrong = references;
  wrong.push_back("(999,1)");
  CHECK_THROWS_AS(target->remove_rows(kRun, table, "t", wrong, {{reject, reject}}, correction), Error);
  CHECK(fixture.psql("select count(*) from t") == "6");
  target->remove_rows(kRun, table, "t", references, {{reject, reject}}, correction);
  CHECK(fixture.psql("select (select string_agg(id::text, ' ' order by id) from t), (select count(*) from "
                     "planrun.reject),"
                     " kind, rows_written, digest_rows from planrun.chunk") == "1 2 3 6|2|correction|-2|-2");
  CHECK(fixture.ledger->chunks(kRun).at(0).done);
}

TEST_CASE("a question is answered in text and cannot write", "[server][postgres]") {
  PostgresFixture fixture;
  fixture.psql("create table t (n numeric(20,4))");
  const auto target = fixture.database->connect(kRun, 1);
  const auto answer =
      target->query("select null::int as a, 12345678901234.5000::numeric as b from (select) s");
  CHECK(answer.columns == std::vector<std::string>{"a", "b"});
  REQUIRE(answer.rows.size() == 1);
  CHECK_FALSE(answer.rows[0][0].has_value());
  CHECK(answer.rows[0][1] == "12345678901234.5000");
  CHECK_THROWS_AS(target->query("delete from t"), Error);
  CHECK_THROWS_AS(target->query("select 1; select 2"), Error);
  CHECK(target->query("select count(*) from t").rows[0][0] == "0");
}

TEST_CASE("a target connects again on the first call after a loss", "[server][postgres]") {
  PostgresFixture fixture;
  const auto target = fixture.database->connect(kRun, 1);
  const std::string kill =
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and "
      "application_name like"
      " 'planrun 2026%'";
  fixture.psql(kill);
  const auto failure = failure_of_work([&] { target->query("select 1"); });
  REQUIRE(failure.error);
  CHECK(failure.error->code() == ErrorCode::connection);
  CHECK(failure.error->retryable());
  CHECK(target->query("select 1").rows[0][0] == "1");
  CHECK(target->query("show application_name").rows[0][0] == "planrun " + std::string(kRun) + " 1");
}

}  // namespace
}  // namespace planrun::test::target_test
