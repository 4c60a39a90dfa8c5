// When an alert is raised: one figure of a verification held against a number, or a check's status.
//
//   differences > 0                      a figure of the verification (plan/figure_names.h)
//   table.orders.rows_found < 100        a figure of one table
//   check.pipeline_value < 1158000       the value that a check found
//   check.pipeline_value failed          its status: passed, warning, failed or error
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace planrun {

enum class Comparator { less, at_most, more, at_least, equal, not_equal };

struct AlertCondition {
  enum class Of { verification, table, check };
  Of of = Of::verification;
  std::string name;    // of the table or check
  std::string figure;  // "differences"; empty: a check's value, or its status
  std::string status;  // of a check; empty: the figure is compared
  Comparator comparator = Comparator::more;
  double number = 0;

  /// Whether it holds of a value.
  bool holds(double value) const;
};

/// What a condition may name.
struct ConditionNames {
  std::vector<std::string> tables;
  std::vector<std::string> checks;
};

struct ConditionFault {
  std::size_t offset = 0;  // of the byte where it is
  std::string message;
  std::string hint;
};

/// Absent: `fault` says what is wrong.
std::optional<AlertCondition> parse_condition(const std::string& text, const ConditionNames& names,
                                              ConditionFault& fault);

}  // namespace planrun
