// The drawings of a report, as SVG that takes its colours from report.css and the width that there is.
#pragma once

#include <string>
#include <vector>

#include "report/run_report.h"
#include "report/run_timeline.h"

namespace planrun {

/// A lane a worker, a bar a step. Empty where nothing has a time.
std::string timeline_svg(const Timeline& timeline, bool several_targets);
/// Rows per second. Empty where no chunk is done.
std::string rates_svg(const Timeline& timeline);
/// The readings of a check, oldest first: numbers as a line, and what did not pass marked. Empty for one.
std::string sparkline_svg(const std::vector<CheckReading>& history);

}  // namespace planrun
