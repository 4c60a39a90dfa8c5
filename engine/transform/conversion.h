// The named conversions of `using`, compiled: one step of a column's chain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/cell.h"
#include "data/table_schema.h"
#include "plan/plan.h"
#include "transform/date_format.h"

namespace planrun {

/// What `apply` answers may view `buffer` or its input. On false `reason` says why the input is not taken.
/// Nulls never reach it. What a conversion does not speak of passes as it is: `trim` leaves numbers alone.
struct Conversion {
  bool (*apply)(Conversion& conversion, const Cell& in, Cell& out) = nullptr;
  bool makes_instant = false;    // the answer is microseconds since 1970 UTC: the last of a chain
  bool keeps_clock = false;      // ... that `zone` must not move any more
  int scale = 0;                 // round: digits after the point
  std::int64_t unit_micros = 1;  // unix_*: microseconds a unit
  int zone_seconds = 0;          // utc: of a text without zone
  std::string replacement;       // replace_nul
  DateFormat format;             // date_format
  std::string buffer;
  std::string scratch;
  std::string reason;

  bool refuse(std::string why) {
    reason = std::move(why);
    return false;
  }
};

/// Throws Error(plan) where the call is wrong, or can make nothing that `column` takes.
Conversion make_conversion(const PlanConversion& call, const ColumnSchema& column, int zone_seconds);

/// Appends "1.234,50" as 1234.50; dots only where they part groups of three. False for anything else than
/// digits with such dots, and for a text without a comma or dot.
bool undo_decimal_comma(std::string_view text, std::string& out);

}  // namespace planrun
