#include "run/transforms.h"

#include <algorithm>

#include "base/error.h"
#include "load/repeatable.h"
#include "transform/lua_transform.h"

namespace planrun {

namespace {

// Reads each transform's files once.
class Files {
 public:
  explicit Files(const Plan& plan) : folders_(transform_folders(plan.file)), read_file_(plan.read_file) {}

  /// Throws Error(plan).
  const std::vector<LuaFile>& of(const std::string& name) {
    const auto found = files_.find(name);
    if (found != files_.end()) return found->second;
    return files_[name] = read_lua_files(name, folders_, read_file_);
  }

  /// Null, and a diagnostic, where the files are wrong.
  const std::vector<LuaFile>* find(const Located& transform, Diagnostics& wrong) {
    try {
      return &of(transform.text);
    } catch (const Error& error) {
      wrong.error(FindingCode::transform_file, transform.at, error.what(), error.hint());
      return nullptr;
    }
  }

 private:
  std::vector<std::filesystem::path> folders_;
  ReadFile read_file_;
  std::map<std::string, std::vector<LuaFile>> files_;
};

const Located& transform_of(const Plan& plan, const ResolvedLoad& load) {
  for (const auto& table : plan.tables) {
    for (const auto& l : table.loads) {
      if (!l.transform) continue;
      const auto names = load_names(table, l);
      if (std::find(names.begin(), names.end(), load.name) != names.end()) return *l.transform;
    }
  }
  throw Error(ErrorCode::plan, "load " + load.name + " has no transform");
}

}  // namespace

void attach_transforms(const Plan& plan, ResolvedPlan& resolved, Diagnostics& wrong) {
  Files files(plan);
  for (auto& table : resolved.tables) {
    for (auto& load : table.loads) {
      if (!load.transform) continue;
      const auto* found = files.find(transform_of(plan, load), wrong);
      if (found != nullptr) load.transform->files = *found;
    }
  }
}

std::map<std::string, std::vector<LuaFile>> transform_files(const Plan& plan, Diagnostics& wrong) {
  Files files(plan);
  std::map<std::string, std::vector<LuaFile>> all;
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      if (!load.transform) continue;
      if (const auto* found = files.find(*load.transform, wrong)) all[load.transform->text] = *found;
    }
  }
  return all;
}

void check_transforms(const Plan& plan, Diagnostics& wrong) {
  Files files(plan);
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      if (load.transform) files.find(*load.transform, wrong);
    }
  }
  for (const auto& example : plan.examples) files.find(example.transform, wrong);
}

void check_repeatable(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources) {
  std::map<std::string, std::unique_ptr<Source>> connections;
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      if (!load.transform) continue;
      auto& source = connections[load.source];
      if (!source) source = sources.at(load.source)->connect();
      check_repeatable(*source, load);
    }
  }
}

std::vector<ExampleResult> run_examples(const Plan& plan) {
  Files files(plan);
  std::vector<ExampleResult> results;
  for (const auto& example : plan.examples) {
    ExampleResult& result = results.emplace_back();
    result.example = &example;
    try {
      result.wrong = check_example(example, files.of(example.transform.text));
    } catch (const Error& error) {
      result.wrong = {error.what()};
      if (!error.hint().empty()) result.wrong.push_back(error.hint());
    }
  }
  return results;
}

}  // namespace planrun
