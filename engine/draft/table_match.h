// Which tables and columns of a target the tables of the sources go into, and which of their foreign keys no
// order of tables satisfies.
#pragma once

#include <string>
#include <vector>

#include "database/target.h"
#include "draft/draft_plan.h"

namespace planrun {

struct ColumnMatch {
  const ColumnCensus* column = nullptr;
  std::string into;  // a column of the target's table
};

/// A name of the source that is several in the target, case and underscores apart.
struct UnclearColumn {
  const ColumnCensus* column = nullptr;
  std::vector<std::string> candidates;
};

/// A foreign key that the run has to drop before the rows and put back behind them.
struct RestoredKey {
  std::string name;
  std::vector<std::string> way;  // tables, from this one to this one again
};

struct TableMatch {
  const DraftSource* source = nullptr;
  const TableCensus* census = nullptr;
  ExistingTable existing;
  std::vector<ColumnMatch> columns;  // in the source's order
  std::vector<UnclearColumn> unclear;
  std::vector<std::string> left;  // source columns that go nowhere
  std::vector<RestoredKey> restored;

  const ColumnCensus* filled(const std::string& into) const;
};

struct UnmatchedTable {
  const DraftSource* source = nullptr;
  const TableCensus* census = nullptr;
  std::vector<std::string> candidates;  // in the target: it may be one of them
  std::string taken;                    // in the target: another table of the sources fills it
};

struct TargetMatch {
  std::vector<TableMatch> tables;  // in the sources' order
  std::vector<UnmatchedTable> unmatched;
  std::vector<std::string> unfilled;  // tables of the target
};

/// Names match as they are spelled; with loose_names also those that are equal but for case and underscores,
/// where only one is.
TargetMatch match_tables(const std::vector<DraftSource>& sources, const DataOnly& target);

}  // namespace planrun
