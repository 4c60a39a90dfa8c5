// Files as they were at a revision of the git repository that the current folder is in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"

namespace planrun {

struct GitFile {
  std::string revision;
  std::filesystem::path path;  // absolute, as if it were checked out
  std::string text;
};

/// "REVISION:PATH" as `git show` takes it: PATH starts at the repository's top, or at the current folder with
/// a
/// "./" before it. Throws Error(plan) with git's own words where there is no such file.
GitFile read_git_file(const std::string& place);

/// What stands in the repository as it was at `revision`; from the disk what stands outside of it.
ReadFile git_reader(const std::string& revision);

}  // namespace planrun
