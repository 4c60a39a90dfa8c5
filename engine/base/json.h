// JSON as a document (nlohmann-json) for what people and the ledger read. Values inside a user's rows
// never pass through it: see canonical_json.h.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json_fwd.h"

namespace planrun {

/// The objects of a list by their "name".
inline std::map<std::string, Json> by_name(const Json& list) {
  std::map<std::string, Json> named;
  for (const auto& item : list) named[item.at("name").get<std::string>()] = item;
  return named;
}

}  // namespace planrun
