// planrun report, from end to end: figures by the target's own shell, the JSON by its published schema.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "support/migration.h"

namespace report_test {

namespace fs = std::filesystem;
using namespace planrun::test;

namespace {

const char* const kSource =
    "create table items(id integer primary key, qty, note text);"
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40) "
    "insert into items select i, i, 'note ' || i from n;"
    "update items set qty = 'classified' where id = 7;"
    "update items set qty = 'top-secret' where id = 9;";

// Names and texts that would end a script, an attribute or a page that does not escape them.
const char* const kPlan =
    "[table.\"<script>alert(1)\"]\nfrom = \"s.items\"\non_reject = "
    "\"keep\"\n[table.\"<script>alert(1)\".columns]\n"
    "id = \"bigint primary key\"\nqty = \"integer\"\nnote = \"text\"\n"
    "[check.\"rows\"]\nsql = \"select count(*) from \\\"<script>alert(1)\\\"\"\nexpect = \"38\"\n"
    "# </script><script>alert(2)</script><!-- \" ' & \n";

ProcessResult report(const Migration& m, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"report", m.plan_file().string()});
  return run_planrun(more, m.state());
}

nlohmann::json json_of(const Migration& m, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--format", "json"});
  const ProcessResult r = report(m, more);
  INFO(r.err);
  REQUIRE(r.status == 0);
  const fs::path file = m.plan_file().parent_path() / "report.json";
  write_file(file, r.out);
  // Debian's own Python has the module; another one that stands first on PATH may not.
  const ProcessResult valid =
      run_process({"/usr/bin/python3", "-c",
                   "import json, sys, jsonschema; schema = json.load(open(sys.argv[1]));"
                   "jsonschema.Draft202012Validator.check_schema(schema);"
                   "jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))",
                   PLANRUN_SOURCE_DIR "/docs/report.schema.json", file.string()});
  INFO(valid.err);
  REQUIRE(valid.status == 0);
  return nlohmann::json::parse(r.out);
}

void check_figures(Kind kind) {
  Migration m(kind, kSource, kPlan);
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  const auto json = json_of(m);
  CHECK(json["verdict"]["verdict"] == "passed_with_rejects");
  CHECK(json["run"]["id"] == m.target("select id from " + m.ledger("run")));
  CHECK(json["rows_read_back"] == 38);
  CHECK(json["tables"][0]["found"]["xxh3_128_sum"] ==
        m.target("select digest_sum from " + m.ledger("chunk")));
  CHECK(json["balance"]["rows_rejected"] == 2);
  CHECK(json["loads"][0]["bytes"].dump() == m.target("select sum(bytes) from " + m.ledger("chunk")));
  CHECK(json["plan_text"] == read_file(m.plan_file()));
  CHECK(std::to_string(json["steps"].size()) == m.target("select count(*) from " + m.ledger("step")));
  CHECK(json["fingerprints"]["snapshots"][0]["sha256"] ==
        run_process({"sha256sum", json["fingerprints"]["snapshots"][0]["file"]}).out.substr(0, 64));
}

}  // namespace

TEST_CASE("a report of a run into SQLite has the ledger's figures") {
  check_figures(Kind::sqlite);
}

TEST_CASE("a report of a run into PostgreSQL has the ledger's figures", "[postgres]") {
  check_figures(Kind::postgresql);
}

TEST_CASE("a report's page holds names and the plan's text as text, and the network is closed to it") {
  Migration m(Kind::sqlite, kSource, kPlan);
  REQUIRE(m.run().status == 0);
  const std::string page = report(m).out;
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.ends_with("</html>\n"));
  CHECK_THAT(page, ContainsSubstring("&lt;script&gt;alert(1)"));
  CHECK_THAT(page, ContainsSubstring("# &lt;/script&gt;&lt;script&gt;alert(2)&lt;/script&gt;"));
  // One script, its own; what is not named in the policy is neither run nor fetched.
  CHECK(page.find("<script", page.find("<script") + 1) == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("content=\"default-src 'none'; style-src 'sha256-"));
  CHECK_THAT(page, !ContainsSubstring(" src=") && !ContainsSubstring("<link") && !ContainsSubstring("url("));
}

