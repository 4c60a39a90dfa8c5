#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "cli/git.h"
#include "plan/part.h"
#include "plan/plan_diff.h"
#include "report/diff_text.h"
#include "run/choose_run.h"
#include "run/prepare.h"
#include "run/transforms.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGit = "git:";
constexpr std::string_view kRun = "run:";
constexpr const char* kNothing = "/dev/null";  // what git names for the side that has no such file

bool is_run(const std::string& side) {
  return side.starts_with(kRun);
}

[[noreturn]] void refuse(const Diagnostics& wrong) {
  std::cerr << to_text(wrong);
  throw Error(ErrorCode::plan, "");
}

// Warnings of a plan are lint's to tell.
Plan right_plan(ReadPlanResult result) {
  if (result.diagnostics.has_errors()) refuse(result.diagnostics);
  if (result.plan.has_examples_only())
    throw Error(ErrorCode::plan,
                result.diagnostics.file + " holds examples only: there is nothing to compare");
  return std::move(result.plan);
}

// A plan file, or one of a git revision with all that belongs to it.
Plan read_side(const std::string& side, const CommandOptions& options, bool connects) {
  ReadPlanOptions read = read_options(options);
  read.connects = connects;
  if (!side.starts_with(kGit)) return right_plan(read_plan(side, read));
  const GitFile file = read_git_file(side.substr(kGit.size()));
  read.read_file = git_reader(file.revision);
  ReadPlanResult result = read_plan_text(file.text, file.path, read);
  result.diagnostics.file = side;
  return right_plan(std::move(result));
}

PlanFacts written_facts(const Plan& plan) {
  Diagnostics wrong;
  wrong.file = plan.file.string();
  const auto files = transform_files(plan, wrong);
  if (wrong.has_errors()) refuse(wrong);
  return facts_of(plan, files);
}

// The plan as a run would resolve it against its sources, and the one that a run was of.
struct Resolved {
  PlanFacts plan;
  PlanFacts run;
  std::string run_id;
};

Resolved resolve_with_run(const Plan& plan, std::string id) {
  if (id == "latest") id.clear();
  const Databases databases = open_databases(plan);
  Diagnostics wrong;
  wrong.file = plan.file.string();
  std::vector<Json> resolved;
  std::vector<Json> recorded;
  try {
    for (const Plan& part : parts_of(plan)) {
      TargetDatabase& target = *databases.targets.at(part.targets.front().name);
      const RunRecord run = choose_run(part, id, *target.open_ledger(false), target);
      id = run.id;
      recorded.push_back(Json::parse(run.resolved_plan));
      resolved.push_back(to_json(prepare(part, databases.source_pointers(), target, wrong).plan));
    }
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::refused,
                "the plan of run " + id + " cannot be read in the ledger: " + error.what());
  } catch (const Error&) {
    if (wrong.has_errors()) refuse(wrong);
    throw;
  }
  return {facts_of(resolved), facts_of(recorded), id};
}

struct Comparison {
  DiffSides sides;
  PlanDiff diff;
};

Comparison compare(const std::string& before, const std::string& now, const CommandOptions& options) {
  if (is_run(before) && is_run(now))
    throw Error(ErrorCode::usage, "one side must be a plan: it names the target whose ledger has the run");
  Comparison result{{"", before, now}, {}};
  if (is_run(before) || is_run(now)) {
    const Plan plan = read_side(is_run(before) ? now : before, options, true);
    const Resolved sides = resolve_with_run(plan, (is_run(before) ? before : now).substr(kRun.size()));
    (is_run(before) ? result.sides.before : result.sides.now) = std::string(kRun) + sides.run_id;
    result.diff = is_run(before) ? diff_plans(sides.run, sides.plan) : diff_plans(sides.plan, sides.run);
    result.sides.plan = plan.name;
    return result;
  }
  const PlanFacts old_facts = written_facts(read_side(before, options, false));
  const PlanFacts new_facts = written_facts(read_side(now, options, false));
  result.diff = diff_plans(old_facts, new_facts);
  result.sides.plan = new_facts.name;
  return result;
}

std::string shown(const Comparison& comparison, const std::string& format, const Paint& paint) {
  if (format == "json") return diff_json(comparison.sides, comparison.diff).dump(2) + "\n";
  if (format == "markdown") return diff_markdown(comparison.sides, comparison.diff);
  return diff_text(comparison.sides, comparison.diff, paint);
}

// git gives a file of its own making for a side that is not in the work tree: its text counts, and its place
// is the plan's. What belongs to it git does not say: Lua and check files are those of the work tree.
PlanFacts git_side(const std::string& file, const fs::path& place, const CommandOptions& options) {
  ReadPlanOptions read = read_options(options);
  read.connects = false;
  const auto text = read_whole_file(file);
  if (!text) throw Error(ErrorCode::plan, "cannot read " + file);
  return written_facts(right_plan(read_plan_text(*text, place, read)));
}

// path old-file old-hex old-mode new-file new-hex new-mode, in the top folder of the work tree (git's manual,
// GIT_EXTERNAL_DIFF). git ends its whole output where this does not end with 0.
int git_external(const CommandOptions& options, Console& console) {
  const auto& given = options.plans;
  if (given.size() < 7)
    throw Error(ErrorCode::usage, "--git-external takes the seven arguments that git gives");
  const std::string& path = given[0];
  std::cout << console.out.strong("plan " + path) << "\n";
  if (given[1] == kNothing || given[4] == kNothing) {
    std::cout << "the plan is " << (given[1] == kNothing ? "new" : "gone") << "\n";
    return 0;
  }
  try {
    const PlanFacts now = git_side(given[4], path, options);
    const PlanDiff diff = diff_plans(git_side(given[1], path, options), now);
    std::cout << diff_text({now.name, "a/" + path, "b/" + path}, diff, console.out);
  } catch (const Error& error) {
    std::cout << "what the change means cannot be told: a side is no right plan (planrun lint " << path
              << ") " << error.what() << "\n";
  }
  return 0;
}

}  // namespace

int diff_command(const CommandOptions& options, Console& console) {
  if (options.git_external) return git_external(options, console);
  if (options.plans.size() != 2)
    throw Error(ErrorCode::usage,
                "diff takes two plans, " + std::to_string(options.plans.size()) + " are given",
                "planrun diff OLD NEW");
  const Comparison comparison = compare(options.plans[0], options.plans[1], options);
  std::cout << shown(comparison, options.format, console.out);
  return comparison.diff.is_dangerous() ? 3 : 0;
}

}  // namespace planrun
