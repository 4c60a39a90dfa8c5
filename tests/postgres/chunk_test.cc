// A chunk is one transaction: rows, rejects, ledger row together or not at all.
#include <thread>

#include "postgres/fixture.h"

namespace planrun::test::chunk_test {
namespace {

using Rows = std::vector<std::pair<std::int64_t, std::string>>;

void write(ChunkTransaction& chunk, const Rows& rows) {
  for (const auto& [id, name] : rows) {
    const Cell row[] = {Cell::of_integer(id), name == "null" ? Cell::of_null() : Cell::of_text(name)};
    chunk.write(row);
  }
}

Chunk range(const std::string& load, std::optional<std::int64_t> from, std::optional<std::int64_t> until) {
  Chunk chunk{0, load, {}};
  if (from) chunk.range.from = integer_key(*from);
  if (until) chunk.range.until = integer_key(*until);
  return chunk;
}

TEST_CASE("rows, rejects and the ledger row of a chunk commit together", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", std::nullopt, 10), range("t", 10, std::nullopt)});
  const auto target = fixture.database->connect(kRun, 1);
  const std::string counts =
      "select (select count(*) from t), (select count(*) from planrun.reject),"
      " (select count(*) from planrun.chunk where state = 'done')";
  for (const bool commit : {false, true}) {
    auto chunk = fixture.claim(*target, table);
    REQUIRE(chunk);
    CHECK(chunk->chunk().range.until == integer_key(10));
    write(*chunk, {{1, "a"}, {2, "b"}});
    CHECK(chunk->flush().failures.empty());
    chunk->reject({"ora", "src", integer_key(3), "name", "integer 2", "no text", "{\"id\":3}"});
    chunk->finish(result_of(2));
    CHECK(fixture.psql(counts) == "0|0|0");
    if (commit) CHECK(chunk->commit() == Outcome::committed);
  }
  CHECK(fixture.psql(counts) == "2|1|1");
  const auto rejects = fixture.ledger->rejects(kRun, -1);
  REQUIRE(rejects.size() == 1);
  CHECK(rejects[0].load == "t");
  CHECK(to_text(rejects[0].reject) ==
        to_text(Reject{"ora", "src", integer_key(3), "name", "integer 2", "no text", ""}));
  const auto chunks = fixture.ledger->chunks(kRun);
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[0].done);
  CHECK(chunks[0].result.digest == result_of(2).digest);
  CHECK(chunks[0].result.balance == result_of(2).balance);
  CHECK_FALSE(chunks[1].done);
  CHECK(chunks[1].chunk.range.from == integer_key(10));
}

TEST_CASE("a chunk that is cut leaves the rest of its range pending", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 100)});
  const auto target = fixture.database->connect(kRun, 1);
  auto chunk = fixture.claim(*target, table);
  write(*chunk, {{1, "a"}});
  chunk->cut(integer_key(50));
  chunk->cut(integer_key(40));
  write(*chunk, {{2, "b"}});
  chunk->flush();
  chunk->finish(result_of(2));
  REQUIRE(chunk->commit() == Outcome::committed);
  CHECK(fixture.psql("select string_agg(concat_ws(' ', state, range_from, range_until), ', ' order by id)"
                     " from planrun.chunk") == "done [1] [40], pending [40] [100]");
}

TEST_CASE("each pending chunk goes to one connection, and waiting tells when all are settled",
          "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 2), range("t", 2, 3)});
  const auto first = fixture.database->connect(kRun, 1);
  const auto second = fixture.database->connect(kRun, 2);
  auto one = fixture.claim(*first, table);
  auto two = fixture.claim(*second, table);
  REQUIRE((one && two));
  CHECK(one->chunk().id != two->chunk().id);
  const auto third = fixture.database->connect(kRun, 3);
  CHECK(fixture.claim(*third, table) == nullptr);
  two.reset();  // rolled back
  std::int64_t pending = -1;
  std::thread waiter([&] { pending = third->wait_for_chunks(kRun, std::vector<std::string>{"t"}, 200); });
  std::this_thread::sleep_for(
      std::chrono::milliseconds(600));  // longer than its patience: ours are not ended
  CHECK(pending == -1);
  one->cut(integer_key(1));  // empty: everything is left
  one->flush();
  one->finish(result_of(0));
  CHECK(one->commit() == Outcome::committed);
  waiter.join();
  CHECK(pending == 2);
}

