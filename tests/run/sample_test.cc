// A rehearsal on a sample, from end to end. Which rows it must take is worked out by SQL on the source; that
// foreign keys are whole the target says itself: PostgreSQL has them as constraints, SQLite is asked.
#include "support/migration.h"
#include "support/target_state.h"

namespace sample_test {

using namespace planrun::test;

namespace {

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

void run_sample(Migration& m, const std::string& rows, int status = 0) {
  const ProcessResult r = m.run({"--sample", rows});
  INFO(r.out << r.err);
  REQUIRE(r.status == status);
  if (m.kind() == Kind::sqlite) CHECK(m.target("pragma foreign_key_check") == "");
}

/// 60 customers of whom every third is closed, 240 orders (every tenth of nobody), 720 items.
const char* const kShop = R"(
create table customers (id integer primary key, name text, closed integer);
create table orders (id integer primary key, customer_id integer, note text);
create table items (order_id integer, line integer, sku text, primary key (order_id, line)) without rowid;
create table unread (id integer primary key);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 60)
  insert into customers select i, 'c' || i, i % 3 = 0 from n;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 240)
  insert into orders select i, case when i % 10 = 0 then null else i * 7 % 60 + 1 end, 'o' || i from n;
with recursive n(i) as (select 0 union all select i + 1 from n where i < 719)
  insert into items select i / 3 + 1, i % 3 + 1, 's' || i from n;
)";
const char* const kShopPlan = R"toml(
[table.items]
from = "s.items"
constraints = ["primary key (order_id, line)"]
[table.items.columns]
order_id = "bigint not null references orders"
line     = "integer not null"
sku      = "text"
[table.customers]
from  = "s.customers"
where = "not closed"
[table.customers.columns]
id     = "bigint primary key"
name   = "text"
closed = "integer"
[table.orders]
from = "s.orders"
[table.orders.columns]
id          = "bigint primary key"
customer_id = "bigint references customers (id)"
note        = "text"
)toml";
const std::string kFive =
    "with c as (select id from customers where not closed order by id limit 5), "
    "o as (select id from orders where customer_id in (select id from c)) ";

}  // namespace

TEST_CASE("a sample: the first rows of a root, its children and grandchildren, and no other", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kShop, kShopPlan);
    run_sample(m, "5");
    CHECK(m.target("select id from customers order by id") == "1\n2\n4\n5\n7");
    CHECK(m.target("select id from orders order by id") == m.source(kFive + "select id from o order by id"));
    CHECK(m.target("select order_id, line, sku from items order by 1, 2") ==
          m.source(kFive + "select order_id, line, sku from items where order_id in (select id from o)"));
    CHECK(m.count("orders") != "0");
  });
}

TEST_CASE("a sample as large as the source holds all that refers to something", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kShop, kShopPlan);
    run_sample(m, "1000000");
    CHECK(m.count("customers") == m.source("select count(*) from customers where not closed"));
    CHECK(
        m.count("orders") ==
        m.source(
            "select count(*) from orders where customer_id in (select id from customers where not closed)"));
  });
}

TEST_CASE("a sample takes a row only where all of its foreign keys are null or whole", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, R"sql(
create table a (id integer primary key);
create table b (x text, y integer, primary key (x, y)) without rowid;
create table c (id integer primary key, a integer, x text, y integer);
insert into a values (1), (2), (3);
insert into b values ('p', 1), ('p', 2), ('q', 1);
insert into c values (1, 1, 'p', 1), (2, 1, null, null), (3, null, 'p', 2), (4, null, null, null),
  (5, 3, 'p', 1), (6, 1, 'q', 1), (7, 2, 'p', null), (8, null, null, 2), (9, 3, null, null);
)sql",
                R"toml(
[table.a]
from = "s.a"
[table.a.columns]
id = "integer primary key"
[table.b]
from = "s.b"
constraints = ["primary key (x, y)"]
[table.b.columns]
x = "text not null"
y = "bigint not null"
[table.c]
from = "s.c"
constraints = ["foreign key (x, y) references b (x, y)"]
[table.c.columns]
id = "integer primary key"
a  = "integer references a"
x  = "text"
y  = "bigint"
)toml");
    run_sample(m, "2");
    CHECK(m.target("select id from c order by id") == "1\n2\n3\n7");
  });
}

