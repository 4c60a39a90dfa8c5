// planrun census and planrun init of PostgreSQL databases: what they say is held against values that were
// put in by hand, and a drafted plan runs as it is into both databases.
#include <sstream>

#include <nlohmann/json.hpp>

#include "support/support.h"

namespace postgres_census_test {

using namespace planrun::test;

namespace {

using Json = nlohmann::json;

class Shop {
 public:
  explicit Shop(const std::string& sql) { database_.psql(sql); }
  const std::string& url() const { return database_.url(); }
  std::string psql(const std::string& sql) const { return database_.psql(sql); }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  ProcessResult planrun(const std::vector<std::string>& arguments,
                        const std::map<std::string, std::string>& environment = {}) const {
    return run_planrun(arguments, folder_ / "state", environment);
  }
  /// Of table `name`, in the JSON of a census.
  Json census(const std::string& name, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"census", url(), "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProcessResult result = planrun(arguments);
    INFO(result.err);
    REQUIRE(result.status == 0);
    const Json json = Json::parse(result.out);
    for (const auto& table : json["databases"][0]["tables"]) {
      if (table["name"] == name) return table;
    }
    return {};
  }
  /// Drafts, and asks lint. The plan.
  std::string drafted(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"init", url(), "--name", "shop", "-o", plan().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProcessResult draft = planrun(arguments);
    INFO(draft.out << draft.err);
    REQUIRE(draft.status == 0);
    std::string text = read_file(plan());
    const ProcessResult lint = planrun({"lint", plan().string(), "--sources"});
    INFO(text << lint.out << lint.err);
    CHECK_THAT(lint.out, ContainsSubstring("nothing wrong"));
    return text;
  }
  std::filesystem::path plan() const { return folder_ / "plan.toml"; }
  std::filesystem::path target() const { return folder_ / "shop.migrated.db"; }

 private:
  TempPostgres database_;
  TempFolder folder_;
};

Json column(const Json& table, const std::string& name) {
  for (const auto& one : table["columns"]) {
    if (one["name"] == name) return one;
  }
  return {};
}

/// "REASON by WHOM: COUNT SAMPLES" of each.
std::string refused(const Json& column) {
  std::string text;
  for (const auto& one : column.value("refused", Json::array()))
    text += (text.empty() ? "" : "; ") + one["reason"].get<std::string>() + " by " +
            one["by"].get<std::string>() + ": " + one["count"].dump() + " " + one["samples"].dump();
  return text;
}

/// What pg_dump says of schema public, without comments.
std::string public_dump(const std::string& url, const std::vector<std::string>& more = {}) {
  std::vector<std::string> command = {"pg_dump", "-s", "-O", "-x", "-n", "public"};
  command.insert(command.end(), more.begin(), more.end());
  command.push_back(url);
  std::istringstream dump(run_process(command).out);
  std::string kept;
  for (std::string line; std::getline(dump, line);) {
    if (!line.starts_with("--") && !line.starts_with("\\") && !line.empty()) kept += line + "\n";
  }
  return kept;
}

void passes(const ProcessResult& result) {
  INFO(result.out << result.err);
  REQUIRE(result.status == 0);
}

constexpr const char* kOdd = R"~(
  create table v (id int primary key, f float8, n numeric, t timestamp, d date, a text[], h time, p text, b bool);
  insert into v values (1, 'NaN', 1.25, '2020-01-02 03:04:05', null, '{}', '00:00', '', true),
    (2, '-0', -7, null, null, null, null, '', false), (3, 1, 'NaN', null, null, null, null, 'x', null),
    (4, 1, 12345678901234567890.5, null, null, null, null, 'X', null), (5, 1, 1, 'infinity', null, null, null, 'y', null),
    (6, 1, 1, '0044-03-15 00:00:00 BC', '-infinity', null, null, 'z', null),
    (7, 1, 1, null, null, '{{a,b},{c,d}}', '24:00', '12', null);
  create unique index v_p on v (p, id);)~";

constexpr const char* kShop = R"~(
  create type mood as enum ('ok', 'bad');
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create function half(x int) returns int immutable language sql as 'select x / 2';
  create table brands (id int generated always as identity primary key, name varchar(50) not null unique, "Group" text);
  insert into brands (name) select 'b' || i from generate_series(1, 5) i;
  create table items (
    id bigserial primary key, brand int not null references brands on delete cascade, sku char(8) collate "C" default 'none',
    price numeric(12,2) not null default 0.00 check (price >= 0),
    gross numeric(12,2) generated always as (price * 1.2) stored, label text generated always as (lower(sku::text)) stored,
    state varchar(10) not null default 'new' check (state in ('new', 'old')), feel mood default 'ok', ip inet,
    seen timestamptz default now(), tags text[] default '{}', extra jsonb, big numeric, f float8, r real default 1.5, uid uuid default gen_random_uuid(),
    constraint sane check (length(state) > 2 or price < 10), constraint odd check (half(brand) >= 0), unique (brand, sku) deferrable);
  create index items_seen on items (seen desc nulls last) where price > 0;
  create unique index items_lower on items (lower(state), id);
  create index items_tags on items using gin (tags);
  create trigger items_touch before update on items for each row execute function touch();
  insert into items (brand, sku, price, extra, big, f, ip) select 1 + i % 5, 'sku' || i, i + 0.5, '{"a": 1}',
    12345678901234567890.12345, i / 4.0, '10.0.0.1' from generate_series(1, 50) i;
  update items set f = 'NaN' where id = 3;
  create table twice (a int, b text); insert into twice values (1, 'x'), (1, 'x'), (null, null);
  create view totals as select brand, sum(price) as total from items group by 1;)~";

}  // namespace

