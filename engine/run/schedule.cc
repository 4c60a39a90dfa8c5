#include "run/schedule.h"

#include "base/time.h"

namespace planrun {

namespace {

// Of thousands of offers of other kinds not all are looked at each time.
constexpr std::size_t kMostLookedAt = 1000;

}  // namespace

Schedule::Schedule(const Graph& graph)
    : graph_(graph), entries_(graph.steps.size()), not_done_(graph.steps.size()) {
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

// Called after each change of the step. Two workers in one table mix its rows in the target, where sorting
// for an index is cheapest over rows in order: a load that nobody is at, and any other step, come before a
// load to share.
void Schedule::offer(std::size_t step) {
  const std::pair place(-graph_.steps[step].path, step);
  offers_.erase(place);
  shared_offers_.erase(place);
  if (!can_take(step)) return;
  (is_load(step) && entries_[step].workers > 0 ? shared_offers_ : offers_).insert(place);
}

std::optional<Job> Schedule::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopped_ || not_done_ == 0) return std::nullopt;
    const Offers& offers = offers_.empty() ? shared_offers_ : offers_;
    if (!offers.empty()) return begin(offers.begin()->second);
    changed_.wait(lock);
  }
}

Job Schedule::begin(std::size_t step) {
  Entry& entry = entries_[step];
  ++entry.workers;
  const bool begins = entry.began_at == 0;
  if (begins) entry.began_at = now_micros();
  const Job job{step, entry.next_part++, begins, entry.began_at};
  offer(step);
  return job;
}

std::vector<Job> Schedule::take_alike(const Job& job) {
  std::vector<Job> jobs;
  const Step& like = graph_.steps[job.step];
  if (!like.is_small) return jobs;
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> alike;
  std::size_t looked_at = 0;
  for (auto offer = offers_.begin(); offer != offers_.end() && ++looked_at < kMostLookedAt; ++offer) {
    const Step& step = graph_.steps[offer->second];
    if (step.is_small && step.kind == like.kind) alike.push_back(offer->second);
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
