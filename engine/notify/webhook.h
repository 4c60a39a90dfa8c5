// Posts JSON to a web address.
#pragma once

#include <string>

namespace planrun {

/// Only http and https, no redirects. Empty: the server has answered 2xx; else why not, without the url,
/// which may be a secret.
std::string post_json(const std::string& url, const std::string& json, int timeout_seconds);

}  // namespace planrun
