#include "cases/peer_cases.h"

#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

namespace planrun::test {

namespace {

namespace fs = std::filesystem;

class CaseFile {
 public:
  explicit CaseFile(const fs::path& file) : file_(file) {}

  void read(std::vector<PeerCase>& cases) {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line); ++line_) {
      if (line.starts_with("=== ")) {
        end_section();
        cases.push_back({});
        case_ = &cases.back();
        const auto colon = line.find(": ");
        if (colon == std::string::npos) fail("=== ID: TITLE");
        case_->id = line.substr(4, colon - 4);
        case_->title = line.substr(colon + 2);
      } else if (line.starts_with("--- ")) {
        end_section();
        section_ = line.substr(4);
      } else if (section_.empty() && line.starts_with("planrun: ")) {
        case_->planrun = line.substr(9);
      } else if (section_.empty() && !line.empty()) {
        fail("a text outside a section");
      } else {
        text_ += line + "\n";
      }
    }
    end_section();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(file_.string() + ":" + std::to_string(line_) + ": " + what);
  }

  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }

  void end_section() {
    std::string text = std::exchange(text_, {});
    while (text.ends_with("\n\n")) text.pop_back();  // the line between two cases
    const std::string section = std::exchange(section_, {});
    if (section.empty()) return;
    if (section.starts_with("status ")) {
      case_->status = std::stoi(section.substr(7));
    } else if (section.starts_with("killed ")) {
      case_->killed_at = section.substr(7);
    } else if (section == "says") {
      case_->says = lines(text);
    } else if (section == "gives") {
      case_->gives = text.substr(0, text.empty() ? 0 : text.size() - 1);
    } else {
      const std::map<std::string, std::string*> texts = {
          {"source", &case_->source}, {"make", &case_->make},     {"source keys", &case_->source_keys},
          {"plan", &case_->plan},     {"before", &case_->before}, {"query", &case_->query}};
      const auto found = texts.find(section);
      if (found == texts.end()) fail("no section is called " + section);
      *found->second = text;
    }
  }

  fs::path file_;
  int line_ = 1;
  PeerCase* case_ = nullptr;
  std::string section_;
  std::string text_;
};

/// "ID<tab>TEXT", a line each.
std::map<std::string, std::string> read_measured(const fs::path& file) {
  std::map<std::string, std::string> measured;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto tab = line.find('\t');
    if (tab != std::string::npos) measured[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return measured;
}

}  // namespace

std::vector<PeerCase> read_peer_cases(const fs::path& folder) {
  std::vector<PeerCase> cases;
  for (const char* name : {"values.txt", "schema.txt", "files.txt"}) CaseFile(folder / name).read(cases);
  const auto measured = read_measured(folder / "pgloader.tsv");
  for (auto& one : cases) {
    const auto found = measured.find(one.id);
    one.pgloader = found == measured.end() ? "not measured" : found->second;
  }
  return cases;
}

}  // namespace planrun::test
