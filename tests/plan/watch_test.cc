// [gate] and [[alert]]: what they take, and what is said of anything else.
#include "plan/lint.h"
#include "support/catch.h"

namespace watch_test {

using namespace planrun;
using namespace planrun::test;

namespace {

const std::string kTable =
    "\n[table.orders]\nfrom = \"s.orders\"\n[check.pipeline_value]\nsql = \"select 1\"\nexpect = 1\n";

std::vector<std::string> lint_alert(const std::string& when) {
  return lint("[[alert]]\nname = \"a\"\nmail = \"a.eml\"\nwhen = \"" + when + "\"\n" + kTable + kRest);
}

std::optional<PlanGate> gate(const std::string& within) {
  return read("[gate]\nverifications = 168\nwithin = \"" + within + "\"\n" + kTable + kRest).plan.gate;
}

}  // namespace

TEST_CASE("a gate counts verifications within a time", "[watch]") {
  CHECK(gate("7d")->within_seconds == 604'800);
  CHECK(gate("12h")->within_seconds == 43'200);
  CHECK(gate("30m")->within_seconds == 1'800);
  CHECK(gate("90s")->within_seconds == 90);
  for (const std::string wrong : {"7", "d", "7 d", "-7d", "0d", "7w", "", "1.5h", "99999999999999999999d"}) {
    INFO(wrong);
    CHECK_THAT(lint("[gate]\nverifications = 168\nwithin = \"" + wrong + "\"\n" + kTable + kRest).at(0),
               ContainsSubstring("3:10: ") && ContainsSubstring("is no duration"));
  }
  CHECK(
      lint("[gate]\nverification = 0\n" + kTable + kRest) ==
      std::vector<std::string>{"1:2: [gate] has no `verifications` (how many must pass in a row)",
                               "1:2: [gate] has no `within` (within = \"7d\")",
                               "2:1: unknown key `verification` in [gate] (did you mean `verifications`?)"});
}

TEST_CASE("an alert's condition is known before anything is verified", "[watch]") {
  for (const std::string right :
       {"differences > 0", "verified == 0", "table.orders.rows_found <= 1e3", "check.pipeline_value failed",
        "check.pipeline_value >= 1158000.5", "streak != -1"}) {
    INFO(right);
    CHECK(lint_alert(right).empty());
  }
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"difference > 0", "4:9: there is no figure `difference` (did you mean `differences`?)"},
      {"pipeline_value failed", "4:9: there is no figure `pipeline_value`"},
      {"differences = 0", "4:21: `=` compares nothing (did you mean `==`?)"},
      {"differences => 0", "4:21: `=>` compares nothing (<, <=, >, >=, == or !=, between blanks)"},
      {"differences > many", "4:23: `many` is no number"},
      {"differences >", "4:21: no number stands behind `>`"},
      {"differences", "4:9: `differences` is compared with nothing (differences > 0)"},
      {"differences > 0 and streak > 1", "4:25: `and` is too much (one condition an alert)"},
      {"table.order.differences > 0", "4:9: there is no table `order` (did you mean `orders`?)"},
      {"table.orders.streak > 0", "4:9: there is no figure of a table `streak`"},
      {"check.pipeline_values failed",
       "4:9: there is no check `pipeline_values` (did you mean `pipeline_value`?)"},
      {"check.pipeline_value faild", "4:30: a check is never `faild` (did you mean `failed`?)"},
      {"", "4:8: no condition is here (when = \"differences > 0\")"}};
  for (const auto& [when, expected] : wrong) {
    INFO(when);
    CHECK_THAT(lint_alert(when).at(0), ContainsSubstring(expected.substr(expected.find(' '))));
    CHECK(lint_alert(when).size() == 1);
  }
}

TEST_CASE("an alert has a name, a condition and a way to go", "[watch]") {
  CHECK(lint("[[alert]]\nlevel = \"bad\"\n" + kTable + kRest).size() == 4);
  CHECK_THAT(
      lint("[[alert]]\nname = \"a\"\nwhen = \"streak > 1\"\nwebhook = \"ftp://x\"\n" + kTable + kRest).at(0),
      ContainsSubstring("a webhook is https://... or http://..."));
  CHECK_THAT(lint("[[alert]]\nname = \"a\"\nwhen = \"streak > 1\"\nwebhook = \"https://me:secret@x/\"\n" +
                  kTable + kRest)
                 .at(0),
             ContainsSubstring("the webhook holds a password"));
  const auto mailing = [](const std::string& name, const std::string& file) {
    return "[[alert]]\nname = \"" + name + "\"\nwhen = \"streak > 1\"\nmail = \"" + file + "\"\n";
  };
  CHECK(lint(mailing("a", "a.txt") + mailing("b", "b.txt") + kTable + kRest).empty());
  CHECK(lint(mailing("a", "mail.txt") + mailing("b", "x/../mail.txt") + kTable + kRest) ==
        std::vector<std::string>{
            "8:8: the alert a writes its mail to 'x/../mail.txt' too (one would write over "
            "the other: give each alert a file of its own)"});
  CHECK_THAT(lint("[alert.x]\nwhen = \"streak > 1\"\n" + kTable + kRest).at(0),
             ContainsSubstring("alerts stand in [[alert]]"));
}

TEST_CASE("a webhook's secret comes from the environment, and is not shown", "[watch]") {
  const std::string text =
      "[[alert]]\nname = \"a\"\nwhen = \"streak > 1\"\nwebhook = \"https://hooks.x/T/${HOOK}\"\n" + kTable +
      kRest;
  const PlanAlert known = read(text, {{"HOOK", "s3cret"}}).plan.alerts.at(0);
  CHECK(known.webhook == "https://hooks.x/T/s3cret");
  CHECK(known.shown_webhook == "https://hooks.x...");
  CHECK(lint(text).empty());
  CHECK(read(text).plan.alerts.at(0).webhook_fault == "the environment variable HOOK is not set");
}

}  // namespace watch_test
