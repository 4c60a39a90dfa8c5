// The figures of a verification in Prometheus' text format, for node_exporter's textfile collector.
#pragma once

#include <string>

#include "run/figures.h"

namespace planrun {

/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format: HELP and TYPE before the
/// samples of each name, "planrun_NAME" of the verification, "planrun_table_NAME" of tables, and of checks
/// planrun_check_value and planrun_check_passed. Each has the labels plan and target.
std::string metrics_text(const Figures& figures, const std::string& plan, const std::string& target);

}  // namespace planrun
