#include "report/summary_text.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/check_text.h"
#include "report/text_table.h"
#include "run/sample.h"

namespace planrun {

namespace {

std::string rate(std::int64_t rows, double seconds) {
  return seconds <= 0 ? "" : with_thousands(std::llround(static_cast<double>(rows) / seconds));
}

std::string proof_text(const TableSummary& t) {
  switch (t.proof) {
    case ProofState::proved:
      return "proved";
    case ProofState::different:
      return "DIFFERENT";
    case ProofState::not_done:
      return "not done";
  }
  return "";
}

std::string tables_text(const RunSummary& s) {
  const bool merges = std::any_of(s.tables.begin(), s.tables.end(),
                                  [](const TableSummary& t) { return t.balance.rows_emitted_merged != 0; });
  std::vector<TextTable::Column> columns = {{"table", Align::left},
                                            {"read", Align::right},
                                            {"written", Align::right},
                                            {"rejected", Align::right},
                                            {"dropped", Align::right}};
  if (merges) columns.push_back({"merged", Align::right});
  columns.insert(columns.end(), {{"bytes", Align::right},
                                 {"seconds", Align::right},
                                 {"rows/s", Align::right},
                                 {"indexes", Align::right},
                                 {"proof", Align::left}});
  TextTable table(columns);
  const auto line = [&](const std::string& name, const TableSummary& t, double seconds,
                        const std::string& proof) {
    const Balance& b = t.balance;
    std::vector<std::string> cells = {name, with_thousands(b.rows_read), with_thousands(b.rows_written),
                                      with_thousands(b.rows_rejected), with_thousands(b.rows_dropped)};
    if (merges) cells.push_back(with_thousands(b.rows_merged));
    cells.insert(cells.end(), {human_bytes(t.bytes), two_decimals(seconds), rate(b.rows_read, seconds),
                               std::to_string(t.index_count), proof});
    return cells;
  };
  TableSummary all;
  for (const auto& t : s.tables) {
    table.add(line(t.table, t, t.seconds, proof_text(t)));
    all.balance += t.balance;
    all.bytes += t.bytes;
    all.index_count += t.index_count;
  }
  table.add_total(line(counted(std::ssize(s.tables), "table"), all, s.seconds, ""));
  return table.text();
}

std::string balance_text(const RunSummary& s) {
  std::string text;
  for (const auto& l : s.loads) {
    const Balance& b = l.balance;
    text += "  " + l.load + ": " + with_thousands(b.rows_read) + " read = " + with_thousands(b.rows_written) +
            " written + " + with_thousands(b.rows_rejected) + " rejected + " +
            with_thousands(b.rows_dropped) + " dropped + " + with_thousands(b.rows_merged) + " merged" +
            "; " + with_thousands(b.rows_emitted) + " emitted = " + with_thousands(b.rows_inserted) +
            " inserted + " + with_thousands(b.rows_updated) + " updated + " +
            with_thousands(b.rows_unchanged) + " unchanged + " + with_thousands(b.rows_emitted_merged) +
            " merged" + (b.holds() && b.emitted_holds() ? "" : "  DOES NOT BALANCE") + "\n";
  }
  return text;
}

std::string differences_text(const RunSummary& s, const Paint& paint) {
  std::string text;
  for (const auto& t : s.tables) {
    for (const auto& d : t.differences) {
      text += "  " + paint.bad(t.table) + " " + d.key + (d.column.empty() ? "" : ", column " + d.column) +
              ": expected " + d.expected + ", found " + d.found + "\n";
    }
  }
  return text;
}

// Of what was read back, where the plan asks for it; a table without rows has none.
std::string sha256_text(const RunSummary& s) {
  TextTable table(
      {{"table", Align::left}, {"rows", Align::right}, {"sum of the rows' SHA-256", Align::left}});
  bool any = false;
  for (const auto& t : s.tables) {
    if (t.proof != ProofState::proved || t.found.sha256 == Hash256{}) continue;
    table.add({t.table, with_thousands(t.found.rows), to_hex(t.found.sha256)});
    any = true;
  }
  return any ? table.text() : "";
}

std::string checks_text(const RunSummary& s, const Paint& paint) {
  int passed = 0;
  std::string text;
  for (const auto& c : s.checks) {
    if (c.status == "passed") {
      ++passed;
      continue;
    }
    const std::string line = check_line(c);
    const std::string& shown = c.status == "not judged" ? line
                               : c.status == "warning"  ? paint.careful(line)
                                                        : paint.bad(line);
    text += "  " + shown + "\n";
  }
  return "  " + std::to_string(passed) + " of " + std::to_string(s.checks.size()) + " passed\n" + text;
}

std::string rejects_text(const RunSummary& s) {
  std::string text;
  for (const auto& r : s.rejects) text += "  " + to_text(r.reject) + "\n";
  const auto more = s.rows_rejected - static_cast<std::int64_t>(s.rejects.size());
  if (more > 0) text += "  and " + with_thousands(more) + " more, in the ledger's table of rejects\n";
  return text;
}

std::string verdict_text(const RunSummary& s, const Paint& paint) {
  std::int64_t rows = 0;
  std::int64_t left = 0;  // emitted, and `insert_missing` found the row there
  for (const auto& t : s.tables) {
    rows += t.expected.rows;
    left += t.balance.rows_emitted - t.balance.rows_emitted_merged - t.expected.rows;
  }
  std::string counts = counted(std::ssize(s.tables), "table") + ", " + counted(rows, "row");
  if (left > 0) counts += " beside " + with_thousands(left) + " whose row was there and was left as it was";
  switch (s.verdict) {
    case Verdict::passed:
      return paint.good("passed") + ": " + counts + ", read back and proved";
    case Verdict::passed_with_rejects:
      return paint.careful("passed, " + with_thousands(s.rows_rejected) + " rejected") + ": " + counts +
             ", read back and proved; the rejected rows are kept in the ledger";
    case Verdict::already_done:
      return paint.good("already done") + ", proved at " + s.proved_at + ": " + counts;
    case Verdict::interrupted:
      return paint.careful("interrupted") + ": " + s.message;
    case Verdict::unproved:
      return paint.bad("NOT PROVED") + ": " + s.message;
    case Verdict::failed:
      return paint.bad("failed") + ": " + s.message;
  }
  return "";
}

}  // namespace

std::string summary_text(const RunSummary& s, const Paint& paint) {
  std::string text;
  const auto section = [&](const std::string& title, const std::string& body) {
    if (!body.empty()) text += paint.strong(title) + "\n" + body + "\n";
  };
  if (s.verdict != Verdict::already_done && !s.tables.empty()) {
    text += "\n" + tables_text(s) + "\n";
    section("Balance", balance_text(s));
    section("SHA-256", sha256_text(s));
    section("Differences", differences_text(s, paint));
    if (!s.checks.empty()) section("Checks", checks_text(s, paint));
    section("Rejects", s.rows_rejected > 0 ? rejects_text(s) : "");
    std::string snapshots;
    for (const auto& snapshot : s.snapshots) snapshots += "  " + snapshot + "\n";
    section("Snapshots", snapshots);
  }
  text += paint.strong(s.plan) + " (run " + s.run + (s.sample > 0 ? ", " + sample_text(s.sample) : "") +
          ") -> " + s.target + "\n";
  text += verdict_text(s, paint) + "\n";
  if (!s.hint.empty()) text += "  " + s.hint + "\n";
  return text;
}

}  // namespace planrun
