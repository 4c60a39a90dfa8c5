#include "run/alerts.h"

#include <algorithm>

#include "base/json.h"
#include "base/time.h"

namespace planrun {

namespace {

std::string message_of(const PlanAlert& alert, bool raised, const std::string& value,
                       const VerifySummary& summary) {
  std::string text = "plan " + summary.plan + ": " + alert.name +
                     (raised ? " is raised: " : " is cleared: ") + alert.when.text +
                     (raised ? " holds" : " does not hold any more");
  if (!value.empty()) text += " (" + value + ")";
  if (raised && !summary.message.empty()) text += "; " + summary.message;
  return text;
}

}  // namespace

std::vector<AlertNews> find_news(const Plan& plan, const Figures& figures, const VerifySummary& summary,
                                 const std::vector<AlertRecord>& known, std::int64_t now) {
  std::vector<AlertNews> all;
  for (const auto& alert : plan.alerts) {
    const auto earlier =
        std::find_if(known.begin(), known.end(), [&](const AlertRecord& r) { return r.name == alert.name; });
    const auto raised = holds(alert.condition, figures);
    AlertNews news{&alert, {}, value_text(alert.condition, figures)};
    if (earlier != known.end()) news.record = *earlier;
    if (!raised || *raised == news.record.raised) {
      // It was told, or there is nothing to tell.
      if (earlier == known.end() || earlier->sent) continue;
    } else {
      news.record = {alert.name, *raised, now, false, message_of(alert, *raised, news.value, summary), ""};
    }
    all.push_back(std::move(news));
  }
  return all;
}

Json to_json(const AlertNews& news, const VerifySummary& summary) {
  return {{"plan", summary.plan},
          {"alert", news.alert->name},
          {"state", news.record.raised ? "raised" : "cleared"},
          {"level", std::string(to_string(news.alert->level))},
          {"when", news.alert->when.text},
          {"value", news.value},
          {"message", news.record.message},
          {"run", summary.run},
          {"target", summary.target},
          {"changed_at", to_iso_utc(news.record.changed_at)}};
}

}  // namespace planrun