TEST_CASE("the census of a PostgreSQL table says which of its values SQLite does not hold, by key",
          "[cases][postgres]") {
  const Shop shop(kOdd);
  const Json v = shop.census("v");
  CHECK(v["rows"] == 7);
  CHECK(refused(column(v, "f")) ==
        "is NaN, which a SQLite target cannot hold by sqlite: 1 [[1]]; is -0.0, which a SQLite target would "
        "keep as 0 by sqlite: 1 [[2]]");
  CHECK_THAT(refused(column(v, "n")), ContainsSubstring("would be changed by a SQLite target") &&
                                          ContainsSubstring("by sqlite: 1 [[4]]") &&
                                          ContainsSubstring("by sqlite: 1 [[3]]"));
  CHECK_THAT(refused(column(v, "t")), ContainsSubstring("by all: 1 [[6]]") && !ContainsSubstring("[[5]]"));
  CHECK(refused(column(v, "d")).empty());
  CHECK_THAT(refused(column(v, "a")), ContainsSubstring("by all: 1 [[7]]"));
  CHECK_THAT(refused(column(v, "h")), ContainsSubstring("by all: 1 [[7]]"));
  CHECK(refused(column(v, "p")).empty());
  CHECK(column(v, "n")["texts"]["least_number"] == -7.0);
  CHECK(column(v, "b")["integers"]["ones"] == 1);
  CHECK(column(v, "b")["nulls"]["count"] == 5);
  CHECK(column(v, "p")["texts"]["kinds"]["empty"]["samples"] == Json::parse("[[1], [2]]"));
}

TEST_CASE("the census of a PostgreSQL database reads orphans, duplicates and what is beside the tables",
          "[cases][postgres]") {
  const Shop shop(std::string(kShop) +
                  "create table mails (id int primary key, mail text unique, item bigint);"
                  "insert into mails values (1, 'A@x', 1), (2, 'a@x', 999), (3, 'b@x', null);"
                  "alter table mails add constraint m foreign key (item) references items not valid;");
  const Json mails = shop.census("mails");
  CHECK(mails["foreign_keys"][0]["orphans"] == Json::parse(R"({"count": 1, "samples": [[2]]})"));
  CHECK(mails["duplicates"][0]["comparison"] == "nocase");
  CHECK(mails["duplicates"][0]["values"]["count"] == 1);
  const ProcessResult text = shop.planrun({"census", shop.url()});
  passes(text);
  CHECK_THAT(text.out, ContainsSubstring("items  table, 50 rows, key id, numbered up to 50"));
  CHECK_THAT(text.out, ContainsSubstring("numbers               1.5 to 50.5 (1 decimal)"));
  CHECK_THAT(text.out, ContainsSubstring("feel: a SQLite target keeps values of mood as text"));
  CHECK_THAT(text.out, ContainsSubstring("not in SQLite as it is: index items_tags: SQLite has no index"));
  CHECK_THAT(text.out, ContainsSubstring("not read: view totals"));
  CHECK_THAT(text.out,
             ContainsSubstring("beside them: type mood, function touch(), function half(x integer)"));
  passes(shop.planrun({"census", shop.url(), "--format", "html", "-o", shop.file("c.html").string()}));
  CHECK_THAT(read_file(shop.file("c.html")), ContainsSubstring("CREATE TYPE mood AS ENUM"));
}

