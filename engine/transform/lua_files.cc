// Finding the Lua files of a transform.
#include <list>

#include "base/error.h"
#include "base/text.h"
#include "transform/lua_machine.h"
#include "transform/lua_transform.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

// Reads modules on demand; a module's dots are folders, as `require` has it.
class Finder {
 public:
  Finder(const std::vector<fs::path>& folders, const ReadFile& read_file)
      : folders_(folders), read_file_(read_file) {}

  const LuaFile* find(const std::string& module) {
    for (const LuaFile& file : files_) {
      if (file.module == module) return &file;
    }
    if (!is_name(module)) return nullptr;
    std::string relative = module + ".lua";
    std::replace(relative.begin(), relative.end() - 4, '.', '/');
    for (const fs::path& folder : folders_) {
      auto text = read_file_(folder / relative);
      if (text) return &files_.emplace_back(LuaFile{module, relative, std::move(*text)});
    }
    return nullptr;
  }

  std::vector<LuaFile> files() const { return {files_.begin(), files_.end()}; }

 private:
  // Nothing that leads out of the folder.
  static bool is_name(const std::string& module) {
    for (const auto& word : split(module, '.')) {
      if (word.empty() || word.find_first_of("/\\") != std::string::npos) return false;
    }
    return true;
  }

  const std::vector<fs::path>& folders_;
  const ReadFile& read_file_;
  std::list<LuaFile> files_;  // addresses stay as it grows
};

}  // namespace

std::vector<fs::path> transform_folders(const fs::path& plan_file) {
  const fs::path folder = fs::absolute(plan_file).parent_path();
  return {folder / "transforms", (folder.parent_path() / "transforms")};
}

std::vector<LuaFile> read_lua_files(const std::string& name, const std::vector<fs::path>& folders,
                                    const ReadFile& read_file) {
  Finder finder(folders, read_file);
  LuaMachine machine([&](const std::string& module) { return finder.find(module); });
  if (!machine.push_function(name)) {
    std::string looked;
    for (const fs::path& folder : folders) looked += (looked.empty() ? "" : " and ") + folder.string();
    throw Error(ErrorCode::plan, "transform " + name + ": " + machine.failure(), "looked in " + looked);
  }
  std::vector<LuaFile> files = finder.files();
  std::sort(files.begin(), files.end(),
            [](const LuaFile& a, const LuaFile& b) { return a.module < b.module; });
  return files;
}

}  // namespace planrun
