#include "cli/manual.h"

#include "base/text.h"

namespace planrun {

namespace {

// What roff would read as its own: backslashes, hyphens that would become dashes, a dot at the start of a
// line.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string bold(const std::string& text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + escaped(text) + "\\fR";
}

std::string item(const std::string& head, const std::string& text) {
  return ".TP\n" + head + "\n" + escaped(text) + "\n";
}

std::string option_item(const OptionText& option) {
  std::vector<std::string> names;
  for (const auto& name : option.names) names.push_back(bold(name));
  std::string head = join(names, ", ");
  if (!option.value.empty()) head += (head.empty() ? "" : " ") + italic(option.value);
  std::string help = option.help;
  if (!option.choices.empty() && option.help.find(option.choices.back()) == std::string::npos)
    help += ": " + join(option.choices, ", ");
  return item(head, help);
}

std::string command_section(const CommandText& command) {
  std::string text = ".SS " + escaped(usage(command)) + "\n" + escaped(command.help) + ".\n";
  for (const OptionText& option : command.options) text += option_item(option);
  return text;
}

std::string pairs_section(const std::string& title,
                          const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text = ".SH " + title + "\n";
  for (const auto& [name, meaning] : pairs) text += item(bold(name), meaning);
  return text;
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& exit_statuses() {
  static const std::vector<std::pair<std::string, std::string>> kStatuses = {
      {"0", "done and proved; rejects that the plan keeps are among it"},
      {"1", "failed; the message says what to mend, then the same command goes on"},
      {"2", "the plan or the command line is wrong; nothing was done"},
      {"3", "a critical check, a guard, the balance or the proof failed, or diff found something dangerous"},
      {"4", "interrupted; the same command goes on"},
  };
  return kStatuses;
}

const std::vector<std::pair<std::string, std::string>>& environment() {
  static const std::vector<std::pair<std::string, std::string>> kVariables = {
      {"NAME", "any variable that a plan names as ${NAME} or ${NAME:-default} in a url, folder or password"},
      {"XDG_STATE_HOME",
       "runs keep their snapshots in planrun/PLAN/RUN below it; ~/.local/state where it is not set"},
      {"NO_COLOR", "no colour where it is set and not empty"},
      {"PGHOST, PGPASSFILE, PGSERVICE, ...", "what libpq takes for a PostgreSQL target"},
  };
  return kVariables;
}

std::string manual_page(const std::vector<CommandText>& commands, const std::string& version) {
  std::string text =
      ".TH PLANRUN 1 \"\" \"planrun " + escaped(version) + "\" \"User Commands\"\n" +
      ".SH NAME\nplanrun \\- run a database migration that is written as a plan\n.SH SYNOPSIS\n";
  for (const CommandText& command : commands) text += bold(usage(command)) + "\n.br\n";
  text +=
      ".SH DESCRIPTION\n"
      "A plan is a TOML file that names sources, target tables, the order, transforms and checks. planrun "
      "previews\n"
      "it, runs it so that a kill at any moment loses nothing and repeats nothing, proves from what it reads "
      "back\n"
      "that the target holds what the plan says, and can take it back.\n"
      ".SH COMMANDS\n";
  for (const CommandText& command : commands) text += command_section(command);
  text += pairs_section("EXIT STATUS", exit_statuses());
  text += pairs_section("ENVIRONMENT", environment());
  return text + ".SH SEE ALSO\n" + bold("planrun help") +
         " lists pages on the plan language, running, proof, review and watching.\n.br\n" + bold("psql") +
         "(1), " + bold("sqlite3") + "(1)\n";
}

}  // namespace planrun
