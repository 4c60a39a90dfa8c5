// The manual page, made of the command line as it is.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"

namespace planrun {

/// A page for section 1 in the language of man(7).
std::string manual_page(const std::vector<CommandText>& commands, const std::string& version);

/// "EXIT STATUS" and what the environment changes, for `planrun help` too: name and meaning.
const std::vector<std::pair<std::string, std::string>>& exit_statuses();
const std::vector<std::pair<std::string, std::string>>& environment();

}  // namespace planrun
