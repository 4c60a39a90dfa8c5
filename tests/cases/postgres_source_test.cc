// PostgreSQL as a source: one moment whoever writes, resumes, whole schemas, and what is refused by name.
#include <sstream>

#include "cases/postgres_pair.h"

namespace postgres_source_test {

using namespace planrun::test;

namespace {

constexpr const char* kTwoTables =
    "create table a (id int primary key, v text); insert into a select i, 'v' || i from generate_series(1, "
    "5000) i;"
    "create table b (id text primary key, v int); insert into b select 'k' || i, i from generate_series(1, "
    "300) i;";

constexpr const char* kLoadBoth = "[table.a]\nfrom = \"s.a\"\n[table.b]\nfrom = \"s.b\"\n";

}  // namespace

TEST_CASE("a run reads a PostgreSQL source as it stood when it began, and no writer waits",
          "[cases][postgres]") {
  PostgresPair s(kTwoTables);
  // Between the run's first look and its first row everything of the source changes.
  s.write_plan(std::string("[[sql]]\nname = \"others\"\nat = \"before_load\"\nundo = \"select 1\"\n") +
               "sql = \"update src.a set v = 'changed'; delete from src.b where v > 10; insert into src.a "
               "values (0, 'new')\"\n" +
               kLoadBoth);
  passes(s.run());
  CHECK(s.psql("select count(*), min(id), max(id), min(v), count(distinct v) from dst.a") ==
        "5000|1|5000|v1|5000");
  CHECK(s.psql("select count(*), sum(v) from dst.b") == "300|45150");
  CHECK(s.psql("select count(*), max(v) from src.a") == "5001|new");
}

TEST_CASE("a source whose moment is lost ends the run with 4, and the same command goes on",
          "[cases][postgres]") {
  PostgresPair s(kTwoTables);
  s.write_plan(std::string("[[sql]]\nname = \"others\"\nat = \"before_load\"\nundo = \"select 1\"\n") +
               "sql = \"select pg_terminate_backend(pid) from pg_stat_activity where application_name = "
               "'planrun source' "
               "and datname = current_database()\"\n" +
               kLoadBoth);
  const ProcessResult cut = s.run();
  CHECK(cut.status == 4);
  says(cut, "the connection that kept the source as it stood is gone");
  passes(s.run());
  CHECK(s.psql("select count(*) from dst.a") == "5000");
  CHECK(s.psql("select count(*) from dst.a join src.a using (id, v)") == "5000");
}

TEST_CASE("a resume from a PostgreSQL source goes on only where the committed rows still stand",
          "[cases][postgres]") {
  PostgresPair s(std::string(kTwoTables) + "update b set v = null where id = 'k7';");
  const std::string tables =
      "[table.a]\nfrom = \"s.a\"\n[table.b]\nfrom = \"s.b\"\nafter = [\"a\"]\n"
      "[table.b.columns]\nid = \"text primary key\"\nv = { type = \"smallint not null\" }\n";
  s.write_plan(tables);
  const ProcessResult first = s.run();
  CHECK(first.status == 1);
  REQUIRE(s.psql("select count(*) from dst.a") == "5000");

  SECTION("what was not loaded yet is mended") {
    s.psql("update src.b set v = 7 where id = 'k7'");
    passes(s.run());
    CHECK(s.psql("select count(*), sum(v) from dst.b") == "300|45150");
    passes(s.command("verify"));
  }
  SECTION("a row that was loaded has changed") {
    s.psql("update src.b set v = 7 where id = 'k7'; update src.a set v = 'other' where id = 4711");
    const ProcessResult refused = s.run();
    CHECK(refused.status == 1);
    says(refused, "source s has changed since this run began: load a");
    s.psql("update src.a set v = 'v4711' where id = 4711");
    passes(s.run());
  }
  SECTION("a row was added to what was loaded") {
    s.psql("update src.b set v = 7 where id = 'k7'; insert into src.a values (9000, 'late')");
    says(s.run(), "source s has changed since this run began: load a");
    passes(s.command("rollback", {"--yes"}));
    passes(s.run());
    CHECK(s.psql("select count(*) from dst.a") == "5001");
  }
}

TEST_CASE("rejects of a PostgreSQL source are kept, do not stop a resume, and are read again as they are",
          "[cases][postgres]") {
  PostgresPair s(
      "create table a (id int primary key, v text); insert into a select i, i::text from generate_series(1, "
      "50) i;"
      "update a set v = 'x' where id in (3, 30);"
      "create table b (id int primary key, v int not null); insert into b values (1, 1), (2, 0);");
  s.write_plan(
      "[table.a]\nfrom = \"s.a\"\non_reject = \"keep\"\n[table.a.columns]\nid = \"int primary key\"\nv = "
      "\"int\"\n"
      "[table.b]\nfrom = \"s.b\"\nafter = [\"a\"]\n[table.b.columns]\nid = \"int primary key\"\n"
      "v = { type = \"int\", expr = \"10 / v\" }\n");
  const ProcessResult first = s.run();
  CHECK(first.status == 1);
  says(first, "s.b key 2");
  says(first, "division by zero");
  s.psql("update src.b set v = 5 where id = 2");
  passes(s.run());
  CHECK(s.psql("select count(*) from dst.a") == "48");
  CHECK(s.psql("select string_agg(v::text, ',' order by id) from dst.b") == "10,2");
  s.psql("update src.a set v = '3' where id = 3");
  s.command("rejects", {"--retry"});
  CHECK(s.psql("select count(*), min(v) from dst.a where id in (3, 30)") == "1|3");
}

TEST_CASE("where, expressions, views and tables without a key of a PostgreSQL source", "[cases][postgres]") {
  PostgresPair s(R"~(
    create table "Odd ""name" ("a b" int primary key, "select" text, amount numeric(10,2));
    insert into "Odd ""name" values (1, 'Ä', 1.50), (2, null, 2.25), (3, 'z', -1);
    create view totals as select "select" is null as nothing, sum(amount) as total from "Odd ""name" group by 1;
    create table twice (v int); insert into twice values (1), (1), (null);)~");
  s.write_plan(R"~(
[table.odd]
from = 's.Odd "name'
where = "amount > 0 -- a comment"
[table.odd.columns]
id    = { type = "int primary key", from = "a b" }
lower = { type = "text", expr = '''lower("select") || '!' ''' }
cents = { type = "bigint", expr = "(amount * 100)::bigint" }
[table.totals]
from = "s.totals"
[table.totals.columns]
nothing = "boolean"
total   = "numeric"
[table.twice]
from = "s.twice"
[check.sum]
sql        = "select sum(cents) from odd"
source     = "s"
source_sql = 'select sum(amount * 100)::bigint from "Odd ""name" where amount > 0'
)~");
  passes(s.run());
  CHECK(s.psql("select * from dst.odd order by id") == "1|ä!|150\n2||225");
  CHECK(s.psql("select * from dst.totals order by 1") == "f|0.5\nt|2.25");
  CHECK(s.psql("select count(*), count(v), sum(v) from dst.twice") == "3|2|2");
}

TEST_CASE("a large table without a key is read by its blocks, side by side, and a resume is as sure as ever",
          "[cases][postgres][slow]") {
  PostgresPair s(
      "create table t as select i % 100 as a, 'row ' || (i % 7) as b from generate_series(1, 260000) i;"
      "create table z (id int primary key, v int); insert into z values (1, null); analyze t;");
  s.write_plan(
      "[table.t]\nfrom = \"s.t\"\n[table.z]\nfrom = \"s.z\"\nafter = [\"t\"]\n"
      "[table.z.columns]\nid = \"int primary key\"\nv = \"int not null\"\n");
  CHECK(s.run({"-j", "2"}).status == 1);
  CHECK(s.psql("select count(*) from planrun.chunk where load = 't' and state = 'done'") == "2");
  const std::string counts =
      "select a, b, count(*) from src.t group by 1, 2 except all "
      "select a, b, count(*) from dst.t group by 1, 2";
  CHECK(s.psql("select count(*) from (" + counts + ") x") == "0");
  CHECK(s.psql("select count(*) from dst.t") == "260000");
  s.psql("update src.z set v = 1");

  SECTION("rows that only stand elsewhere are the same rows") {
    s.psql("delete from src.t; insert into src.t select * from dst.t order by b");
    s.psql("vacuum full src.t");
    passes(s.run());
    passes(s.command("verify"));
  }
  SECTION("one row more is told") {
    s.psql("insert into src.t values (1, 'row 1')");
    const ProcessResult refused = s.run();
    CHECK(refused.status == 1);
    says(refused, "source s has changed since this run began: load t");
  }
}

TEST_CASE("a rehearsal on a sample of a PostgreSQL source reads its rows and those that refer to them alone",
          "[cases][postgres]") {
  PostgresPair s(R"~(
    create table c (id int primary key, n text); insert into c select i, 'c' || i from generate_series(1, 100) i;
    create table o (a text, b int, c int references c, price numeric(10,2), primary key (a, b));
    insert into o select 'k''"' || i % 7, i, 1 + i % 100, i from generate_series(1, 500) i;
    create table k (x int); insert into k select i % 3 from generate_series(1, 50) i;
    create view top as select c, sum(price) as total from o group by c order by c;
    create view own as select o.* from o join c on o.c = c.id;)~");
  // What others do to the source while the run reads is none of its moment.
  s.write_plan(R"~(
[[sql]]
name = "others"
at = "before_load"
undo = "select 1"
sql = "delete from src.o where c = 2; update src.c set n = 'changed'"
[table.c]
from = "s.c"
[table.o]
from   = "s.o"
ignore = ["price"]
[table.o.columns]
a     = "text"
b     = "int"
c     = "int references c"
upper = { type = "text", expr = "upper(a) || price" }
[table.k]
from = "s.k"
[table.top]
from = "s.top"
[table.top.columns]
c     = "int"
total = "numeric"
[check.sum]
sql        = "select sum(b) from o"
source     = "s"
source_sql = "with mine as (select b from own) select sum(b) from mine;"
[check.fixed]
sql    = "select count(*) from o"
expect = "500"
)~");
  const ProcessResult preview = s.run({"--dry-run", "--sample", "2"});
  says(preview, "after  id 1, n 'c1'");
  const ProcessResult run = s.run({"--sample", "2"});
  passes(run);
  says(run, "not judged (info): fixed");
  CHECK(s.psql("select id, n from dst.c order by id") == "1|c1\n2|c2");
  // By hand: rows i with 1 + i % 100 in (1, 2), of 500.
  CHECK(s.psql("select count(*), sum(b) from dst.o") == "10|2505");
  CHECK(s.psql("select \"upper\" from dst.o where b = 101") == "K'\"3101.00");
  CHECK(s.psql("select x from dst.k order by x") == "1\n2");
  CHECK(s.psql("select c, total from dst.top order by c") == "1|1500\n2|1005");
  CHECK(s.run().status == 1);
  CHECK(s.run({"--sample", "3"}).status == 1);
  passes(s.command("rollback", {"--yes"}));
}

TEST_CASE("what a PostgreSQL source cannot do is refused by name before anything is written",
          "[cases][postgres]") {
  PostgresPair s(
      "create table a (id int primary key, v text); create type mood as enum ('ok'); "
      "create table m (id int primary key, f mood); "
      "create function f() returns trigger language plpgsql as 'begin return new; end'; "
      "create table g (id int primary key, a int references a); "
      "create trigger audit before insert on g for each row execute function f();");
  const auto refused = [&](const std::string& tables, const std::string& words, int status = 2) {
    s.write_plan(tables);
    const ProcessResult result = s.run();
    CHECK(result.status == status);
    says(result, words);
    CHECK(s.psql("select count(*) from pg_tables where schemaname in ('dst', 'planrun')") == "0");
  };
  const auto expression = [](const std::string& expr) {
    return "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"int primary key\"\nv = { type = \"text\", "
           "expr = \"" +
           expr + "\" }\n";
  };
  refused(expression("v || random()"),
          "plan.toml:14:29: error[P043]: load a: \"v || random()\": random() is volatile");
  refused(expression("v || now()"), "now gives another answer");
  refused(expression("max(v)"), "aggregate functions are not allowed");
  refused(expression("v || w"), "column \"w\" does not exist");
  refused(expression("v) from a where (true"), "");
  refused("[table.x]\nfrom = \"s.x\"\n", "source `s` has no table `x`");
  refused("[table.m]\nfrom = \"s.m\"\n", "inherits the type mood, which planrun does not know");
  refused("[table.g]\nfrom = \"s.g\"\n",
          "cannot carry its trigger audit (leave it behind by ignore = ['audit'])");
  refused("[table.g]\nfrom = \"s.g\"\nignore = [\"audit\"]\n",
          "to a, which no table of the plan is loaded from");
  write_file(
      s.plan(),
      "[plan]\nname = \"test\"\n[source.s]\nurl = \"postgresql://planrun@127.0.0.1:1/x\"\n[target.t]\nurl = "
      "\"sqlite:t.db\"\n[table.a]\nfrom = \"s.a\"\n");
  const ProcessResult dead = s.run();
  CHECK(dead.status == 1);
  says(dead, "cannot connect to postgresql://planrun@127.0.0.1:1/x");
}

TEST_CASE("large objects that a PostgreSQL source may name are told", "[cases][postgres]") {
  PostgresPair s(
      "create table d (id int primary key, file oid); insert into d values (1, lo_from_bytea(0, 'scan'))");
  const std::string load = "[table.d]\nfrom = \"s.d\"\n";
  s.write_plan(load);
  says(s.run({"--dry-run"}), "large objects");
  s.psql("select lo_unlink(file) from src.d");
  const ProcessResult none = s.run({"--dry-run"});
  CHECK((none.out + none.err).find("large objects") == std::string::npos);
}

TEST_CASE("a PostgreSQL schema arrives whole in PostgreSQL, as pg_dump tells", "[cases][postgres]") {
  const std::string schema = R"~(
    create table brands (id int generated always as identity (start with 1) primary key, name varchar(50) not null unique);
    create table items (
      id bigserial primary key, brand int not null references brands on delete cascade,
      sku char(8) collate "C" default 'none', price numeric(12,2) not null default 0.00 check (price >= 0),
      gross numeric(12,2) generated always as (price * 1.2) stored, seen timestamptz default now(), tags text[] default '{}',
      constraint sane check (length(sku) > 2 or price < 10), unique (brand, sku) deferrable initially deferred);
    create index items_seen on items (seen desc nulls last) where price > 0;
    create unique index items_lower on items (lower(sku), brand);
    create index items_tags on items using gin (tags);
    create index items_words on items using gin (to_tsvector('simple'::regconfig, sku::text));
    create table notes (id int primary key, body jsonb, words tsvector);
    create index notes_body on notes using gin (body);
    create index notes_words on notes using gin (words);)~";
  PostgresPair s(
      "set search_path = public; " + schema +
      "insert into brands (name) select 'b' || i from generate_series(1, 5) i;"
      "insert into items (brand, sku, price) select 1 + i % 5, 'sku' || i, i from generate_series(1, 50) i;"
      "delete from items where id > 40;");
  TempPostgres target;
  write_file(
      s.plan(),
      "[plan]\nname = \"test\"\n[source.s]\nurl = \"" + s.url() + "\"\n[target.t]\nurl = \"" + target.url() +
          "\"\n[table.items]\nfrom = \"s.items\"\n[table.brands]\nfrom = \"s.brands\"\n[table.notes]\nfrom = "
          "\"s.notes\"\n");
  passes(s.run());
  const auto dump = [](const std::string& url) {
    std::string kept;
    std::istringstream lines(run_process({"pg_dump", "-s", "-O", "-x", "-n", "public", url}).out);
    // \restrict and \unrestrict carry a word that differs each time.
    for (std::string line; std::getline(lines, line);) kept += line.starts_with("\\") ? "" : line + "\n";
    return kept;
  };
  CHECK(dump(target.url()) == dump(s.url()));
  const std::string rows = "copy (select * from items order by id) to stdout";
  CHECK(target.psql(rows) == s.psql(rows));
  // The sequence goes on where the source's stood, not behind the largest key.
  CHECK(target.psql("insert into items (brand) values (1) returning id") == "51");
}

