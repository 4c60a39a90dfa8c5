// Many files as one database of a plan: which they are, their snapshot, and what came later.
#include <algorithm>
#include <atomic>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

#include "base/file_pattern.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/text.h"
#include "database/file_list.h"
#include "sqlite/integrity.h"
#include "sqlite/snapshot.h"
#include "sqlite/sqlite.h"
#include "sqlite/tenant_source.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownFiles = 3;

std::string shown_list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShownFiles); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShownFiles)
    text += " and " + with_thousands(static_cast<std::int64_t>(names.size() - kShownFiles)) + " more";
  return text;
}

std::string count_text(std::size_t files) {
  return with_thousands(static_cast<std::int64_t>(files)) + (files == 1 ? " file" : " files");
}

/// What SQLite keeps beside a database while it is in use.
bool is_companion(const fs::path& file) {
  const std::string name = file.string();
  return std::ranges::any_of(
      std::vector<std::string>{"-wal", "-shm", "-journal"}, [&](const std::string& suffix) {
        std::error_code ignored;
        return name.ends_with(suffix) && fs::exists(name.substr(0, name.size() - suffix.size()), ignored);
      });
}

/// Where all files of a pattern are: its part before the first wildcard.
fs::path folder_of(const fs::path& pattern) {
  fs::path folder;
  for (const fs::path& part : pattern.parent_path()) {
    if (has_wildcard(part.string())) break;
    folder /= part;
  }
  return folder;
}

std::vector<fs::path> matching_files(const fs::path& pattern) {
  std::vector<fs::path> files = files_matching(pattern);
  std::erase_if(files, is_companion);
  return files;
}

/// In the order of their tenants.
std::vector<TenantFile> with_tenants(const std::vector<fs::path>& files, const std::string& tenant) {
  std::vector<TenantFile> named;
  for (const auto& file : files) {
    if (!is_valid_utf8(file.string())) {
      throw Error(ErrorCode::source, quote_for_message(file.string(), 200) + ": its name is no UTF-8",
                  "rename the file");
    }
    named.push_back({file, fill_file_name(tenant, file), {}});
  }
  std::ranges::stable_sort(named, {}, &TenantFile::tenant);
  const auto twice = std::ranges::adjacent_find(named, {}, &TenantFile::tenant);
  if (twice != named.end()) {
    throw Error(ErrorCode::source,
                twice->file.string() + " and " + (twice + 1)->file.string() + " are both of the tenant " +
                    quote_for_message(twice->tenant),
                "let `tenant` name what tells them apart: {folder}, {stem} or {name}, or rename one");
  }
  return named;
}

class TenantDatabase : public SourceDatabase {
 public:
  TenantDatabase(SqliteFiles what, std::vector<TenantFile> files, Writers writers)
      : what_(std::move(what)),
        folder_(folder_of(what_.pattern)),
        files_(std::make_shared<TenantFiles>(what_.column, std::move(files), writers)) {}

  std::unique_ptr<Source> connect() override { return make_tenant_source(files_, shown_url()); }
  void check_integrity(const std::atomic<bool>& stop) override { files_->check_integrity(stop); }
  SourceState state() override;
  Snapshot snapshot(const fs::path& file, const CopyGrowth& growth) override;

  Snapshot subset(const fs::path&, const std::vector<TableRows>&) override {
    throw Error(ErrorCode::refused, "no sample is taken of " + shown_url() + ", which is many files");
  }

  std::unique_ptr<SourceDatabase> at_snapshot(const fs::path& list) override;

  std::unique_ptr<SourceDatabase> while_written() override {
    return std::make_unique<TenantDatabase>(what_, with_tenants(matching_files(what_.pattern), what_.tenant),
                                            Writers::likely);
  }

  bool has_many_files() const override { return true; }
  std::unique_ptr<SourceDatabase> as_begun(const SourceState& begun) override;
  std::string change_since(const SourceState& then) override;

  std::string shown_url() const override {
    return "sqlite:" + (list_.empty() ? what_.pattern.string() : list_.string());
  }

