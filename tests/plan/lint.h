// A plan in a string, and what lint says of it: "line:column: message (hint)", a line each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/read_plan.h"

namespace planrun::test {

/// What every plan needs, for the end of a test's own text: its lines keep their numbers.
inline constexpr const char* kRest = R"(
[plan]
name = "p"
[source.s]
url = "sqlite:s.db"
[target.t]
url = "sqlite:t.db"
)";

inline ReadPlanResult read(const std::string& text,
                           const std::map<std::string, std::string>& variables = {}) {
  ReadPlanOptions options;
  options.variable = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  options.share = PLANRUN_SOURCE_DIR;  // its checks/ are those that are installed
  return read_plan_text(text, "/plans/p.toml", options);
}

inline std::vector<std::string> messages(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  std::string text = to_text(diagnostics);
  const std::string file = diagnostics.file + ":";
  while (!text.empty()) {
    std::string line = text.substr(0, text.find('\n'));
    text.erase(0, line.size() + 1);
    if (line.starts_with(file)) line.erase(0, file.size());
    // " error[P002]: "
    if (const auto word = line.find(" error["); word != std::string::npos) line.replace(word, 14, " ");
    lines.push_back(line);
  }
  return lines;
}

inline std::vector<std::string> lint(const std::string& text,
                                     const std::map<std::string, std::string>& variables = {}) {
  return messages(read(text, variables).diagnostics);
}

struct LintCase {
  const char* text;  // kRest follows
  std::vector<std::string> expected;
};

}  // namespace planrun::test
