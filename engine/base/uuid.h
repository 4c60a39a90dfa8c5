// Name-based UUIDs (RFC 9562, section 5.5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace planrun {

/// Version 5: SHA-1 of the namespace's bytes and `name`, as 36 lower case characters. `space` is a UUID as
/// text, or dns, url, oid or x500. nullopt where it is neither.
std::optional<std::string> uuid_v5(std::string_view space, std::string_view name);

}  // namespace planrun
