#include "report/verify_text.h"

#include "base/text.h"
#include "base/time.h"
#include "report/check_text.h"
#include "report/csv.h"
#include "report/text_table.h"
#include "run/sample.h"

namespace planrun {

namespace {

std::string verdict_text(const TableVerification& t) {
  switch (t.verdict) {
    case Compared::equal:
      return "equal";
    case Compared::changed:
      return "equal, " + with_thousands(t.rows_changed) + " changed while read";
    case Compared::different:
      break;
  }
  if (!t.was_read()) return "CANNOT BE READ";
  return "DIFFERENT: " + std::string(t.has_more ? "more than " : "") + with_thousands(t.keys_different) +
         (t.keys_different == 1 ? " key" : " keys");
}

std::string tables_text(const VerifySummary& s) {
  TextTable table({{"table", Align::left},
                   {"expected", Align::right},
                   {"found", Align::right},
                   {"seconds", Align::right},
                   {"verdict", Align::left}});
  for (const auto& t : s.tables) {
    const std::string name = t.load.empty() || t.load == t.table ? t.table : t.table + " (" + t.load + ")";
    table.add({name, with_thousands(t.rows_expected), t.was_read() ? with_thousands(t.rows_found) : "?",
               two_decimals(t.seconds), verdict_text(t)});
  }
  table.add_total({counted(std::ssize(s.tables), "table"), with_thousands(s.rows_expected()),
                   s.all_were_read() ? with_thousands(s.rows_found()) : "?", two_decimals(s.seconds), ""});
  return table.text();
}

std::string differences_text(const VerifySummary& s, const Paint& paint) {
  std::string text;
  for (const auto& t : s.tables) {
    if (t.verdict != Compared::different) continue;
    text += paint.bad("  " + t.table) + (t.fault.empty() ? "" : ": " + t.fault) + "\n";
    for (const auto& d : t.differences) {
      text += "    " + d.key + (d.column.empty() ? "" : ", column " + d.column) + ": expected " + d.expected +
              ", found " + d.found + "\n";
    }
    if (t.fault.empty() && (t.has_more || t.keys_different > static_cast<std::int64_t>(t.differences.size())))
      text += "    and more; --limit N -o FILE writes them\n";
  }
  return text.empty() ? "" : "\nDifferences\n" + text;
}

std::string checks_text(const VerifySummary& s, const Paint& paint) {
  std::size_t passed = 0;
  std::string text;
  for (const auto& c : s.checks) {
    if (c.status == "passed") {
      ++passed;
      continue;
    }
    const std::string line = check_line(c);
    text +=
        "  " + (c.status == "failed" || c.status == "error" ? paint.bad(line) : paint.careful(line)) + "\n";
  }
  return "\n" + std::to_string(passed) + " of " + std::to_string(s.checks.size()) + " checks passed\n" + text;
}

}  // namespace

std::string verify_text(const VerifySummary& s, const Paint& paint) {
  std::string text = paint.strong("run " + s.run) + " of plan " + s.plan + " in " + s.target +
                     ", compared with " + (s.source == "live" ? "the live source" : "the run's snapshot") +
                     (s.sample > 0 ? ", " + sample_text(s.sample) : "") + "\n\n";
  text += tables_text(s);
  if (s.rows_rejected > 0) {
    text += paint.careful("without " + counted(s.rows_rejected, "row") + " that the run rejected") +
            ": planrun rejects PLAN\n";
  }
  text += differences_text(s, paint) + checks_text(s, paint) + "\n";
  const std::string at = to_iso_utc(s.finished_at) + " in " + human_seconds(s.seconds);
  if (s.verdict == VerificationVerdict::passed) return text + paint.good("verified") + " " + at + "\n";
  return text + paint.bad("NOT VERIFIED") + " " + at + ": " + s.message + "\n";
}

std::string differences_csv(const VerifySummary& s) {
  std::string csv = "table,key,column,expected,found\r\n";
  for (const auto& t : s.tables) {
    for (const auto& d : t.differences) {
      const std::string fields[] = {t.table, d.key, d.column, d.expected, d.found};
      csv += csv_line(fields);
    }
  }
  return csv;
}

}  // namespace planrun
