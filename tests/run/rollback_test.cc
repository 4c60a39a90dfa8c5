// A run taken back leaves the target as it was, whatever became of the run; what others have made since is
// named, and not touched.
#include <chrono>
#include <csignal>
#include <thread>

#include "support/migration.h"
#include "support/target_state.h"

namespace rollback_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table orders(id integer primary key autoincrement, customer text, total text);"
    "with recursive i(x) as (select 1 union all select x+1 from i where x<300)"
    " insert into orders select x, 'customer ' || x, x || '.50' from i;"
    "create table items(id integer primary key, order_id int, sku text);"
    "with recursive i(x) as (select 1 union all select x+1 from i where x<900)"
    " insert into items select x, x % 300 + 1, 'sku' || x from i;"
    "create table empty_one(id integer primary key, v text);";

// `after` keeps the two tables in transactions of their own.
const std::string kTables =
    "[table.orders]\nfrom = \"s.orders\"\n[table.orders.columns]\nid = \"serial primary key\"\n"
    "customer = \"varchar(50) not null unique\"\ntotal = \"numeric(12,2)\"\n"
    "[table.items]\nfrom = \"s.items\"\nafter = [\"orders\"]\n[table.items.columns]\nid = \"bigint primary "
    "key\"\n"
    "order_id = \"integer references orders (id)\"\nsku = \"text\"\n[table.items.index]\nitems_sku = "
    "\"(sku)\"\n"
    "[table.empty_one]\nfrom = \"s.empty_one\"\n";

/// What stood in the target before: a table with a sequence of its own, and a view.
void make_others(const Migration& m) {
  const std::string id =
      m.kind() == Kind::sqlite ? "integer primary key autoincrement" : "serial primary key";
  m.target("create table others(id " + id + ", v text); insert into others(v) values ('a'), ('b');" +
           "create view seen as select v from others");
}

struct Taken {
  explicit Taken(Kind kind, const std::string& tables = kTables, const std::string& keys = "")
      : m(kind, kSource, tables, keys) {}
  ProcessResult rollback(const std::vector<std::string>& more = {}) { return m.rollback(more); }
  std::string state() const { return target_state(m.target_url()); }
  std::string run_states() const {
    return m.target("select state from " + m.ledger("run") + " order by started_at");
  }
  Migration m;
};

void check_passed(Kind kind, bool with_others) {
  Taken t(kind);
  if (with_others) make_others(t.m);
  const std::string before = t.state();
  const ProcessResult ran = t.m.run();
  INFO(ran.out << ran.err);
  REQUIRE(ran.status == 0);
  REQUIRE(t.state() != before);
  const ProcessResult r = t.rollback();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("rolled back"));
  CHECK_THAT(r.out, ContainsSubstring("900"));
  CHECK(t.state() == before);
  CHECK(t.run_states() == "rolled_back");
  CHECK(t.m.target("select count(*) from " + t.m.ledger("step") + " where state <> 'undone'") == "0");

  const ProcessResult again = t.rollback();
  CHECK(again.status == 0);
  CHECK_THAT(again.out, ContainsSubstring("already rolled back"));
  REQUIRE(t.m.run().status == 0);
  CHECK(t.m.count("items") == "900");
  CHECK(t.run_states() == "rolled_back\npassed");
}

void check_failed(Kind kind) {
  Taken t(kind);
  run_process({"sqlite3", t.m.source_file().string(), "update items set order_id = 'x' where id = 700"});
  make_others(t.m);
  const std::string before = t.state();
  REQUIRE(t.m.run().status == 1);
  REQUIRE(t.m.count("orders") == "300");
  const ProcessResult r = t.rollback();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(t.state() == before);
}

/// As a stranger says it: where a role is called like the ledger's schema, that one is its first.
void say(const Migration& m, const std::string& sql) {
  m.target((m.kind() == Kind::postgresql ? "set search_path = public; " : "") + sql);
}

/// Refused with `words`, nothing changed; and gone with --discard-later.
void check_refused(Kind kind, const std::string& sql, const std::vector<std::string>& words,
                   const std::string& clean_up = "") {
  Taken t(kind);
  const std::string before = t.state();
  REQUIRE(t.m.run().status == 0);
  say(t.m, sql);
  const std::string changed = t.state();
  const ProcessResult r = t.rollback();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  for (const auto& word : words) CHECK_THAT(r.err, ContainsSubstring(word));
  CHECK_THAT(r.err, ContainsSubstring("--discard-later"));
  CHECK(t.state() == changed);
  CHECK(t.run_states() == "passed");
  const ProcessResult discarded = t.rollback({"--discard-later"});
  INFO(discarded.out << discarded.err);
  CHECK(discarded.status == 0);
  if (!clean_up.empty()) say(t.m, clean_up);
  CHECK(t.state() == before);
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kBoth = {Kind::sqlite, Kind::postgresql};
  return kBoth;
}

