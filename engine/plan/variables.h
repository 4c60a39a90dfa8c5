// ${NAME} and ${NAME:-default}: what a plan takes from the environment, in urls, folders and password keys
// only.
#pragma once

#include <optional>
#include <string>

#include "plan/section.h"

namespace planrun {

/// Fills the variables in. Reports each that is missing, by name, and an unclosed ${; nullopt then.
/// A variable that is set to nothing counts as missing where it has a default.
std::optional<std::string> fill_variables(PlanReader& reader, const Located& text);

/// The text as its author wrote it, for finding secrets in it: every variable is kVariableMark, or its
/// default where `with_defaults`.
inline constexpr char kVariableMark = '\x01';
std::string mark_variables(const std::string& text, bool with_defaults);

/// The first ${ that looks like a variable; npos: none.
std::size_t find_variable(const std::string& text);

}  // namespace planrun
