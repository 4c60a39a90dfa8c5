// Where a database is: sqlite:PATH, postgresql://..., postgresql:host=... dbname=... .
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace planrun {

struct DatabaseUrl {
  std::string dialect;      // "sqlite" or "postgresql"
  std::string url;          // sqlite:ABSOLUTE PATH, or a postgresql:// URI that libpq takes
  std::string shown;        // without any password
  bool is_pattern = false;  // of SQLite files, as it was written
};

/// Relative paths start at `folder`. nullopt: `reason` says why.
std::optional<DatabaseUrl> parse_database_url(const std::string& text, const std::filesystem::path& folder,
                                              std::string& reason);

/// The password that stands in a PostgreSQL url, percent-decoded; empty: none. Also of a text that is not
/// quite a url.
std::string password_in(const std::string& text);

/// The same url with a password; `url` is one of parse_database_url's PostgreSQL ones.
std::string with_password(const std::string& url, const std::string& password);

/// Whether two urls lead to one database: by their text, of SQLite files also by links and folders. Two names
/// of one server are not known for one.
bool is_same_database(const std::string& url, const std::string& other);

}  // namespace planrun
