#include "report/preview_text.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "report/text_table.h"
#include "run/sample.h"

namespace planrun {

namespace {

// The table of loads names them all.
std::string first_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  if (names.size() <= kShown + 1) return join(names, ", ");
  return join(std::span(names).first(kShown), ", ") + " and " + std::to_string(names.size() - kShown) +
         " more";
}

std::string graph_text(const Graph& graph) {
  TextTable table({{"", Align::right}, {"step", Align::left}, {"waits for", Align::left}});
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    const Step& step = graph.steps[i];
    std::vector<std::string> before;
    for (const std::size_t b : step.after) before.push_back(std::to_string(b + 1));
    table.add({std::to_string(i + 1),
               step.id + (step.creates.size() > 1 ? ": " + first_of(step.creates) : ""), join(before, ", ")});
  }
  return table.text();
}

std::string ddl_text(const Preview& p, const Paint& paint) {
  std::string text;
  for (const auto& step : p.ddl) {
    text += "  " + paint.faint("-- " + step.step) + "\n";
    for (const auto& statement : step.statements) {
      for (const auto& line : split(statement, '\n')) text += "  " + line + "\n";
    }
  }
  return text;
}

std::string loads_text(const Preview& p) {
  TextTable table({{"load", Align::left},
                   {"from", Align::left},
                   {"rows", Align::right},
                   {"would be written", Align::right},
                   {"rejected", Align::right},
                   {"dropped", Align::right},
                   {"merged", Align::right},
                   {"bytes", Align::right}});
  Balance all;
  std::int64_t bytes = 0;
  for (const auto& l : p.loads) {
    table.add({l.load, l.from, with_thousands(l.balance.rows_read), with_thousands(l.balance.rows_inserted),
               with_thousands(l.balance.rows_rejected), with_thousands(l.balance.rows_dropped),
               with_thousands(l.balance.rows_merged), human_bytes(l.bytes)});
    all += l.balance;
    bytes += l.bytes;
  }
  table.add_total({counted(std::ssize(p.loads), "load"), "", with_thousands(all.rows_read),
                   with_thousands(all.rows_inserted), with_thousands(all.rows_rejected),
                   with_thousands(all.rows_dropped), with_thousands(all.rows_merged), human_bytes(bytes)});
  std::int64_t refused = 0;
  for (const auto& finding : p.findings) refused += finding.rows;
  if (refused == 0) return table.text();
  return table.text() + "  Of those, keys, foreign keys and CHECKs would reject " +
         (p.rejects_are_exact ? "" : "about ") + counted(refused, "row") + ": below.\n";
}

std::string merges_text(const Preview& p, const Paint& paint) {
  std::string text;
  for (const auto& m : p.merges) {
    text += "  " + m.group + " from " + join(m.from, ", ") + ": " + with_thousands(m.keys_repeated) +
            (m.keys_repeated == 1 ? " key stands" : " keys stand") + " in more than one row; ";
    if (m.problem.empty()) {
      text += with_thousands(m.rows_equal) + (m.rows_equal == 1 ? " row is" : " rows are") +
              " merged as equal, " + with_thousands(m.rows_different) + " differ" +
              (m.rule.empty() ? "" : " from the one that is kept (" + m.rule + ")") + "\n";
    } else {
      text += paint.bad(m.problem) + "\n";
    }
    for (const auto& sample : m.samples) text += "      " + sample + "\n";
    const auto more = m.keys_different - static_cast<std::int64_t>(m.samples.size());
    if (more > 0) text += "      and " + with_thousands(more) + " more\n";
  }
  return text;
}

std::string rejects_text(const Preview& p, const Paint& paint) {
  std::string text;
  for (const auto& load : p.loads) {
    for (const auto& group : load.rejects) {
      text += "  " + paint.bad(load.load) + (group.column.empty() ? "" : ", column " + group.column) + ": " +
              with_thousands(group.rows) + (group.rows == 1 ? " row: " : " rows: ") + group.reason + "\n";
      for (const auto& r : group.samples) {
        text += "      key " + to_text(r.key) + (r.value.empty() ? "" : ": " + r.value) + "\n";
      }
      const auto more = group.rows - static_cast<std::int64_t>(group.samples.size());
      if (more > 0) text += "      and " + with_thousands(more) + " more\n";
    }
  }
  for (const auto& f : p.findings) {
    text += "  " + paint.bad(f.load) + ": " + with_thousands(f.rows) + (f.rows == 1 ? " row: " : " rows: ") +
            f.what + "\n";
  }
  return text;
}

