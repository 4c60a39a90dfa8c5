// What a run was made from: fingerprints, and the plan's own text.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "report/html.h"
#include "report/report_sections.h"

namespace planrun {

namespace {

// Lines of a change that stand still around it.
constexpr std::ptrdiff_t kContext = 3;

std::string fact(const std::string& name, const std::string& html) {
  return html.empty() ? "" : "<div><dt>" + html_text(name) + "</dt><dd>" + html + "</dd></div>\n";
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "<code>" + html_text(text) + "</code>";
}

std::string time(std::int64_t micros) {
  return micros == 0 ? "" : html_text(to_iso_utc(micros));
}

std::string targets(const RunReport& report) {
  std::string html;
  for (const auto& target : report.targets) {
    html += (html.empty() ? "" : "<br>") + html_text(target.name + ": " + target.shown_url) + " " +
            (!target.is_named()     ? html_text("(the plan does not name it any more)")
             : target.state.empty() ? html_text("(its ledger does not know the run)")
                                    : state_html(target.state));
  }
  return html;
}

std::string files_html(const RunReport& report) {
  HtmlTable table("snapshots of the sources, and scripts", {{"File"}, {"Size", Align::right}, {"SHA-256"}});
  for (const auto& snapshot : report.snapshots) {
    const std::string what = snapshot.file.empty() ? "the source itself was read"
                             : snapshot.sample > 0 ? "sample " + snapshot.file
                             : snapshot.deleted_at > 0
                                 ? snapshot.file + ", deleted at " + to_iso_utc(snapshot.deleted_at)
                                 : snapshot.file;
    table.add({{"<b>" + html_text(snapshot.source) + "</b><br><small>" + html_text(what) + "</small>",
                snapshot.source},
               HtmlCell::bytes(snapshot.bytes),
               snapshot.sha256.empty() ? HtmlCell{"not hashed", "-"} : HtmlCell::code(snapshot.sha256)});
  }
  for (const auto& script : report.scripts) {
    table.add({HtmlCell::text(script.file), HtmlCell::bytes(std::ssize(script.text)),
               HtmlCell::code(script.sha256)});
  }
  return table.empty() ? "" : table.html();
}

std::string line_html(const DiffLine& line) {
  const char* kind = line.change == LineChange::added     ? "added"
                     : line.change == LineChange::removed ? "removed"
                                                          : "same";
  const char* sign = line.change == LineChange::added ? "+" : line.change == LineChange::removed ? "-" : " ";
  return std::string("<span class=\"") + kind + "\">" + sign + " " + html_text(line.text) + "</span>\n";
}

// The lines that changed, with some around them.
std::string diff_html(const std::vector<DiffLine>& lines) {
  std::string html;
  std::ptrdiff_t shown_until = 0;
  for (std::ptrdiff_t i = 0; i < std::ssize(lines); ++i) {
    const auto begin = std::max(shown_until, i - kContext);
    const auto end = std::min(std::ssize(lines), i + kContext + 1);
    if (lines[static_cast<std::size_t>(i)].change == LineChange::same) continue;
    if (begin > shown_until) html += "<span class=\"gap\">...</span>\n";
    for (auto at = begin; at < end; ++at) {
      // Up to the next change, which shows what is around it itself.
      if (at > i && lines[static_cast<std::size_t>(at)].change != LineChange::same) break;
      html += line_html(lines[static_cast<std::size_t>(at)]);
      shown_until = at + 1;
    }
  }
  return "<pre class=\"code diff\">" + html + "</pre>\n";
}

std::string numbered(const std::string& text) {
  std::string html;
  std::vector<std::string> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const auto& line : lines) html += "<span>" + html_text(line) + "</span>\n";
  return "<pre class=\"code lines\">" + html + "</pre>\n";
}

std::string change_html(const PlanTextDiff& diff) {
  if (diff.run.empty()) return "<p>It is the first run of this plan in the ledger.</p>\n";
  const std::string earlier =
      "run " + diff.run + " (" + diff.state + ", begun " + to_iso_utc(diff.started_at) + ")";
  if (diff.lines.empty()) return "<p>The text is that of the last earlier " + html_text(earlier) + ".</p>\n";
  const auto count = [&](LineChange change) {
    return with_thousands(std::count_if(diff.lines.begin(), diff.lines.end(),
                                        [&](const DiffLine& line) { return line.change == change; }));
  };
  return "<p>Since the last earlier " + html_text(earlier) + " " + count(LineChange::added) +
         " lines came and " + count(LineChange::removed) + " went.</p>\n" +
         html_details("what has changed", diff_html(diff.lines), true);
}

}  // namespace

std::string fingerprints_html(const RunReport& report) {
  const RunRecord& run = report.run;
  const std::string facts = fact("Run", code(run.id)) + fact("Begun", time(run.started_at)) +
                            fact("Ended", run.finished_at == 0 ? "not ended" : time(run.finished_at)) +
                            fact("Last written to the ledger", time(run.updated_at)) +
                            fact("On", html_text(run.host + ", process " + std::to_string(run.process))) +
                            fact("Program", html_text("planrun " + run.program_version)) +
                            fact(report.targets.size() > 1 ? "Targets" : "Target", targets(report)) +
                            fact("Plan, resolved (SHA-256)", code(run.fingerprint)) +
                            fact("Plan file (SHA-256)", code(report.plan_sha256));
  return html_section("fingerprints", "Fingerprints",
                      "<dl class=\"facts\">\n" + facts + "</dl>\n" + files_html(report));
}

std::string plan_html(const RunReport& report) {
  const std::string& text = report.run.plan_text;
  std::string html =
      change_html(report.diff) +
      html_details("the plan, " + with_thousands(std::count(text.begin(), text.end(), '\n')) + " lines",
                   numbered(text));
  for (const auto& script : report.scripts) html += html_details(script.file, numbered(script.text));
  return html_section("plan", "Plan", std::move(html));
}

}  // namespace planrun