TEST_CASE("a census of PostgreSQL names what stands in its way, and what to do", "[cases][postgres]") {
  const Shop shop("create table a (id int primary key); create table b (id int); insert into b values (1);");
  const auto fails = [&](const std::vector<std::string>& arguments, const std::string& words) {
    const ProcessResult result = shop.planrun(arguments);
    INFO(result.out << result.err);
    CHECK(result.status == 1);
    CHECK_THAT(result.out + result.err, ContainsSubstring(words));
  };
  const std::string server = shop.url().substr(0, shop.url().rfind('/'));
  fails({"census", "postgresql://planrun@127.0.0.1:1/x"}, "start the server");
  fails({"census", server + "/no_such_database"}, "name a database that is there");
  fails({"census", shop.url(), "--schema", "nope"}, "has no schema \"nope\"");
  fails({"init", shop.url(), "--schema", "pg_toast"}, "there is no table in it");
  shop.psql("revoke all on a from current_user");
  fails({"census", shop.url()}, "permission denied for table a; GRANT USAGE ON SCHEMA");
  fails({"init", shop.url()}, "planrun census " + shop.url() + " says what and why");
  CHECK_THAT(shop.planrun({"census", shop.url()}).out, ContainsSubstring("b  table, 1 row, key none"));
}

TEST_CASE("a plan drafted from PostgreSQL runs into SQLite as it is", "[cases][postgres]") {
  const Shop shop(kShop);
  const std::string plan = shop.drafted();
  CHECK_THAT(plan, ContainsSubstring("whole = true"));
  CHECK_THAT(plan, ContainsSubstring(
                       "state = \"varchar(10) not null default 'new' check (state in ('new', 'old'))\""));
  CHECK_THAT(plan, ContainsSubstring("big   = { type = \"numeric\", storage = \"text\" }"));
  CHECK_THAT(plan, ContainsSubstring("# choice: f = \"double precision\""));
  CHECK_THAT(plan, ContainsSubstring("# Not carried: SQLite has no index method gin."));
  CHECK_THAT(plan, ContainsSubstring("# Not carried: view `totals`."));
  CHECK_THAT(plan, ContainsSubstring("#  SELECT items.brand,"));
  passes(shop.planrun({shop.plan().string()}));
  const auto ask = [&](const std::string& sql) { return sqlite3(shop.target(), sql); };
  CHECK(ask("select count(*), sum(price), sum(gross), min(big), min(f), max(f), min(label) from items") ==
        "50|1300.0|1560.0|12345678901234567890.12345|0.25|NaN|sku1");
  CHECK(ask("select count(*), count(a) from twice") == "3|2");
  CHECK(ask("select group_concat(name) from (select name from sqlite_schema where type = 'index' and name "
            "like 'items%' and sql is not null order by name)") == "items_lower,items_seen");
  CHECK(ask("insert into brands (name) values ('new'); insert into items (brand) values (6); select id, "
            "brand, sku, price, state, feel "
            "from items where id > 50") == "51|6|none|0|new|ok");
}

