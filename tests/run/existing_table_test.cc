// Loads into tables that exist: what each mode of writing does with rows that are there, told by the target's
// own shell.
#include "support/migration.h"
#include "support/target_state.h"

namespace existing_table_test {

using namespace planrun;
using namespace planrun::test;

namespace {

// An application's table: types, defaults and an identity of its own.
std::string contacts(Kind kind) {
  if (kind == Kind::sqlite) {
    return "create table contacts (id text primary key not null, email text unique, name text not null, "
           "score integer default 5, vip boolean default 0, seen timestamp, note text default 'none');"
           "insert into contacts values ('a', 'ann@x', 'Ann', 1, 1, '2025-01-01 00:00:00', 'old'), "
           "('b', 'bob@x', 'Bob', 2, 0, null, 'old');";
  }
  return "create table contacts (id text primary key, email text unique, name text not null, score int "
         "default 5, "
         "vip boolean default false, seen timestamp, note text default 'none');"
         "insert into contacts values ('a', 'ann@x', 'Ann', 1, true, '2025-01-01 00:00:00', 'old'), "
         "('b', 'bob@x', 'Bob', 2, false, null, 'old')";
}

constexpr const char* kPeople =
    "create table people (id text primary key, email text, name text, score integer);"
    "insert into people values ('b', 'bob@x', 'Robert', 20), ('c', 'cid@x', 'Cid', 30), ('a', 'ann@x', "
    "'Ann', 1);";

std::string plan(const std::string& load) {
  return "[table.contacts]\nexists = true\n[table.contacts.load.people]\nfrom = \"s.people\"\n" + load;
}

std::string rows(const Migration& m) {
  return m.target("select id, email, name, score, note from contacts order by id");
}

void for_each_kind(const std::function<void(Kind)>& use) {
  SECTION("sqlite") {
    use(Kind::sqlite);
  }
  if (has_postgres()) {
    SECTION("postgresql") {
      use(Kind::postgresql);
    }
  }
}

}  // namespace

TEST_CASE("insert_missing leaves rows that are there as they are", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kPeople, plan("write = \"insert_missing\"\nkey = [\"id\"]\n"));
    m.target(contacts(kind));
    const auto result = m.run({"--format", "json"});
    INFO(result.err + result.out);
    REQUIRE(result.status == 0);
    CHECK(rows(m) == "a|ann@x|Ann|1|old\nb|bob@x|Bob|2|old\nc|cid@x|Cid|30|none");
    CHECK(result.out.find("\"rows_unchanged\": 2") != std::string::npos);
    CHECK(m.target("select count(*) from " + m.ledger("undo")) == "1");
    CHECK(m.run().out.find("already done") != std::string::npos);
  });
}

TEST_CASE("upsert changes the loaded columns and keeps the others", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kPeople, plan("write = \"upsert\"\nkey = [\"id\"]\n"));
    m.target(contacts(kind));
    const auto result = m.run();
    INFO(result.err + result.out);
    REQUIRE(result.status == 0);
    CHECK(rows(m) == "a|ann@x|Ann|1|old\nb|bob@x|Robert|20|old\nc|cid@x|Cid|30|none");
    CHECK(m.target("select op, count(*) from " + m.ledger("undo") + " group by op order by op") ==
          "insert|1\nsame|1\nupdate|1");
  });
}

TEST_CASE("replace puts the columns that are not loaded back to their defaults", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kPeople, plan("write = \"replace\"\nkey = [\"id\"]\n"));
    m.target(contacts(kind));
    const auto result = m.run();
    INFO(result.err + result.out);
    REQUIRE(result.status == 0);
    CHECK(rows(m) == "a|ann@x|Ann|1|none\nb|bob@x|Robert|20|none\nc|cid@x|Cid|30|none");
  });
}

TEST_CASE("inserting a row that is there is a reject, named with the target's words", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kPeople, plan("on_reject = \"keep\"\n"));
    m.target(contacts(kind));
    const auto result = m.run();
    INFO(result.err + result.out);
    REQUIRE(result.status == 0);
    CHECK(rows(m) == "a|ann@x|Ann|1|old\nb|bob@x|Bob|2|old\nc|cid@x|Cid|30|none");
    CHECK(m.target("select count(*) from " + m.ledger("reject")) == "2");
  });
}

