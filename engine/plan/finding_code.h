// What can be wrong in a plan, by kind: each kind has a code that stays the same from version to version, and
// a section in docs/lint.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace planrun {

enum class Severity { error, warning };

/// The number is the code: unknown_key is P002. A code is never used again for something else, and never
/// given a new number: what goes out of use leaves a gap, what is new goes to the end.
enum class FindingCode {
  not_toml = 1,
  unknown_key = 2,
  wrong_kind = 3,
  wrong_choice = 4,
  wrong_form = 5,
  bad_name = 6,
  missing_key = 7,
  empty_value = 8,
  keys_apart = 9,
  variable_out_of_place = 10,
  variable_unset = 11,
  literal_password = 12,
  unusable_url = 13,
  same_place = 14,
  unknown_name = 15,
  other_target = 16,
  name_taken = 17,
  named_twice = 18,
  after_cycle = 19,
  unknown_type = 20,
  unreadable_sql = 21,
  unknown_column = 22,
  index_of_no_column = 23,
  foreign_key_to_nothing = 24,
  foreign_key_misfit = 25,
  computed_column = 26,
  type_misfit = 27,
  unknown_conversion = 28,
  no_merge = 29,
  shared_check = 30,
  no_sql_for_dialect = 31,
  statement_out_of_place = 32,
  no_undo = 33,
  transform_file = 34,
  no_source_table = 35,
  no_source_column = 36,
  source_column_unused = 37,
  column_unfilled = 38,
  loads_differ = 39,
  key_not_unique = 40,
  nothing_to_update = 41,
  existing_table_misfit = 42,
  expression_refused = 43,
  wrong_allow = 44,
  unused_allow = 45,
  amount_as_float = 46,
  too_short = 47,
  narrower = 48,
  foreign_key_without_index = 49,
  critical_unchecked = 50,
  not_whole = 51,
  index_misfit = 52,
  division_misfit = 53,
  files_differ = 54,
  question_refused = 55,
};

/// What a rule has to look at before it can speak.
enum class LooksAt {
  plan,     // the file alone
  sources,  // what the sources hold as well
  both,     // the file says some of it, the sources (columns that are inherited) the rest
};

struct FindingKind {
  FindingCode code;
  Severity severity;
  LooksAt looks_at;
  std::string_view title;  // one line, no full stop
  std::string_view why;    // one sentence: what comes of it
};

/// All of them, in the order of their codes.
std::span<const FindingKind> finding_kinds();
const FindingKind& kind_of(FindingCode code);
/// "P002"
std::string to_string(FindingCode code);
/// Absent: no code that is in use.
std::optional<FindingCode> finding_code_from(std::string_view text);

}  // namespace planrun