TEST_CASE("a sample of a table that refers to itself begins with rows that refer to nobody", "[postgres]") {
  for_each_kind([](Kind kind) {
    // Children stand before their parents; 90 is its own.
    Migration m(kind, R"sql(
create table t (id integer primary key, up integer, name text);
insert into t values (1, 40, 'grandchild'), (5, 60, 'of another'), (40, 50, 'child'), (50, null, 'first'),
  (60, null, 'third'), (90, 90, 'own'), (55, null, 'second'), (91, 90, 'of own'), (92, 55, 'child');
)sql",
                R"toml(
[table.t]
from = "s.t"
[table.t.columns]
id   = "integer primary key"
up   = "integer references t (id)"
name = "text"
)toml");
    SECTION("two") {
      run_sample(m, "2");
      CHECK(m.target("select id from t order by id") == "1\n40\n50\n55\n92");
    }
    SECTION("a row that refers to itself is a beginning too") {
      run_sample(m, "4");
      CHECK(m.count("t") == "9");
    }
  });
}

TEST_CASE("a sample of foreign keys that go round takes whole circles", "[postgres]") {
  for_each_kind([](Kind kind) {
    // 3 has a head that does not exist; 4 and 5 need each other's people.
    Migration m(kind, R"sql(
create table dept (id integer primary key, head integer not null);
create table emp (id integer primary key, dept integer not null);
insert into dept values (1, 10), (2, 20), (3, 99), (4, 31), (5, 30);
insert into emp values (10, 1), (11, 1), (20, 2), (30, 4), (31, 5), (40, 3), (41, 6);
)sql",
                R"toml(
[table.dept]
from = "s.dept"
[table.dept.columns]
id   = "integer primary key"
head = "integer not null references emp (id)"
[table.emp]
from = "s.emp"
[table.emp.columns]
id   = "integer primary key"
dept = "integer not null references dept (id)"
)toml");
    const std::map<std::string, std::string> expected = {
        {"1", "1;10,11"}, {"2", "1,2;10,11,20"}, {"4", "1,2,4,5;10,11,20,30,31"}};
    for (const auto& [rows, result] : expected) {
      DYNAMIC_SECTION(rows << " rows") {
        run_sample(m, rows);
        const auto list = [&](const std::string& table) {
          std::string ids = m.target("select id from " + table + " order by id");
          std::replace(ids.begin(), ids.end(), '\n', ',');
          return ids;
        };
        CHECK(list("dept") + ";" + list("emp") == result);
      }
    }
  });
}

TEST_CASE("a sample follows foreign keys between sources, through conversions and Lua", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind,
                "create table t (id integer primary key, name text);"
                "insert into t values (7, 'seven'), (8, 'eight'), (9, 'nine');",
                "");
    const auto folder = m.plan_file().parent_path();
    sqlite3(folder / "b.db",
            "create table u (code text primary key, t text, more text);"
            "insert into u values ('a', ' 7 ', '[8,7]'), ('b', '9', '[7]'), ('c', '', '[7]'), ('d', '8', "
            "'[9]'), ('e', ' 8', '[]');");
    std::filesystem::create_directories(folder / "transforms");
    write_file(folder / "transforms" / "more.lua", R"lua(
local M = {}
function M.rows(row)
  local rows = {}
  for i, t in ipairs(json.decode(row.more)) do rows[i] = { id = row.code .. i, t = t } end
  return rows
end
return M
)lua");
    m.write_plan(R"toml(
[source.b]
url = "sqlite:b.db"
[table.more]
from      = "b.u"
transform = "more.rows"
[table.more.columns]
id = "text primary key"
t  = "integer not null references t (id)"
[table.u]
from   = "b.u"
ignore = ["more"]
[table.u.columns]
code = "text primary key"
t    = { type = "integer references t (id)", using = ["trim", "empty_as_null"] }
[table.t]
from = "s.t"
[table.t.columns]
id   = "bigint primary key"
name = "text"
)toml");
    // Both loads read u: what one makes of a row must be whole as well as what the other makes.
    run_sample(m, "2");
    CHECK(m.target("select code from u order by code") == "a\nc\ne");
    CHECK(m.target("select id, t from more order by id") == "a1|8\na2|7\nc1|7");
  });
}

TEST_CASE("a sample of a view, beside a load of the table that it reads", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, R"sql(
create table t (id integer primary key, kind text);
create index t_kind on t (kind);
create view v as select id * 2 as twice, kind from t where id % 2 = 1;
create view w as select count(*) as n from t;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 50)
  insert into t select i, 'k' || i % 3 from n;
)sql",
                R"toml(
