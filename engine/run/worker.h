// Does the pieces of a run's steps, with connections of its own; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "run/context.h"

namespace planrun {

/// How long a chunk that another process holds is waited for before its connection is ended: a chunk takes
/// about a second.
inline constexpr int kPatienceMs = 20'000;

class Worker {
 public:
  Worker(RunContext& context, int number);
  ~Worker();

  /// Takes and does pieces until there are none. Throws the first Error that cannot be retried; whatever it
  /// was doing is rolled back then.
  void work();

  /// Of a process that has joined the run: a chunk of these loads, several where they are small. False: none
  /// is pending, or the run is not at work under this any more. Throws as work() does.
  bool load_one_more(const std::vector<std::string>& loads, const JoinedUnder& under);

 private:
  struct LoadTools;
  void work_off();
  const Step& step_of(const Job& job) const;
  void do_job(const Job& job);
  void with_retries(const std::string& step, const std::function<void()>& work);
  void tell_conflict(const std::string& step, const Error& error);
  void do_load(const Job& job);
  StepWork work_of(const Job& job);
  void do_schema_step(const Job& job);
  void do_alone(const Job& job);
  bool do_together(const std::vector<Job>& jobs);
  void tell_changed_guards(const std::vector<CheckRecord>& changed);
  void tell_guards_changed_by(const Step& step);
  void do_proof(const Job& job);
  void count_sources(const ResolvedTable& table, Found& found);
  void prove_written_rows(const ResolvedTable& table, Found& found);
  void end_step(const Job& job);
  StepRecord record_of(const Job& job, StepState state, const std::string& detail) const;
  void write_step(const Job& job, StepState state, const std::string& detail);
  static bool is_noted(const Step& step);
  void note(const Job& job);
  void write_noted();
  /// Claims and loads a chunk, with `several` as many as fit into a second. False: nothing was there to
  /// claim.
  bool load_next(ClaimRequest& request, const std::vector<std::string>& tables, const std::string& name,
                 bool several);
  ClaimRequest claim_request(const std::vector<std::string>& loads) const;
  LoadTools& tools(const std::string& load);
  Source& source(const std::string& name);
  Target& target();

  RunContext& context_;
  int number_;
  std::set<std::string> told_conflicts_;                            // steps
  std::vector<StepRecord> noted_;                                   // done, and not in the ledger yet
  std::map<std::string, std::vector<CheckRecord>> guards_changed_;  // by step, of the transaction under way
  std::unique_ptr<Target> target_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
  std::map<std::string, std::unique_ptr<LoadTools>> tools_;
};

/// What a load's rows are read in side by side, of about so many rows each.
std::vector<Range> ranges_of(Source& source, const ResolvedLoad& load, std::int64_t rows);

/// Pending chunks that cover a load's source table.
std::vector<Chunk> first_chunks(Source& source, const ResolvedLoad& load, std::int64_t rows_per_chunk);

}  // namespace planrun
