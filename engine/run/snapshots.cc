#include "run/snapshots.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "run/sample.h"

namespace planrun {

std::string to_json(const std::vector<SnapshotRecord>& records) {
  Json list = Json::array();
  for (const auto& r : records) {
    list.push_back({{"source", r.source},
                    {"file", r.file},
                    {"bytes", r.bytes},
                    {"sha256", r.sha256},
                    {"intact", r.intact},
                    {"state", r.state},
                    {"deleted_at", r.deleted_at}});
    if (r.sample > 0) list.back()["sample"] = r.sample;
    if (r.moment) list.back()["moment"] = true;
    if (!r.moment_id.empty()) list.back()["moment_id"] = r.moment_id;
  }
  return list.dump();
}

std::vector<SnapshotRecord> snapshots_from_json(const std::string& json) {
  std::vector<SnapshotRecord> records;
  for (const auto& r : Json::parse(json)) {
    records.push_back({r.at("source"), r.at("file"), r.at("bytes"), r.at("sha256"), r.value("intact", false),
                       r.at("state"), r.value("deleted_at", std::int64_t{0}),
                       r.value("sample", std::int64_t{0}), r.value("moment", false),
                       r.value("moment_id", "")});
  }
  return records;
}

namespace {

void make_private_folder(const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault || ::chmod(folder.c_str(), S_IRWXU) != 0) {
    throw Error(ErrorCode::system, "cannot make the run's folder " + folder.string() + ": " + fault.message(),
                "set [plan] folder, or XDG_STATE_HOME, to a folder that can be written");
  }
}

Error changed(const SnapshotRecord& record, const std::string& what) {
  const std::string name = record.file.empty() ? "source " + record.source : "the snapshot " + record.file;
  return Error(ErrorCode::refused,
               name + " " + what + " since the run began, so the run cannot go on from it",
               record.file.empty() ? "put the source back as it was, or take the run back and begin a new one"
                                   : "restore the snapshot file, or take the run back and begin a new one");
}

}  // namespace

void require_intact(const std::string& source, const std::string& shown_url, SourceDatabase& read,
                    const std::atomic<bool>& stop) {
  try {
    read.check_integrity(stop);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::source) throw;
    throw Error(ErrorCode::source, "source " + source + " (" + shown_url + "): " + error.what(),
                error.hint() + "; a run that has begun from it is taken back with planrun rollback");
  }
}

Snapshots::Snapshots(const Plan& plan, const std::map<std::string, SourceDatabase*>& originals,
                     std::filesystem::path folder)
    : plan_(plan), originals_(originals), folder_(std::move(folder)) {}

Snapshots::~Snapshots() {
  stop_examining_ = true;
  stop_growing();
  if (examining_.joinable()) examining_.join();
}

void Snapshots::use(const SnapshotRecord& record) {
  SourceDatabase* original = originals_.at(record.source);
  if (record.moment && record.file.empty()) {
    auto moment = shared_ ? original->at_shared_moment(record.moment_id) : original->at_moment();
    if (!moment) throw changed(record, "is another kind of database");
    opened_.push_back(std::move(moment));
    databases_[record.source] = opened_.back().get();
  } else if (record.file.empty()) {
    auto begun = again_ ? original->as_begun({record.state}) : nullptr;
    databases_[record.source] = begun ? begun.get() : original;
    if (begun) opened_.push_back(std::move(begun));
  } else {
    opened_.push_back(original->at_snapshot(record.file));
    databases_[record.source] = opened_.back().get();
  }
}

void Snapshots::take() {
  for (const auto& source : plan_.sources) {
    SnapshotRecord record;
    record.source = source.name;
    SourceDatabase* original = originals_.at(source.name);
    record.moment = original->has_moments();
    if (source.snapshot && !record.moment) {
      make_private_folder(folder_);
      const Snapshot snapshot = copy(source.name, *original);
      record.file = snapshot.file.string();
      record.bytes = snapshot.bytes;
      record.intact = snapshot.is_intact;
    }
    use(record);
    record.state = databases_.at(source.name)->state().text;
    record.moment_id = databases_.at(source.name)->moment_id();
    records_.push_back(std::move(record));
  }
}

Snapshot Snapshots::copy(const std::string& source, SourceDatabase& original) {
  std::unique_ptr<FollowingHash> hash;
  const auto follow = [&](const std::filesystem::path& file, std::int64_t bytes) {
    if (bytes == 0) {
      hash.reset();
      return;
    }
    if (!hash) hash = std::make_unique<FollowingHash>(file);
    hash->grown(bytes);
  };
  Snapshot snapshot = original.snapshot(folder_ / (source + ".db"), follow);
  if (hash) {
    hash->end();
    growing_[source] = std::move(hash);
  }
  return snapshot;
}

