// Whole files of text.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace planrun {

/// How a file's bytes are come by: from the disk, or from somewhere that has it as it was once. nullopt:
/// there is no such file.
using ReadFile = std::function<std::optional<std::string>(const std::filesystem::path&)>;

/// From the disk. nullopt: no file, or not readable; folders are no files.
std::optional<std::string> read_whole_file(const std::filesystem::path& file);

/// Beside it, flushed, then in its place: `file` is the old one or all of the new one, whatever happens.
/// Throws Error(system) and leaves no part behind.
void replace_file(const std::filesystem::path& file, const std::string& text);

/// Only where there is none of that name, and then all of it. Throws Error(system) and leaves no part
/// behind.
void create_file(const std::filesystem::path& file, const std::string& text);

}  // namespace planrun
