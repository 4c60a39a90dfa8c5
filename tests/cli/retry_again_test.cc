// planrun rejects --retry where a row is more than a row: what a transform made of it, or what meets rows
// that are there.
#include "support/migration.h"
#include "support/target_state.h"

namespace retry_again_test {

using namespace planrun::test;

namespace {

ProcessResult retry(const Migration& m) {
  return run_planrun({"rejects", m.plan_file().string(), "--retry"}, m.state());
}

void check_taken_back(const Migration& m, const std::string& before) {
  const ProcessResult back = m.rollback();
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK(target_state(m.target_url()) == before);
}

std::string words_plan(const std::string& word) {
  return "[table.words]\nfrom = \"s.lists\"\ntransform = \"lists.words\"\non_reject = "
         "\"keep\"\n[table.words.columns]\n"
         "id = \"bigint primary key\"\nword = " +
         word + "\n";
}

// List 2 has a word that is too long with its blanks, list 3 one that is too long without, list 4 one that
// the target refuses.
void check_transform(Kind kind) {
  Migration m(
      kind,
      "create table lists (id integer primary key, words text);"
      "insert into lists values (1, '[\"ab\"]'), (2, '[\"cd\", \"  ef\"]'), (3, '[\"gh\", \"ijkl\"]'),"
      "(4, '[\"mn\", \" no\"]'), (5, '[]');",
      words_plan("\"varchar(3) check (word <> ' no' and word <> 'no')\""));
  std::filesystem::create_directories(m.plan_file().parent_path() / "transforms");
  write_file(
      m.plan_file().parent_path() / "transforms" / "lists.lua",
      "local lists = {}\nfunction lists.words(row)\n  local rows = {}\n"
      "  for i, word in ipairs(json.decode(row.words)) do rows[i] = {id = row.id * 10 + i, word = word} end\n"
      "  return rows\nend\nreturn lists\n");
  const std::string before = target_state(m.target_url());
  const ProcessResult first = m.run();
  INFO(first.out << first.err);
  REQUIRE(first.status == 0);
  CHECK(m.target("select id, word from words order by id") == "11|ab");
  m.write_plan(
      words_plan("{ type = \"varchar(3) check (word <> ' no' and word <> 'no')\", using = \"trim\" }"));
  const ProcessResult r = retry(m);
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring("3 rejected rows tried again, 1 written, 0 dropped, 2 rejected again"));
  CHECK_THAT(r.out,
             ContainsSubstring("words: 5 read = 2 written + 2 rejected + 1 dropped + 0 merged; 3 emitted"));
  CHECK(m.target("select id, word from words order by id") == "11|ab\n21|cd\n22|ef");
  CHECK(m.target("select key from " + m.ledger("reject") + " order by key") == "[3]\n[4]");
  check_taken_back(m, before);
}

std::string scores_plan(const std::string& write, const std::string& score) {
  return "[table.scores]\nexists = true\n[table.scores.load.people]\nfrom = \"s.people\"\nignore = "
         "[\"n\"]\non_reject = \"keep\"\nwrite = \"" +
         write +
         "\"\nkey = [\"id\"]\n[table.scores.load.people.columns]\nid = { from = \"id\" }\nscore = " + score +
         "\n[guard.others]\nsql = \"select count(*) from scores where id > 'f'\"\n";
}

// Of the rejected ones, "a" is there, "b" is not, "c" stays no number, and of "d" another row was written.
void check_upsert(Kind kind) {
  Migration m(kind,
              "create table people (n integer primary key, id text, score);"
              "insert into people values (1, 'a', ''), (2, 'b', ''), (3, 'c', 'x'), (4, 'd', ''), (5, 'd', "
              "7), (6, 'e', 8);",
              scores_plan("upsert", "{ from = \"score\" }"));
  m.target("create table scores (id text primary key not null, score integer)");
  m.target("insert into scores values ('a', 1), ('e', 2), ('z', 3)");
  const std::string before = target_state(m.target_url());
  const ProcessResult first = m.run();
  INFO(first.out << first.err);
  REQUIRE(first.status == 0);
  CHECK(m.target("select id, score from scores order by id") == "a|1\nd|7\ne|8\nz|3");
  m.write_plan(scores_plan("upsert", "{ from = \"score\", using = \"empty_as_null\" }"));
  const ProcessResult r = retry(m);
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring("4 rejected rows tried again, 2 written, 0 dropped, 2 rejected again"));
  CHECK(m.target("select id, coalesce(score, -1) from scores order by id") == "a|-1\nb|-1\nd|7\ne|8\nz|3");
  CHECK(m.target("select key from " + m.ledger("reject") + " order by key") == "[3]\n[4]");
  check_taken_back(m, before);
}

