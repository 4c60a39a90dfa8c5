#include "run/schedule.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/time.h"

namespace planrun {

namespace {

// Of thousands of offers of other kinds not all are looked at each time.
constexpr std::size_t kMostLookedAt = 1000;
// An index on texts takes several times what its weight says; one on numbers, half of it.
constexpr double kIndexTime = 2;

}  // namespace

Schedule::Schedule(const Graph& graph, int workers, int writers)
    : graph_(graph),
      entries_(graph.steps.size()),
      workers_(workers),
      writers_(writers),
      not_done_(graph.steps.size()) {
  for (const Step& step : graph.steps) weight_not_done_ += step.weight;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].waits_for = graph.steps[i].after.size();
    if (entries_[i].waits_for == 0) entries_[i].state = State::open;
    for (const std::size_t before : graph.steps[i].after) entries_[before].unlocks.push_back(i);
    offer(i);
  }
}

void Schedule::already_done(std::size_t step) {
  const std::lock_guard lock(mutex_);
  finish(step);
}

void Schedule::set_parts(std::size_t step, int parts) {
  entries_[step].parts = parts;
  offer(step);
}

// A group of small tables is created in the transaction of its first chunk and is little work; where rows
// meet rows the order counts: one worker does it.
bool Schedule::can_take(std::size_t step) const {
  const Entry& entry = entries_[step];
  if (entry.state != State::open) return false;
  if (is_load(step)) return !graph_.steps[step].one_worker || entry.workers == 0;
  return entry.next_part < entry.parts;
}

bool Schedule::Place::operator<(const Place& other) const {
  return std::tuple(is_late, -path, step) < std::tuple(other.is_late, -other.path, other.step);
}

// Two workers in one table mix its rows in the target, where sorting for an index is cheapest over rows in
// order: a load that nobody is at, and any other step, come before a load to share.
Schedule::Offers& Schedule::offers_of(std::size_t step) {
  if (writers_ > 0 && !writes(step)) return proof_offers_;
  return is_load(step) && entries_[step].workers > 0 ? shared_offers_ : offers_;
}

// Called after each change of the step.
void Schedule::offer(std::size_t step) {
  const Place place{writers_ > 0 && is_load(step), graph_.steps[step].path, step};
  offers_.erase(place);
  shared_offers_.erase(place);
  proof_offers_.erase(place);
  if (can_take(step)) offers_of(step).insert(place);
}

const Schedule::Offers& Schedule::open_offers(int worker) const {
  const Offers& writing = offers_.empty() ? shared_offers_ : offers_;
  const bool may_write = writers_ == 0 || worker <= writers_;
  return may_write && !writing.empty() ? writing : proof_offers_;
}

std::optional<Job> Schedule::take(int worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopped_ || not_done_ == 0) return std::nullopt;
    const Offers& offers = open_offers(worker);
    if (!offers.empty()) return begin(offers.begin()->step);
    changed_.wait(lock);
  }
}

Job Schedule::begin(std::size_t step) {
  Entry& entry = entries_[step];
  ++entry.workers;
  const bool begins = entry.began_at == 0;
  if (begins) entry.began_at = now_micros();
  const Job job{step, entry.next_part++, begins, helpers_of(step), entry.began_at};
  offer(step);
  return job;
}

// Of all that is left to do beside the index and what follows it, the index gets its share of the workers.
int Schedule::helpers_of(std::size_t step) const {
  const Step& index = graph_.steps[step];
  if (index.kind != StepKind::index || index.is_small || index.weight <= 0) return 0;
  const double own = kIndexTime * index.weight;
  const double beside = std::max(0.0, weight_not_done_ - index.path);
  return static_cast<int>(std::ceil(workers_ * own / (own + beside))) - 1;
}

std::vector<Job> Schedule::take_alike(const Job& job) {
  std::vector<Job> jobs;
  const Step& like = graph_.steps[job.step];
  if (!like.is_small) return jobs;
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> alike;
  std::size_t looked_at = 0;
  const Offers& offers = writers_ > 0 && !writes(job.step) ? proof_offers_ : offers_;
  for (auto offer = offers.begin(); offer != offers.end() && ++looked_at < kMostLookedAt; ++offer) {
    const Step& step = graph_.steps[offer->step];
    if (step.is_small && step.kind == like.kind) alike.push_back(offer->step);
    if (alike.size() + 1 == kMostSmallTables) break;
  }
  for (const std::size_t step : alike) jobs.push_back(begin(step));
  return jobs;
}

void Schedule::piece_done(const Job& job) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[job.step];
  --entry.workers;
  // A chunk that was cut has left a new one behind.
  if (is_load(job.step) && entry.state == State::exhausted) entry.state = State::open;
  offer(job.step);
  changed_.notify_all();
}

bool Schedule::found_nothing(const Job& job) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[job.step];
  entry.state = State::exhausted;
  const bool is_last = entry.workers == 1;
  if (!is_last) --entry.workers;
  offer(job.step);
  return is_last;
}

void Schedule::reopen(const Job& job) {
  piece_done(job);
}

void Schedule::step_done(const Job& job) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[job.step];
  --entry.workers;
  if (++entry.parts_done == entry.parts || is_load(job.step)) finish(job.step);
  changed_.notify_all();
}

void Schedule::finish(std::size_t step) {
  Entry& entry = entries_[step];
  if (entry.state == State::done) return;
  entry.state = State::done;
  offer(step);
  --not_done_;
  weight_not_done_ -= graph_.steps[step].weight;
  for (const std::size_t next : entry.unlocks) {
    if (--entries_[next].waits_for > 0 || entries_[next].state != State::waiting) continue;
    entries_[next].state = State::open;
    offer(next);
  }
}

void Schedule::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace planrun
