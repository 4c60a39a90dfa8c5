// RFC 4180.
#pragma once

#include <span>
#include <string>

namespace planrun {

/// One record: fields with commas, quotes or line breaks in quotes; ends with CR LF.
std::string csv_line(std::span<const std::string> fields);

}  // namespace planrun
