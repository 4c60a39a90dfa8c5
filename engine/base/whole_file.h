// A file that others read while it is written.
#pragma once

#include <filesystem>
#include <string>

namespace planrun {

/// The file holds all of `text`, or what it held before: written beside and renamed. Throws
/// Error(system) naming the file.
void write_whole_file(const std::filesystem::path& file, const std::string& text);

}  // namespace planrun
