#include "run/sample_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/decimal.h"
#include "base/error.h"
#include "base/hash.h"
#include "run/sample_links.h"

namespace planrun {

namespace {

/// The number of a key and the values of its columns, hashed.
using Value = Hash128;
struct HashOfValue {
  std::size_t operator()(const Value& value) const { return value.low; }
};
using Values = std::unordered_set<Value, HashOfValue>;

// Text that is the same for equal values of two types that a foreign key may compare: integer and numeric,
// date and timestamp.
void append_comparable(TypeKind type, const Cell& cell, std::string& out) {
  constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
  switch (cell.kind) {
    case CellKind::integer:
      out += std::to_string(type == TypeKind::date ? cell.integer * kMicrosPerDay : cell.integer);
      break;
    case CellKind::real:
      if (std::isfinite(cell.real)) append_shortest_decimal(cell.real == 0 ? 0.0 : cell.real, out);
      break;
    default:
      out += cell.bytes;
  }
}

struct Row {
  Key key;
  std::vector<Value> offers;
  std::vector<Value> needs;  // not taken yet, as far as it is known
  bool refers = false;       // a foreign key of it points to a row that is taken
  bool may_not = false;      // one points to a row that never will be
  bool taken = false;
};

// A row that points to itself needs nobody else.
void drop_own_needs(Row& row) {
  std::erase_if(row.needs, [&](const Value& need) {
    return std::find(row.offers.begin(), row.offers.end(), need) != row.offers.end();
  });
}

// The rows of one source table, or of several that refer to each other, and which of them are taken.
class Group {
 public:
  Group(const SampleRequest& request, const Links& links, Values& values)
      : request_(request), links_(links), values_(values) {}

  void settle(const std::vector<LoadsOfTable>& tables) {
    for (const auto& table : tables) {
      for (const std::size_t load : table) {
        for (const auto& end : links_.loads[load].offers) own_keys_.insert(end.key);
      }
    }
    for (const auto& table : tables) read(table);
    for (Row& row : rows_) drop_own_needs(row);
    // Of a table that refers to itself, those that refer to nobody come first.
    for (auto& [load, candidates] : candidates_) {
      if (links_.loads[load].needs.empty()) continue;
      std::erase_if(candidates, [&](std::size_t i) { return !rows_[i].needs.empty(); });
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      for (const Value& need : rows_[i].needs) waiting_[need].push_back(i);
    }
    take_first_rows();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (is_ready(rows_[i]) && rows_[i].refers) take(i);
    }
    if (!waiting_.empty()) take_circles();
  }

  void add_keys(std::map<SourceTableName, std::vector<Key>>& keys) {
    for (const Extent& extent : extents_) {
      const ResolvedLoad& load = links_.loads[extent.loads->front()].load;
      auto& list = keys[{load.source, load.source_table}];
      for (std::size_t i = extent.begin; i < extent.end; ++i) {
        if (rows_[i].taken) list.push_back(std::move(rows_[i].key));
      }
    }
  }

 private:
  class Reading;
  struct Extent {  // of rows_, by source table
    const LoadsOfTable* loads;
    std::size_t begin;
    std::size_t end;
  };

  void read(const LoadsOfTable& loads);

  bool refers_outside(std::size_t load) const {
    const auto& needs = links_.loads[load].needs;
    return std::any_of(needs.begin(), needs.end(),
                       [&](const LinkEnd& end) { return !own_keys_.contains(end.key); });
  }

  static bool is_ready(const Row& row) { return !row.may_not && !row.taken && row.needs.empty(); }

  void take_first_rows() {
    for (const auto& [load, candidates] : candidates_) {
      std::int64_t count = 0;
      for (const std::size_t i : candidates) {
        if (count == request_.rows) break;
        if (is_ready(rows_[i])) take(i);
        if (rows_[i].taken) ++count;
      }
    }
  }