TEST_CASE("a plan drafted from PostgreSQL carries all that another database can have, as pg_dump tells",
          "[cases][postgres]") {
  const Shop shop(kShop);
  const TempPostgres target;
  const std::string plan = shop.drafted({"--target", target.url()});
  CHECK_THAT(plan, ContainsSubstring("types = [\"mood\"]\n"));
  passes(shop.planrun({shop.plan().string()}));
  const auto lines = [](const std::string& url) {
    return public_dump(url, {"-t", "items", "-t", "brands", "-t", "twice"});
  };
  // What is the source's own is left behind by name: a check and a trigger that call its functions.
  std::string expected = lines(shop.url());
  for (const auto& [own, left] : std::map<std::string, std::string>{
           {"    CONSTRAINT odd CHECK ((public.half(brand) >= 0)),\n", ""},
           {"CREATE TRIGGER items_touch BEFORE UPDATE ON public.items FOR EACH ROW EXECUTE FUNCTION "
            "public.touch();\n",
            ""}}) {
    REQUIRE(expected.find(own) != std::string::npos);
    expected.replace(expected.find(own), own.size(), left);
  }
  CHECK(lines(target.url()) == expected);
  const std::string rows = "copy (select * from items order by id) to stdout";
  CHECK(target.psql(rows) == shop.psql(rows));
}

TEST_CASE("names that differ in the case of letters only are drafted apart", "[cases][postgres]") {
  const Shop shop(R"~(
    create table "User" (id int primary key, "Name" text not null, name text, check ("Name" <> ''), check (name <> 'x'));
    create table "user" (id int primary key, boss int references "user", "Name" text unique, name text unique);
    create table orders (id int primary key, u int not null references "user", "U" int references "User");
    create index on orders (u); create index on orders ("U");
    create unique index one on "User" (name) where "Name" like 'a%';
    insert into "User" values (1, 'a', 'b'), (5, 'c', 'd');
    insert into "user" values (1, null, 'p', 'q'), (2, 1, 'r', 's');
    insert into orders values (1, 2, 5), (2, 1, 1);)~");
  const TempPostgres target;
  shop.drafted({"--target", target.url()});
  passes(shop.planrun({shop.plan().string()}));
  CHECK(public_dump(target.url()) == public_dump(shop.url()));
  // SQLite takes "User" and "user" for one.
  std::filesystem::remove(shop.plan());
  const std::string plan = shop.drafted();
  CHECK_THAT(plan, ContainsSubstring("foreign key (u) references user_2 (id)") &&
                       ContainsSubstring("foreign key (\"U_2\") references \"User\" (id)"));
  passes(shop.planrun({shop.plan().string()}));
  CHECK(sqlite3(shop.target(), "select * from orders") == "1|2|5\n2|1|1");
}

TEST_CASE("a PostgreSQL source that is to arrive whole names what the plan lacks", "[cases][postgres]") {
  const Shop shop(
      "create table a (id int primary key, v text not null default 'x'); create index a_v on a (v);"
      "create table b (id int); create view w as select 1 as one; create sequence loose;");
  const auto run = [&](const std::string& leave) {
    write_file(shop.plan(), "[plan]\nname = \"shop\"\n[source.s]\nurl = \"" + shop.url() +
                                "\"\nwhole = true\n" + leave +
                                "[target.t]\nurl = \"sqlite:t.db\"\n[table.a]\nfrom = \"s.a\"\n"
                                "[table.a.columns]\nid = \"int primary key\"\nv = \"text\"\n");
    return shop.planrun({shop.plan().string()});
  };
  const ProcessResult refused = run("");
  CHECK(refused.status == 2);
  for (const char* part : {"table b", "not null a.v", "default a.v", "index a_v", "view w", "sequence loose"})
    CHECK_THAT(refused.err, ContainsSubstring("source s has " + std::string(part)));
  const std::string all =
      R"(leave = ["table b", "not null a.v", "default a.v", "index a_v", "view w", "sequence loose"])";
  CHECK(run(all.substr(0, all.size() - 1) + ", \"view x\"]\n").status == 2);
  passes(run(all + "\n"));
}

