// A rehearsal: the run of a plan on some rows of its sources, `--sample N`. The sample is a database of its
// own for each source, which the run reads as it reads a snapshot; all the rest of the engine knows nothing
// of it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "database/source.h"
#include "database/target.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// The sources as they stand now, where they have moments; those are held by `opened`, and the samples of as
/// many are of the same moment while they are.
std::map<std::string, SourceDatabase*> at_one_moment(const std::map<std::string, SourceDatabase*>& sources,
                                                     std::vector<std::unique_ptr<SourceDatabase>>& opened);

/// Makes FOLDER/SOURCE.db of each source: plan.sample rows of each root table and those that refer to them
/// (run/sample_rows.h). A source that is written meanwhile is copied whole first, for the time being. The
/// target is asked only what values of types that planrun does not know are equal to.
std::map<std::string, Snapshot> make_sample(const ResolvedPlan& plan,
                                            const std::map<std::string, SourceDatabase*>& sources,
                                            TargetDatabase& target, const std::filesystem::path& folder,
                                            const std::function<void(const std::string&)>& notice,
                                            const std::atomic<bool>& stop);

/// A sample that is gone with the object: what a preview reads.
class PassingSample {
 public:
  PassingSample(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources,
                TargetDatabase& target, const std::function<void(const std::string&)>& notice,
                const std::atomic<bool>& stop);
  ~PassingSample();
  PassingSample(const PassingSample&) = delete;
  PassingSample& operator=(const PassingSample&) = delete;
  const std::map<std::string, SourceDatabase*>& databases() const { return databases_; }

 private:
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<SourceDatabase>> opened_;
  std::map<std::string, SourceDatabase*> databases_;
};

/// Of how many rows of a root table the run was a rehearsal; 0: it was of all.
std::int64_t sample_of(const RunRecord& run);
/// "a rehearsal on a sample of 20 rows"
std::string sample_text(std::int64_t rows);

/// A rehearsal and a run of all rows do not go on from each other. Throws Error(refused) where `run`, the
/// plan's latest, is another one than the plan is to be run as now.
void refuse_other_sample(const RunRecord& run, const Plan& plan);

/// Takes the sting out of a check that expects a figure of the whole database: it is shown, not judged. What
/// a shared check expects of any row, and what is compared with the source, holds of a sample too.
void judge_sample(const PlanCheck& check, std::int64_t sample, CheckRecord& result);

}  // namespace planrun
