// Which step is next, for whom: the graph with the state of each step. Any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace planrun {

/// A piece of work for one worker. A load is taken chunk by chunk and a proof part by part, by several
/// workers at once; any other step is one piece.
struct Job {
  std::size_t step = 0;
  int part = 0;
  bool begins = false;        // the first piece of its step
  int helpers = 0;            // workers who have nothing else to do while this index is built
  std::int64_t began_at = 0;  // Unix microseconds, of that first piece
};

class Schedule {
 public:
  /// `writers`: how many of the `workers`, the first ones, may write; the others prove, and a table is
  /// finished before the next one is loaded, so that they can. 0: all may.
  explicit Schedule(const Graph& graph, int workers, int writers = 0);

  /// Steps that an earlier process of the run has done. Before the first take().
  void already_done(std::size_t step);
  /// A proof in `parts` pieces; 1 unless said. Before the first take().
  void set_parts(std::size_t step, int parts);

  /// The piece on the heaviest way to the end whose step has nothing to wait for, loads that others are at
  /// last; waits for one. `worker` counts from 1. Nothing: all is done, or stop() was called.
  std::optional<Job> take(int worker = 1);
  /// Further steps like the job's, where it is small: what is open of them now, at most kMostSmallTables with
  /// the job.
  std::vector<Job> take_alike(const Job& job);
  /// The piece is done, and of a load there may be more.
  void piece_done(const Job& job);
  /// This worker found no more chunks. True: it was the last one in this load, and must see that nothing is
  /// left (then step_done(), else reopen()).
  bool found_nothing(const Job& job);
  void reopen(const Job& job);
  /// The step is done whole.
  void step_done(const Job& job);
  /// No more pieces are given; those on their way may end.
  void stop();

 private:
  enum class State {
    waiting,    // a step before it is not done
    open,       // pieces may be taken
    exhausted,  // nothing more to take, but pieces are on their way
    done,
  };
  struct Entry {
    State state = State::waiting;
    std::size_t waits_for = 0;
    std::vector<std::size_t> unlocks;
    int parts = 1;
    int next_part = 0;
    int parts_done = 0;
    int workers = 0;
    std::int64_t began_at = 0;  // 0: not begun
  };
  struct Place {
    bool is_late = false;
    double path = 0;
    std::size_t step = 0;
    bool operator<(const Place& other) const;
  };
  using Offers = std::set<Place>;
  bool is_load(std::size_t step) const { return graph_.steps[step].kind == StepKind::load; }
  bool writes(std::size_t step) const { return graph_.steps[step].kind != StepKind::prove; }
  Offers& offers_of(std::size_t step);
  const Offers& open_offers(int worker) const;
  bool can_take(std::size_t step) const;
  void offer(std::size_t step);
  Job begin(std::size_t step);
  int helpers_of(std::size_t step) const;
  void finish(std::size_t step);

  const Graph& graph_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  // What may be taken, the heaviest way to the end first, then in the graph's order.
  Offers offers_;
  Offers shared_offers_;  // loads that somebody is at
  Offers proof_offers_;   // where writers are limited
  int workers_ = 1;
  int writers_ = 0;
  double weight_not_done_ = 0;
  std::size_t not_done_ = 0;
  bool stopped_ = false;
};

}  // namespace planrun
