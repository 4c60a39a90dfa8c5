// planrun census, from end to end: what a person and a program get, and the exit status.
#include <nlohmann/json.hpp>

#include "support/support.h"

namespace census_cli_test {

using namespace planrun::test;

namespace {

class Census {
 public:
  explicit Census(const std::string& sql) { sqlite3(file(), sql); }
  std::filesystem::path file() const { return folder_ / "a.db"; }
  std::filesystem::path page() const { return folder_ / "page.html"; }
  ProcessResult run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"census", file().string()});
    return run_planrun(more, folder_ / "state");
  }

 private:
  TempFolder folder_;
};

const char* const kShop =
    "create table shop(id integer primary key, price real, note text, made);"
    "insert into shop values (1, 9.99, 'a', 1700000000), (2, 0.5, '', 1700000001), (3, 2, 'b', 0);"
    "create table line(id integer primary key, shop int references shop);"
    "insert into line values (1, 1), (7, 9); create view v as select 1;";

}  // namespace

TEST_CASE("a census as text says what a column holds and which rows to look at") {
  const Census census(kShop);
  const ProcessResult r = census.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("2 tables, 6 columns, 5 rows"));
  CHECK_THAT(r.out, ContainsSubstring("0.5 to 9.99 (2 decimals)"));
  CHECK_THAT(r.out, ContainsSubstring("0 to 1700000001 (Unix seconds and 0?)"));
  CHECK_THAT(r.out, ContainsSubstring("note: 1 '' among 2 texts (id 2)"));
  CHECK_THAT(r.out, ContainsSubstring("foreign key (shop) references shop (id): 1 orphan (id 7)"));
  CHECK_THAT(r.out, ContainsSubstring("not read: view v"));
}

TEST_CASE("a census as JSON has the same figures, and a path may be a url") {
  const Census census(kShop);
  const ProcessResult r =
      run_planrun({"census", "sqlite:" + census.file().string(), census.file().string(), "--format", "json"},
                  census.file().parent_path() / "state");
  REQUIRE(r.status == 0);
  const auto json = nlohmann::json::parse(r.out);
  CHECK(json["version"] == 1);
  REQUIRE(json["databases"].size() == 2);
  const auto& table = json["databases"][1]["tables"][1];
  CHECK(table["name"] == "shop");
  CHECK(table["columns"][1]["reals"]["least"] == 0.5);
  CHECK(table["columns"][2]["texts"]["kinds"]["empty"]["samples"] == nlohmann::json::parse("[[2]]"));
  CHECK(json["databases"][0]["tables"][0]["foreign_keys"][0]["orphans"]["count"] == 1);
}

TEST_CASE("a census as a page shows names and keys as text, whatever they are") {
  const Census census(
      "create table \"<script>alert(1)</script>\"(\"a\"\"b\" text); insert into "
      "\"<script>alert(1)</script>\" "
      "values ('x'), (5), ('<b>');");
  CHECK(census.run({"--format", "html", "-o", census.page().string()}).status == 0);
  const std::string page = read_file(census.page());
  CHECK_THAT(page, ContainsSubstring("&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK_THAT(page,
             ContainsSubstring("default-src &#39;none&#39;") || ContainsSubstring("default-src 'none'"));
}

TEST_CASE("a census that could not read everything ends with 1, one that cannot begin says why") {
  const Census census(
      "create table t(i, n as (i)); insert into t(i) values (-9223372036854775808); pragma writable_schema = "
      "on;"
      "update sqlite_schema set sql = replace(sql, 'as (i)', 'as (abs(i))');");
  const ProcessResult r = census.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("n: 1 value cannot be read: integer overflow (rowid 1)"));
  CHECK_THAT(r.err, ContainsSubstring("not everything could be read"));
  const std::filesystem::path state = census.file().parent_path() / "state";
  const ProcessResult missing = run_planrun({"census", "/nowhere/a.db"}, state);
  CHECK(missing.status == 1);
  CHECK_THAT(missing.err, ContainsSubstring("/nowhere/a.db"));
  CHECK(run_planrun({"census"}, state).status == 2);
  CHECK(run_planrun({"census", "sqlite:"}, state).status == 2);
  CHECK(run_planrun({"census", "postgresql://nobody@127.0.0.1:1/x"}, state).status == 1);
  CHECK(run_planrun({"census", census.file().string(), "--format", "xml"}, state).status == 2);
  CHECK(census.run({"-o", "/nowhere/page.html"}).status == 1);
}

}  // namespace census_cli_test
