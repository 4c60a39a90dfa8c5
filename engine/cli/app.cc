#include "cli/app.h"

#include <csignal>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <malloc.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual.h"

namespace planrun {

namespace {

// Larger blocks, such as SQLite sorts an index in, go back to the system when they are freed. Left to itself
// glibc moves this bound up with each of them, and keeps what comes later.
constexpr int kKeptBlockBytes = 4 << 20;

// A larger one is no sample: its keys are held in memory while it is chosen.
constexpr std::int64_t kMostSampled = 1'000'000;

bool wants_color(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(descriptor) != 0 && (no_color == nullptr || *no_color == 0);
}

int exit_status(const Error& error) {
  switch (error.code()) {
    case ErrorCode::usage:
    case ErrorCode::plan:
      return 2;
    case ErrorCode::unproved:
      return 3;
    case ErrorCode::interrupted:
      return 4;
    default:
      return 1;
  }
}

// NAME=URL, as --source and --target take it.
std::map<std::string, std::string> named_urls(const std::vector<std::string>& options,
                                              const std::string& option) {
  std::map<std::string, std::string> urls;
  for (const auto& text : options) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::usage, option + " takes NAME=URL, it was given " + text);
    }
    urls[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return urls;
}

// The command line, and what it chose.
class App {
 public:
  App() : app_("planrun: database migrations as plans", "planrun") {
    app_.set_version_flag("--version", PLANRUN_VERSION);
    app_.footer(
        "planrun PLAN runs the plan; an interrupted run goes on from its checkpoint by itself.\n"
        "planrun PLAN --sample 20 --target NAME=URL rehearses it on 20 rows, somewhere else.\n"
        "Exit status: 0 done and proved, 1 failed, 2 plan or command line wrong, 3 not proved, 4 "
        "interrupted.");
    app_.add_option("PLAN", options_.plans, "the plan file")->expected(1);
    app_.add_flag("-n,--dry-run", options_.dry_run, "preview: what a run would do; writes nothing");
    app_.add_option("-o", options_.save_to, "save the preview to FILE, as JSON")->type_name("FILE");
    app_.add_option("--expect", options_.expect, "run only what the preview saved in FILE was of")
        ->type_name("FILE");
    app_.add_option("--sample", options_.sample,
                    "a rehearsal: only the first N rows of each root table, and the rows that refer to them")
        ->check(CLI::Range(std::int64_t{1}, kMostSampled))
        ->type_name("N");
    app_.add_option("--rate", rate_,
                    "at most so much: \"50000 rows/s\", \"20 MB/s\", of all workers of this process")
        ->type_name("RATE");
    app_.add_option("--join", options_.join,
                    "take part in a run at work, by its id or `latest`: load its chunks beside it")
        ->type_name("RUN");
    add_common(app_);
    CLI::App* lint = add_command("lint", "what is wrong with plans, without touching a database",
                                 lint_command, false, {"text", "json", "sarif"});
    lint->add_flag("--sources", options_.sources,
                   "look into the sources too, read-only: what does not fit them, and what is too narrow");
    app_.add_subcommand("schema", "the JSON Schema of a plan, for editors")->callback([this] {
      command_ = schema_command;
      needs_plan_ = false;
    });
    add_census();
    add_init();
    add_command("graph", "the steps and what each waits for", graph_command, true,
                {"text", "json", "mermaid", "dot", "svg"});
    CLI::App* diff = add_command("diff", "what the change from one plan to another means", diff_command,
                                 false, {"text", "markdown", "json"});
    diff->get_option("PLAN")->expected(1, 9)->type_name("OLD NEW")->description(
        "each a plan file, git:REVISION:PATH, or run:ID of the ledger (run:latest)");
    diff->add_flag("--git-external", options_.git_external,
                   "the arguments are git's for diff.DRIVER.command; ends with 0");
    add_command("test", "run the plan's transform examples", test_command, false);
    CLI::App* status =
        add_command("status", "what the target's ledger says of the plan's runs", status_command, true);
    status->add_flag("--gate", options_.gate, "only whether the plan's [gate] is met; ends with 3 where not");
    add_command("pause", "have a run at work end what is under way and wait", pause_command, true);
    add_command("continue", "let a paused run go on", continue_command, true);
    CLI::App* rollback =
        add_command("rollback", "take a run back: the target as it was before it", rollback_command, true);
    add_run(*rollback);
    rollback->add_flag("-y,--yes", options_.yes, "do not ask");
    rollback->add_flag("--discard-later", options_.discard_later,
                       "drop also what others have put into the run's tables since");
    CLI::App* rejects = add_command("rejects", "the rows that a run kept out, by reason", rejects_command,
                                    true, {"text", "json", "csv"});
    add_run(*rejects);
    rejects->add_flag("--retry", options_.retry, "send them through the plan again, and prove the run again");
    CLI::App* report =
        add_command("report", "a run as one page: its proof, figures and times, told from the ledger",
                    report_command, true, {"html", "json"});
    add_run(*report);
    report
        ->add_option(
            "-o", options_.save_to,
            "the file to write, whole or not at all (default: stdout, a page only where that is no terminal)")
        ->type_name("FILE");
    report->add_flag("--show-values", options_.show_values,
                     "show keys and values of rows: of rejects, differences and messages");
    CLI::App* backups =
        add_command("backups", "the snapshots that the plan's runs keep", backups_command, true);
    add_run(*backups);
    backups->add_flag("--verify", options_.verify, "hash them again and compare with the ledger's SHA-256");
    backups
        ->add_option("--restore", options_.restore, "copy the snapshot of SOURCE to a new file (--run, -o)")
        ->type_name("SOURCE");
    backups->add_option("-o", options_.save_to, "the file that --restore makes")->type_name("FILE");
    add_verify();
    CLI::App* units =
        add_command("units", "systemd units and a crontab line that verify the plan by themselves",
                    units_command, true, {"text", "systemd", "cron"});
    units->add_option("--every", options_.every, "how often: 15m, 1h, 6h, 1d (default: 1h)")
        ->type_name("TIME");
    units->add_option("--metrics", options_.metrics, "have each verification write its figures to FILE")
        ->type_name("FILE");
    CLI::App* evidence =
        add_command("evidence", "one document of what a run has brought, to be signed and checked again",
                    evidence_command, true);
    evidence->get_option("PLAN")->required(false)->expected(0, 1);
    add_run(*evidence);
    evidence->add_option("-o", options_.save_to, "write it to FILE")->type_name("FILE");
    evidence
        ->add_option("--check", options_.check_file,
                     "hold the evidence in FILE against its target as it is now")
        ->type_name("FILE");
    add_own_commands();
  }

