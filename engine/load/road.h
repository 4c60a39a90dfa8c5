// The road of one range: read, map, and tell each row to a visitor. The same road for loading, previewing,
// hashing again and looking for differences, so that all of them see the same rows in the same form.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/canonical.h"
#include "data/reject.h"
#include "database/source.h"
#include "load/place_check.h"
#include "load/repeatable.h"
#include "load/settlement.h"
#include "plan/resolved_plan.h"
#include "transform/lua_transform.h"
#include "transform/mapping.h"

namespace planrun {

/// A row of the source and where it stands. Valid during the call that gives it.
struct SourceRow {
  const Reader& reader;
  std::size_t output = 0;    // which of the rows that a transform made of it is told: counted from 0, and in
  std::size_t outputs = 1;   // how many are, by row()
  std::size_t merged = 0;    // how many of its rows are told by merged(), counted apart
  std::int64_t ordinal = 0;  // the row is the nth of this way, counted from 1
  Key key() const { return reader.key(); }
  bool is_first() const { return output == 0; }
  bool is_last() const { return output + 1 == outputs; }
};

/// Another row of the same key is loaded in this row's place.
struct MergedRow {
  const Settlement* settlement = nullptr;
  const Settlement::Kept* kept = nullptr;
  bool differs = false;  // it is not equal to the one that is kept
};

class RowVisitor {
 public:
  virtual ~RowVisitor() = default;
  /// Asked for each row that was read, before anything is done with it; `at` stands on it. False: the road
  /// ends before this row.
  virtual bool wants_more(const Reader& /*at*/) { return true; }
  /// Of one source row all rows are told, one after the other, or it is rejected as a whole.
  virtual void row(const SourceRow& from, std::span<const Cell> target) = 0;
  virtual void rejected(const SourceRow& from, const Misfit& misfit) = 0;
  virtual void dropped() {}
  /// Told before those rows of the same source row that are loaded. Without any (`from.outputs` is 0) the
  /// whole source row is merged.
  virtual void merged(const SourceRow& /*from*/, std::span<const Cell> /*target*/, const MergedRow& /*row*/) {
  }
};

/// `select x::TYPE::text` of each value; absent where the target refuses it. Asked in lots of many values.
using CanonicalText = std::function<std::vector<std::optional<std::string>>(
    const std::string& type_sql, std::span<const std::string> values)>;

/// One load's road on one source connection; one thread. The plan and the source outlive it.
class Road {
 public:
  /// `settlements` outlives it; of a load whose merge is not among them every row is told. Without
  /// `canonical_text`, values of types that are not encoded travel as they are.
  Road(Source& source, const ResolvedTable& table, const ResolvedLoad& load, const ValueLimits& limits,
       const Settlements& settlements, CanonicalText canonical_text = {});
  ~Road();

  /// Tells every row of `range` in key order. Returns the key of the row the visitor did not want, or nothing
  /// when the range is done.
  std::optional<Key> travel(const Range& range, RowVisitor& visitor);
  /// Tells the rows of these keys, in this order, up to one that the visitor does not want. Throws
  /// Error(source) where a row is not there.
  void visit(std::span<const Key> keys, RowVisitor& visitor);

  Reject make_reject(const SourceRow& row, const Misfit& misfit);
  /// Of a row that the target refused: `columns` as it names them ("a, b"; empty: the whole row), `target`
  /// the row as it was to be written.
  Reject make_reject(const SourceRow& row, std::span<const Cell> target, const std::string& columns,
                     const std::string& reason);
  /// What is kept of a row that differs from the one that is loaded.
  Reject make_reject(const SourceRow& row, const MergedRow& merged);
  /// "12, 'abc'": what a row to be written has in these columns; empty where it does not fill all of them.
  std::string describe_columns(const std::vector<std::string>& columns, std::span<const Cell> target) const;
  /// The loaded columns as positions in the table's schema, and for hashing.
  const std::vector<std::size_t>& columns() const { return columns_; }
  RowHasher row_hasher() const;

 private:
  class Lot;
  std::optional<Key> travel_in_lots(Reader& reader, RowVisitor& visitor);
  std::optional<Key> travel_through_lua(Reader& reader, RowVisitor& visitor);
  void transform(const Reader& reader, std::int64_t ordinal, Lot& lot, RowVisitor& visitor);
  /// Tells the rows that one source row has become: `cells(n)` gives the nth of them, any number of times.
  template <typename Cells>
  void tell(const SourceRow& from, std::size_t count, RowVisitor& visitor, const Cells& cells);
  std::optional<MergedRow> find_merged(const SourceRow& from, std::size_t output,
                                       std::span<const Cell> cells);
  bool map(std::span<const Cell> row, Misfit& misfit);
  /// Where the fields go of the nth row that the function made of the row under way.
  std::span<Cell> fields_of(std::size_t n);
  bool read_output(std::size_t n, Misfit& misfit);
  const ColumnType& column_type(std::size_t column) const;
  std::string input_as_json() const;

  Source& source_;
  const ResolvedTable& table_;
  const ResolvedLoad& load_;
  CanonicalText canonical_text_;
  std::unique_ptr<Transform> mapping_;
  std::optional<MergeKey> merge_key_;             // of a load with a merge
  const Settlement* settlement_ = nullptr;        // where it is settled
  std::unique_ptr<RowHasher> hasher_;             // with it
  std::vector<std::optional<MergedRow>> merged_;  // of the source row under way
  const Reader* under_way_ = nullptr;             // while a Lua function has its row
  std::function<std::string()> describe_row_;     // that one
  std::unique_ptr<RowTransform> lua_;             // null: the inputs are the columns' own
  RepeatableSample repeatable_;
  std::vector<Cell> fields_;  // of the rows that it made of one, see fields_of()
  ReadRequest request_;
  std::vector<std::size_t> columns_;
  std::vector<std::size_t> not_encoded_;  // positions in a target row whose type is `other`
  std::vector<Cell> input_;
  std::vector<Cell> output_;
  std::optional<PlaceCheck> place_check_;  // of a table whose rows are divided among partitions
};

/// What a load asks its source for.
ReadRequest read_request(const ResolvedLoad& load);

/// Hashes rows of the load's columns.
RowHasher row_hasher(const ResolvedTable& table, const ResolvedLoad& load);

}  // namespace planrun
