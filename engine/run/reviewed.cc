#include "run/reviewed.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/part.h"
#include "plan/plan_diff.h"
#include "run/existing_tables.h"
#include "run/prepare.h"

namespace planrun {

namespace {

using Lines = std::vector<std::string>;
using Tables = std::map<std::string, Lines>;

std::string kind_of(SourceTableKind kind) {
  switch (kind) {
    case SourceTableKind::table:
      return "table";
    case SourceTableKind::view:
      return "view";
    case SourceTableKind::virtual_table:
      return "virtual table";
    case SourceTableKind::shadow:
      return "table of a virtual table";
  }
  return "table";
}

Lines lines_of(const SourceTable& table) {
  Lines lines = {"it is a " + kind_of(table.kind)};
  for (const auto& column : table.columns) {
    std::string line = "column " + column.name;
    if (!column.declared.empty()) line += " " + column.declared;
    if (column.not_null) line += " not null";
    if (column.primary_key > 0)
      line += ", place " + std::to_string(column.primary_key) + " of the primary key";
    if (column.generated) line += ", generated";
    lines.push_back(std::move(line));
  }
  if (!table.key.empty()) lines.push_back("ordered by " + join(table.key, ", "));
  return lines;
}

// Of a target's own table: the parts of its schema as the ledger keeps them.
Lines lines_of(const TableSchema& schema) {
  ResolvedTable table;
  table.schema = schema;
  Lines lines;
  const Json json = schema_to_json(table);
  for (const auto& [part, items] : json.items()) {
    if (!items.is_array()) continue;
    for (const auto& item : items) lines.push_back(part + " " + item.dump());
  }
  return lines;
}

ReviewedDatabase review_source(SourceDatabase& database) {
  ReviewedDatabase reviewed{database.shown_url(), {}};
  for (const auto& table : database.connect()->tables()) reviewed.tables[table.name] = lines_of(table);
  return reviewed;
}

ReviewedDatabase review_target(const Plan& part, TargetDatabase& target) {
  ReviewedDatabase reviewed{target.shown_url(), {}};
  for (const auto& [name, found] : read_existing_tables(part, target))
    reviewed.tables[name] = lines_of(found.schema);
  return reviewed;
}

void add_scripts(const ResolvedPlan& plan, std::map<std::string, std::string>& scripts) {
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      if (!load.transform) continue;
      for (const auto& file : load.transform->files)
        scripts["transforms/" + file.file] = sha256_hex(file.text);
    }
  }
}

template <typename Value, typename Tell>
void compare_maps(const std::map<std::string, Value>& then, const std::map<std::string, Value>& now,
                  Tell tell) {
  for (const auto& [name, value] : then) {
    const auto same = now.find(name);
    tell(name, &value, same == now.end() ? nullptr : &same->second);
  }
  for (const auto& [name, value] : now) {
    if (!then.contains(name)) tell(name, nullptr, &value);
  }
}

void compare_table(const std::string& what, const Lines& then, const Lines& now, Lines& found) {
  const auto has = [](const Lines& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  const std::size_t before = found.size();
  for (const auto& line : then) {
    if (!has(now, line)) found.push_back(what + ": " + line + " is gone");
  }
  for (const auto& line : now) {
    if (!has(then, line)) found.push_back(what + ": " + line + " is new");
  }
  if (then != now && found.size() == before) found.push_back(what + ": its columns are in another order");
}

void compare_databases(const std::string& kind, const std::map<std::string, ReviewedDatabase>& then,
                       const std::map<std::string, ReviewedDatabase>& now, Lines& found) {
  compare_maps(
      then, now,
      [&](const std::string& name, const ReviewedDatabase* old_one, const ReviewedDatabase* new_one) {
        const std::string what = kind + " " + name;
        if (old_one == nullptr || new_one == nullptr) {
          found.push_back(what + (new_one == nullptr ? " is gone" : " is new"));
          return;
        }
        if (old_one->url != new_one->url)
          found.push_back(what + " is " + new_one->url + ", it was " + old_one->url);
        compare_maps(
            old_one->tables, new_one->tables,
            [&](const std::string& table, const Lines* before, const Lines* after) {
              if (before == nullptr || after == nullptr) {
                found.push_back(what + ": table " + table + (after == nullptr ? " is gone" : " is new"));
              } else {
                compare_table(what + ", table " + table, *before, *after, found);
              }
            });
      });
}

void compare_plans(const Reviewed& then, const Reviewed& now, Lines& found) {
  if (then.plans == now.plans) return;
  std::vector<Json> before;
  std::vector<Json> after;
  for (const auto& [target, plan] : then.plans) before.push_back(Json::parse(plan));
  for (const auto& [target, plan] : now.plans) after.push_back(Json::parse(plan));
  const PlanDiff diff = diff_plans(facts_of(before), facts_of(after));
  for (const auto& change : diff.changes) {
    if (change.kind == ChangeKind::transform_code_changed) continue;  // told as a script
    found.push_back(change.line());
  }
  if (diff.changes.empty())
    found.emplace_back(
        "the plan: the order of what stands in it, names of constraints, or the blanks of its SQL");
}

Json to_json(const std::map<std::string, ReviewedDatabase>& databases) {
  Json all = Json::object();
  for (const auto& [name, database] : databases) {
    const Json tables(database.tables);
    all[name] = {{"url", database.url}, {"sha256", sha256_hex(tables.dump())}, {"tables", tables}};
  }
  return all;
}

std::map<std::string, ReviewedDatabase> databases_from(const Json& json) {
  std::map<std::string, ReviewedDatabase> databases;
  for (const auto& [name, database] : json.items())
    databases[name] = {database.at("url"), database.at("tables").get<Tables>()};
  return databases;
}

Error no_preview(const std::string& why) {
  return Error(ErrorCode::usage, "it is no whole preview of this version: " + why,
               "planrun PLAN --dry-run -o FILE saves one");
}

// SHA-256 of all but itself, with sorted keys and no blanks.
std::string digest_of(const Json& preview) {
  nlohmann::json sorted = nlohmann::json::parse(preview.dump());
  sorted.erase("sha256");
  return sha256_hex(sorted.dump());
}

}  // namespace