TEST_CASE("equal rows of one key are merged, different ones are rejected, whatever the cuts", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(
        kind,
        "create table people (n integer primary key, id text, name text);"
        "insert into people values (1, 'x', 'One'), (2, 'x', 'One'), (3, 'x', 'Two'), (4, 'y', 'Why'),"
        "(5, null, 'Nobody');",
        plan("ignore = [\"n\"]\nwrite = \"insert_missing\"\nkey = [\"id\"]\non_reject = \"keep\"\n"));
    m.target(contacts(kind));
    const auto result = m.run({"--format", "json"});
    INFO(result.err + result.out);
    REQUIRE(result.status == 0);
    CHECK(m.target("select id, name from contacts where id in ('x', 'y') order by id") == "x|One\ny|Why");
    CHECK(result.out.find("\"rows_merged\": 1") != std::string::npos);
    CHECK(m.target("select key from " + m.ledger("reject") + " order by key") == "[3]\n[5]");
  });
}

TEST_CASE("what a table's own constraints would replace stays, in SQLite") {
  Migration m(Kind::sqlite,
              "create table t(id integer primary key, u text); insert into t values (1, 'a'), (2, 'b')",
              "[table.t]\nfrom = \"s.t\"\nexists = true\n");
  m.target(
      "create table t(id integer primary key, u text unique on conflict replace);"
      "insert into t values (10, 'a'), (11, 'keep')");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("UNIQUE constraint failed: t.u"));
  CHECK(m.target("select * from t") == "10|a\n11|keep");
}

TEST_CASE("a row that a trigger refuses and leaves is no reject, in SQLite") {
  Migration m(Kind::sqlite, "create table t(id integer primary key); insert into t values (1), (2), (3)",
              "[table.t]\nfrom = \"s.t\"\nexists = true\non_reject = \"keep\"\n");
  m.target(
      "create table t(id integer primary key); create trigger no_two after insert on t when new.id = 2 begin"
      " select raise(fail, 'not this one'); end");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("a trigger on the table"));
  CHECK(m.count("t") == "0");
}

TEST_CASE("updates that hand a unique value on are taken back, the last one first") {
  for_each_kind([](Kind kind) {
    Migration m(kind,
                "create table t(id integer primary key, u text); insert into t values (1, 'c'), (2, 'a')",
                "[table.t]\nfrom = \"s.t\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n");
    m.target(
        "create table t(id integer primary key, u text unique); insert into t values (1, 'a'), (2, 'b')");
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
    CHECK(m.target("select id, u from t order by id") == "1|c\n2|a");
    const ProcessResult back = run_planrun({"rollback", m.plan_file().string(), "--yes"}, m.state());
    INFO(back.out << back.err);
    CHECK(back.status == 0);
    CHECK(m.target("select id, u from t order by id") == "1|a\n2|b");
  });
}

TEST_CASE("rows that refer to a table in other letters refuse its rollback, in SQLite") {
  Migration m(Kind::sqlite, "create table t(id integer primary key); insert into t values (1), (2)",
              "[table.t]\nfrom = \"s.t\"\nexists = true\n");
  m.target("create table t(id integer primary key); create table child(x integer references T(id))");
  REQUIRE(m.run().status == 0);
  m.target("insert into child values (2)");
  const ProcessResult back = run_planrun({"rollback", m.plan_file().string(), "--yes"}, m.state());
  CHECK(back.status == 1);
  CHECK_THAT(back.err, ContainsSubstring("1 row of table child"));
  CHECK(m.count("t") == "2");
}