  // With all that only waited for it.
  void take(std::size_t first) {
    any_taken_ = true;
    std::vector<std::size_t> todo = {first};
    while (!todo.empty()) {
      const std::size_t i = todo.back();
      todo.pop_back();
      if (rows_[i].taken) continue;
      rows_[i].taken = true;
      for (const Value& value : rows_[i].offers) {
        if (!values_.insert(value).second) continue;
        const auto waiting = waiting_.find(value);
        if (waiting == waiting_.end()) continue;
        for (const std::size_t other : waiting->second) {
          std::erase(rows_[other].needs, value);
          rows_[other].refers = true;
          if (is_ready(rows_[other])) todo.push_back(other);
        }
      }
    }
  }

  // What still waits, waits for rows that wait themselves. Whole circles of such rows are taken where one of
  // them refers to a row that is taken, or where nothing else of the group begins.
  void take_circles() {
    find_whole_rows();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (is_whole_[i] && rows_[i].refers) take_with_needs(i);
    }
    for (const Extent& extent : extents_) {
      if (any_taken_) return;
      const auto& loads = *extent.loads;
      if (std::any_of(loads.begin(), loads.end(), [&](std::size_t load) { return refers_outside(load); }))
        continue;
      std::int64_t count = 0;
      for (std::size_t i = extent.begin; i < extent.end && count < request_.rows; ++i) {
        if (is_whole_[i]) take_with_needs(i);
        if (rows_[i].taken) ++count;
      }
    }
  }

  // A waiting row is whole unless something that it needs is offered by no whole row.
  void find_whole_rows() {
    std::unordered_map<Value, std::size_t, HashOfValue> offer_count;
    is_whole_.assign(rows_.size(), false);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      is_whole_[i] = !rows_[i].taken && !rows_[i].may_not && !rows_[i].needs.empty();
      if (!is_whole_[i]) continue;
      for (const Value& value : rows_[i].offers) {
        ++offer_count[value];
        owners_.emplace(value, i);
      }
    }
    std::vector<std::size_t> todo;
    const auto falls = [&](std::size_t i) {
      return is_whole_[i] && std::any_of(rows_[i].needs.begin(), rows_[i].needs.end(),
                                         [&](const Value& need) { return offer_count[need] == 0; });
    };
    const auto let_fall = [&](std::size_t i) {
      if (!falls(i)) return;
      is_whole_[i] = false;
      todo.push_back(i);
    };
    for (std::size_t i = 0; i < rows_.size(); ++i) let_fall(i);
    while (!todo.empty()) {
      const std::size_t i = todo.back();
      todo.pop_back();
      for (const Value& value : rows_[i].offers) {
        if (--offer_count[value] > 0) continue;
        const auto waiting = waiting_.find(value);
        if (waiting == waiting_.end()) continue;
        for (const std::size_t other : waiting->second) let_fall(other);
      }
    }
  }

  void take_with_needs(std::size_t first) {
    std::vector<std::size_t> todo = {first};
    while (!todo.empty()) {
      const std::size_t i = todo.back();
      todo.pop_back();
      if (rows_[i].taken) continue;
      take(i);
      for (const Value& need : rows_[i].needs) {
        if (values_.contains(need)) continue;
        const auto [begin, end] = owners_.equal_range(need);
        const auto owner = std::find_if(begin, end, [&](const auto& o) { return is_whole_[o.second]; });
        if (owner != end) todo.push_back(owner->second);
      }
    }
  }

  const SampleRequest& request_;
  const Links& links_;
  Values& values_;                  // of rows that are taken
  std::set<std::size_t> own_keys_;  // that a table of the group offers
  std::vector<Row> rows_;           // that may be taken, by table
  std::vector<Extent> extents_;
  std::map<std::size_t, std::vector<std::size_t>> candidates_;  // by load: the first rows, in key order
  std::unordered_map<Value, std::vector<std::size_t>, HashOfValue> waiting_;  // rows that need it
  std::vector<bool> is_whole_;
  std::unordered_multimap<Value, std::size_t, HashOfValue> owners_;
  bool any_taken_ = false;
};

// One load's view of its table's rows.
class Group::Reading : public RowVisitor {
 public:
  /// `places`: of the rows of a table that several loads read, by key; null where this load alone does.
  Reading(Group& group, std::size_t load, std::unordered_map<std::string, std::size_t>* places)
      : group_(group),
        number_(load),
        load_(group.links_.loads[load]),
        may_begin_(!group.refers_outside(load)),
        places_(places) {}

