#include "run/schedule.h"

#include "base/time.h"

namespace planrun {

Schedule::Schedule(const Graph& graph)
    : graph_(graph), entries_(graph.steps.size()), not_done_(graph.steps.size()) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].waits_for = graph.steps[i].after.size();
    if (entries_[i].waits_for == 0) entries_[i].state = State::open;
    for (const std::size_t before : graph.steps[i].after) entries_[before].unlocks.push_back(i);
  }
}

void Schedule::already_done(std::size_t step) {
  const std::lock_guard lock(mutex_);
  finish(step);
}

void Schedule::set_parts(std::size_t step, int parts) {
  entries_[step].parts = parts;
}

// A group of small tables is created in the transaction of its first chunk and is little work; where rows
// meet rows the order counts: one worker does it.
bool Schedule::can_take(std::size_t step) const {
  const Entry& entry = entries_[step];
  if (entry.state != State::open) return false;
  if (is_load(step)) return !graph_.steps[step].one_worker || entry.workers == 0;
  return entry.next_part < entry.parts;
}

// Two workers in one table mix its rows in the target, where sorting for an index is cheapest over rows in
// order: a load that nobody is at, and any other step, come before a load to share.
bool Schedule::is_before(std::size_t a, std::size_t b) const {
  const bool a_shared = is_load(a) && entries_[a].workers > 0;
  const bool b_shared = is_load(b) && entries_[b].workers > 0;
  if (a_shared != b_shared) return b_shared;
  return graph_.steps[a].path > graph_.steps[b].path;
}

std::optional<Job> Schedule::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopped_ || not_done_ == 0) return std::nullopt;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (can_take(i) && (!best || is_before(i, *best))) best = i;
    }
    if (best) {
      Entry& entry = entries_[*best];
      ++entry.workers;
      const bool begins = entry.began_at == 0;
      if (begins) entry.began_at = now_micros();
      return Job{*best, entry.next_part++, begins, entry.began_at};
    }
    changed_.wait(lock);
  }
}

void Schedule::piece_done(const Job& job) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[job.step];
  --entry.workers;
  // A chunk that was cut has left a new one behind.
  if (is_load(job.step) && entry.state == State::exhausted) entry.state = State::open;
  changed_.notify_all();
}

bool Schedule::found_nothing(const Job& job) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[job.step];
  entry.state = State::exhausted;
  if (entry.workers == 1) return true;
  --entry.workers;
  return false;
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
  --not_done_;
  for (const std::size_t next : entry.unlocks) {
    if (--entries_[next].waits_for == 0 && entries_[next].state == State::waiting)
      entries_[next].state = State::open;
  }
}

void Schedule::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace planrun
