// Does the pieces of a run's steps, with connections of its own; one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "run/context.h"

namespace planrun {

class Worker {
 public:
  Worker(RunContext& context, int number);
  ~Worker();

  /// Takes and does pieces until there are none. Throws the first Error that cannot be retried; whatever it
  /// was doing is rolled back then.
  void work();

 private:
  struct LoadTools;
  void do_job(const Job& job);
  void do_with_retries(const Job& job);
  void do_load(const Job& job);
  void do_schema_step(const Job& job);
  void do_proof(const Job& job);
  void prove_written_rows(const ResolvedTable& table, Found& found);
  void end_step(const Job& job);
  void write_step(const Job& job, StepState state, const std::string& detail);
  ClaimRequest claim_request(const Step& step) const;
  LoadTools& tools(const std::string& load);
  Source& source(const std::string& name);
  Target& target();

  RunContext& context_;
  int number_;
  std::unique_ptr<Target> target_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
  std::map<std::string, std::unique_ptr<LoadTools>> tools_;
};

/// What a load's rows are read in side by side, of about so many rows each.
std::vector<Range> ranges_of(Source& source, const ResolvedLoad& load, std::int64_t rows);

/// Pending chunks that cover a load's source table.
std::vector<Chunk> first_chunks(Source& source, const ResolvedLoad& load, std::int64_t rows_per_chunk);

}  // namespace planrun
