#include "check/check.h"

#include "base/error.h"
#include "base/time.h"
#include "check/amount.h"

namespace planrun {

namespace {

std::string_view name(CheckSeverity severity) {
  switch (severity) {
    case CheckSeverity::critical:
      return "critical";
    case CheckSeverity::warning:
      return "warning";
    case CheckSeverity::info:
      return "info";
  }
  return "";
}

// Exactly one row of one column; null reads as "null".
std::string single_value(const QueryResult& result, const std::string& what) {
  if (result.columns.size() != 1 || result.rows.size() != 1) {
    throw Error(ErrorCode::plan, what + " must answer one value, it answered " +
                                     std::to_string(result.rows.size()) + " rows of " +
                                     std::to_string(result.columns.size()) + " columns");
  }
  return result.rows[0][0].value_or("null");
}

std::string sql_for(const DialectSql& sql, const std::string& dialect) {
  if (!sql.any.empty()) return sql.any;
  const auto found = sql.by_dialect.find(dialect);
  if (found == sql.by_dialect.end()) throw Error(ErrorCode::plan, "there is no `sql` for " + dialect);
  return found->second;
}

}  // namespace

Comparison compare_values(const std::string& expected, const std::string& found) {
  Comparison c;
  c.equal = expected == found;
  const auto a = Amount::parse(expected);
  const auto b = Amount::parse(found);
  if (a && b) {
    c.comparable = true;
    const Amount difference = a->distance_to(*b);
    c.equal = difference.is_zero();
    c.difference = difference.text();
  }
  return c;
}

bool within(const Tolerance& tolerance, const std::string& difference, const std::string& expected) {
  auto limit = Amount::parse(tolerance.amount);
  const auto distance = Amount::parse(difference);
  if (!limit || !distance) return false;
  if (tolerance.percent) {
    const auto whole = Amount::parse(expected);
    if (!whole) return false;
    *limit = limit->percent_of(*whole);
  }
  return *distance <= *limit;
}

CheckRecord run_check(const PlanCheck& check, const CheckDatabases& databases) {
  CheckRecord record;
  record.name = check.name;
  record.severity = name(check.severity);
  record.checked_at = now_micros();
  const std::string failed = check.severity == CheckSeverity::critical ? "failed" : "warning";
  try {
    record.found = single_value(databases.target(sql_for(check.sql, databases.dialect)), "sql");
    if (check.expect) record.expected = check.expect->text;
    if (!check.source.empty()) {
      record.expected = single_value(databases.source(check.source, check.source_sql.text), "source_sql");
    }
  } catch (const Error& error) {
    if (error.retryable()) throw;
    record.status = "error";
    record.message = error.what();
    return record;
  }
  if (!check.expect && check.source.empty()) {
    record.status = "passed";
    record.message = "found " + record.found;
    return record;
  }
  const Comparison c = compare_values(record.expected, record.found);
  if (c.equal) {
    record.status = "passed";
  } else if (!c.comparable) {
    record.status = failed;
    record.message = "expected " + record.expected + ", found " + record.found;
  } else {
    record.message =
        "expected " + record.expected + ", found " + record.found + ", difference " + c.difference;
    const bool in_critical = within(check.critical, c.difference, record.expected);
    const bool in_warning =
        check.warning ? within(*check.warning, c.difference, record.expected) : in_critical;
    record.status = in_warning && in_critical ? "passed" : in_critical ? "warning" : failed;
  }
  return record;
}

}  // namespace planrun
