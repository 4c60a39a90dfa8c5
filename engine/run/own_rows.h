// Which rows that a source gives a load count, where its table may hold others' rows or several loads may
// meet: of a table that exists those of the run's own keys, and of rows that are equal one, as the target has
// one.
#pragma once

#include <memory>
#include <vector>

#include "base/hash_set.h"
#include "base/temporary_file.h"
#include "data/canonical.h"
#include "plan/resolved_plan.h"
#include "run/row_comparison.h"

namespace planrun {

/// How rows are told apart.
class OwnRowNames {
 public:
  /// `of_keys`: by the load's key, or the table's, where the load fills it; else by all that they hold.
  OwnRowNames(const ResolvedTable& table, const ResolvedLoad& load, bool of_keys);
  bool have_keys() const { return key_hasher_ != nullptr; }
  /// Only with have_keys().
  Hash128 key(std::span<const Cell> row);
  RowHash hash(std::span<const Cell> row) { return hasher_.hash(row); }

 private:
  /// False: the load does not fill all of the key.
  bool name_by(const ResolvedTable& table, const ResolvedLoad& load, const std::vector<std::size_t>& key);

  std::vector<std::size_t> key_cells_;
  std::unique_ptr<RowHasher> key_hasher_;
  RowHasher hasher_;
  std::vector<Cell> key_;
};

/// Sums up the rows that count, reading each side once: found() for each row of the target, then expected()
/// for each of the sources, then digest(). Of each row 16 to 64 bytes wait in a temporary file; about 17 MB
/// are held. Throws Error(system) where that cannot be written.
class OwnRowsDigest {
 public:
  /// `rows`: about how many rows there are, for the division into parts.
  OwnRowsDigest(const ResolvedTable& table, const ResolvedLoad& load, bool of_keys, std::int64_t rows);
  ~OwnRowsDigest();
  void found(std::span<const Cell> row);
  void expected(std::span<const Cell> row);
  Digest digest();

 private:
  struct Row;
  template <typename Record>
  class Parts;

  OwnRowNames names_;
  TemporaryFile file_;
  std::unique_ptr<Parts<Hash128>> keys_;
  std::unique_ptr<Parts<Row>> rows_;
};

/// Gives the rows that count one by one, a part of them at a time: reads each side once for each part.
class OwnRows {
 public:
  /// `part` lies from 0 to `parts` - 1.
  OwnRows(const ResolvedTable& table, const ResolvedLoad& load, bool of_keys, int part, int parts);
  static int parts_of(std::int64_t rows);
  void found(std::span<const Cell> row);
  /// Whether the row counts and is of this part; each row once.
  bool counts(std::span<const Cell> expected);

 private:
  bool is_of_part(Hash128 hash) const;

  OwnRowNames names_;
  std::uint64_t part_;
  std::uint64_t parts_;
  HashSet keys_;
  HashSet seen_;
};

}  // namespace planrun
