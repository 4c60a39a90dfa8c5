#include "run/target_run.h"

#include <algorithm>
#include <chrono>
#include <random>

#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/host.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "check/check.h"
#include "run/checks.h"
#include "run/choose_run.h"
#include "run/context.h"
#include "run/crew.h"
#include "run/existing_tables.h"
#include "run/guards.h"
#include "run/jobs.h"
#include "run/lock_keeper.h"
#include "run/orphans.h"
#include "run/passed_run.h"
#include "run/prepare.h"
#include "run/proof.h"
#include "run/resume.h"
#include "run/retention.h"
#include "run/reviewed.h"
#include "run/sample.h"
#include "run/scripts.h"
#include "run/settle_plan.h"
#include "run/snapshots.h"
#include "run/step_records.h"
#include "run/summary.h"
#include "run/throttle.h"
#include "run/transforms.h"
#include "run/worker.h"

namespace planrun {

namespace {

constexpr std::int64_t kRowsPerProofPart = 250'000;
constexpr std::int64_t kMostProofParts = 16;
// Small sources are looked through before anything is written; large ones beside the load.
constexpr std::int64_t kSmallSourceBytes = 32 << 20;
constexpr std::chrono::milliseconds kExaminationPatience = std::chrono::seconds(1);

std::string new_run_id() {
  std::string stamp = to_iso_utc(now_micros());
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  std::random_device random;
  return stamp.substr(0, stamp.find('.')) + "-" + to_hex(Hash128{0, random()}).substr(28);
}

class Run : public TargetRun {
 public:
  Run(const Plan& plan, TargetDatabase& target, const RunInputs& inputs, const TargetRun* home)
      : plan_(plan),
        originals_(inputs.sources),
        target_(target),
        options_(inputs.options),
        wanted_stop_(inputs.stop),
        observer_(inputs.observer),
        wrong_(inputs.wrong),
        home_(home),
        start_(std::chrono::steady_clock::now()) {}

  void look_into_ledger() override {
    find_earlier_run();
    prepared_ = prepare(plan_, sources_to_look_at(), target_, wrong_);
    refuse_unreviewed(prepared_.plan, plan_.targets.front().name, options_.reviewed);
  }

  bool has_passed() const override { return earlier_ && earlier_->state == RunState::passed; }

  void look() override {
    if (plan_.throttle) why_held(*plan_.throttle, target_.dialect(), *target_.connect("", 0));
    const auto notice = [this](const std::string& text) { observer_.notice(text); };
    check_target(prepared_.plan, target_, steps_, notice);
    require_answerable(plan_, prepared_.plan, sources_to_look_at(), target_, wrong_);
    jobs_ = choose_jobs(options_.jobs, target_, notice);
  }

  void open() override {
    lock();
    take_snapshots();
    if (home_ == nullptr) snapshots_->start_examining();
    // The copies are what counts from here on.
    prepared_ = prepare(plan_, snapshots_->databases(), target_, wrong_);
    refuse_unreviewed(prepared_.plan, plan_.targets.front().name, options_.reviewed);
    check_repeatable(prepared_.plan, snapshots_->databases());
    look_before_writing();
    open_run();
  }

  void execute(const std::vector<RunSummary>& others) override {
    try {
      work();
      conclude(others);
    } catch (const Error& error) {
      end_with(error);
    }
    summary_.seconds = seconds();
  }

  // The ledger is told if it can be; a run that could not tell it looks like a killed one, and goes on all
  // the same.
  void end_with(const Error& error) override {
    const bool interrupted = wanted_stop_ || error.code() == ErrorCode::interrupted || error.retryable();
    summary_.verdict = interrupted                           ? Verdict::interrupted
                       : error.code() == ErrorCode::unproved ? Verdict::unproved
                                                             : Verdict::failed;
    summary_.message = error.what();
    summary_.hint = error.hint().empty() && interrupted
                        ? "run the same command again: it goes on from the last committed chunk"
                        : error.hint();
    try {
      snapshots_->finish_examining(true);
      record_.snapshots = to_json(snapshots_->records());
      record_.state = interrupted ? RunState::interrupted : RunState::failed;
      record_.updated_at = now_micros();
      record_.summary = to_json(summary_).dump();
      ledger_->write_run(record_, {});
      summary_.tables.clear();
      summary_.loads.clear();
      add_balances(prepared_.plan, ledger_->chunks(record_.id), summary_);
      add_what_was_kept();
      for (const auto& key : dropped_keys(prepared_.plan, ledger_->steps(record_.id)))
        observer_.notice(key + " is dropped until the run has gone on to its end or is taken back");
    } catch (const Error& second) {
      observer_.notice(std::string("the ledger could not be told: ") + second.what());
    }
    summary_.seconds = seconds();
  }

