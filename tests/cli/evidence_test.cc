// What is signed: made of a passed run only, by what is read back, and held against the target again.
#include <filesystem>

#include <nlohmann/json.hpp>

#include "support/migration.h"

namespace evidence_test {

using namespace planrun::test;
using Json = nlohmann::json;

namespace {

const char* const kSource =
    "create table r(id integer primary key, t text);"
    "insert into r values (1, 'a'), (2, null), (3, printf('%.*c', 200000, 'x'));";
const char* const kPlan =
    "[table.r]\nfrom = \"s.r\"\n[table.r.columns]\nid = \"bigint primary key\"\nt = \"text\"\n"
    "[check.three]\nsql = \"select count(*) from r\"\nexpect = 3\n";

// By Python's hashlib and struct, from what data/canonical.h says of these three rows.
const char* const kSha256 = "5c251c272087a6c287290bed640d18899689a997f831c9c47bbeb5444fd7c9f2";

ProcessResult evidence(Migration& m, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "evidence");
  return run_planrun(arguments, m.state());
}

// The document's digest as another program makes it.
std::string digest_by_python(const std::filesystem::path& file) {
  return run_process({"python3", "-c",
                      "import hashlib, json, sys\n"
                      "d = json.load(open(sys.argv[1]))\n"
                      "del d['digest']\n"
                      "t = json.dumps(d, sort_keys=True, separators=(',', ':'), ensure_ascii=False)\n"
                      "print(hashlib.sha256(t.encode()).hexdigest(), end='')",
                      file.string()})
      .out;
}

void check_evidence(Kind kind) {
  Migration m(kind, kSource, kPlan);
  const std::string file = m.plan_file().parent_path() / "evidence.json";
  CHECK(evidence(m, {m.plan_file().string()}).status == 1);  // no run yet
  REQUIRE(m.run().status == 0);
  const ProcessResult made = evidence(m, {m.plan_file().string(), "-o", file});
  INFO(made.err);
  REQUIRE(made.status == 0);
  const Json document = Json::parse(read_file(file));
  CHECK(document["tables"][0]["rows"] == 3);
  CHECK(document["tables"][0]["sha256"] == kSha256);
  CHECK(document["plan"]["text"] == read_file(m.plan_file()));
  CHECK(document["run"]["state"] == "passed");
  CHECK(document["loads"][0]["rows_read"] == 3);
  CHECK(document["checks"].dump().find("\"three\"") != std::string::npos);
  CHECK(document["digest"] == digest_by_python(file));
  CHECK_THAT(made.err, ContainsSubstring(document["digest"].get<std::string>()));
  CHECK(
      run_process({"sha256sum", document["sources"][0]["read_from"].get<std::string>()}).out.substr(0, 64) ==
      document["sources"][0]["sha256"]);

  const ProcessResult holds = evidence(m, {"--check", file});
  CHECK(holds.status == 0);
  CHECK_THAT(holds.out, ContainsSubstring("the tables hold the rows that the evidence says"));

  m.target("update r set t = 'b' where id = 1");
  const ProcessResult changed = evidence(m, {"--check", file, "--format", "json"});
  CHECK(changed.status == 3);
  CHECK(Json::parse(changed.out)["tables"][0]["holds"] == false);
  const ProcessResult none = evidence(m, {m.plan_file().string()});
  CHECK(none.status == 3);
  CHECK_THAT(none.err, ContainsSubstring("table r of"));
  CHECK(none.out == "");

  m.target("drop table r");
  const ProcessResult gone = evidence(m, {"--check", file});
  CHECK(gone.status == 3);
  CHECK_THAT(gone.out, ContainsSubstring("table r cannot be read"));
  const ProcessResult lost = evidence(m, {m.plan_file().string()});
  CHECK(lost.status == 3);
  CHECK_THAT(lost.err, ContainsSubstring("cannot be read") && ContainsSubstring("table r of"));
}

// A document that was changed and digested anew.
std::string forge(const std::string& document, const std::string& file, const std::string& how) {
  write_file(file, document);
  const std::string script = "import json, sys\nd = json.load(open(sys.argv[1]))\n" + how +
                             "\njson.dump(d, open(sys.argv[1], 'w'), ensure_ascii=False)";
  REQUIRE(run_process({"python3", "-c", script, file}).status == 0);
  Json forged = Json::parse(read_file(file));
  forged["digest"] = digest_by_python(file);
  write_file(file, forged.dump());
  return file;
}

void check_forged(Kind kind) {
  Migration m(kind, kSource, kPlan);
  REQUIRE(m.run().status == 0);
  const std::string file = m.plan_file().parent_path() / "evidence.json";
  const std::string document = evidence(m, {m.plan_file().string()}).out;
  const ProcessResult same = evidence(m, {"--check", forge(document, file, "")});
  INFO(same.out << same.err);
  REQUIRE(same.status == 0);
  const std::vector<std::pair<std::string, std::string>> forgeries = {
      {"d['loads'][0]['rows_read'] = 4", "load r of the document"},
      {"d['loads'] = []", "the document leaves out load r"},
      {"d['checks'] = [c for c in d['checks'] if c['check'] != 'three']", "leaves out check three"},
      {"d['checks'][-1]['found'] = '5'", "of the document is not what the ledger"},
      {"d['checks'].append(dict(d['checks'][0], check='four'))", "has no check four"},
      {"d['tables'] = []", "the document leaves out table r"},
      {"d['plan']['text'] += '# reviewed'", "plan.text of the document"},
      {"d['run']['finished_at'] = '2020-01-01T00:00:00Z'", "run.finished_at of the document"},
      {"d['sources'][0]['sha256'] = '0' * 64", "sources of the document"}};
  for (const auto& [how, told] : forgeries) {
    const ProcessResult r = evidence(m, {"--check", forge(document, file, how)});
    INFO(how << r.out << r.err);
    CHECK(r.status == 3);
    CHECK_THAT(r.out, ContainsSubstring(told));
  }
}

}  // namespace

TEST_CASE("evidence that says otherwise than the ledger does not hold, SQLite") {
  check_forged(Kind::sqlite);
}
TEST_CASE("evidence that says otherwise than the ledger does not hold, PostgreSQL", "[postgres]") {
  check_forged(Kind::postgresql);
}

TEST_CASE("evidence of a run is what the target holds, and says so later, SQLite") {
  check_evidence(Kind::sqlite);
}
TEST_CASE("evidence of a run is what the target holds, and says so later, PostgreSQL", "[postgres]") {
  check_evidence(Kind::postgresql);
}

TEST_CASE("evidence that was touched, or is none, is refused") {
  Migration m(Kind::sqlite, kSource, kPlan);
  REQUIRE(m.run().status == 0);
  const std::string file = m.plan_file().parent_path() / "evidence.json";
  std::string text = evidence(m, {m.plan_file().string()}).out;
  text.replace(text.find("\"rows\": 3"), 9, "\"rows\": 4");
  write_file(file, text);
  const ProcessResult touched = evidence(m, {"--check", file});
  CHECK(touched.status == 1);
  CHECK_THAT(touched.err, ContainsSubstring("is not as it was made"));
  write_file(file, "[]");
  CHECK_THAT(evidence(m, {"--check", file}).err, ContainsSubstring("is no evidence"));
  CHECK(evidence(m, {"--check", file + ".none"}).status == 2);
  CHECK(evidence(m, {}).status == 2);
}

}  // namespace evidence_test
