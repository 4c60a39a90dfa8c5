// The foreign keys of a plan as links between the loads that fill both ends.
#pragma once

#include <string>
#include <vector>

#include "plan/resolved_plan.h"

namespace planrun {

/// One end of a foreign key in a load: the key's number, and its columns as places in the load's columns.
struct LinkEnd {
  std::size_t key = 0;
  std::vector<std::size_t> places;
};

/// A load with nothing but the columns that foreign keys need.
struct LinkedLoad {
  const ResolvedTable* table = nullptr;
  ResolvedLoad load;
  std::vector<LinkEnd> offers;  // keys of its table that others refer to
  std::vector<LinkEnd> needs;   // its table's foreign keys
};

struct Links {
  std::vector<LinkedLoad> loads;  // in the order of the plan
  std::size_t key_count = 0;
  std::vector<std::string> not_followed;  // for people: foreign keys whose values no load makes
};

Links find_links(const ResolvedPlan& plan);

/// Source tables, as numbers of Links::loads that read them, in groups: each group after those it refers to.
/// More than one table stands in a group only where foreign keys go round.
using LoadsOfTable = std::vector<std::size_t>;
std::vector<std::vector<LoadsOfTable>> order_tables(const Links& links);

}  // namespace planrun
