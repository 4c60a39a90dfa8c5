#include "run/figures.h"

#include <array>
#include <charconv>

#include "base/time.h"

namespace planrun {

namespace {

// "1158000.00", "12.5 ms".
std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || (stopped != end && *stopped != ' ')) return std::nullopt;
  return value;
}

std::optional<double> number_of(const AlertCondition& condition, const Figures& figures) {
  if (condition.of == AlertCondition::Of::check) {
    const auto check = figures.checks.find(condition.name);
    return check == figures.checks.end() ? std::nullopt : check->second.value;
  }
  const std::map<std::string, double>* named = &figures.verification;
  if (condition.of == AlertCondition::Of::table) {
    const auto table = figures.tables.find(condition.name);
    if (table == figures.tables.end()) return std::nullopt;
    named = &table->second;
  }
  const auto figure = named->find(condition.figure);
  if (figure == named->end()) return std::nullopt;
  return figure->second;
}

}  // namespace

Figures find_figures(const VerifySummary& s, const Streak& streak, const std::optional<PlanGate>& gate,
                     std::int64_t now) {
  Figures figures;
  auto& of_all = figures.verification;
  of_all["verified"] = s.verdict == VerificationVerdict::passed ? 1 : 0;
  of_all["streak"] = static_cast<double>(streak.passed);
  of_all["seconds"] = s.seconds;
  of_all["verified_timestamp_seconds"] =
      static_cast<double>(streak.last_passed_at) / static_cast<double>(kMicrosPerSecond);
  if (gate) of_all["gate_met"] = judge_gate(*gate, streak, now).met ? 1 : 0;
  const bool done = s.verdict == VerificationVerdict::passed || s.verdict == VerificationVerdict::differences;
  if (!done) return figures;
  of_all["differences"] = static_cast<double>(s.keys_different());
  of_all["rows_expected"] = static_cast<double>(s.rows_expected());
  // Of a table that could not be read nobody knows how many rows it has.
  if (s.all_were_read()) of_all["rows_found"] = static_cast<double>(s.rows_found());
  of_all["rows_changed"] = static_cast<double>(s.rows_changed());
  of_all["checks_failed"] = static_cast<double>(s.checks_failed());
  for (const auto& t : s.tables) {  // a table of others has an entry for each load
    auto& of_table = figures.tables[t.table];
    of_table["differences"] += static_cast<double>(t.keys_different);
    of_table["rows_expected"] += static_cast<double>(t.rows_expected);
    of_table["rows_found"] += static_cast<double>(t.rows_found);
    of_table["rows_changed"] += static_cast<double>(t.rows_changed);
    of_table["seconds"] += t.seconds;
  }
  for (const auto& t : s.tables) {
    if (!t.was_read()) figures.tables[t.table].erase("rows_found");
  }
  for (const auto& c : s.checks) figures.checks[c.name] = {c.severity, c.status, number_in(c.found)};
  return figures;
}

std::optional<bool> holds(const AlertCondition& condition, const Figures& figures) {
  if (!condition.status.empty()) {
    const auto check = figures.checks.find(condition.name);
    if (check == figures.checks.end()) return std::nullopt;
    return check->second.status == condition.status;
  }
  const auto number = number_of(condition, figures);
  if (!number) return std::nullopt;
  return condition.holds(*number);
}

std::string value_text(const AlertCondition& condition, const Figures& figures) {
  if (!condition.status.empty()) {
    const auto check = figures.checks.find(condition.name);
    return check == figures.checks.end() ? "" : check->second.status;
  }
  const auto number = number_of(condition, figures);
  if (!number) return "";
  std::array<char, 32> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), *number);
  return failure == std::errc() ? std::string(text.data(), end) : "";
}

}  // namespace planrun
