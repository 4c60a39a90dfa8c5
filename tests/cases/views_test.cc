// Views and triggers of a drafted plan, from end to end: what sqlite3 reads in the source, psql reads in the
// target.
#include <algorithm>
#include <random>

#include "base/text.h"
#include "support/support.h"

namespace views_test {

using namespace planrun::test;

namespace {

/// A database, the plan drafted of it, and the PostgreSQL database that the plan fills.
class Moved {
 public:
  explicit Moved(const std::string& sql) {
    sqlite3(source(), sql);
    const ProcessResult drafted =
        run_planrun({"init", source().string(), "-o", (folder_ / "plan.toml").string()}, folder_ / "state");
    INFO(drafted.err);
    REQUIRE(drafted.status == 0);
    plan_ = read_file(folder_ / "plan.toml");
  }
  void run() const {
    const ProcessResult lint = command({"lint", file()});
    INFO(plan_ << lint.out << lint.err);
    REQUIRE(lint.status == 0);
    const ProcessResult run = command({file()});
    INFO(run.out << run.err);
    REQUIRE(run.status == 0);
  }
  ProcessResult command(const std::vector<std::string>& arguments) const {
    return run_planrun(arguments, folder_ / "state", {{"DATABASE_URL", target_.url()}});
  }
  std::string file() const { return (folder_ / "plan.toml").string(); }
  std::filesystem::path source() const { return folder_ / "shop.db"; }
  const std::string& plan() const { return plan_; }
  const TempPostgres& target() const { return target_; }
  bool has(const std::string& section) const {
    return plan_.find("[" + section + "]\n") != std::string::npos;
  }

