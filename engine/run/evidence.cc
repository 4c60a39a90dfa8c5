#include "run/evidence.h"

#include <map>
#include <memory>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/host.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "load/road.h"
#include "plan/recorded_plan.h"
#include "run/checks.h"
#include "run/choose_run.h"
#include "run/snapshots.h"
#include "run/summary.h"

namespace planrun {

namespace {

constexpr const char* kKind = "planrun evidence";
constexpr int kVersion = 1;
constexpr const char* kTellsWhich = "planrun verify tells which; there is no evidence of what is not there";

// Reads tables back, all of them as they were at one moment where the target can keep one.
class TargetReader {
 public:
  TargetReader(TargetDatabase& target, std::string run, const std::atomic<bool>& stop)
      : run_(std::move(run)),
        stop_(stop),
        keeper_(target.connect(run_, 0)),
        view_(keeper_->share_view()),
        target_(target.connect(run_, 1)) {}

  // With a SHA-256, whether or not the plan asks for one.
  Digest read(ResolvedTable table) {
    table.sha256_digest = true;
    Digest found;
    if (!table.schema.exists) return read_load(table, table.loads.front(), {});
    for (const auto& load : table.loads) found += read_load(table, load, load.name);
    return found;
  }

 private:
  Digest read_load(const ResolvedTable& table, const ResolvedLoad& load, const std::string& only_of) {
    ReadBack request;
    request.table = &table.schema;
    if (only_of.empty()) {
      request.view = view_;
    } else {
      request.run = run_;
      request.load = only_of;
    }
    for (const auto& column : load.columns) request.columns.push_back(column.column);
    RowHasher hasher = row_hasher(table, load);
    std::vector<Cell> row(request.columns.size());
    Digest found;
    const auto reader = target_->read_back(request);
    while (reader->next(row)) {
      if (stop_) throw Error(ErrorCode::interrupted, "stopped on request; nothing was written");
      found.add(hasher.hash(row));
    }
    return found;
  }

  std::string run_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<Target> keeper_;
  std::string view_;
  std::unique_ptr<Target> target_;
};

Json describe(const Digest& digest) {
  return {{"rows", digest.rows}, {"digest", to_hex(digest.sum)}, {"sha256", to_hex(digest.sha256)}};
}

Json describe_plan(const RunRecord& run) {
  Json scripts = Json::array();
  const Json recorded = run.scripts.empty() ? Json::object() : Json::parse(run.scripts);
  for (const auto& [file, script] : recorded.items())
    scripts.push_back({{"file", file}, {"sha256", script.at("sha256")}});
  return {{"name", run.plan},
          {"text", run.plan_text},
          {"text_sha256", sha256_hex(run.plan_text)},
          {"fingerprint", run.fingerprint},
          {"scripts", scripts}};
}

Json describe_run(const RunRecord& run) {
  return {{"id", run.id},
          {"state", std::string(to_string(run.state))},
          {"started_at", to_iso_utc(run.started_at)},
          {"finished_at", to_iso_utc(run.finished_at)},
          {"program_version", run.program_version},
          {"host", run.host}};
}

Json describe_sources(const RunRecord& run) {
  Json sources = Json::array();
  for (const auto& record : snapshots_from_json(run.snapshots)) {
    sources.push_back({{"source", record.source},
                       {"read_from", record.moment         ? "the source itself, as it stood at one moment"
                                     : record.file.empty() ? "the source itself"
                                                           : record.file},
                       {"bytes", record.bytes},
                       {"sha256", record.sha256.empty() ? Json() : Json(record.sha256)}});
    if (record.sample > 0) sources.back()["sample"] = record.sample;
  }
  return sources;
}

Json describe(const CheckRecord& check, const std::string& target) {
  return {{"check", check.name},        {"target", target},
          {"severity", check.severity}, {"status", check.status},
          {"expected", check.expected}, {"found", check.found},
          {"message", check.message},   {"checked_at", to_iso_utc(check.checked_at)}};
}

Json describe_loads(const ResolvedPlan& plan, Ledger& ledger, const std::string& run,
                    const std::string& target) {
  RunSummary summary;
  add_balances(plan, ledger.chunks(run), summary);
  Json loads = Json::array();
  for (const LoadSummary& load : summary.loads) {
    Json balance = to_json(load.balance);
    balance["load"] = load.load;
    balance["target"] = target;
    loads.push_back(std::move(balance));
  }
  return loads;
}

Json describe_checks(Ledger& ledger, const std::string& run, const std::string& target) {
  Json checks = Json::array();
  for (const CheckRecord& check : last_results(ledger.checks(run))) checks.push_back(describe(check, target));
  return checks;
}

void append(Json& list, Json more) {
  for (Json& item : more) list.push_back(std::move(item));
}

// One target's part of a run, as its ledger has it.
class Part {
 public:
  Part(const PlanTarget& named, TargetDatabase& target, const RunRecord& run, std::unique_ptr<Ledger> ledger)
      : named_(named), target_(target), run_(run), ledger_(std::move(ledger)) {}

