#include "report/report_charts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "base/text.h"
#include "report/html.h"

namespace planrun {

namespace {

constexpr int kLaneHeight = 40;
constexpr int kBarHeight = 20;
constexpr int kAxisHeight = 26;
constexpr int kRateHeight = 120;
constexpr int kTicks = 5;
// A narrower bar is drawn two pixels wide: what took no time is seen all the same.
constexpr double kNarrowPart = 0.002;
constexpr double kSparkWidth = 120;
constexpr double kSparkHeight = 24;
constexpr std::size_t kMarkedReadings = 30;

std::string three_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

std::string percent(double part) {
  return three_decimals(std::clamp(part, 0.0, 1.0) * 100) + "%";
}

std::string part_text(const std::string& x, double y, const std::string& anchor, const std::string& text) {
  return "<text x=\"" + x + "\" y=\"" + three_decimals(y) + "\" text-anchor=\"" + anchor + "\">" +
         html_text(text) + "</text>";
}

// Times below the lanes, and lines through them.
std::string axis(double seconds, double height) {
  std::string svg;
  for (int i = 0; i <= kTicks; ++i) {
    const double part = static_cast<double>(i) / kTicks;
    const std::string x = percent(part);
    svg += "<line class=\"tick\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"0\" y2=\"" + three_decimals(height) +
           "\"/>";
    // Every other time on a narrow screen: report.css leaves out the class.
    const std::string text = part_text(x, height + 17,
                                       i == 0        ? "start"
                                       : i == kTicks ? "end"
                                                     : "middle",
                                       short_seconds(seconds * part));
    svg += i % kTicks == 0 ? text : "<g class=\"between\">" + text + "</g>";
  }
  return svg;
}

std::string class_of(const TimelineBar& bar) {
  if (bar.failed) return "failed";
  static constexpr std::array<std::string_view, 6> kBuilding = {"index",    "key",      "foreign_key",
                                                                "validate", "sequence", "analyze"};
  if (bar.kind == "load" || bar.kind == "prove") return bar.kind;
  return std::find(kBuilding.begin(), kBuilding.end(), bar.kind) == kBuilding.end() ? "other" : "build";
}

std::string title_of(const TimelineBar& bar) {
  std::string title = bar.step + ", " + short_seconds(bar.seconds) + ", after " + short_seconds(bar.begin);
  if (bar.rows > 0) title += ", " + with_thousands(bar.rows) + " rows read";
  return bar.failed ? title + ", failed" : title;
}

std::string bar_svg(const TimelineBar& bar, double seconds, int y) {
  const double part = bar.seconds / seconds;
  return "<rect class=\"" + class_of(bar) + "\" x=\"" + percent(bar.begin / seconds) + "\" y=\"" +
         std::to_string(y) + "\" width=\"" + (part < kNarrowPart ? "2" : percent(part)) + "\" height=\"" +
         std::to_string(kBarHeight) + "\"><title>" + html_text(title_of(bar)) + "</title></rect>";
}

std::string lane_name(const TimelineBar& bar, bool several_targets) {
  const std::string worker = bar.worker == 0 ? "no worker" : "worker " + std::to_string(bar.worker);
  return several_targets ? bar.target + ", " + worker : worker;
}

// Longest first: what was done while a longer step waited is drawn over it.
std::string lane_svg(std::vector<const TimelineBar*> bars, double seconds, int y) {
  std::stable_sort(bars.begin(), bars.end(),
                   [](const TimelineBar* a, const TimelineBar* b) { return a->seconds > b->seconds; });
  std::string svg;
  for (const TimelineBar* bar : bars) svg += bar_svg(*bar, seconds, y);
  return svg;
}

std::string svg_of(const std::string& name, int height, const std::string& label,
                   const std::string& content) {
  return "<svg class=\"" + name + "\" width=\"100%\" height=\"" + std::to_string(height) +
         "\" role=\"img\" aria-label=\"" + html_text(label) + "\">" + content + "</svg>\n";
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Where each reading stands: in the middle where they are not all numbers, or all the same.
std::vector<double> heights_of(const std::vector<CheckReading>& history) {
  constexpr double kEdge = 4;
  std::vector<double> values;
  for (const auto& reading : history) {
    const auto value = number_of(reading.record.found);
    if (!value) return std::vector<double>(history.size(), kSparkHeight / 2);
    values.push_back(*value);
  }
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double low = *least;
  const double range = *most - low;
  for (double& value : values) {
    value = range == 0 ? kSparkHeight / 2
                       : kSparkHeight - kEdge - (value - low) / range * (kSparkHeight - 2 * kEdge);
  }
  return values;
}

}  // namespace

std::string timeline_svg(const Timeline& timeline, bool several_targets) {
  if (timeline.bars.empty() || timeline.seconds <= 0) return "";
  std::vector<std::pair<std::string, std::vector<const TimelineBar*>>> lanes;
  for (const auto& bar : timeline.bars) {
    const std::string name = lane_name(bar, several_targets);
    if (lanes.empty() || lanes.back().first != name) lanes.push_back({name, {}});
    lanes.back().second.push_back(&bar);
  }
  const int height = kLaneHeight * static_cast<int>(lanes.size());
  std::string svg = axis(timeline.seconds, height);
  for (const auto& pause : timeline.breaks) {
    const std::string x = percent(pause.at / timeline.seconds);
    svg += "<line class=\"break\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"0\" y2=\"" + std::to_string(height) +
           "\"><title>nothing was done for " + short_seconds(pause.seconds) + "</title></line>";
  }
  int y = 0;
  for (const auto& [name, bars] : lanes) {
    svg += part_text("0", y + 13, "start", name) + lane_svg(bars, timeline.seconds, y + 17);
    y += kLaneHeight;
  }
  return svg_of("timeline", height + kAxisHeight, "what each worker did when", svg);
}

std::string rates_svg(const Timeline& timeline) {
  double most = 0;
  for (const auto& point : timeline.rates) most = std::max(most, point.rows);
  if (most <= 0) return "";
  std::string svg = axis(timeline.seconds, kRateHeight);
  for (const auto& point : timeline.rates) {
    const double height = point.rows / most * (kRateHeight - 20);
    if (height <= 0) continue;
    svg += "<rect class=\"load\" x=\"" + percent(point.begin / timeline.seconds) + "\" y=\"" +
           three_decimals(kRateHeight - height) + "\" width=\"" +
           percent(point.seconds / timeline.seconds * 0.9) + "\" height=\"" + three_decimals(height) +
           "\"><title>" + with_thousands(std::llround(point.rows)) + " rows/s after " +
           short_seconds(point.begin) + "</title></rect>";
  }
  svg += part_text("0", 13, "start", "most: " + with_thousands(std::llround(most)) + " rows/s");
  return svg_of("rates", kRateHeight + kAxisHeight, "rows read per second", svg);
}

std::string sparkline_svg(const std::vector<CheckReading>& history) {
  if (history.size() < 2) return "";
  const std::vector<double> heights = heights_of(history);
  const double step = (kSparkWidth - 8) / static_cast<double>(history.size() - 1);
  std::string points;
  std::string marks;
  std::size_t passed = 0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const std::string x = three_decimals(4 + step * static_cast<double>(i));
    points += x + "," + three_decimals(heights[i]) + " ";
    const bool is_passed = history[i].record.status == "passed";
    passed += is_passed ? 1 : 0;
    if (is_passed && history.size() > kMarkedReadings) continue;
    marks +=
        is_passed
            ? "<circle class=\"passed\" cx=\"" + x + "\" cy=\"" + three_decimals(heights[i]) + "\" r=\"2\"/>"
            : "<line class=\"" + std::string(history[i].record.status == "warning" ? "warning" : "failed") +
                  "\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"2\" y2=\"" + three_decimals(kSparkHeight - 2) +
                  "\"/>";
  }
  return "<svg class=\"spark\" width=\"" + three_decimals(kSparkWidth) + "\" height=\"" +
         three_decimals(kSparkHeight) + "\" role=\"img\" aria-label=\"" +
         with_thousands(static_cast<std::int64_t>(passed)) + " of " + with_thousands(std::ssize(history)) +
         " readings passed\"><polyline points=\"" + points + "\"/>" + marks + "</svg>";
}

}  // namespace planrun
