// `planrun lint`: docs/lint.md keeps what it says, and the formats say what was found.
#include "plan/lint.h"

#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "plan/risks.h"
#include "run/source_risks.h"
#include "run/transforms.h"
#include "support/shipped_plans.h"
#include "support/support.h"

namespace lint_test {

using namespace planrun;
using namespace planrun::test;

namespace {

struct Section {
  std::string code;
  std::string title;
  std::string text;
  std::string wrong;
  std::string right;
};

// What stands between "WORD:\n```toml\n" and the next fence.
std::string example(const std::string& text, const std::string& word) {
  const std::string open = word + ":\n```toml\n";
  const auto begin = text.find(open);
  if (begin == std::string::npos) return {};
  return text.substr(begin + open.size(), text.find("```", begin + open.size()) - begin - open.size());
}

const std::string& page() {
  static const std::string text = read_file(PLANRUN_SOURCE_DIR "/docs/lint.md");
  return text;
}

std::vector<Section> sections() {
  std::vector<Section> list;
  for (auto at = page().find("\n## "); at != std::string::npos; at = page().find("\n## ", at + 1)) {
    const std::string text = page().substr(at + 4, page().find("\n## ", at + 1) - at - 4);
    const std::string head = text.substr(0, text.find('\n'));
    list.push_back({head.substr(0, 4), head.substr(6), text, example(text, "Wrong"), example(text, "Right")});
  }
  return list;
}

/// The page's database, and a plan around each of its fragments.
class Shop {
 public:
  Shop() {
    const auto begin = page().find("```sql\n") + 7;
    sqlite3(folder_ / "shop.db", page().substr(begin, page().find("```", begin) - begin));
    sqlite3(folder_ / "target.db", "create table accounts (id integer primary key, owner text not null)");
  }

  /// Codes, each once.
  std::set<std::string> lint(const std::string& fragment) const {
    ReadPlanOptions options;
    options.share = PLANRUN_SOURCE_DIR;
    options.variable = [](const std::string& name) -> std::optional<std::string> {
      if (name == "SHOP_PASSWORD") return "secret";
      return std::nullopt;
    };
    ReadPlanResult read = read_plan_text(whole(fragment), folder_ / "plan.toml", options);
    Diagnostics& found = read.diagnostics;
    if (!found.has_errors()) check_transforms(read.plan, found);
    std::optional<ResolvedPlan> resolved;
    if (!found.has_errors()) {
      resolved.emplace();
      const Databases databases = open_databases(read.plan);
      for (const Plan& part : parts_of(read.plan)) {
        const auto one = find_source_risks(
            part, databases.source_pointers(), *databases.targets.at(part.targets.front().name), [](auto&) {},
            found);
        if (one) resolved->tables.insert(resolved->tables.end(), one->tables.begin(), one->tables.end());
      }
    }
    if (!found.has_errors()) {
      find_risks(read.plan, &*resolved, found);
      report_unused(read.allowances, true, found);
    }
    allow_findings(read.allowances, found);
    text_ = to_text(found);
    std::set<std::string> codes;
    for (const Diagnostic* d : to_tell(found)) {
      codes.insert(to_string(d->code));
      CHECK(d->severity == kind_of(d->code).severity);
    }
    return codes;
  }

  /// All that lint said of it last.
  const std::string& text() const { return text_; }
  std::string file(const std::string& name) const { return folder_ / name; }
  static std::string whole(std::string fragment) {
    const auto has = [&](const std::string& head) { return fragment.find("[" + head) != std::string::npos; };
    const bool has_plan = has("plan]");
    const bool has_source = has("source.s]");
    const bool has_target = has("target.");
    if (!has("table.")) fragment += "[table.brands]\nfrom = \"s.brands\"\n";
    if (!has_plan) fragment += "[plan]\nname = \"shop\"\n";
    if (!has_source) fragment += "[source.s]\nurl = \"sqlite:shop.db\"\n";
    if (!has_target) fragment += "[target.t]\nurl = \"sqlite:target.db\"\n";
    return fragment;
  }

 private:
  TempFolder folder_;
  mutable std::string text_;
};

constexpr const char* kPlan = R"plan([[sql]]
name = "a"
at   = "end"
sql  = "create table b (ö int)"  # lint: allow P033 not the place
[table.brands]
from = "s.brands"
[table.brands.columns]
# lint: allow P046 of a sensor
cost_value = { type = "real", expr = "1.5" }
"*" = "inherit"
)plan";

}  // namespace

