#include "report/sarif.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace planrun {

namespace {

const char* level_of(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

std::string sentence(std::string_view title) {
  std::string text(title);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text + ".";
}

Json rules() {
  Json rules = Json::array();
  for (const FindingKind& kind : finding_kinds()) {
    const std::string code = to_string(kind.code);
    const std::string why(kind.why);
    const std::string where = "docs/lint.md explains " + code + ", with a wrong and a right example.";
    rules.push_back({{"id", code},
                     {"shortDescription", {{"text", sentence(kind.title)}}},
                     {"fullDescription", {{"text", sentence(kind.title) + " " + why}}},
                     {"help", {{"text", why + " " + where}, {"markdown", why + "\n\n" + where}}},
                     {"defaultConfiguration", {{"level", level_of(kind.severity)}}}});
  }
  return rules;
}

std::size_t place_of(FindingCode code) {
  const auto kinds = finding_kinds();
  return static_cast<std::size_t>(
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.code == code; }) -
      kinds.begin());
}

// RFC 3986: what is no unreserved character or slash is percent-encoded.
std::string as_uri(const std::string& path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) == std::string_view::npos) {
      uri += '%' + to_hex(std::string_view(&c, 1));
    } else {
      uri += c;
    }
  }
  return uri;
}

Json artifact(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const std::string relative = file.lexically_relative(folder).generic_string();
  if (relative.empty() || relative.starts_with("../"))
    return {{"uri", "file://" + as_uri(file.generic_string())}};
  return {{"uri", as_uri(relative)}, {"uriBaseId", "%SRCROOT%"}};
}

// Our columns are bytes, SARIF's (as columnKind says) are code points. What stands nowhere is shown at the
// beginning.
Json region(const std::string& text, Position at) {
  if (at.line == 0) return {{"startLine", 1}, {"startColumn", 1}};
  const auto lines = split(text, '\n');
  const auto line = static_cast<std::size_t>(at.line) - 1;
  const std::string before =
      line < lines.size() ? lines[line].substr(0, static_cast<std::size_t>(at.column) - 1) : std::string();
  return {{"startLine", at.line}, {"startColumn", count_code_points(replace_invalid_utf8(before)) + 1}};
}

Json result(const LintedPlan& plan, const Diagnostic& diagnostic, const std::filesystem::path& folder) {
  Json suppressions = Json::array();
  if (!diagnostic.allowed.empty())
    suppressions.push_back({{"kind", "inSource"}, {"justification", diagnostic.allowed}});
  const std::string hint = diagnostic.hint.empty() ? "" : " (" + diagnostic.hint + ")";
  const Json location = {{"physicalLocation",
                          {{"artifactLocation", artifact(plan.file, folder)},
                           {"region", region(plan.text, diagnostic.position)}}}};
  return {{"ruleId", to_string(diagnostic.code)},   {"ruleIndex", place_of(diagnostic.code)},
          {"level", level_of(diagnostic.severity)}, {"message", {{"text", diagnostic.message + hint}}},
          {"locations", Json::array({location})},   {"suppressions", suppressions}};
}

}  // namespace

Json to_sarif(const std::vector<LintedPlan>& plans, const std::filesystem::path& folder,
              const std::string& version) {
  Json results = Json::array();
  for (const auto& plan : plans) {
    for (const auto& diagnostic : plan.diagnostics.list) results.push_back(result(plan, diagnostic, folder));
  }
  const Json driver = {{"name", "planrun"}, {"semanticVersion", version}, {"rules", rules()}};
  const Json run = {
      {"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({run})}};
}

}  // namespace planrun