  bool wants_more(const Reader&) override {
    if (group_.request_.stop) throw Error(ErrorCode::interrupted, "stopped while the sample was chosen");
    return !has_enough();
  }

  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (from.is_first()) row_ = {};
    for (const auto& end : load_.offers) {
      if (const auto value = value_of(end, target)) row_.offers.push_back(*value);
    }
    for (const auto& end : load_.needs) {
      const auto value = value_of(end, target);
      if (!value) continue;
      if (group_.values_.contains(*value)) {
        row_.refers = true;
      } else if (group_.own_keys_.contains(end.key)) {
        if (std::find(row_.needs.begin(), row_.needs.end(), *value) == row_.needs.end())
          row_.needs.push_back(*value);
      } else {
        row_.may_not = true;
      }
    }
    if (from.is_last()) add(from, may_begin_);
  }

  // What the rehearsal is to show as a reject. To what it refers cannot be told.
  void rejected(const SourceRow& from, const Misfit&) override {
    row_ = {};
    add(from, load_.needs.empty());
  }

 private:
  bool has_enough() const {
    return places_ == nullptr && load_.needs.empty() &&
           static_cast<std::int64_t>(group_.candidates_[number_].size()) >= group_.request_.rows;
  }

  // None where a column is null: such a key refers to nothing (MATCH SIMPLE).
  std::optional<Value> value_of(const LinkEnd& end, std::span<const Cell> target) {
    text_ = std::to_string(end.key);
    for (const std::size_t place : end.places) {
      const Cell& cell = target[place];
      if (cell.is_null()) return std::nullopt;
      const std::size_t begin = text_.size();
      append_comparable(load_.table->schema.columns[load_.load.columns[place].column].type.kind, cell, text_);
      text_ += ' ' + std::to_string(text_.size() - begin) + ' ';
    }
    return xxh3_128(text_);
  }

  void add(const SourceRow& from, bool may_begin) {
    const bool alone = places_ == nullptr;
    if (alone && (row_.may_not || has_enough())) return;
    if (alone && !may_begin && !row_.refers && row_.needs.empty()) return;
    auto& rows = group_.rows_;
    std::size_t place = rows.size();
    row_.key = from.key();
    if (!alone) place = places_->emplace(to_json(row_.key), place).first->second;
    if (place == rows.size()) {
      rows.push_back(std::move(row_));
    } else {
      Row& other = rows[place];
      other.offers.insert(other.offers.end(), row_.offers.begin(), row_.offers.end());
      other.needs.insert(other.needs.end(), row_.needs.begin(), row_.needs.end());
      other.refers |= row_.refers;
      other.may_not |= row_.may_not;
    }
    if (may_begin) group_.candidates_[number_].push_back(place);
  }

  Group& group_;
  std::size_t number_;
  const LinkedLoad& load_;
  bool may_begin_;
  std::unordered_map<std::string, std::size_t>* places_;
  Row row_;
  std::string text_;
};

void Group::read(const LoadsOfTable& loads) {
  const std::size_t begin = rows_.size();
  std::unordered_map<std::string, std::size_t> places;
  for (const std::size_t number : loads) {
    const LinkedLoad& linked = links_.loads[number];
    Source& source = request_.source({linked.load.source, linked.load.source_table});
    Reading reading(*this, number, loads.size() > 1 ? &places : nullptr);
    try {
      // Merges are settled among the rows that were chosen.
      Road(source, *linked.table, linked.load, request_.limits, {}, request_.canonical).travel({}, reading);
    } catch (const Error& error) {
      throw error.within("load " + linked.load.name);
    }
  }
  extents_.push_back({&loads, begin, rows_.size()});
}

}  // namespace

std::map<SourceTableName, std::vector<Key>> choose_sample(const SampleRequest& request) {
  const Links links = find_links(request.plan);
  for (const auto& text : links.not_followed) request.notice(text);
  Values values;
  std::map<SourceTableName, std::vector<Key>> keys;
  for (const auto& tables : order_tables(links)) {
    Group group(request, links, values);
    group.settle(tables);
    group.add_keys(keys);
  }
  return keys;
}

}  // namespace planrun
