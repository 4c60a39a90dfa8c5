#include "run/settle_plan.h"

#include <set>

#include "base/error.h"
#include "base/text.h"

namespace planrun {

Settlements settle_plan(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources,
                        TargetDatabase& target, const SettlePlanOptions& from,
                        const std::atomic<bool>& stop) {
  std::unique_ptr<Target> connection;
  SettleOptions options;
  options.limits = target.dialect().value_limits();
  if (from.ask_target) {
    options.canonical_text = [&](const std::string& type, std::span<const std::string> values) {
      if (!connection) connection = target.connect(from.run, 0);
      return connection->canonical_text(type, values);
    };
  }
  options.folder =
      std::filesystem::is_directory(from.folder) ? from.folder : std::filesystem::temp_directory_path();
  options.stop = [&] { return stop.load(); };
  options.samples = from.samples;
  options.samples_where_settled = from.samples_where_settled;
  return settle(plan, sources, options);
}

std::string what_is_unsettled(const Settlement& settlement) {
  const bool one = settlement.keys_different == 1;
  return with_thousands(settlement.keys_different) + (one ? " key has" : " keys have") +
         " rows that differ, and `merge` does not say which one to keep";
}

void refuse_unsettled(const Settlements& settlements) {
  std::string text;
  for (const auto& [group, settlement] : settlements.all()) {
    if (settlement.is_settled()) continue;
    text += (text.empty() ? "" : "\n") + ("table " + settlement.table) + ": " +
            what_is_unsettled(settlement) + ":";
    for (const auto& sample : settlement.samples) text += "\n  " + sample;
    const auto more = settlement.keys_different - static_cast<std::int64_t>(settlement.samples.size());
    if (more > 0) text += "\n  and " + with_thousands(more) + " more";
  }
  if (text.empty()) return;
  throw Error(
      ErrorCode::rejected, text + "\nnothing was written",
      "say `keep = \"newest\"` with `by`, `keep = \"first\"` or `keep = \"last\"`, or mend the sources; "
      "then run the same command");
}

std::vector<std::string> find_unmerged(const ResolvedPlan& plan, const Settlements& settlements,
                                       const std::vector<ChunkRecord>& chunks) {
  std::map<std::string, Balance> balances;
  for (const auto& record : chunks) balances[record.chunk.load] += record.result.balance;
  std::map<std::string, std::int64_t> merged;  // by group
  std::set<std::string> unknown;
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      if (!load.merge) continue;
      const Balance& balance = balances[load.name];
      merged[load.merge->group] += balance.rows_emitted_merged;
      // What was merged of a source row goes with it where the target refuses another of its rows.
      const bool lost_some = load.transform && balance.rows_rejected > 0;
      if (load.may_meet_rows || lost_some) unknown.insert(load.merge->group);
    }
  }
  std::vector<std::string> found;
  for (const auto& [group, rows] : merged) {
    const Settlement& settlement = settlements.all().at(group);
    const std::int64_t expected =
        settlement.rows_repeated - static_cast<std::int64_t>(settlement.kept.size());
    if (rows == expected || unknown.contains(group)) continue;
    found.push_back("merge of " + group + ": " + std::to_string(rows) +
                    " rows merged, but the sources have " + std::to_string(expected) + " beyond one a key");
  }
  return found;
}

}  // namespace planrun