TEST_CASE("lint: every code has a section in docs/lint.md, with examples that hold") {
  const Shop shop;
  const auto list = sections();
  const auto kinds = finding_kinds();
  REQUIRE(list.size() == kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Section& section = list[i];
    INFO(section.code);
    CHECK(section.code == to_string(kinds[i].code));
    CHECK(section.title == kinds[i].title);
    CHECK_THAT(section.text, ContainsSubstring(std::string(kinds[i].why)));
    CHECK_FALSE(section.wrong.empty());
    CHECK_FALSE(section.right.empty());
    const auto wrong = shop.lint(section.wrong);
    INFO("wrong: " << shop.text());
    CHECK(wrong == std::set<std::string>{section.code});
    const auto right = shop.lint(section.right);
    INFO("right: " << shop.text());
    CHECK(right.empty());
  }
}

TEST_CASE("lint: codes stay what they are") {
  int number = 0;
  for (const auto& kind : finding_kinds()) {
    CHECK(static_cast<int>(kind.code) == ++number);
    CHECK(finding_code_from(to_string(kind.code)) == kind.code);
  }
  CHECK(to_string(FindingCode::unknown_key) == "P002");
  CHECK(to_string(FindingCode::critical_unchecked) == "P050");
  CHECK_FALSE(finding_code_from("P000"));
  CHECK_FALSE(finding_code_from("P2"));
}

TEST_CASE("lint: text, JSON and SARIF of one plan") {
  const Shop shop;
  write_file(shop.file("plan.toml"), Shop::whole(kPlan));
  const auto lint = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"-C", shop.file(""), PLANRUN_BINARY, "lint", "plan.toml"};
    arguments.insert(arguments.begin(), "env");
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_process(arguments);
  };
  const ProcessResult text = lint({});
  INFO(text.err);
  CHECK(text.status == 0);
  CHECK(text.out ==
        "plan.toml:1:1: warning[P033]: [[sql]] a has no `undo`: a run with it cannot be rolled back "
        "(undo = the statements that take it back)\n"
        "plan.toml:4:35: warning[P045]: nothing is found on line 4 that P033 says: the allow is not "
        "needed (take it out)\n");
  const auto list = nlohmann::json::parse(lint({"--format", "json"}).out);
  REQUIRE(list.size() == 2);
  CHECK(list[1]["code"] == "P045");
  CHECK(list[1]["severity"] == "warning");
  CHECK(list[1]["file"] == "plan.toml");
  CHECK(list[1]["line"] == 4);
  CHECK(list[1]["column"] == 35);
  CHECK(list[1]["hint"] == "take it out");

  const auto sarif = nlohmann::json::parse(lint({"--format", "sarif"}).out);
  CHECK(sarif["version"] == "2.1.0");
  const auto& run = sarif["runs"][0];
  const auto& rules = run["tool"]["driver"]["rules"];
  REQUIRE(run["results"].size() == 3);
  for (const auto& result : run["results"]) {
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
    CHECK(result["level"] == "warning");
    CHECK(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plan.toml");
  }
  const auto find = [&](const std::string& code) {
    return *std::find_if(run["results"].begin(), run["results"].end(),
                         [&](const auto& result) { return result["ruleId"] == code; });
  };
  const auto allowed = find("P046");
  CHECK(allowed["suppressions"] ==
        nlohmann::json::parse(R"([{"kind":"inSource","justification":"of a sensor"}])"));
  CHECK(allowed["locations"][0]["physicalLocation"]["region"] ==
        nlohmann::json::parse(R"({"startLine":9,"startColumn":1})"));
  const auto unused = find("P045");
  CHECK(unused["suppressions"].empty());
  CHECK(unused["locations"][0]["physicalLocation"]["region"]["startColumn"] == 34);  // characters
}

