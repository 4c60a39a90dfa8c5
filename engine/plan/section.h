// One section of a plan file, held against its table of known keys: what is unknown or of a wrong type is
// reported when the section is opened, and what is fetched afterwards is of the right shape or absent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/document.h"
#include "plan/known_keys.h"
#include "plan/read_plan.h"

namespace planrun {

/// What everybody who reads a part of the plan needs.
struct PlanReader {
  Plan& plan;
  Diagnostics& diagnostics;
  const ReadPlanOptions& options;

  void error(FindingCode code, Position at, std::string message, std::string hint = {}) {
    diagnostics.error(code, at, std::move(message), std::move(hint));
  }
  /// At a byte of a string's content.
  void error_in(FindingCode code, const Located& text, std::size_t offset, std::string message,
                std::string hint = {}) {
    error(code, position_in_string(plan.text, text.at, offset), std::move(message), std::move(hint));
  }
};

class Section {
 public:
  /// `shown` is how messages call it: "[table.orders]". Unknown keys go to `others` where one is given.
  Section(PlanReader& reader, const KnownSection& known, const Node& table, Position at, std::string shown,
          std::vector<const Member*>* others = nullptr);

  Position at() const { return at_; }
  const std::string& shown() const { return shown_; }
  /// Whether the key is there, right or wrong: what is wrong has been reported.
  bool has(std::string_view key) const { return table_.find(key) != nullptr; }
  /// The member, if it is there and of the right shape.
  const Member* find(std::string_view key) const;
  /// Where the key stands; the section where it is absent.
  Position at(std::string_view key) const;

  std::optional<Located> located(std::string_view key) const;
  std::string text(std::string_view key) const;
  /// A text or a scalar alone is a list of one.
  std::vector<Located> list(std::string_view key) const;
  bool flag(std::string_view key) const;
  bool is_boolean(std::string_view key) const;
  std::optional<std::int64_t> count(std::string_view key) const;

 private:
  bool has_shape(const Member& member, const KnownKey& key);
  bool is_choice(const Member& member, const KnownKey& key);

  PlanReader& reader_;
  const Node& table_;
  Position at_;
  std::string shown_;
  std::vector<const Member*> members_;
};

/// Texts of a list.
std::vector<std::string> texts_of(const std::vector<Located>& list);

/// A string value with its place.
Located located(const Node& node);

/// Names that become part of files, ledger ids and `SOURCE.TABLE`: letters, digits, _ and -. Reports anything
/// else.
bool check_plain_name(PlanReader& reader, const std::string& name, Position at, std::string_view what);
/// Names of tables, columns, indexes: not empty, at most 63 bytes, no control characters.
bool check_object_name(PlanReader& reader, const std::string& name, Position at, std::string_view what);

}  // namespace planrun
