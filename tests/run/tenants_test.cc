// Many SQLite files as one source: each table has the tenant as a column, each file is a range of its own.
#include <algorithm>
#include <thread>

#include <sys/stat.h>

#include "support/migration.h"

namespace tenants_test {

using namespace planrun::test;
namespace fs = std::filesystem;

namespace {

const std::string kCustomers = R"plan([table.customers]
from        = "s.customers"
constraints = ["primary key (tenant, id)"]
[table.customers.columns]
tenant = "text not null"
id     = "bigint"
name   = "text not null"
)plan";

const std::string kOrders = R"plan([table.orders]
from        = "s.orders"
where       = "cents > 0 and tenant <> 'void'"
constraints = ["primary key (tenant_id, id)", "foreign key (tenant_id, customer) references customers (tenant, id)"]
[table.orders.columns]
tenant_id = { type = "text not null", from = "tenant" }
id        = "bigint"
customer  = "bigint not null"
cents     = "integer not null"
label     = { type = "text", expr = "tenant || '/' || id" }
)plan";

const std::string kSchema =
    "create table customers(id integer primary key, name text not null);"
    "create table orders(id integer primary key, customer integer not null, cents integer not null);";

/// A plan over tenants/*.db beside it, and its target.
class Shops {
 public:
  explicit Shops(Kind kind, const std::string& tables = kCustomers + kOrders,
                 const std::string& source_keys = "tenant = \"{stem}\"\n",
                 const std::string& url = "sqlite:tenants/*.db")
      : kind_(kind) {
    if (kind == Kind::postgresql) postgres_ = std::make_unique<TempPostgres>();
    fs::create_directories(file("x").parent_path());
    write_plan(tables, source_keys, url);
  }

  void write_plan(const std::string& tables, const std::string& source_keys = "tenant = \"{stem}\"\n",
                  const std::string& url = "sqlite:tenants/*.db") {
    const std::string target =
        kind_ == Kind::sqlite ? "sqlite:" + (folder_ / "target.db").string() : postgres_->url();
    write_file(folder_ / "plan.toml", "[plan]\nname = \"shops\"\n\n[source.s]\nurl = \"" + url + "\"\n" +
                                          source_keys + "\n[target.t]\nurl = \"" + target + "\"\n\n" +
                                          tables);
  }

  fs::path file(const std::string& name) const { return folder_ / ("tenants/" + name + ".db"); }
  fs::path operator/(const std::string& name) const { return folder_ / name; }

  /// A shop of `customers` customers, the nth with n orders of 100 n cents each.
  void add(const std::string& name, int customers) {
    const std::string most = std::to_string(customers);
    sqlite3(file(name), kSchema +
                            "with recursive n(i) as (select 1 union all select i + 1 from n where i < " +
                            most + ") insert into customers select i, '" + name +
                            " customer ' || i from n;"
                            "with recursive n(i) as (select 1 union all select i + 1 from n where i < " +
                            most +
                            ") insert into orders select row_number() over (), a.i, 100 * a.i from n a join "
                            "n b on b.i <= a.i;");
  }

  void add_three() {
    add("acme", 3);
    add("bolt", 2);
    add("cora", 1);
  }

  ProcessResult run(std::vector<std::string> arguments = {},
                    std::map<std::string, std::string> environment = {}) {
    arguments.insert(arguments.begin(), (folder_ / "plan.toml").string());
    return run_planrun(arguments, folder_ / "state", std::move(environment));
  }
  /// Kills a run after about two thirds of what it does.
  void kill_in_the_middle() {
    const fs::path points = folder_ / "points";
    const TempFolder other;
    const std::string elsewhere = "t=sqlite:" + (other / "target.db").string();
    const auto plan = (folder_ / "plan.toml").string();
    const ProcessResult whole =
        run_planrun({plan, "--target", elsewhere}, other / "state",
                    {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_COUNT_FILE", points.string()}});
    INFO(whole.out << whole.err);
    REQUIRE(whole.status == 0);
    const std::size_t at = read_file(points).size() * 2 / 3;
    const ProcessResult killed =
        run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", std::to_string(at)}});
    REQUIRE(killed.status == -9);
    REQUIRE(target("select state from planrun_run") == "running");
  }
  ProcessResult command(const std::string& name, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {name, (folder_ / "plan.toml").string()});
    return run_planrun(arguments, folder_ / "state");
  }

  std::string target(const std::string& sql) const {
    return kind_ == Kind::sqlite ? sqlite3(folder_ / "target.db", sql) : postgres_->psql(sql);
  }
  std::string ledger(const std::string& table) const {
    return kind_ == Kind::sqlite ? "planrun_" + table : "planrun." + table;
  }
  /// No table of the plan was made.
  bool is_untouched() const {
    return kind_ == Kind::sqlite
               ? !fs::exists(folder_ / "target.db") ||
                     target("select count(*) from sqlite_schema where name in ('customers', 'orders')") == "0"
               : target("select count(*) from pg_tables where tablename in ('customers', 'orders')") == "0";
  }
  fs::path snapshot() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "state")) {
      if (entry.path().filename() == "files.json") return entry.path().parent_path();
    }
    return {};
  }

 private:
  Kind kind_;
  TempFolder folder_;
  std::unique_ptr<TempPostgres> postgres_;
};

