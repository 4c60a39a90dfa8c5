#include "run/sample.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "run/sample_rows.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

// A file that is only needed for a while.
class PassingFile {
 public:
  explicit PassingFile(fs::path path) : path_(std::move(path)) {}
  ~PassingFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  PassingFile(const PassingFile&) = delete;
  PassingFile& operator=(const PassingFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A database in a passing file.
struct PassingDatabase {
  std::unique_ptr<PassingFile> file;
  std::unique_ptr<SourceDatabase> database;
};

using Databases = std::map<std::string, SourceDatabase*>;

class Making {
 public:
  Making(const ResolvedPlan& plan, const Databases& sources, TargetDatabase& target, fs::path folder,
         const std::function<void(const std::string&)>& notice, const std::atomic<bool>& stop)
      : plan_(plan),
        sources_(sources),
        target_(target),
        folder_(std::move(folder)),
        notice_(notice),
        stop_(stop) {}

  // Rows are chosen over many connections: that they are of one moment only the files' state can tell.
  std::map<std::string, Snapshot> run() {
    refuse_many_files();
    const auto before = states();
    try {
      auto made = make(sources_);
      if (states() == before) return made;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted || states() == before) throw;
    }
    std::vector<PassingDatabase> copies;
    Databases still;
    for (const auto& [name, source] : sources_) {
      PassingDatabase copy;
      copy.file = std::make_unique<PassingFile>(folder_ / (name + ".whole.db"));
      source->snapshot(copy.file->path(), {});
      copy.database = source->at_snapshot(copy.file->path());
      still[name] = copy.database.get();
      copies.push_back(std::move(copy));
    }
    return make(still);
  }

 private:
  void refuse_many_files() const {
    for (const auto& [name, source] : sources_) {
      if (!source->has_many_files()) continue;
      throw Error(ErrorCode::refused, "no sample is taken of source " + name + ", which is many files",
                  "rehearse with a few of them into another target: --source " + name +
                      "=sqlite:PATTERN --target NAME=URL");
    }
  }

  std::map<std::string, std::string> states() const {
    std::map<std::string, std::string> states;
    for (const auto& [name, source] : sources_) states[name] = source->state().text;
    return states;
  }

  std::map<std::string, Snapshot> make(const Databases& databases) {
    std::map<std::string, std::vector<TableRows>> rows;
    for (auto& [table, keys] : choose(databases))
      rows[table.first].push_back({table.second, false, std::move(keys)});
    std::map<std::string, Snapshot> made;
    for (const auto& [name, database] : databases) {
      if (stop_) throw Error(ErrorCode::interrupted, "stopped while the sample was made");
      made[name] = database->subset(folder_ / (name + ".db"), rows[name]);
    }
    return made;
  }

  std::map<SourceTableName, std::vector<Key>> choose(const Databases& databases) {
    std::vector<PassingDatabase> without_keys;
    std::map<std::string, std::unique_ptr<Source>> connections;
    std::map<SourceTableName, std::unique_ptr<Source>> of_table;
    for (const auto& [name, database] : databases) {
      connections[name] = database->connect();
      const std::vector<TableRows> tables = tables_without_key(name, *connections[name]);
      if (tables.empty()) continue;
      PassingDatabase copy;
      copy.file = std::make_unique<PassingFile>(folder_ / (name + ".views.db"));
      database->subset(copy.file->path(), tables);
      copy.database = database->at_snapshot(copy.file->path());
      for (const auto& table : tables) of_table[{name, table.table}] = copy.database->connect();
      without_keys.push_back(std::move(copy));
    }
    std::unique_ptr<Target> target;
    return choose_sample({plan_, plan_.sample,
                          [&](const SourceTableName& table) -> Source& {
                            const auto own = of_table.find(table);
                            return own == of_table.end() ? *connections.at(table.first) : *own->second;
                          },
                          target_.dialect().value_limits(),
                          [&](const std::string& type, std::span<const std::string> values) {
                            if (!target) target = target_.connect("sample", 0);
                            return target->canonical_text(type, values);
                          },
                          notice_, stop_});
  }

  // Loaded views and the like: their rows can be named only when they stand in a table.
  std::vector<TableRows> tables_without_key(const std::string& source, Source& connection) const {
    std::set<std::string> loaded;
    for (const auto& table : plan_.tables) {
      for (const auto& load : table.loads) {
        if (load.source == source) loaded.insert(load.source_table);
      }
    }
    std::vector<TableRows> tables;
    for (const auto& table : connection.tables()) {
      if (loaded.contains(table.name) && table.key.empty()) tables.push_back({table.name, true, {}});
    }
    return tables;
  }

  const ResolvedPlan& plan_;
  const Databases& sources_;
  TargetDatabase& target_;
  fs::path folder_;
  const std::function<void(const std::string&)>& notice_;
  const std::atomic<bool>& stop_;
};

}  // namespace

