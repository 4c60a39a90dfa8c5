// A check that several plans share: checks/NAME.toml, SQL with {argument} in it and what the arguments are.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/section.h"

namespace planrun {

enum class ArgumentKind {
  name,        // of a table, column or index: {x} is quoted as a name, {x.text} as a text
  names,       // of columns: {x} is a list, {x.not_null} says that none of them is null
  text,        // {x} is quoted as a text
  values,      // {x} is a list of numbers, true, false and quoted texts; {x.count} how many
  number,      // {x} as written
  expression,  // SQL over the columns of a table, in parentheses
  query,       // SQL, as it is
};

struct CheckArgument {
  std::string name;
  ArgumentKind kind = ArgumentKind::name;
  std::string kind_name;  // "table", "column", ...: for messages
  std::optional<std::string> default_value;
  std::vector<std::string> choices;
  bool each = false;  // a list makes a check of each value
};

struct CheckFile {
  std::filesystem::path path;
  std::string text;  // its bytes
  DialectSql sql;
  std::string source_sql;
  std::string expect;
  bool expects_truth = false;
  std::string at_most;
  std::string runs;
  std::vector<CheckArgument> arguments;
  const CheckArgument* find(std::string_view name) const;
};

/// What a plan gives to an argument: scalars as TOML has them. One value unless the kind is a list or `each`.
struct ArgumentValue {
  std::vector<Node> values;
  Position at;
};

/// NAME.toml in the plan's checks/, in ../checks/ beside it, or in what was installed; absent: in none of
/// them.
std::optional<std::filesystem::path> find_check_file(const PlanReader& reader, const std::string& name);
/// The texts of the files that the plan's checks `use`, by the check file's name.
std::map<std::string, std::string> used_check_files(const Plan& plan, const ReadPlanOptions& options);
/// Names of all checks that can be found.
std::vector<std::string> known_checks(const PlanReader& reader);
/// Reports what is wrong in the file at `at` in the plan, with the file's own line and column in the message.
std::optional<CheckFile> read_check_file(PlanReader& reader, const std::filesystem::path& path, Position at);

/// `text` with every {argument} filled in. All names in it must be arguments: read_check_file() sees to it.
std::string fill_arguments(const std::string& text, const CheckFile& file,
                           const std::map<std::string, ArgumentValue>& values);

}  // namespace planrun