  RunInTarget to_take_back() override {
    rehash_target_.reset();
    return {&record_, ledger_.get(), &target_, {}};
  }

  const RunRecord* record() const override {
    if (!record_.id.empty()) return &record_;
    return earlier_ ? &*earlier_ : nullptr;
  }
  RunSummary& summary() override { return summary_; }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  // The run to go on with, or the one that is done; none where the last was rolled back.
  void find_earlier_run() {
    const auto ledger = target_.open_ledger(false);
    const auto runs = ledger->runs(plan_.name);
    earlier_.reset();
    if (!runs.empty()) refuse_taken_back_here_alone(runs.front());
    if (!runs.empty() && runs.front().state != RunState::rolled_back) earlier_ = runs.front();
    if (!earlier_ || earlier_->state != RunState::passed) check_required_plans(plan_, *ledger);
    if (!earlier_) return;
    refuse_rolling_back(*earlier_);
    refuse_other_targets(*earlier_, plan_);
    refuse_other_sample(*earlier_, plan_);
    refuse_run_unknown_at_home();
    steps_ = ledger->steps(earlier_->id);
  }

  // A home that was restored from an older copy, or another program, says that the run stands.
  void refuse_taken_back_here_alone(const RunRecord& run) const {
    const RunRecord* known = home_ == nullptr ? nullptr : home_->record();
    if (run.state != RunState::rolled_back || known == nullptr || known->id != run.id) return;
    throw Error(ErrorCode::refused,
                "run " + run.id + " of plan " + plan_.name + " is rolled back in target " +
                    plan_.targets.front().name + " (" + target_.shown_url() + "), and " +
                    std::string(to_string(known->state)) + " in the plan's first target",
                "planrun rollback takes it back there too; then the same command begins a new run");
  }

  void refuse_run_unknown_at_home() const {
    if (home_ == nullptr) return;
    const RunRecord* known = home_->record();
    if (known != nullptr && known->id == earlier_->id) return;
    throw Error(ErrorCode::refused,
                "target " + plan_.targets.front().name + " (" + target_.shown_url() + ") has run " +
                    earlier_->id + " of plan " + plan_.name + ", which the plan's first target does not have",
                "name the targets that belong together; or planrun rollback takes that run back where it is");
  }

  // What an earlier run reads, opened for looking; kept until its own Snapshots take over.
  const std::map<std::string, SourceDatabase*>& databases_of(const RunRecord& run) {
    if (!snapshots_) {
      snapshots_ = std::make_unique<Snapshots>(plan_, originals_, run_folder(run.id));
      snapshots_->take_again(snapshots_from_json(run.snapshots));
    }
    return snapshots_->databases();
  }

  const std::map<std::string, SourceDatabase*>& sources_to_look_at() {
    return earlier_ ? databases_of(*earlier_) : originals_;
  }

  std::filesystem::path run_folder(const std::string& run) const {
    return (plan_.folder.empty() ? options_.state_folder / plan_.name : plan_.folder) / run;
  }

  void say_already_done() override {
    refuse_changed_since_passed(*earlier_, prepared_.plan);
    const ResolvedPlan& plan = prepared_.plan;
    const auto connection = target_.connect(earlier_->id, 0);
    for (const auto& table : plan.tables) {
      try {
        connection->query(target_.dialect().probe_query(table.schema.name));
      } catch (const Error& error) {
        throw Error(ErrorCode::refused,
                    "run " + earlier_->id + " has passed, but its table " + table.schema.name +
                        " cannot be read any more: " + error.what(),
                    "restore it, or take the run back and run again");
      }
    }
    const auto ledger = target_.open_ledger(false);
    begin_summary();
    add_balances(plan, ledger->chunks(earlier_->id), summary_);
    summary_.checks = ledger->checks(earlier_->id);
    summary_.verdict = Verdict::already_done;
    summary_.proved_at = to_iso_utc(earlier_->finished_at);
    summary_.message = "already done, proved at " + summary_.proved_at;
    for (auto& table : summary_.tables) table.proof = ProofState::proved;
  }

