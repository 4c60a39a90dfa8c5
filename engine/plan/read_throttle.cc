// [throttle]: how fast a run may go, and what holds it. No part of the fingerprint.
#include "base/text.h"
#include "plan/duration.h"
#include "plan/readers.h"

namespace planrun {

void read_throttle(PlanReader& reader, const Node& root) {
  const Member* member = root.find("throttle");
  if (member == nullptr) return;
  if (member->value.kind != NodeKind::table) {
    reader.error(FindingCode::wrong_kind, member->at,
                 "`throttle` is a section [throttle], not " + std::string(describe(member->value.kind)));
    return;
  }
  const Section section(reader, throttle_keys(), member->value, member->at, "[throttle]");
  PlanThrottle throttle;
  throttle.at = member->at;
  if (const auto text = section.located("rate")) {
    const auto rate = parse_rate(text->text);
    if (!rate) {
      reader.error(FindingCode::wrong_form, text->at, quote_for_message(text->text) + " is no rate",
                   std::string(kRateForm));
    }
    throttle.rate = rate.value_or(Rate{});
    throttle.written_rate = text->text;
  }
  throttle.active_sessions = section.count("active_sessions");
  if (const auto lag = section.located("replication_lag")) {
    throttle.replication_lag_seconds = parse_duration(lag->text);
    if (!throttle.replication_lag_seconds) {
      reader.error(FindingCode::wrong_form, lag->at, quote_for_message(lag->text) + " is no duration",
                   std::string(kDurationForm));
    }
  }
  // A dialect without a text is not asked: what makes one kind of target busy, another may not know.
  if (const Member* sql = section.find("sql")) throttle.sql = read_query(reader, *sql, "[throttle]");
  throttle.above = section.count("above").value_or(0);
  if (section.has("sql") != section.has("above")) {
    reader.error(
        FindingCode::missing_key, member->at,
        section.has("sql") ? "[throttle] has `sql` and no `above`" : "[throttle] has `above` and no `sql`",
        "sql = \"select ...\" answers a number, and one above `above` holds the run");
  }
  reader.plan.throttle = throttle;
}

}  // namespace planrun
