#include "check/check.h"

#include "base/error.h"
#include "check/amount.h"
#include "support/catch.h"

namespace check_test {

using namespace planrun;

TEST_CASE("amounts are compared exactly, whatever their form") {
  struct Case {
    const char* expected;
    const char* found;
    bool equal;
    const char* difference;
  };
  const Case cases[] = {
      {"1158000.00", "1158000", true, "0"},
      {"1158000", "1157999.01", false, "0.99"},
      {"-3", "4", false, "7"},
      {"0.1", "0.3", false, "0.2"},
      {"1e3", "1000", true, "0"},
      {"1.5e-3", "0.0015", true, "0"},
      {"99999999999999999999999999999999", "100000000000000000000000000000000", false, "1"},
      {"-0", "0", true, "0"},
  };
  for (const Case& c : cases) {
    INFO(c.expected << " and " << c.found);
    const Comparison result = compare_values(c.expected, c.found);
    CHECK(result.comparable);
    CHECK(result.equal == c.equal);
    CHECK(result.difference == c.difference);
  }
}

TEST_CASE("texts that are no numbers are equal or not") {
  CHECK(compare_values("open", "open").equal);
  CHECK_FALSE(compare_values("open", "Open").equal);
  CHECK_FALSE(compare_values("12", "twelve").comparable);
  CHECK_FALSE(compare_values("null", "0").equal);
}

TEST_CASE("a tolerance is an amount or a share of what is expected") {
  CHECK(within({"1", false}, "1", "1158000"));
  CHECK_FALSE(within({"1", false}, "1.01", "1158000"));
  CHECK(within({"5", true}, "57900", "1158000"));
  CHECK_FALSE(within({"5", true}, "57900.01", "1158000"));
  CHECK(within({"5", true}, "5", "-100"));
}

namespace {

CheckRecord ask(PlanCheck check, const std::string& answer) {
  check.name = "c";
  check.sql.any = "select 1";
  CheckDatabases databases;
  databases.dialect = "sqlite";
  databases.target = [&](const std::string&) { return QueryResult{{"x"}, {{answer}}}; };
  databases.source = [](const std::string&, const std::string&) { return QueryResult{{"x"}, {{"1158000"}}}; };
  return run_check(check, databases);
}

}  // namespace

TEST_CASE("a check is passed, a warning or failed by its two tolerances") {
  PlanCheck check;
  check.source = "epic7";
  check.source_sql.text = "select 1";
  check.warning = Tolerance{"1", false};
  check.critical = Tolerance{"1000", false};
  CHECK(ask(check, "1158001").status == "passed");
  CHECK(ask(check, "1157999").status == "passed");
  CHECK(ask(check, "1158002").status == "warning");
  CHECK(ask(check, "1159000").status == "warning");
  CHECK(ask(check, "1159000.5").status == "failed");
}

TEST_CASE("a check without an expected value shows what it found") {
  const CheckRecord record = ask({}, "42");
  CHECK(record.status == "passed");
  CHECK(record.found == "42");
}

TEST_CASE("a failed check is as bad as its severity") {
  PlanCheck check;
  check.expect = Located{"0", {}};
  CHECK(ask(check, "0").status == "passed");
  CHECK(ask(check, "1").status == "failed");
  check.severity = CheckSeverity::warning;
  CHECK(ask(check, "1").status == "warning");
}

TEST_CASE("a truth is expected of either database's answer") {
  PlanCheck check;
  check.expect = Located{"true", {}};
  check.expects_truth = true;
  for (const char* yes : {"t", "1", "true"}) CHECK(ask(check, yes).status == "passed");
  for (const char* no : {"f", "0", "false", "null", "2", ""}) CHECK(ask(check, no).status == "failed");
  check.expect = Located{"false", {}};
  for (const char* no : {"f", "0", "false"}) CHECK(ask(check, no).status == "passed");
  for (const char* yes : {"t", "1", "true", "null"}) CHECK(ask(check, yes).status == "failed");
  // A text is a text.
  check.expects_truth = false;
  CHECK(ask(check, "f").status == "failed");
}

TEST_CASE("a check that cannot be asked is an error, not a pass") {
  PlanCheck check;
  check.sql.by_dialect["postgresql"] = "select 1";
  CheckDatabases databases;
  databases.dialect = "sqlite";
  databases.target = [](const std::string&) -> QueryResult {
    throw Error(ErrorCode::target, "no such table: x");
  };
  CHECK(run_check(check, databases).status == "error");
  check.sql.any = "select 1";
  const CheckRecord record = run_check(check, databases);
  CHECK(record.status == "error");
  CHECK(record.message == "no such table: x");
}

}  // namespace check_test
