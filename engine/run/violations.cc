#include "run/violations.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "data/refusal.h"

namespace planrun {

namespace {

constexpr std::size_t kShownRows = 20;

struct HashOfHash {
  std::size_t operator()(const RowHash& h) const { return static_cast<std::size_t>(h.xxh3.low); }
};

// The part of the schema that the step was about.
Violation violation_of(const TableSchema& table, const Step& step) {
  Violation v;
  v.table = &table;
  for (const auto& key : table.keys) {
    if (key.name == step.name) v.key = &key;
  }
  for (const auto& index : table.indexes) {
    if (index.name == step.name && index.unique) v.unique_index = &index;
  }
  for (const auto& key : table.foreign_keys) {
    if (key.name == step.name) v.foreign_key = &key;
  }
  return v;
}

std::string name_of(const Violation& v) {
  if (v.foreign_key) return v.foreign_key->name;
  return v.key ? v.key->name : v.unique_index->name;
}

std::string reason_of(const Violation& v) {
  if (v.foreign_key) return no_parent_reason(*v.foreign_key);
  return "another row has the same key: " + name_of(v);
}

// A row in the way: where it stands in the target, and what it is.
struct Suspect {
  std::string reference;
  RowHash hash;
};

class Finder {
 public:
  Finder(const ResolvedTable& table, Target& target) : table_(table), target_(target) {
    for (const auto& column : table.loads.front().columns) columns_.push_back(column.column);
  }

  // In the target's order: for keys all rows of each shared key.
  std::vector<Suspect> suspects(const Violation& violation) {
    RowHasher hasher = row_hasher(table_, table_.loads.front());
    std::vector<Suspect> found;
    std::vector<Cell> row(columns_.size());
    const auto reader = target_.read_violations(violation, columns_);
    while (reader->next(row)) {
      if (shown_.size() < kShownRows) shown_.push_back(describe_row(row));
      found.push_back({reader->row_reference(), hasher.hash(row)});
    }
    return found;
  }

  const std::vector<std::string>& shown() const { return shown_; }

 private:
  std::string describe_row(std::span<const Cell> row) const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < columns_.size() && i < 6; ++i) {
      const ColumnSchema& column = table_.schema.columns[columns_[i]];
      parts.push_back(column.name + " " + describe(column.type, row[i]));
    }
    return join(parts, ", ");
  }

  const ResolvedTable& table_;
  Target& target_;
  std::vector<std::size_t> columns_;
  std::vector<std::string> shown_;
};

using References = std::unordered_map<RowHash, std::vector<std::string>, HashOfHash>;

