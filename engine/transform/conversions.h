// What each name of `using` does; docs of the plan's language say the same for its authors.
#pragma once

#include "transform/conversion.h"

namespace planrun {

/// Any integer (0 is false, all others are true) and the words t f true false yes no y n on off 1 0 in any
/// case -> 0 or 1.
bool convert_boolean(Conversion& conversion, const Cell& in, Cell& out);
/// Integers, and reals whose shortest decimal is exact to a microsecond, times unit_micros -> a moment.
bool convert_unix(Conversion& conversion, const Cell& in, Cell& out);
/// Integers and reals from 0 to 5373484.5 -> a moment, rounded to the millisecond as SQLite's own date
/// functions do (date.c: iJD = r*86400000.0 + 0.5).
bool convert_julian_day(Conversion& conversion, const Cell& in, Cell& out);
/// Texts in the format -> the same date or time as ISO text. Other texts and kinds are not taken.
bool convert_date_format(Conversion& conversion, const Cell& in, Cell& out);
/// ISO texts with a date; without a zone they are at `zone`, or UTC -> a moment.
bool convert_utc(Conversion& conversion, const Cell& in, Cell& out);

/// Texts lose blanks, tabs and line ends at both ends.
bool convert_trim(Conversion& conversion, const Cell& in, Cell& out);
/// The empty text -> null.
bool convert_empty_as_null(Conversion& conversion, const Cell& in, Cell& out);
/// Texts such as 1.234,50 -> 1234.50; numbers pass.
bool convert_decimal_comma(Conversion& conversion, const Cell& in, Cell& out);
/// Integers, reals (by their shortest decimal) and plain decimals as text -> rounded half away from zero.
bool convert_round(Conversion& conversion, const Cell& in, Cell& out);
bool convert_replace_nul(Conversion& conversion, const Cell& in, Cell& out);
bool convert_replace_invalid_utf8(Conversion& conversion, const Cell& in, Cell& out);
/// Integers and reals -> their shortest decimal as text; texts pass.
bool convert_text(Conversion& conversion, const Cell& in, Cell& out);
/// A text's bytes; blobs pass.
bool convert_bytes(Conversion& conversion, const Cell& in, Cell& out);
/// What a base64 text (RFC 4648, padded, one line) encodes.
bool convert_base64(Conversion& conversion, const Cell& in, Cell& out);
/// Of equal keys in one JSON object the last one stays, as jsonb would do it.
bool convert_json_last_key(Conversion& conversion, const Cell& in, Cell& out);

}  // namespace planrun
