// What libpq is told to connect to, from a target's url.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace planrun {

/// Keywords and values for PQconnectdbParams with expand_dbname; what stands after "dbname" wins over the
/// url, what stands before it is only a default. Throws Error(connection) for a url whose user or password
/// must be percent-encoded: libpq would take parts of a password for a host, and print them.
std::vector<std::pair<std::string, std::string>> connection_parameters(const std::string& url,
                                                                       const std::string& application_name);

/// `message` of libpq on one line, with the url's password blotted out.
std::string without_password(std::string_view message, const std::string& url);

}  // namespace planrun
