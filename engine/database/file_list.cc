#include "database/file_list.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTold = 5;

}  // namespace

bool is_file_list(const fs::path& file) {
  return file.filename() == kFileListName;
}

fs::path copies_of(const fs::path& list) {
  return list.parent_path() / "files";
}

void write_file_list(const fs::path& file, const FileList& list) {
  Json files = Json::array();
  for (const auto& f : list.files) {
    files.push_back({{"copy", f.copy},
                     {"from", f.from},
                     {"tenant", f.tenant},
                     {"schema", f.schema},
                     {"bytes", f.bytes},
                     {"sha256", f.sha256},
                     {"stamp", f.stamp}});
  }
  const Json all = {{"tenant", list.tenant}, {"column", list.column}, {"files", std::move(files)}};
  replace_file(file, all.dump(1) + "\n");
}

FileList read_file_list(const fs::path& file) {
  const auto text = read_whole_file(file);
  const Json all = text ? Json::parse(*text, nullptr, false) : Json();
  try {
    FileList list{all.at("tenant"), all.at("column"), {}};
    for (const auto& f : all.at("files")) {
      list.files.push_back({f.at("copy"), f.at("from"), f.at("tenant"), f.at("schema"), f.at("bytes"),
                            f.at("sha256"), f.at("stamp")});
    }
    return list;
  } catch (const Json::exception&) {
    throw Error(ErrorCode::refused, file.string() + " is no list of a snapshot's files",
                "restore the snapshot's folder, or take the run back and begin a new one");
  }
}

std::string file_stamp(const fs::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) return {};
  return std::to_string(info.st_size) + ' ' + std::to_string(info.st_mtim.tv_sec) + '.' +
         std::to_string(info.st_mtim.tv_nsec);
}

std::vector<std::string> differing_copies(const fs::path& list, bool read_all) {
  std::vector<std::string> differing;
  for (const auto& file : read_file_list(list).files) {
    const fs::path copy = copies_of(list) / file.copy;
    const std::string stamp = file_stamp(copy);
    if (stamp == file.stamp && !read_all) continue;
    // Another time stamp alone is no other content: a restored copy has one.
    if (!stamp.empty() && sha256_file(copy) == file.sha256) continue;
    differing.push_back(copy.string() + (stamp.empty() ? " is gone" : " has changed"));
    if (differing.size() == kMostTold) break;
  }
  return differing;
}

}  // namespace planrun
