#include "run/jobs.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"

namespace planrun {

namespace {

// Beside the workers' own: the ledger's, that of pauses, the throttle's, and one for questions.
constexpr int kOtherConnections = 4;

}  // namespace

int default_jobs() {
  return thread_count();
}

int choose_jobs(int asked, TargetDatabase& target, const std::function<void(const std::string&)>& notice) {
  const WorkerRoom room = target.worker_room();
  int jobs = asked > 0 ? asked : default_jobs();
  if (asked == 0 && room.suggested) jobs = std::clamp(*room.suggested, 1, jobs);
  if (!room.connections || *room.connections >= jobs + kOtherConnections) return jobs;
  const std::string has_room = target.shown_url() + " has room for " + std::to_string(*room.connections) +
                               " connections (" + room.bound + ")";
  const int fitting = *room.connections - kOtherConnections;
  if (fitting < 1) {
    throw Error(ErrorCode::refused,
                has_room + "; a run of one worker needs " + std::to_string(1 + kOtherConnections),
                "end connections that nobody needs, or raise that limit");
  }
  notice(has_room + ": " + std::to_string(fitting) + (fitting == 1 ? " worker" : " workers") +
         " in place of " + std::to_string(jobs));
  return fitting;
}

}  // namespace planrun
