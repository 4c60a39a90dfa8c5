#include "run/violations.h"

#include <set>
#include <unordered_map>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::size_t kShownRows = 20;

struct HashOfHash {
  std::size_t operator()(const Hash128& h) const { return static_cast<std::size_t>(h.low); }
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
  if (v.foreign_key) {
    return "no row of " + v.foreign_key->table + " has this (" + join(v.foreign_key->columns, ", ") +
           "): foreign key " + v.foreign_key->name;
  }
  return "another row has the same key: " + name_of(v);
}

// A row in the way: where it stands in the target, and what it is.
struct Suspect {
  std::string reference;
  Hash128 hash;
};

class Finder {
 public:
  Finder(const ResolvedTable& table, Target& target) : table_(table), target_(target) {
    for (const auto& column : table.loads.front().columns) columns_.push_back(column.column);
  }

  // In the target's order: for keys all rows of each shared key.
  std::vector<Suspect> suspects(const Violation& violation) {
    RowHasher hasher(canonical_columns(table_, table_.loads.front()));
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

// Walks a load in source order and says which of the suspects are to go, with their source keys.
class Choosing : public RowVisitor {
 public:
  Choosing(Road& road, const Violation& violation, const TableSchema& table,
           std::unordered_map<Hash128, std::vector<std::string>, HashOfHash>& suspects,
           std::set<std::string>& seen)
      : road_(road),
        violation_(violation),
        hasher_(road.canonical_columns()),
        suspects_(suspects),
        seen_(seen) {
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
    const Hash128 hash = hasher_.hash(target);
    const auto found = suspects_.find(hash);
    if (found == suspects_.end() || found->second.empty()) return;
    if (!violation_.foreign_key && seen_.insert(key_text(target)).second) {
      found->second.pop_back();  // The first of its key stays.
      return;
    }
    references.push_back(found->second.back());
    found->second.pop_back();
    Reject reject = road_.make_reject(from, {0, "", reason_of(violation_)});
    reject.column = join(key_columns(), ", ");
    rejects.push_back(std::move(reject));
    correction.digest.add(hash);
  }
  void rejected(const SourceRow&, const Misfit&) override {}

  std::vector<std::string> references;
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

  Road& road_;
  const Violation& violation_;
  RowHasher hasher_;
  std::unordered_map<Hash128, std::vector<std::string>, HashOfHash>& suspects_;
  std::vector<std::size_t> key_cells_;
  std::vector<ColumnType> types_;
  std::set<std::string>& seen_;  // keys that a row has kept, also of earlier loads
};

bool keeps(const ResolvedTable& table) {
  for (const auto& load : table.loads) {
    if (load.on_reject == OnReject::keep) return true;
  }
  return false;
}

// -(what was added), as it stands in the ledger: added to the load's other chunks it takes the rows out.
ChunkResult negative(const ChunkResult& removed) {
  ChunkResult result;
  result.digest -= removed.digest;
  result.balance.rows_written = -removed.digest.rows;
  result.balance.rows_rejected = removed.digest.rows;
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

std::size_t take_out(RunContext& context, const ResolvedTable& table, const Violation& violation,
                     Target& target, const std::function<Source&(const std::string&)>& source,
                     const std::vector<Suspect>& suspects) {
  std::unordered_map<Hash128, std::vector<std::string>, HashOfHash> by_hash;
  for (const Suspect& s : suspects) by_hash[s.hash].push_back(s.reference);
  std::size_t removed = 0;
  std::set<std::string> seen;
  for (const auto& load : table.loads) {
    const auto canonical = [&](const std::string& type, std::span<const std::string> values) {
      return target.canonical_text(type, values);
    };
    Road road(source(load.source), table, load, context.target.dialect().value_limits(), canonical);
    Choosing choosing(road, violation, table.schema, by_hash, seen);
    road.travel({}, choosing);
    if (choosing.references.empty()) continue;
    if (load.on_reject == OnReject::stop) return 0;
    count_rejects(context, load, choosing.correction.digest.rows);
    target.remove_rows(context.run, table.schema, load.name, choosing.references, choosing.rejects,
                       negative(choosing.correction));
    removed += choosing.references.size();
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
      throw Error(ErrorCode::rejected, text,
                  "mend the source and begin a new run, leave the rows out by `where`, or keep them out with "
                  "on_reject = \"keep\"");
    }
    all += removed;
    context.observer.with([&](Observer& o) {
      o.notice(table.schema.name + ": " + std::to_string(removed) + " rows taken out and kept as rejects (" +
               name_of(violation) + ")");
    });
    if (!violation.foreign_key) return;
  }
}

}  // namespace planrun
