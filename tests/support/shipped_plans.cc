#include "support/shipped_plans.h"

#include <chrono>
#include <ctime>
#include <regex>

#include "support/target_state.h"

namespace fs = std::filesystem;

namespace planrun::test {

namespace {

// Made once a process, and copied from.
const fs::path& example_data() {
  static const TempFolder folder;
  static const bool made = [] {
    const fs::path texts = PLANRUN_SOURCE_DIR "/examples/data";
    for (const auto& entry : fs::recursive_directory_iterator(texts)) {
      if (entry.path().extension() != ".sql") continue;
      const fs::path database = folder.path() / fs::relative(entry.path(), texts).replace_extension(".db");
      fs::create_directories(database.parent_path());
      sqlite3(database, ".read " + entry.path().string());
    }
    sqlite3(folder / "ora.db", ".read " PLANRUN_SOURCE_DIR "/examples/ora.sql");
    return true;
  }();
  REQUIRE(made);
  return folder.path();
}

std::string day(std::chrono::system_clock::time_point when) {
  const std::time_t time = std::chrono::system_clock::to_time_t(when);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&time));
  return text;
}

}  // namespace

ShippedPlans::ShippedPlans(Kind kind, std::vector<std::string> targets)
    : kind_(kind), targets_(std::move(targets)) {
  fs::copy(example_data(), folder_ / "data", fs::copy_options::recursive);
  if (kind == Kind::sqlite) return;
  for (const auto& target : targets_) postgres_[target] = std::make_unique<TempPostgres>();
}

std::string ShippedPlans::target_url(const std::string& name) const {
  return kind_ == Kind::sqlite ? "sqlite:" + (folder_ / (name + ".db")).string() : postgres_.at(name)->url();
}

std::map<std::string, std::string> ShippedPlans::environment() const {
  std::map<std::string, std::string> all{
      {"ORA_DB", source("ora")},        {"EPIC7_DB", source("epic7")},
      {"EPIC16_DIR", folder_ / "data"}, {"EPIC10_DIR", folder_ / "data/epic10"},
      {"DATABASE_URL", target_url()},   {"BUSINESS_URL", target_url()}};
  for (const auto& target : targets_) {
    if (target == "analytics") all["ANALYTICS_URL"] = target_url(target);
    if (target == "core") all["CORE_URL"] = target_url(target);
  }
  return all;
}

ProcessResult ShippedPlans::run(const std::string& plan, std::vector<std::string> arguments,
                                const std::map<std::string, std::string>& more) const {
  auto all = environment();
  all.insert(more.begin(), more.end());
  arguments.insert(arguments.begin(), PLANRUN_SOURCE_DIR "/plans/" + plan + ".toml");
  return run_planrun(arguments, folder_ / "state", all);
}

ProcessResult ShippedPlans::roll_back(const std::string& plan,
                                      const std::map<std::string, std::string>& more) const {
  auto all = environment();
  all.insert(more.begin(), more.end());
  return run_planrun({"rollback", PLANRUN_SOURCE_DIR "/plans/" + plan + ".toml", "--yes"}, folder_ / "state",
                     all);
}

std::string ShippedPlans::target(const std::string& sql, const std::string& name) const {
  return kind_ == Kind::sqlite ? sqlite3(folder_ / (name + ".db"), sql) : postgres_.at(name)->psql(sql);
}

std::string ShippedPlans::state() const {
  using namespace std::chrono_literals;
  std::string all;
  for (const auto& target : targets_) all += target + "\n" + target_state(target_url(target));
  const auto now = std::chrono::system_clock::now();
  const std::regex times("(" + day(now) + "|" + day(now - 24h) + ")[ T][0-9:.]+");
  return std::regex_replace(all, times, "(today)");
}

std::string ShippedPlans::ledger(const std::string& table) const {
  return (kind_ == Kind::sqlite ? "planrun_" : "planrun.") + table;
}

}  // namespace planrun::test
