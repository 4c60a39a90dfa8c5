// The strict rule of a column's type: which source cells it takes, and the target cell each becomes. Nothing
// is guessed and nothing is lost (design, "Conversions").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/cell.h"
#include "data/table_schema.h"

namespace planrun {

/// One column's rule, compiled. `fit` answers whether the cell fits; `out` may view `buffer` or `in`, so that
/// it is valid until the next call or the source's next row. On false `reason` says why, and what would take
/// the value. A null never reaches a rule.
struct Rule {
  ColumnType type;
  ValueLimits limits;
  bool has_zone = false;
  int zone_seconds = 0;
  bool (*fit)(Rule& rule, const Cell& in, Cell& out) = nullptr;
  std::string buffer;
  std::string scratch;
  std::string reason;

  /// Sets the reason; always false.
  bool refuse(std::string why, std::string_view hint = {}) {
    reason = std::move(why);
    reason += hint;
    return false;
  }
};

Rule make_rule(const ColumnSchema& column, const ValueLimits& limits, bool has_zone, int zone_seconds);

/// The rule of timestamp, timestamptz and date for a moment that a conversion made.
bool fit_instant(Rule& rule, std::int64_t unix_micros, Cell& out);

bool fit_boolean(Rule& rule, const Cell& in, Cell& out);
bool fit_integer(Rule& rule, const Cell& in, Cell& out);  // smallint, integer, bigint
bool fit_real(Rule& rule, const Cell& in, Cell& out);
bool fit_double(Rule& rule, const Cell& in, Cell& out);
bool fit_numeric(Rule& rule, const Cell& in, Cell& out);

bool fit_text(Rule& rule, const Cell& in, Cell& out);  // text, varchar, char_, other
bool fit_bytea(Rule& rule, const Cell& in, Cell& out);
bool fit_uuid(Rule& rule, const Cell& in, Cell& out);
bool fit_json(Rule& rule, const Cell& in, Cell& out);  // json, jsonb
bool fit_text_array(Rule& rule, const Cell& in, Cell& out);

bool fit_date(Rule& rule, const Cell& in, Cell& out);
bool fit_time(Rule& rule, const Cell& in, Cell& out);
bool fit_timestamp(Rule& rule, const Cell& in, Cell& out);  // timestamp, timestamptz
bool fit_interval(Rule& rule, const Cell& in, Cell& out);

/// "; using = ..." where a named conversion would take a text that a rule refused; else empty.
std::string text_hint(std::string_view text);

/// "; using = ..." for a number that stands where a time is wanted.
std::string time_hint(const Cell& number);

/// Appends the decimal of an integer or a real; false for infinities, which have none.
bool append_number(const Cell& number, std::string& out);

/// `text` without its sign, if it is [-]DIGITS with no needless zero.
bool is_plain_integer(std::string_view text);

/// 'a' when nothing in the text stops a server: UTF-8 without NUL. Else `refuse`s.
bool check_characters(Rule& rule, std::string_view text);

/// A source cell for a person: "integer 2", "text 'abc'", "blob x'00ff'".
std::string describe_source(const Cell& cell);

}  // namespace planrun