 private:
  TempFolder folder_;
  TempPostgres target_;
  std::string plan_;
};

/// SQLite writes a whole real as 4.0, PostgreSQL as 4.
std::string without_zeros(std::string line) {
  line += '|';
  for (std::size_t at = 0; (at = line.find(".0|")) != std::string::npos;) line.erase(at, 2);
  return line;
}

/// Of each query behind its "-- NAME", the lines in an order of their own.
std::map<std::string, std::vector<std::string>> answers(const std::string& text) {
  std::map<std::string, std::vector<std::string>> all;
  std::string name;
  for (const auto& line : planrun::split(text, '\n')) {
    if (line.starts_with("-- "))
      name = line;
    else
      all[name].push_back(without_zeros(line));
  }
  for (auto& [query, lines] : all) std::ranges::sort(lines);
  return all;
}

/// What psql reads of the views in the target is what sqlite3 reads in the source.
void check_alike(const Moved& moved, const std::vector<std::string>& views) {
  std::string sql;
  for (const auto& view : views) sql += "select '-- " + view + "'; select * from \"" + view + "\";";
  const auto target = answers(moved.target().psql(sql));
  const auto source = answers(sqlite3(moved.source(), sql));
  CHECK(target.size() == source.size());
  for (const auto& [view, lines] : source) {
    INFO(view);
    CHECK((target.contains(view) ? target.at(view) : std::vector<std::string>()) == lines);
  }
}

/// Texts that collations sort and fold in ways of their own, whole and broken numbers, and nulls everywhere.
const char* const kShop =
    "create table product(id integer primary key, name text not null, category int references category(id), "
    "price "
    "decimal(10,2), weight real, discontinued boolean not null default 0, sku varchar(10) unique, added "
    "datetime, "
    "note text collate nocase);"
    "create table category(id integer primary key, name text, parent int);"
    "create table [order line](order_id int not null, product int not null references product, qty int not "
    "null, "
    "discount real not null default 0, primary key (order_id, product));"
    "insert into category values (1, 'B', null), (2, 'a', 1), (3, '\xC3\x89', 1), (4, null, 2);"
    "insert into product values (1, 'Chai', 1, 18, 1.5, 0, 'A1', '2024-01-02 03:04:05', 'x'),"
    " (2, 'chang', 1, 19.5, null, 1, 'a1', '2024-02-02 00:00:00', 'X'), (3, '\xC3\x89"
    "clair', 2, null, 2.25, 0, null, "
    "null, null), (4, '', null, 4.25, 0.5, 1, 'B_9', null, 'y'), (5, 'Zz top', 2, 4.25, 10, 0, '10', null, "
    "'z'),"
    " (6, 'Ipoh 100%', 3, 46, 3, 0, '7', null, 'z');"
    "insert into [order line] values (1, 1, 2, 0), (1, 2, 5, 0.25), (2, 1, -7, 0), (2, 3, 0, 0.5), (3, 5, 1, "
    "0), "
    "(4, 6, 100, 0.25);";

const std::vector<std::pair<std::string, std::string>> kViews = {
    {"Current Products", "SELECT id, [name] FROM Product WHERE Discontinued = 0"},
    {"named(a, B c)", ""},
    {"by_name",
     "select upper(name), lower(name), length(name), name like 'c%', name like '%\xC3\x89%' from product "
     "order by name desc, sku"},
    {"cities",
     "select name, 'product' as what from product union select name, 'category' from category order by 1, 2"},
    {"listed",
     "select p.name || ' (' || ifnull(c.name, '-') || ')' as n, case when p.discontinued=1 then 'gone' else "
     "'' "
     "end as notes from product as p left join category as c on p.category = c.id"},
    {"counts",
     "select c.name, count(*), count(p.price), count(distinct p.price), min(p.name), max(p.sku), "
     "sum(p.discontinued) from category c left join product p on p.category = c.id group by c.name having "
     "count(*) > 0"},
    {"grouped", "select name || '!', count(*) from category group by name || '!'"},
    {"sums",
     "select order_id, sum(qty), total(qty), avg(qty) * 1000 > 1500, sum(qty) / count(*) from `order line` "
     "group by 1"},
    {"divided", "select qty / 2, qty % 3, -qty / 2, qty / (qty - 5), qty / qty, 7 / -2 from [order line]"},
    {"reals", "select id, weight * 2 + id, weight / 4, price * weight from product"},
    {"compared",
     "select id, price > 4.25, price = 46, weight >= id, sku = 10, sku = 7, id = '3', name > 'a', name < 'a' "
     "from product"},
    {"nothing",
     "select id, price is null, price isnull, weight not null, sku is not 'A1', sku is null or id = 1, not "
     "weight from product"},
    {"lists",
     "select id from product where category in (1, 2) and name not in ('Chai', 'x') and price between 4 and "
     "19.5"},
    {"found",
     "select id, (select name from category where id = product.category), (select max(qty) from [order line] "
     "where product = product.id), exists (select 1 from [order line] l where l.product = product.id limit "
     "1) "
     "from product"},
    {"missing", "select name from product except select name from category"},
    {"shared", "select id from product intersect select parent from category union all select 1"},
    {"over views", "select n, count(*) from listed l, [Current Products] p where p.id < 3 group by n"},
    {"pieces",
     "select substr(name, 2, 3), trim(' ' || name || ' '), replace(name, 'a', 'o'), instr(name, 'h'), "
     "rtrim(name, '%0') from product"},
    {"with them",
     "with big(id, n) as (select product, sum(qty) from [order line] group by product) select p.name, n "
     "from product p join big using (id) where n > 0"},
    {"natural", "select * from category natural join (select 1 as id, 'B' as name)"},
    {"first", "select distinct category, discontinued = 1 from product order by category"},
};

}  // namespace

TEST_CASE("views of SQLite give the same rows in PostgreSQL, and are proved to be as many",
          "[cases][postgres]") {
  std::string sql = kShop;
  std::vector<std::string> names;
  for (const auto& [name, query] : kViews) {
    if (query.empty()) {
      sql += "create view named(a, [B c]) as select id, name from category;";
      names.emplace_back("named");
      continue;
    }
    sql += "create view [" + name + "] as " + query + ";";
    names.push_back(name);
  }
  const Moved moved(sql);
  INFO(moved.plan());
  for (const auto& name : names) {
    INFO(name);
    CHECK((moved.has("view." + name) || moved.has("view.\"" + name + "\"")));
  }
  CHECK(moved.plan().find("\"view ") == std::string::npos);
  moved.run();
  // 0 and 1 are true and false where a view gives a boolean column itself; none of these does.
  check_alike(moved, names);
  CHECK(moved.target().psql(
            "select count(*) from planrun.check_result where name like 'rows_of%' and status = 'passed'") ==
        std::to_string(names.size()));
}

TEST_CASE("what is not translated is left by name, with its reason and its SQL", "[cases]") {
  TempFolder folder;
  sqlite3(folder / "shop.db",
          std::string(kShop) +
              "create view names as select group_concat(name) as n from product;"
              "create view more as select n from names;"
              "create view \"odd\"\"one\" as select id from product where note = 'X';"
              "create trigger note after update on category begin insert into category(name) values "
              "('x'); end;"
              "create trigger by_view instead of insert on more begin select 1; end;");
  const ProcessResult drafted = run_planrun({"init", (folder / "shop.db").string()}, folder / "state");
  REQUIRE(drafted.status == 0);
  std::string plan = drafted.out;
  for (std::size_t at = 0; (at = plan.find("\n# ")) != std::string::npos;) plan.replace(at, 3, " ");
  CHECK_THAT(plan, ContainsSubstring("\"trigger by_view\",   \"trigger note\",") ||
                       ContainsSubstring("\"trigger note\""));
  for (const char* name :
       {"\"view names\"", "\"view more\"", "'view odd\"one'", "\"trigger note\"", "\"trigger by_view\""})
    CHECK_THAT(plan, ContainsSubstring(name));
  CHECK_THAT(drafted.out, ContainsSubstring("puts texts together is not certain"));
  CHECK_THAT(plan, ContainsSubstring("`names`, a view that is not translated"));
  CHECK_THAT(plan, ContainsSubstring("`note` is compared by nocase"));
  CHECK_THAT(plan, ContainsSubstring("it writes into its own table"));
  CHECK_THAT(plan, ContainsSubstring("INSTEAD OF"));
  CHECK_THAT(drafted.out,
             ContainsSubstring("create view names as select group_concat(name) as n from product") ||
                 ContainsSubstring("CREATE VIEW names as select group_concat(name) as n from product"));
}

TEST_CASE("a view or trigger that two sources have is the first one's, and the other is left by name",
          "[cases]") {
  TempFolder folder;
  sqlite3(folder / "b.db",
          "create table t(id integer primary key, s text); insert into t values (1, 'of b');"
          "create view v as select s from t; create view w as select s from v;");
  sqlite3(folder / "a.db",
          "create table q(id integer primary key, s text); insert into q values (1, 'of a');"
          "create view V as select s from q; create view x as select s from v;");
  const std::string plan = (folder / "plan.toml").string();
  const ProcessResult drafted = run_planrun(
      {"init", (folder / "b.db").string(), (folder / "a.db").string(), "-o", plan}, folder / "state");
  INFO(drafted.err << read_file(plan));
  REQUIRE(drafted.status == 0);
  CHECK_THAT(read_file(plan),
             ContainsSubstring("leave = [\n  \"view V\",\n  \"view x\",\n]") &&
                 ContainsSubstring("# Not carried: view `V`: its name is taken by another."));
  const ProcessResult run =
      run_planrun({plan, "--target", "b=sqlite:" + (folder / "to.db").string()}, folder / "state");
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(sqlite3(folder / "to.db", "select s from w") == "of b");
}

TEST_CASE("triggers of SQLite fire alike in PostgreSQL, and go with the run", "[cases][postgres]") {
  const Moved moved(
      "create table account(id integer primary key, owner text not null, cents int not null, open boolean "
      "not null "
      "default 1);"
      "create table entry(id integer primary key, account int not null references account, cents int not "
      "null);"
      "create table log(id integer primary key autoincrement, what text, cents int, was boolean);"
      "insert into account values (1, 'Ann', 100, 1), (2, 'bob', 50, 0), (3, 'Cy', 0, 1);"
      "insert into entry values (1, 1, 100), (2, 2, 50);"
      "create trigger book after insert on entry begin update account set cents = cents + new.cents where id "
      "= "
      "new.account; end;"
      "create trigger guard before insert on entry when new.cents < 0 begin select raise(abort, 'not "
      "enough') "
      "where -new.cents > (select max(cents) from entry) * 2; end;"
      "create trigger shut before update of open on account for each row when old.open and not new.open "
      "begin "
      "insert into log(what, cents, was) values ('shut ' || upper(old.owner), old.cents, old.open); end;"
      "create trigger gone after delete on account begin insert into log values (null, old.owner, old.cents "
      "/ 3, 1), "
      "(null, 'again', 0, null); delete from log where what = 'shut ' || upper(old.owner); end;");
  for (const char* name : {"book", "guard", "shut", "gone"}) {
    INFO(moved.plan());
    CHECK(moved.has("trigger." + std::string(name)));
  }
  moved.run();
  const std::string writes =
      "insert into entry(id, account, cents) values (11, 1, 5), (12, 3, 70), (13, 1, -20);"
      "update account set open = not open; update account set cents = cents - 1 where id = 2;"
      "delete from entry where account = 3; delete from account where id = 3;";
  // Booleans are written apart: `not open` of SQLite's integers is an integer.
  sqlite3(moved.source(), "pragma foreign_keys = on;" + writes);
  moved.target().psql(writes);
  const std::string state =
      "select id, owner, cents, cast(open as int) from account order by id;"
      "select id, account, cents from entry order by id; select what, cents, cast(was as int) from log order "
      "by id";
  CHECK(moved.target().psql(state) == sqlite3(moved.source(), state));
  const ProcessResult refused = run_process(
      {"psql", "-XqAt", moved.target().url(), "-c", "insert into entry values (14, 2, 1), (15, 2, -1000)"});
  CHECK(refused.status != 0);
  CHECK_THAT(refused.err, ContainsSubstring("not enough"));
  CHECK(moved.target().psql("select count(*) from entry where id > 13") == "0");
}

TEST_CASE("a rollback takes translated views, triggers and their functions with it", "[cases][postgres]") {
  const Moved moved(
      "create table t(id integer primary key, v int); insert into t values (1, 5); create table log(v int);"
      "create view big as select v from t where v > 3; create view bigger as select v + 1 as v from big;"
      "create trigger t_log after update of v on t begin insert into log values (old.v); end;");
  moved.run();
  CHECK(moved.target().psql("select v from bigger") == "6");
  const ProcessResult back = moved.command({"rollback", moved.file(), "--yes"});
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK(moved.target().psql("select count(*) from pg_class where relnamespace = 'public'::regnamespace") ==
        "0");
  CHECK(moved.target().psql("select count(*) from pg_proc where pronamespace = 'public'::regnamespace") ==
        "0");
}

namespace {

/// Queries of columns, literals and operators put together by chance. Most are translated; whichever are must
/// agree.
class RandomQueries {
 public:
  explicit RandomQueries(unsigned seed) : random_(seed) {}

