#include "postgres/conninfo.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <libpq-fe.h>

#include "base/error.h"
#include "base/text.h"

namespace planrun {
namespace {

/// The url as libpq's dbname keyword takes it: a URI, a keyword=value text, a name, or nothing.
std::string libpq_text(const std::string& url) {
  for (const std::string_view scheme : {"postgresql:", "postgres:"}) {
    if (!url.starts_with(scheme)) continue;
    if (std::string_view(url).substr(scheme.size()).starts_with("//")) return url;
    return url.substr(scheme.size());
  }
  return url;
}

/// True where an '@' or '/' of the user or password stands unencoded (libpq splits at the first of them).
bool has_bare_delimiter(std::string_view url) {
  const auto start = url.find("://");
  if (start == std::string_view::npos) return false;
  std::string_view rest = url.substr(start + 3);
  const auto at = rest.find('@');
  if (at == std::string_view::npos) return false;
  const auto slash = rest.find('/');
  const auto query = rest.find('?');
  if (slash < at) return query > at;  // an '@' inside ?key=value is no delimiter
  const auto end = std::min({slash, query < at ? std::string_view::npos : query, rest.size()});
  return rest.substr(at + 1, end - at - 1).find('@') != std::string_view::npos;
}

struct OptionsDeleter {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

void blot_out(std::string& message, const std::string& secret) {
  if (secret.empty()) return;
  for (auto at = message.find(secret); at != std::string::npos; at = message.find(secret, at + 3)) {
    message.replace(at, secret.size(), "***");
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> connection_parameters(const std::string& url,
                                                                       const std::string& application_name) {
  if (has_bare_delimiter(url)) {
    throw Error(ErrorCode::unreachable, "the url cannot be read: its user or password holds @ or /",
                "write @ as %40 and / as %2F in the url, or leave the password to .pgpass or PGPASSWORD");
  }
  // Defaults that the url may change. A host that is lost without a word is noticed after about a minute; the
  // kernel's own limits are two hours of silence and 15 minutes of resending.
  std::vector<std::pair<std::string, std::string>> parameters = {{"keepalives", "1"},
                                                                 {"keepalives_idle", "30"},
                                                                 {"keepalives_interval", "10"},
                                                                 {"keepalives_count", "3"},
                                                                 {"tcp_user_timeout", "60000"}};
  if (std::getenv("PGCONNECT_TIMEOUT") == nullptr) parameters.emplace_back("connect_timeout", "15");
  const std::string text = libpq_text(url);
  if (!trim(text).empty()) parameters.emplace_back("dbname", text);
  parameters.emplace_back("client_encoding", "UTF8");
  parameters.emplace_back("application_name", application_name);
  return parameters;
}

std::string without_password(std::string_view message, const std::string& url) {
  std::string line;
  for (const char c : trim(message)) {
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else {
      line += c;
    }
  }
  char* fault = nullptr;
  const std::string text = libpq_text(url);
  const std::unique_ptr<PQconninfoOption, OptionsDeleter> options(PQconninfoParse(text.c_str(), &fault));
  if (fault != nullptr) PQfreemem(fault);
  for (const PQconninfoOption* o = options.get(); o != nullptr && o->keyword != nullptr; ++o) {
    const std::string_view keyword = o->keyword;
    if (o->val != nullptr && (keyword == "password" || keyword == "sslpassword")) blot_out(line, o->val);
  }
  // A text that libpq could not take apart may be quoted by it anywhere.
  const bool readable = options != nullptr || text.find_first_of("=:") == std::string::npos;
  return readable ? line : "it is not what libpq takes (a URI or keyword=value)";
}

}  // namespace planrun
