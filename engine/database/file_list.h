// The list of a snapshot that is many files: what was copied from where, and by what each copy is known. The
// folder that it stands in holds nothing but it and the folder of the copies; its own SHA-256 vouches for
// theirs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace planrun {

struct CopiedFile {
  std::string copy;    // relative to copies_of()
  std::string from;    // what was copied
  std::string tenant;  // what the run calls it
  std::string schema;  // the same for files of the same schema
  std::int64_t bytes = 0;
  std::string sha256;
  std::string stamp;  // size and time of the copy: file_stamp()
};

struct FileList {
  std::string tenant;             // of what the tenants' names were made: "{stem}"
  std::string column;             // of every table, that holds them
  std::vector<CopiedFile> files;  // by tenant
};

inline constexpr const char* kFileListName = "files.json";

bool is_file_list(const std::filesystem::path& file);
/// The folder of the copies that a list names.
std::filesystem::path copies_of(const std::filesystem::path& list);

/// Throws Error(system) where it cannot be written.
void write_file_list(const std::filesystem::path& file, const FileList& list);
/// Throws Error(refused) where it cannot be read as one.
FileList read_file_list(const std::filesystem::path& file);

/// Size and time of last change; empty: there is no such file.
std::string file_stamp(const std::filesystem::path& file);

/// The copies that are gone or hold something else, by path, at most a few. One of the same size and time is
/// only read where `read_all` is set.
std::vector<std::string> differing_copies(const std::filesystem::path& list, bool read_all);

}  // namespace planrun
