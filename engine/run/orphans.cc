#include "run/orphans.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/hash_set.h"
#include "base/text.h"
#include "data/canonical.h"
#include "load/road.h"

namespace planrun {

namespace {

constexpr std::size_t kNamedOrphans = 20;

// Types of one kind hold equal values in equal cells.
TypeKind kind_of_values(TypeKind kind) {
  switch (kind) {
    case TypeKind::smallint:
    case TypeKind::integer:
      return TypeKind::bigint;
    case TypeKind::varchar:
    case TypeKind::char_:
      return TypeKind::text;
    default:
      return kind;
  }
}

std::optional<std::vector<CanonicalColumn>> comparable(const TableSchema& table, const TableSchema& parent,
                                                       const ForeignKeySchema& key) {
  std::vector<CanonicalColumn> columns;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const ColumnSchema* own = table.find(key.columns[i]);
    const ColumnSchema* other = parent.find(key.foreign_columns.at(i));
    if (own == nullptr || other == nullptr) return std::nullopt;
    const TypeKind kind = kind_of_values(own->type.kind);
    if (kind != kind_of_values(other->type.kind)) return std::nullopt;
    columns.push_back({std::to_string(i), kind});
  }
  return columns;
}

// Where a load has these columns; empty: it does not fill all of them.
std::vector<std::size_t> places_in(const ResolvedTable& table, const ResolvedLoad& load,
                                   const std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  for (const auto& name : names) {
    for (std::size_t i = 0; i < load.columns.size(); ++i) {
      if (table.schema.columns[load.columns[i].column].name == name) places.push_back(i);
    }
  }
  if (places.size() < names.size()) places.clear();
  return places;
}

// The values of one key of a table, for all foreign keys that refer to it.
struct ParentKeys {
  const ResolvedTable* table = nullptr;
  std::vector<std::string> names;
  std::vector<CanonicalColumn> columns;
  HashSet values{};
  bool has_target = false;  // also those of rows that the target has
};

struct Question {
  const ResolvedTable* table = nullptr;
  const ForeignKeySchema* key = nullptr;
  ParentKeys* parent = nullptr;
  bool is_open = true;
  std::vector<Orphans> found{};  // of each load that has some
};

// Hashes some columns of a load's rows.
class KeyReader {
 public:
  KeyReader(const std::vector<CanonicalColumn>& columns, std::vector<std::size_t> places)
      : hasher_(columns), places_(std::move(places)), cells_(places_.size()) {}

  Hash128 hash(std::span<const Cell> row) {
    nulls_ = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      cells_[i] = row[places_[i]];
      nulls_ += cells_[i].is_null() ? 1 : 0;
    }
    return hasher_.hash(cells_).xxh3;
  }
  /// Of the row hashed last: MATCH SIMPLE lets it be where one column is null, MATCH FULL only where all are.
  bool refers_to_none(const ForeignKeySchema& key) const {
    return key.match_full ? nulls_ == cells_.size() : nulls_ > 0;
  }

 private:
  RowHasher hasher_;
  std::vector<std::size_t> places_;
  std::vector<Cell> cells_;
  std::size_t nulls_ = 0;
};

using UseRow = std::function<void(std::span<const Cell> row)>;

class RowsToWrite : public RowVisitor {
 public:
  RowsToWrite(const std::atomic<bool>& stop, const UseRow& use) : stop_(stop), use_(use) {}
  bool wants_more(const Reader&) override { return !stop_; }
  void row(const SourceRow&, std::span<const Cell> target) override { use_(target); }
  void rejected(const SourceRow&, const Misfit&) override {}

 private:
  const std::atomic<bool>& stop_;
  const UseRow& use_;
};

std::string describe_row(const ResolvedTable& table, const ResolvedLoad& load, const ForeignKeySchema& key,
                         std::span<const Cell> row) {
  std::vector<std::string> names;
  if (const KeySchema* row_key = table.schema.row_key()) names = row_key->columns;
  for (const auto& name : key.columns) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::vector<std::string> parts;
  for (const auto& name : names) {
    for (const std::size_t i : places_in(table, load, {name}))
      parts.push_back(name + " " + describe(table.schema.columns[load.columns[i].column].type, row[i]));
  }
  return join(parts, ", ");
}

// However many foreign keys there are, a table's rows are read once as what is referred to and once or twice
// as what refers.
class Search {
 public:
  explicit Search(const OrphanRequest& request) : request_(request), names_(request.plan) {}

  std::vector<Orphans> run() {
    ask();
    for (const auto& table : request_.plan.tables) {
      for (const auto& load : table.loads) collect_keys(table, load);
    }
    count();
    // Only for rows that no row of the sources answers the target is read.
    for (auto& question : questions_) {
      question.is_open = !question.found.empty();
      question.found.clear();
      if (question.is_open) add_target_keys(*question.parent);
    }
    count();
    std::vector<Orphans> all;
    for (auto& question : questions_) {
      for (auto& orphans : question.found) all.push_back(std::move(orphans));
    }
    return all;
  }

