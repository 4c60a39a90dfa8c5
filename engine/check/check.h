// The checks of a plan and those every table gets without a word: each asks one value and compares it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "database/ledger.h"
#include "database/source.h"
#include "plan/resolved_plan.h"

namespace planrun {

struct CheckDatabases {
  /// One value of the target (home), or of a source by its name. Throws Error with the database's words.
  std::function<QueryResult(const std::string& sql)> target;
  std::function<QueryResult(const std::string& source, const std::string& sql)> source;
  std::string dialect;  // "postgresql" or "sqlite"
};

/// A check without `expect`, `source_sql` and `at_most` (severity info) only shows its value. With `runs` the
/// value is the 95th percentile of the query's times in milliseconds, each measured to the last row. Status:
/// passed, warning (above the warning tolerance, or a failed check of severity warning), failed, error (the
/// query could not be run: as bad as failed). Never throws for what a database says, but for a lost
/// connection.
CheckRecord run_check(const PlanCheck& check, const CheckDatabases& databases);

/// |found - expected| as an exact decimal compared with a tolerance. Texts that are no plain decimals differ
/// unless equal.
struct Comparison {
  bool equal = false;
  bool comparable = false;  // both are decimals
  std::string difference;   // absolute, canonical
};
Comparison compare_values(const std::string& expected, const std::string& found);
/// True when `difference` is at most the tolerance of `expected`.
bool within(const Tolerance& tolerance, const std::string& difference, const std::string& expected);

}  // namespace planrun
