#include "report/report_html.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "report/html.h"
#include "report/report_assets.h"
#include "report/report_sections.h"

namespace planrun {

namespace {

// 'sha256-...' of what stands between the tags, as a Content-Security-Policy names it
// (https://www.w3.org/TR/CSP3/#framework-directive-source-list).
std::string source_of(std::string_view text) {
  return "'sha256-" + to_base64(*from_hex(sha256_hex(text))) + "'";
}

// A drawing brings a style of its own.
std::string style_sources(const std::string& drawings) {
  constexpr std::string_view kBegin = "<style>";
  constexpr std::string_view kEnd = "</style>";
  std::string sources = source_of(kReportCss);
  for (auto at = drawings.find(kBegin); at != std::string::npos; at = drawings.find(kBegin, at + 1)) {
    const auto begin = at + kBegin.size();
    const std::string source =
        source_of(std::string_view(drawings).substr(begin, drawings.find(kEnd, begin) - begin));
    if (sources.find(source) == std::string::npos) sources += " " + source;
  }
  return sources;
}

// What is not named here is not run and not fetched, whatever stands in the page.
std::string policy(const std::string& drawings) {
  return "default-src 'none'; style-src " + style_sources(drawings) + "; script-src " + source_of(kReportJs) +
         "; base-uri 'none'; form-action 'none'";
}

std::string head(const RunReport& report, const std::string& drawings) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
         policy(drawings) +
         "\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n"
         "<title>" +
         html_text(report.run.plan + ": " + report.headline) + "</title>\n<style>" + std::string(kReportCss) +
         "</style>\n</head>\n";
}

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
  std::string links;
  std::string content;
  std::string drawings;
  for (const Part& part : parts) {
    if (part.html.empty()) continue;
    links += std::string("<a href=\"#") + part.id + "\">" + part.name + "</a>\n";
    content += part.html;
    if (std::string_view(part.id) == "graph") drawings = part.html;
  }
  return head(report, drawings) + "<body>\n" + header(report) + "<main>\n" + verdict_html(report) +
         figures_html(report) + "<nav aria-label=\"Parts of this page\">\n" + links + "</nav>\n" + content +
         "</main>\n<footer><p>Told from the ledger" + (report.targets.size() > 1 ? "s" : "") + " at " +
         html_text(to_iso_utc(report.gathered_at)) +
         " by <code>planrun report</code>.</p></footer>\n<script>" + std::string(kReportJs) +
         "</script>\n</body>\n</html>\n";
}

}  // namespace planrun
