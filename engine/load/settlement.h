// Which row of a key is loaded, where the sources of a `merge` have several rows of it. Settled before
// anything is written, from sources that stay as they are, so that each process of a run settles it alike.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/canonical.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// The merge key of a load's rows. One thread.
class MergeKey {
 public:
  /// The load has a merge.
  MergeKey(const ResolvedTable& table, const ResolvedLoad& load);
  Hash128 hash(std::span<const Cell> row);
  /// Where the key's values stand in a row.
  const std::vector<std::size_t>& cells() const { return cells_; }

 private:
  std::vector<std::size_t> cells_;
  std::vector<Cell> values_;
  RowHasher hasher_;
};

/// Says which row is meant, to the row: `output` of those that a transform made of the source row, which a
/// source without keys knows only as the nth of all.
Hash128 row_identity(const ResolvedLoad& load, const Key& key, std::int64_t ordinal, std::size_t output);

/// Of one merge. 64 bytes are held for each key that has several rows. Any thread.
class Settlement {
 public:
  /// The row that is loaded, of a key that has several.
  struct Kept {
    Hash128 key;
    Hash128 row;  // its canonical form, to know what is equal to it
    Hash128 identity;
    std::size_t place = 0;  // of its load in `sources`
  };

  std::string group;
  std::string table;
  std::vector<std::string> sources;  // "a.metrics", in the order of `from`
  std::string rule;                  // "newest by updated_at"; empty: rows that differ are an error
  std::vector<Kept> kept;            // by key, ascending
  std::int64_t rows_repeated = 0;    // that have a key of `kept`
  std::int64_t keys_different = 0;   // of `kept`: whose rows are not all equal
  std::vector<std::string> samples;  // such keys, in words, the first ones

  /// Null: no other row has this key.
  const Kept* find(Hash128 key) const;
  /// Why a row that differs from `kept` is not loaded.
  std::string reason(const Kept& kept) const;
  bool is_settled() const { return !rule.empty() || keys_different == 0; }
};

/// Of a plan's merges, by group.
class Settlements {
 public:
  void add(Settlement settlement);
  /// Null: the load has no merge, or it is not settled yet.
  const Settlement* of(const ResolvedLoad& load) const;
  const std::map<std::string, Settlement>& all() const { return settlements_; }

 private:
  std::map<std::string, Settlement> settlements_;
};

}  // namespace planrun
