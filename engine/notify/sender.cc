#include "notify/sender.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "notify/mail.h"
#include "notify/program.h"
#include "notify/webhook.h"

namespace planrun {

namespace {

class Sender : public AlertSender {
 public:
  explicit Sender(SenderOptions options) : options_(std::move(options)) {}

  std::string send(const AlertNews& news, const VerifySummary& summary) override {
    const PlanAlert& alert = *news.alert;
    const std::string json = to_json(news, summary).dump();
    std::string failures;
    const auto note = [&](const std::string& way, const std::string& failure) {
      if (!failure.empty()) failures += (failures.empty() ? "" : "; ") + way + ": " + failure;
    };
    if (!alert.command.empty()) note("command", run(news, summary, json));
    if (!alert.webhook_fault.empty()) note("webhook", alert.webhook_fault);
    if (!alert.webhook.empty()) {
      note("webhook " + alert.shown_webhook, post_json(alert.webhook, json, options_.timeout_seconds));
    }
    if (!alert.mail.empty()) note("mail", write_mail(news, summary));
    return failures;
  }

 private:
  std::string write_mail(const AlertNews& news, const VerifySummary& summary) const {
    try {
      replace_file(news.alert->mail, mail_text(news, summary, options_.host));
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  std::string run(const AlertNews& news, const VerifySummary& summary, const std::string& json) const {
    std::vector<std::string> command = news.alert->command;
    // A name without a slash is looked up in PATH.
    if (command.front().find('/') != std::string::npos)
      command.front() = (options_.folder / command.front()).lexically_normal().string();
    return run_program(command, json,
                       {{"PLANRUN_ALERT_NAME", news.alert->name},
                        {"PLANRUN_ALERT_STATE", news.record.raised ? "raised" : "cleared"},
                        {"PLANRUN_ALERT_LEVEL", std::string(to_string(news.alert->level))},
                        {"PLANRUN_ALERT_WHEN", news.alert->when.text},
                        {"PLANRUN_ALERT_VALUE", news.value},
                        {"PLANRUN_ALERT_PLAN", summary.plan},
                        {"PLANRUN_ALERT_RUN", summary.run},
                        {"PLANRUN_ALERT_MESSAGE", news.record.message}},
                       options_.timeout_seconds);
  }

  SenderOptions options_;
};

}  // namespace

std::unique_ptr<AlertSender> make_alert_sender(const SenderOptions& options) {
  return std::make_unique<Sender>(options);
}

}  // namespace planrun