  void begin_summary() {
    summary_.plan = plan_.name;
    summary_.run = earlier_ ? earlier_->id : record_.id;
    summary_.target = target_.shown_url();
    summary_.sample = plan_.sample;
  }

  void lock() {
    ledger_ = target_.open_ledger(true);
    std::vector<std::string> tables;
    for (const auto& table : plan_.tables) tables.push_back(table.name);
    ledger_->lock(plan_.name, tables);
    // Somebody may have begun or ended a run between the first look and the lock.
    const std::string seen = earlier_ ? earlier_->id + std::string(to_string(earlier_->state)) : "";
    std::string now;
    for (const auto& run : ledger_->runs(plan_.name)) {
      if (run.state != RunState::rolled_back) now = run.id + std::string(to_string(run.state));
      break;
    }
    if (now != seen) {
      throw Error(ErrorCode::refused, "another run of plan " + plan_.name + " has begun or ended just now",
                  "run the same command again");
    }
  }

  void take_snapshots() {
    if (earlier_) {
      record_ = *earlier_;
      databases_of(record_);
      for (const auto& notice : snapshots_->notices()) observer_.notice(notice);
      return;
    }
    record_.id = home_ == nullptr ? new_run_id() : home_->record()->id;
    record_.plan = plan_.name;
    record_.started_at = now_micros();
    // Foreign keys stay within a target, and so does what a rehearsal takes.
    const auto folder = plan_.sample > 0 && home_ != nullptr
                            ? run_folder(record_.id) / plan_.targets.front().name
                            : run_folder(record_.id);
    snapshots_ = std::make_unique<Snapshots>(plan_, originals_, folder);
    if (plan_.sample > 0) {
      take_sample();
    } else if (home_ == nullptr) {
      snapshots_->take();
    } else {
      snapshots_->take_again(snapshots_from_json(home_->record()->snapshots));
    }
  }

  // What refuses a run. A new one has nothing to take back yet but its copies, which are home's.
  void look_before_writing() {
    SettlePlanOptions options;
    options.run = record_.id;
    options.folder = run_folder(record_.id);
    try {
      settlements_ = settle_plan(prepared_.plan, snapshots_->databases(), target_, options, wanted_stop_);
      refuse_unsettled(settlements_);
      look_for_orphans();
      const bool is_small = bytes_to_read(prepared_) <= kSmallSourceBytes;
      snapshots_->look_at_examination(is_small ? kExaminationPatience : kExaminationPatience.zero());
    } catch (const Error&) {
      std::error_code fault;
      if (!earlier_ && home_ == nullptr) std::filesystem::remove_all(run_folder(record_.id), fault);
      throw;
    }
  }

  // Once a key is dropped, orphans could be told only when it comes back.
  void look_for_orphans() {
    if (!will_drop_keys(prepared_.plan, steps_)) return;
    refuse_orphans(find_orphans(
        {prepared_.plan, snapshots_->databases(), settlements_, target_, wanted_stop_, record_.id, true}));
  }

  void take_sample() {
    const auto notice = [this](const std::string& text) { observer_.notice(text); };
    notice(sample_text(plan_.sample) + ": only those and what refers to them goes to " + target_.shown_url());
    snapshots_->take_sample(prepare(plan_, originals_, target_, wrong_).plan, target_, notice, wanted_stop_);
  }