[table.t]
from = "s.t"
[table.t.columns]
id   = "integer primary key"
kind = "text"
[table.v]
from = "s.v"
[table.v.columns]
twice = "integer primary key"
kind  = "text"
[check.rows]
sql        = "select count(*) from t"
source     = "s"
source_sql = "select n from w"
)toml");
    run_sample(m, "3");
    CHECK(m.target("select id from t order by id") == "1\n2\n3");
    CHECK(m.target("select twice from v order by twice") == "2\n6\n10");
  });
}

TEST_CASE("a foreign key whose columns no load fills is named and not followed") {
  Migration m(Kind::sqlite,
              "create table t (name text); insert into t values ('a'), ('b'), ('c');"
              "create table u (t integer); insert into u values (1), (2), (3);",
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"serial primary key\"\nname = \"text\"\n"
              "[table.u]\nfrom = \"s.u\"\n[table.u.columns]\nt = \"integer references t (id)\"\n");
  const ProcessResult r = m.run({"--sample", "2"});
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring(
                        "table u: its foreign key (t) to t is not followed, since no load fills t.id"));
  CHECK(m.count("u") == "2");
}

TEST_CASE("bad rows are rejected in a rehearsal as they would be in the run") {
  Migration m(
      Kind::sqlite,
      "create table p (id integer primary key, n text); insert into p values (1, 'x'), (2, '2'), (3, '3');"
      "create table q (id integer primary key, p integer, n text);"
      "insert into q values (1, 1, '1'), (2, 2, 'y'), (3, 3, '3');",
      "[table.p]\nfrom = \"s.p\"\non_reject = \"keep\"\n[table.p.columns]\nid = \"integer primary key\"\n"
      "n = \"integer\"\n[table.q]\nfrom = \"s.q\"\non_reject = \"keep\"\n[table.q.columns]\n"
      "id = \"integer primary key\"\np = \"integer references p (id)\"\nn = \"integer\"\n");
  run_sample(m, "2");
  CHECK(m.target("select id from p") == "2");
  CHECK(m.target("select \"load\", key from planrun_reject order by 1, 2") == "p|[1]\nq|[1]\nq|[2]");
}

TEST_CASE("a full run does not go on from a rehearsal, nor a rehearsal from a full run", "[postgres]") {
  for_each_kind([](Kind kind) {
    std::string all = kShopPlan;  // a run of all rows would find orphans of the closed customers
    all.erase(all.find("where = "), std::string("where = \"not closed\"").size());
    Migration m(kind, kShop, all);
    m.target("create table other (x integer)");
    const std::string before = target_state(m.target_url());
    run_sample(m, "5");
    const std::string rehearsed = target_state(m.target_url());
    for (const auto& arguments : {std::vector<std::string>{}, {"--sample", "6"}}) {
      const ProcessResult refused = m.run(arguments);
      CHECK(refused.status == 1);
      CHECK_THAT(refused.err, ContainsSubstring("is a rehearsal on a sample of 5 rows"));
      CHECK_THAT(refused.err, ContainsSubstring("planrun rollback"));
    }
    CHECK_THAT(m.dry_run().out, ContainsSubstring("is a rehearsal on a sample of 5 rows"));
    CHECK_THAT(m.run({"--sample", "5"}).out, ContainsSubstring("already done"));
    CHECK(target_state(m.target_url()) == rehearsed);
    CHECK_THAT(run_planrun({"status", m.plan_file()}, m.state()).out,
               ContainsSubstring("a rehearsal on a sample of 5 rows"));

    CHECK(m.rollback().status == 0);
    CHECK(target_state(m.target_url()) == before);

    const ProcessResult full = m.run();
    INFO(full.out << full.err);
    CHECK(full.status == 0);
    CHECK(m.count("orders") == "240");
    const ProcessResult refused = m.run({"--sample", "5"});
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, ContainsSubstring("is a run of all rows"));
  });
}

TEST_CASE("a rehearsal that failed goes on from its own sample") {
  const auto plan = [](const std::string& using_) {
    return "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"integer primary key\"\nv = { type = "
           "\"integer\"" +
           using_ + " }\n";
  };
  Migration m(Kind::sqlite,
              "create table t (id integer primary key, v text);"
              "insert into t values (1, '1'), (2, ' 2'), (3, '3');",
              plan(""));
  run_sample(m, "2", 1);
  sqlite3(m.source_file(), "delete from t where id = 1");  // the sample is what a resume reads
  CHECK_THAT(m.run().err, ContainsSubstring("a rehearsal on a sample of 2 rows"));
  m.write_plan(plan(", using = \"trim\""));
  run_sample(m, "2");
  CHECK(m.target("select id, v from t") == "1|1\n2|2");
}