void Snapshots::take_sample(const ResolvedPlan& plan, TargetDatabase& target,
                            const std::function<void(const std::string&)>& notice,
                            const std::atomic<bool>& stop) {
  make_private_folder(folder_);
  const auto still = at_one_moment(originals_, opened_);
  for (const auto& [source, made] : make_sample(plan, still, target, folder_, notice, stop)) {
    SnapshotRecord record;
    record.source = source;
    record.moment = originals_.at(source)->has_moments();
    record.file = made.file.string();
    record.bytes = made.bytes;
    record.sample = plan.sample;
    use(record);
    record.state = databases_.at(source)->state().text;
    records_.push_back(std::move(record));
  }
}

void Snapshots::take_again(const std::vector<SnapshotRecord>& records) {
  again_ = true;
  for (const auto& record : records) {
    if (!originals_.contains(record.source)) {
      throw Error(ErrorCode::refused,
                  "source " + record.source + " of the unfinished run is not in the plan any more",
                  "put it back into the plan");
    }
    if (!record.file.empty() && !std::filesystem::exists(record.file)) throw changed(record, "is gone");
    use(record);
    SourceDatabase& database = *databases_.at(record.source);
    if (database.state().text != record.state) {
      if (record.file.empty()) throw changed(record, database.change_since({record.state}));
      // Another time stamp alone is no other content: a restored copy has one.
      if (record.sha256.empty() || sha256_file(record.file) != record.sha256)
        throw changed(record, "has changed");
    }
    records_.push_back(record);
    records_.back().moment_id = database.moment_id();
  }
}

void Snapshots::share(const std::vector<SnapshotRecord>& records) {
  shared_ = true;
  take_again(records);
}

std::vector<std::string> Snapshots::notices() const {
  std::vector<std::string> all;
  for (const auto& [source, database] : databases_) {
    if (!again_ || !database->has_many_files()) continue;
    for (const auto& notice : database->notices()) all.push_back(source + ": " + notice);
  }
  return all;
}

std::set<std::string> Snapshots::renewed() const {
  std::set<std::string> sources;
  for (const auto& record : records_) {
    if (again_ && record.moment) sources.insert(record.source);
  }
  return sources;
}

void Snapshots::look_through(SnapshotRecord& record) {
  if (record.intact) return;
  require_intact(record.source, originals_.at(record.source)->shown_url(), *databases_.at(record.source),
                 stop_examining_);
  record.intact = true;
}

void Snapshots::hash(SnapshotRecord& record) {
  if (record.file.empty() || !record.sha256.empty()) return;
  const auto growing = growing_.find(record.source);
  record.sha256 = growing != growing_.end()
                      ? growing->second->result()
                      : sha256_file(record.file, [this] { return stop_examining_.load(); });
}

void Snapshots::start_examining() {
  examined_ = records_;
  examining_ = std::thread([this] {
    const auto tell = [this](const std::exception_ptr& failure) {
      const std::lock_guard lock(mutex_);
      failure_ = failure;
      looked_through_ = true;
      changed_.notify_all();
    };
    try {
      for (auto& record : examined_) look_through(record);
      tell(nullptr);
      for (auto& record : examined_) hash(record);
    } catch (...) {
      tell(stop_examining_ ? nullptr : std::current_exception());
    }
  });
}

void Snapshots::look_at_examination(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (examining_.joinable()) changed_.wait_for(lock, patience, [this] { return looked_through_; });
  if (failure_) std::rethrow_exception(failure_);
}

void Snapshots::stop_growing() {
  for (const auto& [source, hash] : growing_) hash->stop();
}

void Snapshots::finish_examining(bool stop) {
  if (!examining_.joinable()) return;
  stop_examining_ = stop;
  if (stop) stop_growing();
  examining_.join();
  for (std::size_t i = 0; i < records_.size(); ++i) {
    records_[i].intact = examined_[i].intact;
    records_[i].sha256 = examined_[i].sha256;
  }
  if (failure_ && !stop) std::rethrow_exception(failure_);
}

void Snapshots::check_unchanged() const {
  for (const auto& record : records_) {
    SourceDatabase& database = *databases_.at(record.source);
    if (record.file.empty() && database.state().text != record.state)
      throw changed(record, database.change_since({record.state}));
  }
}

}  // namespace planrun
