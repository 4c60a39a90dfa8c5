#include "check/check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/error.h"
#include "base/time.h"
#include "check/amount.h"

namespace planrun {

namespace {

// Exactly one row of one column; null reads as "null".
std::string single_value(const QueryResult& result, const std::string& what) {
  if (result.columns.size() != 1 || result.rows.size() != 1) {
    throw Error(ErrorCode::plan, what + " must answer one value, it answered " +
                                     std::to_string(result.rows.size()) + " rows of " +
                                     std::to_string(result.columns.size()) + " columns");
  }
  return result.rows[0][0].value_or("null");
}

// The 95th percentile, by nearest rank, of the milliseconds that `runs` answers took.
std::string measure(const std::function<QueryResult(const std::string&)>& ask, const std::string& sql,
                    int runs) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ask(sql);
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  constexpr int kPercent = 95;
  const std::size_t rank = (times.size() * kPercent + 99) / 100;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", times[rank - 1]);
  return text.data();
}

// PostgreSQL writes a boolean as t, SQLite has 1 for it.
std::string truth(const std::string& found) {
  if (found == "t" || found == "1") return "true";
  if (found == "f" || found == "0") return "false";
  return found;
}

// `at_most` instead of one expected value.
void judge_limit(const PlanCheck& check, const std::string& failed, CheckRecord& record) {
  const std::string unit = check.runs > 0 ? " ms" : "";
  const auto limit = Amount::parse(check.at_most);
  const auto found = Amount::parse(record.found);
  const bool good = limit && found && *found <= *limit;
  record.expected = "at most " + check.at_most + unit;
  record.found += unit;
  record.status = good ? "passed" : failed;
  record.message = good ? "" : "expected " + record.expected + ", found " + record.found;
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
  record.severity = to_string(check.severity);
  record.checked_at = now_micros();
  const std::string failed = check.severity == CheckSeverity::critical ? "failed" : "warning";
  try {
    const std::string sql = sql_for(check.sql, databases.dialect);
    record.found = check.runs > 0 ? measure(databases.target, sql, check.runs)
                                  : single_value(databases.target(sql), "sql");
    if (check.expect) record.expected = check.expect->text;
    if (!check.source.empty()) {
      record.expected = single_value(databases.source(check.source, check.source_sql.text), "source_sql");
    }
  } catch (const Error& error) {
    if (error.retryable() || error.code() == ErrorCode::interrupted) throw;
    record.status = "error";
    record.message = error.what();
    return record;
  }
  if (!check.at_most.empty()) {
    judge_limit(check, failed, record);
    return record;
  }
  if (!check.expect && check.source.empty()) {
    record.status = "passed";
    record.message = "found " + record.found;
    return record;
  }
  const Comparison c =
      compare_values(record.expected, check.expects_truth ? truth(record.found) : record.found);
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
