#include "load/load_chunk.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "base/error.h"

namespace planrun {

namespace {

// With `on_reject = "stop"` the chunk is read to its end, so that one run shows more than one mistake.
constexpr std::size_t kShownRejects = 20;
// Of rows that may meet rows the hashes are held until the target has said what became of each.
constexpr std::size_t kRowsToSettle = 100'000;

std::int64_t size_of(std::span<const Cell> row) {
  std::int64_t bytes = 0;
  for (const Cell& cell : row)
    bytes += 4 + (cell.bytes.data() ? static_cast<std::int64_t>(cell.bytes.size()) : 8);
  return bytes;
}

std::int64_t size_of(const Reject& reject) {
  return static_cast<std::int64_t>(reject.row.size() + reject.value.size() + reject.reason.size() + 200);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

// First time along the road: rows go to the target.
class ChunkLoader::Writing : public RowVisitor {
 public:
  /// `refused`: source rows of which the target has refused some row before; they are rejected as a whole.
  Writing(ChunkLoader& loader, ChunkTransaction& transaction, const RefusedRows& refused)
      : loader_(loader), transaction_(transaction), refused_(refused) {
    if (const std::int64_t most = loader.state_.most_rows; most > 0) most_rows_ = most;
  }

  bool wants_more(const Reader& at) override {
    if (count_++ % loader_.pace_.rows_between() == 0) look_after();
    // A chunk makes some way even when it is stopped at once or one row is larger than all limits.
    if (result.balance.rows_read > 0 && can_cut_ &&
        (is_due_ || result.balance.rows_read >= most_rows_ || result.bytes > loader_.limits_.bytes ||
         reject_bytes_ > loader_.limits_.reject_bytes || emitted_.size() >= kRowsToSettle)) {
      // Without a key there is no telling where the rest begins.
      if (!at.key().values.empty()) return false;
      can_cut_ = false;
    }
    ++result.balance.rows_read;
    return true;
  }

  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (from.is_first()) {
      ++told_;
      ++result.balance.rows_written;
    }
    if (!refused_.empty() && is_refused(from)) return;
    transaction_.write(target);
    const RowHash hash = loader_.hasher_.hash(target);
    if (loader_.load_.may_meet_rows) emitted_.push_back({hash, told_});
    result.digest.add(hash);
    result.bytes += size_of(target);
  }

  /// Counts what became of the rows.
  void settle(const Flushed& flushed) {
    Balance& balance = result.balance;
    result.told = result.digest;
    balance.rows_emitted_merged = emitted_merged_;
    if (!loader_.load_.may_meet_rows) {
      balance.rows_inserted = result.digest.rows;
      balance.rows_emitted = balance.rows_inserted + emitted_merged_;
      return;
    }
    take_out(flushed.merged);
    take_out(flushed.left);
    balance.rows_emitted =
        emitted_merged_ + static_cast<std::int64_t>(emitted_.size() - flushed.failures.size());
    balance.rows_inserted = flushed.rows_inserted;
    balance.rows_updated = flushed.rows_updated;
    balance.rows_unchanged = flushed.rows_unchanged;
    balance.rows_emitted_merged += static_cast<std::int64_t>(flushed.merged.size());
    const std::int64_t whole = merged_whole(flushed.merged);
    balance.rows_merged += whole;
    balance.rows_written -= whole;
  }

  void rejected(const SourceRow& from, const Misfit& misfit) override {
    if (counts_only()) return;
    keep(loader_.road_.make_reject(from, misfit));
  }

  void dropped() override { ++result.balance.rows_dropped; }

  void merged(const SourceRow& from, std::span<const Cell>, const MergedRow& row) override {
    // Its rows that are loaded come next, and go with it where one of them was refused.
    if (from.outputs > 0 && refused_.contains(told_ + 1)) return;
    ++emitted_merged_;
    if (from.outputs == 0 && from.is_first()) ++result.balance.rows_merged;
    if (!row.differs) return;
    different.push_back(loader_.road_.make_reject(from, row));
    reject_bytes_ += size_of(different.back());
  }

  /// Waits until the rate allows what was read since the last time.
  void keep_pace() {
    loader_.pace_.spend(result.balance.rows_read - rows_spent_, result.bytes - bytes_spent_);
    rows_spent_ = result.balance.rows_read;
    bytes_spent_ = result.bytes;
  }

  void forbid_cut() { can_cut_ = false; }
  double seconds() const { return seconds_since(start_); }

  ChunkResult result;
  std::vector<Reject> rejects;
  std::vector<Reject> different;  // rows that gave way to others which are not equal to them

 private:
  void look_after() {
    keep_pace();
    is_due_ = seconds_since(start_) > loader_.limits_.seconds || loader_.pace_.wants_end();
  }

  struct Emitted {
    RowHash hash;
    std::int64_t source_row = 0;  // the nth that was told
  };

  // Rows that are not in the table as this chunk's own after all.
  void take_out(std::span<const std::int64_t> ordinals) {
    Digest gone;
    for (const std::int64_t ordinal : ordinals) gone.add(emitted_[static_cast<std::size_t>(ordinal)].hash);
    result.digest -= gone;
  }

  // Source rows of which every row was merged.
  std::int64_t merged_whole(std::span<const std::int64_t> ordinals) const {
    std::map<std::int64_t, std::int64_t> left;  // rows not merged, by source row
    for (const std::int64_t ordinal : ordinals)
      left[emitted_[static_cast<std::size_t>(ordinal)].source_row] = 0;
    for (const Emitted& row : emitted_) {
      if (const auto found = left.find(row.source_row); found != left.end()) ++found->second;
    }
    for (const std::int64_t ordinal : ordinals)
      --left[emitted_[static_cast<std::size_t>(ordinal)].source_row];
    return std::count_if(left.begin(), left.end(), [](const auto& row) { return row.second == 0; });
  }

  bool is_refused(const SourceRow& from) {
    const auto refused = refused_.find(told_);
    if (refused == refused_.end()) return false;
    if (!from.is_first()) return true;
    --result.balance.rows_written;
    if (counts_only()) return true;
    keep(refused->second);
    return true;
  }

  // Counts a reject; true where enough of them are kept.
  bool counts_only() {
    ++result.balance.rows_rejected;
    return loader_.load_.on_reject == OnReject::stop && rejects.size() >= kShownRejects;
  }

  void keep(Reject reject) {
    rejects.push_back(std::move(reject));
    reject_bytes_ += size_of(rejects.back());
  }

  ChunkLoader& loader_;
  ChunkTransaction& transaction_;
  const RefusedRows& refused_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<Emitted> emitted_;  // by ordinal, where rows may meet rows
  std::int64_t most_rows_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t count_ = 0;
  std::int64_t rows_spent_ = 0;
  std::int64_t bytes_spent_ = 0;
  std::int64_t told_ = 0;
  std::int64_t emitted_merged_ = 0;
  std::int64_t reject_bytes_ = 0;
  bool is_due_ = false;
  bool can_cut_ = true;
};

// Along the same range again, to find the rows that the target refused by their place among the written ones.
class ChunkLoader::Finding : public RowVisitor {
 public:
  Finding(ChunkLoader& loader, const std::vector<RowFailure>& failures, Writing& writing,
          RefusedRows& refused)
      : loader_(loader), failures_(failures), writing_(writing), refused_(refused), left_out_(refused) {}

