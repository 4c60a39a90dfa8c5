// `# lint: allow P033 REASON` in a plan: a warning that its author knows and lets stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/diagnostic.h"

namespace planrun {

struct Comment {
  Position at;        // of the #
  std::string text;   // without it, trimmed
  bool alone = true;  // nothing else stands on its line
};

/// All comments of a TOML text. A # inside a string is none.
std::vector<Comment> comments_in(std::string_view text);

struct Allowance {
  FindingCode code;
  Position at;
  int line = 0;  // whose findings it is for: its own, or where it is alone the first below that is no comment
  std::string reason;
};

/// Reports those that say nothing: without a code or a reason, of no code, or of an error's code.
std::vector<Allowance> read_allowances(std::string_view text, Diagnostics& diagnostics);

/// Gives each warning on an allowance's line its reason. May be done again when more has been found.
void allow_findings(const std::vector<Allowance>& allowances, Diagnostics& diagnostics);

/// Reports allowances that no warning has; those of rules that look into sources only `with_sources`.
void report_unused(const std::vector<Allowance>& allowances, bool with_sources, Diagnostics& diagnostics);

}  // namespace planrun