// acme 1 + 2 + 3 orders, of 100, 2 * 200 and 3 * 300 cents; bolt 1 + 2; cora 1.
void check_three(const Shops& shops) {
  CHECK(shops.target(
            "select tenant, count(*), min(name), max(name) from customers group by tenant order by tenant") ==
        "acme|3|acme customer 1|acme customer 3\nbolt|2|bolt customer 1|bolt customer 2\n"
        "cora|1|cora customer 1|cora customer 1");
  CHECK(shops.target(
            "select tenant_id, count(*), sum(cents), min(label), max(label) from orders group by tenant_id"
            " order by tenant_id") ==
        "acme|6|1400|acme/1|acme/6\nbolt|3|500|bolt/1|bolt/3\ncora|1|100|cora/1|cora/1");
}

void check_success(Kind kind) {
  Shops shops(kind);
  shops.add_three();
  shops.add("void", 2);
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(shops.target("select count(*) from customers where tenant = 'void'") == "2");
  CHECK(shops.target("select count(*) from orders where tenant_id = 'void'") == "0");
  shops.target("delete from customers where tenant = 'void'");
  check_three(shops);
  // Each file is a chunk of its own, of each table.
  CHECK(shops.target("select load, count(*), count(distinct rows_read) from " + shops.ledger("chunk") +
                     " group by load order by load") == "customers|4|3\norders|4|3");
}

void check_error(const Shops& shops, const ProcessResult& r, const std::vector<std::string>& words) {
  INFO(r.out << r.err);
  CHECK(r.status != 0);
  for (const auto& word : words) CHECK_THAT(r.out + r.err, ContainsSubstring(word));
  CHECK(shops.is_untouched());
}

void check_killed(Kind kind, const std::string& source_keys) {
  const auto with = [&](const auto& work) {
    Shops shops(kind, kCustomers + kOrders, source_keys);
    shops.add_three();
    work(shops);
  };
  std::size_t points = 0;
  with([&](Shops& shops) {
    REQUIRE(shops
                .run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD},
                          {"PLANRUN_KILL_COUNT_FILE", (shops / "points").string()}})
                .status == 0);
    points = read_file(shops / "points").size();
  });
  const std::size_t step = std::max<std::size_t>(points / kill_points(20), 1);
  for (std::size_t at = 1; at <= points; at += step) {
    with([&](Shops& shops) {
      const ProcessResult first =
          shops.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", std::to_string(at)}});
      const ProcessResult again = shops.run();
      INFO(at << "\n" << first.out << first.err << again.out << again.err);
      // How many points a run has depends on what is done together: one of the last may not be reached.
      REQUIRE((first.status == -9 || (first.status == 0 && at > points * 9 / 10)));
      REQUIRE(again.status == 0);
      check_three(shops);
    });
  }
}

}  // namespace

TEST_CASE("the files of a pattern become one database, into SQLite", "[tenants]") {
  check_success(Kind::sqlite);
}
TEST_CASE("the files of a pattern become one database, into PostgreSQL", "[tenants][postgres]") {
  check_success(Kind::postgresql);
}