  std::string query() {
    const std::string from =
        one_of({"product p", "product p join category c on p.category = c.id",
                "product p left join category c on c.id = p.category and " + condition(2)});
    with_category_ = from.size() > 10;
    const std::string where = below(2) == 0 ? "" : " where " + condition(0);
    if (below(3) == 0) {
      const std::string by = below(2) == 0 ? text(1) : number(1);
      return "select " + by + " as a, count(*) as b, " + one_of({"sum", "min", "max", "count"}) + "(" +
             number(1) + ") as c from " + from + where + " group by " + by;
    }
    return "select " + std::string(below(4) == 0 ? "distinct " : "") + number(0) + " as a, " + text(0) +
           " as b, " + condition(0) + " as c from " + from + where;
  }

 private:
  std::size_t below(std::size_t count) { return random_() % count; }
  std::string one_of(const std::vector<std::string>& choices) { return choices[below(choices.size())]; }

  std::string number(int depth) {
    if (depth > 2 || below(3) == 0)
      return with_category_ && below(3) == 0
                 ? one_of({"c.id", "c.parent"})
                 : one_of({"p.id", "p.category", "(p.discontinued + 0)", "1", "3", "-2"});
    switch (below(5)) {
      case 0:
        return "case when " + condition(depth + 1) + " then " + number(depth + 1) + " else 0 end";
      case 1:
        return "coalesce(" + number(depth + 1) + ", 7)";
      case 2:
        return "length(" + text(depth + 1) + ")";
      default:
        return "(" + number(depth + 1) + one_of({" + ", " - ", " * ", " / ", " % "}) + number(depth + 1) +
               ")";
    }
  }

