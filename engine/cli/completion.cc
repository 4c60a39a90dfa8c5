#include "cli/completion.h"

#include "base/error.h"
#include "base/text.h"

namespace planrun {

namespace {

constexpr const char* kBash = R"(# planrun: completion for bash
_planrun() {
  local word=${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :plans) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X '!*.toml' -- "$word"; compgen -d -- "$word") ;;
      :files) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word") ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o filenames -F _planrun planrun
)";

constexpr const char* kZsh = R"(#compdef planrun
# planrun: completion for zsh
_planrun() {
  local line
  local -a found
  for line in "${(@f)$("${words[1]}" complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :plans) _files -g '*.toml' ;;
      :files) _files ;;
      ?*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( $#found )) && _describe planrun found
}
if [[ $funcstack[1] == _planrun ]]; then _planrun "$@"; else compdef _planrun planrun; fi
)";

constexpr const char* kFish = R"(# planrun: completion for fish
function __planrun_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete $words[2..-1] 2>/dev/null)
        switch $line
            case ':plans'
                __fish_complete_suffix .toml
            case ':files'
                __fish_complete_path (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c planrun -f -a '(__planrun_complete)'
)";

const CommandText* find(const std::vector<CommandText>& commands, const std::string& name) {
  for (const CommandText& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

const OptionText* find_option(const CommandText& command, const std::string& name) {
  for (const OptionText& option : command.options) {
    for (const auto& own : option.names) {
      if (own == name) return &option;
    }
  }
  return nullptr;
}

void offer_value(const OptionText& option, Completion& completion) {
  for (const auto& choice : option.choices) completion.words.push_back({choice, option.help});
  if (option.value == "PLAN" || option.value == "OLD" || option.value == "NEW")
    completion.files = Completion::Files::plans;
  if (option.value == "FILE") completion.files = Completion::Files::any;
}

void offer_options(const CommandText& command, Completion& completion) {
  for (const OptionText& option : command.options) {
    for (const auto& name : option.names) completion.words.push_back({name, option.help});
  }
}

}  // namespace

Completion complete(const std::vector<CommandText>& commands, const std::vector<std::string>& topics,
                    const std::vector<std::string>& words) {
  // A shell may hand `--format=json` over in three words.
  std::vector<std::string> typed;
  for (const auto& word : words) {
    if (word != "=") typed.push_back(word);
  }
  const std::string last = typed.empty() || words.back() == "=" ? "" : typed.back();
  if (!typed.empty() && words.back() != "=") typed.pop_back();
  const CommandText* command = &commands.front();
  if (!typed.empty()) {
    if (const CommandText* named = find(commands, typed.front())) command = named;
  }

  Completion completion;
  const OptionText* option = typed.empty() ? nullptr : find_option(*command, typed.back());
  if (option != nullptr && !option->value.empty()) {
    offer_value(*option, completion);
  } else if (last.starts_with("-")) {
    offer_options(*command, completion);
  } else if (command->name == "help") {
    for (const auto& topic : topics) completion.words.push_back({topic, ""});
  } else {
    for (const OptionText& argument : command->arguments) {
      offer_value(argument, completion);
      if (argument.value == "SOURCE") completion.files = Completion::Files::any;
    }
    if (typed.empty()) {
      for (const CommandText& other : commands) {
        if (!other.name.empty()) completion.words.push_back({other.name, other.help});
      }
    }
  }
  std::erase_if(completion.words, [&](const auto& word) { return !word.text.starts_with(last); });
  return completion;
}

std::string to_text(const Completion& completion) {
  std::string text;
  for (const auto& word : completion.words) text += word.text + "\t" + word.help + "\n";
  if (completion.files == Completion::Files::plans) text += ":plans\n";
  if (completion.files == Completion::Files::any) text += ":files\n";
  return text;
}

const std::vector<std::string>& completion_shells() {
  static const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
  return kShells;
}

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  throw Error(ErrorCode::usage, "no completion for the shell " + quote_for_message(shell),
              "there is one for " + join(completion_shells(), ", "));
}

}  // namespace planrun
