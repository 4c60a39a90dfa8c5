// `# lint: allow`: which comments are comments, and which warnings they are for.
#include "plan/allowance.h"

#include <algorithm>

#include "plan/lint.h"
#include "support/catch.h"

namespace allowance_test {

using namespace planrun;
using namespace planrun::test;

using Lines = std::vector<std::string>;

namespace {

const std::string kTable = "[table.a]\nfrom = \"s.a\"\n";
const std::string kStep = "[[sql]]\nname = \"x\"\nat = \"end\"\nsql = \"create table b (c int)\"\n";

// What is told of a plan whose allows are also held to be needed.
Lines told(const std::string& text) {
  auto result = read(text + kTable + kRest);
  report_unused(result.allowances, false, result.diagnostics);
  return messages(result.diagnostics);
}

Lines comments(const std::string& text) {
  Lines lines;
  for (const auto& c : comments_in(text)) {
    lines.push_back(std::to_string(c.at.line) + ":" + std::to_string(c.at.column) + (c.alone ? " " : "+") +
                    c.text);
  }
  return lines;
}

}  // namespace

TEST_CASE("allow: a # in a string is no comment") {
  CHECK(comments("# one\n  #two  \na = 1 # three\n") == Lines{"1:1 one", "2:3 two", "3:7+three"});
  CHECK(comments("a = \"# no\" # yes\nb = '# no' # yes\n") == Lines{"1:12+yes", "2:12+yes"});
  CHECK(comments("a = \"\\\"# no\" # yes\nb = '\\' # yes\n") == Lines{"1:14+yes", "2:9+yes"});
  CHECK(comments("a = \"\"\"\n# no\n\"# no\"\n\\\"\"\"# no\"\"\" # yes\n") == Lines{"4:13+yes"});
  CHECK(comments("a = '''\n# no\n''# no''' # yes\n") == Lines{"3:11+yes"});
  CHECK(comments("a = \"\"\"x\"\"\"\" # yes\nb = \"\" # yes\n") == Lines{"1:14+yes", "2:8+yes"});
  CHECK(comments("\"a # b\" = 1 # yes\r\n[\"c # d\"] # yes") == Lines{"1:13+yes", "2:11+yes"});
  CHECK(comments("a = \"open # no\n# no").empty());
}

TEST_CASE("allow: on the line, or in the comment lines directly before it") {
  CHECK(told(kStep) == Lines{"1:1: warning[P033]: [[sql]] x has no `undo`: a run with it cannot be rolled "
                             "back (undo = the statements that take it back)"});
  CHECK(told("[[sql]] # lint: allow P033 it stays" + kStep.substr(7)).empty());
  CHECK(told("# lint: allow P033 it stays\n" + kStep).empty());
  CHECK(told("# lint: allow P033 it stays\n# and more\n" + kStep).empty());
  CHECK(told("# more\n  #lint:  allow  P033\tit stays\n" + kStep).empty());
  // A line between, or another line.
  for (const std::string& text :
       {"# lint: allow P033 it stays\n\n" + kStep, kStep + "# lint: allow P033 it stays\n"}) {
    INFO(text);
    const Lines lines = told(text);
    REQUIRE(lines.size() == 2);
    CHECK((lines[0] + lines[1]).find("warning[P045]: nothing is found on line") != std::string::npos);
    CHECK((lines[0] + lines[1]).find("warning[P033]") != std::string::npos);
  }
}

TEST_CASE("allow: the reason is kept with the warning, and errors stay") {
  const auto result = read("# lint: allow P033 it stays\n" + kStep + "[view.v]\n" + kTable + kRest);
  CHECK(messages(result.diagnostics) == Lines{"6:7: [view.v] has no `sql`"});
  REQUIRE(result.diagnostics.list.size() == 2);
  const auto& list = result.diagnostics.list;
  const auto warning = std::find_if(list.begin(), list.end(),
                                    [](const Diagnostic& d) { return d.code == FindingCode::no_undo; });
  REQUIRE(warning != list.end());
  CHECK(warning->allowed == "it stays");
  CHECK(result.diagnostics.has_errors());
}

TEST_CASE("allow: one that says nothing is an error") {
  const std::string form = " (# lint: allow P033 REASON)";
  CHECK(told("# lint: alow P033 x\n") == Lines{"1:1: `lint:` in a comment is followed by `allow`" + form});
  CHECK(told("# lint: allow\n") == Lines{"1:1: `allow` names no code" + form});
  CHECK(told("# lint: allow P999 x\n") == Lines{"1:1: there is no code 'P999'" + form});
  CHECK(told("# lint: allow p033 x\n") == Lines{"1:1: there is no code 'p033'" + form});
  CHECK(told("# lint: allow P002 x\n") ==
        Lines{"1:1: P002 is an error, and only warnings can be allowed" + form});
  CHECK(told("# lint: allow P033\n" + kStep).size() == 2);
  CHECK(told("# lint: allow P033  \n") == Lines{"1:1: `allow P033` gives no reason" + form});
  CHECK(told("# of lint: allow P999\n").empty());
}

TEST_CASE("allow: a rule that looks into sources is held to be needed only where it has") {
  auto result = read("# lint: allow P047 cut on purpose\n" + kTable + kRest);
  report_unused(result.allowances, false, result.diagnostics);
  CHECK(result.diagnostics.list.empty());
  report_unused(result.allowances, true, result.diagnostics);
  CHECK(
      messages(result.diagnostics) ==
      Lines{"1:1: warning[P045]: nothing is found on line 2 that P047 says: the allow is not needed (take it "
            "out)"});
}

}  // namespace allowance_test