 private:
  void ask() {
    for (const auto& table : request_.plan.tables) {
      for (const auto& key : table.schema.foreign_keys) {
        const ResolvedTable* parent = names_.table(key.table);
        const bool is_asked = table.schema.exists && (key.restored || !request_.restored_only);
        if (!is_asked || parent == nullptr) continue;
        auto columns = comparable(table.schema, parent->schema, key);
        if (!columns) continue;
        auto& keys = parents_[{key.table, key.foreign_columns}];
        if (!keys) {
          keys = std::make_unique<ParentKeys>();
          keys->table = parent;
          keys->names = key.foreign_columns;
          keys->columns = std::move(*columns);
        }
        questions_.push_back({&table, &key, keys.get()});
      }
    }
  }

  void collect_keys(const ResolvedTable& table, const ResolvedLoad& load) {
    std::vector<std::pair<ParentKeys*, KeyReader>> wanted;
    for (const auto& [name, keys] : parents_) {
      auto places = places_in(table, load, keys->names);
      if (keys->table == &table && !places.empty())
        wanted.emplace_back(keys.get(), KeyReader(keys->columns, std::move(places)));
    }
    if (wanted.empty()) return;
    travel(table, load, [&](std::span<const Cell> row) {
      for (auto& [keys, reader] : wanted) keys->values.insert(reader.hash(row));
    });
  }

  void add_target_keys(ParentKeys& keys) {
    if (keys.has_target || !keys.table->schema.exists) return;
    keys.has_target = true;
    ReadBack request;
    request.table = &keys.table->schema;
    std::vector<std::size_t> places;
    for (const auto& name : keys.names) {
      for (const std::size_t column : keys.table->schema.places({name})) request.columns.push_back(column);
      places.push_back(places.size());
    }
    KeyReader reader(keys.columns, std::move(places));
    std::vector<Cell> row(request.columns.size());
    const auto rows = target().read_back(request);
    while (rows->next(row)) keys.values.insert(reader.hash(row));
  }

  void count() {
    for (const auto& table : request_.plan.tables) {
      for (const auto& load : table.loads) count(table, load);
    }
  }

  void count(const ResolvedTable& table, const ResolvedLoad& load) {
    struct Asked {
      Question* question;
      KeyReader reader;
      Orphans orphans;
    };
    std::vector<Asked> asked;
    for (auto& question : questions_) {
      if (question.table != &table || !question.is_open) continue;
      auto places = places_in(table, load, question.key->columns);
      if (places.empty()) continue;
      asked.push_back({&question, KeyReader(question.parent->columns, std::move(places)),
                       Orphans{load.name, table.schema.name, question.key, 0, {}}});
    }
    if (asked.empty()) return;
    travel(table, load, [&](std::span<const Cell> row) {
      for (auto& [question, reader, orphans] : asked) {
        const Hash128 hash = reader.hash(row);
        if (reader.refers_to_none(*question->key) || question->parent->values.contains(hash)) continue;
        ++orphans.rows;
        if (orphans.shown.size() < kNamedOrphans)
          orphans.shown.push_back(describe_row(table, load, *question->key, row));
      }
    });
    for (auto& one : asked) {
      if (one.orphans.rows > 0) one.question->found.push_back(std::move(one.orphans));
    }
  }

  void travel(const ResolvedTable& table, const ResolvedLoad& load, const UseRow& use) {
    const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
      return target().canonical_text(type, values);
    };
    const auto source = request_.sources.at(load.source)->connect();
    Road road(*source, table, load, request_.target.dialect().value_limits(), request_.settlements,
              canonical);
    RowsToWrite visitor(request_.stop, use);
    road.travel({}, visitor);
    if (request_.stop) throw Error(ErrorCode::interrupted, "stopped on request; nothing was written");
  }

  Target& target() {
    if (!target_) target_ = request_.target.connect(request_.run, 0);
    return *target_;
  }

  const OrphanRequest& request_;
  const PlanNames names_;
  std::unique_ptr<Target> target_;
  std::map<std::pair<std::string, std::vector<std::string>>, std::unique_ptr<ParentKeys>> parents_;
  std::vector<Question> questions_;
};

}  // namespace

std::vector<Orphans> find_orphans(const OrphanRequest& request) {
  return Search(request).run();
}

std::string what_is_missing(const Orphans& orphans) {
  return "no row of " + orphans.key->table + " for " + join(orphans.key->columns, ", ") + " (" +
         orphans.key->name + "), in source or target";
}

void refuse_orphans(const std::vector<Orphans>& orphans) {
  if (orphans.empty()) return;
  std::vector<std::string> parts;
  for (const auto& one : orphans) {
    std::string text = "load " + one.load + ": " + with_thousands(one.rows) +
                       (one.rows == 1 ? " row" : " rows") + " with " + what_is_missing(one);
    for (const auto& row : one.shown) text += "\n  " + one.table + ": " + row;
    const auto more = one.rows - static_cast<std::int64_t>(one.shown.size());
    if (more > 0) text += "\n  and " + with_thousands(more) + " more";
    parts.push_back(std::move(text));
  }
  throw Error(ErrorCode::rejected, join(parts, "\n"),
              "nothing was written; mend the source, or leave the rows out by `where`");
}

}  // namespace planrun