  std::vector<std::string> notices() const override {
    std::vector<std::string> all = {
        count_text(files_->files().size()) +
        ", read as one database; its keys and references are left to the target, as no "
        "query can be asked of all files"};
    if (!later_.empty()) all.push_back(later_);
    if (list_.empty()) {
      for (const auto& folder : folders_matching(what_.pattern))
        all.push_back(folder.string() + " is a folder, and is passed over");
    }
    for (auto& notice : files_->notices()) all.push_back(std::move(notice));
    return all;
  }

 private:
  void copy_into(const fs::path& folder, FileList& list) const;
  void refuse_other_names(const std::string& tenant, const std::string& column) const;
  /// The files that the pattern has and `known` has not.
  void tell_later(std::vector<fs::path> known, TenantDatabase& database) const;

  SqliteFiles what_;
  fs::path folder_;
  std::shared_ptr<TenantFiles> files_;
  fs::path list_;      // of a snapshot
  std::string later_;  // for people: files that came since the run began
};

SourceState TenantDatabase::state() {
  if (!list_.empty()) return {file_stamp(list_)};
  Json files = Json::object();
  for (const auto& file : files_->files())
    files[file.file.lexically_relative(folder_).string()] = file_state(file.file);
  return {Json{{"tenant", what_.tenant}, {"column", what_.column}, {"files", std::move(files)}}.dump()};
}

std::string TenantDatabase::change_since(const SourceState& then) {
  if (!list_.empty()) return "has changed";
  const Json before = Json::parse(then.text).at("files");
  const Json now = Json::parse(state().text).at("files");
  std::vector<std::string> changed;
  for (const auto& [name, state] : before.items()) {
    if (now.value(name, "") != state) changed.push_back((folder_ / name).string());
  }
  return "has changed (" + shown_list(changed) + ")";
}

std::unique_ptr<SourceDatabase> TenantDatabase::as_begun(const SourceState& begun) {
  const Json before = Json::parse(begun.text, nullptr, false);
  if (!before.is_object() || !before.contains("files")) {
    throw Error(ErrorCode::refused, shown_url() + " was one file when the run began, and is many now",
                "put `url` and `tenant` back, or take the run back and begin a new one");
  }
  refuse_other_names(before.at("tenant"), before.at("column"));
  std::vector<fs::path> files;
  std::vector<std::string> gone;
  for (const auto& [name, state] : before.at("files").items()) {
    files.push_back(folder_ / name);
    if (!fs::exists(files.back())) gone.push_back(files.back().string());
  }
  if (!gone.empty()) {
    throw Error(ErrorCode::refused,
                shown_list(gone) + (gone.size() == 1 ? " is" : " are") +
                    " gone since the run began, so the run cannot go on",
                "put them back, or take the run back and begin a new one");
  }
  auto database = std::make_unique<TenantDatabase>(what_, with_tenants(files, what_.tenant), Writers::absent);
  tell_later(std::move(files), *database);
  return database;
}

std::unique_ptr<SourceDatabase> TenantDatabase::at_snapshot(const fs::path& list) {
  if (!is_file_list(list)) {
    throw Error(ErrorCode::refused, shown_url() + " was one file when the run began, and is many now",
                "put `url` and `tenant` back, or take the run back and begin a new one");
  }
  const FileList copied = read_file_list(list);
  refuse_other_names(copied.tenant, copied.column);
  if (const auto differing = differing_copies(list, false); !differing.empty()) {
    throw Error(ErrorCode::refused, "the snapshot is not what was copied: " + join(differing, ", "),
                "restore these files, or take the run back and begin a new one");
  }
  std::vector<TenantFile> files;
  std::vector<fs::path> known;
  for (const auto& file : copied.files) {
    files.push_back({copies_of(list) / file.copy, file.tenant, file.schema, true});
    known.emplace_back(file.from);
  }
  auto database = std::make_unique<TenantDatabase>(what_, std::move(files), Writers::absent);
  database->list_ = list;
  tell_later(std::move(known), *database);
  return database;
}

