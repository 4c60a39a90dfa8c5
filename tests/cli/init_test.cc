// planrun init, from end to end: what is drafted passes lint and runs without an edit, and the target then
// holds what the source held.
#include "support/support.h"

namespace init_test {

using namespace planrun::test;

namespace {

/// Databases in a folder, and the plan drafted from them.
class Draft {
 public:
  explicit Draft(const std::string& sql) { sqlite3(file(), sql); }
  std::filesystem::path file(const std::string& name = "shop.db") const { return folder_ / name; }
  std::filesystem::path plan() const { return folder_ / "plan.toml"; }

  ProcessResult init(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"init", file().string(), "-o", plan().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_planrun(arguments, folder_ / "state");
  }
  /// Drafts, and asks lint. The plan.
  std::string linted(std::vector<std::string> more = {}) const {
    const ProcessResult drafted = init(std::move(more));
    INFO(drafted.out << drafted.err);
    REQUIRE(drafted.status == 0);
    std::string text = read_file(plan());
    const ProcessResult lint = run_planrun({"lint", plan().string(), "--sources"}, folder_ / "state");
    INFO(text << lint.out << lint.err);
    CHECK(lint.status == 0);
    CHECK_THAT(lint.out, ContainsSubstring("nothing wrong"));
    return text;
  }
  ProcessResult run(const std::string& url = {}) const {
    std::map<std::string, std::string> environment;
    environment["DATABASE_URL"] = url;
    return run_planrun({plan().string()}, folder_ / "state", environment);
  }
  /// Of the SQLite file that the plan names where nothing else is said.
  std::string target(const std::string& sql) const { return sqlite3(folder_ / "shop.migrated.db", sql); }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

const char* const kShop =
    "create table customer(id integer primary key, email text not null collate nocase unique, is_active "
    "integer "
    "not null default 1 check (is_active in (0, 1)), created_at text default current_timestamp, extra text);"
    "insert into customer values (1, 'a@x', 1, '2024-01-01 10:00:00', '{\"a\": 1}'), (5, 'B@x', 0, "
    "'2024-02-03 "
    "11:12:13.5', null);"
    "create table line(customer integer not null references customer on delete cascade, place int, price "
    "real "
    "check (price >= 0), qty default (1+1), total as (price * place) stored, note, primary key (customer, "
    "place));"
    "insert into line(customer, place, price, note) values (1, 1, 9.99, 'x'), (1, 2, 0.5, 7), (5, 1, 20, "
    "null);"
    "create index line_price on line(price desc) where price > 1;"
    "create index customer_mail on customer(lower(email));"
    "create table log(at integer, what); insert into log values (1700000000, 'a'), (1700000000, 'a');"
    "create view dear as select * from line where price > 5;"
    "create trigger touch after update on customer begin update line set qty = qty; end;"
    "create virtual table words using fts5(word); insert into words values ('x');";

}  // namespace

TEST_CASE("a drafted plan runs into SQLite as it is, and loses nothing") {
  const Draft draft(kShop);
  const std::string plan = draft.linted();
  CHECK_THAT(plan, ContainsSubstring(
                       "is_active  = \"boolean not null default true check (is_active in (false, true))\""));
  CHECK_THAT(plan, ContainsSubstring("`note`: 1 integer, 1 other text (rowid 1); text keeps all of them"));
  CHECK_THAT(plan, ContainsSubstring("whole = true\nleave = [\n  \"table words\",\n"));
  CHECK_THAT(plan,
             ContainsSubstring("# choice: at   = { type = \"timestamptz\", using = \"unix_seconds\" }") ||
                 ContainsSubstring("# choice: at = { type = \"timestamptz\", using = \"unix_seconds\" }"));
  CHECK_THAT(plan, ContainsSubstring("virtual table `words`"));
  const ProcessResult run = draft.run();
  INFO(plan << run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(draft.target("select id, email, is_active, created_at, extra from customer order by id") ==
        "1|a@x|1|2024-01-01 10:00:00|{\"a\": 1}\n5|B@x|0|2024-02-03 11:12:13.500000|");
  CHECK(draft.target("select customer, place, price, qty, total, note from line order by 1, 2") ==
        "1|1|9.99|2|9.99|x\n1|2|0.5|2|1|7\n5|1|20|2|20|");
  CHECK(draft.target("select count(*), min(\"at\") from log") == "2|1700000000");
  CHECK(draft.target("select count(*) from dear") == "2");
  CHECK(draft.target(
            "select count(*) from sqlite_schema where name in ('touch', 'line_price', 'customer_mail')") ==
        "3");
  CHECK(draft.target("insert into customer(email) values ('c@x'); select id, is_active from customer where "
                     "email = 'c@x'") == "6|1");
}

TEST_CASE("a drafted plan runs into PostgreSQL as it is, and loses nothing", "[postgres]") {
  const Draft draft(kShop);
  draft.linted();
  const TempPostgres target;
  const ProcessResult run = draft.run(target.url());
  INFO(read_file(draft.plan()) << run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(target.psql("select id, email, is_active, created_at, extra -> 'a' from customer order by id") ==
        "1|a@x|t|2024-01-01 10:00:00|1\n5|B@x|f|2024-02-03 11:12:13.5|");
  CHECK(target.psql("select customer, place, price, qty, total, note from line order by 1, 2") ==
        "1|1|9.99|2|9.99|x\n1|2|0.5|2|1.0|7\n5|1|20|2|20|");
  CHECK(target.psql("select string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) from "
                    "information_schema.columns where table_name = 'line'") ==
        "customer bigint, place bigint, price numeric, qty bigint, total numeric, note text");
  CHECK(target.psql("insert into customer(email) values ('c@x') returning id, is_active") == "6|t");
  CHECK(target.psql(
            "select count(*) from pg_constraint where contype = 'f' and confdeltype = 'c' and conrelid = "
            "'line'::regclass") == "1");
  CHECK(target.psql("select indexdef from pg_indexes where indexname = 'line_price'") ==
        "CREATE INDEX line_price ON public.line USING btree (price DESC) WHERE (price > (1)::numeric)");
  CHECK(target.psql("select indexdef from pg_indexes where indexname = 'customer_email_nocase'") ==
        "CREATE UNIQUE INDEX customer_email_nocase ON public.customer USING btree (lower((email COLLATE "
        "\"C\")))");
}

TEST_CASE("names of any kind go through a plan and back", "[postgres]") {
  // Table names with a quote, a dot, blanks, a keyword, a line's end; columns of 70 bytes, of none, and "*".
  const std::string wide(70, 'w');
  const Draft draft(
      "create table \"a.\"\"b\"\"'c\"(\"select\" integer primary key, \"x y\" text default 'it''s \"so\"', "
      "\"\" "
      "text, \"*\" text, \"" +
      wide + "1\" text, \"" + wide +
      "2\" text, \"\xC3\xA9;--\" text, \"line\nend\" text);"
      "insert into \"a.\"\"b\"\"'c\" values (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g');"
      "create unique index \"i \"\"x\" on \"a.\"\"b\"\"'c\"(\"x y\", \"\xC3\xA9;--\" desc);"
      "create table \"order\"(id integer primary key, parent int references \"A.\"\"B\"\"'C\"(\"SELECT\"), "
      "\"group\" int check (\"group\" > 0), \"tab\there\" int);"
      "insert into \"order\" values (1, 1, 5, 6);");
  const std::string plan = draft.linted();
  const TempPostgres target;
  for (const std::string& url : {std::string(), target.url()}) {
    const ProcessResult run = draft.run(url);
    INFO(plan << run.out << run.err);
    REQUIRE(run.status == 0);
    const auto ask = [&](const std::string& sql) {
      return url.empty() ? draft.target(sql) : target.psql(sql);
    };
    CHECK(ask("select * from \"a.\"\"b\"\"'c\"") == "1|a|b|c|d|e|f|g");
    CHECK(ask("select * from \"order\"") == "1|1|5|6");
    CHECK(ask("select \"column_3\" || \"column_4\" || \"\xC3\xA9;--\" || \"line_end\" from "
              "\"a.\"\"b\"\"'c\"") == "bcfg");
  }
}

TEST_CASE("a key without regard to case folds what NOCASE folds, in both databases", "[postgres]") {
  const Draft draft(
      "create table t(id integer primary key, e text collate nocase unique, f text);"
      "create unique index tf on t(f collate nocase desc); create index tg on t(f collate nocase);"
      "insert into t values (1, '\xC3\x89@x', '\xC3\x89'), (2, '\xC3\xA9@x', '\xC3\xA9'), (3, 'B', 'B')");
  CHECK_THAT(draft.linted(), ContainsSubstring("'unique (lower(f collate \"C\") desc)'"));
  const TempPostgres target;
  for (const std::string& url : {std::string(), target.url()}) {
    const ProcessResult run = draft.run(url);
    INFO(run.out << run.err);
    REQUIRE(run.status == 0);
  }
  const std::string lower_b = "insert into t(id, e, f) values (4, 'b', 'z')";
  const std::string lower_f = "insert into t(id, e, f) values (4, 'z', 'b')";
  for (const auto& sql : {lower_b, lower_f}) {
    CHECK(run_process({"sqlite3", draft.file("shop.migrated.db").string(), sql}).status != 0);
    CHECK(run_process({"psql", "-Xq", target.url(), "-c", sql}).status != 0);
  }
  CHECK(
      draft.target("select group_concat(name) from (select name from sqlite_schema where sql like '%lower(%' "
                   "and sql not like '%collate%' order by name)") == "t_e_nocase,tf,tg");
}

TEST_CASE("with `whole` a foreign key leads to where the source's table has gone") {
  const Draft draft(
      "create table P(id integer primary key); create table q(id integer primary key);"
      "create table c(id integer primary key, a int references p(id), b int references q)");
  std::string plan = draft.linted();
  const std::string there = "references \"P\" (id)";
  REQUIRE(plan.find(there) != std::string::npos);
  plan.replace(plan.find(there), there.size(), "references q (id)");
  write_file(draft.plan(), plan);
  const ProcessResult lint =
      run_planrun({"lint", draft.plan().string(), "--sources"}, draft.folder() / "state");
  CHECK(lint.status == 2);
  CHECK_THAT(lint.out, ContainsSubstring("source shop has foreign key c(a), and the plan does not") &&
                           !ContainsSubstring("foreign key c(b)"));
}

TEST_CASE("what looks like a variable is a text in a draft") {
  const Draft draft(
      "create table \"a${B}\"(id integer primary key, v text default '${NAME}' check (v <> '$${C}'), "
      "\"c${D}\" int unique); insert into \"a${B}\" values (1, '${Y}', 3);"
      "create table r(x int references \"a${B}\"(\"c${D}\")); insert into r values (3);"
      "create view \"v${E}\" as select '${Z}' as z, \"c${D}\" from \"a${B}\"");
  CHECK_THAT(draft.linted(), ContainsSubstring("default '$${NAME}' check (v <> '$$${C}')"));
  const ProcessResult run = draft.run();
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(draft.target("insert into \"a${B}\"(id) values (2); select * from \"a${B}\"; select * from \"v${E}\" "
                     "order by 2 desc") == "1|${Y}|3\n2|${NAME}|\n${Z}|3\n${Z}|");
  CHECK(run_process({"sqlite3", draft.file("shop.migrated.db").string(),
                     "insert into \"a${B}\"(id, v) values (3, '$${C}')"})
            .status != 0);
}

TEST_CASE("rows that refer to nothing stop the run with their foreign key, and the plan says so") {
  const Draft draft(
      "create table p(id integer primary key); insert into p values (1);"
      "create table c(id integer primary key, p int references p, q int references gone, r int references "
      "p(nowhere));"
      "insert into c values (1, 1, 1, 1), (2, 7, 1, 1), (3, 8, 1, 1);");
  const std::string plan = draft.linted();
  CHECK_THAT(plan, ContainsSubstring("2 rows refer to what is not there (id 2, 3)"));
  CHECK_THAT(plan, ContainsSubstring("Not carried: there is no table 'gone'"));
  const ProcessResult run = draft.run();
  CHECK(run.status == 1);
  CHECK_THAT(run.out, ContainsSubstring("c: id 2, p 7"));
}

TEST_CASE("a column that upper() computes keeps its values, since the other database knows more letters") {
  const Draft draft(
      "create table g(id integer primary key, a text check (lower(a) <> 'x'), up text as (upper(a)) stored, "
      "n text as (a || '!') stored); insert into g(id, a) values (1, '\xC3\xBC' || 'b');");
  const std::string plan = draft.linted();
  CHECK_THAT(plan, ContainsSubstring("here its values stand as they are now: of letters beyond A to Z"));
  CHECK_THAT(plan, ContainsSubstring("# check (lower(a) <> 'x')"));
  const TempPostgres target;
  REQUIRE(draft.run(target.url()).status == 0);
  CHECK(target.psql("select up, n from g") ==
        "\xC3\xBC"
        "B|\xC3\xBC"
        "b!");
}

TEST_CASE("rows that refer by NOCASE alone stop the run with their foreign key, and the plan says so") {
  const Draft draft(
      "create table p(code text primary key collate nocase); insert into p values ('AB'), ('c');"
      "create table k(id integer primary key, code text references p(code));"
      "insert into k values (1, 'ab'), (2, 'AB'), (3, 'C'), (4, null);");
  CHECK_THAT(draft.linted(),
             ContainsSubstring("2 rows refer to what the source finds by its collation alone"));
  const ProcessResult run = draft.run();
  CHECK(run.status == 1);
  CHECK_THAT(run.out, ContainsSubstring("k: id 1, code 'ab'") && ContainsSubstring("k: id 3, code 'C'"));
}

TEST_CASE("several sources become one plan, and tables of one name get their source's before it") {
  const Draft draft(
      "create table users(id integer primary key, n text); insert into users values (1, 'a');"
      "create table only_here(x); create index i on users(n);");
  sqlite3(draft.file("my crm.db"),
          "create table Users(id integer primary key, n int); insert into Users values (1, 5);"
          "create table orders(u int references users); insert into orders values (1);"
          "create index i on orders(u);");
  const std::string plan = draft.linted({draft.file("my crm.db").string(), "--name", "both"});
  CHECK_THAT(plan, ContainsSubstring("[table.shop_users]"));
  CHECK_THAT(plan, ContainsSubstring("[table.my_crm_Users]"));
  CHECK_THAT(plan, ContainsSubstring("Another source has a table `users` too"));
  CHECK_THAT(plan, ContainsSubstring("[table.only_here]"));
  const ProcessResult run = draft.run("sqlite:" + (draft.folder() / "one.db").string());
  INFO(plan << run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(sqlite3(draft.folder() / "one.db", "select n from my_crm_Users union all select n from shop_users") ==
        "5\na");
}

TEST_CASE("a draft keeps secrets out, replaces no file, and says what is wrong with a source") {
  const Draft draft("create table t(a); insert into t values (1);");
  const std::string plan = draft.linted({"--target", "postgresql://me:hunter2@localhost/x"});
  CHECK(plan.find("hunter2") == std::string::npos);
  CHECK_THAT(plan, ContainsSubstring("url = \"postgresql://me@localhost/x\""));
  const ProcessResult again = draft.init();
  CHECK(again.status == 2);
  CHECK_THAT(again.err, ContainsSubstring("is there already"));
  CHECK(read_file(draft.plan()) == plan);

  const auto state = draft.folder() / "state";
  const auto fails = [&](const std::vector<std::string>& arguments, int status, const std::string& text) {
    std::vector<std::string> all = {"init"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ProcessResult r = run_planrun(all, state);
    INFO(r.err);
    CHECK(r.status == status);
    CHECK(r.out.empty());
    CHECK_THAT(r.err, ContainsSubstring(text));
  };
  write_file(draft.file("no.db"), "this is no database, and long enough to be told from an empty one");
  sqlite3(draft.file("empty.db"), "create view v as select 1");
  const std::string whole = read_file(draft.file());
  write_file(draft.file("cut.db"), whole.substr(0, whole.size() / 2));
  fails({"/nowhere/a.db"}, 1, "/nowhere/a.db");
  fails({draft.file("no.db").string()}, 1, "no.db");
  fails({draft.file("empty.db").string()}, 1, "no table");
  fails({draft.file("cut.db").string()}, 1, "cut.db");
  fails({draft.file().string(), "--target", "mysql://x"}, 2, "--target");
  fails({draft.file().string(), "--target", "sqlite:" + draft.file().string()}, 2, "the same file as");
  fails({draft.file().string(), "--name", "a b"}, 2, "no name");
  fails({draft.file().string(), "-o", "/nowhere/plan.toml"}, 1, "/nowhere/plan.toml");
  fails({}, 2, "SOURCE");
}

TEST_CASE("into an application's own tables only rows go, matched by name and typed by the target",
          "[postgres]") {
  const Draft draft(
      "create table Users(Id integer primary key, userName text, Active int, createdAt text, seen int, price "
      "real, "
      "junk text, extra text);"
      "insert into Users values (1, 'a', 1, '2024-01-01 10:00:00', 1700000000, 1.25, 'j', '{\"a\": 1}'),"
      "(7, 'b', 0, '2024-01-01 12:00:00+02:00', 1700000000, 2.5, '', '');"
      "create table posts(id integer primary key, user_id int, cents real);"
      "insert into posts values (3, 7, 1.239); create table gone(a);");
  const TempPostgres target;
  target.psql(
      "create table users(id int generated always as identity primary key, user_name varchar(10) not null, "
      "active "
      "boolean not null, created_at timestamptz, seen timestamptz, price numeric(10,2), extra jsonb, org "
      "text not "
      "null default 'x');"
      "create table posts(id serial primary key, user_id int not null references users(id), cents "
      "numeric(10,2))");
  const std::string plan = draft.linted({"--target", target.url(), "--data-only", "--loose-names"});
  CHECK_THAT(plan, ContainsSubstring("created_at = { from = \"createdAt\", using = \"utc\" }"));
  CHECK_THAT(plan, ContainsSubstring("`created_at`: texts without a zone are taken as UTC."));
  CHECK_THAT(plan, ContainsSubstring("ignore = [\"junk\"]"));
  CHECK_THAT(plan,
             ContainsSubstring("table `gone` of shop.db, 0 rows; the target has no table of that name"));
  CHECK_THAT(plan, ContainsSubstring("# choice: cents = { using = \"round\" }"));
  // As it stands the run stops at 1.239; a person says that it may be rounded.
  CHECK(draft.run().status == 1);
  write_file(draft.plan(), plan + "[table.posts.columns]\ncents = { using = \"round\" }\n");
  const ProcessResult run = draft.run();
  INFO(plan << run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(
      target.psql("select id, user_name, active, created_at at time zone 'utc', extract(epoch from "
                  "seen)::bigint, price, "
                  "extra, org from users order by id") ==
      "1|a|t|2024-01-01 10:00:00|1700000000|1.25|{\"a\": 1}|x\n7|b|f|2024-01-01 10:00:00|1700000000|2.50||x");
  CHECK(target.psql("select * from posts") == "3|7|1.24");
  // The next key of the application is a free one.
  CHECK(target.psql("insert into users(user_name, active) values ('n', true) returning id") == "8");
  CHECK(target.psql("insert into posts(user_id) values (8) returning id") == "4");

  // Without --loose-names only what is spelled alike is the same.
  const ProcessResult exact = run_planrun(
      {"init", draft.file().string(), "--target", target.url(), "--data-only"}, draft.folder() / "state");
  CHECK_THAT(exact.out,
             ContainsSubstring("[table.posts]") && ContainsSubstring("table `Users` of shop.db, 2 rows"));
  CHECK(run_planrun({"init", draft.file().string(), "--data-only"}, draft.folder() / "state").status == 2);
  CHECK(run_planrun({"init", draft.file().string(), "--loose-names"}, draft.folder() / "state").status == 2);
}

TEST_CASE("tables of the target are matched by one look at all of them, and what is unclear is a choice",
          "[postgres]") {
  const Draft draft(
      "create table Users(id integer primary key, userName text, user_name text);"
      "insert into Users values (1, 'camel', 'snake');"
      "create table ORDER_LINES(id integer primary key, userId int); insert into ORDER_LINES values (1, 1);"
      "create table logs(id integer primary key); create table user_group(id integer primary key, n text);");
  const TempPostgres target;
  target.psql(
      "create table users(id int primary key, \"username\" text, \"user_name\" text);"
      "create table \"orderLines\"(id int primary key, \"user_id\" int, \"userid\" int, kind text not null);"
      "create table \"userGroup\"(id int primary key); create table usergroup(id int primary key);"
      "create table audit(id int primary key); create view logs as select 1 as id");
  REQUIRE(draft.init({"--target", target.url(), "--data-only", "--loose-names"}).status == 0);
  const std::string plan = read_file(draft.plan());
  INFO(plan);
  // The column that is spelled alike keeps its name, whatever comes first.
  CHECK_THAT(plan,
             ContainsSubstring("[table.users]") && ContainsSubstring("username = { from = \"userName\" }"));
  CHECK_THAT(plan,
             ContainsSubstring("[table.orderLines]\nfrom   = \"shop.ORDER_LINES\"") &&
                 ContainsSubstring("# choice: user_id = { from = \"userId\" }\n# choice: userid = { from = "
                                   "\"userId\" }") &&
                 ContainsSubstring("`kind`: the target wants a text, it has no default"));
  CHECK_THAT(plan, ContainsSubstring("# choice: [table.userGroup]") &&
                       ContainsSubstring("# choice: [table.usergroup]") &&
                       ContainsSubstring("table `logs` of shop.db"));
  CHECK_THAT(plan, ContainsSubstring("no table of the sources fills: `audit`, `userGroup`, `usergroup`."));
  const ProcessResult run = draft.run();
  CHECK(run.status == 2);
  CHECK_THAT(run.err, ContainsSubstring("column `kind` of [table.orderLines]"));
  // Without --loose-names nothing is taken that is only similar, and it is said what would be.
  const ProcessResult exact = run_planrun(
      {"init", draft.file().string(), "--target", target.url(), "--data-only"}, draft.folder() / "state");
  CHECK(exact.status == 1);
  CHECK_THAT(exact.err, ContainsSubstring("the target has none of its tables"));
}

TEST_CASE("self references and circles of the target are loaded by a draft as it is", "[postgres]") {
  const Draft draft(
      "create table employees(id integer primary key, manager int, mentor int);"
      "insert into employees values (1, 3, null), (2, 1, null), (3, null, null);"
      "create table a(id integer primary key, b int); create table b(id integer primary key, a int);"
      "insert into a values (1, 2); insert into b values (2, 1);");
  const TempPostgres target;
  target.psql(
      "create table b(id int primary key, a int not null); create table a(id int primary key, b int not null,"
      " constraint a_b foreign key (b) references b); alter table b add constraint b_a foreign key (a) "
      "references a;"
      "create table employees(id int primary key, manager int constraint boss references employees,"
      " mentor int constraint mentor references employees)");
  const std::string keys =
      "select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' order by 1";
  const std::string before = target.psql(keys);
  const std::string plan = draft.linted({"--target", target.url(), "--data-only"});
  INFO(plan);
  CHECK_THAT(plan, ContainsSubstring("restore_foreign_keys = [\"boss\"]") &&
                       ContainsSubstring("closes a circle (b -> a -> b)") &&
                       ContainsSubstring("restore_foreign_keys = [\"b_a\"]"));
  CHECK_THAT(plan, !ContainsSubstring("mentor\"]") && !ContainsSubstring("a_b"));
  const ProcessResult run = draft.run();
  INFO(run.out << run.err);
  CHECK(run.status == 0);
  CHECK(target.psql("select * from employees order by id") == "1|3|\n2|1|\n3||");
  CHECK(target.psql("select a.id, b.id from a, b") == "1|2");
  CHECK(target.psql(keys) == before);
}

TEST_CASE("a draft of the same databases is the same text") {
  const Draft draft(kShop);
  const auto text = [&] {
    return run_planrun({"init", draft.file().string()}, draft.folder() / "state").out;
  };
  const std::string first = text();
  CHECK_THAT(first, ContainsSubstring("[table.line]"));
  CHECK(text() == first);
}

}  // namespace init_test
