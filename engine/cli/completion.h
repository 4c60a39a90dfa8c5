// What a shell offers while a command line is typed: one answer for all shells, and for each a short script
// that asks for it.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"

namespace planrun {

struct Completion {
  struct Word {
    std::string text;
    std::string help;
  };
  enum class Files { none, plans, any };
  std::vector<Word> words;
  Files files = Files::none;  // offered beside the words
};

/// What can stand in place of the last of `words`; those before it are whole. `topics` are what `planrun
/// help` takes.
Completion complete(const std::vector<CommandText>& commands, const std::vector<std::string>& topics,
                    const std::vector<std::string>& words);

/// A line a word, "TEXT<tab>HELP"; ":plans" or ":files" where files are offered.
std::string to_text(const Completion& completion);

/// "bash", "zsh", "fish".
const std::vector<std::string>& completion_shells();

/// The script of one of them; it asks `planrun complete WORD...`. Throws Error(usage) for another shell.
std::string completion_script(const std::string& shell);

}  // namespace planrun
