#include "run/worker.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/time.h"
#include "run/guards.h"
#include "run/patience.h"
#include "run/violations.h"

namespace planrun {

namespace {

// Loads whose road is kept for their next chunk: of thousands of small tables most have no other.
constexpr std::size_t kMostTools = 100;
// Chunks of small tables, or of many files, share a transaction for about this long.
constexpr double kGroupSeconds = 1.0;
// What a worker that only proves beside the one that writes has to tell the ledger waits longer: the ledger
// would wait for that one's transaction.
constexpr double kBesideWriterSeconds = 10.0;
constexpr double kSecondsWorthACommit = 0.1;
// Ended steps that the ledger is told of at once, if a second does not pass before.
constexpr std::size_t kMostNoted = 500;
constexpr int kConflictPauseMs = 20;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Since the first piece of its step was begun, whoever did it.
double seconds_of(const Job& job) {
  return static_cast<double>(std::max<std::int64_t>(now_micros() - job.began_at, 0)) / 1e6;
}

}  // namespace

struct Worker::LoadTools {
  LoadTools(Source& source, const ResolvedTable& table, const ResolvedLoad& load, RunContext& context,
            CanonicalText canonical_text)
      : road(source, table, load, context.target.dialect().value_limits(), context.settlements,
             std::move(canonical_text)),
        loader(road, load, context.loads.at(load.name), context.limits, context.pace) {}
  Road road;
  ChunkLoader loader;
};

std::vector<Range> ranges_of(Source& source, const ResolvedLoad& load, std::int64_t rows) {
  // Which row of a merge is kept is told by its key, or by its place among all.
  if (load.merge) {
    const auto tables = source.tables();
    const auto own = std::ranges::find(tables, load.source_table, &SourceTable::name);
    if (own == tables.end() || own->key.empty()) return {Range{}};
  }
  return source.ranges(load.source_table, rows);
}

std::vector<Chunk> first_chunks(Source& source, const ResolvedLoad& load, std::int64_t rows_per_chunk) {
  std::vector<Chunk> chunks;
  // Where rows meet rows the first in the source's order counts: one range, cut from its front.
  if (load.may_meet_rows) return {{0, load.name, {}}};
  for (Range& range : ranges_of(source, load, rows_per_chunk))
    chunks.push_back({0, load.name, std::move(range)});
  return chunks;
}

Worker::Worker(RunContext& context, int number) : context_(context), number_(number) {}

Worker::~Worker() = default;

Target& Worker::target() {
  if (!target_) target_ = context_.target.connect(context_.run, number_);
  return *target_;
}

Source& Worker::source(const std::string& name) {
  auto& source = sources_[name];
  if (!source) source = context_.sources.at(name)->connect();
  return *source;
}

Worker::LoadTools& Worker::tools(const std::string& name) {
  auto& tools = tools_[name];
  if (!tools) {
    const auto [table, load] = context_.load(name);
    const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
      return target().canonical_text(type, values);
    };
    tools = std::make_unique<LoadTools>(source(load->source), *table, *load, context_, canonical);
  }
  return *tools;
}

void Worker::work() {
  try {
    work_off();
  } catch (const Error&) {
    try {
      write_noted();
    } catch (const Error&) {  // The first error is the one to tell.
    }
    throw;
  }
  write_noted();
}

void Worker::work_off() {
  while (const auto job = context_.schedule.take(number_)) {
    context_.pace.wait();
    if (context_.stop) return;
    if (const Step& step = step_of(*job); !is_noted(step) && !step.is_small) write_noted();
    std::vector<Job> jobs = context_.schedule.take_alike(*job);
    jobs.insert(jobs.begin(), *job);
    for (const Job& one : jobs) {
      if (one.begins) context_.observer.with([&](Observer& o) { o.step_began(step_of(one)); });
    }
    if (jobs.size() > 1 && do_together(jobs)) continue;
    for (const Job& one : jobs) {
      if (context_.stop) return;
      do_alone(one);
    }
  }
}

const Step& Worker::step_of(const Job& job) const {
  return context_.graph.steps[job.step];
}

