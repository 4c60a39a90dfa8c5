// What is to be done, as a graph: steps and what each waits for. Says nothing of how or when.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "database/dialect.h"
#include "database/source.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// `begin`: the chunks of a table that exists become pending. `drop_foreign_key`: of such a table, until its
/// rows and those it refers to are in; `foreign_key` and `validate` put it back.
enum class StepKind {
  create,
  begin,
  drop_foreign_key,
  load,
  index,
  key,
  foreign_key,
  validate,
  sequence,
  analyze,
  trigger,
  prove,
  view,
  sql,
};
std::string_view to_string(StepKind kind);

struct Step {
  std::string id;  // "index shipped_items idx_shipped_items_sku": unique, and the ledger's name for it
  StepKind kind = StepKind::load;
  std::string table;                 // of a group of small tables: the first
  std::string name;                  // of the index, key, ...; what SchemaStep says
  std::vector<std::string> loads;    // kind load: what it loads; several for a group of small tables
  std::vector<std::string> creates;  // kind load: tables created in the transaction of the first chunk
  bool one_worker = false;           // kind load: its chunks go one after the other
  bool is_small = false;             // of a small table: done in one transaction with others of its kind
  std::vector<std::string> statements;
  std::optional<SchemaCheck> premise{};  // what must hold when it is done; else it is refused
  std::vector<std::size_t> after;        // steps that must be done before; always earlier in the list
  double weight = 0;                     // rough cost, in rows loaded
  double path = 0;  // weight of the heaviest way from here to the end: the larger goes first
};

struct Graph {
  std::vector<Step> steps;  // in an order that works
};

/// Sizes of the source tables that loads read, by load name.
struct LoadSize {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::map<std::string, std::int64_t> sequences{};  // by target column: what its source has given so far
};

/// Tables of at most this many rows are created and loaded many to a transaction: a commit costs about as
/// much as a thousand rows.
inline constexpr std::int64_t kSmallTableRows = 10'000;
inline constexpr std::int64_t kSmallTableBytes = 4 << 20;
/// So many of them share a step: their transaction locks each with its indexes and TOAST table until it
/// commits, and a server has room for some thousands of locks (max_locks_per_transaction).
inline constexpr std::size_t kMostSmallTables = 100;

/// Throws Error(plan) printing the cycle if `after` and references make one that no order satisfies.
Graph build_graph(const ResolvedPlan& plan, const Dialect& dialect,
                  const std::map<std::string, LoadSize>& sizes);

/// One line a step, with what waits for what.
std::string to_text(const Graph& graph);

}  // namespace planrun
