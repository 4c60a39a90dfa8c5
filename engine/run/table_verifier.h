// The rows of a plan's tables in one target, compared with what their sources say; all tables side by side.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "run/side_reader.h"
#include "run/verification.h"

namespace planrun {

struct VerifyTables {
  const ResolvedPlan& plan;
  const std::vector<ChunkRecord>& chunks;  // of the run: how many rows it has written
  int jobs = 1;
  std::size_t limit = 20;
  std::function<void(const std::vector<LoadProgress>&)> progress;  // a few times a second, from one thread
  std::function<void(const std::string&)> notice;
};

/// Throws Error where a source cannot be read, the target cannot be reached, or when stopped.
std::vector<TableVerification> verify_tables(const Reading& reading, const VerifyTables& tables);

}  // namespace planrun