void check_all_refusals(Kind kind) {
  SECTION("a row more") {
    check_refused(kind, "insert into items values (5001, 1, 'mine')",
                  {"table items", "901 rows found, 900 written", "id 5001"});
  }
  SECTION("a changed row") {
    check_refused(kind, "update orders set total = 1 where id = 17",
                  {"table orders", "300 rows found, 300 written", "id 17"});
  }
  SECTION("a row in a table that was empty") {
    check_refused(kind, "insert into empty_one values (1, 'a')", {"table empty_one", "1 rows found"});
  }
  SECTION("a view on a view") {
    check_refused(kind, "create view big as select * from orders; create view bigger as select * from big",
                  {"table orders: view big"});
  }
  SECTION("a foreign key") {
    check_refused(kind, "create table returns(id integer, item bigint references items (id))",
                  {"table items", "table returns"}, "drop table returns");
  }
  SECTION("a column") {
    check_refused(kind, "alter table orders add column note text", {"table orders: column note"});
  }
}

}  // namespace

TEST_CASE("rollback: a passed run, from SQLite", "[rollback]") {
  check_passed(Kind::sqlite, GENERATE(false, true));
}
TEST_CASE("rollback: a passed run, from PostgreSQL", "[rollback][postgres]") {
  check_passed(Kind::postgresql, GENERATE(false, true));
}
TEST_CASE("rollback: a failed run, from SQLite", "[rollback]") {
  check_failed(Kind::sqlite);
}
TEST_CASE("rollback: a failed run, from PostgreSQL", "[rollback][postgres]") {
  check_failed(Kind::postgresql);
}
TEST_CASE("rollback: what others have made since refuses by name, in SQLite", "[rollback]") {
  check_all_refusals(Kind::sqlite);
}
TEST_CASE("rollback: what others have made since refuses by name, in PostgreSQL", "[rollback][postgres]") {
  check_all_refusals(Kind::postgresql);
}

TEST_CASE("rollback: a value of another form is a change of others, which can be dropped", "[rollback]") {
  Migration m(Kind::sqlite,
              "create table t(id integer primary key, at text); insert into t values (1, '2025-01-01')",
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nat = \"date\"\n");
  REQUIRE(m.run().status == 0);
  m.target("update t set at = 'soon'");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("others have changed") && ContainsSubstring("'soon'") &&
                              ContainsSubstring("--discard-later"));
  CHECK(m.count("t") == "1");
  const ProcessResult dropped = m.rollback({"--discard-later"});
  INFO(dropped.out << dropped.err);
  CHECK(dropped.status == 0);
  CHECK(m.target("select count(*) from sqlite_schema where name = 't'") == "0");
}

TEST_CASE("a table called as the whole database is analyzed alone, in SQLite") {
  Migration m(Kind::sqlite, "create table main(id integer primary key); insert into main values (1)",
              "[table.main]\nfrom = \"s.main\"\n");
  m.target(
      "create table others(id integer primary key, v); create index of_v on others(v);"
      "insert into others values (1, 2)");
  REQUIRE(m.run().status == 0);
  CHECK(m.target("select count(*) from sqlite_stat1 where tbl = 'others'") == "0");
}

TEST_CASE("rollback asks, and only on a terminal", "[rollback]") {
  Taken t(Kind::sqlite);
  REQUIRE(t.m.run().status == 0);
  const std::string before = t.state();
  const ProcessResult r = run_planrun({"rollback", t.m.plan_file().string()}, t.m.state());
  CHECK(r.status == 2);
  CHECK_THAT(r.err, ContainsSubstring("--yes"));
  CHECK(t.state() == before);
  const std::string command = std::string(PLANRUN_BINARY) + " rollback " + t.m.plan_file().string();
  const std::map<std::string, std::string> home = {{"XDG_STATE_HOME", t.m.state().string()}};
  const ProcessResult no = run_process({"script", "-qec", command, "/dev/null"}, home, "n\n");
  CHECK(no.status == 1);
  CHECK_THAT(no.out, ContainsSubstring("1,200 rows"));
  CHECK(t.state() == before);
  const ProcessResult yes = run_process({"script", "-qec", command, "/dev/null"}, home, "y\n");
  CHECK(yes.status == 0);
  CHECK(t.run_states() == "rolled_back");
}

