#include "plan/database_url.h"

#include <array>
#include <vector>

#include "base/file_pattern.h"
#include "base/text.h"

namespace planrun {
namespace {

// libpq's parameters that are secrets.
constexpr std::array<std::string_view, 2> kSecrets = {"password", "sslpassword"};

bool is_secret(std::string_view key) {
  return key == kSecrets[0] || key == kSecrets[1];
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += "%" + to_hex(std::string_view(&c, 1));
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      out += *byte;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct Pair {
  std::string key;
  std::string value;
};

// KEY = VALUE pairs as libpq reads them: values in single quotes or up to a blank, backslash escapes
// (PostgreSQL 15 manual, 34.1.1.1).
std::optional<std::vector<Pair>> parse_conninfo(std::string_view text) {
  std::vector<Pair> pairs;
  constexpr std::string_view kBlanks = " \t\r\n";
  while (!(text = trim(text)).empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    Pair pair{std::string(trim(text.substr(0, equals))), {}};
    if (pair.key.empty() || pair.key.find_first_of(" \t\r\n'") != std::string::npos) return std::nullopt;
    text = trim(text.substr(equals + 1));
    const bool quoted = text.starts_with('\'');
    std::size_t i = quoted ? 1 : 0;
    for (; i < text.size(); ++i) {
      if (quoted ? text[i] == '\'' : kBlanks.find(text[i]) != std::string_view::npos) break;
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      pair.value += text[i];
    }
    if (quoted && i >= text.size()) return std::nullopt;
    text.remove_prefix(std::min(text.size(), quoted ? i + 1 : i));
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

// The parts of postgresql://USER:PASSWORD@PLACE?PARAMETERS.
struct Uri {
  std::string user;
  std::optional<std::string> password;
  bool has_user = false;
  std::string place;  // hosts/database
  std::vector<std::string> parameters;
};

// Where the @ stands that ends USER:PASSWORD; npos: there is none. A password that was not percent-encoded
// may hold
// @ and /: rather too much is taken for it than too little.
std::size_t end_of_user(std::string_view rest) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::size_t at = rest.substr(0, slash).rfind('@');
  const std::size_t colon = rest.find(':');
  const std::size_t last = rest.rfind('@');
  if (colon == std::string_view::npos || last == std::string_view::npos || last < colon) return at;
  if (at != std::string_view::npos) return colon < at ? last : at;
  // HOST:PORT/NAME@ has no password, whatever follows.
  const std::string_view port = rest.substr(colon + 1, slash - std::min(slash, colon + 1));
  return port.find_first_not_of("0123456789") == std::string_view::npos ? at : last;
}

Uri split_uri(std::string_view uri) {
  Uri parts;
  std::string_view rest = uri.substr(uri.find("://") + 3);
  if (const auto query = rest.find('?'); query != std::string_view::npos) {
    parts.parameters = split(rest.substr(query + 1), '&');
    rest = rest.substr(0, query);
  }
  const auto at = end_of_user(rest);
  if (at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const auto separator = user.find(':');
    parts.has_user = true;
    parts.user = user.substr(0, separator);
    if (separator != std::string_view::npos) parts.password = user.substr(separator + 1);
    rest = rest.substr(at + 1);
  }
  parts.place = rest;
  return parts;
}

std::string without_secrets(std::string_view uri) {
  const Uri parts = split_uri(uri);
  std::string out = "postgresql://";
  if (parts.has_user) out += parts.user + "@";
  out += parts.place;
  char separator = '?';
  for (const auto& parameter : parts.parameters) {
    if (is_secret(trim(std::string_view(parameter).substr(0, parameter.find('='))))) continue;
    out += separator + parameter;
    separator = '&';
  }
  return out;
}

// Any of the three ways to write it, as a URI; nullopt: it is none of them.
std::optional<std::string> postgres_uri(std::string_view text) {
  for (const std::string_view scheme : {"postgresql:", "postgres:"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    if (rest.starts_with("//")) return "postgresql:" + std::string(rest);
    const auto pairs = parse_conninfo(rest);
    if (!pairs || pairs->empty()) return std::nullopt;
    std::string uri = "postgresql://";
    char separator = '?';
    for (const auto& pair : *pairs) {
      uri += separator + pair.key + "=" + percent_encode(pair.value);
      separator = '&';
    }
    return uri;
  }
  return std::nullopt;
}

// Of a file that need not be there yet: links to it are followed.
std::filesystem::path place_of(std::filesystem::path file) {
  constexpr int kMostLinks = 40;  // as the system follows
  std::error_code unknown;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(file, unknown); ++i)
    file = file.parent_path() / std::filesystem::read_symlink(file, unknown);
  const auto place = std::filesystem::weakly_canonical(file, unknown);
  return unknown ? file : place;
}

}  // namespace

std::optional<DatabaseUrl> parse_database_url(const std::string& text, const std::filesystem::path& folder,
                                              std::string& reason) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (text.starts_with(kSqlite)) {
    const std::string path = text.substr(kSqlite.size());
    const bool host = path.starts_with("//") && !path.starts_with("///");
    if (path.empty() || host || path.starts_with(":memory:") || path.find('\0') != std::string::npos) {
      reason = "a SQLite database is written sqlite:PATH";
      return std::nullopt;
    }
    const std::string absolute = (folder / path).lexically_normal().string();
    return DatabaseUrl{"sqlite", "sqlite:" + absolute, "sqlite:" + absolute, has_wildcard(path)};
  }
  if (text.starts_with("postgresql:") || text.starts_with("postgres:")) {
    const auto uri = postgres_uri(text);
    if (uri) return DatabaseUrl{"postgresql", *uri, without_secrets(*uri)};
    reason = "a PostgreSQL database is written postgresql://... or postgresql:host=... dbname=...";
    return std::nullopt;
  }
  reason = "a url begins with sqlite: or postgresql:";
  return std::nullopt;
}

std::string password_in(const std::string& text) {
  const auto uri = postgres_uri(text);
  if (!uri) return {};
  const Uri parts = split_uri(*uri);
  if (parts.password && !parts.password->empty()) return percent_decode(*parts.password);
  for (const auto& parameter : parts.parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos || !is_secret(trim(std::string_view(parameter).substr(0, equals))))
      continue;
    if (equals + 1 < parameter.size()) return percent_decode(parameter.substr(equals + 1));
  }
  return {};
}

std::string with_password(const std::string& url, const std::string& password) {
  return url + (url.find('?') == std::string::npos ? '?' : '&') + "password=" + percent_encode(password);
}

bool is_same_database(const std::string& url, const std::string& other) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url == other) return true;
  if (!url.starts_with(kSqlite) || !other.starts_with(kSqlite)) return false;
  const std::filesystem::path file = url.substr(kSqlite.size());
  const std::filesystem::path other_file = other.substr(kSqlite.size());
  std::error_code unknown;
  return std::filesystem::equivalent(file, other_file, unknown) || place_of(file) == place_of(other_file);
}

}  // namespace planrun
