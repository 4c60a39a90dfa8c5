#include "load/settle.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/decimal_math.h"
#include "base/error.h"
#include "base/repeated_hashes.h"
#include "base/text.h"

namespace planrun {

namespace {

// Rows of one key, and columns of them, that a message shows.
constexpr std::size_t kShownRows = 4;
constexpr std::size_t kShownColumns = 6;

int order_of(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return a < b ? -1 : static_cast<int>(a > b);
}

// PostgreSQL: -Infinity is below all numbers, Infinity above them, NaN above that.
int order_of_numerics(std::string_view a, std::string_view b) {
  const auto level = [](std::string_view text) {
    return text == "-Infinity" ? 0 : text == "Infinity" ? 2 : text == "NaN" ? 3 : 1;
  };
  if (level(a) != level(b) || level(a) != 1) return level(a) - level(b);
  return compare_decimals(a, b);
}

/// Below 0: `a` is older. Columns as plan/merge.h lets them pass.
int order_of(TypeKind type, const Cell& a, const Cell& b) {
  if (a.is_null() || b.is_null()) return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  if (a.kind == CellKind::integer)
    return a.integer < b.integer ? -1 : static_cast<int>(a.integer > b.integer);
  if (a.kind == CellKind::real) return order_of(a.real, b.real);
  if (type == TypeKind::numeric) return order_of_numerics(a.bytes, b.bytes);
  return a.bytes.compare(b.bytes);
}

// What all three passes over a group have in common.
struct Group {
  const ResolvedTable& table;
  std::vector<const ResolvedLoad*> loads;  // in the order of `from`
};

// A visitor that looks at rows only.
class Looking : public RowVisitor {
 public:
  Looking(const Group& group, const ResolvedLoad& load, const std::function<bool()>& stop)
      : load_(load), key_(group.table, load), stop_(stop) {}
  bool wants_more(const Reader&) override { return !stop_ || !stop_(); }
  void rejected(const SourceRow&, const Misfit&) override {}

 protected:
  const ResolvedLoad& load_;
  MergeKey key_;

 private:
  const std::function<bool()>& stop_;
};

class Hashing : public Looking {
 public:
  Hashing(const Group& group, const ResolvedLoad& load, const std::function<bool()>& stop,
          RepeatedHashes& hashes)
      : Looking(group, load, stop), hashes_(hashes) {}
  void row(const SourceRow&, std::span<const Cell> target) override { hashes_.add(key_.hash(target)); }

 private:
  RepeatedHashes& hashes_;
};

// The row of a contested key that stays if nothing better comes.
struct Candidate {
  Settlement::Kept kept;
  KeyValue by;
  bool is_there = false;
  bool differs = false;  // some row of the key is not equal to it
};

std::size_t find(const std::vector<Candidate>& candidates, Hash128 key) {
  const auto found =
      std::lower_bound(candidates.begin(), candidates.end(), key,
                       [](const Candidate& c, const Hash128& wanted) { return c.kept.key < wanted; });
  return found == candidates.end() || !(found->kept.key == key)
             ? candidates.size()
             : static_cast<std::size_t>(found - candidates.begin());
}

class Choosing : public Looking {
 public:
  Choosing(const Group& group, const ResolvedLoad& load, const std::function<bool()>& stop,
           std::vector<Candidate>& candidates, std::vector<std::size_t>& different, std::int64_t& rows)
      : Looking(group, load, stop),
        hasher_(row_hasher(group.table, load)),
        candidates_(candidates),
        different_(different),
        rows_(rows) {
    for (std::size_t i = 0; i < load.columns.size(); ++i) {
      if (load.merge->by != load.columns[i].column) continue;
      by_ = i;
      by_type_ = group.table.schema.columns[load.columns[i].column].type.kind;
    }
  }

  void row(const SourceRow& from, std::span<const Cell> target) override {
    const std::size_t place = find(candidates_, key_.hash(target));
    if (place == candidates_.size()) return;
    ++rows_;
    Candidate& candidate = candidates_[place];
    const Hash128 hash = hasher_.hash(target).xxh3;
    if (!candidate.is_there) return put(candidate, hash, from, target);
    if (hash == candidate.kept.row) return;
    if (!candidate.differs) different_.push_back(place);
    candidate.differs = true;
    if (is_better(candidate, target)) put(candidate, hash, from, target);
  }

