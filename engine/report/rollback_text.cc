#include "report/rollback_text.h"

#include "base/text.h"
#include "report/text_table.h"

namespace planrun {

namespace {

std::string state_of(const RolledBackTable& t) {
  if (!t.was_there) return "was gone before";
  if (!t.existed) return "dropped";
  return t.discarded.empty() ? "as before the run" : "without the run's rows";
}

std::string tables_text(const RollbackSummary& s) {
  TextTable table({{"table", Align::left}, {"rows", Align::right}, {"now", Align::left}});
  for (const auto& t : s.tables) {
    std::string now = state_of(t);
    for (const auto& key : t.restored) now += ", foreign key " + key + " restored";
    if (!t.discarded.empty()) now += (t.existed ? ", but: " : ", with ") + join(t.discarded, ", ");
    table.add({t.table, t.was_there ? with_thousands(t.rows) : "", now});
  }
  return s.tables.empty() ? "" : table.text() + "\n";
}

}  // namespace

std::string rollback_text(const RollbackSummary& s, const Paint& paint) {
  const std::string run = s.plan + " (run " + s.run + ") -> " + s.target + "\n";
  switch (s.verdict) {
    case RollbackVerdict::already:
      return paint.strong(run) + paint.good("already rolled back") + "\n";
    case RollbackVerdict::declined:
      return paint.strong(run) + paint.careful("not rolled back") + ": nothing was changed\n";
    case RollbackVerdict::rolled_back:
      break;
  }
  return tables_text(s) + paint.strong(run) + paint.good("rolled back") + ": at " + s.proved_at +
         " the target's catalog had nothing more that the run had made; its record stays in the ledger\n";
}

}  // namespace planrun
