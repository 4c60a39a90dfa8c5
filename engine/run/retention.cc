#include "run/retention.h"

#include <filesystem>

#include "base/error.h"
#include "base/time.h"
#include "database/file_list.h"
#include "run/snapshots.h"

namespace planrun {

namespace {

bool has_ended_before(const RunRecord& run, std::int64_t time) {
  const bool ended = run.state == RunState::passed || run.state == RunState::rolled_back;
  return ended && run.finished_at != 0 && run.finished_at < time;
}

// False: it is still there. A file that is gone already counts as deleted: a run before this one may have
// been ended between the deletion and the ledger.
bool delete_file(const std::string& file, const std::function<void(const std::string&)>& notice) {
  std::error_code fault;
  const std::filesystem::path path = file;
  if (is_file_list(path)) std::filesystem::remove_all(copies_of(path), fault);
  if (!fault) std::filesystem::remove(path, fault);
  if (fault) {
    notice("the old snapshot " + file + " cannot be deleted: " + fault.message());
    return false;
  }
  // The run's folder goes with its last file; a list has one of its own in it.
  std::filesystem::remove(path.parent_path(), fault);
  if (is_file_list(path)) std::filesystem::remove(path.parent_path().parent_path(), fault);
  return true;
}

}  // namespace

void delete_old_snapshots(const Plan& plan, const std::string& current, Ledger& ledger,
                          const std::function<void(const std::string&)>& notice) {
  if (!plan.keep_snapshots_days) return;
  const std::int64_t now = now_micros();
  const std::int64_t limit = now - *plan.keep_snapshots_days * kMicrosPerDay;
  for (auto& run : ledger.runs(plan.name)) {
    if (run.id == current || !has_ended_before(run, limit)) continue;
    auto records = snapshots_from_json(run.snapshots);
    bool changed = false;
    for (auto& record : records) {
      if (record.file.empty() || record.deleted_at != 0 || !delete_file(record.file, notice)) continue;
      record.deleted_at = now;
      changed = true;
      notice("deleted the snapshot " + record.file + " of run " + run.id + ", older than " +
             std::to_string(*plan.keep_snapshots_days) + " days");
    }
    if (!changed) continue;
    run.snapshots = to_json(records);
    ledger.write_run(run, {});
  }
}

}  // namespace planrun
