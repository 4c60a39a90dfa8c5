#include "sqlite/tenant_files.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "base/parallel.h"
#include "base/text.h"
#include "sql/identifiers.h"
#include "sqlite/integrity.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

// Files that are counted to tell the size of all; the rest are taken to hold as many rows a byte.
constexpr std::size_t kCountedFiles = 32;
constexpr std::size_t kMostDifferences = 10;

std::int64_t bytes_of_file(const fs::path& file) {
  std::error_code fault;
  const auto bytes = fs::file_size(file, fault);
  return fault ? 0 : static_cast<std::int64_t>(bytes);
}

/// The largest, and others evenly among all.
std::set<std::size_t> files_to_count(const std::vector<std::int64_t>& bytes) {
  std::set<std::size_t> chosen;
  const std::size_t count = std::min(bytes.size(), kCountedFiles);
  for (std::size_t i = 0; i < count; ++i) chosen.insert(i * bytes.size() / count);
  chosen.insert(static_cast<std::size_t>(std::ranges::max_element(bytes) - bytes.begin()));
  return chosen;
}

const SourceColumn* column_named(const SourceTable& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &SourceColumn::name);
  return found == table.columns.end() ? nullptr : &*found;
}

std::string kind_text(SourceTableKind kind) {
  return kind == SourceTableKind::view            ? "a view"
         : kind == SourceTableKind::virtual_table ? "a virtual table"
                                                  : "a table";
}

std::string key_text(const CatalogTable& table) {
  std::string text;
  for (std::size_t i = 0; i < table.order.parts.size(); ++i) {
    const KeyPart& part = table.order.parts[i];
    text += (i == 0 ? "" : ", ") + table.table.key[i] + (part.collation.empty() ? "" : " collate ") +
            part.collation + (part.descending ? " desc" : "");
  }
  return text.empty() ? "no key" : "the key (" + text + ")";
}

std::string column_text(const SourceColumn& column) {
  return (column.declared.empty() ? "without a type" : to_lower_ascii(column.declared)) +
         (column.primary_key > 0 ? ", " + std::to_string(column.primary_key) + " in the primary key" : "") +
         (column.generated ? ", generated" : "");
}

/// What `table` has otherwise than `other`, which is of the file `there`; empty: nothing that counts.
std::string difference(const CatalogTable& table, const CatalogTable& other, const std::string& there,
                       const std::vector<std::string>& columns) {
  const std::string name = quote_for_message(table.table.name);
  if (table.table.kind != other.table.kind)
    return name + " is " + kind_text(table.table.kind) + ", and " + kind_text(other.table.kind) + " in " +
           there;
  if (key_text(table) != key_text(other))
    return "table " + name + " has " + key_text(table) + ", and " + key_text(other) + " in " + there;
  for (const auto& column : columns) {
    const SourceColumn* own = column_named(table.table, column);
    const SourceColumn* others = column_named(other.table, column);
    const std::string shown = "column " + quote_for_message(column);
    if (others == nullptr) continue;
    if (own == nullptr) return "table " + name + " has no " + shown + ", which it has in " + there;
    if (column_text(*own) != column_text(*others))
      return shown + " of table " + name + " is " + column_text(*own) + ", and " + column_text(*others) +
             " in " + there;
  }
  return {};
}

}  // namespace

std::string schema_hash(SqliteConnection& connection) {
  Statement list(connection,
                 "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema "
                 "where name not like 'sqlite\\_stat%' escape '\\' order by type, name");
  StreamingHash hash;
  while (list.step()) {
    for (int i = 0; i < 4; ++i) hash.update(list.text(i) + '\0');
  }
  return to_hex(hash.digest());
}

TenantFiles::TenantFiles(std::string column, std::vector<TenantFile> files, Writers writers)
    : column_(std::move(column)), files_(std::move(files)), writers_(writers) {}

std::shared_ptr<SqliteConnection> TenantFiles::open(std::size_t file, std::string* notice) const {
  const fs::path& path = files_[file].file;
  const Access access = files_[file].is_copy ? Access{AccessKind::immutable, path, nullptr, {}}
                                             : find_access(path, writers_, ErrorCode::source);
  if (notice != nullptr) *notice = access.notice;
  return open_as_source(access, path, writers_);
}

std::unique_ptr<Source> TenantFiles::connect(std::size_t file) const {
  return make_sqlite_source(open(file), AddedColumn{column_, files_[file].tenant});
}

void TenantFiles::check_integrity(const std::atomic<bool>& stop) const {
  for_each_at_once(files_.size(), [&](std::size_t i) { planrun::check_integrity(*open(i), stop); });
}

const std::vector<SourceTable>& TenantFiles::tables() {
  const std::lock_guard lock(mutex_);
  if (!looked_into_) look_into_all();
  return tables_;
}

const std::vector<TenantSchema>& TenantFiles::schemas() {
  tables();
  return schemas_;
}

std::vector<std::string> TenantFiles::notices() const {
  const std::lock_guard lock(mutex_);
  if (noticed_ == 0) return {};
  return {notice_ + (noticed_ == 1 ? ""
                                   : "; and " + with_thousands(static_cast<std::int64_t>(noticed_ - 1)) +
                                         " more files in the same way")};
}

