// A plan drafted from what databases really hold.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "census/census.h"
#include "database/target.h"
#include "draft/typed_table.h"

namespace planrun {

struct DraftSource {
  std::string name;      // in the plan
  std::string url;       // as the plan says it
  std::string shown;     // in comments: the file's name
  std::string schema{};  // of a PostgreSQL source; empty: it is a SQLite file
  const DatabaseCensus* census = nullptr;
  std::vector<std::string> leave{};  // what of it the plan lacks, as `leave` names it
};

/// The target's tables are there: only rows go into them.
struct DataOnly {
  std::vector<std::string> tables;  // all of them, by name
  std::function<std::optional<ExistingTable>(const std::string&)> find;
  bool loose_names = false;  // case and underscores do not count
};

struct DraftRequest {
  std::string plan;        // its name
  std::string target_url;  // as the plan says it
  DraftTarget target{};
  std::vector<std::string> notes{};  // for its beginning
  std::vector<DraftSource> sources;
  std::optional<DataOnly> data_only{};
};

struct Draft {
  std::string text;  // TOML
  int table_count = 0;
  int choice_count = 0;     // commented choices that a person may take
  int uncarried_count = 0;  // parts of the schema that stand in comments only
};
Draft draft_plan(const DraftRequest& request);

}  // namespace planrun
