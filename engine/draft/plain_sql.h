// An expression as PostgreSQL writes it down, in the words that its author may have used.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace planrun {

/// Without casts that say what is plain anyway and without needless parentheses: ((state)::text = ANY
/// ((ARRAY['a'::character varying, 'b'::character varying])::text[])) is state in ('a', 'b'). Absent where a
/// cast changes a value, or may.
std::optional<std::string> plain_sql(std::string_view sql);

}  // namespace planrun
