// What the program tells of itself: help, manual page, completions. Held against --help and against the
// shell.
#include <filesystem>
#include <set>

#include "base/text.h"
#include "support/migration.h"

namespace help_test {

using namespace planrun::test;

namespace {

ProcessResult told(const std::vector<std::string>& arguments) {
  static const TempFolder folder;
  return run_planrun(arguments, folder / "state");
}

// Words that begin with a dash, as --help lists them: "-j", "--jobs".
std::set<std::string> options_in(const std::string& text) {
  std::set<std::string> found;
  for (const auto& line : planrun::split(text, '\n')) {
    if (!line.starts_with("  -")) continue;
    for (const auto& word : planrun::split(line.substr(0, 26), ' ')) {
      if (word.starts_with("-")) found.insert(word.substr(0, word.find(',')));
    }
  }
  return found;
}

// What bash offers in place of the last word.
std::string bash_offers(const std::string& words, int last) {
  const std::string program = PLANRUN_BINARY;
  return run_process({"bash", "-c",
                      "eval \"$(" + program + " completion bash)\"; COMP_WORDS=(" + program + " " + words +
                          "); COMP_CWORD=" + std::to_string(last) +
                          "; _planrun; printf '%s\\n' \"${COMPREPLY[@]}\""})
      .out;
}

}  // namespace

TEST_CASE("help lists every command of --help, and tells of each the options that it takes") {
  const std::string list = told({"help"}).out;
  const std::string all = told({"--help"}).out;
  int commands = 0;
  for (const auto& line : planrun::split(all.substr(all.find("Subcommands:")), '\n')) {
    if (!line.starts_with("  ") || line[2] == ' ') continue;
    const std::string command = line.substr(2, line.find(' ', 2) - 2);
    INFO(command);
    ++commands;
    CHECK_THAT(list, ContainsSubstring("\n  " + command + " "));
    const ProcessResult own = told({"help", command});
    CHECK(own.status == 0);
    for (const auto& option : options_in(told({command, "--help"}).out))
      CHECK_THAT(own.out, ContainsSubstring(option));
  }
  CHECK(commands > 9);
}

TEST_CASE("help knows the sections of a plan and the pages of docs/") {
  CHECK_THAT(told({"help", "merge"}).out, ContainsSubstring("newest, first, last"));
  CHECK_THAT(told({"help", "conversions"}).out, ContainsSubstring("unix_seconds"));
  CHECK_THAT(told({"help", "exit-status"}).out, ContainsSubstring("4  interrupted"));
  for (const auto& page : std::filesystem::directory_iterator(PLANRUN_SOURCE_DIR "/docs")) {
    if (page.path().extension() != ".md") continue;
    CHECK_THAT(told({"help", page.path().stem().string()}).out, ContainsSubstring(read_file(page.path())));
  }
  const ProcessResult wrong = told({"help", "runing"});
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("did you mean planrun help running?"));
}

TEST_CASE("the manual page is whole, and roff has nothing to say of it") {
  const TempFolder folder;
  const std::string page = told({"manual"}).out;
  write_file(folder / "planrun.1", page);
  const ProcessResult shown =
      run_process({"groff", "-man", "-Tascii", "-P-cbou", "-ww", (folder / "planrun.1").string()});
  CHECK(shown.status == 0);
  CHECK(shown.err == "");
  for (const char* part : {"SYNOPSIS", "rollback", "discard-later", "EXIT STATUS", "NO_COLOR"})
    CHECK_THAT(shown.out, ContainsSubstring(part));
}

TEST_CASE("bash completes commands, options and what they take") {
  CHECK(bash_offers("rej", 1) == "rejects\n");
  CHECK(bash_offers("rejects --re", 2) == "--retry\n");
  CHECK(bash_offers("rejects --format ''", 3) == "text\njson\ncsv\n");
  CHECK(bash_offers("rejects --format = c", 4) == "csv\n");
  CHECK(bash_offers("help plan-", 2) == "plan-reference\n");
  CHECK_THAT(bash_offers("lint " PLANRUN_SOURCE_DIR "/plans/o", 2), ContainsSubstring("plans/ora.toml\n"));
  CHECK_THAT(bash_offers("census " PLANRUN_SOURCE_DIR "/READ", 2), ContainsSubstring("/README.md\n"));
  CHECK(told({"completion", "tcsh"}).status == 2);
}

TEST_CASE("the scripts for zsh and fish are right where these shells are") {
  for (const std::string shell : {"zsh", "fish"}) {
    const TempFolder folder;
    write_file(folder / shell, told({"completion", shell}).out);
    if (run_process({"sh", "-c", "command -v " + shell}).status != 0) continue;
    const ProcessResult read = run_process({shell, "-n", (folder / shell).string()});
    INFO(read.err);
    CHECK(read.status == 0);
  }
}

}  // namespace help_test