void TenantDatabase::refuse_other_names(const std::string& tenant, const std::string& column) const {
  if (tenant == what_.tenant && column == what_.column) return;
  throw Error(ErrorCode::refused,
              "the run began with tenant = " + quote_for_message(tenant) + " as the column " +
                  quote_for_message(column) + ", and the plan says " + quote_for_message(what_.tenant) +
                  " as " + quote_for_message(what_.column),
              "put them back, or take the run back and begin a new one");
}

void TenantDatabase::tell_later(std::vector<fs::path> known, TenantDatabase& database) const {
  std::ranges::sort(known);
  std::vector<std::string> later;
  for (const auto& file : matching_files(what_.pattern)) {
    if (!std::ranges::binary_search(known, file)) later.push_back(file.string());
  }
  if (later.empty()) return;
  database.later_ = count_text(later.size()) + (later.size() == 1 ? " has" : " have") +
                    " come since the run began and " + (later.size() == 1 ? "is" : "are") +
                    " no part of it: " + shown_list(later);
}

void make_folder(const fs::path& folder) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault || ::chmod(folder.c_str(), S_IRWXU) != 0)
    throw Error(ErrorCode::system, "cannot make the folder " + folder.string() + ": " + fault.message());
}

/// Throws Error(source) where the copy is damaged.
void copy_one_file(const fs::path& file, const fs::path& folder, CopiedFile& copied) {
  static const std::atomic<bool> kNever{false};
  const fs::path copy = folder / copied.copy;
  copy_database(file, copy, {});
  const auto connection =
      open_as_source(Access{AccessKind::immutable, copy, nullptr, {}}, file, Writers::absent);
  copied.schema = schema_hash(*connection);
  planrun::check_integrity(*connection, kNever);
  copied.bytes = static_cast<std::int64_t>(fs::file_size(copy));
  copied.sha256 = sha256_file(copy);
  copied.stamp = file_stamp(copy);
}

void TenantDatabase::copy_into(const fs::path& folder, FileList& list) const {
  const std::vector<TenantFile>& files = files_->files();
  for (const auto& file : files) {
    CopiedFile copied;
    copied.copy = file.file.lexically_relative(folder_).string();
    copied.from = file.file.string();
    copied.tenant = file.tenant;
    const fs::path parent = (folder / copied.copy).parent_path();
    if (!fs::exists(parent)) make_folder(parent);
    list.files.push_back(std::move(copied));
  }
  for_each_at_once(files.size(), [&](std::size_t i) { copy_one_file(files[i].file, folder, list.files[i]); });
}

// In a folder of the source's name, which is complete or absent.
Snapshot TenantDatabase::snapshot(const fs::path& file, const CopyGrowth&) {
  const fs::path folder = fs::path(file).replace_extension();
  const fs::path partial = folder.string() + ".partial";
  fs::remove_all(partial);
  make_folder(partial);
  FileList list{what_.tenant, what_.column, {}};
  try {
    copy_into(copies_of(partial / kFileListName), list);
    write_file_list(partial / kFileListName, list);
    sync_all_to_disk(partial);
    fs::rename(partial, folder);
    sync_to_disk(folder.parent_path());
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw;
  }
  Snapshot snapshot{folder / kFileListName, 0, true};
  for (const auto& copied : list.files) snapshot.bytes += copied.bytes;
  return snapshot;
}

SqliteFiles with_absolute_pattern(SqliteFiles files) {
  files.pattern = fs::absolute(files.pattern).lexically_normal();
  return files;
}

}  // namespace

std::unique_ptr<SourceDatabase> open_sqlite_copies(const SqliteFiles& files, const fs::path& list) {
  return TenantDatabase(with_absolute_pattern(files), {}, Writers::absent).at_snapshot(list);
}

std::unique_ptr<SourceDatabase> open_sqlite_files(const SqliteFiles& files) {
  const SqliteFiles what = with_absolute_pattern(files);
  const auto found = matching_files(what.pattern);
  if (found.empty()) {
    throw Error(ErrorCode::source, "no file matches " + what.pattern.string(),
                "`*` stands for any characters of a name, `?` for one");
  }
  return std::make_unique<TenantDatabase>(what, with_tenants(found, what.tenant), Writers::absent);
}

}  // namespace planrun