void TenantFiles::look_into_all() {
  tables_.clear();
  schemas_.clear();
  noticed_ = 0;
  std::vector<std::string> noticed(files_.size());
  for_each_at_once(files_.size(), [&](std::size_t i) {
    if (files_[i].schema.empty()) files_[i].schema = schema_hash(*open(i, &noticed[i]));
  });
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const TenantFile& file = files_[i];
    if (!noticed[i].empty() && noticed_++ == 0) notice_ = file.file.string() + ": " + noticed[i];
    const auto [place, is_new] = places.emplace(file.schema, schemas_.size());
    if (is_new) schemas_.push_back({file.schema, i, 0});
    ++schemas_[place->second].files;
  }
  std::ranges::stable_sort(schemas_, std::greater<>(), &TenantSchema::files);
  for (const TenantSchema& schema : schemas_) add_tables_of(schema);
  estimate_sizes();
  looked_into_ = true;
}

void TenantFiles::add_tables_of(const TenantSchema& schema) {
  const auto connection = open(schema.first);
  for (auto& found : read_catalog(*connection)) {
    SourceTable& table = found.table;
    for (const auto& column : table.columns) {
      if (!same_name(column.name, column_)) continue;
      throw Error(ErrorCode::source,
                  files_[schema.first].file.string() + ": table " + quote_for_message(table.name) +
                      " has a column " + quote_for_message(column.name) +
                      " of its own, the name of the column that tells the files apart",
                  "give that column another name: tenant_column = \"...\" beside `tenant`");
    }
    // In the target a row's key needs its tenant in front.
    for (auto& column : table.columns) {
      if (column.primary_key > 0) ++column.primary_key;
      column.numbered = false;
    }
    const bool has_primary_key = !primary_key_of(table).empty();
    if (!table.key.empty()) table.key.insert(table.key.begin(), column_);
    const auto known = std::ranges::find(tables_, table.name, &SourceTable::name);
    if (known == tables_.end()) {
      table.columns.push_back({column_, "TEXT", true, has_primary_key ? 1 : 0});
      tables_.push_back(std::move(table));
      continue;
    }
    for (auto& column : table.columns) {
      if (column_named(*known, column.name) == nullptr)
        known->columns.insert(known->columns.end() - 1, std::move(column));
    }
  }
}

void TenantFiles::estimate_sizes() {
  std::vector<std::int64_t> bytes;
  std::int64_t all_bytes = 0;
  for (const auto& file : files_) {
    bytes.push_back(bytes_of_file(file.file));
    all_bytes += bytes.back();
  }
  std::int64_t counted_bytes = 0;
  for (const std::size_t file : files_to_count(bytes)) {
    counted_bytes += bytes[file];
    for (const auto& table : connect(file)->tables()) {
      const auto known = std::ranges::find(tables_, table.name, &SourceTable::name);
      if (known == tables_.end()) continue;  // made since
      known->estimated_rows += table.estimated_rows;
      known->estimated_bytes += table.estimated_bytes;
    }
  }
  const double share =
      counted_bytes == 0 ? 1 : static_cast<double>(all_bytes) / static_cast<double>(counted_bytes);
  for (auto& table : tables_) {
    table.estimated_rows = static_cast<std::int64_t>(static_cast<double>(table.estimated_rows) * share);
    table.estimated_bytes = static_cast<std::int64_t>(static_cast<double>(table.estimated_bytes) * share);
  }
}

std::optional<CatalogTable> TenantFiles::find_table(const TenantSchema& schema,
                                                    const std::string& table) const {
  const auto connection = open(schema.first);
  if (connection->find_table(table) == nullptr) return std::nullopt;
  return read_catalog_table(*connection, table);
}

std::vector<std::string> TenantFiles::differences(const std::string& table,
                                                  const std::vector<std::string>& columns) {
  if (schemas().size() == 1) return {};
  std::vector<std::optional<CatalogTable>> found;
  for (const auto& schema : schemas_) found.push_back(find_table(schema, table));
  // By what each column is judged: the schema of the most files that has it.
  std::map<std::size_t, std::vector<std::string>> judges;
  const auto first_with = [&](const auto& has) {
    return static_cast<std::size_t>(std::ranges::find_if(found, has) - found.begin());
  };
  const std::size_t usual = first_with([](const auto& t) { return t.has_value(); });
  judges[usual] = {};
  for (const auto& column : columns) {
    const std::size_t judge =
        first_with([&](const auto& t) { return t && column_named(t->table, column) != nullptr; });
    if (judge < found.size()) judges[judge].push_back(column);
  }
  std::vector<std::string> told;
  for (std::size_t i = 0; i < found.size() && told.size() < kMostDifferences; ++i) {
    for (const auto& [judge, judged] : judges) {
      if (i == judge) continue;
      const std::string there = files_[schemas_[judge].first].file.string();
      const std::string what =
          found[i] ? difference(*found[i], *found[judge], there, judged)
                   : "there is no table " + quote_for_message(table) + ", which is in " + there;
      if (what.empty()) continue;
      told.push_back(shown_files(schemas_[i]) + ": " + what);
      break;
    }
  }
  return told;
}

std::string TenantFiles::shown_files(const TenantSchema& schema) const {
  std::string first = files_[schema.first].file.string();
  if (schema.files == 1) return first;
  return first + " and " + with_thousands(static_cast<std::int64_t>(schema.files - 1)) +
         (schema.files == 2 ? " more file" : " more files");
}

}  // namespace planrun
