#include "plan/read_plan.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/text.h"
#include "plan/escaped_variables.h"
#include "plan/readers.h"
#include "plan/variables.h"

namespace planrun {
namespace {

constexpr Position kTop = {1, 1};

// ${NAME} is filled in only where a secret or a place belongs; anywhere else it would be taken for text.
bool takes_variables(const std::vector<std::string_view>& path) {
  if (path.size() == 2) {
    return (path[0] == "plan" && path[1] == "folder") || (path[0] == "alert" && path[1] == "webhook");
  }
  if (path.size() != 3) return false;
  return (path[0] == "source" || path[0] == "target") && (path[2] == "url" || path[2] == "password");
}

void refuse_variables(PlanReader& reader, Node& node, std::vector<std::string_view>& path) {
  if (node.kind == NodeKind::string && !takes_variables(path)) {
    const std::size_t at = find_variable(node.text);
    if (at != std::string::npos) {
      reader.error_in(FindingCode::variable_out_of_place, located(node), at,
                      "variables are filled in only in urls, folders and password keys",
                      "where the text itself is meant, write $${...}");
    }
    node.text = unescape_variables(node.text);
  }
  for (Node& item : node.items) refuse_variables(reader, item, path);
  for (Member& member : node.members) {
    path.push_back(member.key);
    refuse_variables(reader, member.value, path);
    path.pop_back();
  }
}

void read_folder(PlanReader& reader, const Section& section) {
  const auto folder = section.located("folder");
  if (!folder) return;
  const auto filled = fill_variables(reader, *folder);
  if (!filled) return;
  if (filled->empty()) {
    reader.error(FindingCode::empty_value, folder->at, "the folder's name is empty");
    return;
  }
  reader.plan.folder = (reader.plan.file.parent_path() / *filled).lexically_normal();
}

void read_plan_section(PlanReader& reader, const Node& root) {
  const Member* member = root.find("plan");
  if (member == nullptr) {
    reader.error(FindingCode::missing_key, kTop, "the plan has no name", "[plan] name = \"...\"");
    return;
  }
  if (member->value.kind != NodeKind::table) {
    reader.error(FindingCode::wrong_kind, member->value.at,
                 "`plan` is a section [plan], not " + std::string(describe(member->value.kind)));
    return;
  }
  const Section section(reader, plan_keys(), member->value, member->at, "[plan]");
  Plan& plan = reader.plan;
  plan.name = section.text("name");
  if (section.find("name") != nullptr) {
    check_plain_name(reader, plan.name, section.located("name")->at, "plan");
  } else if (!section.has("name")) {
    reader.error(FindingCode::missing_key, member->at, "[plan] has no `name`");
  }
  plan.description = section.text("description");
  plan.requires_ = section.list("requires");
  for (const auto& other : plan.requires_) {
    if (other.text == plan.name)
      reader.error(FindingCode::after_cycle, other.at, "the plan requires a passed run of itself",
                   "take its name out");
  }
  if (section.find("on_failure") != nullptr) plan.on_failure_at = section.located("on_failure")->at;
  if (section.text("on_failure") == "rollback") plan.on_failure = OnFailure::rollback;
  plan.snapshot = section.find("snapshot") == nullptr;
  plan.sha256_digest = section.find("digest") != nullptr;
  if (plan.sha256_digest) plan.sha256_digest_at = section.located("digest")->at;
  plan.keep_snapshots_days = section.count("keep_snapshots_days");
  read_folder(reader, section);
}

void check_top_level(PlanReader& reader, const Node& root) {
  const std::vector<std::string> words(top_level_words().begin(), top_level_words().end());
  for (const Member& member : root.members) {
    if (std::find(words.begin(), words.end(), member.key) != words.end()) continue;
    reader.error(FindingCode::unknown_key, member.at,
                 "unknown key `" + member.key + "` at the top of the plan", did_you_mean(member.key, words));
  }
  // A file of examples alone is for `planrun test`.
  const auto is_absent = [&](const char* word) { return root.find(word) == nullptr; };
  if (!is_absent("example") && is_absent("source") && is_absent("target") && is_absent("table")) return;
  for (const char* word : {"source", "target", "table"}) {
    const Member* member = root.find(word);
    const bool none =
        member == nullptr || (member->value.kind == NodeKind::table && member->value.members.empty());
    if (!none) continue;
    const std::string shown(word);
    reader.error(FindingCode::missing_key, member == nullptr ? kTop : member->at, "the plan has no " + shown,
                 "[" + shown + ".NAME]");
  }
}

ReadPlanResult unread(const std::string& text, const std::filesystem::path& file,
                      const ReadPlanOptions& options) {
  ReadPlanResult result;
  result.plan.file = std::filesystem::absolute(file).lexically_normal();
  result.plan.text = text;
  result.plan.read_file = options.read_file;
  result.diagnostics.file = file.string();
  return result;
}

std::string text_of(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    throw Error(ErrorCode::plan, file.string() + " is a folder, not a plan");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) {
    throw Error(ErrorCode::plan, "cannot read the plan " + file.string(), "is the name right?");
  }
  return text;
}

}  // namespace