TEST_CASE("blanks at the end stay where they are no padding", "[cases][postgres]") {
  PostgresPair s(
      "create table v (id int primary key, b bpchar, c char(4), v varchar(4));"
      "insert into v values (1, 'ab  ', 'ab  ', 'ab  '), (2, '   ', ' ', ' '), (3, 'cd', 'cd', 'cd');"
      "create table k (b bpchar primary key); insert into k values ('x  '), ('y');"
      "create table r (b bpchar references k); insert into r values ('x'), ('y ');");
  const std::string load =
      "[table.v]\nfrom = \"s.v\"\n[table.k]\nfrom = \"s.k\"\n[table.r]\nfrom = \"s.r\"\n";
  SECTION("in PostgreSQL") {
    s.write_plan(load);
    passes(s.run());
    const std::string bytes =
        "select string_agg(encode(bpcharsend(b), 'hex'), ',' order by bpcharsend(b)) from ";
    for (const std::string table : {"v", "k", "r"})
      CHECK(s.psql(bytes + "dst." + table) == s.psql(bytes + "src." + table));
    CHECK(s.psql("select encode(bpcharsend(b), 'hex') from dst.v where id = 1") == "61622020");
    CHECK(s.psql("select encode(bpcharsend(c), 'hex') from dst.v where id = 2") == "20202020");
  }
  SECTION("in SQLite, which knows no padding") {
    s.write_sqlite_plan("[table.v]\nfrom = \"s.v\"\n");
    passes(s.run());
    CHECK(sqlite3(s.sqlite_file(), "select '<' || b || '><' || c || '><' || v || '>' from v order by id") ==
          "<ab  ><ab><ab  >\n<   ><>< >\n<cd><cd><cd>");
  }
}

