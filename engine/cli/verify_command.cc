#include <iostream>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/host.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "notify/sender.h"
#include "report/metrics_text.h"
#include "report/terminal.h"
#include "report/verify_text.h"
#include "run/verification.h"

namespace planrun {

namespace {

VerifyOptions verify_options(const CommandOptions& options) {
  VerifyOptions verify;
  verify.run = options.run;
  if (options.from == "snapshot") verify.from = VerifyFrom::snapshot;
  if (options.from == "live") verify.from = VerifyFrom::live;
  verify.limit = static_cast<std::size_t>(options.limit);
  verify.jobs = options.jobs;
  return verify;
}

// The error that ended it; what is known all the same is in `summary`.
std::optional<Error> verify(const Plan& plan, const Databases& databases, const VerifyOptions& how,
                            const CommandOptions& options, Console& console, VerifySummary& summary) {
  const auto observer = make_terminal(
      console.log, {console.err_is_terminal && !options.quiet, options.quiet, console.err_color});
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    verify_plan(plan, databases.source_pointers(), databases.target_pointers(), how, stop_flag(), *observer,
                wrong, summary);
  } catch (const Error& error) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    return error;
  }
  return std::nullopt;
}

class Aftermath {
 public:
  Aftermath(const Plan& plan, TargetDatabase& home, const VerifySummary& summary, Console& console)
      : plan_(plan), home_(home), summary_(summary), console_(console), now_(now_micros()) {
    summary_.plan = plan.name;
    if (!summary_.run.empty())
      streak_ = find_streak(home.open_watch_ledger(false)->verifications(plan.name, -1), summary_.run);
    figures_ = find_figures(summary_, streak_, plan.gate, now_);
  }

  const Streak& streak() const { return streak_; }

  void write_metrics(const std::string& file) const {
    replace_file(file, metrics_text(figures_, plan_.name, plan_.targets.front().name));
  }

  // False: one could not be sent, which was said.
  bool send_alerts() const {
    if (plan_.alerts.empty()) return true;
    const auto ledger = home_.open_watch_ledger(true);
    const auto sender = make_alert_sender(sender_options());
    bool all_sent = true;
    for (AlertNews& news : find_news(plan_, figures_, summary_, ledger->alerts(plan_.name), now_)) {
      news.record.failure = sender->send(news, summary_);
      news.record.sent = news.record.failure.empty();
      all_sent = all_sent && news.record.sent;
      const std::string text = "alert: " + news.record.message;
      if (news.record.sent) {
        console_.log.info(text);
      } else {
        console_.log.error("alert " + news.alert->name +
                           " could not be sent, and will be tried again: " + news.record.failure);
      }
      ledger->write_alert(plan_.name, news.record);
    }
    return all_sent;
  }

 private:
  SenderOptions sender_options() const {
    SenderOptions options;
    options.folder = plan_.file.parent_path();
    options.host = host_name();
    return options;
  }

  const Plan& plan_;
  TargetDatabase& home_;
  VerifySummary summary_;
  Console& console_;
  std::int64_t now_;
  Streak streak_;
  Figures figures_;
};

// False: something that was to be told is not. That was said.
bool tell(const Plan& plan, TargetDatabase& home, const CommandOptions& options, VerifySummary& summary,
          Console& console, Streak& streak) {
  try {
    const Aftermath aftermath(plan, home, summary, console);
    streak = aftermath.streak();
    const bool sent = summary.run.empty() || aftermath.send_alerts();
    if (!options.metrics.empty()) aftermath.write_metrics(options.metrics);
    return sent;
  } catch (const Error& error) {
    console.log.error(std::string("what was to be told of the verification is not told: ") + error.what());
    return false;
  }
}

}  // namespace

int verify_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const VerifyOptions how = verify_options(options);
  const Databases databases = open_databases(plan);
  VerifySummary summary;
  const auto failure = verify(plan, databases, how, options, console, summary);
  if (failure && failure->code() == ErrorCode::interrupted) throw Error(*failure);
  Streak streak;
  TargetDatabase& home = *databases.targets.at(plan.targets.front().name);
  const bool told = tell(plan, home, options, summary, console, streak);
  if (failure) throw Error(*failure);
  if (!options.save_to.empty()) replace_file(options.save_to, differences_csv(summary));
  if (options.json) {
    Json json = to_json(summary);
    json["streak"] = to_json(streak, plan.gate, now_micros());
    std::cout << json.dump(2) << "\n";
  } else {
    std::cout << verify_text(summary, console.out) << streak_text(streak, plan.gate) << "\n";
  }
  if (summary.verdict != VerificationVerdict::passed) return 3;
  return told ? 0 : 1;
}

}  // namespace planrun
