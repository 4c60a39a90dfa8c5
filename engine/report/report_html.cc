#include "report/report_html.h"

#include <vector>

#include "base/time.h"
#include "report/html.h"
#include "report/html_page.h"
#include "report/report_sections.h"

namespace planrun {

namespace {

std::string header(const RunReport& report) {
  return "<header><h1>" + html_text(report.run.plan) + "</h1>\n" +
         (report.description.empty() ? "" : "<p>" + html_text(report.description) + "</p>\n") +
         "<p class=\"note\">run " + html_text(report.run.id) + ", begun " +
         html_text(to_iso_utc(report.run.started_at)) + "</p></header>\n";
}

struct Part {
  const char* id;
  const char* name;
  std::string html;
};

}  // namespace

std::string report_html(const RunReport& report) {
  const Part parts[] = {{"loads", "Loads", loads_html(report)},
                        {"tables", "Proof", tables_html(report)},
                        {"rejects", "Rejects", rejects_html(report)},
                        {"checks", "Checks", checks_html(report)},
                        {"guards", "Guards", guards_html(report)},
                        {"graph", "Steps", graph_html(report)},
                        {"timeline", "Timeline", timeline_html(report)},
                        {"throughput", "Throughput", rates_html(report)},
                        {"fingerprints", "Fingerprints", fingerprints_html(report)},
                        {"plan", "Plan", plan_html(report)}};
  std::string begin = header(report) + "<main>\n" + verdict_html(report) + figures_html(report) +
                      "<nav aria-label=\"Parts of this page\">\n";
  std::vector<std::string_view> body = {""};
  std::string_view drawings;
  for (const Part& part : parts) {
    if (part.html.empty()) continue;
    begin += std::string("<a href=\"#") + part.id + "\">" + part.name + "</a>\n";
    body.push_back(part.html);
    if (std::string_view(part.id) == "graph") drawings = part.html;
  }
  begin += "</nav>\n";
  body.front() = begin;
  const std::string end =
      std::string("</main>\n<footer><p>Told from the ledger") + (report.targets.size() > 1 ? "s" : "") +
      " at " + html_text(to_iso_utc(report.gathered_at)) + " by <code>planrun report</code>.</p></footer>\n";
  body.push_back(end);
  return html_page(report.run.plan + ": " + report.headline, body, drawings);
}

}  // namespace planrun
