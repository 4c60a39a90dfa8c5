// The house holds: an include goes to a strictly lower floor, a foreign header lives in one folder, files
// stay short.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/support.h"

namespace architecture_test {

namespace fs = std::filesystem;
using namespace planrun::test;

namespace {

constexpr int kMostLines = 600;
constexpr int kMostLinesOfMain = 19;

/// engine/ itself stands below all: what lies there directly includes nothing of ours.
const std::map<std::string, int> kFloors = {
    {"", -1},         {"base", 0},    {"data", 1},      {"sql", 2},    {"plan", 3},     {"database", 3},
    {"translate", 3}, {"resolve", 4}, {"transform", 4}, {"sqlite", 4}, {"postgres", 4}, {"graph", 5},
    {"load", 5},      {"check", 5},   {"census", 5},    {"run", 6},    {"draft", 6},    {"sync", 6},
    {"report", 7},    {"notify", 7},  {"cli", 8},
};

/// Foreign headers, by how their names begin, and the one folder that may include each.
const std::vector<std::pair<std::string, std::string>> kForeign = {
    {"spdlog/", "base"},        {"fmt/", "base"},      {"xxh", "base"},
    {"openssl/", "base"},       {"simdjson", "base"},  {"nlohmann/", "base"},
    {"pg_query", "sql"},        {"toml++/", "plan"},   {"lua", "transform"},
    {"lauxlib.h", "transform"}, {"sqlite3", "sqlite"}, {"libpq", "postgres"},
    {"postgres", "postgres"},   {"CLI/", "cli"},       {"curl/", "notify"},
    {"malloc.h", "cli"},
};

/// Of the standard library (no dot in the name) or of POSIX.
bool is_system_header(const std::string& header) {
  static const std::vector<std::string> kPosix = {"dirent.h",  "endian.h",  "fcntl.h", "netdb.h",
                                                  "poll.h",    "pthread.h", "pwd.h",   "signal.h",
                                                  "termios.h", "unistd.h"};
  return header.find('.') == std::string::npos || header.starts_with("sys/") ||
         header.starts_with("netinet/") || std::find(kPosix.begin(), kPosix.end(), header) != kPosix.end();
}

std::optional<std::string> foreign_home(const std::string& header) {
  for (const auto& [beginning, folder] : kForeign) {
    if (header.starts_with(beginning)) return folder;
  }
  return std::nullopt;
}

struct Survey {
  std::vector<std::string> findings;
  int include_count = 0;
  std::map<std::string, std::string> classes;  // of headers: name, file
};

/// `folder`: where the including file is. Empty when the include may stand.
std::string judge_include(const std::string& folder, const std::string& header, bool quoted) {
  const std::string first = header.substr(0, header.find('/'));
  if (quoted && header.find('/') != std::string::npos && kFloors.contains(first)) {
    if (first == folder || kFloors.at(first) < kFloors.at(folder)) return "";
    return kFloors.at(first) == kFloors.at(folder) ? "is on the same floor" : "is on a higher floor";
  }
  if (const auto home = foreign_home(header))
    return *home == folder ? "" : "is a foreign header of " + *home + "/";
  return !quoted && is_system_header(header) ? "" : "is not in the table of floors and foreign headers";
}

struct Include {
  std::string header;
  bool quoted = false;
};

/// `#include "..."` or `#include <...>`, with blanks wherever the preprocessor takes them.
std::optional<Include> read_include(std::string_view line) {
  const auto skip = [&](std::string_view text) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(text)) return false;
    line.remove_prefix(text.size());
    return true;
  };
  if (!skip("#") || !skip("include")) return std::nullopt;
  const bool quoted = skip("\"");
  if (!quoted && !skip("<")) return std::nullopt;
  return Include{std::string(line.substr(0, line.find(quoted ? '"' : '>'))), quoted};
}

/// The class that a line of a header defines: two of one name in the one namespace are undefined behaviour
/// that no linker tells.
std::optional<std::string> defined_class(const std::string& line) {
  std::istringstream words(line);
  std::string kind, name, next;
  if (line.starts_with(' ') || !(words >> kind >> name >> next)) return std::nullopt;
  if ((kind != "class" && kind != "struct") || (next != "{" && next != ":" && next != "final"))
    return std::nullopt;
  return name;
}

