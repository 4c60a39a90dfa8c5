#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "census/take_census.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "draft/draft_plan.h"
#include "draft/names.h"
#include "plan/database_url.h"
#include "plan/escaped_variables.h"
#include "run/connected_sources.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

/// Where the plan will stand: relative paths in it start there.
fs::path plan_file(const CommandOptions& options) {
  return fs::absolute(options.save_to.empty() ? "plan.toml" : options.save_to).lexically_normal();
}

std::string path_of(const std::string& source) {
  return source.starts_with(kSqliteUrl) ? source.substr(kSqliteUrl.size()) : source;
}

/// `path` as the plan says it: as it was given where the plan stands in the current folder.
std::string said_url(const std::string& path, const CommandOptions& options) {
  if (!is_valid_utf8(path)) {
    throw Error(ErrorCode::usage, "a plan cannot name " + quote_for_message(path),
                "give the file a path of UTF-8");
  }
  const bool here = plan_file(options).parent_path() == fs::current_path();
  const fs::path said = here ? fs::path(path) : fs::absolute(path);
  return std::string(kSqliteUrl) + said.lexically_normal().string();
}

/// As the plan says it, with variables; without a password, which has no place in a plan.
std::string target_url(const CommandOptions& options, DraftRequest& request) {
  const std::string& given = options.draft_target;
  if (given.empty()) return "${DATABASE_URL:-sqlite:" + request.plan + ".migrated.db}";
  std::string reason;
  const auto url = parse_database_url(given, fs::current_path(), reason);
  if (!url) throw Error(ErrorCode::usage, "--target takes the url of a database: " + reason);
  if (given.starts_with(kSqliteUrl)) return escape_variables(said_url(path_of(given), options));
  if (!password_in(given).empty())
    request.notes.emplace_back("The target's password comes from $PGPASSWORD or .pgpass: a plan holds none.");
  return escape_variables(url->shown);
}

void check_name(const std::string& name) {
  if (name.empty() || plain_name(name, "") == name) return;
  throw Error(ErrorCode::usage, quote_for_message(name) + " is no name for a plan",
              "--name takes letters, digits and _, 40 at most");
}

/// A draft that is no plan would be a surprise later: a target that is one of the sources, and the like.
Plan read_draft(const std::string& text, const CommandOptions& options) {
  ReadPlanOptions read = read_options(options);
  read.variable = [](const std::string&) { return std::optional<std::string>(); };
  ReadPlanResult result = read_plan_text(text, plan_file(options), read);
  if (!result.diagnostics.has_errors()) return std::move(result.plan);
  std::cerr << to_text(result.diagnostics);
  throw Error(ErrorCode::plan, "the plan that these databases would give is not right, as said above");
}

/// Each source is `whole` but for what the draft says in comments or otherwise than the source.
void leave_by_name(const Plan& plan, DraftRequest& request) {
  std::map<std::string, std::unique_ptr<SourceDatabase>> databases;
  std::map<std::string, SourceDatabase*> sources;
  for (const auto& source : plan.sources)
    sources[source.name] = (databases[source.name] = open_source(source)).get();
  const ConnectedSources connected = connect_sources(sources);
  const ResolveResult resolved = resolve(plan, connected.tables);
  Diagnostics lacks;
  const auto missing = check_whole_sources(plan, resolved, connected, lacks);
  for (auto& source : request.sources) {
    for (const auto& part : lacking_parts(source.name, missing, resolved.unread_tables))
      source.leave.push_back(part.name);
  }
}

std::vector<DatabaseCensus> take_censuses(const CommandOptions& options) {
  std::vector<std::unique_ptr<Inspector>> databases;
  for (const auto& source : options.databases) databases.push_back(open_inspector(source, options.schema));
  std::vector<DatabaseCensus> censuses;
  const auto sqlite = sqlite_dialect();
  for (std::size_t i = 0; i < databases.size(); ++i) {
    censuses.push_back(take_census(*databases[i], *sqlite, stop_flag()));
    if (censuses.back().is_whole()) continue;
    throw Error(ErrorCode::source, options.databases[i] + ": not everything in it could be read",
                "planrun census " + options.databases[i] + " says what and why");
  }
  return censuses;
}

/// The database that --data-only asks for its tables.
std::unique_ptr<TargetDatabase> asked_target(const CommandOptions& options) {
  if (!options.data_only) return nullptr;
  std::string reason;
  const auto url = parse_database_url(options.draft_target, fs::current_path(), reason);
  if (!url) {
    throw Error(ErrorCode::usage, "--data-only needs the database whose tables are there",
                "--target URL names it");
  }
  PlanTarget target;
  target.name = "target";
  target.url = url->url;
  target.shown_url = url->shown;
  target.dialect = url->dialect;
  return open_target(target);
}