  void open_run() {
    graph_ = build_graph(prepared_.plan, target_.dialect(), prepared_.sizes);
    if (earlier_) {
      wait_for_joined();
      accept_changes();
    }
    record_.state = RunState::running;
    record_.fingerprint = fingerprint(prepared_.plan);
    record_.resolved_plan = json_text(prepared_.plan);
    record_.snapshots = to_json(snapshots_->records());
    record_.plan_text = plan_.text;
    record_.scripts = scripts_text(plan_, prepared_.plan);
    record_.program_version = options_.program_version;
    record_.host = host_name();
    record_.process = getpid();
    record_.updated_at = now_micros();
    record_.finished_at = 0;
    ledger_->write_run(record_, pending_steps(graph_));
    begin_summary();
  }

  // Processes that have joined the run may be at work still: they claim nothing of a run that is interrupted,
  // and what they have under way is committed before it is looked at.
  void wait_for_joined() {
    if (record_.state == RunState::running) {
      record_.state = RunState::interrupted;
      ledger_->write_run(record_, {});
    }
    std::vector<std::string> loads;
    for (const auto& table : prepared_.plan.tables) {
      for (const auto& load : table.loads) loads.push_back(load.name);
    }
    target_.connect(record_.id, 0)->wait_for_chunks(record_.id, loads, kPatienceMs);
  }

  void accept_changes() {
    const auto road = [this](const ResolvedTable& table, const ResolvedLoad& load) {
      auto& source = rehash_sources_[load.source];
      if (!source) source = snapshots_->databases().at(load.source)->connect();
      if (!rehash_target_) rehash_target_ = target_.connect(record_.id, 0);
      const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
        return rehash_target_->canonical_text(type, values);
      };
      return std::make_unique<Road>(*source, table, load, target_.dialect().value_limits(), settlements_,
                                    canonical);
    };
    for (const auto& line : accept_plan(record_, prepared_.plan, steps_, ledger_->chunks(record_.id), road)) {
      observer_.notice("the plan has changed: " + line);
    }
    const auto renewed = snapshots_->renewed();
    if (renewed.empty()) return;
    const auto count = check_committed_chunks(prepared_.plan, renewed, ledger_->chunks(record_.id),
                                              ledger_->rejects(record_.id, -1), road);
    if (count > 0)
      observer_.notice("the sources are read as they stand now: " + std::to_string(count) +
                       " committed chunks, hashed again, agree");
  }

  RunHeader header(const std::vector<ChunkRecord>& chunks) const {
    RunHeader header;
    header.plan = plan_.name;
    header.run = record_.id;
    header.resumed = earlier_.has_value();
    header.target = target_.shown_url();
    header.jobs = jobs_;
    for (const auto& snapshot : snapshots_->records()) {
      if (home_ != nullptr) break;  // home tells them
      header.sources.push_back(snapshot.source + ": " + originals_.at(snapshot.source)->shown_url() +
                               (snapshot.moment         ? ", read as it stands at one moment"
                                : snapshot.file.empty() ? ""
                                : snapshot.sample > 0   ? ", read from the sample " + snapshot.file
                                                        : ", read from the snapshot " + snapshot.file));
    }
    for (const auto& chunk : chunks) header.chunks_done += chunk.done ? 1 : 0;
    return header;
  }

  void work() {
    const auto chunks = ledger_->chunks(record_.id);
    schedule_ = std::make_unique<Schedule>(graph_, jobs_, target_.dialect().writer_limit());
    guarded_ledger_ = std::make_unique<Guarded<Ledger>>(*ledger_);
    guarded_observer_ = std::make_unique<Guarded<Observer>>(observer_);
    pace_ = std::make_unique<Pace>(stop_, rate_of(plan_, options_.rate));
    // NOLINTNEXTLINE(modernize-make-unique): an aggregate, which make_unique cannot make with clang 14
    context_.reset(new RunContext{record_.id,
                                  prepared_.plan,
                                  graph_,
                                  snapshots_->databases(),
                                  settlements_,
                                  target_,
                                  *schedule_,
                                  *guarded_ledger_,
                                  *guarded_observer_,
                                  stop_,
                                  *pace_,
                                  {},
                                  options_.rows_per_chunk,
                                  options_.retry_seconds,
                                  {},
                                  {},
                                  std::vector<int>(graph_.steps.size(), 1),
                                  watched_guards(prepared_.plan, target_.dialect().name())});
    for (const auto& [load, size] : prepared_.sizes) context_->loads[load].expected = size.rows;
    for (const auto& chunk : chunks) {
      if (!chunk.done) continue;
      context_->loads[chunk.chunk.load].rejected += chunk.result.balance.rows_rejected;
      context_->loads[chunk.chunk.load].rows += chunk.result.balance.rows_read;
    }
    plan_proofs(jobs_);
    skip_done_steps();
    observer_.run_began(header(chunks));
    guard_readings_ = std::make_unique<GuardReadings>(context_->guards, ledger_->checks(record_.id));
    {
      const auto connection = target_.connect(record_.id, 0);
      ledger_->write_checks(record_.id, guard_readings_->begin(asks(*connection)));
    }
    const Throttle throttle(target_, *pace_, throttle_inputs());
    const LockKeeper keeper(*guarded_ledger_, plan_.name);
    Crew(*context_, wanted_stop_, stop_).work(jobs_, [&] {
      keeper.require_lock();
      tell_progress();
      snapshots_->look_at_examination({});
    });
    if (stop_) throw Error(ErrorCode::interrupted, "stopped on request");
  }