void Worker::do_alone(const Job& job) {
  const std::string& id = step_of(job).id;
  try {
    with_retries(id, [&] { do_job(job); });
  } catch (const Error& error) {
    try {
      write_step(job, StepState::failed, error.what());
    } catch (const Error&) {  // The first error is the one to tell.
    }
    throw error.within(id);
  }
}

// A commit costs more than a small step. False: one of them cannot be done, and alone each tells what is in
// its way.
bool Worker::do_together(const std::vector<Job>& jobs) {
  const Clock::time_point start = Clock::now();
  std::vector<StepWork> works;
  for (const Job& job : jobs) works.push_back(work_of(job));
  try {
    with_retries(step_of(jobs.front()).id, [&] { target().do_steps(works); });
  } catch (const Error& error) {
    if (error.retryable()) throw error.within(step_of(jobs.front()).id);
    return false;
  }
  const double seconds = seconds_since(start) / static_cast<double>(jobs.size());
  for (const Job& job : jobs) {
    tell_guards_changed_by(step_of(job));
    context_.observer.with([&](Observer& o) { o.step_ended(step_of(job), seconds); });
    context_.schedule.step_done(job);
  }
  return true;
}

void Worker::with_retries(const std::string& step, const std::function<void()>& work) {
  Patience patience{std::chrono::seconds(context_.retry_seconds)};
  for (int pause_ms = 100;; pause_ms = std::min(pause_ms * 2, 3000)) {
    try {
      work();
      return;
    } catch (const Error& error) {
      if (!error.retryable() || context_.stop || !patience.lasts()) throw;
      if (error.code() == ErrorCode::connection || error.code() == ErrorCode::unreachable) {
        tools_.clear();
        target_.reset();
      }
      if (!is_conflict(error)) {
        context_.observer.with([&](Observer& o) { o.notice(step + ": " + error.what() + "; trying again"); });
      } else {
        pause_ms = kConflictPauseMs;
        tell_conflict(step, error);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

// Once a step: there may be many.
void Worker::tell_conflict(const std::string& step, const Error& error) {
  if (!told_conflicts_.insert(step).second) return;
  context_.observer.with([&](Observer& o) {
    o.notice(step + ": others write the same rows (" + error.what() +
             "); trying again, with fewer rows at once");
  });
}

void Worker::do_job(const Job& job) {
  switch (step_of(job).kind) {
    case StepKind::load:
      do_load(job);
      break;
    case StepKind::prove:
      do_proof(job);
      break;
    default:
      do_schema_step(job);
  }
}

ClaimRequest Worker::claim_request(const std::vector<std::string>& loads) const {
  ClaimRequest request;
  request.run = context_.run;
  for (const auto& load : loads) request.loads.push_back(context_.load_target(load));
  return request;
}

void Worker::do_load(const Job& job) {
  const Step& step = step_of(job);
  ClaimRequest request = claim_request(step.loads);
  for (const auto& name : step.creates) {
    const ResolvedTable& table = context_.table(name);
    StepWork work{context_.run,
                  create_step_id(name),
                  name,
                  context_.target.dialect().schema_steps(table.schema)[0].statements,
                  {}};
    for (const auto& load : table.loads) {
      for (auto& chunk : first_chunks(source(load.source), load, context_.rows_per_chunk)) {
        work.pending.push_back(std::move(chunk));
      }
    }
    request.create.push_back(std::move(work));
  }
  std::vector<std::string> tables;
  bool several = step.creates.size() > 1;
  for (const auto& name : step.loads) {
    const auto [table, load] = context_.load(name);
    tables.push_back(table->schema.name);
    several |= context_.sources.at(load->source)->has_many_files();
  }
  if (load_next(request, tables, step.name, several)) {
    context_.schedule.piece_done(job);
    return;
  }
  if (!context_.schedule.found_nothing(job)) return;
  if (target().wait_for_chunks(context_.run, step.loads, kPatienceMs) > 0) {
    context_.schedule.reopen(job);
  } else {
    for (const auto& load : step.loads) context_.loads.at(load).done = true;
    end_step(job);
  }
}

bool Worker::load_one_more(const std::vector<std::string>& loads, const JoinedUnder& under) {
  ClaimRequest request = claim_request(loads);
  request.joined_under = under;
  bool found = false;
  with_retries("a chunk", [&] { found = load_next(request, {}, "", true); });
  return found;
}

bool Worker::load_next(ClaimRequest& request, const std::vector<std::string>& tables, const std::string& name,
                       bool several) {
  if (tools_.size() > kMostTools) tools_.clear();
  const auto guards = ask_guards(context_.guards, tables, request);
  const Clock::time_point start = Clock::now();
  const auto transaction = target().claim(request);
  if (!transaction) return false;
  std::vector<std::pair<ChunkLoader*, ChunkResult>> done;
  std::int64_t last_chunk = 0;
  std::vector<CheckRecord> changed_guards;
  const auto take_back = [&] {
    for (const auto& [loader, result] : done) loader->take_back(result);
  };
  try {
    do {
      ChunkLoader& loader = tools(transaction->chunk().load).loader;
      last_chunk = transaction->chunk().id;
      done.emplace_back(&loader, loader.load(*transaction));
    } while (several && !context_.stop && !context_.pace.wants_end() &&
             seconds_since(start) < kGroupSeconds && transaction->next());
    changed_guards = judge_guards(guards, transaction->guard_values(), "load " + name);
    if (transaction->commit() == Outcome::in_doubt) {
      target_.reset();
      if (!target().is_done(context_.run, last_chunk)) {
        throw Error(ErrorCode::connection,
                    "the connection was lost inside COMMIT and the chunk was not committed")
            .as_retryable();
      }
    }
  } catch (...) {
    take_back();
    throw;
  }
  tell_changed_guards(changed_guards);
  return true;
}

void Worker::tell_changed_guards(const std::vector<CheckRecord>& changed) {
  if (changed.empty()) return;
  context_.ledger.with([&](Ledger& ledger) { ledger.write_checks(context_.run, changed); });
  for (const auto& record : changed) context_.observer.with([&](Observer& o) { o.notice(record.message); });
}

void Worker::tell_guards_changed_by(const Step& step) {
  if (const auto changed = guards_changed_.extract(step.id)) tell_changed_guards(changed.mapped());
}

StepWork Worker::work_of(const Job& job) {
  const Step& step = step_of(job);
  StepWork work{context_.run, step.id, step.table, step.statements, {}};
  work.begins_table = step.kind == StepKind::begin;
  work.helpers = job.helpers;
  work.premise = step.premise;
  if (step.kind == StepKind::sql) {
    // Nobody but the server knows which tables it writes.
    const auto all = all_guards(context_.guards);
    for (const WatchedGuard* guard : all) work.guards.push_back(guard->sql);
    if (!all.empty()) {
      work.judge = [this, all, id = step.id](const std::vector<GuardValue>& values) {
        guards_changed_[id] = judge_guards(all, values, id);
      };
    }
  }
  if (step.kind == StepKind::create || step.kind == StepKind::begin) {
    for (const auto& load : context_.table(step.table).loads) {
      for (auto& chunk : first_chunks(source(load.source), load, context_.rows_per_chunk)) {
        work.pending.push_back(std::move(chunk));
      }
    }
  }
  return work;
}

void Worker::do_schema_step(const Job& job) {
  const Step& step = step_of(job);
  const StepWork work = work_of(job);
  for (;;) {
    try {
      target().do_step(work);
      tell_guards_changed_by(step);
      break;
    } catch (const Error& error) {
      // Unique and foreign key violations: rows are in the way. What the plan's own SQL does is its author's.
      const bool own_sql =
          step.kind == StepKind::view || step.kind == StepKind::trigger || step.kind == StepKind::sql;
      if (own_sql || (error.sqlstate() != "23505" && error.sqlstate() != "23503")) throw;
      take_out_violations(
          context_, step, target(), [this](const std::string& name) -> Source& { return source(name); },
          error);
    }
  }
  end_step(job);
}

void Worker::do_proof(const Job& job) {
  const Step& step = step_of(job);
  Found& found = context_.found.at(step.table);
  const int parts = context_.proof_parts[job.step];
  const ResolvedTable& table = context_.table(step.table);
  if (job.part == 0) count_sources(table, found);
  if (table.schema.exists) {
    prove_written_rows(table, found);
    end_step(job);
    return;
  }
  ReadBack request;
  request.table = &table.schema;
  request.part = job.part;
  request.parts = parts;
  request.gives_way = context_.target.dialect().writer_limit() > 0;
  for (const auto& column : table.loads.front().columns) request.columns.push_back(column.column);
  if (parts > 1) {
    const std::lock_guard lock(found.mutex);
    if (!found.view_keeper) {
      found.view_keeper = context_.target.connect(context_.run, number_);
      found.view = found.view_keeper->share_view();
    }
    request.view = found.view;
  }
  RowHasher hasher = row_hasher(table, table.loads.front());
  std::vector<Cell> row(request.columns.size());
  Digest digest;
  const auto reader = target().read_back(request);
  while (reader->next(row)) digest.add(hasher.hash(row));
  bool is_last = false;
  {
    const std::lock_guard lock(found.mutex);
    found.digest += digest;
    is_last = ++found.parts_done == parts;
    if (is_last) found.view_keeper.reset();
  }
  if (is_last) {
    end_step(job);
  } else {
    context_.schedule.step_done(job);
  }
}

void Worker::count_sources(const ResolvedTable& table, Found& found) {
  for (const auto& load : table.loads) {
    const auto rows = source(load.source).counted_rows(load.source_table);
    const std::lock_guard lock(found.mutex);
    if (rows) found.counted[load.name] = *rows;
  }
}

// In a table of others: load by load, as their columns may be others.
void Worker::prove_written_rows(const ResolvedTable& table, Found& found) {
  Digest digest;
  for (const auto& load : table.loads) {
    ReadBack request;
    request.table = &table.schema;
    request.run = context_.run;
    request.load = load.name;
    for (const auto& column : load.columns) request.columns.push_back(column.column);
    RowHasher hasher = row_hasher(table, load);
    std::vector<Cell> row(request.columns.size());
    const auto reader = target().read_back(request);
    while (reader->next(row)) digest.add(hasher.hash(row));
  }
  const std::lock_guard lock(found.mutex);
  found.digest = digest;
}

void Worker::end_step(const Job& job) {
  const Step& step = step_of(job);
  // A schema step was marked done in its own transaction: a commit more for its time is worth it when it took
  // some.
  const bool is_marked = step.kind != StepKind::load && step.kind != StepKind::prove;
  const double seconds = seconds_of(job);
  if (is_noted(step)) {
    note(job);
  } else if (!is_marked || seconds > kSecondsWorthACommit) {
    write_step(job, StepState::done, "");
  }
  context_.observer.with([&](Observer& o) { o.step_ended(step, seconds); });
  context_.schedule.step_done(job);
}

StepRecord Worker::record_of(const Job& job, StepState state, const std::string& detail) const {
  const Step& step = step_of(job);
  return {
      step.id, std::string(to_string(step.kind)), step.table, state, seconds_of(job), detail, job.began_at,
      number_};
}

void Worker::write_step(const Job& job, StepState state, const std::string& detail) {
  const StepRecord record = record_of(job, state, detail);
  context_.ledger.with([&](Ledger& ledger) { ledger.write_step(context_.run, record); });
}

// A run that goes on proves again and looks at every load again, whatever the ledger says: a commit for each
// proof, and each group of small tables, would be too many.
bool Worker::is_noted(const Step& step) {
  return step.kind == StepKind::prove || !step.creates.empty();
}

void Worker::note(const Job& job) {
  noted_.push_back(record_of(job, StepState::done, ""));
  const double waits = static_cast<double>(now_micros() - noted_.front().started_at) / 1e6;
  const int writers = context_.target.dialect().writer_limit();
  const double patience = writers > 0 && number_ > writers ? kBesideWriterSeconds : kGroupSeconds;
  if (waits > patience || noted_.size() == kMostNoted) write_noted();
}

void Worker::write_noted() {
  if (noted_.empty()) return;
  context_.ledger.with([&](Ledger& ledger) { ledger.write_steps(context_.run, noted_); });
  noted_.clear();
}

}  // namespace planrun
