// The parts of a plan file, each read by a file of its own. All report what is wrong and go on.
#pragma once

#include <functional>

#include "plan/section.h"

namespace planrun {

/// The members of a top-level table [WORD.NAME]; reports what is no section.
void for_each_section(PlanReader& reader, const Node& root, std::string_view word,
                      const std::function<void(const Member&)>& read);

void read_sources(PlanReader& reader, const Node& root);
void read_targets(PlanReader& reader, const Node& root);
/// Sources and targets must have been read; so for the others.
void read_tables(PlanReader& reader, const Node& root);
void read_checks(PlanReader& reader, const Node& root);
void read_views(PlanReader& reader, const Node& root);

/// The columns of a table, or of a named load (which has mappings but no definitions).
std::vector<PlanColumn> read_columns(PlanReader& reader, const Node& columns, const std::string& shown,
                                     bool of_load, bool table_exists);

/// A name that must be one of `known`: reports it with the nearest.
bool check_known(PlanReader& reader, const Located& name, const std::vector<std::string>& known,
                 const std::string& message);

/// What only shows when the whole plan is read: definitions, keys, foreign keys, names, cycles.
void lint_plan(PlanReader& reader);

}  // namespace planrun
