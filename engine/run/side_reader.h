// What a verification compares, read: what the sources say a target must hold, and what it holds.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "database/target.h"
#include "load/road.h"
#include "run/row_comparison.h"

namespace planrun {

/// What the readers of one verification share.
struct Reading {
  std::string run;
  TargetDatabase& target;
  std::map<std::string, SourceDatabase*> sources;
  std::set<std::string> live;  // sources that others may write to meanwhile
  Settlements settlements;
  std::map<std::string, std::set<std::string>> rejected;  // by load: source keys that are not in the target
  const std::atomic<bool>& stop;
};

/// Connections of its own; one thread. Holds no lock that keeps a writer waiting for longer than a moment,
/// but for a source's view that a load reads, which cannot be read in pieces. Throws Error(interrupted) when
/// stopped.
class SideReader {
 public:
  /// `reading` outlives the object.
  SideReader(const Reading& reading, int worker);

  /// The rows that the load makes of a range of its source. Returns how many source rows are rejected that
  /// the run has not rejected.
  std::int64_t read_expected(const ResolvedTable& table, const ResolvedLoad& load, const Range& range,
                             const RowUse& use);
  void read_found(ReadBack request, const RowUse& use);
  /// Rows as the loads of a table have made them: of a table that others write to, load by load.
  ReadBack request(const ResolvedTable& table, const ResolvedLoad& load) const;
  /// Reads from here on see what is written until then.
  void renew();
  Target& target();
  Source& source(const std::string& name);

 private:
  const Reading& reading_;
  int worker_;
  std::unique_ptr<Target> target_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
};

}  // namespace planrun