TEST_CASE("a table that exists: what does not fit is told before anything is written", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kPeople, plan("write = \"upsert\"\nkey = [\"name\"]\n"));
    SECTION("no such table") {
      const auto result = m.run();
      CHECK(result.status == 2);
      CHECK(result.err.find("the target has no table of that name") != std::string::npos);
    }
    SECTION("a key that is not unique") {
      m.target(contacts(kind));
      const auto result = m.run();
      CHECK(result.status == 2);
      CHECK(result.err.find("is no primary or unique key of [table.contacts]") != std::string::npos);
    }
    SECTION("a required column that the load does not fill") {
      m.write_plan(plan("ignore = [\"name\"]\nwrite = \"upsert\"\nkey = [\"id\"]\n"));
      m.target(contacts(kind));
      const auto result = m.run();
      CHECK(result.status == 2);
      CHECK(result.err.find("name") != std::string::npos);
    }
    SECTION("a table without a key") {
      m.write_plan(plan("ignore = [\"email\", \"score\"]\n"));
      m.target("create table contacts (id text, name text)");
      const auto result = m.run();
      CHECK(result.status == 2);
      CHECK(result.err.find("no key that names each of its rows") != std::string::npos);
    }
  });
}

TEST_CASE("the proof of a table of others sees a row that was changed behind the run's back", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kPeople, plan("write = \"upsert\"\nkey = [\"id\"]\n"));
    m.target(contacts(kind));
    // A trigger that spoils what is written.
    m.target(kind == Kind::sqlite ? "create trigger spoil after insert on contacts begin update contacts set "
                                    "score = score + 1 where id = "
                                    "new.id; end"
                                  : "create function spoil() returns trigger language plpgsql as $$ begin "
                                    "new.score := new.score + 1; "
                                    "return new; end $$; create trigger spoil before insert on contacts for "
                                    "each row execute function "
                                    "spoil()");
    const auto result = m.run();
    INFO(result.err + result.out);
    CHECK(result.status == 3);
  });
}

namespace {

// Ids 1 to 3 were given, and 3 has gone again: the sequence stands past the largest key.
void make_members(const Migration& m) {
  m.target(m.kind() == Kind::sqlite
               ? "create table members (id integer primary key autoincrement, email text unique not null, "
                 "name text);"
                 "insert into members (email, name) values ('a@x', 'A'), ('b@x', 'B'), ('c@x', 'C');"
                 "delete from members where email = 'c@x'"
               : "create table members (id serial primary key, email text unique not null, name text);"
                 "insert into members (email, name) values ('a@x', 'A'), ('b@x', 'B'), ('c@x', 'C');"
                 "delete from members where email = 'c@x'");
}

const char* const kMembers =
    "[table.members]\nexists = true\n[table.members.load.people]\nfrom = \"s.people\"\nwrite = \"upsert\"\n"
    "key = [\"email\"]\n";
const char* const kMemberRows =
    "create table people (email text, name text); insert into people values ('b@x', 'Bob'), ('d@x', 'D'), "
    "('e@x', 'E');";

ProcessResult roll_back(const Migration& m) {
  return run_planrun({"rollback", m.plan_file().string(), "--yes"}, m.state());
}

}  // namespace

TEST_CASE("a rollback sets the sequences back that gave the rows their keys", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kMemberRows, kMembers);
    make_members(m);
    const std::string before = target_state(m.target_url());
    const auto result = m.run();
    INFO(result.err + result.out);
    REQUIRE(result.status == 0);
    CHECK(m.target("select id, email, name from members order by id") ==
          "1|a@x|A\n2|b@x|Bob\n4|d@x|D\n5|e@x|E");
    const auto back = roll_back(m);
    INFO(back.err + back.out);
    REQUIRE(back.status == 0);
    CHECK(target_state(m.target_url()) == before);
    m.target("insert into members (email) values ('next')");
    CHECK(m.target("select id from members where email = 'next'") == "4");
  });
}

TEST_CASE("a sequence that others have gone on with stays where it is", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kMemberRows, kMembers);
    make_members(m);
    REQUIRE(m.run().status == 0);
    m.target("insert into members (email) values ('later')");
    const auto back = roll_back(m);
    INFO(back.err + back.out);
    REQUIRE(back.status == 0);
    m.target("insert into members (email) values ('next')");
    CHECK(m.target("select id, email from members order by id") == "1|a@x\n2|b@x\n6|later\n7|next");
  });
}

}  // namespace existing_table_test