  std::string text(int depth) {
    if (depth > 2 || below(3) == 0)
      return with_category_ && below(3) == 0 ? "c.name"
                                             : one_of({"p.name", "p.sku", "'a'", "'\xC3\xA9'", "'Chai'"});
    switch (below(4)) {
      case 0:
        return one_of({"upper", "lower", "trim"}) + "(" + text(depth + 1) + ")";
      case 1:
        return "nullif(" + text(depth + 1) + ", " + text(depth + 1) + ")";
      default:
        return "(" + text(depth + 1) + " || " + (below(3) == 0 ? number(depth + 1) : text(depth + 1)) + ")";
    }
  }

  std::string condition(int depth) {
    const std::string sign = one_of({" = ", " <> ", " < ", " >= ", " is ", " is not "});
    switch (depth > 2 ? below(3) : below(7)) {
      case 0:
        return "p.discontinued = " + one_of({"0", "1"});
      case 1:
        return number(depth + 1) + sign + number(depth + 1);
      case 2:
        return text(depth + 1) + sign + text(depth + 1);
      case 3:
        return "not " + condition(depth + 1);
      case 4:
        return text(depth + 1) + " like '" + one_of({"c%", "%A%", "_", "%\xC3\xA9%"}) + "'";
      case 5:
        return number(depth + 1) + " in (1, 2, " + number(depth + 1) + ")";
      default:
        return "(" + condition(depth + 1) + one_of({" and ", " or "}) + condition(depth + 1) + ")";
    }
  }

  std::mt19937 random_;
  bool with_category_ = false;
};

}  // namespace

TEST_CASE("views made by chance give in PostgreSQL what they give in SQLite", "[cases][postgres]") {
  constexpr std::size_t kQueries = 40;
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  RandomQueries queries(seed);
  std::string sql = kShop;
  for (std::size_t i = 0; i < kQueries; ++i)
    sql += "create view v" + std::to_string(i) + " as " + queries.query() + ";";
  const Moved moved(sql);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kQueries; ++i) {
    if (moved.has("view.v" + std::to_string(i))) names.push_back("v" + std::to_string(i));
  }
  INFO(moved.plan());
  CHECK(names.size() > kQueries / 2);
  moved.run();
  check_alike(moved, names);
}

}  // namespace views_test
