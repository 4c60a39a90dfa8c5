#include "report/evidence_text.h"

#include "base/hash.h"
#include "base/text.h"
#include "report/text_table.h"

namespace planrun {

namespace {

std::string short_hash(const Hash256& hash) {
  return to_hex(hash).substr(0, 16) + "...";
}

}  // namespace

std::string evidence_text(const EvidenceCheck& check, const Paint& paint) {
  TextTable table({{"target"},
                   {"table"},
                   {"rows then", Align::right},
                   {"rows now", Align::right},
                   {"SHA-256 then"},
                   {"SHA-256 now"},
                   {"holds"}});
  for (const EvidenceTable& t : check.tables) {
    table.add({t.target, t.table, with_thousands(t.expected.rows), with_thousands(t.found.rows),
               short_hash(t.expected.sha256), short_hash(t.found.sha256), t.holds() ? "yes" : "NO"});
  }
  std::string text = "run " + check.run + "\n" + table.text();
  for (const auto& fault : check.faults) text += paint.bad(fault) + "\n";
  return text +
         (check.holds() ? paint.good("the tables hold the rows that the evidence says")
                        : paint.bad("the target does not hold what the evidence says")) +
         "\n";
}

}  // namespace planrun
