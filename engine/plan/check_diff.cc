#include "plan/check_diff.h"

#include <array>

#include "base/decimal.h"
#include "base/decimal_math.h"
#include "base/text.h"

namespace planrun {

namespace {

// Whether `now` lets larger differences pass; percents and amounts cannot be compared and count as larger.
bool is_larger(const Tolerance& before, const Tolerance& now) {
  std::string old_amount;
  std::string new_amount;
  if (before.percent != now.percent || !append_canonical_decimal(before.amount, old_amount, true) ||
      !append_canonical_decimal(now.amount, new_amount, true))
    return true;
  return compare_decimals(new_amount, old_amount) > 0;
}

class CheckComparing {
 public:
  CheckComparing(const CheckFacts& before, const CheckFacts& now, std::string what,
                 std::vector<PlanChange>& changes)
      : before_(before), now_(now), what_(std::move(what)), changes_(changes) {}

  void run() {
    if (before_.asks != now_.asks)
      tell(now_.guard ? ChangeKind::guard_changed : ChangeKind::check_changed, "asks something else",
           before_.asks, now_.asks);
    compare_severity();
    compare_expectation();
    compare_tolerance();
    const std::string was = join(before_.tables, ", ");
    const std::string is = join(now_.tables, ", ");
    if (was != is)
      tell(ChangeKind::guard_changed,
           "watches " + (is.empty() ? "what its SQL reads" : is) + ", before " +
               (was.empty() ? "what its SQL reads" : was),
           was, is);
  }

 private:
  void tell(ChangeKind kind, const std::string& what, const std::string& before, const std::string& now) {
    changes_.push_back({kind, "", "", what_ + ": " + what, before, now});
  }

  void compare_severity() {
    if (before_.severity == now_.severity) return;
    ChangeKind kind = ChangeKind::severity_raised;
    if (now_.severity > before_.severity) {
      kind = before_.severity == CheckSeverity::critical ? ChangeKind::critical_lowered
                                                         : ChangeKind::severity_lowered;
    }
    const std::string was(to_string(before_.severity));
    const std::string is(to_string(now_.severity));
    tell(kind, "its severity is " + is + ", it was " + was, was, is);
  }

  void compare_expectation() {
    if (before_.compares && !now_.compares) {
      tell(ChangeKind::expectation_gone, "nothing is expected any more", before_.expect, "");
    } else if (before_.expect != now_.expect) {
      tell(ChangeKind::check_changed,
           "expects " + (now_.expect.empty() ? "another value" : now_.expect) + ", before " +
               (before_.expect.empty() ? "another value" : before_.expect),
           before_.expect, now_.expect);
    }
    if (before_.at_most != now_.at_most)
      tell(ChangeKind::check_changed,
           "at most " + (now_.at_most.empty() ? "anything" : now_.at_most) + ", before " +
               (before_.at_most.empty() ? "anything" : before_.at_most),
           before_.at_most, now_.at_most);
  }

  void compare_tolerance() {
    const std::string was = to_string(before_.critical);
    const std::string is = to_string(now_.critical);
    if (was != is) {
      tell(is_larger(before_.critical, now_.critical) ? ChangeKind::tolerance_grown
                                                      : ChangeKind::tolerance_shrunk,
           "its tolerance is " + is + ", it was " + was, was, is);
    }
    if (before_.warning == now_.warning) return;
    tell(ChangeKind::check_changed,
         "it warns above " + (now_.warning.empty() ? "nothing" : now_.warning) + ", before above " +
             (before_.warning.empty() ? "nothing" : before_.warning),
         before_.warning, now_.warning);
  }

  const CheckFacts& before_;
  const CheckFacts& now_;
  const std::string what_;
  std::vector<PlanChange>& changes_;
};

}  // namespace

void compare_checks(const std::map<std::string, CheckFacts>& before,
                    const std::map<std::string, CheckFacts>& now, std::vector<PlanChange>& changes) {
  for (const auto& [what, check] : before) {
    const auto same = now.find(what);
    if (same != now.end()) {
      CheckComparing(check, same->second, what, changes).run();
      continue;
    }
    ChangeKind kind =
        check.severity == CheckSeverity::critical ? ChangeKind::critical_check_gone : ChangeKind::check_gone;
    if (check.guard) kind = ChangeKind::guard_gone;
    changes.push_back({kind, "", "", what + " is gone", check.asks, ""});
  }
  for (const auto& [what, check] : now) {
    if (before.contains(what)) continue;
    changes.push_back({check.guard ? ChangeKind::guard_new : ChangeKind::check_new, "", "", what + " is new",
                       "", check.asks});
  }
}

}  // namespace planrun
