// One target file: how its connections are opened, what they share, and its write transactions.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sqlite/handle.h"
#include "sqlite/ledger_tables.h"
#include "sqlite/run_lock.h"
#include "sqlite/writer_turn.h"

namespace planrun {

/// Shared by everything that a TargetDatabase gives out. Any thread.
class TargetFile : public std::enable_shared_from_this<TargetFile> {
 public:
  TargetFile(const std::filesystem::path& file, const std::string& ledger_prefix);

  const std::filesystem::path& path() const { return path_; }
  const SqliteLedgerTables& ledger() const { return ledger_; }
  WriterTurn& turn() { return turn_; }
  RunLock& lock() { return lock_; }

  bool exists() const;
  /// Differs once the file was written.
  std::string state() const;
  /// Makes the file and the ledger's tables where they are missing.
  std::shared_ptr<SqliteConnection> open_for_writing();
  /// Changes nothing; an empty database where there is no file. `follows` is set when the connection sees
  /// what is written after it was opened.
  std::shared_ptr<SqliteConnection> open_for_reading(bool& follows);

 private:
  std::filesystem::path path_;
  SqliteLedgerTables ledger_;
  WriterTurn turn_;
  RunLock lock_;
};

/// What a Target or a Ledger works on. Opened on the first use, for writing only when something is written.
/// One thread.
class TargetConnection {
 public:
  explicit TargetConnection(std::shared_ptr<TargetFile> file) : file_(std::move(file)) {}
  TargetFile& file() { return *file_; }
  const SqliteLedgerTables& ledger() const { return file_->ledger(); }
  std::shared_ptr<SqliteConnection> writing();
  std::shared_ptr<SqliteConnection> reading();

 private:
  std::shared_ptr<TargetFile> file_;  // before the connections: goes after them
  std::shared_ptr<SqliteConnection> writing_;
  std::shared_ptr<SqliteConnection> reading_;
  bool follows_ = false;
  std::string state_;  // of the file when reading_ was opened
};

/// BEGIN IMMEDIATE in its turn; rolled back unless committed. Throws a retryable Error(target) when another
/// program holds the file for too long.
class WriteTransaction {
 public:
  WriteTransaction(TargetFile& file, std::shared_ptr<SqliteConnection> connection);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  SqliteConnection& connection() { return *connection_; }
  void commit();

 private:
  void end();
  TargetFile& file_;
  std::shared_ptr<SqliteConnection> connection_;
  bool open_ = true;
};

}  // namespace planrun