  ThrottleInputs throttle_inputs() {
    return {
        record_.id, plan_.throttle ? &*plan_.throttle : nullptr, options_.paused, earlier_.has_value(),
        [this](const std::string& text) { guarded_observer_->with([&](Observer& o) { o.notice(text); }); }};
  }

  void plan_proofs(int jobs) {
    for (std::size_t i = 0; i < graph_.steps.size(); ++i) {
      const Step& step = graph_.steps[i];
      if (step.kind != StepKind::prove) continue;
      context_->found[step.table];
      const ResolvedTable& table = context_->table(step.table);
      std::int64_t rows = 0;
      for (const auto& load : table.loads) rows += prepared_.sizes[load.name].rows;
      const auto parts = jobs == 1 || table.schema.exists
                             ? 1
                             : std::clamp<std::int64_t>(rows / kRowsPerProofPart, 1, kMostProofParts);
      context_->proof_parts[i] = static_cast<int>(parts);
      schedule_->set_parts(i, static_cast<int>(parts));
    }
  }

  // Loads are looked at again (there may be pending chunks), proofs are done again; the rest is done when it
  // is done.
  void skip_done_steps() {
    std::map<std::string, StepState> states;
    for (const auto& step : ledger_->steps(record_.id)) states[step.id] = step.state;
    for (std::size_t i = 0; i < graph_.steps.size(); ++i) {
      const Step& step = graph_.steps[i];
      if (step.kind == StepKind::load || step.kind == StepKind::prove) continue;
      if (states[step.id] == StepState::done) schedule_->already_done(i);
    }
  }

  void tell_progress() {
    std::vector<LoadProgress> loads;
    for (const auto& [name, state] : context_->loads) {
      loads.push_back(
          {name, state.rows, std::max<std::int64_t>(state.expected, state.rows), state.bytes, state.done});
    }
    guarded_observer_->with([&](Observer& o) { o.progress(loads, seconds()); });
  }

  void conclude(const std::vector<RunSummary>& others) {
    snapshots_->finish_examining(false);
    snapshots_->check_unchanged();
    record_.snapshots = to_json(snapshots_->records());
    const auto chunks = ledger_->chunks(record_.id);
    add_balances(prepared_.plan, chunks, summary_);
    std::vector<std::string> faults = find_imbalance(prepared_.plan, chunks);
    for (auto& fault : find_unmerged(prepared_.plan, settlements_, chunks))
      faults.push_back(std::move(fault));
    for (auto& fault : compare_proofs(*context_, *ledger_, options_.shown_differences, summary_))
      faults.push_back(std::move(fault));
    run_checks(faults);
    add_what_was_kept();
    for (const RunSummary& other : others) append(summary_, other);
    if (faults.empty()) {
      summary_.verdict = summary_.rows_rejected > 0 ? Verdict::passed_with_rejects : Verdict::passed;
      record_.state = RunState::passed;
    } else {
      summary_.verdict = Verdict::unproved;
      summary_.message = join(faults, "; ");
      summary_.hint =
          "every row was committed, or kept as a reject, as the ledger says; when the cause is mended, the "
          "same command proves and checks again; rows that are gone since come again with planrun rollback "
          "and a new run";
      record_.state = RunState::unproved;
    }
    record_.finished_at = record_.updated_at = now_micros();
    if (faults.empty()) summary_.proved_at = to_iso_utc(record_.finished_at);
    summary_.seconds = seconds();
    record_.summary = to_json(summary_).dump();
    ledger_->write_run(record_, {});
    if (faults.empty()) {
      delete_old_snapshots(plan_, record_.id, *ledger_,
                           [this](const std::string& text) { observer_.notice(text); });
    }
  }

