#include "report/run_report.h"

#include "base/json.h"
#include "report/report_charts.h"
#include "support/catch.h"

namespace run_report_test {

using namespace planrun;

namespace {

constexpr std::int64_t kBegin = 1'700'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000;

// A passed run of one table, whose 3 rows two chunks of one second each have loaded on two workers.
LedgerPart passed() {
  LedgerPart part;
  part.target = "t";
  part.shown_url = "sqlite:/t.db";
  RunRecord& run = part.run;
  run.id = "r2";
  run.plan = "p";
  run.state = RunState::passed;
  run.resolved_plan =
      R"({"name":"p","description":"d","tables":[{"name":"a","target":"t","columns":[{"name":"id","type":"bigint"}],)"
      R"("loads":[{"name":"a","source":"s","source_table":"a","columns":[{"column":0}]}]}],"checks":[{"name":"own"}]})";
  run.snapshots = "[]";
  run.scripts = R"({"transforms/x.lua":{"sha256":"00","text":"return {}"}})";
  run.plan_text = "one\ntwo\n";
  run.started_at = kBegin;
  run.finished_at = kBegin + 5 * kSecond;
  Json digest = {{"rows", 3}, {"xxh3_128_sum", "0000000000000000000000000000000a"}};
  run.summary =
      Json{{"verdict", "passed"},
           {"message", ""},
           {"hint", ""},
           {"proved_at", "2023-11-14T22:13:25Z"},
           {"tables",
            Json::array(
                {{{"table", "a"}, {"proof", "proved"}, {"found", digest}, {"differences", Json::array()}}})}}
          .dump();
  for (const int worker : {1, 2}) {
    ChunkRecord chunk;
    chunk.chunk = {worker, "a", {}};
    chunk.done = true;
    chunk.result.balance = {worker, worker, 0, 0, 0, worker, worker, 0, 0, 0};
    chunk.result.digest = digest_from(worker, "00000000000000000000000000000005");
    chunk.result.seconds = 1;
    chunk.finished_at = kBegin + worker * kSecond;
    chunk.worker = worker;
    part.chunks.push_back(chunk);
  }
  part.steps = {{"load a", "load", "a", StepState::done, 2, "", kBegin, 2, {"create a"}}};
  part.runs = {run};
  return part;
}

RunReport report_of(const LedgerPart& part, bool show_values = false) {
  return make_report({part}, {show_values, kBegin});
}

CheckRecord reading(const std::string& name, const std::string& found, std::int64_t at,
                    const std::string& message = "") {
  return {name, "critical", found == "1" ? "passed" : "failed", "1", found, message, at};
}

}  // namespace

TEST_CASE("a report of a passed run claims what the ledger says was read back") {
  const RunReport report = report_of(passed());
  CHECK(report.verdict == "passed");
  CHECK(report.headline == "Passed and proved");
  CHECK(report.proved_at == "2023-11-14T22:13:25Z");
  CHECK_THAT(report.statement, ContainsSubstring("3 rows of 1 table were read back from sqlite:/t.db"));
  CHECK_THAT(report.statement,
             ContainsSubstring("3 source rows read = 3 written + 0 rejected + 0 dropped + 0 merged."));
  CHECK(report.rows_read_back == 3);
  REQUIRE(report.tables.size() == 1);
  CHECK(report.tables[0].proof == "proved");
  CHECK(report.tables[0].expected == report.tables[0].found);
  REQUIRE(report.loads.size() == 1);
  CHECK(report.loads[0].chunks_done == 2);
  CHECK(report.loads[0].holds());
  CHECK(report.diff.run.empty());
  REQUIRE(report.scripts.size() == 1);
  CHECK(report.scripts[0].text == "return {}");
}

TEST_CASE("a report of any other run says that nothing is proved, whatever an earlier end has left") {
  const std::pair<RunState, const char*> states[] = {{RunState::failed, "Failed"},
                                                     {RunState::interrupted, "Interrupted, it can go on"},
                                                     {RunState::running, "Not ended"}};
  for (const auto& [state, headline] : states) {
    LedgerPart part = passed();
    part.run.state = state;
    const RunReport report = report_of(part);
    INFO(headline);
    CHECK(report.headline == headline);
    CHECK(report.verdict == to_string(state));
    CHECK(report.proved_at.empty());
    CHECK(report.rows_read_back == 0);
    CHECK(report.tables[0].proof == "not done");
    CHECK_THAT(report.statement,
               ContainsSubstring("Nothing is proved. The ledger counts 3 of 3 source rows as written"));
  }
  LedgerPart taken_back = passed();
  taken_back.run.state = RunState::rolled_back;
  const RunReport report = report_of(taken_back);
  CHECK(report.headline == "Taken back");
  CHECK_THAT(report.statement, ContainsSubstring("gone from the target") &&
                                   ContainsSubstring("it was: passed, proved at 2023"));
  CHECK(report.proved_at.empty());
}

TEST_CASE("a report tells of a failure without the values of rows unless they are asked for") {
  LedgerPart part = passed();
  part.run.state = RunState::failed;
  part.run.summary =
      R"({"verdict":"failed","message":"s.a key 77, column v: text 'secret': no","hint":"mend it"})";
  RejectRecord record;
  record.load = "a";
  record.reject = {
      "s", "a", rowid_key(77), "v", "text 'secret'", "is no 'secret' number", R"({"v":"secret"})"};
  part.rejects = {record, record};
  const RunReport hidden = report_of(part);
  CHECK(hidden.message == "s.a key …, column v: text '…': no");
  CHECK(hidden.hint == "mend it");
  REQUIRE(hidden.reasons.size() == 1);
  CHECK(hidden.reasons[0].rows == 2);
  CHECK(hidden.reasons[0].reason == "is no '…' number");
  CHECK(hidden.reasons[0].samples.empty());
  const RunReport shown = report_of(part, true);
  CHECK_THAT(shown.message, ContainsSubstring("'secret'"));
  REQUIRE(shown.reasons[0].samples.size() == 2);
  CHECK(shown.reasons[0].samples[0].key == "77");
  CHECK(shown.reasons[0].samples[0].row == R"({"v":"secret"})");
}

TEST_CASE("a check is told by its last reading of the run, with those of all runs behind it") {
  LedgerPart part = passed();
  part.check_runs["r1"] = {reading("own", "2", kBegin - 50)};
  part.check_runs["r2"] = {reading("a: indexes", "1", kBegin + 1), reading("own", "3", kBegin + 2),
                           reading("own", "1", kBegin + 3)};
  const RunReport report = report_of(part);
  REQUIRE(report.checks.size() == 2);
  CHECK(report.checks[0].record.name == "own");  // the plan's own stand before what every table gets
  CHECK(report.checks[0].of_plan);
  CHECK_FALSE(report.checks[1].of_plan);
  CHECK(report.checks[0].record.found == "1");
  std::string found;
  for (const auto& r : report.checks[0].history) found += r.run + "=" + r.record.found + " ";
  CHECK(found == "r1=2 r2=3 r2=1 ");
  CHECK_THAT(sparkline_svg(report.checks[0].history), ContainsSubstring("1 of 3 readings passed"));
  CHECK(sparkline_svg(report.checks[1].history).empty());
}

TEST_CASE("a guard is told by its readings before the run and after it") {
  LedgerPart part = passed();
  part.check_runs["r2"] = {reading("guard g", "1", kBegin, "before the run"),
                           reading("guard h", "5", kBegin, "before the run"),
                           reading("guard g", "2", kBegin + 1, "load a changes guard g from 1 to 2"),
                           reading("guard g", "4", kBegin + 2, "somebody else")};
  const RunReport report = report_of(part);
  REQUIRE(report.guards.size() == 2);
  CHECK(report.guards[0].before == "1");
  CHECK(report.guards[0].after == "4");
  CHECK(report.guards[0].message == "load a changes guard g from 1 to 2; somebody else");
  CHECK(report.guards[1].before == "5");
  CHECK_FALSE(report.guards[1].is_read_after);
  CHECK(report.checks.empty());
}

TEST_CASE("the plan's text is held against that of the last earlier run") {
  LedgerPart part = passed();
  RunRecord first = part.run;
  first.id = "r0";
  first.started_at = kBegin - 9;
  first.plan_text = "zero\n";
  RunRecord second = first;
  second.id = "r1";
  second.started_at = kBegin - 5;
  second.plan_text = "one\n";
  RunRecord later = part.run;
  later.id = "r3";
  later.started_at = kBegin + 99;
  part.runs = {later, part.run, second, first};
  const RunReport report = report_of(part);
  CHECK(report.diff.run == "r1");
  REQUIRE(report.diff.lines.size() == 2);
  CHECK(report.diff.lines[1].change == LineChange::added);
  CHECK(report.diff.lines[1].text == "two");
}

TEST_CASE("a timeline has a lane a worker, its breaks left out, and rates that add up to the rows") {
  LedgerPart part = passed();
  // An hour later another process went on: half a second of loading, and one of an index.
  ChunkRecord late = part.chunks[1];
  late.chunk.id = 3;
  late.result.seconds = 0.5;
  late.finished_at = kBegin + 3602 * kSecond;
  late.result.balance.rows_read = 40;
  part.chunks.push_back(late);
  part.steps.push_back(
      {"index a i", "index", "a", StepState::done, 1, "", kBegin + 3602 * kSecond, 1, {"load a"}});
  part.steps.push_back({"prove a", "prove", "a", StepState::pending, 0, "", 0, 0, {"index a i"}});
  const Timeline timeline = report_of(part).timeline;
  // Worker 1 works in seconds 0 to 1, worker 2 in 1 to 2; then 2 to 2.5 and 2.5 to 3.5.
  CHECK(std::abs(timeline.seconds - 3.5) < 1e-6);
  REQUIRE(timeline.breaks.size() == 1);
  CHECK(std::abs(timeline.breaks[0].at - 2) < 1e-6);
  CHECK(std::abs(timeline.breaks[0].seconds - 3599.5) < 1e-6);
  std::string bars;
  for (const auto& bar : timeline.bars)
    bars += std::to_string(bar.worker) + " " + bar.step + " " + std::to_string(bar.rows) + "; ";
  // The two chunks of worker 2 follow each other on the timeline.
  CHECK(bars == "1 load a 1; 1 index a i 0; 2 load a 42; ");
  double rows = 0;
  for (const auto& point : timeline.rates) rows += point.rows * point.seconds;
  CHECK(std::abs(rows - 43) < 1e-6);
  CHECK_THAT(timeline_svg(timeline, false),
             ContainsSubstring("worker 2") && ContainsSubstring("nothing was done for"));
}

}  // namespace run_report_test
