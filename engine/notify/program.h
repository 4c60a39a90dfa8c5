// Runs a program without a shell.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace planrun {

/// `input` is its stdin; `variables` are added to this process's environment; what it prints goes to stderr.
/// Ended with all that it has started when the time is over. Empty: it ended with 0; else why not.
std::string run_program(const std::vector<std::string>& command, const std::string& input,
                        const std::map<std::string, std::string>& variables, int timeout_seconds);

}  // namespace planrun