  CheckDatabases asks(Target& target) const {
    CheckDatabases databases;
    databases.dialect = target_.dialect().name();
    databases.target = [&target](const std::string& sql) { return target.query(sql); };
    return databases;
  }

  void run_checks(std::vector<std::string>& faults) {
    const auto target = target_.connect(record_.id, 0);
    std::map<std::string, std::unique_ptr<Source>> sources;
    CheckDatabases databases = asks(*target);
    databases.source = [&](const std::string& name, const std::string& sql) {
      if (!sources[name]) sources[name] = snapshots_->databases().at(name)->connect();
      return sources[name]->query(sql);
    };
    std::map<std::string, TableSummary*> tables;
    for (auto& table : summary_.tables) tables.emplace(table.table, &table);
    for (const AskedCheck& asked : checks_to_ask(prepared_.plan, target_.dialect())) {
      CheckRecord result = run_check(asked.check, databases);
      judge_sample(asked.check, asked.from_plan ? plan_.sample : 0, result);
      const bool bad =
          result.status == "failed" || (result.status == "error" && result.severity == "critical");
      if (bad) faults.push_back("check " + result.name + ": " + result.message);
      if (const auto table = tables.find(asked.counts_indexes_of); table != tables.end())
        table->second->index_count = std::atoi(result.found.c_str());
      summary_.checks.push_back(std::move(result));
    }
    for (auto& result : guard_readings_->end(databases, ledger_->checks(record_.id)))
      summary_.checks.push_back(std::move(result));
    ledger_->write_checks(record_.id, summary_.checks);
  }

  void add_what_was_kept() {
    for (const auto& snapshot : snapshots_->records()) {
      if (snapshot.file.empty() || home_ != nullptr) continue;
      summary_.snapshots.push_back(snapshot.source + ": " + snapshot.file + ", " +
                                   human_bytes(snapshot.bytes) +
                                   (snapshot.sha256.empty() ? "" : ", SHA-256 " + snapshot.sha256));
    }
    summary_.rejects = ledger_->rejects(record_.id, static_cast<std::int64_t>(options_.shown_rejects));
  }

  const Plan& plan_;
  const std::map<std::string, SourceDatabase*>& originals_;
  TargetDatabase& target_;
  const RunOptions& options_;
  const std::atomic<bool>& wanted_stop_;
  Observer& observer_;
  Diagnostics& wrong_;
  const TargetRun* home_;  // null: this is it
  std::chrono::steady_clock::time_point start_;

  std::optional<RunRecord> earlier_;
  std::vector<StepRecord> steps_;  // of the earlier run
  int jobs_ = 1;
  std::unique_ptr<Snapshots> snapshots_;
  std::map<std::string, std::unique_ptr<Source>> rehash_sources_;
  std::unique_ptr<Target> rehash_target_;
  Prepared prepared_;
  Settlements settlements_;
  Graph graph_;
  RunRecord record_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<Guarded<Ledger>> guarded_ledger_;
  std::unique_ptr<Guarded<Observer>> guarded_observer_;
  std::unique_ptr<Pace> pace_;
  std::unique_ptr<RunContext> context_;
  std::unique_ptr<GuardReadings> guard_readings_;
  std::atomic<bool> stop_{false};
  RunSummary summary_;
};

}  // namespace

std::unique_ptr<TargetRun> make_target_run(const Plan& part, TargetDatabase& target, const RunInputs& inputs,
                                           const TargetRun* home) {
  return std::make_unique<Run>(part, target, inputs, home);
}

}  // namespace planrun