TEST_CASE("a run over many files that is killed goes on, into SQLite", "[tenants][slow]") {
  check_killed(Kind::sqlite, "tenant = \"{stem}\"\n");
}
TEST_CASE("a run over many files that is killed goes on, into PostgreSQL", "[tenants][slow][postgres]") {
  check_killed(Kind::postgresql, "tenant = \"{stem}\"\nsnapshot = \"none\"\n");
}

TEST_CASE("a table that inherits from many files has the tenant in its primary key", "[tenants]") {
  Shops shops(Kind::sqlite,
              "[table.customers]\nfrom = \"s.customers\"\nignore = []\n[table.customers.columns]\n\"*\" = "
              "\"inherit\"\n",
              "tenant = \"shop {name}\"\ntenant_column = \"shop\"\n");
  sqlite3(
      shops.file("acme"),
      "create table customers(id integer primary key, name text); insert into customers values (1, 'a');");
  sqlite3(
      shops.file("bolt"),
      "create table customers(id integer primary key, name text); insert into customers values (1, 'b');");
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(shops.target("select name, pk from pragma_table_info('customers') where pk > 0 order by pk") ==
        "shop|1\nid|2");
  CHECK(shops.target("select shop, id, name from customers order by shop") ==
        "shop acme.db|1|a\nshop bolt.db|1|b");
}

TEST_CASE("a table without rowids and a view are read from every file", "[tenants]") {
  Shops shops(Kind::sqlite,
              "[table.tags]\nfrom = \"s.tags\"\nconstraints = [\"primary key (tenant, "
              "tag)\"]\n[table.tags.columns]\ntenant = \"text\"\n"
              "tag = \"text\"\nn = \"integer\"\n[table.seen]\nfrom = \"s.seen\"\n[table.seen.columns]\n"
              "tenant = \"text\"\ntag = \"text\"\n",
              "tenant = \"{folder}\"\n", "sqlite:tenants/?-*/data.db");
  for (const std::string name : {"1-acme", "2-bolt"}) {
    fs::create_directories(shops / ("tenants/" + name));
    sqlite3(
        shops / ("tenants/" + name + "/data.db"),
        "create table tags(tag text primary key, n integer) without rowid;"
        "insert into tags values ('b', 1), ('a', 2); create view seen as select tag from tags where n = 1;");
  }
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(shops.target("select tenant, tag, n from tags order by tenant, tag") ==
        "1-acme|a|2\n1-acme|b|1\n2-bolt|a|2\n2-bolt|b|1");
  CHECK(shops.target("select tenant, tag from seen order by tenant") == "1-acme|b\n2-bolt|b");
}

TEST_CASE("a WAL beside one of many files is read, and a damaged file is named", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  // As a program leaves it that was killed.
  const std::string live = (shops / "live.db").string();
  const std::string dora = shops.file("dora").string();
  run_process({"sqlite3", live}, {},
              "pragma journal_mode = wal;\n" + kSchema +
                  "\ninsert into customers values (7, 'in the WAL');\n.shell cp '" + live + "' '" + dora +
                  "'; cp '" + live + "-wal' '" + dora + "-wal'\n");
  fs::create_directory(shops.file("elsa"));
  const ProcessResult preview = shops.run({"--dry-run"});
  INFO(preview.out << preview.err);
  CHECK(preview.status == 0);
  CHECK_THAT(preview.out, ContainsSubstring("4 files") && ContainsSubstring("dora.db: a WAL of") &&
                              ContainsSubstring("elsa.db is a folder, and is passed over"));
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(shops.target("select tenant, id, name from customers where id = 7") == "dora|7|in the WAL");

  Shops damaged(Kind::sqlite);
  damaged.add_three();
  fs::resize_file(damaged.file("bolt"), 5000);
  check_error(damaged, damaged.run(), {"bolt.db", "cut short"});

  for (const char* snapshot : {"", "snapshot = \"none\"\n"}) {
    Shops lost(Kind::sqlite, kCustomers + kOrders, std::string("tenant = \"{stem}\"\n") + snapshot);
    lost.add("acme", 3);
    sqlite3(lost.file("bolt"), kSchema +
                                   "with recursive n(i) as (select 1 union all select i + 1 from n where i < "
                                   "2000) insert into customers select i, 'customer ' || i from n");
    lose_leaf(lost.file("bolt"));
    REQUIRE(sqlite3(lost.file("bolt"), "select count(*) < 2000 from customers") == "1");
    check_error(lost, lost.run(), {"bolt.db is damaged", "may have lost rows"});
  }
}

