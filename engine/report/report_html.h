// A report as one page: self-contained, without network, readable without JavaScript.
#pragma once

#include <string>

#include "report/run_report.h"

namespace planrun {

std::string report_html(const RunReport& report);

}  // namespace planrun