TEST_CASE("lint: --sources measures, writes nothing, and is held to no table that is not there yet") {
  const Shop shop;
  const std::string plan = Shop::whole(
      "[table.brands]\nfrom = \"s.brands\"\nwhere = \"id = 2\"\n[table.brands.columns]\nname = "
      "\"varchar(4)\"\n"
      "\"*\" = \"inherit\"\n[table.absent]\nexists = true\nfrom = \"s.old_brands\"\n"
      "[table.items]\nfrom = \"s.items\"\n[table.items.columns]\nbrand = \"smallint\"\nprice = "
      "\"numeric(10,1)\"\nquantity = \"integer\"\n\"*\" = \"inherit\"\n");
  write_file(shop.file("plan.toml"), plan);
  const std::string before = read_file(shop.file("shop.db")) + read_file(shop.file("target.db"));
  const ProcessResult alone = run_planrun({"lint", shop.file("plan.toml")}, shop.file("state"));
  CHECK(alone.status == 0);
  CHECK_THAT(alone.out, ContainsSubstring("nothing wrong"));
  const ProcessResult with = run_planrun({"lint", "--sources", shop.file("plan.toml")}, shop.file("state"));
  INFO(with.out << with.err);
  CHECK(with.status == 0);
  // Of brand 2 alone, whose name has 4 characters, nothing is too long.
  CHECK(split(with.out, '\n').size() == 3);
  CHECK_THAT(with.out, ContainsSubstring("is numeric(10,1), and s.items.price is declared numeric(10,2)"));
  CHECK_THAT(with.out, ContainsSubstring("is integer, and s.items.quantity holds 3000000000 (bigint)"));
  CHECK_THAT(with.err, ContainsSubstring("[table.absent] is not held against the target"));
  CHECK(read_file(shop.file("shop.db")) + read_file(shop.file("target.db")) == before);
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(shop.file("")))
    files.insert(entry.path().filename());
  CHECK(files == std::set<std::string>{"plan.toml", "shop.db", "target.db"});

  write_file(shop.file("plan.toml"), Shop::whole("[source.s]\nurl = \"sqlite:absent.db\"\n"));
  const ProcessResult absent = run_planrun({"lint", "--sources", shop.file("plan.toml")}, shop.file("state"));
  CHECK(absent.status == 1);
  CHECK_THAT(absent.err, ContainsSubstring("absent.db"));
}

TEST_CASE("lint: a file that is empty, is absent or is a folder") {
  const TempFolder folder;
  write_file(folder / "plan.toml", "");
  const auto lint = [&](const std::string& name) {
    return run_planrun({"lint", folder / name}, folder / "state");
  };
  CHECK_THAT(lint("plan.toml").out, ContainsSubstring("plan.toml:1:1: error[P007]: the plan is empty"));
  CHECK(lint("plan.toml").status == 2);
  CHECK_THAT(lint("absent.toml").err, ContainsSubstring("cannot read the plan"));
  CHECK(lint("absent.toml").status == 2);
  CHECK(lint("").status == 2);
}

TEST_CASE("lint: an error ends with 2, and a run tells what is not allowed") {
  const Shop shop;
  write_file(shop.file("plan.toml"), Shop::whole("[table.brands]\nfrom = \"s.brands\"\nignor = \"a\"\n"));
  CHECK(run_planrun({"lint", shop.file("plan.toml")}, shop.file("state")).status == 2);
  const std::string step = "[[sql]]\nname = \"a\"\nat = \"end\"\nsql = \"create table c (d int)\"\n";
  write_file(shop.file("plan.toml"), Shop::whole(step));
  CHECK_THAT(run_planrun({"graph", shop.file("plan.toml")}, shop.file("state")).err,
             ContainsSubstring("warning[P033]"));
  write_file(shop.file("plan.toml"), Shop::whole("# lint: allow P033 it stays\n" + step));
  CHECK(run_planrun({"graph", shop.file("plan.toml")}, shop.file("state")).err.empty());
}

TEST_CASE("lint: the plans that are shipped are clean, with their sources and without", "[cases]") {
  const ShippedPlans plans(Kind::sqlite, {"business", "analytics", "core"});
  for (const bool sources : {false, true}) {
    std::vector<std::string> arguments = {"lint"};
    if (sources) arguments.push_back("--sources");
    for (const char* plan : {"ora", "epic7", "epic16", "epic10"})
      arguments.push_back(PLANRUN_SOURCE_DIR "/plans/" + std::string(plan) + ".toml");
    const ProcessResult result = run_planrun(arguments, plans.file("state"), plans.environment());
    INFO(result.out << result.err);
    CHECK(result.status == 0);
    CHECK(result.out.find("P0") == std::string::npos);
  }
}

}  // namespace lint_test
