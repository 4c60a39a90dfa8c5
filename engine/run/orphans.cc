#include "run/orphans.h"

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

// The cells of one key, row by row, of what a load writes.
class KeyVisitor : public RowVisitor {
 public:
  using Use = std::function<void(std::span<const Cell> key, std::span<const Cell> row)>;
  KeyVisitor(std::vector<std::size_t> places, const std::atomic<bool>& stop, Use use)
      : places_(std::move(places)), stop_(stop), use_(std::move(use)), key_(places_.size()) {}
  bool wants_more(const Reader&) override { return !stop_; }
  void row(const SourceRow&, std::span<const Cell> target) override {
    for (std::size_t i = 0; i < places_.size(); ++i) key_[i] = target[places_[i]];
    use_(key_, target);
  }
  void rejected(const SourceRow&, const Misfit&) override {}

 private:
  std::vector<std::size_t> places_;
  const std::atomic<bool>& stop_;
  Use use_;
  std::vector<Cell> key_;
};

class Search {
 public:
  explicit Search(const OrphanRequest& request) : request_(request) {}

  std::vector<Orphans> run() {
    for (const auto& table : request_.plan.tables) {
      if (!table.schema.exists) continue;
      for (const auto& key : table.schema.foreign_keys) {
        const ResolvedTable* parent = request_.plan.find(key.table);
        const bool is_asked = key.restored || !request_.restored_only;
        if (is_asked && parent != nullptr) look_at(table, *parent, key);
      }
    }
    return std::move(found_);
  }

 private:
  void look_at(const ResolvedTable& table, const ResolvedTable& parent, const ForeignKeySchema& key) {
    const auto columns = comparable(table.schema, parent.schema, key);
    if (!columns) return;
    RowHasher hasher(*columns);
    HashSet there;
    for (const auto& load : parent.loads) {
      travel(parent, load, key.foreign_columns, [&](std::span<const Cell> cells, std::span<const Cell>) {
        there.insert(hasher.hash(cells).xxh3);
      });
    }
    if (count(table, key, hasher, there).empty()) return;
    read_target(parent, key.foreign_columns,
                [&](std::span<const Cell> cells) { there.insert(hasher.hash(cells).xxh3); });
    for (auto& orphans : count(table, key, hasher, there)) found_.push_back(std::move(orphans));
  }

  std::vector<Orphans> count(const ResolvedTable& table, const ForeignKeySchema& key, RowHasher& hasher,
                             const HashSet& there) {
    std::vector<Orphans> all;
    for (const auto& load : table.loads) {
      Orphans orphans;
      orphans.load = load.name;
      orphans.table = table.schema.name;
      orphans.key = &key;
      travel(table, load, key.columns, [&](std::span<const Cell> cells, std::span<const Cell> row) {
        if (refers_to_none(key, cells) || there.contains(hasher.hash(cells).xxh3)) return;
        ++orphans.rows;
        if (orphans.shown.size() < kNamedOrphans)
          orphans.shown.push_back(describe_row(table, load, key, row));
      });
      if (orphans.rows > 0) all.push_back(std::move(orphans));
    }
    return all;
  }

  // MATCH SIMPLE lets a row be where one column is null, MATCH FULL only where all are.
  static bool refers_to_none(const ForeignKeySchema& key, std::span<const Cell> cells) {
    std::size_t nulls = 0;
    for (const Cell& cell : cells) nulls += cell.is_null() ? 1 : 0;
    return key.match_full ? nulls == cells.size() : nulls > 0;
  }

  static std::string describe_row(const ResolvedTable& table, const ResolvedLoad& load,
                                  const ForeignKeySchema& key, std::span<const Cell> row) {
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

  void travel(const ResolvedTable& table, const ResolvedLoad& load, const std::vector<std::string>& names,
              const KeyVisitor::Use& use) {
    auto places = places_in(table, load, names);
    if (places.empty()) return;
    const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
      return target().canonical_text(type, values);
    };
    const auto source = request_.sources.at(load.source)->connect();
    Road road(*source, table, load, request_.target.dialect().value_limits(), request_.settlements,
              canonical);
    KeyVisitor visitor(std::move(places), request_.stop, use);
    road.travel({}, visitor);
    if (request_.stop) throw Error(ErrorCode::interrupted, "stopped on request; nothing was written");
  }

  void read_target(const ResolvedTable& table, const std::vector<std::string>& names,
                   const std::function<void(std::span<const Cell>)>& use) {
    ReadBack request;
    request.table = &table.schema;
    request.columns = table.schema.places(names);
    std::vector<Cell> row(request.columns.size());
    const auto reader = target().read_back(request);
    while (reader->next(row)) use(row);
  }

  Target& target() {
    if (!target_) target_ = request_.target.connect(request_.run, 0);
    return *target_;
  }

  const OrphanRequest& request_;
  std::unique_ptr<Target> target_;
  std::vector<Orphans> found_;
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
