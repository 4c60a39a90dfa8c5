// Intervals as ISO 8601 text, exact: months, days and microseconds stay apart, each part has its own sign.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// `bytes`: microseconds (8), days (4), months (4), big-endian. Appends "P1Y2M3DT4H5M6.5S"; nothing at all is
/// "PT0S".
void append_interval(std::string_view bytes, std::string& out);
/// Appends the 16 bytes. False: `text` is none that append_interval() writes.
bool parse_interval(std::string_view text, std::string& bytes);

}  // namespace planrun
