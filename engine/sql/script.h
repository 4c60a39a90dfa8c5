// A text of several SQL statements, taken apart by PostgreSQL's own grammar.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/definition.h"

namespace planrun {

struct ScriptStatement {
  int offset = 0;             // byte of the text where it begins
  std::string function;       // CREATE FUNCTION or PROCEDURE: its name, quoted, with its schema where written
  std::string trigger;        // CREATE TRIGGER: its name
  std::string trigger_table;  // and its table, without a schema
  bool comment = false;       // COMMENT ON
  std::vector<std::string> writes;  // tables into which it writes rows, without their schemas
  /// Why it cannot be part of a step's transaction; empty: it can.
  std::string refused;
};

/// At least one statement.
SqlParsed<std::vector<ScriptStatement>> parse_script(std::string_view sql);

}  // namespace planrun
