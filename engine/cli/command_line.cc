#include "cli/command_line.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace planrun {

namespace {

// CLI11 writes a type and what is allowed as "FORMAT:{text,json}".
void read_type(const std::string& type, OptionText& option) {
  const auto colon = type.find(':');
  option.value = type.substr(0, colon);
  const auto open = type.find('{');
  const auto close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return;
  option.choices = split(type.substr(open + 1, close - open - 1), ',');
}

OptionText describe(const CLI::Option& option) {
  OptionText text;
  for (const auto& name : option.get_snames()) text.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) text.names.push_back("--" + name);
  text.help = option.get_description();
  if (option.get_items_expected_max() > 0) read_type(option.get_type_name(), text);
  if (option.get_positional()) {
    text.value = option.get_name(true);
    text.repeats = option.get_expected_max() > 1;
    text.required = option.get_required();
  }
  return text;
}

CommandText describe(const CLI::App& app, const std::string& name) {
  CommandText command{name, app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? command.arguments : command.options).push_back(describe(*option));
  }
  return command;
}

}  // namespace

std::vector<CommandText> describe_commands(const CLI::App& app) {
  std::vector<CommandText> commands = {describe(app, "")};
  commands.front().help = "run the plan; an interrupted run goes on from its checkpoint by itself";
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(describe(*command, command->get_name()));
  return commands;
}

std::string usage(const CommandText& command) {
  std::string text = "planrun";
  if (!command.name.empty()) text += " " + command.name;
  for (const OptionText& argument : command.arguments) {
    const bool must = argument.required || command.name.empty();
    text += (must ? " " : " [") + argument.value + (argument.repeats ? "..." : "") + (must ? "" : "]");
  }
  return text + " [OPTIONS]";
}

}  // namespace planrun
