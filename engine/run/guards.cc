#include "run/guards.h"

#include <algorithm>

#include "base/error.h"
#include "base/time.h"
#include "sql/definition.h"

namespace planrun {

namespace {

constexpr const char* kBefore = "before the run";
constexpr std::string_view kChanges = " changes guard ";
constexpr std::string_view kGuardPrefix = "guard ";

std::string record_name(const WatchedGuard& guard) {
  return std::string(kGuardPrefix) + guard.name;
}

CheckRecord record_of(const WatchedGuard& guard, const std::string& expected, const std::string& found) {
  CheckRecord record;
  record.name = record_name(guard);
  record.severity = to_string(guard.severity);
  record.status = expected == found ? "passed" : "warning";
  record.expected = expected;
  record.found = found;
  record.checked_at = now_micros();
  return record;
}

std::string value_of(const WatchedGuard& guard, const CheckDatabases& databases) {
  const QueryResult result = databases.target(guard.sql);
  if (result.columns.size() == 1 && result.rows.size() == 1) return result.rows[0][0].value_or("null");
  throw Error(ErrorCode::plan, "it answers " + std::to_string(result.rows.size()) + " rows of " +
                                   std::to_string(result.columns.size()) + " columns, not one value");
}

std::string read(const WatchedGuard& guard, const CheckDatabases& databases) {
  try {
    return value_of(guard, databases);
  } catch (const Error& error) {
    if (error.retryable()) throw;
    throw Error(ErrorCode::plan, "guard " + guard.name + " cannot be read before the run: " + error.what(),
                "a guard watches what is there before the run; for what the run makes, write a check");
  }
}

bool is_by_run(const CheckRecord& record) {
  return record.message.find(kChanges) != std::string::npos;
}

// Why a guard differs after a run, whose results so far are `of_run`.
std::string why_changed(const WatchedGuard& guard, const CheckRecord& now,
                        const std::vector<CheckRecord>& of_run) {
  const auto own = std::find_if(of_run.rbegin(), of_run.rend(), [&](const CheckRecord& r) {
    return r.name == record_name(guard) && is_by_run(r);
  });
  if (own == of_run.rend())
    return "no transaction of the run has changed it: somebody else did while the run went on";
  if (own->found == now.found) return "the run has changed it itself";
  return "the run has changed it itself, and somebody else while it went on";
}

// "public.crm_contacts" -> "crm_contacts".
std::string unqualified(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

}  // namespace

bool is_guard(const CheckRecord& record) {
  return record.name.starts_with(kGuardPrefix);
}

std::string guard_name(const CheckRecord& record) {
  return record.name.substr(kGuardPrefix.size());
}

bool is_after_run(const CheckRecord& record) {
  return record.message != kBefore && !is_by_run(record);
}

std::vector<WatchedGuard> watched_guards(const ResolvedPlan& plan, const std::string& dialect) {
  std::vector<WatchedGuard> guards;
  for (const auto& check : plan.checks) {
    if (!check.guard) continue;
    const auto own = check.sql.by_dialect.find(dialect);
    WatchedGuard guard{check.name, own == check.sql.by_dialect.end() ? check.sql.any : own->second,
                       check.severity, check.tables};
    if (guard.tables.empty()) {
      const auto query = parse_query(guard.sql);
      if (query) {
        for (const auto& name : query.value->tables) guard.tables.push_back(unqualified(name));
      }
      const bool all_known = std::all_of(guard.tables.begin(), guard.tables.end(),
                                         [&](const std::string& name) { return plan.find(name) != nullptr; });
      if (!all_known) guard.tables.clear();
    }
    guards.push_back(std::move(guard));
  }
  return guards;
}

std::vector<const WatchedGuard*> ask_guards(const std::vector<WatchedGuard>& guards,
                                            std::span<const std::string> tables, ClaimRequest& request) {
  std::vector<const WatchedGuard*> asked;
  for (const WatchedGuard& guard : guards) {
    const auto watches = [&](const std::string& table) { return guard.watches(table); };
    if (std::none_of(tables.begin(), tables.end(), watches)) continue;
    asked.push_back(&guard);
    request.guards.push_back(guard.sql);
  }
  return asked;
}

std::vector<const WatchedGuard*> all_guards(const std::vector<WatchedGuard>& guards) {
  std::vector<const WatchedGuard*> all;
  for (const WatchedGuard& guard : guards) all.push_back(&guard);
  return all;
}

std::vector<CheckRecord> judge_guards(const std::vector<const WatchedGuard*>& guards,
                                      const std::vector<GuardValue>& values, const std::string& transaction) {
  std::vector<CheckRecord> records;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].before == values[i].now) continue;
    const std::string what = transaction + std::string(kChanges) + guards[i]->name + " from " +
                             values[i].before + " to " + values[i].now;
    if (guards[i]->severity == CheckSeverity::critical) {
      throw Error(ErrorCode::unproved, what + "; nothing of that transaction was committed",
                  "mend the plan, then run the same command: it goes on from the last committed chunk");
    }
    records.push_back(record_of(*guards[i], values[i].before, values[i].now));
    records.back().message = what;
  }
  return records;
}

void require_readable(const std::vector<WatchedGuard>& guards, const CheckDatabases& databases) {
  for (const auto& guard : guards) read(guard, databases);
}

std::vector<CheckRecord> read_guards_again(const std::vector<WatchedGuard>& guards,
                                           const std::vector<CheckRecord>& of_run,
                                           const CheckDatabases& databases) {
  std::vector<CheckRecord> records;
  for (const auto& guard : guards) {
    // The last reading of a run is the one at its end.
    const auto after = std::find_if(of_run.rbegin(), of_run.rend(),
                                    [&](const CheckRecord& r) { return r.name == record_name(guard); });
    if (after == of_run.rend()) continue;
    CheckRecord record;
    try {
      record = record_of(guard, after->found, value_of(guard, databases));
    } catch (const Error& error) {
      if (error.retryable()) throw;
      record = record_of(guard, after->found, "");
      record.status = "error";
      record.message = error.what();
    }
    if (record.status == "warning") {
      record.message = "it was " + after->found + " after the run and is " + record.found +
                       " now: somebody else has changed it";
    }
    records.push_back(std::move(record));
  }
  return records;
}

GuardReadings::GuardReadings(const std::vector<WatchedGuard>& guards, std::vector<CheckRecord> earlier)
    : guards_(guards), earlier_(std::move(earlier)) {}

std::vector<CheckRecord> GuardReadings::begin(const CheckDatabases& databases) {
  std::vector<CheckRecord> records;
  for (const auto& guard : guards_) {
    const bool is_read = std::any_of(earlier_.begin(), earlier_.end(), [&](const CheckRecord& r) {
      return r.name == record_name(guard) && r.message == kBefore;
    });
    if (is_read) continue;
    const std::string value = read(guard, databases);
    records.push_back(record_of(guard, value, value));
    records.back().message = kBefore;
  }
  earlier_.insert(earlier_.end(), records.begin(), records.end());
  return records;
}

std::vector<CheckRecord> GuardReadings::end(const CheckDatabases& databases,
                                            const std::vector<CheckRecord>& of_run) const {
  std::vector<CheckRecord> records;
  for (const auto& guard : guards_) {
    const auto before = std::find_if(earlier_.begin(), earlier_.end(), [&](const CheckRecord& r) {
      return r.name == record_name(guard) && r.message == kBefore;
    });
    if (before == earlier_.end()) continue;
    CheckRecord record = record_of(guard, before->found, read(guard, databases));
    if (record.status != "passed") record.message = why_changed(guard, record, of_run);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace planrun
