// Loads into tables that an application has made: matched by name, typed by the target.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "database/target.h"
#include "draft/draft_plan.h"

namespace planrun {

/// A source's table and the target's of its name, or none. The text goes into the draft.
class ExistingDrafter {
 public:
  ExistingDrafter(const DataOnly& target, Draft& draft) : target_(target), draft_(draft) {}
  void write(const DraftSource& source, const TableCensus& table);

 private:
  std::optional<ExistingTable> find(const std::string& name) const;

  const DataOnly& target_;
  Draft& draft_;
};

}  // namespace planrun
