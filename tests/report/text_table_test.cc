#include "report/text_table.h"

#include "report/summary_text.h"
#include "support/catch.h"

namespace text_table_test {

using namespace planrun;

TEST_CASE("a table is as wide as its widest cell, in characters and not in bytes") {
  TextTable table({{"name", Align::left}, {"rows", Align::right}});
  table.add({"Zoë", "7"});
  table.add({"a longer name", "1,234"});
  CHECK(table.text("") ==
        "name            rows\n"
        "─────────────  ─────\n"
        "Zoë                7\n"
        "a longer name  1,234\n");
}

TEST_CASE("the verdict comes last, with colour only where it is wanted") {
  RunSummary summary;
  summary.plan = "ora";
  summary.run = "r1";
  summary.verdict = Verdict::interrupted;
  summary.message = "stopped on request";
  summary.hint = "run the same command again";
  const std::string plain = summary_text(summary, Paint(false));
  CHECK(plain == "ora (run r1) -> \ninterrupted: stopped on request\n  run the same command again\n");
  CHECK_THAT(summary_text(summary, Paint(true)), ContainsSubstring("\x1b[33minterrupted\x1b[0m"));
}

}  // namespace text_table_test
