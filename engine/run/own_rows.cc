#include "run/own_rows.h"

#include <filesystem>

#include "load/road.h"

namespace planrun {

namespace {

// Rows whose hashes are held at once, in 17 MB.
constexpr std::int64_t kRowsOfPart = 350'000;
// Records of a part that are written at once.
constexpr std::size_t kRecordsOfBlock = 1024;

// By the half of the hash that HashSet does not place by.
std::size_t part_of(Hash128 hash, std::size_t parts) {
  return hash.high % parts;
}

}  // namespace

OwnRowNames::OwnRowNames(const ResolvedTable& table, const ResolvedLoad& load, bool of_keys)
    : hasher_(row_hasher(table, load)) {
  if (!of_keys) return;
  // By what the load finds a row; where it finds none, by the table's own key. Where the target has given
  // some of that, rows are only known by all that they hold.
  if (load.write != WriteMode::insert && name_by(table, load, load.key)) return;
  if (const KeySchema* named = table.schema.row_key())
    name_by(table, load, table.schema.places(named->columns));
}

bool OwnRowNames::name_by(const ResolvedTable& table, const ResolvedLoad& load,
                          const std::vector<std::size_t>& key) {
  std::vector<CanonicalColumn> columns;
  std::vector<std::size_t> cells;
  for (const std::size_t place : key) {
    for (std::size_t i = 0; i < load.columns.size(); ++i) {
      if (load.columns[i].column != place) continue;
      cells.push_back(i);
      columns.push_back({table.schema.columns[place].name, table.schema.columns[place].type.kind});
    }
  }
  if (cells.empty() || cells.size() != key.size()) return false;
  key_cells_ = std::move(cells);
  key_hasher_ = std::make_unique<RowHasher>(columns);
  return true;
}

Hash128 OwnRowNames::key(std::span<const Cell> row) {
  key_.clear();
  for (const std::size_t i : key_cells_) key_.push_back(row[i]);
  return key_hasher_->hash(key_).xxh3;
}

struct OwnRowsDigest::Row {
  Hash128 key;  // of all it holds where rows have no keys
  RowHash hash;
};

// Records by part: each part's stand in blocks of the file, the last ones in memory.
template <typename Record>
class OwnRowsDigest::Parts {
 public:
  Parts(TemporaryFile& file, std::size_t parts) : file_(file), parts_(parts) {}

  std::size_t count() const { return parts_.size(); }

  void add(Hash128 by, const Record& record) {
    Part& part = parts_[part_of(by, parts_.size())];
    part.records.push_back(record);
    if (part.records.size() < kRecordsOfBlock) return;
    part.blocks.push_back(file_.append(std::as_bytes(std::span(part.records))));
    part.records.clear();
  }

  template <typename Use>
  void each(std::size_t of, const Use& use) const {
    const Part& part = parts_[of];
    std::vector<Record> read(kRecordsOfBlock);
    for (const std::int64_t block : part.blocks) {
      file_.read(block, std::as_writable_bytes(std::span(read)));
      for (const Record& record : read) use(record);
    }
    for (const Record& record : part.records) use(record);
  }

 private:
  struct Part {
    std::vector<std::int64_t> blocks;  // where they begin in the file
    std::vector<Record> records;
  };
  TemporaryFile& file_;
  std::vector<Part> parts_;
};

OwnRowsDigest::OwnRowsDigest(const ResolvedTable& table, const ResolvedLoad& load, bool of_keys,
                             std::int64_t rows)
    : names_(table, load, of_keys), file_(std::filesystem::temp_directory_path()) {
  const auto parts = static_cast<std::size_t>(OwnRows::parts_of(rows));
  keys_ = std::make_unique<Parts<Hash128>>(file_, parts);
  rows_ = std::make_unique<Parts<Row>>(file_, parts);
}

OwnRowsDigest::~OwnRowsDigest() = default;

void OwnRowsDigest::found(std::span<const Cell> row) {
  if (!names_.have_keys()) return;
  const Hash128 key = names_.key(row);
  keys_->add(key, key);
}

void OwnRowsDigest::expected(std::span<const Cell> row) {
  const RowHash hash = names_.hash(row);
  const Hash128 key = names_.have_keys() ? names_.key(row) : hash.xxh3;
  rows_->add(key, {key, hash});
}

Digest OwnRowsDigest::digest() {
  Digest digest;
  for (std::size_t part = 0; part < rows_->count(); ++part) {
    HashSet keys;
    HashSet seen;
    keys_->each(part, [&](Hash128 key) { keys.insert(key); });
    rows_->each(part, [&](const Row& row) {
      if (names_.have_keys() && !keys.contains(row.key)) return;
      if (seen.insert(row.hash.xxh3)) digest.add(row.hash);
    });
  }
  return digest;
}

OwnRows::OwnRows(const ResolvedTable& table, const ResolvedLoad& load, bool of_keys, int part, int parts)
    : names_(table, load, of_keys),
      part_(static_cast<std::uint64_t>(part)),
      parts_(static_cast<std::uint64_t>(parts)) {}

int OwnRows::parts_of(std::int64_t rows) {
  return static_cast<int>(1 + rows / kRowsOfPart);
}

bool OwnRows::is_of_part(Hash128 hash) const {
  return part_of(hash, parts_) == part_;
}

void OwnRows::found(std::span<const Cell> row) {
  if (!names_.have_keys()) return;
  if (const Hash128 key = names_.key(row); is_of_part(key)) keys_.insert(key);
}

bool OwnRows::counts(std::span<const Cell> expected) {
  if (names_.have_keys() && !keys_.contains(names_.key(expected))) return false;
  const Hash128 hash = names_.hash(expected).xxh3;
  return (names_.have_keys() || is_of_part(hash)) && seen_.insert(hash);
}

}  // namespace planrun