void tell_draft(const Draft& draft, const CommandOptions& options, Console& console) {
  const std::string file = options.save_to.empty() ? "the plan" : options.save_to;
  std::string text = file + ": " + counted(draft.table_count, "table");
  if (draft.choice_count > 0)
    text += ", " + counted(draft.choice_count, "choice") + " for you (lines with \"choice:\")";
  if (draft.uncarried_count > 0)
    text += ", " + std::to_string(draft.uncarried_count) +
            (draft.uncarried_count == 1 ? " part of the schema does" : " parts of the schema do") +
            " not arrive as they are (comments say why)";
  console.log.info(text);
}

DraftSource file_source(const std::string& source, const CommandOptions& options) {
  const fs::path path = path_of(source);
  DraftSource one;
  one.name = plain_name(path.stem().string(), "source");
  one.shown = path.filename().string();
  one.url = said_url(path.string(), options);
  return one;
}

/// Called as its database; without a password.
DraftSource server_source(const std::string& source, const CommandOptions& options, DraftRequest& request) {
  std::string reason;
  const auto url = parse_database_url(source, fs::current_path(), reason);
  if (!url) throw Error(ErrorCode::usage, "a source is a SQLite file or the url of a database: " + reason);
  if (!password_in(source).empty())
    request.notes.emplace_back("The source's password comes from $PGPASSWORD or .pgpass: a plan holds none.");
  const std::string path = url->shown.substr(0, url->shown.find('?'));
  const auto slash = path.rfind('/');
  const bool has_name = slash != std::string::npos && slash > path.find("//") + 1;
  DraftSource one;
  one.name = plain_name(has_name ? path.substr(slash + 1) : "", "source");
  one.shown = url->shown;
  one.url = url->shown;
  one.schema = options.schema;
  return one;
}

void add_sources(const CommandOptions& options, DraftRequest& request) {
  TakenNames names;
  for (const auto& source : options.databases) {
    DraftSource one =
        is_postgres(source) ? server_source(source, options, request) : file_source(source, options);
    one.name = names.take(one.name, "source");
    request.sources.push_back(std::move(one));
  }
}

}  // namespace

int init_command(const CommandOptions& options, Console& console) {
  check_name(options.draft_name);
  if (!options.save_to.empty() && fs::exists(fs::symlink_status(options.save_to))) {
    throw Error(ErrorCode::usage, options.save_to + " is there already, and a draft replaces no file",
                "give another name, or move it away");
  }
  DraftRequest request;
  const auto sqlite = sqlite_dialect();
  request.target = {is_postgres(options.draft_target), sqlite.get()};
  add_sources(options, request);
  request.plan = options.draft_name.empty() ? request.sources.front().name : options.draft_name;
  request.target_url = target_url(options, request);
  const std::vector<DatabaseCensus> censuses = take_censuses(options);
  for (std::size_t i = 0; i < censuses.size(); ++i) request.sources[i].census = &censuses[i];
  const auto target = asked_target(options);
  if (target != nullptr) {
    request.data_only =
        DataOnly{target->table_names(), [&](const std::string& name) { return target->existing_table(name); },
                 options.loose_names};
  }
  Draft draft = draft_plan(request);
  if (draft.table_count == 0)
    throw Error(ErrorCode::source,
                options.databases.front() + (target != nullptr ? ": the target has none of its tables"
                                                               : ": there is no table in it to plan for"));
  Plan plan = read_draft(draft.text, options);
  // With the password that was given, which the plan does not have.
  for (std::size_t i = 0; i < request.sources.size(); ++i) {
    if (!is_postgres(options.databases[i])) continue;
    const auto source = std::ranges::find(plan.sources, request.sources[i].name, &PlanSource::name);
    std::string reason;
    source->url = parse_database_url(options.databases[i], fs::current_path(), reason)->url;
  }
  if (target == nullptr) {
    leave_by_name(plan, request);
    draft = draft_plan(request);
  }
  if (options.save_to.empty()) {
    std::cout << draft.text << std::flush;
    if (!std::cout) throw Error(ErrorCode::system, "cannot write to stdout", "-o writes to a file");
  } else {
    create_file(options.save_to, draft.text);
  }
  tell_draft(draft, options, console);
  return 0;
}

}  // namespace planrun
