// What a plan's `[[sql]]` has made looks like what strangers make: a rollback tells them apart.
#include "support/migration.h"
#include "support/target_state.h"

namespace rollback_objects_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table orders(id integer primary key, total int); insert into orders values (1, 10), (2, 20);"
    "create table log(id integer primary key, what text);";

const std::string kTables =
    "[table.orders]\nfrom = \"s.orders\"\n[table.log]\nfrom = \"s.log\"\n"
    "[view.large]\nsql = \"select id from orders where total > 10\"\n";

// Hung on the tables after the rows: a column and an index of theirs, a table that refers to one, views.
const std::string kObjects = R"toml(
[[sql]]
name = "more"
at   = "after_load"
sql  = "alter table orders add column note text; create index of_note on orders (note); update orders set total = total"
undo = "drop index of_note; alter table orders drop column note"
[[sql]]
name = "tables"
at   = "after_load"
sql  = "create table returns(id integer, order_id bigint references orders (id))"
undo = "drop table returns"
[[sql]]
name = "views"
at   = "end"
sql  = "create view latest as select max(id) as id from orders; create view joined as select latest.id, log.what from latest, log"
undo = "drop view joined; drop view latest"
)toml";

struct Run {
  explicit Run(Kind kind, const std::string& plan = kTables + kObjects) : m(kind, kSource, plan) {
    m.target("create table others(id integer)");
    before = state();
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
  }
  /// As a stranger says it: where a role is called like the ledger's schema, that one is its first.
  void say(const std::string& sql) const {
    m.target((m.kind() == Kind::postgresql ? "set search_path = public; " : "") + sql);
  }
  std::string state() const { return target_state(m.target_url()); }
  /// Refused, with nothing changed; what it says.
  std::string refusal() {
    const std::string made = state();
    const ProcessResult r = m.rollback();
    CHECK(r.status == 1);
    CHECK(state() == made);
    CHECK(m.target("select state from " + m.ledger("run")) == "passed");
    return r.err;
  }
  /// Taken back all the same; what it says.
  std::string discard() {
    const ProcessResult r = m.rollback({"--discard-later"});
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    return r.err;
  }
  Migration m;
  std::string before;
};

void check_taken_back(Kind kind) {
  Run run(kind);
  const ProcessResult r = run.m.rollback();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(run.state() == run.before);
}

void check_strangers(Kind kind) {
  Run run(kind);
  run.say("create view theirs as select count(*) as n from orders; create index mine on orders (total)");
  const std::string refused = run.refusal();
  INFO(refused);
  CHECK_THAT(refused,
             ContainsSubstring("table orders: view theirs") && ContainsSubstring("table orders: index mine"));
  for (const char* own : {"latest", "joined", "note", "returns", "large"})
    CHECK_THAT(refused, !ContainsSubstring(own));
  const std::string discarded = run.discard();
  INFO(discarded);
  CHECK_THAT(discarded, ContainsSubstring("discarded: table orders: view theirs"));
  for (const char* own : {"latest", "joined", "note", "returns", "large"})
    CHECK_THAT(discarded, !ContainsSubstring(own));
  CHECK(run.state() == run.before);
}

}  // namespace

TEST_CASE("rollback: what `[[sql]]` hung on the tables goes by its `undo`, in SQLite", "[rollback]") {
  check_taken_back(Kind::sqlite);
}
TEST_CASE("rollback: what `[[sql]]` hung on the tables goes by its `undo`, in PostgreSQL",
          "[rollback][postgres]") {
  check_taken_back(Kind::postgresql);
}
TEST_CASE("rollback: beside what `[[sql]]` made, what strangers made is named alone, in SQLite",
          "[rollback]") {
  check_strangers(Kind::sqlite);
}
TEST_CASE("rollback: beside what `[[sql]]` made, what strangers made is named alone, in PostgreSQL",
          "[rollback][postgres]") {
  check_strangers(Kind::postgresql);
}

// The rows are named by reading source and target again, beside the rollback's own transaction.
TEST_CASE("rollback: beside what `[[sql]]` made, a changed row is named", "[rollback][postgres]") {
  Run run(GENERATE(Kind::sqlite, Kind::postgresql));
  run.say("update orders set total = 11 where id = 1");
  CHECK_THAT(run.refusal(),
             ContainsSubstring("table orders: 2 rows found, 2 written by the run, but not all with "
                               "what the run wrote: id 1"));
  CHECK_THAT(run.discard(), ContainsSubstring("discarded: table orders: 2 rows found"));
  CHECK(run.state() == run.before);
}

TEST_CASE("rollback: an `undo` that fails takes nothing back, and is named", "[rollback][postgres]") {
  Run run(Kind::postgresql);
  run.say("create view theirs as select * from latest");
  const std::string refused = run.refusal();
  INFO(refused);
  CHECK_THAT(refused, ContainsSubstring("cannot be undone first") &&
                          ContainsSubstring("view theirs depends on view latest"));
}

TEST_CASE("rollback: a view that others have made of the plan's view is named", "[rollback][postgres]") {
  Run run(Kind::postgresql, kTables);
  run.say("create view theirs as select * from large");
  const std::string refused = run.refusal();
  INFO(refused);
  CHECK_THAT(refused, ContainsSubstring("view large: view theirs") && !ContainsSubstring("table orders"));
  run.discard();
  CHECK(run.state() == run.before);
}

TEST_CASE("rollback: what goes with a table without a word of the server's is named",
          "[rollback][postgres]") {
  Run run(Kind::postgresql, kTables);
  run.say(
      "create index mine on orders (total); alter table orders add constraint positive check (total > 0);"
      "alter table orders add unique (total);"
      "create rule quiet as on delete to orders do instead nothing;"
      "create policy small on orders using (total > 5);"
      "create statistics both_columns on id, total from orders; create publication feed for table orders;"
      "create table theirs(id bigint default nextval('log_id_seq'))");
  const std::string refused = run.refusal();
  INFO(refused);
  for (const char* what : {"index mine", "constraint positive", "constraint orders_total_key", "rule quiet",
                           "policy small", "statistics object both_columns", "publication"})
    CHECK_THAT(refused, ContainsSubstring(std::string("table orders: ") + what));
  CHECK_THAT(refused, ContainsSubstring("table log: default value for column id of table theirs"));
  CHECK_THAT(refused, !ContainsSubstring("pkey"));
  run.discard();
  run.say("drop table theirs; drop publication feed");
  CHECK(run.state() == run.before);
}

TEST_CASE("rollback: a trigger of another table that writes into one of the run is named", "[rollback]") {
  const std::string into = GENERATE("insert into log(what)", "replace into log(what)");
  Run run(Kind::sqlite, kTables);
  run.say("create trigger noting after insert on others begin " + into + " values (new.id); end");
  CHECK_THAT(run.refusal(), ContainsSubstring("table log: trigger noting of table others"));
  CHECK_THAT(run.discard(), ContainsSubstring("trigger noting"));
  run.say("insert into others values (1)");
}

TEST_CASE("rollback: a view of two tables is dropped once", "[rollback]") {
  Run run(Kind::sqlite, kTables);
  run.say("create view theirs as select orders.id from orders, log");
  run.refusal();
  run.discard();
  CHECK(run.state() == run.before);
}

}  // namespace rollback_objects_test
