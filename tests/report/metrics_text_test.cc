// The text format of metrics as https://prometheus.io/docs/instrumenting/exposition_formats/ has it.
#include "report/metrics_text.h"

#include <limits>

#include "support/catch.h"

namespace metrics_text_test {

using namespace planrun;

TEST_CASE("metrics: labels hold any name, and values are written as the format has them") {
  Figures figures;
  figures.checks["a \"quoted\"\\name\nof two lines, é"] = {"critical", "failed", 0.1};
  figures.checks["b"] = {"info", "passed", std::numeric_limits<double>::infinity()};
  figures.checks["c"] = {"warning", "error", std::nullopt};
  CHECK(
      metrics_text(figures, "p", "postgresql://x/\"y\"") ==
      "# HELP planrun_check_passed 1 where the check passed, else 0\n"
      "# TYPE planrun_check_passed gauge\n"
      "planrun_check_passed{plan=\"p\",target=\"postgresql://x/\\\"y\\\"\","
      "check=\"a \\\"quoted\\\"\\\\name\\nof two lines, é\",severity=\"critical\"} 0\n"
      "planrun_check_passed{plan=\"p\",target=\"postgresql://x/\\\"y\\\"\",check=\"b\",severity=\"info\"} 1\n"
      "planrun_check_passed{plan=\"p\",target=\"postgresql://x/\\\"y\\\"\",check=\"c\",severity=\"warning\"} "
      "0\n"
      "# HELP planrun_check_value what the check found\n"
      "# TYPE planrun_check_value gauge\n"
      "planrun_check_value{plan=\"p\",target=\"postgresql://x/\\\"y\\\"\","
      "check=\"a \\\"quoted\\\"\\\\name\\nof two lines, é\"} 0.1\n"
      "planrun_check_value{plan=\"p\",target=\"postgresql://x/\\\"y\\\"\",check=\"b\"} +Inf\n");
}

}  // namespace metrics_text_test