TEST_CASE("what a cut chunk leaves is waited for too, when another one has taken it", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 10), range("t", 10, 20)});
  const auto first = fixture.database->connect(kRun, 1);
  const auto second = fixture.database->connect(kRun, 2);
  const auto third = fixture.database->connect(kRun, 3);
  const auto end = [](ChunkTransaction& chunk, std::optional<std::int64_t> cut) {
    if (cut) chunk.cut(integer_key(*cut));
    chunk.flush();
    chunk.finish(result_of(0));
    CHECK(chunk.commit() == Outcome::committed);
  };
  const auto a_while = [] { std::this_thread::sleep_for(std::chrono::milliseconds(300)); };
  auto one = fixture.claim(*first, table);
  auto two = fixture.claim(*second, table);
  REQUIRE((one && two));
  const auto waiting = fixture.database->connect(kRun, 4);
  std::int64_t pending = -1;
  std::thread waiter(
      [&] { pending = waiting->wait_for_chunks(kRun, std::vector<std::string>{"t"}, 60'000); });
  a_while();
  end(*one, 5);
  auto rest = fixture.claim(*third, table);
  REQUIRE(rest);
  CHECK(rest->chunk().range.from == integer_key(5));
  end(*two, std::nullopt);
  a_while();
  end(*rest, 7);
  waiter.join();
  CHECK(pending == 1);
}

TEST_CASE("a stranger's hold on a chunk is ended after the stated time", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 2)});
  const auto other_process = fixture.open(fixture.postgres.url());
  const auto dead = other_process->connect(kRun, 7);
  const auto held = fixture.claim(*dead, table);
  REQUIRE(held);
  const auto target = fixture.database->connect(kRun, 1);
  CHECK(target->wait_for_chunks(kRun, std::vector<std::string>{"t"}, 100) == 1);
  CHECK(fixture.claim(*target, table) != nullptr);
  const auto lost = failure_of_work([&] { held->finish(result_of(0)); });
  REQUIRE(lost.error);
  CHECK(lost.error->code() == ErrorCode::connection);
  CHECK(lost.error->retryable());
}

TEST_CASE("the server's own refusals are told by row and cost no other row", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table(
      "t", {{"id", "integer check (id <> 13)"}, {"name", "varchar(5) not null check (name <> 'bad')"}});
  fixture.begin({&table}, {range("t", 1, 100)});
  fixture.psql("create unique index on t (id); insert into t values (0, 'old')");
  const auto target = fixture.database->connect(kRun, 1);
  auto chunk = fixture.claim(*target, table);
  const Rows rows = {{1, "a"}, {13, "b"},    {2, "null"},  {3, "bad"},
                     {4, "d"}, {4, "twice"}, {0, "again"}, {5, "e"}};
  write(*chunk, rows);
  const auto failure = failure_of_work([&] { chunk->flush(); });
  REQUIRE(failure.error);
  CHECK(failure.error->code() == ErrorCode::row_violation);
  chunk->stage();
  write(*chunk, rows);
  const auto failures = chunk->flush().failures;
  chunk->finish(result_of(3));
  CHECK(chunk->commit() == Outcome::committed);
  std::vector<std::string> told;
  for (const auto& f : failures) told.push_back(std::to_string(f.ordinal) + " " + f.column + ": " + f.reason);
  CHECK(told ==
        std::vector<std::string>{
            "1 id: violates check constraint \"t_id_check\"",
            "2 name: null value in column \"name\" violates not-null constraint",
            "3 name: violates check constraint \"t_name_check\"",
            "5 : duplicate key value violates unique constraint \"t_id_idx\": Key (id)=(4) already exists.",
            "6 : duplicate key value violates unique constraint \"t_id_idx\": Key (id)=(0) already exists."});
  CHECK(fixture.psql("select string_agg(id || name, ' ' order by id) from t") == "0old 1a 4d 5e");
}

TEST_CASE("a value that the server cannot even read is left out of the stage", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "jsonb"}});
  fixture.begin({&table}, {range("t", 1, 100)});
  const auto target = fixture.database->connect(kRun, 1);
  auto chunk = fixture.claim(*target, table);
  const Rows rows = {{1, "1"}, {2, "{"}, {3, "[]"}, {4, "nope"}, {5, "{}"}};
  std::vector<RowFailure> failures;
  int tries = 0;
  for (bool staged = false; tries < 9; ++tries) {
    if (staged) chunk->stage();
    write(*chunk, rows);
    const auto failure = failure_of_work([&] { failures = chunk->flush().failures; });
    if (!failure.error) break;
    REQUIRE(failure.error->code() == ErrorCode::row_violation);
    staged = true;
  }
  CHECK(tries == 3);
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].ordinal == 1);
  CHECK(failures[1].ordinal == 3);
  CHECK_THAT(failures[0].reason, ContainsSubstring("invalid input syntax for type json"));
  chunk->finish(result_of(3));
  chunk->commit();
  CHECK(fixture.psql("select string_agg(id::text, ' ' order by id) from t") == "1 3 5");
}

