#include "run/throttle.h"

#include <chrono>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"

namespace planrun {

namespace {

constexpr auto kBetweenMeasures = std::chrono::seconds(1);

// The one number that `sql` answers; none where it is null.
std::optional<double> ask(Target& target, const std::string& sql, const std::string& what) {
  const QueryResult result = [&] {
    try {
      return target.query(sql);
    } catch (const Error& error) {
      throw error.within(what);
    }
  }();
  if (result.rows.size() != 1 || result.rows[0].size() != 1)
    throw Error(ErrorCode::target,
                what + " answers " + std::to_string(result.rows.size()) + " rows, and one number is needed");
  const auto& text = result.rows[0][0];
  if (!text) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text->c_str(), &end);
  if (text->empty() || *end != 0)
    throw Error(ErrorCode::target, what + " answers " + quote_for_message(*text) + ", which is no number");
  return number;
}

// Of the server's own figures null means that the role may not see them.
double ask_server(Target& target, const std::string& sql, const std::string& what) {
  const auto number = ask(target, sql, what);
  if (number) return *number;
  throw Error(ErrorCode::target, what + " of [throttle] cannot be seen by this role",
              "an administrator gives it: GRANT pg_read_all_stats TO the role; or take " + what +
                  " out of [throttle]");
}

std::string shown(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::string why_held(const PlanThrottle& throttle, const Dialect& dialect, Target& target) {
  const std::string sessions = dialect.active_sessions_query();
  if (throttle.active_sessions && !sessions.empty()) {
    const double found = ask_server(target, sessions, "active_sessions");
    if (found > static_cast<double>(*throttle.active_sessions))
      return "active_sessions is above " + std::to_string(*throttle.active_sessions) + ": " + shown(found);
  }
  const std::string lag = dialect.replication_lag_query();
  if (throttle.replication_lag_seconds && !lag.empty()) {
    const double found = ask_server(target, lag, "replication_lag");
    if (found > static_cast<double>(*throttle.replication_lag_seconds))
      return "replication_lag is above " + std::to_string(*throttle.replication_lag_seconds) +
             "s: " + shown(found) + "s";
  }
  const std::string& sql = throttle.sql.text(dialect.name());
  if (sql.empty()) return {};
  const auto found = ask(target, sql, "sql of [throttle]");
  if (!found || *found <= static_cast<double>(throttle.above)) return {};
  return "sql of [throttle] is above " + std::to_string(throttle.above) + ": " + shown(*found);
}

Rate rate_of(const Plan& plan, const Rate& wanted) {
  return wanted.is_limited() || !plan.throttle ? wanted : plan.throttle->rate;
}

Throttle::Throttle(TargetDatabase& target, Pace& pace, ThrottleInputs inputs)
    : target_(target), pace_(pace), inputs_(std::move(inputs)) {
  if (looks_at_once()) pace_.hold("it is asked whether it may begin");
  thread_ = std::thread([this] { look_again_and_again(); });
}

Throttle::~Throttle() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Throttle::look_again_and_again() {
  std::unique_lock lock(mutex_);
  if (!looks_at_once()) changed_.wait_for(lock, kBetweenMeasures);
  while (!ended_) {
    lock.unlock();
    const std::string reason = look();
    pace_.hold(reason);
    tell(reason);
    lock.lock();
    if (!ended_) changed_.wait_for(lock, kBetweenMeasures);
  }
}

std::string Throttle::look() {
  if (inputs_.paused != nullptr && *inputs_.paused) return "it is paused by a signal; SIGUSR2 lets it go on";
  try {
    if (std::string reason = look_for_pause(); !reason.empty()) return reason;
    if (inputs_.throttle == nullptr) return {};
    if (!connection_) connection_ = target_.connect(inputs_.run, 0);
    return why_held(*inputs_.throttle, target_.dialect(), *connection_);
  } catch (const Error& error) {
    pauses_.reset();
    connection_.reset();
    return std::string("it could not be asked whether it may go on: ") + error.what();
  }
}

std::string Throttle::look_for_pause() {
  if (!pauses_) pauses_ = target_.open_pause_ledger(true);
  const auto pause = pauses_->find(inputs_.run);
  if (!pause) return {};
  if (pause->seen_at == 0) {
    // The chunks under way end now; nothing begins.
    pace_.hold("it is paused");
    pauses_->mark_seen(inputs_.run, now_micros());
  }
  return "it is paused by " + pause->asked_by + "; `planrun continue PLAN` lets it go on";
}

void Throttle::tell(const std::string& reason) {
  // Figures change every second; the reason behind them is told once.
  const std::string kind = reason.substr(0, reason.rfind(": "));
  if (kind == told_) return;
  told_ = kind;
  if (!reason.empty()) {
    if (held_since_ == 0) held_since_ = now_micros();
    inputs_.notice("the run is held: " + reason);
    return;
  }
  const auto seconds = static_cast<double>(now_micros() - held_since_) / 1e6;
  held_since_ = 0;
  inputs_.notice("the run goes on, after " + human_seconds(seconds));
}

}  // namespace planrun
