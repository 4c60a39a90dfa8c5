// The command line as data: what its completions, its manual page and `planrun help` are made of, so that
// none of them says what the program does not take.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace planrun {

struct OptionText {
  std::vector<std::string> names;    // "-j", "--jobs"; empty: an argument
  std::string value;                 // "N", "FILE", "PLAN"; empty: a flag
  std::vector<std::string> choices;  // nothing else is taken; empty: anything
  std::string help;
  bool repeats = false;   // an argument that may be given several times
  bool required = false;  // an argument that must be given
};

struct CommandText {
  std::string name;  // "lint"; empty: a run
  std::string help;
  std::vector<OptionText> arguments;
  std::vector<OptionText> options;
};

/// The run first, then the commands in the order of --help.
std::vector<CommandText> describe_commands(const CLI::App& app);

/// "planrun lint [OPTIONS] PLAN...": how a command is called.
std::string usage(const CommandText& command);

}  // namespace planrun