TEST_CASE("a pattern and its tenant belong together", "[tenants]") {
  Shops none(Kind::sqlite, kCustomers, "");
  check_error(none, none.run(), {"pattern of files", "tenant = \"{stem}\""});
  Shops same(Kind::sqlite, kCustomers, "tenant = \"shop\"\n");
  check_error(same, same.run(), {"the same for every file"});
  Shops unknown(Kind::sqlite, kCustomers, "tenant = \"{shop}\"\n");
  check_error(unknown, unknown.run(), {"{shop}", "{stem}"});
  Shops whole(Kind::sqlite, kCustomers, "tenant = \"{stem}\"\nwhole = true\n");
  check_error(whole, whole.run(), {"cannot be `whole`"});
  Shops asked(
      Kind::sqlite,
      kCustomers +
          "[check.n]\nsql = \"select count(*) from customers\"\nsource = \"s\"\nsource_sql = \"select 1\"\n");
  check_error(asked, asked.run(), {"[check.n]", "many files"});
}

TEST_CASE("a pattern without files, and two files of one tenant, are refused", "[tenants]") {
  Shops empty(Kind::sqlite);
  check_error(empty, empty.run(), {"no file matches", "tenants/*.db"});
  Shops twice(Kind::sqlite, kCustomers, "tenant = \"{stem}\"\n", "sqlite:tenants/*.*");
  twice.add_three();
  fs::copy_file(twice.file("bolt"), twice / "tenants/bolt.sqlite");
  check_error(twice, twice.run(), {"bolt.db and", "bolt.sqlite", "both of the tenant"});
}

TEST_CASE("a run over many files is verified and taken back when all of them are gone", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  REQUIRE(shops.run().status == 0);
  fs::remove_all(shops.file("acme").parent_path());
  const ProcessResult verify = shops.command("verify");
  INFO(verify.out << verify.err);
  CHECK(verify.status == 0);
  CHECK(shops.command("rollback", {"--yes"}).status == 0);
  CHECK(shops.target("select count(*) from sqlite_schema where name in ('customers', 'orders')") == "0");
}

TEST_CASE("a file that cannot be looked at is named, not left out", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  fs::create_symlink("/nowhere/dora.db", shops.file("dora"));
  check_error(shops, shops.run(), {"dora.db cannot be looked at", "mend the link"});
}

TEST_CASE("a pipe among the files is named, and nobody waits for its writer", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  REQUIRE(::mkfifo(shops.file("pipe").c_str(), 0600) == 0);
  check_error(shops, shops.run({"--dry-run"}), {"pipe.db is no regular file"});
  check_error(shops, shops.run(), {"pipe.db is no regular file"});
}

TEST_CASE("files that differ in what the plan reads are refused by name before anything is written",
          "[tenants]") {
  const auto differing = [](const std::string& schema, const std::vector<std::string>& words) {
    Shops shops(Kind::sqlite);
    shops.add_three();
    sqlite3(shops.file("odd"), schema);
    check_error(shops, shops.run(), words);
  };
  const std::string orders =
      "create table orders(id integer primary key, customer integer not null, cents integer not null);";
  differing(orders, {"odd.db", "no table 'customers'"});
  differing("create table customers(id integer primary key);" + orders,
            {"plan.toml:12:15: error[P054]", "odd.db", "'customers' has no column 'name'"});
  differing("create table customers(id integer primary key, name integer not null);" + orders,
            {"odd.db", "column 'name'", "is integer, and text in"});
  differing("create table customers(id text primary key, name text not null) without rowid;" + orders,
            {"odd.db", "table 'customers' has the key (id)"});
  // A column that only one file has is no less the author's to place.
  differing("create table customers(id integer primary key, name text not null, note text);" + orders,
            {"`note`", "used nowhere"});
  differing("create table customers(id integer primary key, name text not null, Tenant text);" + orders,
            {"odd.db", "table 'customers' has a column 'Tenant'", "tenant_column"});
}

