// planrun rejects: what was kept out, by reason, as text, JSON and CSV.
#include <nlohmann/json.hpp>

#include "support/migration.h"

namespace rejects_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table t(id integer primary key, n, v text);"
    "insert into t values (1, 1, 'a'), (2, 'two', 'b'), (3, 'two', 'with \"quotes\", and comma'), (4, 4, "
    "'a');";
const std::string kTable =
    "[table.t]\nfrom = \"s.t\"\non_reject = \"keep\"\n[table.t.columns]\nid = \"bigint primary key\"\n"
    "n = \"integer\"\nv = \"text unique\"\n";

ProcessResult rejects(Migration& m, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"rejects", m.plan_file().string()});
  return run_planrun(more, m.state());
}

void check_list(Kind kind) {
  Migration m(kind, kSource, kTable);
  CHECK(rejects(m).status == 1);
  const ProcessResult ran = m.run();
  INFO(ran.out << ran.err);
  REQUIRE(ran.status == 0);

  const ProcessResult text = rejects(m);
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("3 rows rejected"));
  CHECK_THAT(text.out, ContainsSubstring("is no integer written plainly"));
  CHECK_THAT(text.out, ContainsSubstring(kind == Kind::sqlite ? "UNIQUE constraint failed: t.v" : "t_v_key"));

  const auto json = nlohmann::json::parse(rejects(m, {"--format", "json"}).out);
  CHECK(json["rows_rejected"] == 3);
  CHECK(json["reasons"][0]["rows"] == 2);
  CHECK(json["reasons"][0]["column"] == "n");
  CHECK(json["rows"][0]["key"] == nlohmann::json::array({2}));
  CHECK(json["rows"][0]["source"] == "s");
  CHECK(json["rows"][0]["value"] == "text 'two'");

  // The sqlite3 shell reads it as CSV.
  const std::string file = (m.state().parent_path() / "rejects.csv").string();
  write_file(file, rejects(m, {"--format", "csv"}).out);
  const ProcessResult read = run_process(
      {"sqlite3", ":memory:", ".mode csv", ".import " + file + " r",
       "select count(*), sum(\"column\" = 'n'), sum(row like '%with \\\"quotes\\\", and comma%') from r"});
  INFO(read.err);
  CHECK(read.out.substr(0, 5) == "3,2,1");
}

}  // namespace

TEST_CASE("rejects of a run into SQLite", "[rejects]") {
  check_list(Kind::sqlite);
}
TEST_CASE("rejects of a run into PostgreSQL", "[rejects][postgres]") {
  check_list(Kind::postgresql);
}

}  // namespace rejects_test
