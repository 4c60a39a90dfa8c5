// The plan's JSON Schema, held against the parser by a validator that is not ours.
#include "plan/plan_schema.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "plan/known_keys.h"
#include "plan/lint.h"
#include "support/support.h"

namespace plan_schema_test {

using namespace planrun;
using namespace planrun::test;

namespace {

constexpr const char* kSchema = PLANRUN_SOURCE_DIR "/engine/plan/plan.schema.json";

std::vector<std::string> validate(const std::vector<std::string>& plans) {
  std::vector<std::string> command = {"/usr/bin/env", "python3", PLANRUN_SOURCE_DIR "/tests/plan/validate.py",
                                      kSchema};
  command.insert(command.end(), plans.begin(), plans.end());
  const ProcessResult result = run_process(command);
  INFO(result.err);
  REQUIRE(result.status == 0);
  auto lines = split(result.out, '\n');
  lines.pop_back();
  return lines;
}

}  // namespace

TEST_CASE("schema: the file is what the program prints") {
  CHECK(read_file(kSchema) == plan_schema());
}

TEST_CASE("schema: every section of a plan has a form, every key of it a description") {
  const auto schema = nlohmann::json::parse(plan_schema());
  for (const auto& word : top_level_words()) {
    INFO(word);
    CHECK(schema["properties"].at(std::string(word)).contains("type"));
  }
  for (const KnownKey& key : table_keys().keys) {
    INFO(key.name);
    const auto& tables = schema["properties"]["table"]["patternProperties"];
    CHECK(tables.begin()->at("properties").at(std::string(key.name)).at("description") == key.meaning);
  }
}

TEST_CASE("schema: the plans that are shipped fit it, and point to it") {
  const std::vector<std::string> plans = {
      PLANRUN_SOURCE_DIR "/plans/ora.toml", PLANRUN_SOURCE_DIR "/plans/epic7.toml",
      PLANRUN_SOURCE_DIR "/plans/epic16.toml", PLANRUN_SOURCE_DIR "/plans/epic10.toml"};
  CHECK(validate(plans) == std::vector<std::string>(plans.size(), "ok"));
  for (const auto& plan : plans) {
    INFO(plan);
    const std::string text = read_file(plan);
    const std::string word = "#:schema ";
    REQUIRE(text.starts_with(word));
    const std::string path = text.substr(word.size(), text.find('\n') - word.size());
    CHECK(std::filesystem::equivalent(std::filesystem::path(plan).parent_path() / path, kSchema));
  }
}

TEST_CASE("schema: what the parser takes in several forms the schema takes in all of them") {
  const std::string text = R"plan(
[table.a]
from   = ["s.a", "s.b"]
merge  = { key = "id", keep = "newest", by = "at" }
ignore = "old"
[table.a.columns]
id   = "bigint primary key"
at   = { type = "timestamp", from = "time", using = ["trim", "utc"], zone = "+02:00" }
kind = { type = "integer", value = 3 }
"*"  = "inherit"
[table.a.index]
"an index" = "(at)"
[table."ä b"]
exists = true
[table."ä b".load.one]
from   = "s.c"
[table."ä b".load.one.columns]
x = { expr = "lower(y)" }
[check.a]
sql       = { postgresql = "select 1", sqlite = "select 1" }
expect    = 1
tolerance = { warning = "1%", critical = 5 }
[check.b]
sql.sqlite = "select 1"
expect     = "1"
tolerance  = 0.5
[check.c]
use    = "row_counts"
source = "s"
table  = ["a"]
[[sql]]
name = "one"
at   = "end"
sql  = "create table c (d int)"
undo = "drop table c"
[[example]]
transform = "twice.f"
row       = { a = 1, b = true, c = { blob = "00" }, d = "x", e = 1.5 }
gives     = [{ a = 1 }, {}]
)plan" + std::string(kRest);
  CHECK(lint(text).empty());
  const TempFolder folder;
  write_file(folder / "plan.toml", text);
  CHECK(validate({folder / "plan.toml"}) == std::vector<std::string>{"ok"});
}

TEST_CASE("schema: mistakes of form are found by both") {
  const std::vector<std::string> wrong = {
      "[table.a]\nfrom = \"s.a\"\nignor = \"x\"\n",
      "[table.a]\nfrom = 3\n",
      "[table.a]\nfrom = \"s.a\"\non_reject = \"skip\"\n",
      "[table.a]\nfrom = \"s.a\"\nmax_rejects = -1\non_reject = \"keep\"\n",
      "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nb = 3\n",
      "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\n\"*\" = \"all\"\n",
      "[table.a]\nfrom = \"s.a\"\n[table.a.load.x]\nfrom = \"s.b\"\ncolumns = { a = \"int\" }\n",
      "[table.a]\nfrom = \"s.a\"\n[source.\"a b\"]\nurl = \"sqlite:x.db\"\n",
      "[table.a]\nfrom = \"s.a\"\n[check.x]\nsql = \"select 1\"\nexpect = 1\nseverty = \"info\"\n",
      "[table.a]\nfrom = \"s.a\"\n[check.x]\nsql = \"select 1\"\nexpect = 1\ntolerance = \"much\"\n",
      "[table.a]\nfrom = \"s.a\"\n[[sql]]\nname = \"x\"\nat = \"later\"\nsql = \"drop table x\"\nundo = "
      "\"create table x (y int)\"\n",
      "[table.a]\nfrom = \"s.a\"\n[tabel.b]\nfrom = \"s.b\"\n",
  };
  const TempFolder folder;
  std::vector<std::string> files;
  for (const auto& text : wrong) {
    files.push_back(folder / (std::to_string(files.size()) + ".toml"));
    write_file(files.back(), text + kRest);
    INFO(text);
    CHECK(lint(text + kRest).size() == 1);
  }
  const auto found = validate(files);
  REQUIRE(found.size() == wrong.size());
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    INFO(wrong[i]);
    CHECK(found[i] != "ok");
  }
}

}  // namespace plan_schema_test