TEST_CASE("a SQLite target names the values of PostgreSQL that it cannot hold, and keeps the rest",
          "[cases][postgres]") {
  PostgresPair s(R"~(
    create table v (id int primary key, f float8, n numeric, t timestamp, a text[], h time, p text);
    insert into v values (1, 'NaN', 1, now(), '{}', '00:00', ''), (2, '-0', 1, null, null, null, ''),
      (3, 1, 'NaN', null, null, null, ''), (4, 1, 12345678901234567890.5, null, null, null, ''),
      (5, 1, 1, 'infinity', null, null, ''), (6, 1, 1, '0044-03-15 00:00:00 BC', null, null, ''),
      (7, 1, 1, null, '{{a,b},{c,d}}', null, ''), (8, 1, 1, null, '[2:3]={a,b}', null, ''),
      (9, 1, 1, null, null, '24:00', ''), (10, '-Infinity', -0.5, '2026-01-01', '{x}', '12:30', 'kept');)~");
  s.write_sqlite_plan("[table.v]\nfrom = \"s.v\"\non_reject = \"keep\"\n");
  const ProcessResult preview = s.run({"--dry-run"});
  says(preview, "v, column f: 1 row: is NaN, which a SQLite target cannot hold");
  says(preview, "v, column n: 1 row: would be changed by a SQLite target");
  CHECK(!std::filesystem::exists(s.sqlite_file()));
  passes(s.run());
  CHECK(sqlite3(s.sqlite_file(), "select id, f, n, t, a, h, p from v") ==
        "5|1.0|1|infinity|||\n10|-Inf|-0.5|2026-01-01 00:00:00|[\"x\"]|12:30:00|kept");
  CHECK(sqlite3(s.sqlite_file(), "select count(*) from planrun_reject") == "8");
  says(s.command("report", {"--format", "json"}), "\"rows_rejected\": 8");
  passes(s.command("evidence", {"-o", s.file("e.json").string()}));
}

