#include "run/proof.h"

#include <set>

#include "run/row_comparison.h"

namespace planrun {

namespace {

// Rows of all loads of a table, without those that were rejected later on.
class SourceSide : public RowVisitor {
 public:
  SourceSide(const std::set<std::string>& rejected, const RowUse& use) : rejected_(rejected), use_(use) {}
  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (!rejected_.empty() && rejected_.contains(to_json(from.key()))) return;
    use_(target);
  }
  void rejected(const SourceRow&, const Misfit&) override {}

 private:
  const std::set<std::string>& rejected_;
  const RowUse& use_;
};

}  // namespace

std::set<std::string> rejected_keys(const std::vector<RejectRecord>& rejects, const std::string& load) {
  std::set<std::string> keys;
  for (const auto& r : rejects) {
    if (r.load == load && !r.reject.key.values.empty()) keys.insert(to_json(r.reject.key));
  }
  return keys;
}

std::vector<Difference> find_differences(const Dialect& dialect, const ResolvedTable& table,
                                         const Settlements& settlements, Target& target,
                                         const std::function<Source&(const std::string&)>& source,
                                         const std::vector<RejectRecord>& rejects, std::size_t limit) {
  const auto canonical = [&](const std::string& type, std::span<const std::string> values) {
    return target.canonical_text(type, values);
  };
  Sides sides;
  sides.expected = [&](const RowUse& use) {
    for (const auto& load : table.loads) {
      const auto rejected = rejected_keys(rejects, load.name);
      Road road(source(load.source), table, load, dialect.value_limits(), settlements, canonical);
      SourceSide side(rejected, use);
      road.travel({}, side);
    }
  };
  sides.found = [&](const RowUse& use) {
    ReadBack request;
    request.table = &table.schema;
    for (const auto& column : table.loads.front().columns) request.columns.push_back(column.column);
    std::vector<Cell> row(request.columns.size());
    const auto reader = target.read_back(request);
    while (reader->next(row)) use(row);
  };
  RowComparison comparison(table, table.loads.front(), std::move(sides));
  comparison.narrow();
  return comparison.differences(limit, false);
}

namespace {

// In a table of others only the rows that the run wrote are its own.
std::vector<Difference> differences_of(const std::vector<ChangedRow>& rows) {
  std::vector<Difference> differences;
  for (const auto& row : rows) {
    differences.push_back(
        {row.key, "", "the row as the run wrote it", row.gone ? "no such row" : "another row"});
  }
  return differences;
}

// A row that the source did not tell is in no digest.
std::vector<std::string> find_untold(const RunContext& context, const RunSummary& summary) {
  std::vector<std::string> faults;
  for (const auto& told : summary.loads) {
    const auto [table, load] = context.load(told.load);
    const auto found = context.found.find(table->schema.name);
    if (found == context.found.end()) continue;
    const auto counted = found->second.counted.find(told.load);
    if (counted == found->second.counted.end() || counted->second == told.balance.rows_read) continue;
    faults.push_back("load " + told.load + ": " + std::to_string(told.balance.rows_read) +
                     " rows were read by the key of table " + load->source_table + " in source " +
                     load->source + ", which holds " + std::to_string(counted->second) +
                     ": the key's index is damaged or was made under another version of its collation; "
                     "REINDEX TABLE in the source, take the run back and begin a new one");
  }
  return faults;
}

}  // namespace

std::vector<std::string> compare_proofs(const RunContext& context, Ledger& ledger, std::size_t limit,
                                        RunSummary& summary) {
  std::vector<std::string> faults = find_untold(context, summary);
  for (auto& table : summary.tables) {
    const auto found = context.found.find(table.table);
    if (found == context.found.end()) continue;
    table.found = found->second.digest;
    table.rows_found = table.found.rows;
    table.proof = table.found == table.expected ? ProofState::proved : ProofState::different;
    if (table.proof == ProofState::proved) continue;
    faults.push_back("table " + table.table + ": " + std::to_string(table.expected.rows) +
                     " rows expected, " + std::to_string(table.found.rows) +
                     " found, and their digests differ");
    const auto target = context.target.connect(context.run, 0);
    const ResolvedTable& resolved = context.table(table.table);
    if (resolved.schema.exists) {
      table.differences = differences_of(target->changed_rows(context.run, resolved.schema, limit));
      continue;
    }
    std::map<std::string, std::unique_ptr<Source>> sources;
    const std::function<Source&(const std::string&)> source = [&](const std::string& name) -> Source& {
      if (!sources[name]) sources[name] = context.sources.at(name)->connect();
      return *sources[name];
    };
    table.differences = find_differences(context.target.dialect(), resolved, context.settlements, *target,
                                         source, ledger.rejects(context.run, -1), limit);
  }
  return faults;
}

}  // namespace planrun