TEST_CASE("what files have beside what the plan reads may differ", "[tenants]") {
  Shops shops(Kind::sqlite, kCustomers.substr(0, kCustomers.find("constraints")) + "ignore = [\"note\"]\n" +
                                kCustomers.substr(kCustomers.find("constraints")) + kOrders);
  shops.add_three();
  sqlite3(shops.file("cora"),
          "alter table customers add column note text; create index by_name on customers(name);"
          "create table more(a);");
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  check_three(shops);
}

TEST_CASE("a reject of many files names the tenant and the key", "[tenants]") {
  Shops shops(Kind::sqlite, kCustomers.substr(0, kCustomers.find("constraints")) + "on_reject = \"keep\"\n" +
                                kCustomers.substr(kCustomers.find("constraints")));
  shops.write_plan(
      "[table.customers]\nfrom = \"s.customers\"\non_reject = \"keep\"\n[table.customers.columns]\n"
      "tenant = \"text\"\nid = \"bigint\"\nname = \"varchar(15)\"\n[table.orders]\nfrom = \"s.orders\"\n"
      "[table.orders.columns]\n\"*\" = \"inherit\"\n");
  shops.add("acme", 1);
  shops.add("longer", 2);
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(shops.target("select tenant, id from customers order by tenant, id") == "acme|1");
  CHECK(shops.target("select key, json_extract(\"row\", '$.tenant'), json_extract(\"row\", '$.name') from "
                     "planrun_reject order by id") ==
        "[\"longer\",1]|longer|longer customer 1\n[\"longer\",2]|longer|longer customer 2");
  CHECK_THAT(r.out + r.err, ContainsSubstring("('longer', 1)"));
}

TEST_CASE("a run that goes on reads the files that it began with", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  shops.kill_in_the_middle();
  shops.add("late", 2);
  sqlite3(shops.file("acme"), "delete from orders");
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK_THAT(r.out + r.err,
             ContainsSubstring("1 file has come since the run began") && ContainsSubstring("late.db"));
  check_three(shops);
}

TEST_CASE("without a snapshot a changed or missing file is named, and a new one is left out", "[tenants]") {
  Shops shops(Kind::sqlite, kCustomers + kOrders, "tenant = \"{stem}\"\nsnapshot = \"none\"\n");
  shops.add_three();
  shops.kill_in_the_middle();
  fs::copy_file(shops.file("bolt"), shops / "kept.db");
  const auto time = fs::last_write_time(shops.file("bolt"));
  sqlite3(shops.file("bolt"), "delete from orders");
  const ProcessResult changed = shops.run();
  INFO(changed.out << changed.err);
  CHECK(changed.status == 1);
  CHECK_THAT(changed.out + changed.err, ContainsSubstring("bolt.db"));
  fs::remove(shops.file("bolt"));
  const ProcessResult gone = shops.run();
  INFO(gone.out << gone.err);
  CHECK(gone.status == 1);
  CHECK_THAT(gone.out + gone.err, ContainsSubstring("bolt.db is gone"));
  fs::copy_file(shops / "kept.db", shops.file("bolt"));
  fs::last_write_time(shops.file("bolt"), time);
  shops.add("late", 2);
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK_THAT(r.out + r.err, ContainsSubstring("late.db"));
  check_three(shops);
}

TEST_CASE("the snapshot of many files is a folder with a list, by which it is known", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  shops.kill_in_the_middle();
  const fs::path copy = shops.snapshot() / "files/bolt.db";
  REQUIRE(fs::exists(copy));
  const std::string whole = read_file(copy);
  write_file(copy, whole.substr(0, whole.size() - 1) + "?");
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out + r.err, ContainsSubstring("bolt.db has changed"));
  write_file(copy, whole);
  const ProcessResult again = shops.run();
  INFO(again.out << again.err);
  REQUIRE(again.status == 0);
  check_three(shops);

  CHECK(shops.command("backups", {"--verify"}).status == 0);
  const std::string run = shops.target("select id from planrun_run");
  const ProcessResult restored =
      shops.command("backups", {"--restore", "s", "--run", run, "-o", (shops / "restored").string()});
  INFO(restored.out << restored.err);
  CHECK(restored.status == 0);
  CHECK(sqlite3(shops / "restored/bolt.db", "select count(*), sum(cents) from orders") == "3|500");
  write_file(copy, whole.substr(0, whole.size() - 1) + "?");
  CHECK(shops.command("backups", {"--verify"}).status == 1);
}

