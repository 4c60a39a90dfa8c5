// Members of the plan as the ledger has it, which leaves out what is empty or the default.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace planrun::recorded {

inline std::string text(const Json& object, const char* name) {
  return object.value(name, std::string());
}
inline std::vector<std::string> texts(const Json& object, const char* name) {
  return object.value(name, std::vector<std::string>());
}
inline bool flag(const Json& object, const char* name) {
  return object.value(name, false);
}
inline Json list(const Json& object, const char* name) {
  return object.value(name, Json::array());
}

}  // namespace planrun::recorded
