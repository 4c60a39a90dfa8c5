// Names, texts and comments as TOML writes them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace planrun {

/// Bare where TOML takes it so, else quoted.
std::string toml_key(std::string_view key);
/// On one line; in single quotes where that saves escapes. `text` is UTF-8. A ${ is no variable, but
/// in toml_with_variables().
std::string toml_string(std::string_view text);
std::string toml_with_variables(std::string_view text);
/// Over several lines where the text has several and single quotes keep it as it is.
std::string toml_text(std::string_view text);
/// [a, b] of what is TOML already.
std::string toml_array(std::span<const std::string> values);
/// "# ..." for each line of `text`, broken before 110 columns; what would not show is escaped.
std::string toml_comment(std::string_view text, std::string_view indent = {});
/// The same without breaking lines: for SQL.
std::string toml_verbatim(std::string_view text, std::string_view indent = {});
/// As a person reads it in a comment: `name`, escaped where it would not show.
std::string shown(std::string_view name);

}  // namespace planrun
