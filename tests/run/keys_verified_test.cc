// A verification looks at what keys, indexes and columns are, not only at their names.
#include "support/migration.h"

namespace keys_verified_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table p(id integer primary key, u text); insert into p values (1, 'a'), (2, 'b');"
    "create table x(id integer primary key, pid int, u text, w text); insert into x values (1, 1, 'a', 'b'), "
    "(2, 2, "
    "'b', 'c');";
const std::string kPlan =
    "[table.p]\nfrom = \"s.p\"\n"
    "[table.x]\nfrom = \"s.x\"\nconstraints = [\"foreign key (pid) references p (id) on delete cascade\"]\n"
    "[table.x.columns]\nid = \"bigint primary key\"\npid = \"bigint\"\nu = \"text unique\"\nw = \"text\"\n"
    "[table.x.index]\nx_w = \"unique (w)\"\nx_lower = \"(lower(w)) where u > 'a'\"\n";

// Switching the triggers of a key off is the superuser's, whose server the tests have.
std::string as_superuser(const Migration& m, const std::string& sql) {
  std::string url = m.target_url();
  const auto name = url.find("://") + 3;
  url.replace(name, url.find('@') - name, "postgres");
  return run_process({"psql", "-XqAt", "-d", url, "-c", sql}).err;
}

void check_told(Kind kind, const std::string& change, const std::string& what,
                const std::string& plan = kPlan) {
  INFO(change);
  Migration m(kind, kSource, plan);
  REQUIRE(m.run().status == 0);
  const auto verify = [&] { return run_planrun({"verify", m.plan_file().string()}, m.state()); };
  const ProcessResult before = verify();
  INFO(before.out << before.err);
  REQUIRE(before.status == 0);
  if (kind == Kind::postgresql) {
    REQUIRE(as_superuser(m, change).empty());
  } else {
    m.target(change);
  }
  const ProcessResult after = verify();
  INFO(after.out << after.err);
  CHECK(after.status == 3);
  CHECK_THAT(after.out + after.err, ContainsSubstring("x: " + what));
}

}  // namespace

TEST_CASE("a verification tells of an index that is another by the same name, in PostgreSQL",
          "[postgres][watch]") {
  check_told(Kind::postgresql, "drop index x_w; create index x_w on x(w)", "indexes");
  check_told(Kind::postgresql, "drop index x_w; create unique index x_w on x(u, pid)", "indexes");
  check_told(Kind::postgresql, "drop index x_lower; create index x_lower on x(lower(w))", "indexes");
  check_told(Kind::postgresql, "alter table x drop constraint x_u_key, add constraint x_u_key unique (id, u)",
             "indexes");
}
TEST_CASE("a verification tells of an index that is another by the same name, in SQLite", "[watch]") {
  check_told(Kind::sqlite, "drop index x_w; create index x_w on x(w)", "indexes");
  check_told(Kind::sqlite, "drop index x_w; create unique index x_w on x(u)", "indexes");
}

TEST_CASE("a verification tells of keys that a table made anew has lost, in SQLite", "[watch]") {
  const auto made_anew = [](const std::string& columns) {
    return "alter table x rename to old; create table x(" + columns +
           "); insert into x select id, pid, u, w from old; drop table old; create unique index x_w on x(w);"
           "create index x_lower on x(lower(w)) where u > 'a'";
  };
  const std::string referring = "pid int references p(id) on delete cascade, ";
  check_told(Kind::sqlite, made_anew("id integer primary key, " + referring + "u text, w text"), "indexes");
  check_told(Kind::sqlite, made_anew("id integer primary key, " + referring + "u text, w text unique"),
             "indexes");
  check_told(Kind::sqlite, made_anew("id integer, " + referring + "u text unique, w text"), "indexes");
  check_told(Kind::sqlite, made_anew("id integer primary key, pid int, u text unique, w text"),
             "foreign keys");
  check_told(Kind::sqlite,
             made_anew("id integer primary key, pid int references p(id), u text unique, w text"),
             "foreign keys");
}

TEST_CASE("a verification tells of a foreign key that nobody enforces, or enforces otherwise, in PostgreSQL",
          "[postgres][watch]") {
  check_told(Kind::postgresql, "alter table x disable trigger all", "foreign keys");
  check_told(Kind::postgresql,
             "alter table x drop constraint x_pid_fkey, add constraint x_pid_fkey foreign key (pid) "
             "references p (id)",
             "foreign keys");
}

const std::string kPlanOfColumns =
    "[table.x]\nfrom = \"s.x\"\nconstraints = [\"constraint x_other check (u <> w)\"]\n"
    "[table.x.columns]\nid = \"bigint primary key\"\npid = \"bigint not null\"\nu = \"text default 'none'\"\n"
    "w = \"text check (length(w) > 0)\"\ntwice = \"bigint generated always as (pid * 2) stored\"\n";

TEST_CASE("a verification tells of columns and CHECKs that are not as they were made, in PostgreSQL",
          "[postgres][watch]") {
  const auto told = [](const std::string& change, const std::string& what) {
    check_told(Kind::postgresql, change, what, kPlanOfColumns);
  };
  told("alter table x alter pid drop not null", "columns: expected all, found all but pid");
  told("alter table x alter u drop default, alter twice drop expression",
       "columns: expected all, found all but u, twice");
  told("alter table x drop constraint x_other", "checks: expected all, found all but x_other");
  told("alter table x drop constraint x_w_check", "checks: expected all, found all but x_w_check");
  told("alter table x drop constraint x_other, add constraint x_other check (u <> w) not valid",
       "checks: expected all, found all but x_other");
}

TEST_CASE("a verification tells of columns and CHECKs that are not as they were made, in SQLite", "[watch]") {
  const auto made_anew = [](const std::string& columns, const std::string& computed) {
    return "alter table x rename to old; create table x(id integer primary key, " + columns +
           "); insert into x select id, pid, u, w" + computed + " from old; drop table old";
  };
  const auto told = [](const std::string& change, const std::string& what) {
    check_told(Kind::sqlite, change, what, kPlanOfColumns);
  };
  const std::string twice = ", twice integer as (pid * 2) stored";
  const std::string other = ", constraint x_other check (u <> w)";
  told(made_anew("pid integer, u text default 'none', w text check (length(w) > 0)" + twice + other, ""),
       "columns: expected all, found all but pid");
  told(made_anew("pid integer not null, u text, w text CHECK(length(w)>0), twice integer" + other, ", twice"),
       "columns: expected all, found all but u, twice");
  told(made_anew("pid integer not null, u text default 'x', w text check (length(w) > 0)" + twice, ""),
       "checks: expected all, found all but x_other");
  told(made_anew("pid integer not null, u text default 'x', w text" + twice + other, ""),
       "checks: expected all, found all but x_w_check");
}

}  // namespace keys_verified_test
