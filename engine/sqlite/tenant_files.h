// The files of a source that is many SQLite databases: which there are, whose each is, and what they declare.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "database/source.h"
#include "sqlite/catalog.h"
#include "sqlite/source.h"

namespace planrun {

struct TenantFile {
  std::filesystem::path file;
  std::string tenant;
  std::string schema;    // the same for files that declare the same; empty: it was not looked into yet
  bool is_copy = false;  // of our own, hashed: nothing needs to be found out about it
};

/// Files that declare the same.
struct TenantSchema {
  std::string schema;
  std::size_t first = 0;  // of its files
  std::size_t files = 0;
};

/// Opens a file a thread at a time, and keeps none open. Any thread.
class TenantFiles {
 public:
  /// `files` stand in the order of their tenants, at least one.
  TenantFiles(std::string column, std::vector<TenantFile> files, Writers writers);

  const std::vector<TenantFile>& files() const { return files_; }
  const std::string& column() const { return column_; }
  std::unique_ptr<Source> connect(std::size_t file) const;
  /// As SourceDatabase has it.
  void check_integrity(const std::atomic<bool>& stop) const;

  /// The tables of all files together, with those columns that only some have. Throws Error(source) naming
  /// the file that cannot be read, or has a column of the name that tells the tenants apart.
  const std::vector<SourceTable>& tables();
  /// Most files first.
  const std::vector<TenantSchema>& schemas();
  /// As Source has it.
  std::vector<std::string> differences(const std::string& table, const std::vector<std::string>& columns);
  /// "/t/a.db and 12 more files".
  std::string shown_files(const TenantSchema& schema) const;
  /// What was noticed of files that were looked into.
  std::vector<std::string> notices() const;

 private:
  std::shared_ptr<SqliteConnection> open(std::size_t file, std::string* notice = nullptr) const;
  void look_into_all();
  void add_tables_of(const TenantSchema& schema);
  void estimate_sizes();
  std::optional<CatalogTable> find_table(const TenantSchema& schema, const std::string& table) const;

  std::string column_;
  std::vector<TenantFile> files_;
  Writers writers_;
  mutable std::mutex mutex_;
  bool looked_into_ = false;
  std::vector<SourceTable> tables_;
  std::vector<TenantSchema> schemas_;
  std::size_t noticed_ = 0;  // files
  std::string notice_;       // of the first of them
};

/// The same for databases that declare the same.
std::string schema_hash(SqliteConnection& connection);

}  // namespace planrun
