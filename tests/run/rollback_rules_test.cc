// Rules of others make something else of an UPDATE or a DELETE: a rollback is not misled by them.
#include "support/migration.h"

namespace rollback_rules_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table d(id integer primary key, nm text); insert into d values (1, 'new1'), "
    "(2, 'new2'), (3, 'new3')";

std::string plan(const std::string& write) {
  return "[table.d]\nfrom = \"s.d\"\nexists = true\nwrite = \"" + write + "\"\nkey = [\"id\"]\n";
}

void check_rule(const std::string& rule) {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  m.target("create table d(id bigint primary key, nm text); insert into d values (1, 'old1'), (2, 'old2')");
  REQUIRE(m.run().status == 0);
  m.target("create rule mine as " + rule);
  const ProcessResult rollback = m.rollback();
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK(m.target("select id, nm from d order by id") == "1|old1\n2|old2");
  CHECK(m.target("select ev_enabled from pg_rewrite where rulename = 'mine'") == "O");
}

}  // namespace

TEST_CASE("rollback: a rule that keeps a row as it is keeps none of the run's values", "[postgres]") {
  check_rule("on update to d do instead nothing");
}
TEST_CASE("rollback: a rule that keeps rows from being deleted keeps none of the run's", "[postgres]") {
  check_rule("on delete to d do instead update d set nm = 'gone' where id = old.id");
}

TEST_CASE("rollback: a row-level policy that hides rows leaves none behind unsaid", "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  m.target("create table d(id bigint primary key, nm text); insert into d values (1, 'old1')");
  REQUIRE(m.run().status == 0);
  m.target(
      "alter table d enable row level security, force row level security;"
      "create policy mine on d using (id < 3)");
  const ProcessResult hidden = m.rollback();
  CHECK(hidden.status == 1);
  CHECK_THAT(hidden.out + hidden.err, ContainsSubstring("row-level security policy"));
  m.target("alter table d disable row level security");
  CHECK(m.count("d") == "3");
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select id, nm from d") == "1|old1");
}

TEST_CASE("rollback: rows that a trigger of a partition keeps are not said to be gone", "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  m.target(
      "create table d(id bigint primary key, nm text) partition by range (id);"
      "create table low partition of d for values from (0) to (100); insert into d values (1, 'old1');"
      "create function keep() returns trigger language plpgsql as 'begin return null; end'");
  REQUIRE(m.run().status == 0);
  m.target("create trigger keep before delete on low for each row execute function keep()");
  const ProcessResult kept = m.rollback();
  CHECK(kept.status == 1);
  CHECK_THAT(kept.out + kept.err, ContainsSubstring("2 rows that the run inserted would stay, and 0 rows"));
  CHECK(m.target("select string_agg(nm, ',' order by id) from d") == "new1,new2,new3");
  m.target(
      "drop trigger keep on low; create trigger keep before update on low for each row execute function "
      "keep()");
  CHECK_THAT(m.rollback().err, ContainsSubstring("1 row that it changed would not be as before"));
  m.target("drop trigger keep on low");
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select id, nm from d") == "1|old1");
}

TEST_CASE("row-level security that would hide rows from a run refuses it", "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  m.target(
      "create table d(id bigint primary key, nm text); alter table d enable row level security, force row "
      "level security");
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("row-level security of table") && ContainsSubstring("BYPASSRLS"));
}

namespace {

/// A table of the server's administrator into which the run's role may only write.
const std::string kOfAdmin =
    "create table d(id bigint primary key, nm text); insert into d values (1, 'old1');"
    "create function shout() returns trigger language plpgsql as 'begin new.nm := upper(new.nm); return new; "
    "end'; grant all on d to planrun;";

void as_admin(const Migration& m, const std::string& sql) {
  const std::string url = m.target_url();
  const std::string admin =
      std::string(url).replace(url.find("//") + 2, url.find('@') - url.find("//") - 2, "postgres");
  const ProcessResult done = run_process({"psql", "-Xq", "-v", "ON_ERROR_STOP=1", admin, "-c", sql});
  INFO(done.err);
  REQUIRE(done.status == 0);
}

}  // namespace

TEST_CASE("a trigger that a rollback could not switch off refuses the run", "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  as_admin(m, kOfAdmin + "create trigger shout before update on d for each row execute function shout()");
  for (const auto& arguments : {std::vector<std::string>{}, std::vector<std::string>{"--dry-run"}}) {
    const ProcessResult r = m.run(arguments);
    INFO(r.out << r.err);
    CHECK(r.status == 1);
    CHECK_THAT(r.out + r.err, ContainsSubstring("only postgres, who owns table") &&
                                  ContainsSubstring("trigger shout") &&
                                  ContainsSubstring("GRANT postgres TO"));
  }
  CHECK(m.target("select id, nm from d") == "1|old1");
}

TEST_CASE("a trigger of INSERT alone is not in a rollback's way, whoever owns the table", "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  as_admin(m, kOfAdmin + "create trigger shout after insert on d for each row execute function shout()");
  REQUIRE(m.run().status == 0);
  CHECK(m.count("d") == "3");
  const ProcessResult rollback = m.rollback();
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK(m.target("select id, nm from d") == "1|old1");
}

TEST_CASE("a trigger that came after the run is named by the rollback that may not switch it off",
          "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("upsert"));
  as_admin(m, kOfAdmin);
  REQUIRE(m.run().status == 0);
  as_admin(m, "create trigger shout before update on d for each row execute function shout()");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("nothing was taken back: trigger shout of table") &&
                              ContainsSubstring("must be owner of table d") &&
                              ContainsSubstring("drop the trigger"));
  CHECK(m.count("d") == "3");
  as_admin(m, "drop trigger shout on d");
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select id, nm from d") == "1|old1");
}

TEST_CASE("replace leaves an identity that is always generated, and a rollback gives all back",
          "[postgres]") {
  Migration m(Kind::postgresql, kSource, plan("replace"));
  m.target(
      "create table d(id bigint primary key, nm text, ticket bigint generated always as identity (start "
      "100));"
      "insert into d(id, nm) values (1, 'old1'), (2, 'old2')");
  REQUIRE(m.run().status == 0);
  CHECK(m.target("select id, nm, ticket from d where id < 3 order by id") == "1|new1|100\n2|new2|101");
  REQUIRE(m.rollback().status == 0);
  CHECK(m.target("select id, nm, ticket from d order by id") == "1|old1|100\n2|old2|101");
}

}  // namespace rollback_rules_test
