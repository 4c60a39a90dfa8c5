#include "report/diff_text.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace planrun {

namespace {

constexpr std::size_t kLongText = 70;  // what is longer is folded in Markdown
constexpr ChangeMark kWorstFirst[] = {ChangeMark::dangerous, ChangeMark::attention, ChangeMark::safe};

/// The changes of one table, or of the plan as a whole.
struct Group {
  std::string table;
  std::vector<const PlanChange*> changes;
};

std::vector<Group> groups_of(const PlanDiff& diff) {
  std::vector<Group> groups;
  for (const PlanChange& change : diff.changes) {
    if (groups.empty() || groups.back().table != change.table) groups.push_back({change.table, {}});
    groups.back().changes.push_back(&change);
  }
  for (Group& group : groups) {
    std::stable_sort(group.changes.begin(), group.changes.end(),
                     [](const PlanChange* a, const PlanChange* b) { return a->mark() > b->mark(); });
  }
  return groups;
}

// "1 dangerous, 2 attention, 4 safe"
std::string counted_changes(const PlanDiff& diff) {
  std::vector<std::string> parts;
  for (const ChangeMark mark : kWorstFirst) {
    const std::size_t count = diff.count(mark);
    if (count > 0) parts.push_back(std::to_string(count) + " " + std::string(to_string(mark)));
  }
  return join(parts, ", ");
}

std::string painted(ChangeMark mark, const std::string& text, const Paint& paint) {
  switch (mark) {
    case ChangeMark::safe:
      return paint.good(text);
    case ChangeMark::attention:
      return paint.careful(text);
    case ChangeMark::dangerous:
      return paint.bad(text);
  }
  return text;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

// The load, the table or the part of the plan that a change is of.
std::string subject(const PlanChange& change) {
  if (!change.load.empty()) return "load " + change.load;
  if (!change.table.empty()) return "table " + change.table;
  return change.what.substr(0, std::min(change.what.find(':'), change.what.find(" is ")));
}

// What a resume makes of all of it together: its hardest rule, then what each rule says of which tables.
std::vector<std::string> resume_lines(const PlanDiff& diff) {
  std::vector<std::string> lines;
  for (const ResumeRule rule : {ResumeRule::not_found, ResumeRule::refused, ResumeRule::not_made,
                                ResumeRule::not_done, ResumeRule::rehashed}) {
    std::vector<std::string> names;
    for (const PlanChange& change : diff.changes) {
      if (change.rule().resume != rule) continue;
      const std::string name = subject(change);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (!names.empty()) lines.push_back(join(names, ", ") + ": " + std::string(to_string(rule)));
  }
  if (lines.empty()) lines.emplace_back("all of it is accepted");
  return lines;
}

std::string cut(const std::string& text) {
  if (text.size() <= 2 * kLongText) return text;
  // A character that is cut in two goes.
  std::size_t end = 2 * kLongText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// GitHub's Markdown: what stands in a plan is text, never markup.
std::string markdown(const std::string& text) {
  std::string out;
  for (const char c : replace_invalid_utf8(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|~#@>").find(c) != std::string_view::npos) out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

// A block of code whose fence is longer than any in it.
std::string fenced(const std::string& text) {
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  return "  " + fence + "\n  " + text + "\n  " + fence + "\n";
}

std::string markdown_change(const PlanChange& change) {
  std::string line = "- **" + std::string(to_string(change.mark())) + "** " + markdown(cut(change.what)) +
                     " (" + markdown(std::string(change.rule().why)) + ")\n";
  if (change.old_text.size() <= kLongText && change.new_text.size() <= kLongText) return line;
  line += "  <details><summary>before and now</summary>\n\n";
  if (!change.old_text.empty()) line += "  before\n" + fenced(change.old_text);
  if (!change.new_text.empty()) line += "  now\n" + fenced(change.new_text);
  return line + "  </details>\n";
}

}  // namespace

std::string diff_text(const DiffSides& sides, const PlanDiff& diff, const Paint& paint) {
  if (diff.changes.empty())
    return "plan " + sides.plan + ": " + sides.before + " and " + sides.now + " mean the same\n";
  std::string text = paint.strong("plan " + sides.plan) + "  " + sides.before + " -> " + sides.now + ": " +
                     counted_changes(diff) + "\n";
  for (const Group& group : groups_of(diff)) {
    text += "\n" + paint.strong(group.table.empty() ? "the plan" : "table " + group.table) + "\n";
    for (const PlanChange* change : group.changes) {
      const std::string mark = padded(std::string(to_string(change->mark())), 9);
      text += "  " + painted(change->mark(), mark, paint) + "  " + cut(change->what) + "\n" +
              std::string(13, ' ') + paint.faint(std::string(change->rule().why)) + "\n";
    }
  }
  if (!diff.rewritten.empty())
    text += "\nloads whose rows would be written again: " + join(diff.rewritten, ", ") + "\n";
  text += "\na resume of an unfinished run\n";
  for (const auto& line : resume_lines(diff)) text += "  " + line + "\n";
  return text;
}

std::string diff_markdown(const DiffSides& sides, const PlanDiff& diff) {
  std::string text =
      "### Plan " + markdown(sides.plan) + "\n\n`" + sides.before + "` → `" + sides.now + "`: ";
  if (diff.changes.empty()) return text + "**nothing changes**\n";
  text += "**" + counted_changes(diff) + "**\n";
  for (const Group& group : groups_of(diff)) {
    text += "\n#### " + (group.table.empty() ? "The plan" : "Table " + markdown(group.table)) + "\n\n";
    for (const PlanChange* change : group.changes) text += markdown_change(*change);
  }
  text += "\n<details><summary>Rows written again, and what a resume accepts</summary>\n\n";
  text += "- loads whose rows would be written again: " +
          (diff.rewritten.empty() ? "none" : markdown(join(diff.rewritten, ", "))) + "\n";
  for (const auto& line : resume_lines(diff)) text += "- resume: " + markdown(line) + "\n";
  return text + "\n</details>\n";
}

Json diff_json(const DiffSides& sides, const PlanDiff& diff) {
  Json changes = Json::array();
  for (const PlanChange& change : diff.changes) {
    changes.push_back({{"kind", change.rule().name},
                       {"mark", to_string(change.mark())},
                       {"table", change.table.empty() ? Json() : Json(change.table)},
                       {"load", change.load.empty() ? Json() : Json(change.load)},
                       {"what", change.what},
                       {"why", change.rule().why},
                       {"old", change.old_text.empty() ? Json() : Json(change.old_text)},
                       {"new", change.new_text.empty() ? Json() : Json(change.new_text)},
                       {"resume", to_string(change.rule().resume)}});
  }
  return {{"plan", sides.plan},
          {"old", sides.before},
          {"new", sides.now},
          {"safe", diff.count(ChangeMark::safe)},
          {"attention", diff.count(ChangeMark::attention)},
          {"dangerous", diff.count(ChangeMark::dangerous)},
          {"changes", changes},
          {"rewritten", diff.rewritten}};
}

std::vector<std::string> diff_lines(const PlanDiff& diff) {
  std::vector<std::string> lines;
  for (const PlanChange& change : diff.changes)
    lines.push_back((change.table.empty() ? "" : "table " + change.table + ": ") + cut(change.what));
  return lines;
}

}  // namespace planrun