  void describe_into(Json& document, const std::atomic<bool>& stop) {
    document["targets"].push_back({{"target", named_.name},
                                   {"url", named_.shown_url},
                                   {"schema", named_.schema},
                                   {"ledger", named_.ledger}});
    const ResolvedPlan plan = read_recorded_plan(run_.resolved_plan);
    append(document["loads"], describe_loads(plan, *ledger_, run_.id, named_.name));
    RunSummary summary;
    add_balances(plan, ledger_->chunks(run_.id), summary);
    TargetReader reader(target_, run_.id, stop);
    for (std::size_t i = 0; i < plan.tables.size(); ++i) {
      if (plan.tables[i].loads.empty()) continue;
      const Digest found = read(reader, plan.tables[i]);
      compare(summary.tables[i], found);
      Json table = describe(found);
      table["target"] = named_.name;
      table["table"] = plan.tables[i].schema.name;
      document["tables"].push_back(std::move(table));
    }
    append(document["checks"], describe_checks(*ledger_, run_.id, named_.name));
  }

 private:
  Digest read(TargetReader& reader, const ResolvedTable& table) const {
    try {
      return reader.read(table);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::target || error.retryable()) throw;
      throw Error(ErrorCode::unproved,
                  "table " + table.schema.name + " of " + target_.shown_url() + ", which run " + run_.id +
                      " wrote, cannot be read: " + error.what(),
                  kTellsWhich);
    }
  }

  void compare(const TableSummary& table, const Digest& found) const {
    if (table.expected.rows == found.rows && table.expected.sum == found.sum) return;
    throw Error(ErrorCode::unproved,
                "table " + table.table + " of " + target_.shown_url() + " does not hold what run " + run_.id +
                    " wrote: " + with_thousands(table.expected.rows) + " rows written, " +
                    with_thousands(found.rows) + " found" +
                    (table.expected.rows == found.rows ? ", but not the same ones" : ""),
                kTellsWhich);
  }