TEST_CASE("rollback: which run", "[rollback]") {
  Taken t(Kind::sqlite);
  const ProcessResult none = t.rollback();
  CHECK(none.status == 1);
  CHECK_THAT(none.err, ContainsSubstring("no run of plan test"));
  REQUIRE(t.m.run().status == 0);
  const ProcessResult wrong = t.rollback({"--run", "20000101T000000Z-0000"});
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("no run 20000101T000000Z-0000"));
  const std::string first = t.m.target("select id from planrun_run");
  REQUIRE(t.rollback({"--run", first}).status == 0);
  REQUIRE(t.m.run().status == 0);
  const ProcessResult again = t.rollback({"--run", first, "--format", "json"});
  CHECK(again.status == 0);
  CHECK_THAT(again.out, ContainsSubstring("\"verdict\": \"already rolled back\""));
  CHECK(t.run_states() == "rolled_back\npassed");
}

TEST_CASE("rollback goes by the ledger's plan, whatever the file says now", "[rollback]") {
  Taken t(Kind::sqlite);
  const std::string before = t.state();
  REQUIRE(t.m.run().status == 0);
  t.m.write_plan("[table.orders]\nfrom = \"s.orders\"\n");
  CHECK(t.rollback().status == 0);
  CHECK(t.state() == before);
}

TEST_CASE("rollback: a plan that is under work is in nobody's way", "[rollback]") {
  Taken t(Kind::sqlite);
  const std::string before = t.state();
  REQUIRE(t.m.run().status == 0);
  const std::string plan = read_file(t.m.plan_file());
  write_file(t.m.plan_file(), plan + "[table.orders\n");
  CHECK(t.rollback().status == 2);  // no TOML: nothing is known of it
  write_file(t.m.plan_file(), plan + "[target.t.schemas]\n");
  CHECK(t.rollback().status == 2);  // not known where
  CHECK(t.run_states() == "passed");
  write_file(t.m.plan_file(),
             plan + "[source.later]\nurl = \"sqlite:${NOT_SET_ANYWHERE}\"\n[table.new]\nform = \"s.x\"\n");
  const ProcessResult r = t.rollback();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring("NOT_SET_ANYWHERE"));
  CHECK_THAT(r.err, ContainsSubstring("goes by the ledger of its target"));
  CHECK(t.state() == before);
}

TEST_CASE("a table that somebody has dropped is no obstacle", "[rollback][postgres]") {
  for (const Kind kind : kinds()) {
    Taken t(kind);
    const std::string before = t.state();
    REQUIRE(t.m.run().status == 0);
    say(t.m, "drop table items");
    const ProcessResult r = t.rollback();
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    CHECK_THAT(r.out, ContainsSubstring("was gone before"));
    CHECK(t.state() == before);
  }
}

TEST_CASE("a run waits for the end of a rollback", "[rollback][postgres]") {
  for (const Kind kind : kinds()) {
    Taken t(kind);
    REQUIRE(t.m.run().status == 0);
    t.m.target("update " + t.m.ledger("run") + " set state = 'rolling_back'");
    for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--dry-run"}}) {
      const ProcessResult r = t.m.run(how);
      CHECK(r.status == 1);
      CHECK_THAT(r.out + r.err, ContainsSubstring("is being taken back"));
    }
    const ProcessResult verified = run_planrun({"verify", t.m.plan_file().string()}, t.m.state());
    CHECK(verified.status == 1);
    CHECK_THAT(verified.err, ContainsSubstring("planrun rollback goes on with it"));
    CHECK(t.rollback().status == 0);
    CHECK(t.m.run().status == 0);
  }
}

TEST_CASE(
    "a rollback that was killed before it took anything back, and is refused then, leaves the run as it was",
    "[rollback][postgres]") {
  for (const Kind kind : kinds()) {
    Taken t(kind);
    REQUIRE(t.m.run().status == 0);
    t.m.target("update " + t.m.ledger("run") + " set state = 'rolling_back'");
    say(t.m, "update orders set total = 1 where id = 17");
    CHECK(t.rollback().status == 1);
    CHECK(t.run_states() == "passed");
  }
}

TEST_CASE("rollback: whoever is at work on the file is in the way", "[rollback]") {
  Taken t(Kind::sqlite);
  REQUIRE(t.m.run().status == 0);
  const std::string before = t.state();
  const ProcessResult r = run_process(
      {"flock", t.m.target_file().string(), PLANRUN_BINARY, "rollback", t.m.plan_file().string(), "--yes"},
      {{"XDG_STATE_HOME", t.m.state().string()}});
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("is at work on " + t.m.target_file().string()));
  CHECK(t.state() == before);
}

