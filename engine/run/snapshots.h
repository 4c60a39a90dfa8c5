// The copies of the sources that a run reads, from its first row to its last resume.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/following_hash.h"
#include "base/json_fwd.h"
#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// What the ledger keeps of one source of a run.
struct SnapshotRecord {
  std::string source;
  std::string file;  // empty: the source itself is read (snapshot = "none")
  std::int64_t bytes = 0;
  std::string sha256;           // empty until it was hashed
  bool intact = false;          // every page was looked at, and none is damaged
  std::string state;            // SourceState of what is read
  std::int64_t deleted_at = 0;  // Unix microseconds; 0: it is kept
  std::int64_t sample = 0;      // rows of a root table in it, of a rehearsal; 0: it is a copy of the whole
  bool moment = false;          // the source is read as it stands at one moment, without a file
  std::string moment_id{};      // of that moment, while the run's own process keeps it
};
std::string to_json(const std::vector<SnapshotRecord>& records);
std::vector<SnapshotRecord> snapshots_from_json(const std::string& json);

/// Looks at every page of `read`, which is the plan's `source` at `shown_url` or a copy of it. Throws
/// Error(source) naming it and its damage.
void require_intact(const std::string& source, const std::string& shown_url, SourceDatabase& read,
                    const std::atomic<bool>& stop);

/// The databases a run reads. Beside the run they are examined: looked through for damage, and hashed.
class Snapshots {
 public:
  /// `originals` outlive this. Files go to `folder` (made with mode 0700).
  Snapshots(const Plan& plan, const std::map<std::string, SourceDatabase*>& originals,
            std::filesystem::path folder);
  ~Snapshots();

  /// A new run: copies each source that wants it, fixes the moment of those that can be read so, and
  /// remembers the state of the others.
  void take();
  /// A rehearsal: some rows of each source (run/sample.h), also of those that want no copy.
  void take_sample(const ResolvedPlan& plan, TargetDatabase& target,
                   const std::function<void(const std::string&)>& notice, const std::atomic<bool>& stop);
  /// A resumed run: the same files, and another moment of the sources that have one. Throws Error(refused),
  /// naming it, when one is gone or is not what it was.
  void take_again(const std::vector<SnapshotRecord>& records);
  /// The same files and moments as the run's own process, which is at work. Throws Error(refused) likewise,
  /// and Error(interrupted) where a moment is over.
  void share(const std::vector<SnapshotRecord>& records);
  /// Begins to examine what was not examined yet, in a thread of its own; copies are hashed while they grow.
  void start_examining();
  /// Waits for that long at most until all is looked through. Throws what was found: Error(source) naming the
  /// source and its damage.
  void look_at_examination(std::chrono::milliseconds patience);
  /// Waits for all of it, and tells records(). Throws as above. `stop`: gives up early; what was not examined
  /// whole stays so.
  void finish_examining(bool stop);
  /// Throws Error(refused) when a source that is read without a snapshot has changed since take().
  void check_unchanged() const;

  const std::map<std::string, SourceDatabase*>& databases() const { return databases_; }
  const std::vector<SnapshotRecord>& records() const { return records_; }
  /// Of a resumed run, for people: what of its sources it leaves out as it came later.
  std::vector<std::string> notices() const;
  /// Sources that are read at another moment than the run's first rows: what is loaded must be looked at
  /// again.
  std::set<std::string> renewed() const;

 private:
  void use(const SnapshotRecord& record);
  Snapshot copy(const std::string& source, SourceDatabase& original);
  void look_through(SnapshotRecord& record);
  void hash(SnapshotRecord& record);
  void stop_growing();

  const Plan& plan_;
  const std::map<std::string, SourceDatabase*>& originals_;
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<SourceDatabase>> opened_;
  std::map<std::string, SourceDatabase*> databases_;
  std::vector<SnapshotRecord> records_;
  bool again_ = false;                                             // take_again() was called
  bool shared_ = false;                                            // share() was
  std::map<std::string, std::unique_ptr<FollowingHash>> growing_;  // by source
  std::vector<SnapshotRecord> examined_;                           // of the thread, until it has ended
  std::thread examining_;
  std::atomic<bool> stop_examining_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool looked_through_ = false;
  std::exception_ptr failure_;
};

}  // namespace planrun
