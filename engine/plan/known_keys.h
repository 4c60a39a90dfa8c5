// Every key that a plan may hold, once: what is read, what is an unknown key, what is suggested, and what the
// plan's JSON schema says all come from here.
#pragma once

#include <span>
#include <string_view>

namespace planrun {

enum class ValueShape {
  text,       // a string
  texts,      // a string, or an array of strings
  flag,       // true or false
  count,      // a whole number, not negative
  scalar,     // a string, number or boolean
  tolerance,  // 1, 0.5, "5%", { warning = 1, critical = 1000 }
  sql,        // a string, or { postgresql = "...", sqlite = "..." }
  section,    // a table with keys of its own, known by name
  columns,    // NAME = "definition" or an inline table
  indexes,    // NAME = "index"
  loads,      // NAME = a section of its own
  row,        // NAME = a value, an example's row
  rows,       // an array of such rows
  scalars,    // a scalar, or an array of them
  parts,      // NAME = "default", or a section of its own
  placement,  // a string, or a section of its own
};

struct KnownKey {
  std::string_view name = {};
  ValueShape shape = ValueShape::text;
  std::string_view meaning = {};
  std::string_view choices = {};  // "stop|keep": nothing else is taken
};

struct KnownSection {
  std::string_view name;  // "plan", "table.NAME.load.NAME"
  std::span<const KnownKey> keys;
  const KnownKey* find(std::string_view key) const;
};

const KnownSection& plan_keys();
const KnownSection& source_keys();
const KnownSection& target_keys();
const KnownSection& table_keys();
const KnownSection& load_keys();
const KnownSection& merge_keys();
const KnownSection& partition_keys();
const KnownSection& part_keys();
const KnownSection& distribute_keys();
const KnownSection& column_keys();
const KnownSection& load_column_keys();
const KnownSection& check_keys();
const KnownSection& check_file_keys();
const KnownSection& check_argument_keys();
const KnownSection& guard_keys();
const KnownSection& view_keys();
const KnownSection& trigger_keys();
const KnownSection& sql_step_keys();
const KnownSection& sql_keys();
const KnownSection& tolerance_keys();
const KnownSection& example_keys();
const KnownSection& gate_keys();
const KnownSection& alert_keys();
const KnownSection& throttle_keys();

/// The sections at the top of a file, by the word they begin with: "plan", "source", ...
std::span<const std::string_view> top_level_words();

}  // namespace planrun
