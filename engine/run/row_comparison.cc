#include "run/row_comparison.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "load/road.h"

namespace planrun {

namespace {

constexpr std::size_t kBuckets = 4096;
// Rows of one side that may be held to be joined.
constexpr std::int64_t kHeldRows = 50'000;

struct Buckets {
  std::array<Hash128, kBuckets> sums{};
  std::int64_t rows = 0;
};

std::size_t bucket_of(const std::string& key) {
  return xxh3_128(key).low % kBuckets;
}

}  // namespace

// Key and hash of rows in the columns of a table's loads.
class RowComparison::RowNames {
 public:
  RowNames(const ResolvedTable& table, const ResolvedLoad& load)
      : schema_(table.schema), hasher_(row_hasher(table, load)) {
    for (const auto& column : load.columns) columns_.push_back(column.column);
    std::vector<std::size_t> key = load.key;
    if (const KeySchema* named = schema_.row_key(); key.empty() && named != nullptr)
      key = schema_.places(named->columns);
    for (const std::size_t place : key) {
      const auto cell = std::find(columns_.begin(), columns_.end(), place);
      if (cell != columns_.end()) key_cells_.push_back(static_cast<std::size_t>(cell - columns_.begin()));
    }
    if (key_cells_.size() != key.size()) key_cells_.clear();
  }

  // "id 12"; the whole row where there is no key.
  std::string key(std::span<const Cell> row) const {
    std::vector<std::string> parts;
    if (key_cells_.empty()) {
      for (std::size_t i = 0; i < row.size(); ++i) parts.push_back(value(row, i));
    }
    for (const std::size_t i : key_cells_) parts.push_back(column(i) + " " + value(row, i));
    return join(parts, ", ");
  }
  std::string value(std::span<const Cell> row, std::size_t i) const {
    return describe(schema_.columns[columns_[i]].type, row[i]);
  }
  const std::string& column(std::size_t i) const { return schema_.columns[columns_[i]].name; }
  std::size_t size() const { return columns_.size(); }
  Hash128 hash(std::span<const Cell> row) { return hasher_.hash(row).xxh3; }

 private:
  const TableSchema& schema_;
  RowHasher hasher_;
  std::vector<std::size_t> columns_;
  std::vector<std::size_t> key_cells_;
};

RowComparison::RowComparison(const ResolvedTable& table, const ResolvedLoad& load, Sides sides)
    : sides_(std::move(sides)), names_(std::make_unique<RowNames>(table, load)) {}

RowComparison::~RowComparison() = default;

void RowComparison::narrow() {
  Buckets expected;
  Buckets found;
  const auto into = [&](Buckets& buckets) {
    return [&](std::span<const Cell> row) {
      buckets.sums[bucket_of(names_->key(row))] += names_->hash(row);
      ++buckets.rows;
    };
  };
  sides_.expected(into(expected));
  sides_.found(into(found));
  const std::int64_t a_bucket =
      std::max<std::int64_t>(1, std::max(expected.rows, found.rows) / static_cast<int>(kBuckets));
  std::set<std::size_t> unequal;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (expected.sums[i] == found.sums[i]) continue;
    if (static_cast<std::int64_t>(unequal.size()) * a_bucket < kHeldRows) {
      unequal.insert(i);
    } else {
      complete_ = false;
    }
  }
  different_ = read_pairs([&](const std::string& key) { return unequal.contains(bucket_of(key)); });
  std::erase_if(different_, [](const auto& pair) { return pair.second.expected == pair.second.found; });
}

void RowComparison::read_again() {
  Pairs now = read_pairs([&](const std::string& key) { return different_.contains(key); });
  for (auto before = different_.begin(); before != different_.end();) {
    Pair& pair = now[before->first];
    if (pair.expected == pair.found) {
      ++settled_;
      before = different_.erase(before);
      continue;
    }
    pair.steady = pair.expected == before->second.expected && pair.found == before->second.found;
    before->second = std::move(pair);
    ++before;
  }
}

RowUse RowComparison::hold_in(Pairs& pairs, Rows Pair::*side,
                              const std::function<bool(const std::string&)>& wanted) {
  return [this, &pairs, side, &wanted](std::span<const Cell> row) {
    const std::string key = names_->key(row);
    if (!wanted(key)) return;
    auto& values = (pairs[key].*side).emplace_back();
    for (std::size_t i = 0; i < names_->size(); ++i) values.push_back(names_->value(row, i));
  };
}

RowComparison::Pairs RowComparison::read_pairs(const std::function<bool(const std::string&)>& wanted) {
  Pairs pairs;
  sides_.expected(hold_in(pairs, &Pair::expected, wanted));
  sides_.found(hold_in(pairs, &Pair::found, wanted));
  for (auto& [key, pair] : pairs) {
    std::sort(pair.expected.begin(), pair.expected.end());
    std::sort(pair.found.begin(), pair.found.end());
  }
  return pairs;
}

std::size_t RowComparison::keys_different(bool steady) const {
  return static_cast<std::size_t>(std::count_if(
      different_.begin(), different_.end(), [&](const auto& pair) { return !steady || pair.second.steady; }));
}

std::vector<Difference> RowComparison::differences(std::size_t limit, bool steady) const {
  std::vector<Difference> differences;
  for (const auto& [key, pair] : different_) {
    if (differences.size() >= limit) break;
    if (pair.steady || !steady) compare_key(key, pair, differences);
  }
  if (differences.size() > limit) differences.resize(limit);
  return differences;
}

void RowComparison::compare_key(const std::string& key, const Pair& pair,
                                std::vector<Difference>& out) const {
  const auto times = [](std::size_t n) {
    return n == 0 ? std::string("no such row") : std::to_string(n) + " such rows";
  };
  const Rows& expected = pair.expected;
  const Rows& found = pair.found;
  if (expected.size() != found.size()) {
    out.push_back({key, "", expected.size() == 1 ? "a row" : times(expected.size()),
                   found.size() == 1 ? "a row" : times(found.size())});
    return;
  }
  for (std::size_t r = 0; r < expected.size(); ++r) {
    for (std::size_t i = 0; i < names_->size(); ++i) {
      if (expected[r][i] != found[r][i]) out.push_back({key, names_->column(i), expected[r][i], found[r][i]});
    }
  }
}

}  // namespace planrun
