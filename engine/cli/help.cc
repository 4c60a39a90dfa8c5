#include "cli/help.h"

#include <set>

#include "base/error.h"
#include "base/text.h"
#include "cli/manual.h"
#include "plan/conversion_names.h"
#include "plan/known_keys.h"

namespace planrun {

namespace {

struct Section {
  std::string topic;
  const KnownSection& keys;
};

const std::vector<Section>& sections() {
  static const std::vector<Section> kAll = {
      {"plan", plan_keys()},     {"source", source_keys()},   {"target", target_keys()},
      {"table", table_keys()},   {"load", load_keys()},       {"merge", merge_keys()},
      {"column", column_keys()}, {"check", check_keys()},     {"tolerance", tolerance_keys()},
      {"guard", guard_keys()},   {"view", view_keys()},       {"trigger", trigger_keys()},
      {"sql", sql_step_keys()},  {"example", example_keys()},
  };
  return kAll;
}

// Of lines "  NAME  TEXT", with the names as wide as the widest of them.
class Lines {
 public:
  void add(const std::string& name, const std::string& text) {
    lines_.emplace_back(name, text);
    width_ = std::max(width_, name.size());
  }
  std::string text() const {
    std::string all;
    for (const auto& [name, text] : lines_)
      all += "  " + name + std::string(width_ - name.size() + 2, ' ') + text + "\n";
    return all;
  }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
  std::size_t width_ = 0;
};

std::string list_of_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Lines lines;
  for (const auto& [name, meaning] : pairs) lines.add(name, meaning);
  return lines.text();
}

std::string command_help(const CommandText& command) {
  Lines lines;
  for (const OptionText& option : command.options) {
    std::string names = join(option.names, ", ");
    if (!option.value.empty()) names += " " + option.value;
    lines.add(names, option.help);
  }
  return usage(command) + "\n" + command.help + "\n\n" + lines.text();
}

std::string section_help(const KnownSection& section) {
  Lines lines;
  for (const KnownKey& key : section.keys) {
    std::string meaning(key.meaning);
    if (!key.choices.empty()) meaning += " (" + join(split(key.choices, '|'), ", ") + ")";
    lines.add(std::string(key.name), meaning);
  }
  return std::string(section.name) + "\n" + lines.text();
}

std::string conversions_help() {
  std::string text = "using = \"NAME\", or several one after the other\n";
  for (const ConversionName& conversion : known_conversions())
    text += "  " + std::string(conversion.shape) + "\n";
  return text;
}

std::string title(const HelpPage& page) {
  const auto end = page.text.find('\n');
  return std::string(trim(page.text.substr(page.text.find_first_not_of("# "), end - 2)));
}

std::string list_of_topics(const std::vector<CommandText>& commands) {
  Lines names;
  for (const CommandText& command : commands) {
    if (!command.name.empty()) names.add(command.name, command.help);
  }
  std::vector<std::string> words;
  for (const Section& section : sections()) words.push_back(section.topic);
  Lines pages;
  for (const HelpPage& page : help_pages()) pages.add(std::string(page.name), title(page));
  return "planrun help TOPIC tells more of one of these.\n\nCommands\n" + names.text() +
         "\nSections of a plan\n  " + join(words, ", ") +
         "\n  conversions: what `using` may name\n\nPages\n" + pages.text() +
         "\nAnd: exit-status, environment\n";
}

}  // namespace

std::vector<std::string> help_topics(const std::vector<CommandText>& commands) {
  std::set<std::string> topics = {"conversions", "exit-status", "environment"};
  for (const CommandText& command : commands) {
    if (!command.name.empty()) topics.insert(command.name);
  }
  for (const Section& section : sections()) topics.insert(section.topic);
  for (const HelpPage& page : help_pages()) topics.emplace(page.name);
  return {topics.begin(), topics.end()};
}

std::string help_text(const std::vector<CommandText>& commands, const std::string& topic) {
  if (topic.empty()) return list_of_topics(commands);
  // A command and a page may have one name: both are told.
  std::vector<std::string> parts;
  for (const CommandText& command : commands) {
    if (command.name == topic) parts.push_back(command_help(command));
  }
  for (const Section& section : sections()) {
    if (section.topic == topic) parts.push_back(section_help(section.keys));
  }
  for (const HelpPage& page : help_pages()) {
    if (page.name == topic) parts.emplace_back(page.text);
  }
  if (topic == "conversions") parts.push_back(conversions_help());
  if (topic == "exit-status") parts.push_back(list_of_pairs(exit_statuses()));
  if (topic == "environment") parts.push_back(list_of_pairs(environment()));
  if (parts.empty()) {
    const auto meant = nearest(topic, help_topics(commands));
    throw Error(ErrorCode::usage, "there is no help on " + quote_for_message(topic),
                meant ? "did you mean planrun help " + *meant + "?" : "planrun help lists what there is");
  }
  return join(parts, "\n");
}

}  // namespace planrun
