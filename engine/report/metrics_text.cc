#include "report/metrics_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "plan/figure_names.h"

namespace planrun {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

std::string escaped_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 64> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() ? std::string(text.data(), end) : "NaN";
}

class Metrics {
 public:
  Metrics(std::string plan, std::string target) : plan_(std::move(plan)), target_(std::move(target)) {}

  void describe(const std::string& name, std::string_view meaning) {
    text_ += "# HELP " + name + " " + std::string(meaning) + "\n# TYPE " + name + " gauge\n";
  }
  void sample(const std::string& name, const Labels& more, double value) {
    text_ += name + "{plan=\"" + escaped_label(plan_) + "\",target=\"" + escaped_label(target_) + "\"";
    for (const auto& [label, of] : more) text_ += "," + label + "=\"" + escaped_label(of) + "\"";
    text_ += "} " + number(value) + "\n";
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string plan_;
  std::string target_;
  std::string text_;
};

void add_checks(const Figures& figures, Metrics& metrics) {
  metrics.describe("planrun_check_passed", "1 where the check passed, else 0");
  for (const auto& [name, check] : figures.checks) {
    metrics.sample("planrun_check_passed", {{"check", name}, {"severity", check.severity}},
                   check.status == "passed" ? 1 : 0);
  }
  metrics.describe("planrun_check_value", "what the check found");
  for (const auto& [name, check] : figures.checks) {
    if (check.value) metrics.sample("planrun_check_value", {{"check", name}}, *check.value);
  }
}

}  // namespace

std::string metrics_text(const Figures& figures, const std::string& plan, const std::string& target) {
  Metrics metrics(plan, target);
  for (const auto& [name, meaning] : verification_figures()) {
    const auto figure = figures.verification.find(std::string(name));
    if (figure == figures.verification.end()) continue;
    const std::string full = "planrun_" + std::string(name);
    metrics.describe(full, meaning);
    metrics.sample(full, {}, figure->second);
  }
  for (const auto& [name, meaning] : table_figures()) {
    if (figures.tables.empty()) break;
    const std::string full = "planrun_table_" + std::string(name);
    metrics.describe(full, meaning);
    for (const auto& [table, of_table] : figures.tables) {
      const auto figure = of_table.find(std::string(name));
      if (figure != of_table.end()) metrics.sample(full, {{"table", table}}, figure->second);
    }
  }
  if (!figures.checks.empty()) add_checks(figures, metrics);
  return std::move(metrics).text();
}

}  // namespace planrun
