// A graph's steps as a run's ledger gets them, before any of them is done.
#pragma once

#include <vector>

#include "database/ledger.h"
#include "graph/graph.h"

namespace planrun {

/// Tables that are made with their first rows have a step of their own, before that load.
std::vector<StepRecord> pending_steps(const Graph& graph);

}  // namespace planrun
