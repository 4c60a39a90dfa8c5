// Bytes as text.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// With padding (RFC 4648, 4).
std::string to_base64(std::string_view bytes);

}  // namespace planrun
