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
    CHECK(m.target("select op, count(*) from " + m.ledger("undo") + " group by op order by op") ==
          "insert|1\nleft|2");
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

TEST_CASE("a column without a type takes values as what the plan says they are, in SQLite") {
  const std::string plan = "[table.t]\nfrom = \"s.t\"\nexists = true\nwrite = \"upsert\"\nkey = [\"k\"]\n";
  Migration m(Kind::sqlite, "create table t(k integer primary key, v); insert into t values (5, 1), (6, 2)",
              plan);
  m.target("create table t(k primary key not null, v, more); insert into t values (5, 9, 'kept')");
  const ProcessResult refused = m.run();
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("gives no type to k, v:") && !ContainsSubstring("more") &&
                              ContainsSubstring("`k = \"bigint\"`"));
  m.write_plan(plan + "[table.t.columns]\nk = \"bigint\"\nv = \"bigint\"\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(m.target("select k, typeof(k), v, typeof(v), more from t order by k") ==
        "5|integer|1|integer|kept\n6|integer|2|integer|");
}

TEST_CASE("a plan drafted for a table without types says what its values are, in SQLite") {
  const TempFolder folder;
  const std::string source = folder / "s.db";
  const std::string target = folder / "t.db";
  const std::string plan = folder / "plan.toml";
  sqlite3(source,
          "create table t(id integer primary key, n, w, x);"
          "insert into t values (1, 5, 'a', 1.5), (2, 6, 'b', 2.5)");
  sqlite3(target, "create table t(id integer primary key, n, w, x)");
  const auto planrun = [&](const std::vector<std::string>& arguments) {
    const ProcessResult r = run_planrun(arguments, folder / "state");
    INFO(r.out << r.err);
    CHECK(r.status == 0);
  };
  planrun({"init", source, "--target", "sqlite:" + target, "--data-only", "-o", plan});
  INFO(read_file(plan));
  planrun({plan});
  const std::string all = "select *, typeof(n), typeof(w) from t order by id";
  CHECK(sqlite3(target, all) == sqlite3(source, all));
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
    const ProcessResult back = m.rollback();
    INFO(back.out << back.err);
    CHECK(back.status == 0);
    CHECK(m.target("select id, u from t order by id") == "1|a\n2|b");
  });
}

TEST_CASE("a value that rows of others refer to is not changed under them, in SQLite") {
  Migration m(Kind::sqlite,
              "create table users(id integer primary key, code text, boss text); insert into users values "
              "(1, 'a2', 'a2'), (2, 'b2', null), (3, 'c', 'b'), (4, 'D', 'D')",
              "[table.users]\nfrom = \"s.users\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n"
              "on_reject = \"keep\"\n");
  m.target(
      "create table users(id integer primary key, code text unique collate nocase, boss text references "
      "Users(CODE));"
      "create table orders(id integer primary key, code text, foreign key (code) references users(code));"
      "insert into users values (1, 'a', 'a'), (2, 'b', null), (3, 'c', 'c'), (4, 'd', 'd');"
      "insert into orders values (1, 'B'), (2, 'd')");
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  // Nobody but itself refers to the first; the fourth's is the same in its collation.
  CHECK(m.target("select * from users") == "1|a2|a2\n2|b|\n3|c|b\n4|D|D");
  CHECK(m.target("pragma foreign_key_check").empty());
  CHECK(m.target("select key, reason from planrun_reject") ==
        "[2]|FOREIGN KEY constraint failed: rows of orders (code) refer to the value that would change");
  REQUIRE(m.rollback().status == 0);
  CHECK(target_state(m.target_url()) == before);
}

TEST_CASE("a key that is found in other letters takes those of the source, and gives them back, in SQLite") {
  Migration m(Kind::sqlite,
              "create table people(email text, name text); insert into people values ('Bob@x', 'Bob'), "
              "('eve@x', 'Eve'), ('EVE@x', 'Other')",
              "[table.people]\nfrom = \"s.people\"\nexists = true\nwrite = \"upsert\"\nkey = "
              "[\"email\"]\non_reject = \"keep\"\n");
  m.target(
      "create table people(email text primary key collate nocase, name text);"
      "insert into people values ('BOB@X', 'Robert'), ('eve@x', 'Eve')");
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(m.target("select * from people order by email") == "Bob@x|Bob\neve@x|Eve");
  CHECK(m.target("select key from planrun_reject") == "[3]");
  REQUIRE(m.rollback().status == 0);
  CHECK(target_state(m.target_url()) == before);
}

