// The plans of plans/ on example data of their own, into fresh targets.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/migration.h"
#include "support/support.h"

namespace planrun::test {

class ShippedPlans {
 public:
  /// Which targets there are: epic10 has "business", "analytics" and "core", the others "business".
  explicit ShippedPlans(Kind kind, std::vector<std::string> targets = {"business"});

  /// `planrun plans/NAME.toml ARGUMENTS...`
  ProcessResult run(const std::string& plan, std::vector<std::string> arguments = {},
                    const std::map<std::string, std::string>& more = {}) const;
  ProcessResult roll_back(const std::string& plan, const std::map<std::string, std::string>& more = {}) const;

  /// An example database of this object's own: "epic7", "epic10/ab_testing".
  std::filesystem::path source(const std::string& name) const { return folder_ / ("data/" + name + ".db"); }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  /// What a target answers, by psql or sqlite3.
  std::string target(const std::string& sql, const std::string& name = "business") const;
  std::string target_url(const std::string& name = "business") const;
  /// Schema and rows of all targets; times of today are masked, as tables may hold when a row came.
  std::string state() const;
  /// A table of the ledger by its name there.
  std::string ledger(const std::string& table) const;
  /// The variables that the plans' urls are made of.
  std::map<std::string, std::string> environment() const;

 private:
  Kind kind_;
  std::vector<std::string> targets_;
  TempFolder folder_;
  std::map<std::string, std::unique_ptr<TempPostgres>> postgres_;
};

}  // namespace planrun::test