// Walks a load in source order and says which source rows are to go: those of which some row is a suspect.
// All rows of theirs go with them.
class Choosing : public RowVisitor {
 public:
  /// `gone`: keys of source rows that have been rejected before, as JSON.
  Choosing(Road& road, const Violation& violation, const TableSchema& table, References& suspects,
           std::set<std::string>& seen, const std::set<std::string>& gone)
      : road_(road),
        violation_(violation),
        hasher_(road.row_hasher()),
        suspects_(suspects),
        seen_(seen),
        gone_(gone) {
    for (std::size_t i = 0; i < road.columns().size(); ++i) {
      const std::string& name = table.columns[road.columns()[i]].name;
      for (const std::string& key : key_columns()) {
        if (key == name) key_cells_.push_back(i);
      }
    }
    types_.reserve(road.columns().size());
    for (const std::size_t c : road.columns()) types_.push_back(table.columns[c].type);
  }

  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (from.is_first()) {
      hashes_.clear();
      keys_.clear();
      taken_.clear();
    }
    const RowHash hash = hasher_.hash(target);
    hashes_.push_back(hash);
    if (const auto found = suspects_.find(hash); found != suspects_.end() && !found->second.empty()) {
      taken_.emplace_back(hash, found->second.back());
      found->second.pop_back();
      if (keys_.empty()) value_ = road_.describe_columns(key_columns(), target);
      keys_.push_back(violation_.foreign_key ? "" : key_text(target));
    }
    if (!from.is_last() || taken_.empty()) return;
    const bool is_gone = !gone_.empty() && gone_.contains(to_json(from.key()));
    if (is_gone) return give_back();
    if (!violation_.foreign_key && stays()) return;
    take_out(from);
  }
  void rejected(const SourceRow&, const Misfit&) override {}

  std::vector<std::string> references;
  std::vector<RowHash> siblings;  // rows to go that are no suspects
  std::vector<Reject> rejects;
  ChunkResult correction;

 private:
  const std::vector<std::string>& key_columns() const {
    if (violation_.foreign_key) return violation_.foreign_key->columns;
    return violation_.key ? violation_.key->columns : violation_.unique_index->columns;
  }

  std::string key_text(std::span<const Cell> row) const {
    std::string text;
    for (const std::size_t i : key_cells_) text += describe(types_[i], row[i]) + '\x1f';
    return text;
  }

  // A row that stands in the target under the same content as one that never came there.
  void give_back() {
    for (const auto& [hash, reference] : taken_) suspects_[hash].push_back(reference);
  }

  // The first of its key stays, with all of its rows.
  bool stays() {
    std::set<std::string> own;
    for (const auto& key : keys_) {
      if (seen_.contains(key) || !own.insert(key).second) return false;
    }
    seen_.merge(own);
    return true;
  }

  void take_out(const SourceRow& from) {
    std::vector<RowHash> others = hashes_;
    for (const auto& [hash, reference] : taken_) {
      references.push_back(reference);
      others.erase(std::find(others.begin(), others.end(), hash));
    }
    siblings.insert(siblings.end(), others.begin(), others.end());
    for (const RowHash& hash : hashes_) correction.digest.add(hash);
    Reject reject = road_.make_reject(from, {0, std::move(value_), reason_of(violation_)});
    reject.column = join(key_columns(), ", ");
    rejects.push_back(std::move(reject));
  }

  Road& road_;
  const Violation& violation_;
  RowHasher hasher_;
  References& suspects_;
  std::vector<std::size_t> key_cells_;
  std::vector<ColumnType> types_;
  std::set<std::string>& seen_;  // keys that a row has kept, also of earlier loads
  const std::set<std::string>& gone_;
  // Of the source row under way: all its rows, and of the suspects among them the keys and who they are.
  std::vector<RowHash> hashes_;
  std::vector<std::string> keys_;
  std::vector<std::pair<RowHash, std::string>> taken_;
  std::string value_;  // of the first of them
};

// Names of rows in the target with these contents.
std::vector<std::string> find_rows(const ResolvedTable& table, Target& target,
                                   const std::vector<std::string>& but_not,
                                   const std::vector<RowHash>& hashes) {
  if (hashes.empty()) return {};
  std::unordered_map<RowHash, int, HashOfHash> wanted;
  for (const RowHash& hash : hashes) ++wanted[hash];
  const std::set<std::string> others(but_not.begin(), but_not.end());
  Violation everything;
  everything.table = &table.schema;
  std::vector<std::size_t> columns;
  for (const auto& column : table.loads.front().columns) columns.push_back(column.column);
  RowHasher hasher = row_hasher(table, table.loads.front());
  std::vector<std::string> found;
  std::vector<Cell> row(columns.size());
  const auto reader = target.read_violations(everything, columns);
  while (found.size() < hashes.size() && reader->next(row)) {
    const auto hit = wanted.find(hasher.hash(row));
    if (hit == wanted.end() || hit->second == 0 || others.contains(reader->row_reference())) continue;
    --hit->second;
    found.push_back(reader->row_reference());
  }
  return found;
}

bool keeps(const ResolvedTable& table) {
  if (table.schema.exists) return false;        // rows of others are among them
  if (table.schema.distribution) return false;  // no row of a cluster can be named
  for (const auto& load : table.loads) {
    if (load.on_reject == OnReject::keep) return true;
  }
  return false;
}

// -(what was added), as it stands in the ledger: added to the load's other chunks it takes the rows out.
ChunkResult negative(const ChunkResult& removed, std::int64_t source_rows) {
  ChunkResult result;
  result.digest -= removed.digest;
  result.told -= removed.digest;
  result.balance.rows_written = -source_rows;
  result.balance.rows_rejected = source_rows;
  result.balance.rows_emitted = result.balance.rows_inserted = -removed.digest.rows;
  return result;
}

