#include "base/file_pattern.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kMarks = {"{stem}", "{name}", "{folder}"};

/// Bytes of the first character of `text`, which is not empty.
std::size_t first_character(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) ++bytes;
  return bytes;
}

bool matches_name(std::string_view name, std::string_view pattern) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  // Behind the last star, and what of the name it has not taken yet.
  std::string_view behind_star;
  std::string_view not_taken;
  bool has_star = false;
  for (;;) {
    if (!pattern.empty() && pattern[0] == '*') {
      pattern.remove_prefix(1);
      has_star = true;
      behind_star = pattern;
      not_taken = name;
    } else if (name.empty() && pattern.empty()) {
      return true;
    } else if (!name.empty() && !pattern.empty() && pattern[0] == '?') {
      name.remove_prefix(first_character(name));
      pattern.remove_prefix(1);
    } else if (!name.empty() && !pattern.empty() && pattern[0] == name[0]) {
      name.remove_prefix(1);
      pattern.remove_prefix(1);
    } else if (has_star && !not_taken.empty()) {
      not_taken.remove_prefix(first_character(not_taken));
      name = not_taken;
      pattern = behind_star;
    } else {
      return false;
    }
  }
}

std::vector<fs::path> entries_of(const fs::path& folder, const std::string& pattern) {
  std::error_code fault;
  std::vector<fs::path> entries;
  fs::directory_iterator entry(folder, fault);
  if (fault == std::errc::no_such_file_or_directory || fault == std::errc::not_a_directory) return entries;
  for (; !fault && entry != fs::directory_iterator(); entry.increment(fault)) {
    if (matches_name(entry->path().filename().string(), pattern)) entries.push_back(entry->path());
  }
  if (fault) {
    throw Error(ErrorCode::source, "the folder " + folder.string() + " cannot be read: " + fault.message(),
                "give this user the right to read it");
  }
  return entries;
}

/// A folder, or nothing. What is there and cannot be looked at is an error: nobody would miss what it holds.
bool is_no_file(const fs::path& path) {
  std::error_code fault;
  if (fs::symlink_status(path, fault).type() == fs::file_type::not_found) return true;
  const fs::file_status status = fs::status(path, fault);
  if (!fault && fs::exists(status)) return fs::is_directory(status);
  throw Error(ErrorCode::source, path.string() + " cannot be looked at: " + fault.message(),
              "give this user the right to read it, or mend the link; or let the pattern leave it out");
}

}  // namespace

bool has_wildcard(std::string_view path) {
  return path.find_first_of("*?") != std::string_view::npos;
}

bool matches_pattern(const fs::path& path, const fs::path& pattern) {
  return std::equal(
      path.begin(), path.end(), pattern.begin(), pattern.end(),
      [](const fs::path& name, const fs::path& part) { return matches_name(name.string(), part.string()); });
}

namespace {

std::vector<fs::path> all_matching(const fs::path& pattern) {
  std::vector<fs::path> found = {fs::path()};
  for (const fs::path& part : pattern) {
    std::vector<fs::path> next;
    for (const fs::path& path : found) {
      if (has_wildcard(part.string())) {
        for (fs::path& entry : entries_of(path, part.string())) next.push_back(std::move(entry));
      } else {
        next.push_back(path / part);
      }
    }
    found = std::move(next);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::vector<fs::path> files_matching(const fs::path& pattern) {
  std::vector<fs::path> files = all_matching(pattern);
  std::erase_if(files, is_no_file);
  return files;
}

std::vector<fs::path> folders_matching(const fs::path& pattern) {
  std::vector<fs::path> folders = all_matching(pattern);
  std::erase_if(folders, [](const fs::path& path) {
    std::error_code fault;
    return !fs::is_directory(path, fault);
  });
  return folders;
}

std::string fill_file_name(std::string_view text, const fs::path& file) {
  const std::array<std::string, kMarks.size()> values = {file.stem().string(), file.filename().string(),
                                                         file.parent_path().filename().string()};
  std::string filled;
  while (!text.empty()) {
    const auto mark =
        std::find_if(kMarks.begin(), kMarks.end(), [&](const auto& m) { return text.starts_with(m); });
    if (mark == kMarks.end()) {
      filled += text[0];
      text.remove_prefix(1);
    } else {
      filled += values[static_cast<std::size_t>(mark - kMarks.begin())];
      text.remove_prefix(mark->size());
    }
  }
  return filled;
}

std::string refuse_file_name(std::string_view text) {
  bool has_mark = false;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::string_view rest = text.substr(at);
    const bool known =
        std::any_of(kMarks.begin(), kMarks.end(), [&](const auto& m) { return rest.starts_with(m); });
    if (!known) {
      const std::size_t end = rest.find('}');
      const std::string_view mark = end == std::string_view::npos ? rest : rest.substr(0, end + 1);
      return "it holds " + std::string(mark) + ", which is none of {stem}, {name} and {folder}";
    }
    has_mark = true;
  }
  return has_mark ? "" : "it is the same for every file";
}

}  // namespace planrun
