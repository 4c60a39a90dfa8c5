// `planrun help`: the commands, the sections of a plan, and the pages of docs/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"

namespace planrun {

/// A file of docs/, as it was when the program was built.
struct HelpPage {
  std::string_view name;  // "running"
  std::string_view text;  // Markdown
};
const std::vector<HelpPage>& help_pages();

/// What help_text() takes: commands, sections of a plan, conversions, pages; each once.
std::vector<std::string> help_topics(const std::vector<CommandText>& commands);

/// Of one topic, or the list of all where it is empty. Throws Error(usage) for another one, with the nearest
/// named.
std::string help_text(const std::vector<CommandText>& commands, const std::string& topic);

}  // namespace planrun
