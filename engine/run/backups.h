// The snapshots that runs keep: the backups of their sources.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "database/ledger.h"

namespace planrun {

enum class BackupState {
  there,
  deleted,  // by planrun, when its time was over
  missing,
  same,       // hashed now: it is what the run read
  different,  // hashed now: it is not
};
std::string_view to_string(BackupState state);

struct Backup {
  std::string run;
  RunState run_state = RunState::running;
  std::string source;
  std::string file;
  std::int64_t bytes = 0;
  std::string sha256;         // empty: its run ended before it was hashed
  std::int64_t taken_at = 0;  // Unix microseconds
  std::int64_t deleted_at = 0;
  BackupState state = BackupState::there;
  std::int64_t sample = 0;  // rows of a root table in it, of a rehearsal: no backup of the whole
};

/// Of all runs of the plan, the newest first. With `verify` files that have a SHA-256 are hashed again.
std::vector<Backup> list_backups(const std::string& plan, Ledger& ledger, bool verify);

/// Copies the backup to `file` (of many files: into a folder of that name), which must not be there: it
/// appears whole, and with the SHA-256 of the ledger, or not at all. Throws Error(refused) or Error(system).
void restore_backup(const Backup& backup, const std::filesystem::path& file);

}  // namespace planrun