void survey_file(const fs::path& engine, const fs::path& file, Survey& survey) {
  const std::string name = fs::relative(file, engine).string();
  const std::string folder = name.find('/') == std::string::npos ? "" : name.substr(0, name.find('/'));
  if (!kFloors.contains(folder)) {
    survey.findings.push_back(name + ": its folder is not in the table of floors");
    return;
  }
  std::ifstream in(file);
  int line_count = 0;
  for (std::string line; std::getline(in, line);) {
    ++line_count;
    if (const auto defined = defined_class(line); defined && file.extension() == ".h") {
      const auto [first, is_new] = survey.classes.emplace(*defined, name);
      if (!is_new)
        survey.findings.push_back(name + ": class " + *defined + " is defined in " + first->second + " too");
    }
    const auto include = read_include(line);
    if (!include) continue;
    ++survey.include_count;
    const std::string verdict = judge_include(folder, include->header, include->quoted);
    if (!verdict.empty()) {
      survey.findings.push_back(name + ":" + std::to_string(line_count) + ": " + include->header + " " +
                                verdict);
    }
  }
  const int most = name == "cli/main.cc" ? kMostLinesOfMain : kMostLines;
  if (line_count > most) {
    survey.findings.push_back(name + ": " + std::to_string(line_count) + " lines, at most " +
                              std::to_string(most));
  }
}

Survey survey_engine(const fs::path& engine) {
  std::set<fs::path> files;  // in order, so that findings are
  for (const auto& entry : fs::recursive_directory_iterator(engine)) {
    const std::string extension = entry.path().extension();
    if (extension == ".h" || extension == ".cc") files.insert(entry.path());
  }
  Survey survey;
  for (const auto& file : files) survey_file(engine, file, survey);
  return survey;
}

}  // namespace

TEST_CASE("architecture: includes go down, foreign headers stay in their folder, files are short",
          "[architecture]") {
  const Survey survey = survey_engine(fs::path(PLANRUN_SOURCE_DIR) / "engine");
  CHECK(survey.findings == std::vector<std::string>{});
  CHECK(survey.include_count > 100);
}

TEST_CASE("architecture: what breaks the house is found", "[architecture]") {
  struct Case {
    std::string file, text, finding;
  };
  const std::vector<Case> cases = {
      {"base/a.cc", "#include \"data/cell.h\"\n", "base/a.cc:1: data/cell.h is on a higher floor"},
      {"sqlite/a.cc", "\n#include \"postgres/b.h\"\n", "sqlite/a.cc:2: postgres/b.h is on the same floor"},
      {"database/a.h", "  # include \"plan/plan.h\"\n", "database/a.h:1: plan/plan.h is on the same floor"},
      {"run/a.cc", "#include <sqlite3.h>\n", "run/a.cc:1: sqlite3.h is a foreign header of sqlite/"},
      {"data/a.cc", "#include <nlohmann/json.hpp>\n",
       "data/a.cc:1: nlohmann/json.hpp is a foreign header of base/"},
      {"run/a.cc", "#include \"libpq-fe.h\"\n", "run/a.cc:1: libpq-fe.h is a foreign header of postgres/"},
      {"load/a.cc", "#include <boost/asio.hpp>\n",
       "load/a.cc:1: boost/asio.hpp is not in the table of floors and foreign headers"},
      {"a.cc", "#include \"base/error.h\"\n", "a.cc:1: base/error.h is on a higher floor"},
      {"util/a.cc", "", "util/a.cc: its folder is not in the table of floors"},
      {"cli/main.cc", std::string(20, '\n'), "cli/main.cc: 20 lines, at most 19"},
      {"data/a.cc", std::string(601, '\n'), "data/a.cc: 601 lines, at most 600"},
  };
  for (const Case& c : cases) {
    TempFolder engine;
    write_file(engine / c.file, c.text);
    CHECK(survey_engine(engine.path()).findings == std::vector<std::string>{c.finding});
  }
}

TEST_CASE("architecture: one class name in two folders is found", "[architecture]") {
  TempFolder engine;
  write_file(engine / "postgres/a.h", "class Connection {\n};\n");
  write_file(engine / "sqlite/b.h", "class Connection;\nstruct Connection final {\n};\n");
  CHECK(survey_engine(engine.path()).findings ==
        std::vector<std::string>{"sqlite/b.h: class Connection is defined in postgres/a.h too"});
}

TEST_CASE("architecture: what keeps to the house is let through", "[architecture]") {
  TempFolder engine;
  write_file(engine / "cli/main.cc",
             "#include <vector>\n#include <sys/stat.h>\n#include <CLI/CLI.hpp>\n#include \"cli/a.h\"\n"
             "#include \"base/error.h\"\n" +
                 std::string(14, '\n'));
  write_file(engine / "sqlite/a.cc", "#include <sqlite3.h>\n#include \"database/source.h\"\n");
  const Survey survey = survey_engine(engine.path());
  CHECK(survey.findings == std::vector<std::string>{});
  CHECK(survey.include_count == 7);
}

}  // namespace architecture_test