  int run(int argc, char** argv, Console& console) {
    // Their words may be those of other commands, which the parser would take for such.
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words.front() == "complete")
      return print_completion({words.begin() + 1, words.end()});
    if (words.size() == 2 && words.front() == "help" && !words.back().starts_with("-"))
      return print_help(words.back());
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {
      return app_.exit(success);
    } catch (const CLI::ParseError& error) {
      throw Error(ErrorCode::usage, error.what(), "planrun --help shows what there is");
    }
    refuse_empty_words(app_);
    if (self_ != nullptr) return self_(*this);
    options_.source_urls = named_urls(sources_, "--source");
    options_.target_urls = named_urls(targets_, "--target");
    if (options_.plans.empty() && options_.check_file.empty() && needs_plan_)
      throw Error(ErrorCode::usage, "no plan file is given", "planrun PLAN, or planrun --help");
    if (!options_.save_to.empty() && !options_.dry_run && command_ == nullptr)
      throw Error(ErrorCode::usage, "-o saves a preview: add --dry-run");
    if (!options_.expect.empty() && (options_.dry_run || command_ != nullptr))
      throw Error(ErrorCode::usage, "--expect is for a run: planrun PLAN --expect FILE");
    if (!rate_.empty()) set_rate();
    if (!options_.join.empty() &&
        (options_.dry_run || command_ != nullptr || options_.sample > 0 || !options_.expect.empty()))
      throw Error(ErrorCode::usage, "--join goes with a run at work alone: planrun PLAN --join RUN");
    if (options_.sample > 0 && command_ != nullptr)
      throw Error(ErrorCode::usage, "--sample is for a run or its preview: planrun PLAN --sample N");
    if (command_ != nullptr) return command_(options_, console);
    return options_.dry_run ? preview_command(options_, console) : run_command(options_, console);
  }