  bool wants_more(const Reader&) override { return next_ < failures_.size(); }

  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (from.is_first()) ++told_;
    if (!left_out_.empty() && left_out_.contains(told_)) return;
    if (next_ >= failures_.size() || failures_[next_].ordinal != ordinal_++) return;
    const RowFailure& failure = failures_[next_++];
    Reject reject = loader_.road_.make_reject(from, target, failure.column, failure.reason);
    if (loader_.load_.transform) refused_.emplace(told_, reject);
    if (from.outputs + from.merged > 1) has_siblings_ = true;
    if (has_siblings_) return;  // all are written again
    if (writing_.rejects.size() < kShownRejects || loader_.load_.on_reject == OnReject::keep) {
      writing_.rejects.push_back(std::move(reject));
    }
    Digest refused;
    refused.add(loader_.hasher_.hash(target));
    writing_.result.digest -= refused;
    --writing_.result.balance.rows_written;
    ++writing_.result.balance.rows_rejected;
  }

  void rejected(const SourceRow&, const Misfit&) override {}

  bool found_all() const { return next_ == failures_.size(); }
  /// Whether rows stand in the target whose source row is refused.
  bool has_siblings() const { return has_siblings_; }

 private:
  ChunkLoader& loader_;
  const std::vector<RowFailure>& failures_;
  Writing& writing_;
  RefusedRows& refused_;
  const RefusedRows left_out_;  // before this pass
  bool has_siblings_ = false;
  std::size_t next_ = 0;
  std::int64_t told_ = 0;
  std::int64_t ordinal_ = 0;
};

ChunkLoader::ChunkLoader(Road& road, const ResolvedLoad& load, LoadState& state, const ChunkLimits& limits,
                         Pace& pace)
    : road_(road), load_(load), state_(state), limits_(limits), pace_(pace), hasher_(road.row_hasher()) {}

/// The rows of a range, or of some keys.
struct ChunkLoader::Way {
  Range range;
  std::optional<std::span<const Key>> keys;