std::string left_text(const Preview& p) {
  constexpr std::size_t kShown = 20;
  std::string text;
  const std::size_t count = p.not_looked_for.size();
  for (const auto& n : std::span(p.not_looked_for).first(std::min(count, kShown)))
    text += "  " + n.table + ": " + join(n.what, ", ") + " (" + n.why + ")\n";
  if (count > kShown) text += "  and " + std::to_string(count - kShown) + " lines more, in --format json\n";
  return text;
}

// For a line of a terminal; the JSON has all of it.
std::string shortened(const std::string& text) {
  constexpr std::size_t kLongest = 300;
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;  // not inside a letter
  return text.substr(0, end) + "... (" + human_bytes(static_cast<std::int64_t>(text.size())) + ")";
}

std::string samples_text(const Preview& p, const Paint& paint) {
  std::string text;
  for (const auto& load : p.loads) {
    if (load.samples.empty()) continue;
    text += "  " + load.load + "\n";
    for (const auto& sample : load.samples) {
      if (!sample.before.empty()) text += "    " + paint.faint("before ") + shortened(sample.before) + "\n";
      for (const auto& values : sample.after) {
        std::vector<std::string> after;
        for (const auto& [column, value] : values) after.push_back(column + " " + shortened(value));
        text += "    " + paint.faint("after  ") + join(after, ", ") + "\n";
      }
      if (sample.more > 0) text += "           and " + std::to_string(sample.more) + " rows more\n";
    }
  }
  return text;
}

std::string lines(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& line : list) text += "  " + line + "\n";
  return text;
}

std::string verdict_text(const Preview& p, const Paint& paint) {
  std::int64_t rejected = 0;
  for (const auto& load : p.loads) rejected += load.balance.rows_rejected;
  for (const auto& finding : p.findings) rejected += finding.rows;
  std::int64_t unsettled = 0;
  for (const auto& merge : p.merges) unsettled += merge.problem.empty() ? 0 : merge.keys_different;
  if (unsettled > 0) {
    return paint.bad("A run would stop: " + with_thousands(unsettled) +
                     (unsettled == 1 ? " key has" : " keys have") + " rows that differ") +
           "\n";
  }
  if (!p.would_pass()) {
    return paint.bad(rejected > 0 ? "A run would stop: " + counted(rejected, "row") + " would be rejected"
                                  : "A run would be refused") +
           "\n";
  }
  if (rejected > 0) {
    const std::string about = p.rejects_are_exact ? "" : "about ";
    const std::string why =
        p.rejects_are_exact ? ""
                            : ": one that is out for several reasons counts for each here, and those that "
                              "refer to a rejected row are not among them";
    return paint.careful("A run would keep " + about + counted(rejected, "row") + " as rejects" + why) + "\n";
  }
  const bool is_all = p.not_looked_for.empty() && !p.target_unreachable;
  return paint.good(is_all ? "Every row fits its table" : "Every row fits its columns") + "\n";
}

}  // namespace

std::string preview_text(const Preview& p, const Paint& paint) {
  std::string text;
  const auto section = [&](const std::string& title, const std::string& body) {
    if (!body.empty()) text += paint.strong(title) + "\n" + body + "\n";
  };
  const std::string of = p.sample > 0 ? p.plan + ", " + sample_text(p.sample) : p.plan;
  text += paint.strong("Preview of " + of) + " (nothing is written)\n\n";
  section("Sources", lines(p.sources));
  std::string target = "  " + p.target + "\n";
  if (!p.target_problem.empty()) {
    target += "  " + paint.bad(p.target_problem) + "\n";
    if (p.target_unreachable) target += "  the rest is previewed without it\n";
  }
  section("Target", target);
  section("Notices", lines(p.notices));
  section("Run", p.earlier_run.empty() ? "" : "  " + p.earlier_run + "\n");
  section("Steps", graph_text(p.graph));
  section("Schema", ddl_text(p, paint));
  section("Rows", loads_text(p));
  section("Rows that would be merged", merges_text(p, paint));
  section("Rows that would be rejected", rejects_text(p, paint));
  section("Left to the run: the sources cannot say it", left_text(p));
  section("First rows", samples_text(p, paint));
  std::string checks;
  for (const auto& [name, asks] : p.checks)
    checks += "  " + name + ": " + join(split(asks, '\n'), "\n    ") + "\n";
  section("Checks", checks);
  section("Source tables that no load reads", lines(p.unread_tables));
  section("Of the sources' schema, not in the plan", lines(p.missing_parts));
  text += "A run would take about " + human_seconds(p.estimated_seconds) + ".\n";
  return text + verdict_text(p, paint);
}

}  // namespace planrun