TEST_CASE("rejects of a rehearsal are sent again into the same rehearsal") {
  const auto plan = [](const std::string& using_) {
    return "[table.t]\nfrom = \"s.t\"\non_reject = \"keep\"\n[table.t.columns]\nid = \"integer primary "
           "key\"\n"
           "v = { type = \"integer\"" +
           using_ + " }\n";
  };
  Migration m(Kind::sqlite,
              "create table t (id integer primary key, v text);"
              "insert into t values (1, '1'), (2, ' 2'), (3, '3');",
              plan(""));
  run_sample(m, "2");
  m.write_plan(plan(", using = \"trim\""));
  const ProcessResult r = run_planrun({"rejects", m.plan_file(), "--retry"}, m.state());
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(m.target("select id, v from t") == "1|1\n2|2");
}

TEST_CASE("a check that expects a figure of the whole is not judged in a rehearsal; others are") {
  Migration m(Kind::sqlite, kShop,
              std::string(kShopPlan) +
                  "[check.whole]\nsql = \"select count(*) from orders\"\nexpect = 240\n"
                  "[check.same]\nsql = \"select count(*) from orders\"\nsource = \"s\"\n"
                  "source_sql = \"select count(*) from orders\"\n");
  const ProcessResult r = m.run({"--sample", "5"});
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(m.target("select name, severity, status from planrun_check_result where name in ('whole', 'same') "
                 "order by 1") == "same|critical|passed\nwhole|info|not judged");
  CHECK_THAT(r.out, ContainsSubstring("not judged (info): whole: a sample of 5 rows; expected 240"));

  Migration bad(Kind::sqlite, kShop,
                std::string(kShopPlan) +
                    "[check.different]\nsql = \"select count(*) + 1 from orders\"\nsource = \"s\"\n"
                    "source_sql = \"select count(*) from orders\"\n");
  run_sample(bad, "5", 3);
}

TEST_CASE("what a shared check expects of any row is judged in a rehearsal too") {
  Migration m(Kind::sqlite,
              "create table t (id integer primary key, v text); insert into t values (1, 'x'), (2, null);",
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"integer primary key\"\nv = \"text\"\n"
              "[check.filled]\nuse = \"not_null\"\ntable = \"t\"\ncolumn = \"v\"\n");
  std::filesystem::copy(PLANRUN_SOURCE_DIR "/checks", m.plan_file().parent_path() / "checks");
  run_sample(m, "1");
  CHECK(m.rollback().status == 0);
  run_sample(m, "2", 3);
}

TEST_CASE("a plan that requires another is not content with its rehearsal") {
  Migration first(Kind::sqlite, "create table t (id integer primary key); insert into t values (1), (2);",
                  "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"integer primary key\"\n");
  run_sample(first, "1");
  Migration second(Kind::sqlite, "create table u (id integer primary key); insert into u values (1), (2);",
                   "[table.u]\nfrom = \"s.u\"\n[table.u.columns]\nid = \"integer primary key\"\n");
  std::string plan = read_file(second.plan_file());
  plan.replace(plan.find("\"test\""), 6, "\"second\"\nrequires = [\"test\"]");
  write_file(second.plan_file(), plan);
  const std::string target = "t=" + first.target_url();
  const ProcessResult r = second.run({"--target", target});
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("passed, a rehearsal on a sample of 1 row"));
  CHECK(second.run({"--target", target, "--sample", "1"}).status == 0);
}

TEST_CASE("the preview of a sample shows its rows and leaves nothing behind", "[postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kShop, kShopPlan);
    TempFolder temporary;
    const auto files = [&] {
      return run_process({"sh", "-c", "find \"$1\" \"$2\" | sort", "sh", m.plan_file().parent_path().string(),
                          temporary.path().string()})
          .out;
    };
    const std::string before = files();
    const std::string state = target_state(m.target_url());
    const ProcessResult r =
        m.run({"--dry-run", "--sample", "5", "--format", "json"}, {{"TMPDIR", temporary.path().string()}});
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    CHECK_THAT(r.out, ContainsSubstring("\"sample\": 5"));
    CHECK_THAT(r.out, ContainsSubstring("\"rows_read\": " + m.source(kFive + "select count(*) from o")));
    CHECK_THAT(r.out, ContainsSubstring(m.source_file().string()));
    CHECK(files() == before);
    CHECK(target_state(m.target_url()) == state);
  });
}

