// [gate] and [[alert]]: what is watched after a run. No part of the fingerprint.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "plan/duration.h"
#include "plan/readers.h"
#include "plan/variables.h"

namespace planrun {
namespace {

// https://USER:PASSWORD@HOST, where the password is no variable.
bool holds_password(const std::string& marked) {
  const std::size_t begin = marked.find("://");
  if (begin == std::string::npos) return false;
  const std::string place = marked.substr(begin + 3, marked.find_first_of("/?#", begin + 3) - begin - 3);
  const std::size_t at = place.rfind('@');
  const std::size_t colon = place.find(':');
  if (at == std::string::npos || colon > at) return false;
  return place.substr(colon + 1, at - colon - 1).find_first_not_of(kVariableMark) != std::string::npos;
}

void read_gate(PlanReader& reader, const Member& member) {
  if (member.value.kind != NodeKind::table) {
    reader.error(FindingCode::wrong_kind, member.at,
                 "`gate` is a section [gate], not " + std::string(describe(member.value.kind)));
    return;
  }
  const Section section(reader, gate_keys(), member.value, member.at, "[gate]");
  PlanGate gate;
  gate.at = member.at;
  if (!section.has("verifications"))
    reader.error(FindingCode::missing_key, member.at, "[gate] has no `verifications`",
                 "how many must pass in a row");
  if (const auto count = section.count("verifications")) {
    gate.verifications = *count;
    if (*count == 0)
      reader.error(FindingCode::wrong_form, section.at("verifications"), "a gate of no verification is none");
  }
  if (!section.has("within"))
    reader.error(FindingCode::missing_key, member.at, "[gate] has no `within`", "within = \"7d\"");
  if (const auto within = section.located("within")) {
    const auto seconds = parse_duration(within->text);
    if (!seconds) {
      reader.error(FindingCode::wrong_form, within->at, quote_for_message(within->text) + " is no duration",
                   std::string(kDurationForm));
    }
    gate.within_seconds = seconds.value_or(0);
    gate.within = within->text;
  }
  reader.plan.gate = gate;
}

class AlertReader {
 public:
  explicit AlertReader(PlanReader& reader) : reader_(reader) {
    for (const auto& table : reader.plan.tables) names_.tables.push_back(table.name);
    for (const auto& check : reader.plan.checks) {
      if (!check.guard) names_.checks.push_back(check.name);
    }
  }

  void read(const Node& node) {
    const Section section(reader_, alert_keys(), node, node.at, "[[alert]]");
    PlanAlert alert;
    alert.at = node.at;
    read_name(section, alert);
    read_when(section, alert);
    const std::string level = section.text("level");
    if (level == "warning") alert.level = CheckSeverity::warning;
    if (level == "info") alert.level = CheckSeverity::info;
    for (const auto& word : section.list("command")) alert.command.push_back(word.text);
    if (section.find("command") != nullptr && (alert.command.empty() || alert.command.front().empty()))
      reader_.error(FindingCode::empty_value, section.at("command"), "`command` names no program");
    read_webhook(section, alert);
    read_mail(section, alert);
    if (!section.has("command") && !section.has("webhook") && !section.has("mail"))
      reader_.error(FindingCode::missing_key, node.at, "the alert goes nowhere",
                    "`command`, `webhook` or `mail`");
    reader_.plan.alerts.push_back(std::move(alert));
  }

 private:
  void read_name(const Section& section, PlanAlert& alert) {
    if (!section.has("name"))
      reader_.error(FindingCode::missing_key, section.at(), "[[alert]] has no `name`");
    const auto name = section.located("name");
    if (!name) return;
    alert.name = name->text;
    check_plain_name(reader_, alert.name, name->at, "alert");
    if (!seen_.insert(alert.name).second)
      reader_.error(FindingCode::named_twice, name->at, "there are two alerts " + alert.name);
  }

  void read_when(const Section& section, PlanAlert& alert) {
    if (!section.has("when"))
      reader_.error(FindingCode::missing_key, section.at(), "[[alert]] has no `when`",
                    "when = \"differences > 0\"");
    const auto when = section.located("when");
    if (!when) return;
    alert.when = *when;
    ConditionFault fault;
    if (const auto condition = parse_condition(when->text, names_, fault)) {
      alert.condition = *condition;
    } else {
      reader_.error_in(FindingCode::wrong_form, *when, fault.offset, fault.message, fault.hint);
    }
  }

  // A variable that is not set is no fault of the plan: whoever only reads it need not know the secret.
  void read_webhook(const Section& section, PlanAlert& alert) {
    const auto webhook = section.located("webhook");
    if (!webhook) return;
    const std::string marked = mark_variables(webhook->text, false);
    const bool is_http = webhook->text.starts_with("http://") || webhook->text.starts_with("https://");
    if (!is_http && !webhook->text.starts_with("${")) {
      reader_.error(FindingCode::unusable_url, webhook->at, "a webhook is https://... or http://...");
      return;
    }
    if (holds_password(marked)) {
      reader_.error(FindingCode::literal_password, webhook->at, "the webhook holds a password",
                    "take it from the environment: ${NAME}");
      return;
    }
    Diagnostics missing;
    PlanReader probe{reader_.plan, missing, reader_.options};
    if (const auto filled = fill_variables(probe, *webhook)) {
      alert.webhook = *filled;
    } else if (marked.find("${") != std::string::npos) {
      for (auto& fault : missing.list) reader_.diagnostics.list.push_back(std::move(fault));
    } else {
      alert.webhook_fault = missing.list.front().message;
    }
    // Without what the variables hold, and without a path or query, which may be secret too.
    const std::size_t host = webhook->text.find("://");
    const std::size_t end = host == std::string::npos ? 0 : webhook->text.find_first_of("/?#$@", host + 3);
    alert.shown_webhook = webhook->text.substr(0, end) + (end == std::string::npos ? "" : "...");
  }

  void read_mail(const Section& section, PlanAlert& alert) {
    const auto mail = section.located("mail");
    if (!mail) return;
    if (mail->text.empty()) {
      reader_.error(FindingCode::empty_value, mail->at, "`mail` names no file");
      return;
    }
    alert.mail = (reader_.plan.file.parent_path() / mail->text).lexically_normal();
    if (const auto [other, is_new] = mails_.emplace(alert.mail, alert.name); !is_new) {
      reader_.error(
          FindingCode::same_place, mail->at,
          "the alert " + other->second + " writes its mail to " + quote_for_message(mail->text) + " too",
          "one would write over the other: give each alert a file of its own");
    }
  }

  PlanReader& reader_;
  ConditionNames names_;
  std::set<std::string> seen_;
  std::map<std::filesystem::path, std::string> mails_;  // the alert that writes each
};

}  // namespace

void read_watch(PlanReader& reader, const Node& root) {
  if (const Member* gate = root.find("gate")) read_gate(reader, *gate);
  const Member* alerts = root.find("alert");
  if (alerts == nullptr) return;
  bool are_tables = alerts->value.kind == NodeKind::array;
  for (const Node& item : alerts->value.items) are_tables = are_tables && item.kind == NodeKind::table;
  if (!are_tables) {
    reader.error(FindingCode::wrong_kind, alerts->at, "alerts stand in [[alert]], one after the other");
    return;
  }
  AlertReader one(reader);
  for (const Node& item : alerts->value.items) one.read(item);
}

}  // namespace planrun
