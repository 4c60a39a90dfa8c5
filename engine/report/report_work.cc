// What was done when: the graph, the timeline, the throughput.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "report/graph_svg.h"
#include "report/html.h"
#include "report/report_charts.h"
#include "report/report_sections.h"

namespace planrun {

namespace {

constexpr const char* kLegend =
    "<ul class=\"legend\"><li class=\"load\">load</li><li class=\"build\">indexes and keys</li>"
    "<li class=\"prove\">proof</li><li class=\"other\">other steps</li><li "
    "class=\"failed\">failed</li></ul>\n";

StepKind kind_of(const std::string& text) {
  for (int i = 0; i <= static_cast<int>(StepKind::sql); ++i) {
    const auto kind = static_cast<StepKind>(i);
    if (to_string(kind) == text) return kind;
  }
  return StepKind::sql;
}

// The steps of one target as a graph again.
class StepGraph {
 public:
  explicit StepGraph(const std::vector<const StepRecord*>& steps) {
    for (const StepRecord* step : steps) records_[step->id] = step;
    for (const StepRecord* step : steps) fold_creates(*step);
    for (const StepRecord* step : steps) add(*step);
  }

  const Graph& graph() const { return graph_; }
  std::map<std::string, StepMark> marks() const {
    std::map<std::string, StepMark> marks;
    for (const Step& step : graph_.steps) {
      const StepRecord& record = *records_.at(step.id);
      const bool has_time = record.started_at != 0;
      marks[step.id] = {std::string(to_string(record.state)), has_time ? record.seconds : -1};
    }
    return marks;
  }

 private:
  // Small tables are created in the transaction of their first rows: one box.
  void fold_creates(const StepRecord& load) {
    std::vector<std::string> creates;
    for (const auto& need : load.needs) {
      const auto found = records_.find(need);
      if (found != records_.end() && found->second->kind == "create") creates.push_back(need);
    }
    if (load.kind != "load" || creates.size() < 2) return;
    folded_.insert(creates.begin(), creates.end());
    for (const auto& id : creates) creates_[load.id].push_back(records_[id]->table);
  }

  // What it needs goes first; the ledger may have steps of a mended plan behind those that need them.
  void add(const StepRecord& record) {
    if (folded_.contains(record.id) || !begun_.insert(record.id).second) return;
    Step step;
    step.id = record.id;
    step.kind = kind_of(record.kind);
    step.table = record.table;
    step.creates = creates_[record.id];
    const std::string prefix = record.kind + " " + (record.table.empty() ? "" : record.table + " ");
    step.name = step.creates.size() > 1         ? join(step.creates, ", ")
                : record.id.starts_with(prefix) ? record.id.substr(prefix.size())
                                                : record.table;
    for (const auto& need : record.needs) {
      const auto needed = records_.find(need);
      if (needed == records_.end()) continue;
      add(*needed->second);
      const auto place = places_.find(need);
      if (place != places_.end()) step.after.push_back(place->second);
    }
    places_[record.id] = graph_.steps.size();
    graph_.steps.push_back(std::move(step));
  }

  std::map<std::string, const StepRecord*> records_;
  std::map<std::string, std::vector<std::string>> creates_;
  std::set<std::string> folded_;
  std::set<std::string> begun_;
  std::map<std::string, std::size_t> places_;
  Graph graph_;
};

std::string steps_table(const RunReport& report) {
  HtmlTable table("every step",
                  {{"Step"}, {"State"}, {"Worker", Align::right}, {"Began at"}, {"Time", Align::right}});
  for (const auto& shown : report.steps) {
    const StepRecord& step = shown.step;
    const std::string detail =
        step.detail.empty() ? "" : "<p class=\"message\">" + html_text(step.detail) + "</p>";
    const std::string state(to_string(step.state));
    table.add({{html_text(in_target(report, shown.target, step.id)) + detail, step.id},
               {state_html(state), state},
               step.worker > 0 ? HtmlCell::count(step.worker) : HtmlCell{"", "0"},
               step.started_at > 0 ? HtmlCell::time(step.started_at) : HtmlCell{"", "0"},
               step.started_at > 0 ? HtmlCell::seconds(step.seconds) : HtmlCell{"", "0"}});
  }
  return table.html();
}

}  // namespace

std::string graph_html(const RunReport& report) {
  std::string html;
  for (const auto& target : report.targets) {
    std::vector<const StepRecord*> steps;
    for (const auto& shown : report.steps) {
      if (shown.target == target.name) steps.push_back(&shown.step);
    }
    if (steps.empty()) continue;
    const StepGraph graph(steps);
    if (report.targets.size() > 1) html += "<h3>" + html_text(target.name) + "</h3>\n";
    html += "<div class=\"wide\">" + graph_svg(graph.graph(), graph.marks()) + "</div>\n";
  }
  if (html.empty()) return "";
  html += html_details(with_thousands(std::ssize(report.steps)) + " steps as a table", steps_table(report));
  return html_section("graph", "Steps", std::move(html));
}

std::string timeline_html(const RunReport& report) {
  const std::string svg = timeline_svg(report.timeline, report.targets.size() > 1);
  if (svg.empty()) return "";
  std::string breaks;
  for (const auto& pause : report.timeline.breaks) {
    breaks += "<p class=\"note\">A dashed line: nothing was done for " + human_seconds(pause.seconds) +
              ", which is left out.</p>\n";
  }
  return html_section("timeline", "Timeline", kLegend + svg + breaks);
}

std::string rates_html(const RunReport& report) {
  const std::string svg = rates_svg(report.timeline);
  return svg.empty()
             ? ""
             : html_section("throughput", "Throughput",
                            "<p>Source rows read per second, from the times of the chunks.</p>\n" + svg);
}

}  // namespace planrun