TEST_CASE("a run from PostgreSQL that is killed anywhere goes on to the same rows", "[cases][postgres]") {
  PostgresPair s(kTwoTables);
  s.write_plan(kLoadBoth);
  const std::map<std::string, std::string> counting = {
      {"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_COUNT_FILE", s.file("points").string()}};
  passes(s.run({"-j", "2"}, counting));
  const std::size_t points = read_file(s.file("points")).size();
  const std::size_t tries = kill_points(6);
  for (std::size_t i = 1; i <= tries && i <= points; ++i) {
    s.psql("drop schema dst cascade; create schema dst; drop schema planrun cascade");
    const std::size_t point = points * i / (tries + 1) + 1;
    INFO("killed at " << point << " of " << points);
    s.run({"-j", "2"}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", std::to_string(point)}});
    passes(s.run({"-j", "2"}));
    CHECK(s.psql("select count(*) from dst.a join src.a using (id, v)") == "5000");
    CHECK(s.psql("select count(*) from dst.b join src.b using (id, v)") == "300");
    CHECK(s.psql("select count(*) from dst.a") == "5000");
  }
}

TEST_CASE("a foreign key to a divided table is one, whatever its parts", "[cases][postgres]") {
  PostgresPair s(
      "create table h(id bigint primary key, t text) partition by hash (id);"
      "create table h0 partition of h for values with (modulus 2, remainder 0);"
      "create table h1 partition of h for values with (modulus 2, remainder 1);"
      "create table c(id int primary key, h_id bigint references h);"
      "insert into h select i, 'x' from generate_series(1, 9) i; insert into c values (1, 2), (2, 3);");
  const std::string draft = s.file("draft.toml");
  const ProcessResult init =
      run_planrun({"init", s.url(), "--schema", "src", "--target", s.url(), "-o", draft}, s.file("state"));
  INFO(init.out << init.err << read_file(draft));
  CHECK(init.status == 0);
  CHECK_THAT(read_file(draft), ContainsSubstring("foreign key (h_id) references h (id)") &&
                                   !ContainsSubstring("table `h0` is not carried"));
  s.write_plan("[table.h]\nfrom = \"s.h\"\n[table.c]\nfrom = \"s.c\"\n");
  const ProcessResult run = s.run();
  INFO(run.out << run.err);
  CHECK(run.status == 0);
  CHECK(s.psql("select string_agg(conname || ' ' || confrelid::regclass, ', ') from pg_constraint where"
               " conrelid = 'dst.c'::regclass and contype = 'f'") == "c_h_id_fkey dst.h");
}

}  // namespace postgres_source_test