  std::optional<Key> travel(Road& road, RowVisitor& visitor) const {
    if (!keys) return road.travel(range, visitor);
    road.visit(*keys, visitor);
    return std::nullopt;
  }
};

bool is_conflict(const Error& error) {
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected
  return error.sqlstate() == "40001" || error.sqlstate() == "40P01";
}

ChunkResult ChunkLoader::load(ChunkTransaction& transaction) {
  rows_read_ = 0;
  try {
    return load_along(transaction, {transaction.chunk().range, std::nullopt});
  } catch (const Error& error) {
    if (is_conflict(error)) state_.most_rows = std::max<std::int64_t>(rows_read_ / 2, 1);
    throw;
  }
}

ChunkResult ChunkLoader::load_again(ChunkTransaction& transaction, std::span<const Key> keys) {
  return load_along(transaction, {{}, keys});
}

ChunkResult ChunkLoader::load_along(ChunkTransaction& transaction, Way way) {
  RefusedRows refused;
  for (bool may_cut = !way.keys;;) {
    // A row that was refused has siblings in the table: they go by starting over.
    if (state_.staged || !refused.empty()) transaction.stage();
    Writing writing(*this, transaction, refused);
    if (!may_cut) writing.forbid_cut();
    if (const auto rest = way.travel(road_, writing)) {
      transaction.cut(*rest);
      way.range.until = *rest;
      may_cut = false;
    }
    rows_read_ = writing.result.balance.rows_read;
    writing.keep_pace();
    Flushed flushed;
    try {
      flushed = transaction.flush();
    } catch (const Error& error) {
      // In the stage each further time leaves one more row out, so this comes to an end.
      if (error.code() != ErrorCode::row_violation) throw;
      state_.staged = true;
      continue;
    }
    if (!flushed.failures.empty()) {
      Finding finding(*this, flushed.failures, writing, refused);
      way.travel(road_, finding);
      if (!finding.found_all()) {
        throw Error(ErrorCode::source,
                    load_.source + "." + load_.source_table +
                        ": reading a chunk again gave fewer rows; the source has changed meanwhile");
      }
      // Each time leaves at least one more source row out.
      if (finding.has_siblings()) continue;
    }
    writing.settle(flushed);
    ChunkResult& result = writing.result;
    result.seconds = writing.seconds();
    check_rejects(writing.rejects, result.balance.rows_rejected);
    if (way.keys) result.balance.rows_rejected -= std::exchange(result.balance.rows_read, 0);
    try {
      for (const Reject& reject : writing.rejects) transaction.reject(reject);
      for (const Reject& reject : writing.different) transaction.reject(reject);
      transaction.finish(result);
    } catch (...) {
      take_back(result);
      throw;
    }
    state_.rows += result.balance.rows_read;
    state_.bytes += result.bytes;
    if (const std::int64_t most = state_.most_rows; most > 0 && rows_read_ >= most)
      state_.most_rows = 2 * most;
    return result;
  }
}

void ChunkLoader::take_back(const ChunkResult& result) {
  state_.rejected -= result.balance.rows_rejected;
}

void ChunkLoader::check_rejects(const std::vector<Reject>& rejects, std::int64_t count) {
  if (count == 0) return;
  const auto list = [&](std::string text) {
    for (const Reject& reject : rejects) text += "\n  " + to_text(reject);
    if (static_cast<std::int64_t>(rejects.size()) < count) {
      text += "\n  and " + std::to_string(count - static_cast<std::int64_t>(rejects.size())) +
              " more in this chunk";
    }
    return text;
  };
  if (load_.on_reject == OnReject::stop) {
    throw Error(ErrorCode::rejected,
                list(std::to_string(count) + (count == 1 ? " row does not fit and was not written:"
                                                         : " rows do not fit and were not written:")),
                "mend the column's definition or add a `using`, or set on_reject = \"keep\"; then run the "
                "same command: it "
                "goes on from the last committed chunk");
  }
  const std::int64_t before = state_.rejected.fetch_add(count);
  if (load_.max_rejects >= 0 && before + count > load_.max_rejects) {
    state_.rejected -= count;
    throw Error(ErrorCode::rejected,
                "load " + load_.name + ": " + std::to_string(before + count) +
                    " rows rejected, max_rejects is " + std::to_string(load_.max_rejects),
                "planrun PLAN --dry-run shows all of them by reason; mend the plan or raise max_rejects, "
                "then run the same "
                "command");
  }
}

}  // namespace planrun
