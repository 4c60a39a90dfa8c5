// JSON text as it stands in a user's row: checked strictly (RFC 8259) and written in one canonical way, so
// that two texts with the same content have the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// What makes a text unusable as jsonb although it may be JSON; the server would refuse it or lose something.
enum class JsonFault { none, syntax, duplicate_key, nul_escape, lone_surrogate, number_range, too_deep };

/// Values may stand this deep in one another; PostgreSQL's own limit hangs on its stack (about 10,000 by
/// default).
inline constexpr std::size_t kJsonDepth = 1000;

/// Of a text for `json`: syntax or too_deep, else none. Escapes and numbers only need the right shape, as
/// there.
JsonFault check_json(std::string_view text);

/// True for one whole JSON value with nothing but white space around it. Takes what PostgreSQL's `json`
/// takes.
bool is_json(std::string_view text);

/// Appends the canonical form of `text`: keys sorted bytewise, no white space, strings with the
/// shortest escapes, numbers as `[-]DIGITSeEXPONENT` without trailing zeros (zero is `0`, also for -0).
/// On a fault nothing is appended; a syntax fault is told before any other.
JsonFault append_canonical_json(std::string_view text, std::string& out);

/// Appends `text` with the last of equal keys kept, as jsonb does on input: compact, keys in their order,
/// numbers as they stand. On any fault but duplicate_key nothing is appended.
JsonFault append_json_last_keys(std::string_view text, std::string& out);

/// In words, for a reject's reason.
std::string_view describe(JsonFault fault);

}  // namespace planrun
