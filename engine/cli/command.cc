#include "cli/command.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <signal.h>
#include <unistd.h>

#include "base/error.h"

namespace planrun {

namespace {

std::atomic<bool>& stop_wanted() {
  static std::atomic<bool> wanted{false};
  return wanted;
}

std::atomic<bool>& pause_wanted() {
  static std::atomic<bool> wanted{false};
  return wanted;
}

extern "C" void on_pause_signal(int signal) {
  pause_wanted() = signal == SIGUSR1;
}

extern "C" void on_signal(int) {
  static constexpr char kSecond[] =
      "\nended at once; the same command goes on from the last committed chunk\n";
  if (stop_wanted().exchange(true)) {
    const auto ignored = ::write(STDERR_FILENO, kSecond, sizeof kSecond - 1);
    ::_exit(ignored < 0 ? 4 : 4);
  }
  static constexpr char kFirst[] = "\nstopping after the chunk under way; once more ends at once\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kFirst, sizeof kFirst - 1);
}

// Prints what is wrong. Throws Error(plan) where that is an error.
Plan accept(ReadPlanResult result, const CommandOptions& options) {
  if (!result.diagnostics.list.empty()) std::cerr << to_text(result.diagnostics);
  if (result.diagnostics.has_errors()) throw Error(ErrorCode::plan, "");
  if (result.plan.has_examples_only()) {
    const std::string& file = options.plans.front();
    throw Error(ErrorCode::plan, file + " holds examples only: there is nothing to run",
                "planrun test " + file + " runs them");
  }
  result.plan.sample = options.sample;
  return std::move(result.plan);
}

}  // namespace

const std::atomic<bool>& stop_flag() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop_wanted();
}

void ignore_pause_signals() {
  ::signal(SIGUSR1, SIG_IGN);
  ::signal(SIGUSR2, SIG_IGN);
}

const std::atomic<bool>& pause_flag() {
  struct sigaction action = {};
  action.sa_handler = on_pause_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
  sigaction(SIGUSR2, &action, nullptr);
  return pause_wanted();
}

ReadPlanOptions read_options(const CommandOptions& options) {
  ReadPlanOptions read;
  read.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  read.read_file = [files = std::make_shared<std::map<std::filesystem::path, std::optional<std::string>>>()](
                       const std::filesystem::path& file) {
    const auto [entry, fresh] = files->try_emplace(file);
    if (fresh) entry->second = read_whole_file(file);
    return entry->second;
  };
  read.source_urls = options.source_urls;
  read.target_urls = options.target_urls;
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (!unknown) read.share = program.parent_path().parent_path() / "share" / "planrun";
  return read;
}

Plan read_right_plan(const std::string& file, const CommandOptions& options, Console&) {
  return accept(read_plan(file, read_options(options)), options);
}

Plan read_plan_of_run(const std::string& file, const CommandOptions& options, Console& console) {
  ReadPlanResult whole = read_plan(file, read_options(options));
  if (!whole.diagnostics.has_errors()) return accept(std::move(whole), options);
  ReadPlanResult place = read_plan_place(file, read_options(options));
  if (place.diagnostics.has_errors()) return accept(std::move(whole), options);
  std::cerr << to_text(whole.diagnostics);
  console.log.warning(
      "the plan is not right; this goes by the ledger of its target, and is done all the same");
  return std::move(place.plan);
}

}  // namespace planrun