  const PlanTarget& named_;
  TargetDatabase& target_;
  RunRecord run_;
  std::unique_ptr<Ledger> ledger_;
};

Error not_evidence(const std::string& name, const std::string& why) {
  return Error(ErrorCode::refused, name + " " + why, "planrun evidence PLAN -o FILE makes one");
}

const RunRecord* find(const std::vector<RunRecord>& runs, const std::string& id) {
  for (const auto& run : runs) {
    if (run.id == id) return &run;
  }
  return nullptr;
}

// What the ledger of one target says against the document; null where its tables cannot be read by it.
const RunRecord* check_ledger(const std::vector<RunRecord>& runs, const Json& document,
                              const std::string& where, std::vector<std::string>& faults) {
  const std::string id = document.at("run").at("id");
  const RunRecord* run = find(runs, id);
  if (run == nullptr) {
    faults.push_back("the ledger of " + where + " knows no run " + id);
    return nullptr;
  }
  if (run->state != RunState::passed)
    faults.push_back("run " + id + " is " + std::string(to_string(run->state)) + " in the ledger of " +
                     where);
  return run;
}

// Whatever the order of its keys: another program may have written the document.
std::string sorted_text(const Json& value) {
  return nlohmann::json::parse(value.dump()).dump();
}

// What a document says of plan, run and sources against what the ledger says.
void compare_sections(const Json& document, const RunRecord& run, const std::string& where,
                      std::vector<std::string>& faults) {
  const std::map<std::string, Json> known = {{"plan", describe_plan(run)}, {"run", describe_run(run)}};
  for (const auto& [section, values] : known) {
    for (const auto& [key, value] : values.items()) {
      if (sorted_text(document.at(section).value(key, Json())) != sorted_text(value))
        faults.push_back(section + "." + key + " of the document is not what the ledger of " + where +
                         " says");
    }
  }
  if (sorted_text(document.at("sources")) != sorted_text(describe_sources(run)))
    faults.push_back("sources of the document are not those that the ledger of " + where + " has");
}

std::set<std::string> names_of(const Json& items, const std::string& what) {
  std::set<std::string> names;
  for (const Json& item : items) names.insert(item.at(what));
  return names;
}

// The items of one target: each that the ledger has stands in the document as it is, and no other one.
void compare_items(const Json& said, const Json& known, const std::string& what, const std::string& where,
                   std::vector<std::string>& faults) {
  const std::set<std::string> said_names = names_of(said, what);
  const std::set<std::string> known_names = names_of(known, what);
  for (const auto& name : said_names) {
    if (!known_names.contains(name))
      faults.push_back("the ledger of " + where + " has no " + what + " " + name);
  }
  std::set<std::string> texts;
  for (const Json& item : said) texts.insert(sorted_text(item));
  std::set<std::string> different;
  for (const Json& item : known) {
    const std::string name = item.at(what);
    if (said_names.contains(name) && !texts.contains(sorted_text(item))) different.insert(name);
  }
  for (const auto& name : known_names) {
    if (!said_names.contains(name)) faults.push_back("the document leaves out " + what + " " + name);
  }
  for (const auto& name : different)
    faults.push_back(what + " " + name + " of the document is not what the ledger of " + where + " says");
}

Json items_of_target(const Json& items, const std::string& target) {
  Json own = Json::array();
  for (const Json& item : items) {
    if (item.at("target") == target) own.push_back(item);
  }
  return own;
}

}  // namespace

Json make_evidence(const Plan& plan, const Targets& targets, const EvidenceOptions& options,
                   const std::atomic<bool>& stop) {
  TargetDatabase& home = *targets.at(plan.targets.front().name);
  auto ledger = home.open_ledger(false);
  const RunRecord run = choose_run(plan, options.run, *ledger, home);
  refuse_other_targets(run, plan);
  if (run.state != RunState::passed) {
    throw Error(ErrorCode::refused,
                "run " + run.id + " is " + std::string(to_string(run.state)) +
                    ": there is evidence of passed runs only",
                "planrun status " + plan.file.string() + " lists the runs; --run ID takes another");
  }
  Json document = {
      {"document", kKind},          {"version", kVersion},      {"made_at", to_iso_utc(now_micros())},
      {"made_by", user_name()},     {"made_on", host_name()},   {"program_version", options.program_version},
      {"plan", describe_plan(run)}, {"run", describe_run(run)}, {"sources", describe_sources(run)},
      {"targets", Json::array()},   {"loads", Json::array()},   {"tables", Json::array()},
      {"checks", Json::array()}};
  for (const PlanTarget& named : plan.targets) {
    TargetDatabase& target = *targets.at(named.name);
    auto own_ledger = &target == &home ? std::move(ledger) : target.open_ledger(false);
    const auto runs = own_ledger->runs(plan.name);
    const RunRecord* own = find(runs, run.id);
    if (own == nullptr)
      throw Error(ErrorCode::refused, "the ledger of " + target.shown_url() + " knows no run " + run.id);
    Part(named, target, *own, std::move(own_ledger)).describe_into(document, stop);
  }
  document["digest"] = digest_of_evidence(document);
  return document;
}

