// Files by a pattern of names, as a shell has it: `*` any characters, `?` one, in any part of a path; and
// texts made of the name of a file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace planrun {

bool has_wildcard(std::string_view path);

/// Whether a path that need not exist has the pattern's form. A name that begins with a dot is only met by a
/// pattern that says the dot.
bool matches_pattern(const std::filesystem::path& path, const std::filesystem::path& pattern);

/// All that is there and no folder, by name. Throws Error(source) for a folder that cannot be read; one that
/// is not there holds nothing.
std::vector<std::filesystem::path> files_matching(const std::filesystem::path& pattern);

/// The folders, which files_matching() passes over, by name.
std::vector<std::filesystem::path> folders_matching(const std::filesystem::path& pattern);

/// `text` with {stem} (the file's name without what follows its last dot), {name} (its whole name) and
/// {folder} (the name of the folder that it is in) filled in.
std::string fill_file_name(std::string_view text, const std::filesystem::path& file);
/// Why `text` cannot be filled in so that two files may differ; empty: it can.
std::string refuse_file_name(std::string_view text);

}  // namespace planrun