// A retried row may not change what a guard watches either.
void check_guard(Kind kind) {
  Migration m(
      kind,
      "create table people (n integer primary key, id text, score); insert into people values (1, 'g', '');",
      scores_plan("insert_missing", "{ from = \"score\" }"));
  m.target("create table scores (id text primary key not null, score integer)");
  REQUIRE(m.run().status == 0);
  m.write_plan(scores_plan("insert_missing", "{ from = \"score\", using = \"empty_as_null\" }"));
  const ProcessResult r = retry(m);
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.err, ContainsSubstring("others"));
  CHECK(m.count("scores") == "0");
  CHECK(m.target("select count(*) from " + m.ledger("reject")) == "1");
}

// The table that refers stands first in the plan, and of its parent's rows the one that has no boss comes
// last.
void check_parents(Kind kind) {
  const auto plan = [](const std::string& age) {
    return "[table.notes]\nfrom = \"s.notes\"\non_reject = \"keep\"\n[table.notes.columns]\nid = \"bigint "
           "primary key\"\nperson = \"bigint references people (id)\"\nshift = \"text references shifts "
           "(name)\"\n[table.people]\nfrom = \"s.people\"\non_reject = \"keep\"\n[table.people.columns]\nid "
           "= "
           "\"bigint primary key\"\nage = " +
           age +
           "\nboss = \"bigint references people (id)\"\n[table.shifts]\nfrom = \"s.shifts\"\n"
           "[table.shifts.columns]\nname = \"text primary key\"\n";
  };
  Migration m(
      kind,
      "create table people (id integer primary key, age, boss int); insert into people values (1, '', "
      "2), (2, 30, 3), (3, '', null), (4, 40, 77);"
      "create table shifts (name text primary key); insert into shifts values ('day');"
      "create table notes (id integer primary key, person int, shift text);"
      "insert into notes values (10, 1, 'day'), (11, 99, 'day'), (12, null, 'night');",
      plan("\"integer\""));
  const auto rejects = [&] {
    return m.target("select load, \"key\", value, reason from " + m.ledger("reject") +
                    " order by load, \"key\"");
  };
  const std::string orphans = "people|[4]|77|no row of people has this (boss): foreign key people_boss_fkey";
  const std::string others =
      "notes|[11]|99|no row of people has this (person): foreign key notes_person_fkey\n"
      "notes|[12]|'night'|no row of shifts has this (shift): foreign key notes_shift_fkey\n";
  const ProcessResult first = m.run();
  INFO(first.out << first.err);
  REQUIRE(first.status == 0);
  CHECK(m.count("people") == "0");
  CHECK_THAT(rejects(), ContainsSubstring(others));
  CHECK_THAT(rejects(), ContainsSubstring(orphans));
  m.write_plan(plan("{ type = \"integer\", using = \"empty_as_null\" }"));
  const ProcessResult r = retry(m);
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring("7 rejected rows tried again, 4 written, 0 dropped, 3 rejected again"));
  CHECK_THAT(r.out, ContainsSubstring("people: 4 read = 3 written + 1 rejected"));
  CHECK_THAT(r.out, ContainsSubstring("notes: 3 read = 1 written + 2 rejected"));
  CHECK(m.target("select id, boss from people order by id") == "1|2\n2|3\n3|");
  CHECK(m.target("select id from notes") == "10");
  CHECK(rejects() == others + orphans);
}

}  // namespace

TEST_CASE("retry: children come behind their parents, in SQLite", "[rejects]") {
  check_parents(Kind::sqlite);
}
TEST_CASE("retry: children come behind their parents, in PostgreSQL", "[rejects][postgres]") {
  check_parents(Kind::postgresql);
}
TEST_CASE("retry: all rows that a transform makes, or none, in SQLite", "[rejects]") {
  check_transform(Kind::sqlite);
}
TEST_CASE("retry: all rows that a transform makes, or none, in PostgreSQL", "[rejects][postgres]") {
  check_transform(Kind::postgresql);
}
TEST_CASE("retry: rows that meet rows, in SQLite", "[rejects]") {
  check_upsert(Kind::sqlite);
}
TEST_CASE("retry: rows that meet rows, in PostgreSQL", "[rejects][postgres]") {
  check_upsert(Kind::postgresql);
}
TEST_CASE("retry: a guard watches it, in SQLite", "[rejects]") {
  check_guard(Kind::sqlite);
}
TEST_CASE("retry: a guard watches it, in PostgreSQL", "[rejects][postgres]") {
  check_guard(Kind::postgresql);
}

}  // namespace retry_again_test