std::string digest_of_evidence(const Json& document) {
  nlohmann::json sorted = nlohmann::json::parse(document.dump());
  sorted.erase("digest");
  return sha256_hex(sorted.dump());
}

Json read_evidence(const std::string& text, const std::string& name) {
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("document", Json()) != Json(kKind))
    throw not_evidence(name, "is no evidence of planrun's");
  if (document.value("version", Json()) != Json(kVersion)) {
    throw Error(ErrorCode::refused,
                name + " has version " + document.value("version", Json()).dump() +
                    ", this program reads version " + std::to_string(kVersion),
                "use the planrun that made it");
  }
  if (document.value("digest", Json()) != Json(digest_of_evidence(document)))
    throw not_evidence(name, "is not as it was made: its digest is that of another document");
  return document;
}

std::vector<PlanTarget> targets_of_evidence(const Json& document) {
  std::vector<PlanTarget> targets;
  for (const Json& described : document.at("targets")) {
    PlanTarget target;
    target.name = described.at("target");
    target.url = described.at("url");
    target.shown_url = target.url;
    target.schema = described.at("schema");
    target.ledger = described.at("ledger");
    targets.push_back(std::move(target));
  }
  return targets;
}

bool EvidenceCheck::holds() const {
  for (const auto& table : tables) {
    if (!table.holds()) return false;
  }
  return faults.empty();
}

EvidenceCheck check_evidence(const Json& document, const Targets& targets, const std::atomic<bool>& stop) {
  EvidenceCheck check;
  check.run = document.at("run").at("id");
  for (const PlanTarget& named : targets_of_evidence(document)) {
    TargetDatabase& target = *targets.at(named.name);
    const auto ledger = target.open_ledger(false);
    const auto runs = ledger->runs(document.at("plan").at("name"));
    const RunRecord* run = check_ledger(runs, document, target.shown_url(), check.faults);
    if (run == nullptr) continue;
    const std::string where = target.shown_url();
    const ResolvedPlan plan = read_recorded_plan(run->resolved_plan);
    if (run->state == RunState::passed) {
      if (named.name == targets_of_evidence(document).front().name)
        compare_sections(document, *run, where, check.faults);
      compare_items(items_of_target(document.at("loads"), named.name),
                    describe_loads(plan, *ledger, run->id, named.name), "load", where, check.faults);
      compare_items(items_of_target(document.at("checks"), named.name),
                    describe_checks(*ledger, run->id, named.name), "check", where, check.faults);
    }
    const Json tables = items_of_target(document.at("tables"), named.name);
    const std::set<std::string> said = names_of(tables, "table");
    for (const auto& table : plan.tables) {
      if (!table.loads.empty() && !said.contains(table.schema.name))
        check.faults.push_back("the document leaves out table " + table.schema.name);
    }
    TargetReader reader(target, check.run, stop);
    for (const Json& described : tables) {
      EvidenceTable table;
      table.target = named.name;
      table.table = described.at("table");
      table.expected = {described.at("rows"), hash128_from_hex(described.at("digest").get<std::string>()),
                        hash256_from_hex(described.at("sha256").get<std::string>())};
      const ResolvedTable* resolved = plan.find(table.table);
      if (resolved == nullptr || resolved->loads.empty()) {
        check.faults.push_back("table " + table.table + " is not in the plan that the ledger of " + where +
                               " keeps");
        continue;
      }
      try {
        table.found = reader.read(*resolved);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::target) throw;
        check.faults.push_back("table " + table.table + " cannot be read: " + error.what());
      }
      check.tables.push_back(std::move(table));
    }
  }
  return check;
}

Json to_json(const EvidenceCheck& check) {
  Json tables = Json::array();
  for (const auto& table : check.tables) {
    tables.push_back({{"target", table.target},
                      {"table", table.table},
                      {"holds", table.holds()},
                      {"expected", describe(table.expected)},
                      {"found", describe(table.found)}});
  }
  return {{"run", check.run}, {"holds", check.holds()}, {"tables", tables}, {"faults", check.faults}};
}

}  // namespace planrun