Reviewed review(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                const std::map<std::string, TargetDatabase*>& targets,
                const std::map<std::string, std::string>& check_files, Diagnostics& wrong) {
  Reviewed reviewed;
  reviewed.plan = plan.name;
  reviewed.sample = plan.sample;
  for (const auto& [name, text] : check_files)
    reviewed.scripts["checks/" + name + ".toml"] = sha256_hex(text);
  for (const auto& [name, source] : sources) reviewed.sources[name] = review_source(*source);
  for (const Plan& part : parts_of(plan)) {
    const std::string& name = part.targets.front().name;
    TargetDatabase& target = *targets.at(name);
    Prepared prepared = prepare(part, sources, target, wrong);
    prepared.plan.description.clear();  // as in the fingerprint
    reviewed.plans[name] = json_text(prepared.plan);
    reviewed.targets[name] = review_target(part, target);
    add_scripts(prepared.plan, reviewed.scripts);
  }
  return reviewed;
}

std::map<std::string, std::string> fingerprints_of(const Reviewed& reviewed) {
  std::map<std::string, std::string> fingerprints;
  for (const auto& [target, plan] : reviewed.plans) fingerprints[target] = sha256_hex(plan);
  return fingerprints;
}

void refuse_unreviewed(const ResolvedPlan& plan, const std::string& target,
                       const std::map<std::string, std::string>& fingerprints) {
  const auto reviewed = fingerprints.find(target);
  if (reviewed == fingerprints.end() || reviewed->second == fingerprint(plan)) return;
  throw Error(ErrorCode::refused,
              "the plan, or a source that it reads, has changed while it was held against its review",
              "run the same command again");
}

Json to_json(const Reviewed& reviewed) {
  Json plans = Json::object();
  for (const auto& [target, plan] : reviewed.plans)
    plans[target] = {{"fingerprint", sha256_hex(plan)}, {"resolved", Json::parse(plan)}};
  Json json = {{"version", 1},
               {"plan", reviewed.plan},
               {"sample", reviewed.sample},
               {"problems", reviewed.problems},
               {"scripts", Json(reviewed.scripts)},
               {"sources", to_json(reviewed.sources)},
               {"targets", to_json(reviewed.targets)},
               {"plans", plans}};
  return json;
}

void seal(Json& preview) {
  preview["sha256"] = digest_of(preview);
}

Reviewed reviewed_from(const Json& preview) {
  const Json& json = preview.at("reviewed");
  try {
    if (json.at("version") != 1) throw no_preview("its version is " + json["version"].dump());
    if (preview.at("sha256") != digest_of(preview)) throw no_preview("it was changed after it was saved");
    Reviewed reviewed;
    reviewed.plan = json.at("plan");
    reviewed.sample = json.at("sample");
    reviewed.problems = json.at("problems").get<Lines>();
    reviewed.scripts = json.at("scripts").get<std::map<std::string, std::string>>();
    reviewed.sources = databases_from(json.at("sources"));
    reviewed.targets = databases_from(json.at("targets"));
    for (const auto& [target, plan] : json.at("plans").items())
      reviewed.plans[target] = plan.at("resolved").dump();
    return reviewed;
  } catch (const Json::exception& error) {
    throw no_preview(error.what());
  }
}

std::vector<std::string> differences(const Reviewed& then, const Reviewed& now) {
  Lines found;
  if (then.sample != now.sample)
    found.push_back("the sample: " + std::to_string(now.sample) + " rows a table, before " +
                    std::to_string(then.sample) + " (0: all)");
  compare_plans(then, now, found);
  compare_maps(then.scripts, now.scripts,
               [&](const std::string& file, const std::string* before, const std::string* after) {
                 if (before == nullptr || after == nullptr) {
                   found.push_back(file + (after == nullptr ? " is not used any more" : " is new"));
                 } else if (*before != *after) {
                   found.push_back(file + " has changed");
                 }
               });
  compare_databases("source", then.sources, now.sources, found);
  compare_databases("target", then.targets, now.targets, found);
  return found;
}

}  // namespace planrun