void for_each_section(PlanReader& reader, const Node& root, std::string_view word,
                      const std::function<void(const Member&)>& read) {
  const Member* group = root.find(word);
  if (group == nullptr) return;
  const std::string shown(word);
  if (group->value.kind != NodeKind::table) {
    reader.error(FindingCode::wrong_kind, group->value.at,
                 "`" + shown + "` holds sections [" + shown + ".NAME], not " +
                     std::string(describe(group->value.kind)));
    return;
  }
  for (const Member& member : group->value.members) {
    if (member.value.kind == NodeKind::table) {
      read(member);
    } else {
      reader.error(FindingCode::wrong_kind, member.at,
                   "`" + member.key + "` stands in [" + shown + "] itself",
                   "it belongs into a section [" + shown + ".NAME]");
    }
  }
}

bool check_known(PlanReader& reader, FindingCode code, const Located& name,
                 const std::vector<std::string>& known, const std::string& message) {
  if (std::find(known.begin(), known.end(), name.text) != known.end()) return true;
  reader.error(code, name.at, message, did_you_mean(name.text, known));
  return false;
}

ReadPlanResult read_plan_text(const std::string& text, const std::filesystem::path& file,
                              const ReadPlanOptions& options) {
  ReadPlanResult result = unread(text, file, options);
  PlanReader reader{result.plan, result.diagnostics, options};
  auto root = read_document(text, result.diagnostics);
  if (!root) return result;
  if (root->members.empty()) {
    reader.error(FindingCode::missing_key, kTop, "the plan is empty",
                 "it needs [plan], [source.NAME], [target.NAME] and [table.NAME]");
    return result;
  }
  check_top_level(reader, *root);
  std::vector<std::string_view> path;
  refuse_variables(reader, *root, path);
  read_plan_section(reader, *root);
  read_sources(reader, *root);
  read_targets(reader, *root);
  read_tables(reader, *root);
  read_checks(reader, *root);
  read_objects(reader, *root);
  read_examples(reader, *root);
  read_watch(reader, *root);
  read_throttle(reader, *root);
  lint_plan(reader);
  result.allowances = read_allowances(text, result.diagnostics);
  allow_findings(result.allowances, result.diagnostics);
  return result;
}

ReadPlanResult read_plan(const std::filesystem::path& file, const ReadPlanOptions& options) {
  return read_plan_text(text_of(file), file, options);
}

ReadPlanResult read_plan_place(const std::filesystem::path& file, const ReadPlanOptions& options) {
  const std::string text = text_of(file);
  ReadPlanResult result = unread(text, file, options);
  PlanReader reader{result.plan, result.diagnostics, options};
  const auto root = read_document(text, result.diagnostics);
  if (!root) return result;
  read_plan_section(reader, *root);
  read_targets(reader, *root);
  if (result.plan.targets.empty())
    reader.error(FindingCode::missing_key, kTop, "the plan has no target", "[target.NAME]");
  return result;
}

}  // namespace planrun