TEST_CASE("rollback waits for readers and writers, and sees what these have written",
          "[rollback][slow][postgres]") {
  Taken t(Kind::postgresql);
  REQUIRE(t.m.run().status == 0);
  const auto meanwhile = [&](const std::string& sql) {
    return std::thread([&t, sql] { say(t.m, "begin; " + sql + "; select pg_sleep(5); commit"); });
  };
  std::thread writer = meanwhile("insert into items values (5001, 1, 'mine')");
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const ProcessResult refused = t.rollback();
  writer.join();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("901 rows found, 900 written by the run: id 5001"));
  say(t.m, "delete from items where id = 5001");

  std::thread reader = meanwhile("select count(*) from items");
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const ProcessResult done = t.rollback();
  reader.join();
  INFO(done.out << done.err);
  CHECK(done.status == 0);
}

namespace {

/// Tables with an index, of which every tenth refers to the one before.
std::string many_tables(int count) {
  std::string tables;
  for (int i = 1; i <= count; ++i) {
    const std::string name = "m" + std::to_string(i);
    const std::string parent = i % 10 == 0 ? " references m" + std::to_string(i - 1) + " (id)" : "";
    tables += "[table." + name + "]\nfrom = \"s.orders\"\n[table." + name +
              ".columns]\nid = \"bigint primary key" + parent +
              "\"\ncustomer = \"text\"\ntotal = \"text\"\n[table." + name + ".index]\n" + name +
              "_customer = \"(customer)\"\n";
  }
  return tables;
}

}  // namespace

TEST_CASE("a run of more tables than one transaction can lock is taken back piece by piece",
          "[rollback][slow][postgres]") {
  Taken t(Kind::postgresql, many_tables(450));
  make_others(t.m);
  const std::string before = t.state();
  const ProcessResult ran = t.m.run();
  INFO(ran.out << ran.err);
  REQUIRE(ran.status == 0);
  const std::string made = t.state();

  // The first table is the last to go: nothing has gone before it was looked at.
  say(t.m, "update m1 set customer = 'mine' where id = 7; create view on_it as select * from m450");
  const std::string changed = t.state();
  const ProcessResult refused = t.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err,
             ContainsSubstring("nothing was dropped") &&
                 ContainsSubstring("table m1: 300 rows found, 300 written by the run, but not all") &&
                 ContainsSubstring("table m450: view on_it"));
  CHECK(t.state() == changed);
  CHECK(t.run_states() == "passed");
  say(t.m, "update m1 set customer = 'customer 7' where id = 7; drop view on_it");
  REQUIRE(t.state() == made);

  const auto roll_back = [&](const std::string& setting, const std::string& value) {
    return run_planrun({"rollback", t.m.plan_file().string(), "--yes"}, t.m.state(),
                       {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {setting, value}});
  };
  const std::string file = (t.m.state().parent_path() / "points").string();
  REQUIRE(roll_back("PLANRUN_KILL_COUNT_FILE", file).status == 0);
  CHECK(t.state() == before);
  REQUIRE(t.m.run().status == 0);
  // The last commits are those of the second piece, of the third, and of the ledger's `rolled_back`.
  const std::string points = read_file(file);
  std::size_t point = std::string::npos;
  for (int i = 0; i < 3; ++i) point = points.rfind('a', point) - 1;
  const ProcessResult killed = roll_back("PLANRUN_KILL_AT", std::to_string(point + 2));
  INFO("killed at point " << point + 2 << " of " << points << "\n" << killed.out << killed.err);
  REQUIRE(killed.status == -SIGKILL);
  CHECK(t.m.target("select state from " + t.m.ledger("run") + " order by started_at desc limit 1") ==
        "rolling_back");
  const std::string left =
      t.m.target("select count(*) from pg_class where relkind = 'r' and relname ~ '^m[0-9]+$'");
  CHECK(left != "0");
  CHECK(left != "450");
  // What is changed now finds some tables gone, and says so.
  say(t.m, "update m1 set customer = 'mine' where id = 7");
  const ProcessResult stuck = t.rollback();
  CHECK(stuck.status == 1);
  CHECK_THAT(stuck.err, ContainsSubstring("is taken back in part, and the rest stands"));
  CHECK(t.m.target("select count(*) from pg_class where relkind = 'r' and relname ~ '^m[0-9]+$'") == left);
  say(t.m, "update m1 set customer = 'customer 7' where id = 7");
  const ProcessResult r = t.rollback();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(t.state() == before);
  CHECK(t.run_states() == "rolled_back\nrolled_back");
}

}  // namespace rollback_test