 private:
  bool is_better(const Candidate& candidate, std::span<const Cell> target) const {
    if (load_.merge->keep == Keep::newest) return order_of(by_type_, target[by_], cell_of(candidate.by)) > 0;
    return load_.merge->keep == Keep::last;
  }

  void put(Candidate& candidate, const Hash128& hash, const SourceRow& from,
           std::span<const Cell> target) const {
    candidate.is_there = true;
    candidate.kept.row = hash;
    candidate.kept.identity = row_identity(load_, from.key(), from.ordinal, from.output);
    candidate.kept.place = load_.merge->place;
    if (load_.merge->keep == Keep::newest) candidate.by = key_of(target.subspan(by_, 1)).values[0];
  }

  RowHasher hasher_;
  std::vector<Candidate>& candidates_;
  std::vector<std::size_t>& different_;
  std::int64_t& rows_;
  std::size_t by_ = 0;
  TypeKind by_type_ = TypeKind::text;
};

// Rows of a key in words.
struct ShownKey {
  struct Row {
    std::string place;  // "a.metrics key 3"
    std::vector<std::string> values;
  };
  std::string key;  // "metric_id 'm1'"
  std::vector<Row> rows;
  std::size_t more = 0;
};

class Showing : public Looking {
 public:
  Showing(const Group& group, const ResolvedLoad& load, const std::function<bool()>& stop, bool is_settled,
          const std::vector<Candidate>& candidates, std::map<std::size_t, ShownKey>& shown)
      : Looking(group, load, stop),
        schema_(group.table.schema),
        is_settled_(is_settled),
        candidates_(candidates),
        shown_(shown) {}

  void row(const SourceRow& from, std::span<const Cell> target) override {
    const std::size_t place = find(candidates_, key_.hash(target));
    const auto found = shown_.find(place);
    if (found == shown_.end()) return;
    ShownKey& shown = found->second;
    if (shown.key.empty()) {
      std::vector<std::string> parts;
      for (const std::size_t i : key_.cells()) parts.push_back(name(i) + " " + value(target, i));
      shown.key = join(parts, ", ");
    }
    const bool is_kept = is_settled_ && candidates_[place].kept.identity ==
                                            row_identity(load_, from.key(), from.ordinal, from.output);
    ShownKey::Row row;
    for (std::size_t i = 0; i < target.size(); ++i) row.values.push_back(value(target, i));
    const auto same = std::find_if(shown.rows.begin(), shown.rows.end(),
                                   [&](const ShownKey::Row& other) { return other.values == row.values; });
    const bool is_shown = same != shown.rows.end();
    if (!is_kept && (is_shown || shown.rows.size() >= kShownRows)) {
      ++shown.more;
      return;
    }
    row.place = load_.source + "." + load_.source_table;
    if (const Key key = from.key(); !key.values.empty()) row.place += " key " + to_text(key);
    if (from.outputs > 1) row.place += ", row " + std::to_string(from.output + 1);
    if (is_kept) row.place += ", kept";
    if (is_shown) {
      ++shown.more;
      *same = std::move(row);
    } else {
      shown.rows.push_back(std::move(row));
    }
  }

 private:
  const ColumnSchema& column(std::size_t i) const { return schema_.columns[load_.columns[i].column]; }
  const std::string& name(std::size_t i) const { return column(i).name; }
  std::string value(std::span<const Cell> row, std::size_t i) const {
    return describe(column(i).type, row[i]);
  }