TEST_CASE("views that read what arrives as it is are drafted from PostgreSQL to PostgreSQL",
          "[cases][postgres]") {
  const Shop shop(R"~(
    create type mood as (a int, b int);
    create table t (id int primary key, "Name" text, m mood);
    create table u (id int primary key, v numeric(10,2));
    create function half(x int) returns int immutable language sql as 'select x / 2';
    create view z_base as select id, v from u;
    create view a_top as select z.id, sum(z.v) over (order by z.v) as s, now() as n, 'x${Y}''z' as q from z_base z where v > 1;
    create view "Rec" as with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select n from r;
    create view cat as select relname::text from pg_class where relkind = 'r';
    insert into u values (1, 2.5), (2, 0.5);)~");
  const auto views = [](const std::string& url) {
    return public_dump(url, {"-t", "z_base", "-t", "a_top", "-t", "\"Rec\"", "-t", "cat"});
  };
  const std::string carried = views(shop.url());
  shop.psql(
      "create materialized view mv as select count(*) from u; create view own as select half(id) from u;"
      "create view onmv as select * from mv; create view tm as select id from t;"
      "create view opts with (security_barrier) as select id from u;");
  const TempPostgres target;
  const std::string plan = shop.drafted({"--target", target.url()});
  for (const char* words :
       {"view `mv`: it is materialized.", "view `onmv`: it reads `mv`, which is not carried.",
        "view `own`: it names function half(integer).", "view `tm`: its table `t` is another one here.",
        "view `opts`: it has options: security_barrier=true."})
    CHECK_THAT(plan, ContainsSubstring("# Not carried: " + std::string(words)));
  for (const char* name : {"mv", "onmv", "own", "tm", "opts"})
    CHECK_THAT(plan, ContainsSubstring("  \"view " + std::string(name) + "\",\n"));
  passes(shop.planrun({shop.plan().string()}));
  CHECK(views(target.url()) == carried);
  CHECK(target.psql("select id, s, q from a_top") == "1|2.50|x${Y}'z");
}

TEST_CASE("divided tables are drafted from PostgreSQL to PostgreSQL as they are divided",
          "[cases][postgres]") {
  const std::string divided = R"~(
    create table r (id int, at timestamptz not null, v text, primary key (id, at)) partition by range (at);
    create table r_old partition of r for values from (minvalue) to ('2020-01-01');
    create table r_2020 partition of r for values from ('2020-01-01') to ('2021-01-01 12:00+02');
    create table r_d partition of r default;
    create index on r (v);
    create table l (id int, k text, n numeric check (n > 0)) partition by list (k);
    create table "L de" partition of l for values in ('d''e', 'at');
    create table l_d partition of l default;
    create table ln (id int, k int) partition by list (k);
    create table ln1 partition of ln for values in (-1, 2);
    create table h (id bigint primary key, t text) partition by hash (id);
    create table h_0 partition of h for values with (modulus 2, remainder 0);
    create table h_1 partition of h for values with (modulus 2, remainder 1);
    create table m (a int not null, b text not null) partition by range (a, b);
    create table m1 partition of m for values from (1, 'a') to (5, 'c');
    create table m2 partition of m for values from (5, 'c') to (maxvalue, maxvalue);
    create table bo (a bool) partition by list (a);
    create table bo_t partition of bo for values in (true); create table bo_f partition of bo for values in (false);
    create table c (id int primary key, h bigint references h, ra int, rb timestamptz, foreign key (ra, rb) references r);
    insert into r values (1, '1999-01-01', 'o'), (2, '2020-05-05', 'n'), (3, '2030-01-01', 'd');
    insert into l values (1, 'at', 1), (3, 'zz', 2); insert into ln values (1, -1), (2, 2);
    insert into h select i, 'x' from generate_series(1, 20) i; insert into m values (1, 'b'), (9, 'z');
    insert into bo values (true), (false); insert into c values (1, 3, 2, '2020-05-05');)~";
  const Shop shop(divided);
  const std::string expected = public_dump(shop.url());
  const std::string rows =
      "select tableoid::regclass, r from (select tableoid, r::text from r union all "
      "select tableoid, l::text from l union all select tableoid, h::text from h union all "
      "select tableoid, m::text from m) r order by 1::text, 2";
  const TempPostgres target;
  shop.drafted({"--target", target.url()});
  passes(shop.planrun({shop.plan().string()}));
  CHECK(public_dump(target.url()) == expected);
  CHECK(target.psql(rows) == shop.psql(rows));
  // What a plan has no words for stays one table, and is left by name.
  shop.psql(R"~(
    create table ln2 partition of ln for values in (3, null);
    create table e (a int, at date) partition by range (extract(year from at));
    create table h2 (id bigint) partition by hash (id);
    create table odd partition of h2 for values with (modulus 2, remainder 0);
    create table even partition of h2 for values with (modulus 2, remainder 1);)~");
  std::filesystem::remove(shop.plan());
  const std::string plan = shop.drafted({"--target", target.url()});
  CHECK_THAT(plan, ContainsSubstring("  \"partitioning of e\",\n  \"partitioning of ln\",\n]"));
  CHECK_THAT(plan, ContainsSubstring("here it is one table: it does not go by columns alone."));
  CHECK_THAT(plan, ContainsSubstring("FOR\n# VALUES IN (3, NULL)."));
  CHECK_THAT(plan,
             ContainsSubstring("# Partition `odd` of the source is here called `h2_0`, and the others"));
}