TEST_CASE("a chunk can wait in the stage from its first row, next to chunks that do not",
          "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema first = make_table("a", {{"id", "integer"}, {"name", "text check (name <> 'no')"}});
  const TableSchema second =
      make_table("b", {{"id", "integer generated always as identity"}, {"name", "inet"}});
  fixture.begin({&first, &second}, {range("a", 1, 2), range("a", 2, 3), range("b", 1, 2)});
  const auto target = fixture.database->connect(kRun, 1);
  auto chunk = target->claim({kRun, {all_columns(first), all_columns(second)}, {}});
  chunk->stage();
  write(*chunk, {{1, "no"}, {2, "yes"}});
  CHECK(chunk->flush().failures.size() == 1);
  chunk->finish(result_of(1));
  REQUIRE(chunk->next());
  write(*chunk, {{3, "yes"}});
  CHECK(chunk->flush().failures.empty());
  chunk->finish(result_of(1));
  REQUIRE(chunk->next());
  chunk->stage();
  write(*chunk, {{7, "10.0.0.1"}});
  CHECK(chunk->flush().failures.empty());
  chunk->finish(result_of(1));
  CHECK_FALSE(chunk->next());
  CHECK(chunk->commit() == Outcome::committed);
  CHECK(fixture.psql("select (select string_agg(id || name, ' ' order by id) from a), (select id || "
                     "host(name) from b)") == "2yes 3yes|710.0.0.1");
}

TEST_CASE("a trigger that drops rows is noticed, by COPY and by the stage", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 100)});
  fixture.psql(
      "create function eat() returns trigger language plpgsql as"
      " $$ begin if new.id = 2 then return null; end if; return new; end $$;"
      " create trigger eat before insert on t for each row execute function eat()");
  for (const bool staged : {false, true}) {
    const auto target = fixture.database->connect(kRun, 1);
    auto chunk = fixture.claim(*target, table);
    if (staged) chunk->stage();
    write(*chunk, {{1, "a"}, {2, "b"}, {3, "c"}});
    const auto failure = failure_of_work([&] { chunk->flush(); });
    REQUIRE(failure.error);
    CHECK(failure.error->code() == ErrorCode::target);
    CHECK_THAT(failure.message(), ContainsSubstring("2 of") && ContainsSubstring("3 rows"));
    CHECK_THAT(failure.error->hint(), ContainsSubstring("trigger"));
  }
  CHECK(fixture.psql("select count(*) from t") == "0");
}

TEST_CASE("small tables are created in the transaction of the first claim, once", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  const StepRecord steps[] = {{"create t", "create", "t", {}, 0, ""}, {"load t", "load", "t", {}, 0, ""}};
  RunRecord run;
  run.id = kRun;
  fixture.ledger->write_run(run, steps);
  const ClaimRequest request{
      kRun, {all_columns(table)}, {create_work(fixture.database->dialect(), table, {range("t", {}, {})})}};
  const auto target = fixture.database->connect(kRun, 1);
  target->claim(request).reset();  // rolled back: no table
  CHECK(fixture.psql("select to_regclass('t') is null, count(*) from planrun.chunk") == "t|0");
  auto chunk = target->claim(request);
  REQUIRE(chunk);
  chunk->flush();
  chunk->finish(result_of(0));
  CHECK(chunk->commit() == Outcome::committed);
  CHECK(target->claim(request) == nullptr);
  CHECK(fixture.psql("select string_agg(id || ' ' || state, ', ' order by id) from planrun.step") ==
        "create t done, load t pending");
}

TEST_CASE("a connection that is ended before COMMIT leaves the chunk in doubt, and the ledger decides",
          "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 2)});
  const auto target = fixture.database->connect(kRun, 1);
  std::int64_t id = 0;
  {
    auto chunk = fixture.claim(*target, table);
    id = chunk->chunk().id;
    write(*chunk, {{1, "a"}});
    chunk->flush();
    chunk->finish(result_of(1));
    fixture.psql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        " and application_name = 'planrun " +
        std::string(kRun) + " 1'");
    CHECK(chunk->commit() == Outcome::in_doubt);
    CHECK_FALSE(target->is_done(kRun, id));  // on a new connection, while the old object lives
  }
  auto again = fixture.claim(*target, table);
  REQUIRE(again);
  write(*again, {{1, "a"}});
  again->flush();
  again->finish(result_of(1));
  CHECK(again->commit() == Outcome::committed);
  CHECK(target->is_done(kRun, id));
  CHECK(fixture.psql("select count(*) from t") == "1");
}

TEST_CASE("a connection that is ended in the middle of COPY is a retryable loss", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"id", "integer"}, {"name", "text"}});
  fixture.begin({&table}, {range("t", 1, 2)});
  const auto target = fixture.database->connect(kRun, 1);
  {
    auto chunk = fixture.claim(*target, table);
    write(*chunk, {{1, std::string(100000, 'x')}});
    fixture.psql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        " and application_name = 'planrun " +
        std::string(kRun) + " 1'");
    const auto failure = failure_of_work([&] {
      write(*chunk, {{2, std::string(10'000'000, 'y')}});
      chunk->flush();
    });
    REQUIRE(failure.error);
    CHECK(failure.error->code() == ErrorCode::connection);
    CHECK(failure.error->retryable());
  }
  CHECK(fixture.claim(*target, table) != nullptr);
  CHECK(fixture.psql("select count(*) from t") == "0");
}

}  // namespace
}  // namespace planrun::test::chunk_test
