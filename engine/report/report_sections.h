// The parts of a report's page, each as HTML; empty where there is nothing to tell.
#pragma once

#include <string>

#include "report/run_report.h"

namespace planrun {

std::string verdict_html(const RunReport& report);
std::string figures_html(const RunReport& report);
std::string loads_html(const RunReport& report);
std::string tables_html(const RunReport& report);
std::string rejects_html(const RunReport& report);
std::string checks_html(const RunReport& report);
std::string guards_html(const RunReport& report);
/// report_work.cc: what was done when.
std::string graph_html(const RunReport& report);
std::string timeline_html(const RunReport& report);
std::string rates_html(const RunReport& report);
/// report_origin.cc: what the run was made from.
std::string fingerprints_html(const RunReport& report);
std::string plan_html(const RunReport& report);

/// `passed`, `failed`, ...: a word with its colour.
std::string state_html(const std::string& state);
/// What is shown of it in a report of several targets: "crm: contacts".
std::string in_target(const RunReport& report, const std::string& target, const std::string& name);

}  // namespace planrun