TEST_CASE("what PostgreSQL tables have that no plan says is left by name", "[cases][postgres]") {
  const Shop shop(R"~(
    create table t (id int, a int not null, b text, primary key (id) include (a));
    alter table t enable row level security; alter table t replica identity full; alter table t set (fillfactor = 70);
    alter table t alter b set storage external; alter table t alter b set statistics 500;
    create unlogged table u (id int primary key, s int generated always as (id + 1) stored);
    alter table u add constraint positive check (id > 0) not valid;
    create table p (id int, k int, v text) partition by range (id);
    create table p1 partition of p for values from (0) to (10);
    create table p2 partition of p for values from (10) to (20) partition by list (k);
    alter table p1 add check (k > 0); alter table p1 add unique (id); create index p1k on p1 (k); alter table p1 alter v set not null;
    alter table p1 alter v set default 'z'; alter table p1 add foreign key (k) references t;
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before insert on p1 for each row execute function f(); create trigger gp after insert on p for each row execute function f();
    create collation deu (locale = 'C'); create function pl(text) returns text immutable language sql as 'select $1';
    create operator @+ (function = pl, rightarg = text);
    create text search configuration ts (copy = simple); create text search dictionary di (template = simple);)~");
  const TempPostgres target;
  const std::string plan = shop.drafted({"--target", target.url()});
  const std::size_t begin = plan.find("leave = [");
  REQUIRE(begin != std::string::npos);
  CHECK(plan.substr(begin, plan.find(']', begin) - begin) == R"~(leave = [
  "INCLUDE of t_pkey",
  "constraint positive",
  "trigger gp",
  "function f()",
  "function pl(text)",
  "row security of t",
  "unlogged u",
  "replica identity of t",
  "storage of t",
  "constraint p1_id_key of partition p1",
  "constraint p1_k_check of partition p1",
  "constraint p1_k_fkey of partition p1",
  "index p1k of partition p1",
  "trigger g of partition p1",
  "not null v of partition p1",
  "default v of partition p1",
  "partition key of partition p2",
  "collation deu",
  "operator @+(none, text)",
  "text search configuration ts",
  "text search dictionary di",
)~");
  CHECK_THAT(plan, ContainsSubstring(
                       "# ALTER TABLE t SET (fillfactor=70); ALTER TABLE t ALTER b SET STORAGE EXTERNAL; "
                       "ALTER TABLE t ALTER b SET STATISTICS 500"));
  passes(shop.planrun({shop.plan().string()}));
  CHECK(target.psql("select pg_get_constraintdef(oid) from pg_constraint where conrelid = 't'::regclass") ==
        "PRIMARY KEY (id)");
  write_file(shop.plan(),
             "[plan]\nname = \"shop\"\n[source.s]\nurl = \"" + shop.url() +
                 "\"\nwhole = true\n[target.t]\nurl = \"sqlite:t.db\"\n[table.u]\nfrom = \"s.u\"\n"
                 "[table.u.columns]\nid = \"int primary key\"\ns = \"int\"\n");
  CHECK_THAT(shop.planrun({shop.plan().string()}).err,
             ContainsSubstring("source s has generated u.s, and the plan does not: '(id + 1)'"));
}

}  // namespace postgres_census_test