 private:
  // A variable of the shell that is not set would else turn a command into another one.
  static void refuse_empty_words(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& word : option->results()) {
        if (word.empty())
          throw Error(ErrorCode::usage, option->get_name() + " is given an empty word",
                      "say what it is to be, or leave it out");
      }
    }
    for (const CLI::App* command : app.get_subcommands()) refuse_empty_words(*command);
  }

  void set_rate() {
    if (options_.dry_run || command_ != nullptr)
      throw Error(ErrorCode::usage, "--rate is for a run: planrun PLAN --rate \"50000 rows/s\"");
    const auto rate = parse_rate(rate_);
    if (!rate) throw Error(ErrorCode::usage, "--rate " + rate_ + " is no rate", std::string(kRateForm));
    options_.rate = *rate;
  }

  using Command = int (*)(const CommandOptions&, Console&);

  void add_common(CLI::App& app, const std::vector<std::string>& formats = {"text", "json"}) {
    app.add_option("--source", sources_, "read source NAME from URL instead")->type_name("NAME=URL");
    app.add_option("--target", targets_, "write target NAME to URL instead")->type_name("NAME=URL");
    app.add_option("-j,--jobs", options_.jobs, "workers (default: cores, as many as the target has room for)")
        ->check(CLI::Range(1, 64))
        ->type_name("N");
    app.add_flag("-q,--quiet", options_.quiet, "no progress");
    add_format(app, formats);
  }

  void add_format(CLI::App& app, const std::vector<std::string>& formats) {
    app.add_option("--format", format_, join(formats, " or "))
        ->check(CLI::IsMember(formats))
        ->type_name("FORMAT");
    app.parse_complete_callback([this] {
      options_.json = format_ == "json";
      options_.csv = format_ == "csv";
      options_.format = format_;
    });
  }

  void add_schema(CLI::App& command) {
    command.add_option("--schema", options_.schema, "the schema of PostgreSQL sources (default: public)")
        ->type_name("NAME");
  }

  void add_census() {
    CLI::App* census = app_.add_subcommand("census", "what databases really hold, value by value");
    census
        ->add_option("SOURCE", options_.databases,
                     "a SQLite file, as a path or sqlite:PATH, or a database: postgresql://...")
        ->required()
        ->expected(1, -1);
    add_schema(*census);
    add_format(*census, {"text", "json", "html"});
    census->add_option("-o", options_.save_to, "write it to FILE, whole or not at all")->type_name("FILE");
    census->callback([this] {
      command_ = census_command;
      needs_plan_ = false;
    });
  }

  void add_init() {
    CLI::App* init =
        app_.add_subcommand("init", "draft a plan from databases, columns typed by what they really hold");
    init->add_option("SOURCE", options_.databases,
                     "a SQLite file, as a path or sqlite:PATH, or a database: postgresql://...")
        ->required()
        ->expected(1, -1);
    add_schema(*init);
    init->add_option(
            "--target", options_.draft_target,
            "the url of the target (default: $DATABASE_URL, or NAME.migrated.db where it is not set)")
        ->type_name("URL");
    init->add_option("-o", options_.save_to, "write it to FILE, which must not be there (default: stdout)")
        ->type_name("FILE");
    init->add_option("--name", options_.draft_name, "the plan's name (default: the first source's)")
        ->type_name("NAME");
    CLI::Option* data_only =
        init->add_flag("--data-only", options_.data_only,
                       "the target has its tables: match them by name and load into them");
    init->add_flag("--loose-names", options_.loose_names,
                   "with --data-only: names match whatever their case and underscores")
        ->needs(data_only);
    init->callback([this] {
      command_ = init_command;
      needs_plan_ = false;
    });
  }

  void add_verify() {
    CLI::App* verify = add_command("verify", "re-read source and target of a passed run, and ask every check",
                                   verify_command, true);
    add_run(*verify);
    verify
        ->add_option(
            "--from", options_.from,
            "compare with the run's snapshot or the live source (default: the snapshot where it is there)")
        ->check(CLI::IsMember({"snapshot", "live"}))
        ->type_name("snapshot|live");
    verify->add_option("--limit", options_.limit, "how many differences a table are told (default: 20)")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}))
        ->type_name("N");
    verify->add_option("-o", options_.save_to, "write the differences to FILE, as CSV")->type_name("FILE");
    verify
        ->add_option("--metrics", options_.metrics,
                     "write the figures to FILE, for node_exporter's textfile collector")
        ->type_name("FILE");
  }

  void add_run(CLI::App& app) {
    app.add_option("--run", options_.run, "this run, as status lists it (default: the latest)")
        ->type_name("ID");
  }

  CLI::App* add_command(const std::string& name, const std::string& help, Command command, bool one_plan,
                        const std::vector<std::string>& formats = {"text", "json"}) {
    CLI::App* sub = app_.add_subcommand(name, help);
    sub->add_option("PLAN", options_.plans, "the plan file")->required()->expected(1, one_plan ? 1 : -1);
    add_common(*sub, formats);
    sub->callback([this, command] { command_ = command; });
    return sub;
  }

  // Those that tell of the program itself.
  void add_own_commands() {
    CLI::App* help =
        app_.add_subcommand("help", "the commands, the sections of a plan, and pages on each topic");
    help->add_option("TOPIC", topic_, "one of those that it lists");
    help->callback([this] { self_ = [](App& app) { return app.print_help(app.topic_); }; });
    CLI::App* completion =
        app_.add_subcommand("completion", "a script that completes command lines in a shell");
    completion->add_option("SHELL", topic_, join(completion_shells(), ", "))
        ->required()
        ->check(CLI::IsMember(completion_shells()));
    completion->callback([this] {
      self_ = [](App& app) {
        std::cout << completion_script(app.topic_);
        return 0;
      };
    });
    CLI::App* manual = app_.add_subcommand("manual", "the manual page: planrun manual | man -l -");
    manual->callback([this] {
      self_ = [](App& app) {
        std::cout << manual_page(describe_commands(app.app_), PLANRUN_VERSION);
        return 0;
      };
    });
  }

  int print_help(const std::string& topic) {
    std::cout << help_text(describe_commands(app_), topic);
    return 0;
  }

  int print_completion(const std::vector<std::string>& words) {
    const auto commands = describe_commands(app_);
    std::cout << to_text(complete(commands, help_topics(commands), words));
    return 0;
  }

  CLI::App app_;
  CommandOptions options_;
  std::string topic_;
  std::vector<std::string> sources_;
  std::vector<std::string> targets_;
  std::string rate_;
  std::string format_ = "text";
  Command command_ = nullptr;
  bool needs_plan_ = true;
  int (*self_)(App&) = nullptr;
};

}  // namespace

int run_app(int argc, char** argv) {
  ::mallopt(M_MMAP_THRESHOLD, kKeptBlockBytes);
  const bool color = wants_color(STDERR_FILENO);
  Log log(LogLevel::info, color);
  Console console{log, Paint(wants_color(STDOUT_FILENO)), color, isatty(STDERR_FILENO) != 0};
  try {
    stop_flag();  // From here on Ctrl-C is answered.
    ignore_pause_signals();
    // A file that may not grow any more (ulimit -f) then fails its write, which is told.
    ::signal(SIGXFSZ, SIG_IGN);
    const int status = App().run(argc, argv, console);
    std::cout.flush();
    if (std::cout) return status;
    // Half a list of rejects is worse than none: whoever reads it must hear of it.
    log.error("cannot write to stdout: what it has is not whole");
    return status == 0 ? 1 : status;
  } catch (const Error& error) {
    const std::string text = error.what();
    if (!text.empty()) log.error(text);
    if (!error.hint().empty()) log.info(error.hint());
    return exit_status(error);
  } catch (const std::exception& error) {
    log.error(error.what());
    return 1;
  }
}

}  // namespace planrun