std::map<std::string, SourceDatabase*> at_one_moment(const std::map<std::string, SourceDatabase*>& sources,
                                                     std::vector<std::unique_ptr<SourceDatabase>>& opened) {
  std::map<std::string, SourceDatabase*> still = sources;
  for (auto& [name, source] : still) {
    if (!source->has_moments()) continue;
    opened.push_back(source->at_moment());
    source = opened.back().get();
  }
  return still;
}

std::map<std::string, Snapshot> make_sample(const ResolvedPlan& plan, const Databases& sources,
                                            TargetDatabase& target, const fs::path& folder,
                                            const std::function<void(const std::string&)>& notice,
                                            const std::atomic<bool>& stop) {
  return Making(plan, sources, target, folder, notice, stop).run();
}

PassingSample::PassingSample(const ResolvedPlan& plan, const Databases& sources, TargetDatabase& target,
                             const std::function<void(const std::string&)>& notice,
                             const std::atomic<bool>& stop) {
  std::string name = (fs::temp_directory_path() / "planrun-sample-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorCode::system,
                "cannot make a folder for the sample in " + fs::temp_directory_path().string() + ": " +
                    std::strerror(errno),
                "set TMPDIR to a folder that can be written");
  }
  folder_ = name;
  try {
    const auto still = at_one_moment(sources, opened_);
    for (const auto& [source, made] : make_sample(plan, still, target, folder_, notice, stop)) {
      opened_.push_back(still.at(source)->at_snapshot(made.file));
      databases_[source] = opened_.back().get();
    }
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    throw;
  }
}

PassingSample::~PassingSample() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::int64_t sample_of(const RunRecord& run) {
  const Json plan = Json::parse(run.resolved_plan, nullptr, false);
  return plan.is_object() ? plan.value("sample", std::int64_t{0}) : 0;
}

std::string sample_text(std::int64_t rows) {
  return "a rehearsal on a sample of " + std::to_string(rows) + (rows == 1 ? " row" : " rows");
}

void refuse_other_sample(const RunRecord& run, const Plan& plan) {
  const std::int64_t sample = sample_of(run);
  if (sample == plan.sample) return;
  const std::string now = plan.sample == 0 ? "a run of all rows" : sample_text(plan.sample);
  throw Error(
      ErrorCode::refused,
      "run " + run.id + " of plan " + run.plan + " (" + std::string(to_string(run.state)) + ") is " +
          (sample == 0 ? "a run of all rows" : sample_text(sample)) + ", and " + now +
          " does not go on from it",
      "planrun rollback " + plan.file.string() + " takes it back; or name another database with --target");
}

void judge_sample(const PlanCheck& check, std::int64_t sample, CheckRecord& result) {
  const bool is_bad = result.status == "failed" || result.status == "warning";
  if (sample == 0 || !is_bad || !check.expect || check.holds_of_any_rows) return;
  result.status = "not judged";
  result.severity = "info";
  result.message =
      "a sample of " + std::to_string(sample) + (sample == 1 ? " row; " : " rows; ") + result.message;
}

}  // namespace planrun
