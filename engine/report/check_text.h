// A check that did not pass, in a line.
#pragma once

#include <string>

#include "database/ledger.h"

namespace planrun {

/// "failed (critical): NAME: MESSAGE"; what is only a warning, whatever the check may be beyond its
/// tolerance, says nothing of that.
inline std::string check_line(const CheckRecord& check) {
  const std::string severity = check.status == "warning" ? "" : " (" + check.severity + ")";
  return check.status + severity + ": " + check.name + ": " + check.message;
}

}  // namespace planrun