void count_rejects(RunContext& context, const ResolvedLoad& load, std::int64_t rows) {
  LoadState& state = context.loads.at(load.name);
  const std::int64_t all = state.rejected += rows;
  if (load.max_rejects >= 0 && all > load.max_rejects) {
    throw Error(ErrorCode::rejected,
                "load " + load.name + ": " + std::to_string(all) + " rows rejected, max_rejects is " +
                    std::to_string(load.max_rejects),
                "mend the source or the plan, or raise max_rejects; then run the same command");
  }
}

// Of source rows that are known not to be in the target.
std::set<std::string> rejected_keys(RunContext& context, const ResolvedLoad& load) {
  std::set<std::string> keys;
  for (const auto& record : context.ledger.with([&](Ledger& l) { return l.rejects(context.run, -1); })) {
    if (record.load == load.name && !record.reject.key.values.empty())
      keys.insert(to_json(record.reject.key));
  }
  return keys;
}

std::size_t take_out(RunContext& context, const ResolvedTable& table, const Violation& violation,
                     Target& target, const std::function<Source&(const std::string&)>& source,
                     const std::vector<Suspect>& suspects) {
  References by_hash;
  for (const Suspect& s : suspects) by_hash[s.hash].push_back(s.reference);
  std::size_t removed = 0;
  std::set<std::string> seen;
  for (const auto& load : table.loads) {
    const auto canonical = [&](const std::string& type, std::span<const std::string> values) {
      return target.canonical_text(type, values);
    };
    Road road(source(load.source), table, load, context.target.dialect().value_limits(), context.settlements,
              canonical);
    const std::set<std::string> gone =
        load.transform ? rejected_keys(context, load) : std::set<std::string>();
    Choosing choosing(road, violation, table.schema, by_hash, seen, gone);
    road.travel({}, choosing);
    if (choosing.references.empty()) continue;
    if (load.on_reject == OnReject::stop) return 0;
    std::vector<std::string> references = choosing.references;
    for (auto& sibling : find_rows(table, target, references, choosing.siblings))
      references.push_back(std::move(sibling));
    const auto source_rows = static_cast<std::int64_t>(choosing.rejects.size());
    count_rejects(context, load, source_rows);
    target.remove_rows(context.run, table.schema, load.name, references, choosing.rejects,
                       negative(choosing.correction, source_rows));
    removed += references.size();
  }
  return removed;
}

}  // namespace

void take_out_violations(RunContext& context, const Step& step, Target& target,
                         const std::function<Source&(const std::string&)>& source, const Error& error) {
  const ResolvedTable& table = context.table(step.table);
  const Violation violation = violation_of(table.schema, step);
  if (!violation.key && !violation.unique_index && !violation.foreign_key) throw error;
  // Taking an orphan out of a table that refers to itself may make another one.
  for (std::size_t all = 0;;) {
    Finder finder(table, target);
    const auto suspects = finder.suspects(violation);
    if (suspects.empty() && all > 0) return;
    const std::size_t removed =
        suspects.empty() || !keeps(table) ? 0 : take_out(context, table, violation, target, source, suspects);
    if (removed == 0) {
      std::string text = std::string(error.what()) + "\n  " + reason_of(violation) + "; rows in the way:";
      for (const auto& row : finder.shown()) text += "\n  " + table.schema.name + ": " + row;
      if (suspects.size() > kShownRows) {
        text += "\n  and " + std::to_string(suspects.size() - kShownRows) + " more";
      }
      if (table.schema.exists) {
        throw Error(
            ErrorCode::rejected, text,
            "mend the rows that others have put there and run the same command again, or take the run "
            "back: planrun rollback PLAN");
      }
      throw Error(
          ErrorCode::rejected, text,
          "keep them out with on_reject = \"keep\" and run the same command again; or mend the source, "
          "or leave them out by `where`, take this run back (planrun rollback PLAN) and begin a new one");
    }
    all += removed;
    context.observer.with([&](Observer& o) {
      o.notice(table.schema.name + ": " + counted(removed, "row") + " taken out and kept as rejects (" +
               name_of(violation) + ")");
    });
    if (!violation.foreign_key) return;
  }
}

}  // namespace planrun