  const TableSchema& schema_;
  bool is_settled_;
  const std::vector<Candidate>& candidates_;
  std::map<std::size_t, ShownKey>& shown_;
};

// "metric_id 'm1': value 10 (a.metrics key 3), 12 (b.metrics key 7)"
std::string to_text(const ShownKey& shown, const Group& group) {
  std::vector<std::string> columns;
  std::size_t count = 0;
  for (std::size_t i = 0; i < group.loads.front()->columns.size() && !shown.rows.empty(); ++i) {
    const bool differs = std::any_of(shown.rows.begin(), shown.rows.end(), [&](const ShownKey::Row& row) {
      return row.values[i] != shown.rows.front().values[i];
    });
    if (!differs || count++ >= kShownColumns) continue;
    std::vector<std::string> values;
    for (const auto& row : shown.rows) values.push_back(row.values[i] + " (" + row.place + ")");
    columns.push_back(group.table.schema.columns[group.loads.front()->columns[i].column].name + " " +
                      join(values, ", "));
  }
  std::string text = shown.key + ": " + join(columns, "; ");
  if (columns.empty()) text += "rows that differ behind what is shown of a value";
  if (count > kShownColumns) text += "; and " + std::to_string(count - kShownColumns) + " columns more";
  if (shown.more > 0) text += "; and " + std::to_string(shown.more) + " rows more";
  return text;
}

class Settling {
 public:
  Settling(Group group, const std::map<std::string, SourceDatabase*>& sources, const SettleOptions& options)
      : group_(std::move(group)), sources_(sources), options_(options) {}

  Settlement run() {
    const ResolvedMerge& merge = *group_.loads.front()->merge;
    Settlement settlement;
    settlement.group = merge.group;
    settlement.table = group_.table.schema.name;
    for (const auto* load : group_.loads)
      settlement.sources.push_back(load->source + "." + load->source_table);
    if (merge.keep != Keep::none) settlement.rule = to_string(merge.keep);
    if (merge.by) settlement.rule += " by " + group_.table.schema.columns[*merge.by].name;
    RepeatedHashes hashes(options_.folder);
    travel([&](const ResolvedLoad& load) {
      return std::make_unique<Hashing>(group_, load, options_.stop, hashes);
    });
    for (const Hash128& key : hashes.take()) candidates_.emplace_back().kept.key = key;
    if (candidates_.empty()) return settlement;
    travel([&](const ResolvedLoad& load) {
      return std::make_unique<Choosing>(group_, load, options_.stop, candidates_, different_,
                                        settlement.rows_repeated);
    });
    settlement.keys_different = static_cast<std::int64_t>(different_.size());
    if (settlement.rule.empty() || options_.samples_where_settled)
      settlement.samples = show(!settlement.rule.empty());
    settlement.kept.reserve(candidates_.size());
    for (const Candidate& candidate : candidates_) settlement.kept.push_back(candidate.kept);
    return settlement;
  }

 private:
  template <typename MakeVisitor>
  void travel(MakeVisitor make_visitor) {
    static const Settlements kNone;
    for (const auto* load : group_.loads) {
      auto& source = connections_[load->source];
      if (!source) source = sources_.at(load->source)->connect();
      Road road(*source, group_.table, *load, options_.limits, kNone, options_.canonical_text);
      road.travel({}, *make_visitor(*load));
      if (options_.stop && options_.stop())
        throw Error(ErrorCode::interrupted, "stopped on request, before anything was written");
    }
  }

  std::vector<std::string> show(bool is_settled) {
    std::map<std::size_t, ShownKey> shown;
    if (different_.size() > options_.samples) different_.resize(options_.samples);
    for (const std::size_t place : different_) shown[place];
    if (shown.empty()) return {};
    travel([&](const ResolvedLoad& load) {
      return std::make_unique<Showing>(group_, load, options_.stop, is_settled, candidates_, shown);
    });
    std::vector<std::string> texts;
    for (const std::size_t place : different_) texts.push_back(to_text(shown[place], group_));
    return texts;
  }

  Group group_;
  const std::map<std::string, SourceDatabase*>& sources_;
  const SettleOptions& options_;
  std::map<std::string, std::unique_ptr<Source>> connections_;
  std::vector<Candidate> candidates_;   // by key, ascending
  std::vector<std::size_t> different_;  // of them, those with rows that differ, as they were found
};

}  // namespace

Settlements settle(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources,
                   const SettleOptions& options) {
  Settlements settlements;
  for (const auto& table : plan.tables) {
    std::map<std::string, Group> groups;
    for (const auto& load : table.loads) {
      if (load.merge)
        groups.try_emplace(load.merge->group, Group{table, {}}).first->second.loads.push_back(&load);
    }
    for (const auto& [name, group] : groups) settlements.add(Settling(group, sources, options).run());
  }
  return settlements;
}

}  // namespace planrun
