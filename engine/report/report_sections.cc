#include "report/report_sections.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "report/html.h"
#include "report/report_charts.h"

namespace planrun {

namespace {

using Columns = std::vector<HtmlTable::Column>;

constexpr const char* kHiddenNote =
    "<p class=\"note\">Keys and values of rows are left out; <code>planrun report --show-values</code> shows "
    "them.</p>\n";

HtmlCell state_cell(const std::string& state) {
  return {state_html(state), state};
}

HtmlCell rate_cell(std::int64_t rows, double seconds) {
  if (seconds <= 0) return {"", "0"};
  return HtmlCell::count(std::llround(static_cast<double>(rows) / seconds));
}

std::string figure(const std::string& name, const std::string& value) {
  return "<div><dt>" + html_text(name) + "</dt><dd>" + html_text(value) + "</dd></div>\n";
}

struct BalanceColumn {
  const char* heading;
  std::int64_t Balance::*rows;
};

// What reached the target is told apart where it is not simply the rows written; of its parts those that any
// load has.
std::vector<BalanceColumn> balance_columns(const RunReport& report) {
  std::vector<BalanceColumn> columns = {{"Read", &Balance::rows_read},
                                        {"Written", &Balance::rows_written},
                                        {"Rejected", &Balance::rows_rejected},
                                        {"Dropped", &Balance::rows_dropped},
                                        {"Merged", &Balance::rows_merged}};
  const bool plain = std::all_of(report.loads.begin(), report.loads.end(), [](const ReportLoad& load) {
    const Balance& b = load.balance;
    return b.rows_emitted == b.rows_written && b.rows_inserted == b.rows_written;
  });
  if (plain) return columns;
  columns.push_back({"Emitted", &Balance::rows_emitted});
  columns.push_back({"Inserted", &Balance::rows_inserted});
  for (const BalanceColumn& part : {BalanceColumn{"Updated", &Balance::rows_updated},
                                    BalanceColumn{"Unchanged", &Balance::rows_unchanged},
                                    BalanceColumn{"Emitted, merged", &Balance::rows_emitted_merged}}) {
    const bool is_any = std::any_of(report.loads.begin(), report.loads.end(),
                                    [&](const ReportLoad& load) { return load.balance.*part.rows != 0; });
    if (is_any) columns.push_back(part);
  }
  return columns;
}

std::string digest_text(const Digest& digest) {
  return "<code class=\"long\">" + to_hex(digest.sum) + "</code>" +
         (digest.sha256 == Hash256{}
              ? ""
              : "<br>SHA-256 <code class=\"long\">" + to_hex(digest.sha256) + "</code>");
}

std::string differences_html(const RunReport& report) {
  std::string html;
  for (const auto& table : report.tables) {
    if (table.difference_count == 0) continue;
    const std::string name = in_target(report, table.target, table.table);
    if (table.differences.empty()) {
      html +=
          "<p>" +
          html_text(name + ": " + with_thousands(table.difference_count) + " differences were found first.") +
          "</p>\n";
      continue;
    }
    HtmlTable shown(name + ": what differs", {{"Key"}, {"Column"}, {"Expected"}, {"Found"}});
    for (const auto& d : table.differences) {
      shown.add({HtmlCell::text(d.key), HtmlCell::code(d.column), HtmlCell::text(d.expected),
                 HtmlCell::text(d.found)});
    }
    html += shown.html();
  }
  return html;
}

std::string samples_html(const ReportReason& reason) {
  if (reason.samples.empty()) return "";
  HtmlTable rows("the first " + std::to_string(reason.samples.size()) + " of " + with_thousands(reason.rows),
                 {{"Key"}, {"Value"}, {"Reason"}, {"Source row"}});
  for (const auto& sample : reason.samples) {
    rows.add({HtmlCell::text(sample.key), HtmlCell::code(sample.value), HtmlCell::text(sample.reason),
              HtmlCell::code(sample.row)});
  }
  return html_details(reason.load + (reason.column.empty() ? "" : "." + reason.column) + ": " + reason.reason,
                      rows.html());
}

std::string reasons_html(const RunReport& report, const std::string& kind, const std::string& caption) {
  HtmlTable table(caption, {{"Load"}, {"Rows", Align::right}, {"Source"}, {"Column"}, {"Reason"}});
  std::string samples;
  for (const auto& reason : report.reasons) {
    if (reason.kind != kind) continue;
    table.add({HtmlCell::text(in_target(report, reason.target, reason.load)), HtmlCell::count(reason.rows),
               HtmlCell::text(reason.source), HtmlCell::code(reason.column), HtmlCell::text(reason.reason)});
    samples += samples_html(reason);
  }
  return table.empty() ? "" : table.html() + samples;
}

std::string history_html(const ReportCheck& check) {
  const std::string line = sparkline_svg(check.history);
  return line.empty() ? "once" : line;
}

HtmlTable checks_table(const RunReport& report, const std::string& caption, bool of_plan) {
  HtmlTable table(caption, {{"Check"},
                            {"Result"},
                            {"Severity"},
                            {"Expected"},
                            {"Found"},
                            {"Readings", Align::right},
                            {"Asked at"}});
  for (const auto& check : report.checks) {
    const CheckRecord& record = check.record;
    if (check.of_plan != of_plan) continue;
    const std::string message =
        record.message.empty() ? "" : "<p class=\"message\">" + html_text(record.message) + "</p>";
    table.add({{html_text(in_target(report, check.target, record.name)) + message, record.name},
               state_cell(record.status),
               HtmlCell::text(record.severity),
               HtmlCell::code(record.expected),
               HtmlCell::code(record.found),
               {history_html(check), std::to_string(check.history.size())},
               HtmlCell::time(record.checked_at)});
  }
  return table;
}

std::string seconds_of_run(const RunReport& report) {
  if (report.run.finished_at == 0 || report.run.state == RunState::rolled_back)
    return short_seconds(report.timeline.seconds);
  return short_seconds(static_cast<double>(report.run.finished_at - report.run.started_at) / 1e6);
}

}  // namespace

std::string state_html(const std::string& state) {
  const auto is_one_of = [&](std::initializer_list<const char*> states) {
    return std::find(states.begin(), states.end(), state) != states.end();
  };
  const char* kind = is_one_of({"passed", "proved", "done", "holds", "unchanged"})              ? "good"
                     : is_one_of({"failed", "different", "error", "does not hold", "unproved"}) ? "bad"
                     : is_one_of({"warning", "changed", "interrupted", "rolling_back"})         ? "careful"
                                                                                                : "plain";
  std::string words = state;
  std::replace(words.begin(), words.end(), '_', ' ');
  return std::string("<span class=\"state ") + kind + "\">" + html_text(words) + "</span>";
}

std::string in_target(const RunReport& report, const std::string& target, const std::string& name) {
  return report.targets.size() > 1 ? target + ": " + name : name;
}

std::string verdict_html(const RunReport& report) {
  const bool good = report.verdict == "passed" || report.verdict == "passed_with_rejects";
  const bool bad = report.verdict == "failed" || report.verdict == "unproved";
  std::string html = std::string("<section class=\"verdict ") +
                     (good  ? "good"
                      : bad ? "bad"
                            : "careful") +
                     "\" id=\"verdict\">\n<p class=\"headline\">" + html_text(report.headline) + "</p>\n";
  if (!report.proved_at.empty()) {
    html += "<p class=\"when\">proved at <time datetime=\"" + html_text(report.proved_at) + "\">" +
            html_text(report.proved_at) + "</time></p>\n";
  }
  html += "<p>" + html_text(report.statement) + "</p>\n";
  if (!report.message.empty()) html += "<pre class=\"message\">" + html_text(report.message) + "</pre>\n";
  if (!report.hint.empty()) html += "<p class=\"note\">" + html_text(report.hint) + "</p>\n";
  return html + "</section>\n";
}

std::string figures_html(const RunReport& report) {
  const Balance& b = report.balance;
  const auto proved = std::count_if(report.tables.begin(), report.tables.end(),
                                    [](const ReportTable& table) { return table.proof == "proved"; });
  const auto passed = std::count_if(report.checks.begin(), report.checks.end(),
                                    [](const ReportCheck& check) { return check.record.status == "passed"; });
  const auto of = [](std::int64_t some, std::int64_t all) {
    return with_thousands(some) + " of " + with_thousands(all);
  };
  return "<dl class=\"figures\">\n" + figure("rows read", with_thousands(b.rows_read)) +
         figure("rows rejected", with_thousands(b.rows_rejected)) +
         figure("rows read back", with_thousands(report.rows_read_back)) +
         figure("tables proved", of(proved, std::ssize(report.tables))) +
         figure("checks passed", of(passed, std::ssize(report.checks))) +
         figure("data written", human_bytes(report.bytes)) + figure("time", seconds_of_run(report)) +
         "</dl>\n";
}

std::string loads_html(const RunReport& report) {
  const std::vector<BalanceColumn> counts = balance_columns(report);
  Columns columns = {{"Load"}, {"Balance"}};
  for (const auto& count : counts) columns.push_back({count.heading, Align::right});
  for (const char* name : {"Chunks", "Data", "Time", "Rows/s"}) columns.push_back({name, Align::right});
  HtmlTable table("read = written + rejected + dropped + merged, load by load", columns);
  for (const auto& load : report.loads) {
    const bool pending = load.chunks_pending > 0;
    std::vector<HtmlCell> cells = {HtmlCell::text(in_target(report, load.target, load.load)),
                                   state_cell(pending        ? "not loaded whole"
                                              : load.holds() ? "holds"
                                                             : "does not hold")};
    for (const auto& count : counts) cells.push_back(HtmlCell::count(load.balance.*count.rows));
    const std::string all = with_thousands(load.chunks_done + load.chunks_pending);
    cells.push_back(
        {with_thousands(load.chunks_done) + (pending ? " of " + all : ""), std::to_string(load.chunks_done)});
    cells.push_back(HtmlCell::bytes(load.bytes));
    cells.push_back(HtmlCell::seconds(load.seconds));
    cells.push_back(rate_cell(load.balance.rows_read, load.seconds));
    table.add(cells);
  }
  return table.empty() ? "" : html_section("loads", "Loads", table.html());
}

std::string tables_html(const RunReport& report) {
  HtmlTable table("what the chunks wrote, and what was read back after the last commit",
                  {{"Table"},
                   {"Proof"},
                   {"Rows written", Align::right},
                   {"Rows read back", Align::right},
                   {"Digest written"},
                   {"Digest read back"}});
  for (const auto& t : report.tables) {
    const bool is_read = t.proof != "not done";
    const std::string own = t.exists ? "<br><small>the run's own rows</small>" : "";
    table.add({{html_text(in_target(report, t.target, t.table)) + own, t.table},
               state_cell(t.proof),
               HtmlCell::count(t.expected.rows),
               is_read ? HtmlCell::count(t.found.rows) : HtmlCell{"not read", "-1"},
               {digest_text(t.expected), to_hex(t.expected.sum)},
               is_read ? HtmlCell{digest_text(t.found), to_hex(t.found.sum)} : HtmlCell{"not read", "-"}});
  }
  if (table.empty()) return "";
  const std::string differences = differences_html(report);
  const bool hides = !differences.empty() && !report.shows_values;
  return html_section("tables", "Tables and their proof",
                      table.html() + differences + (hides ? kHiddenNote : ""));
}

std::string rejects_html(const RunReport& report) {
  const std::string reasons =
      reasons_html(report, "rejected", "source rows that were kept out, by reason") +
      reasons_html(report, "merged", "rows that differ from the one of their key that was kept");
  if (reasons.empty()) return "";
  return html_section("rejects", "Rejects", reasons + (report.shows_values ? "" : kHiddenNote));
}

std::string checks_html(const RunReport& report) {
  HtmlTable own = checks_table(report, "checks of the plan", true);
  HtmlTable every = checks_table(report, "what every table, view and trigger is asked", false);
  std::int64_t count = 0;
  std::int64_t passed = 0;
  for (const auto& check : report.checks) {
    if (check.of_plan) continue;
    ++count;
    passed += check.record.status == "passed" ? 1 : 0;
  }
  const std::string summary = with_thousands(passed) + " of " + with_thousands(count) +
                              " checks that every table gets without a word in the plan passed";
  return html_section("checks", "Checks",
                      (own.empty() ? "" : own.html()) +
                          (every.empty() ? "" : html_details(summary, every.html(), passed < count)));
}

std::string guards_html(const RunReport& report) {
  HtmlTable table("values that the run must not change",
                  {{"Guard"}, {"Result"}, {"Severity"}, {"Before the run"}, {"After it"}});
  for (const auto& guard : report.guards) {
    const std::string message =
        guard.message.empty() ? "" : "<p class=\"message\">" + html_text(guard.message) + "</p>";
    table.add({{html_text(in_target(report, guard.target, guard.name)) + message, guard.name},
               state_cell(!guard.is_read_after          ? "not read after the run"
                          : guard.before == guard.after ? "unchanged"
                                                        : "changed"),
               HtmlCell::text(guard.severity),
               HtmlCell::code(guard.before),
               guard.is_read_after ? HtmlCell::code(guard.after) : HtmlCell{"not read"}});
  }
  return table.empty() ? "" : html_section("guards", "Guards", table.html());
}

}  // namespace planrun
