// What lint has found as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), as GitHub's code scanning
// takes it: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "plan/diagnostic.h"

namespace planrun {

struct LintedPlan {
  std::filesystem::path file;  // absolute
  std::string text;
  Diagnostics diagnostics;
};

/// Files below `folder` are named relative to it, which must be the repository's root where GitHub is to find
/// them. Every code is a rule; findings that the plan allows are `suppressions` of kind inSource.
Json to_sarif(const std::vector<LintedPlan>& plans, const std::filesystem::path& folder,
              const std::string& version);

}  // namespace planrun