TEST_CASE("a run over many files is verified and taken back", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  REQUIRE(shops.run().status == 0);
  CHECK(shops.command("verify").status == 0);
  shops.target("update orders set cents = 101 where tenant_id = 'bolt' and id = 1");
  const ProcessResult found = shops.command("verify");
  INFO(found.out << found.err);
  CHECK(found.status == 3);
  CHECK_THAT(found.out + found.err, ContainsSubstring("bolt"));
  shops.target("update orders set cents = 100 where tenant_id = 'bolt' and id = 1");
  CHECK(shops.command("verify", {"--from", "live"}).status == 0);
  const ProcessResult back = shops.command("rollback", {"--yes"});
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK(shops.is_untouched());
}

TEST_CASE("what needs one database is refused of many files by name", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  check_error(shops, shops.run({"--sample", "2"}), {"no sample is taken of source s", "--source s="});
  const ProcessResult census =
      run_planrun({"census", (shops / "tenants").string() + "/*.db"}, shops / "state");
  INFO(census.out << census.err);
  CHECK(census.status == 2);
  CHECK_THAT(census.out + census.err, ContainsSubstring("one database is looked into at a time"));
  // One of them, in place of all.
  const ProcessResult one = shops.run({"--source", "s=sqlite:" + shops.file("bolt").string()});
  INFO(one.out << one.err);
  REQUIRE(one.status == 0);
  CHECK(shops.target("select tenant, count(*) from customers group by tenant") == "bolt|2");
}

TEST_CASE("a run over many files goes on only with the names that it began with", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add_three();
  shops.kill_in_the_middle();
  shops.write_plan(kCustomers + kOrders, "tenant = \"shop {stem}\"\n");
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out + r.err, ContainsSubstring("the run began with tenant = '{stem}'"));
}

TEST_CASE("a process joins a run over many files, and each is loaded once", "[tenants][join][postgres]") {
  constexpr int kShops = 40;
  Shops shops(Kind::postgresql);
  for (int i = 1; i <= kShops; ++i) shops.add("shop" + std::to_string(i), 20);
  ProcessResult own;
  std::thread runs([&] { own = shops.run({"-j", "1", "--rate", "2000 rows/s"}); });
  const TempFolder elsewhere;
  const ProcessResult joined =
      run_planrun({(shops / "plan.toml").string(), "--join", "latest"}, elsewhere.path());
  runs.join();
  INFO(own.out << own.err << joined.out << joined.err);
  CHECK(joined.status == 0);
  REQUIRE(own.status == 0);
  // 20 customers, and 1 + 2 + ... + 20 orders of each shop.
  CHECK(shops.target("select count(*), count(distinct tenant) from customers") == "800|40");
  CHECK(shops.target("select count(*), count(distinct tenant_id) from orders") == "8400|40");
  CHECK(shops.target("select count(*), count(*) filter (where worker > 1000) > 0 from planrun.chunk") ==
        "80|t");
}

TEST_CASE("a transform sees the tenant, and rejects of many files are tried again", "[tenants]") {
  Shops shops(Kind::sqlite);
  shops.add("acme", 2);
  shops.add("bolt", 1);
  fs::create_directories(shops / "transforms");
  const auto script = [&](const std::string& refused) {
    write_file(shops / "transforms/shop.lua",
               "return { customer = function(row)\n  if row.tenant == 'acme' and row.id == " + refused +
                   " then error('not this one') end\n  return { tenant = row.tenant, id = row.id, name = "
                   "row.tenant .. '-' .. row.id }\nend }\n");
  };
  script("2");
  shops.write_plan(
      "[table.customers]\nfrom = \"s.customers\"\ntransform = \"shop.customer\"\non_reject = \"keep\"\n"
      "constraints = [\"primary key (tenant, id)\"]\n[table.customers.columns]\ntenant = \"text\"\n"
      "id = \"bigint\"\nname = \"text\"\n");
  const ProcessResult r = shops.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(shops.target("select key from planrun_reject") == "[\"acme\",2]");
  script("99");
  const ProcessResult again = shops.command("rejects", {"--retry"});
  INFO(again.out << again.err);
  CHECK(again.status == 0);
  CHECK(shops.target("select name from customers order by name") == "acme-1\nacme-2\nbolt-1");
}

}  // namespace tenants_test
