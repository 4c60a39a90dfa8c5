#include "run/prepare.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "run/connected_sources.h"
#include "run/existing_tables.h"
#include "run/questions.h"
#include "run/sample.h"
#include "run/transforms.h"
#include "sql/words.h"

namespace planrun {

namespace {

// Views and triggers of the plan's names that no step of ours has made.
void look_for_objects(const std::vector<SchemaObject>& objects, TargetDatabase& target,
                      const std::set<std::string>& done,
                      const std::function<void(const std::string&)>& refuse) {
  const auto connection = target.connect("preflight", 0);
  for (const auto& object : objects) {
    if (done.contains(step_id(object))) continue;
    const std::string taken = target.dialect().object_sql(object).taken;
    if (taken.empty()) continue;
    const QueryResult found = connection->query(taken);
    if (found.rows.empty() || found.rows[0][0] == "0") continue;
    refuse(step_id(object) +
           (object.kind == ObjectKind::trigger ? ": its name, or its function's," : ": its name") +
           " is taken in the target, and no unfinished run of this plan made it (drop or rename what has it, "
           "or name " +
           "the plan's otherwise)");
  }
}

// By target column: the largest number that the sequence of the column which fills it has given.
std::map<std::string, std::int64_t> given_numbers(const ResolvedTable& table, const ResolvedLoad& load,
                                                  const SourceTable& source) {
  std::map<std::string, std::int64_t> given;
  std::vector<std::string> numbered;
  for (const auto& column : load.columns) {
    const ColumnSchema& schema = table.schema.columns[column.column];
    if (schema.identity == Identity::none) continue;
    numbered.push_back(schema.name);
    // What a transform makes goes by its name.
    const bool is_read = !load.transform && column.input >= 0;
    const auto found = source.sequences.find(
        is_read ? load.inputs[static_cast<std::size_t>(column.input)].column : schema.name);
    if (found != source.sequences.end()) given[schema.name] = found->second;
  }
  // Whatever is made of the one number, it is the number of the rows.
  if (given.empty() && numbered.size() == 1 && source.sequences.size() == 1)
    given[numbered.front()] = source.sequences.begin()->second;
  return given;
}

// Whether a server's words, 'type "mood" does not exist' or 'function f() ...', are of this name.
bool is_named(std::string_view words, std::string_view name) {
  for (auto at = words.find(name); at != std::string_view::npos; at = words.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : words[at - 1];
    const char behind = at + name.size() < words.size() ? words[at + name.size()] : ' ';
    const bool is_type = (before == '"' || before == '.') && (behind == '"' || behind == '[');
    if (is_type || ((before == ' ' || before == '.') && behind == '(')) return true;
  }
  return false;
}

}  // namespace

Prepared prepare(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                 TargetDatabase& target, Diagnostics& wrong) {
  const ConnectedSources connected = connect_sources(sources);
  const ExistingTables existing = read_existing_tables(plan, target);
  ResolveResult resolved = resolve(plan, connected.tables, existing);
  resolved.plan.schema = plan.targets.front().schema_of_tables();
  resolved.plan.sample = plan.sample;
  wrong.list.insert(wrong.list.end(), resolved.diagnostics.list.begin(), resolved.diagnostics.list.end());
  if (!resolved.diagnostics.has_errors()) check_loads_agree(plan, resolved.plan, wrong);
  const bool files_agree = check_files_agree(plan, resolved.plan, connected, wrong);
  attach_transforms(plan, resolved.plan, wrong);
  // Where files differ an expression fails in one for that reason.
  if (files_agree) check_expressions(plan, resolved.plan, connected, wrong);
  std::vector<std::string> missing;
  if (!wrong.has_errors()) {
    for (const auto& part : check_whole_sources(plan, resolved, connected, wrong))
      missing.push_back(part.source + ": " + part.name);
  }
  if (wrong.has_errors()) throw Error(ErrorCode::plan, "the plan does not fit its databases");
  Prepared prepared{std::move(resolved.plan), std::move(resolved.unread_tables), std::move(missing), {}};
  const SourceTableNames names(connected.tables);
  for (const auto& table : prepared.plan.tables) {
    for (const auto& load : table.loads) {
      const SourceTable* source = names.find(load.source, load.source_table);
      if (source == nullptr) continue;
      prepared.sizes[load.name] = {source->estimated_rows, source->estimated_bytes,
                                   given_numbers(table, load, *source)};
    }
  }
  return prepared;
}

std::int64_t bytes_to_read(const Prepared& prepared) {
  std::int64_t bytes = 0;
  for (const auto& [load, size] : prepared.sizes) bytes += size.bytes;
  return bytes;
}

void refuse_rolling_back(const RunRecord& run) {
  if (run.state != RunState::rolling_back) return;
  throw Error(ErrorCode::refused, "run " + run.id + " of plan " + run.plan + " is being taken back",
              "planrun rollback goes on with it; then a new run can begin");
}

void check_required_plans(const Plan& plan, Ledger& ledger) {
  for (const auto& required : plan.requires_) {
    const auto runs = ledger.runs(required.text);
    // A rehearsal is enough for a rehearsal only.
    const auto passed = [&](const RunRecord& run) {
      return run.state == RunState::passed && (plan.sample > 0 || sample_of(run) == 0);
    };
    if (std::any_of(runs.begin(), runs.end(), passed)) continue;
    const std::string what =
        runs.empty() ? "there is no run of it in the target's ledger"
                     : "its run " + runs.front().id + " is " + std::string(to_string(runs.front().state)) +
                           (sample_of(runs.front()) > 0 ? ", " + sample_text(sample_of(runs.front())) : "");
    throw Error(ErrorCode::refused,
                "plan " + plan.name + " requires a passed run of plan " + required.text + ": " + what,
                "run plan " + required.text + " into the same target first");
  }
}

void require_answerable(const Plan& plan, const ResolvedPlan& resolved,
                        const std::map<std::string, SourceDatabase*>& sources, TargetDatabase& target,
                        Diagnostics& wrong) {
  check_source_questions(resolved.checks, sources, wrong);
  check_target_questions(resolved, plan.targets.front().ledger, target, wrong);
  if (wrong.has_errors()) throw Error(ErrorCode::plan, "the plan asks what its databases cannot answer");
}

void check_target(const ResolvedPlan& plan, TargetDatabase& target, std::span<const StepRecord> steps,
                  const std::function<void(const std::string&)>& notice) {
  std::vector<std::string> ours;
  std::set<std::string> done;
  for (const auto& step : steps) {
    if (step.state != StepState::done) continue;
    done.insert(step.id);
    if (step.kind == "create") ours.push_back(step.table);
  }
  std::string refusals;
  int count = 0;
  const auto refuse = [&](const std::string& text) {
    refusals += "\n  " + text;
    ++count;
  };
  std::vector<const TableSchema*> tables;
  for (const auto& table : plan.tables) {
    tables.push_back(&table.schema);
    if (table.schema.exists) continue;
    for (const auto& what : target.dialect().unsupported(table.schema)) {
      refuse("table " + table.schema.name + ": " + what +
             " (leave it out for this target, or write it so that the target takes it)");
    }
  }
  const auto objects = schema_objects(plan, target.dialect().name());
  std::set<std::string> made_before;
  for (const auto& object : objects) {
    if (object.kind == ObjectKind::sql && object.at == SqlMoment::before_load)
      made_before.merge(possible_names(object.sql));
  }
  const auto is_made_before = [&](const PreflightFinding& finding) {
    return std::ranges::any_of(made_before,
                               [&](const std::string& name) { return is_named(finding.unmade, name); });
  };
  const auto tell = [&](const std::vector<PreflightFinding>& findings) {
    for (const auto& finding : findings) {
      if (is_made_before(finding)) {
        notice(finding.message + ": left to the plan's own SQL, and its values to the run");
        continue;
      }
      const std::string text = finding.message + (finding.hint.empty() ? "" : " (" + finding.hint + ")");
      if (finding.error) {
        refuse(text);
      } else {
        notice(text);
      }
    }
  };
  for (const auto& circle : circles_of(plan)) notice(circle);
  tell(target.preflight(tables, ours));
  tell(target.try_objects(tables, objects));
  if (count == 0) look_for_objects(objects, target, done, refuse);
  if (count > 0) {
    throw Error(ErrorCode::target, "the target " + target.shown_url() + " cannot take the plan:" + refusals);
  }
}

}  // namespace planrun
