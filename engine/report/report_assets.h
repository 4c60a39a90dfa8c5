// What of a report is no C++: report.css and report.js, put into the program when it is built.
#pragma once

#include <string_view>

namespace planrun {

extern const std::string_view kReportCss;
extern const std::string_view kReportJs;

}  // namespace planrun