TEST_CASE(
    "a key that is found in other letters takes those of the source, and gives them back, in PostgreSQL",
    "[postgres]") {
  Migration m(Kind::postgresql,
              "create table people(email text, name text); insert into people values ('Bob@x', 'Bob'), "
              "('eve@x', 'Eve');"
              "create table sums(x real, name text); insert into sums values (0.0, 'zero');",
              "[table.people]\nfrom = \"s.people\"\nexists = true\nwrite = \"upsert\"\nkey = [\"email\"]\n"
              "[table.sums]\nfrom = \"s.sums\"\nexists = true\nwrite = \"replace\"\nkey = [\"x\"]\n");
  m.target("create collation anyhow (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  m.target("create table people(email text collate anyhow primary key, name text)");
  m.target("insert into people values ('BOB@X', 'Robert'), ('eve@x', 'Eve')");
  m.target("create table sums(x float8 primary key, name text)");
  m.target("insert into sums values ('-0', 'minus')");
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(m.target("select * from people order by email") == "Bob@x|Bob\neve@x|Eve");
  CHECK(m.target("select * from sums") == "0|zero");
  CHECK(run_planrun({"verify", m.plan_file().string()}, m.state()).status == 0);
  REQUIRE(m.rollback().status == 0);
  CHECK(m.target("select * from people order by email") == "BOB@X|Robert\neve@x|Eve");
  CHECK(m.target("select * from sums") == "-0|minus");
  CHECK(target_state(m.target_url()) == before);
}

// What the preview says of a table that exists against what the run does.
TEST_CASE(
    "the preview of a table that exists: keys to tables beside the plan, nulls in the key, orphans that are "
    "kept",
    "[postgres]") {
  for_each_kind([](Kind kind) {
    const std::string columns =
        "[table.d.columns]\nid = { from = \"id\" }\ncid = { from = \"cid\" }\npid = { from = "
        "\"pid\" }\n";
    const std::string table = "[table.d]\nfrom = \"s.d\"\nexists = true\nwrite = \"upsert\"\n";
    Migration m(
        kind,
        "create table d(id integer primary key, cid int, pid int); insert into d values (1, 1, null), (2, 1, "
        "999), (3, 1, 1);",
        table + "key = [\"id\"]\non_reject = \"keep\"\n" + columns);
    m.target("create table c(id integer primary key)");
    m.target("insert into c values (1)");
    const std::string id = kind == Kind::sqlite ? "integer" : "integer generated by default as identity";
    m.target("create table d(id " + id +
             " primary key, cid integer references c(id), pid integer references d(id), "
             "unique (cid, pid))");
    const ProcessResult kept = m.dry_run();
    INFO(kept.out << kept.err);
    CHECK(kept.status == 0);
    CHECK_THAT(kept.out,
               ContainsSubstring("table c is not in the plan") && ContainsSubstring("no row of d for pid"));
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    CHECK_THAT(r.out, ContainsSubstring("passed, 1 rejected"));
    REQUIRE(m.rollback().status == 0);
    m.write_plan(table + "key = [\"cid\", \"pid\"]\nignore = [\"id\"]\n" +
                 columns.substr(0, columns.find("id = ")) + columns.substr(columns.find("cid = ")));
    const ProcessResult nulls = m.dry_run();
    INFO(nulls.out << nulls.err);
    CHECK(nulls.status == 1);
    CHECK_THAT(nulls.out, ContainsSubstring("cid, pid (`key`) is null"));
    CHECK(m.run().status == 1);
  });
}

TEST_CASE("a table of 1,900 columns is written into and taken back, in SQLite", "[long]") {
  std::string columns = "id integer primary key";
  std::string values = "1";
  for (int i = 1; i < 1900; ++i) {
    columns += ", c" + std::to_string(i) + " text";
    values += ", " + std::to_string(i);
  }
  const std::string table = "create table wide (" + columns + ");";
  Migration m(Kind::sqlite, table + "insert into wide values (" + values + ")",
              "[table.wide]\nfrom = \"s.wide\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n");
  m.target(table + "insert into wide (id, c7) values (1, 'seven')");
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select c1, c7, c1899 from wide") == "1|7|1899");
  REQUIRE(m.rollback().status == 0);
  CHECK(target_state(m.target_url()) == before);
}

TEST_CASE("a table whose rows nothing names is refused before anything is written, in SQLite") {
  const std::string table = "create table t(rowid text, _rowid_ text, oid text unique not null);";
  const std::string source = table + "insert into t values ('a', 'b', 'c')";
  SECTION("one that is there") {
    Migration m(Kind::sqlite, source, "[table.t]\nfrom = \"s.t\"\nexists = true\n");
    m.target(table);
    const ProcessResult r = m.run();
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("table t of") && ContainsSubstring("rename a column"));
    CHECK(m.count("t") == "0");
  }
  SECTION("one that the plan makes") {
    Migration m(Kind::sqlite, source, "[table.t]\nfrom = \"s.t\"\n");
    const ProcessResult r = m.run();
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("columns rowid, _rowid_ and oid"));
    CHECK_FALSE(std::filesystem::exists(m.target_file()));
  }
}

TEST_CASE("rows that refer to a table in other letters refuse its rollback, in SQLite") {
  Migration m(Kind::sqlite, "create table t(id integer primary key); insert into t values (1), (2)",
              "[table.t]\nfrom = \"s.t\"\nexists = true\n");
  m.target("create table t(id integer primary key); create table child(x integer references T(id))");
  REQUIRE(m.run().status == 0);
  m.target("insert into child values (2)");
  const ProcessResult back = m.rollback();
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
    const auto back = m.rollback();
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
    const auto back = m.rollback();
    INFO(back.err + back.out);
    REQUIRE(back.status == 0);
    m.target("insert into members (email) values ('next')");
    CHECK(m.target("select id, email from members order by id") == "1|a@x\n2|b@x\n6|later\n7|next");
  });
}

}  // namespace existing_table_test