TEST_CASE("values of rows are in a report only where they are asked for") {
  Migration m(Kind::sqlite, kSource, kPlan);
  REQUIRE(m.run().status == 0);
  for (const char* format : {"html", "json"}) {
    const std::string hidden = report(m, {"--format", format}).out;
    CHECK_THAT(hidden, !ContainsSubstring("classified") && !ContainsSubstring("top-secret"));
    const std::string shown = report(m, {"--format", format, "--show-values"}).out;
    CHECK_THAT(shown, ContainsSubstring("classified") && ContainsSubstring("top-secret"));
  }
  CHECK(json_of(m, {"--show-values"})["rejects"][0]["samples"].size() == 2);
  CHECK(json_of(m)["rejects"][0]["rows"] == 2);
}

TEST_CASE("a report of a failed run, of its second attempt and of its rollback tells the truth of each") {
  Migration m(Kind::sqlite, kSource, kPlan);
  std::string stops = kPlan;
  stops.replace(stops.find("keep"), 4, "stop");
  m.write_plan(stops);
  REQUIRE(m.run().status == 1);
  auto json = json_of(m);
  CHECK(json["verdict"]["verdict"] == "failed");
  CHECK(json["verdict"]["proved_at"].is_null());
  CHECK(json["tables"][0]["proof"] == "not done");
  CHECK_THAT(json["verdict"]["message"].get<std::string>(),
             ContainsSubstring("key …") && !ContainsSubstring("classified"));
  CHECK_THAT(json_of(m, {"--show-values"})["verdict"]["message"].get<std::string>(),
             ContainsSubstring("classified"));
  const std::string run = json["run"]["id"];
  m.write_plan(kPlan);
  REQUIRE(m.run().status == 0);
  CHECK(json_of(m)["run"]["id"] == run);
  CHECK(json_of(m)["verdict"]["headline"] == "Passed and proved, 2 rows rejected");
  REQUIRE(m.rollback().status == 0);
  json = json_of(m, {"--run", run});
  CHECK(json["verdict"]["verdict"] == "rolled_back");
  CHECK(json["verdict"]["proved_at"].is_null());
  // The next run differs from the one that was taken back in one line.
  m.write_plan(std::string(kPlan) + "# again\n");
  REQUIRE(m.run().status == 0);
  json = json_of(m);
  CHECK(json["plan_diff"]["run"] == run);
  const std::string text = json["plan_text"];
  const auto& changed = json["plan_diff"]["changed_lines"];
  REQUIRE(changed.size() == 1);
  CHECK(changed[0]["change"] == "added");
  CHECK(changed[0]["line"] == std::count(text.begin(), text.end(), '\n'));
  CHECK(changed[0]["text"] == "# again");
  CHECK(json["checks"][0]["history"].size() == 2);
}

TEST_CASE("a report is written whole or not at all") {
  Migration m(Kind::sqlite, kSource, kPlan);
  CHECK_THAT(report(m).err, ContainsSubstring("there is no run of plan test"));
  REQUIRE(m.run().status == 0);
  const fs::path file = m.plan_file().parent_path() / "report.html";
  const ProcessResult written = report(m, {"-o", file.string()});
  CHECK(written.status == 0);
  CHECK(written.out.empty());
  CHECK_THAT(written.err, ContainsSubstring("Passed and proved, 2 rows rejected"));
  CHECK(read_file(file).ends_with("</html>\n"));
  const ProcessResult lost = report(m, {"-o", (m.plan_file().parent_path() / "no/folder.html").string()});
  CHECK(lost.status == 1);
  CHECK_THAT(lost.err, ContainsSubstring("cannot write") && ContainsSubstring("no/folder.html"));
  const ProcessResult full = run_process(
      {"sh", "-c", "exec \"$0\" report \"$1\" >/dev/full", PLANRUN_BINARY, m.plan_file().string()});
  CHECK(full.status == 1);
  CHECK_THAT(full.err, ContainsSubstring("cannot write to stdout"));
  const ProcessResult unknown = report(m, {"--run", "nothing"});
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("there is no run nothing of plan test"));
}

}  // namespace report_test