TEST_CASE("a sample is a number from 1 to 1,000,000, of a run or its preview") {
  Migration m(Kind::sqlite, kShop, kShopPlan);
  for (const char* rows : {"0", "-1", "1000001", "x", "1.5"}) CHECK(m.run({"--sample", rows}).status == 2);
  CHECK(run_planrun({"--sample", "5", "status", m.plan_file()}, m.state()).status == 2);
  CHECK_FALSE(std::filesystem::exists(m.target_file()));
}

TEST_CASE("snapshot = \"none\": a rehearsal reads its sample all the same") {
  Migration m(Kind::sqlite, kShop, kShopPlan, "snapshot = \"none\"\n");
  run_sample(m, "5");
  CHECK(m.target("select snapshots like '%\"sample\":5%' and snapshots like '%source%' from planrun_run") ==
        "1");
  CHECK_THAT(run_planrun({"backups", m.plan_file(), "--verify"}, m.state()).out,
             ContainsSubstring("there, SHA-256 agrees, a sample"));
}

TEST_CASE("each of several targets gets a sample that is whole") {
  Migration m(Kind::sqlite, kShop, "");
  std::string plan = kShopPlan;
  for (const char* table : {"items", "orders", "customers"}) {
    const std::string header = "[table." + std::string(table) + "]\n";
    plan.replace(plan.find(header), header.size(), header + "target = \"b\"\n");
  }
  m.write_plan(
      "[target.b]\nurl = \"sqlite:b.db\"\n[table.all_customers]\nfrom = \"s.customers\"\ntarget = \"t\"\n" +
      plan);
  const auto b = [&](const std::string& sql) { return sqlite3(m.plan_file().parent_path() / "b.db", sql); };
  const ProcessResult r = m.run({"--sample", "5"});
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select id from all_customers order by id") == "1\n2\n3\n4\n5");
  CHECK(b("select id from customers order by id") == "1\n2\n4\n5\n7");
  CHECK(b("select id from orders order by id") == m.source(kFive + "select id from o order by id"));
  CHECK(b("pragma foreign_key_check") == "");
  CHECK_THAT(m.run({"--sample", "5"}).out, ContainsSubstring("already done"));
  CHECK_THAT(m.run().err, ContainsSubstring("a rehearsal on a sample of 5 rows"));
  CHECK(m.rollback().status == 0);
  CHECK(b("select count(*) from sqlite_schema where name not like '%planrun%'") == "0");
}

TEST_CASE("the shipped plans are rehearsed to the end on both targets", "[cases][postgres]") {
  for_each_kind([](Kind kind) {
    TempFolder folder;
    std::unique_ptr<TempPostgres> postgres;
    if (kind == Kind::postgresql) postgres = std::make_unique<TempPostgres>();
    const std::string file = (folder / "target.db").string();
    const std::string url = postgres ? postgres->url() : "sqlite:" + file;
    const auto target = [&](const std::string& sql) {
      return postgres ? postgres->psql(sql) : sqlite3(file, sql);
    };
    const auto rehearse = [&](const std::string& name, const std::string& text, const std::string& variable,
                              const std::string& target_name) {
      sqlite3(folder / (name + ".db"), ".read " PLANRUN_SOURCE_DIR "/examples/" + text);
      const ProcessResult r = run_planrun({PLANRUN_SOURCE_DIR "/plans/" + name + ".toml", "--sample", "20",
                                           "--target", target_name + "=" + url},
                                          folder / "state", {{variable, (folder / (name + ".db")).string()}});
      INFO(r.out << r.err);
      CHECK(r.status == 0);
      if (!postgres) CHECK(sqlite3(file, "pragma foreign_key_check") == "");
    };
    SECTION("ora") {
      rehearse("ora", "ora.sql", "ORA_DB", "ora");
      CHECK(target("select count(*) from shipped_orders") == "20");
      CHECK(target("select count(*) from shipped_items") ==
            sqlite3(folder / "ora.db",
                    "select count(*) from shipped_items where order_number in (select order_number from "
                    "shipped_orders order by rowid limit 20)"));
    }
    SECTION("epic7") {
      rehearse("epic7", "data/epic7.sql", "EPIC7_DB", "core");
      CHECK(target("select count(*) from crm_contacts") == "16");
    }
  });
}

}  // namespace sample_test
