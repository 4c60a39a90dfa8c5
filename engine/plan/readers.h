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
/// `partition` and `distribute` of a table whose name, `exists` and target have been read.
void read_division(PlanReader& reader, const Section& section, PlanTable& table);
/// Sources and targets must have been read; so for the others.
void read_tables(PlanReader& reader, const Node& root);
void read_checks(PlanReader& reader, const Node& root);
/// A check with `use`: filled in from its file, one or several of the plan's checks. `arguments` are the keys
/// that no check of its own has.
void use_check(PlanReader& reader, const Section& section, const std::vector<const Member*>& arguments,
               PlanCheck check);
/// [view.NAME], [trigger.NAME] and [[sql]].
void read_objects(PlanReader& reader, const Node& root);

/// `sql` of a section: one text, or one a dialect; texts for PostgreSQL (and one for all) are parsed as a
/// single reading query. `shown` is how messages call the section.
DialectSql read_query(PlanReader& reader, const Member& member, const std::string& shown);
/// The same, without a look into the texts.
DialectSql read_dialect_sql(PlanReader& reader, const Member& member, const std::string& shown);
/// Reports that the dialect of `target` (empty: home) has no text.
void check_dialect(PlanReader& reader, const DialectSql& sql, const std::string& target,
                   const std::string& shown);
/// The `target` of a section, reported where there is none of that name; empty: home.
std::string read_target(PlanReader& reader, const Section& section);
/// The dialect of `target` (empty: home); empty where its url could not be read.
std::string dialect_of(const PlanReader& reader, const std::string& target);
void read_examples(PlanReader& reader, const Node& root);
/// [gate] and [[alert]]; tables and checks must have been read.
void read_watch(PlanReader& reader, const Node& root);
/// [throttle]; targets must have been read.
void read_throttle(PlanReader& reader, const Node& root);

/// Reports what is no FILE.FUNCTION.
void check_transform_name(PlanReader& reader, const Located& name);

/// The columns of a table, or of a named load (which has mappings but no definitions).
std::vector<PlanColumn> read_columns(PlanReader& reader, const Node& columns, const std::string& shown,
                                     bool of_load, bool table_exists);

/// A name that must be one of `known`: reports it with the nearest.
bool check_known(PlanReader& reader, FindingCode code, const Located& name,
                 const std::vector<std::string>& known, const std::string& message);

/// What only shows when the whole plan is read: definitions, keys, foreign keys, names, cycles.
void lint_plan(PlanReader& reader);

}  // namespace planrun
