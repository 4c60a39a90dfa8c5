#include "run/proof.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::size_t kBuckets = 4096;
// Rows of one side that may be held to be joined.
constexpr std::int64_t kHeldRows = 50'000;

struct Buckets {
  std::array<Hash128, kBuckets> sums{};
  std::int64_t rows = 0;
};

// Key and hash of rows in the columns of a table's loads.
class RowNames {
 public:
  RowNames(const ResolvedTable& table, const ResolvedLoad& load)
      : schema_(table.schema), hasher_(row_hasher(table, load)) {
    for (const auto& column : load.columns) columns_.push_back(column.column);
    const KeySchema* primary = schema_.primary_key();
    if (primary == nullptr) return;
    for (const auto& name : primary->columns) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (schema_.columns[columns_[i]].name == name) key_cells_.push_back(i);
      }
    }
    if (key_cells_.size() != primary->columns.size()) key_cells_.clear();
  }

  // "id 12"; the whole row where there is no key.
  std::string key(std::span<const Cell> row) const {
    std::vector<std::string> parts;
    if (key_cells_.empty()) {
      for (std::size_t i = 0; i < row.size(); ++i) parts.push_back(value(row, i));
    }
    for (const std::size_t i : key_cells_)
      parts.push_back(schema_.columns[columns_[i]].name + " " + value(row, i));
    return join(parts, ", ");
  }
  std::string value(std::span<const Cell> row, std::size_t i) const {
    return describe(schema_.columns[columns_[i]].type, row[i]);
  }
  const std::string& column(std::size_t i) const { return schema_.columns[columns_[i]].name; }
  std::size_t size() const { return columns_.size(); }
  const std::vector<std::size_t>& columns() const { return columns_; }
  std::size_t bucket(std::span<const Cell> row) const { return xxh3_128(key(row)).low % kBuckets; }
  Hash128 hash(std::span<const Cell> row) { return hasher_.hash(row).xxh3; }

 private:
  const TableSchema& schema_;
  RowHasher hasher_;
  std::vector<std::size_t> columns_;
  std::vector<std::size_t> key_cells_;
};

using RowUse = std::function<void(std::span<const Cell>)>;

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

class Comparing {
 public:
  Comparing(const Dialect& dialect, const ResolvedTable& table, const Settlements& settlements,
            Target& target, const std::function<Source&(const std::string&)>& source,
            const std::vector<RejectRecord>& rejects)
      : dialect_(dialect),
        table_(table),
        settlements_(settlements),
        target_(target),
        source_(source),
        rejects_(rejects),
        names_(table, table.loads.front()) {}

  std::vector<Difference> run(std::size_t limit) {
    Buckets expected;
    Buckets found;
    const auto into = [&](Buckets& buckets) {
      return [&](std::span<const Cell> row) {
        buckets.sums[names_.bucket(row)] += names_.hash(row);
        ++buckets.rows;
      };
    };
    read_source(into(expected));
    read_target(into(found));
    const std::int64_t a_bucket =
        std::max<std::int64_t>(1, std::max(expected.rows, found.rows) / static_cast<int>(kBuckets));
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (!(expected.sums[i] == found.sums[i]) &&
          static_cast<std::int64_t>(unequal_.size()) * a_bucket < kHeldRows) {
        unequal_.insert(i);
      }
    }
    return join_rows(limit);
  }

 private:
  using Rows =
      std::map<std::string, std::vector<std::vector<std::string>>>;  // by key; equal keys stand side by side

  void read_source(const RowUse& use) {
    for (const auto& load : table_.loads) {
      std::set<std::string> rejected;
      for (const auto& r : rejects_) {
        if (r.load == load.name && !r.reject.key.values.empty()) rejected.insert(to_json(r.reject.key));
      }
      const auto canonical = [&](const std::string& type, std::span<const std::string> values) {
        return target_.canonical_text(type, values);
      };
      Road road(source_(load.source), table_, load, dialect_.value_limits(), settlements_, canonical);
      SourceSide side(rejected, use);
      road.travel({}, side);
    }
  }

  void read_target(const RowUse& use) {
    ReadBack request;
    request.table = &table_.schema;
    request.columns = names_.columns();
    std::vector<Cell> row(names_.size());
    const auto reader = target_.read_back(request);
    while (reader->next(row)) use(row);
  }

  RowUse hold_in(Rows& rows) {
    return [&](std::span<const Cell> row) {
      if (!unequal_.contains(names_.bucket(row))) return;
      std::vector<std::string> values;
      for (std::size_t i = 0; i < names_.size(); ++i) values.push_back(names_.value(row, i));
      rows[names_.key(row)].push_back(std::move(values));
    };
  }

  std::vector<Difference> join_rows(std::size_t limit) {
    Rows expected;
    Rows found;
    read_source(hold_in(expected));
    read_target(hold_in(found));
    std::vector<Difference> differences;
    std::set<std::string> keys;
    for (const auto& [key, rows] : expected) keys.insert(key);
    for (const auto& [key, rows] : found) keys.insert(key);
    for (const auto& key : keys) {
      if (differences.size() >= limit) break;
      compare_key(key, expected[key], found[key], differences);
    }
    return differences;
  }

  void compare_key(const std::string& key, std::vector<std::vector<std::string>>& expected,
                   std::vector<std::vector<std::string>>& found, std::vector<Difference>& out) const {
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    const auto times = [](std::size_t n) {
      return n == 0 ? std::string("no such row") : std::to_string(n) + " such rows";
    };
    if (expected.size() != found.size()) {
      out.push_back({key, "", expected.size() == 1 ? "a row" : times(expected.size()),
                     found.size() == 1 ? "a row" : times(found.size())});
      return;
    }
    for (std::size_t r = 0; r < expected.size(); ++r) {
      for (std::size_t i = 0; i < names_.size(); ++i) {
        if (expected[r][i] != found[r][i])
          out.push_back({key, names_.column(i), expected[r][i], found[r][i]});
      }
    }
  }

  const Dialect& dialect_;
  const ResolvedTable& table_;
  const Settlements& settlements_;
  Target& target_;
  const std::function<Source&(const std::string&)>& source_;
  const std::vector<RejectRecord>& rejects_;
  RowNames names_;
  std::set<std::size_t> unequal_;
};

}  // namespace

std::vector<Difference> find_differences(const Dialect& dialect, const ResolvedTable& table,
                                         const Settlements& settlements, Target& target,
                                         const std::function<Source&(const std::string&)>& source,
                                         const std::vector<RejectRecord>& rejects, std::size_t limit) {
  return Comparing(dialect, table, settlements, target, source, rejects).run(limit);
}

}  // namespace planrun
