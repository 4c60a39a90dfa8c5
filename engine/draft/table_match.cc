#include "draft/table_match.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/text.h"

namespace planrun {
namespace {

/// userID, user_id and UserId are one.
std::string folded(const std::string& name) {
  std::string text = to_lower_ascii(name);
  std::erase(text, '_');
  return text;
}

std::vector<std::string> spelled_alike(const std::string& name, const std::vector<std::string>& among) {
  std::vector<std::string> found;
  for (const auto& other : among) {
    if (folded(other) == folded(name)) found.push_back(other);
  }
  return found;
}

class Matching {
 public:
  Matching(const std::vector<DraftSource>& sources, const DataOnly& target)
      : sources_(sources), target_(target), names_(target.tables.begin(), target.tables.end()) {}

  TargetMatch match() {
    // Who is spelled alike goes before who is only similar.
    for (const bool exactly : {true, false}) {
      for (const auto& source : sources_) {
        for (const auto& table : source.census->tables) {
          if (!table.was_read || !is_valid_utf8(table.table.name)) continue;
          if (names_.contains(table.table.name) == exactly) match_table(source, table);
        }
      }
    }
    sort_as_read();
    for (const auto& name : target_.tables) {
      if (!taken_.contains(name)) match_.unfilled.push_back(name);
    }
    find_restored_keys();
    return std::move(match_);
  }

 private:
  void match_table(const DraftSource& source, const TableCensus& table) {
    const std::string& name = table.table.name;
    std::vector<std::string> candidates =
        names_.contains(name) ? std::vector<std::string>{name} : spelled_alike(name, target_.tables);
    UnmatchedTable none{&source, &table, {}, {}};
    const bool is_one = candidates.size() == 1 && (target_.loose_names || candidates.front() == name);
    if (is_one && taken_.insert(candidates.front()).second) {
      if (auto existing = target_.find(candidates.front())) {
        match_columns(
            match_.tables.emplace_back(TableMatch{&source, &table, std::move(*existing), {}, {}, {}, {}}));
        return;
      }
    }
    if (is_one) {
      none.taken = candidates.front();
    } else {
      none.candidates = std::move(candidates);
    }
    match_.unmatched.push_back(std::move(none));
  }

  // The order of the sources and of their tables, whoever was matched first.
  void sort_as_read() {
    std::map<const TableCensus*, std::size_t> place;
    for (const auto& source : sources_) {
      for (const auto& table : source.census->tables) place.emplace(&table, place.size());
    }
    const auto before = [&](const auto& a, const auto& b) { return place.at(a.census) < place.at(b.census); };
    std::ranges::sort(match_.tables, before);
    std::ranges::sort(match_.unmatched, before);
  }

  void match_columns(TableMatch& match) const {
    const TableSchema& schema = match.existing.schema;
    std::vector<std::string> names;
    for (const auto& column : schema.columns) names.push_back(column.name);
    std::set<std::string> taken;
    std::map<const ColumnCensus*, std::string> into;
    for (const auto& column : match.census->columns) {
      if (schema.find(column.column.name) == nullptr) continue;
      into[&column] = column.column.name;
      taken.insert(column.column.name);
    }
    for (const auto& column : match.census->columns) {
      if (into.contains(&column) || !target_.loose_names) continue;
      auto candidates = spelled_alike(column.column.name, names);
      std::erase_if(candidates, [&](const std::string& name) { return taken.contains(name); });
      if (candidates.size() > 1) match.unclear.push_back({&column, candidates});
      if (candidates.size() != 1) continue;
      into[&column] = candidates.front();
      taken.insert(candidates.front());
    }
    for (const auto& column : match.census->columns) {
      const auto found = into.find(&column);
      if (found != into.end() && schema.find(found->second)->generated_sql.empty()) {
        match.columns.push_back({&column, found->second});
      } else {
        match.left.push_back(column.column.name);
      }
    }
  }

  /// Whether rows of the run may refer to anything by it: one column that is always null lets all rows be.
  static bool has_values(const TableMatch& match, const ForeignKeySchema& key) {
    return std::ranges::all_of(key.columns, [&](const std::string& name) {
      const ColumnCensus* from = match.filled(name);
      if (from != nullptr) return from->values() > 0;
      const ColumnSchema* column = match.existing.schema.find(name);
      return column != nullptr && !column->default_sql.empty();
    });
  }

  // A foreign key that closes a circle on the way from table to table; without those there is an order.
  void find_restored_keys() {
    std::map<std::string, TableMatch*> tables;
    for (auto& match : match_.tables) {
      if (match.existing.is_typed) tables[match.existing.schema.name] = &match;
    }
    std::set<std::string> done;
    std::vector<std::string> way;
    const std::function<void(TableMatch&)> visit = [&](TableMatch& match) {
      const std::string& name = match.existing.schema.name;
      way.push_back(name);
      for (const auto& key : match.existing.schema.foreign_keys) {
        const auto parent = tables.find(key.table);
        if (parent == tables.end() || done.contains(key.table)) continue;
        if (key.table == name && !has_values(match, key)) continue;
        const auto seen = std::ranges::find(way, key.table);
        if (seen == way.end()) {
          visit(*parent->second);
          continue;
        }
        RestoredKey& restored = match.restored.emplace_back();
        restored.name = key.name;
        restored.way.push_back(name);
        restored.way.insert(restored.way.end(), seen, way.end());
      }
      way.pop_back();
      done.insert(name);
    };
    for (auto& match : match_.tables) {
      const std::string& name = match.existing.schema.name;
      if (tables.contains(name) && !done.contains(name)) visit(match);
    }
  }

  const std::vector<DraftSource>& sources_;
  const DataOnly& target_;
  std::set<std::string> names_;
  std::set<std::string> taken_;
  TargetMatch match_;
};

}  // namespace

const ColumnCensus* TableMatch::filled(const std::string& into) const {
  for (const auto& column : columns) {
    if (column.into == into) return column.column;
  }
  return nullptr;
}

TargetMatch match_tables(const std::vector<DraftSource>& sources, const DataOnly& target) {
  return Matching(sources, target).match();
}

}  // namespace planrun
