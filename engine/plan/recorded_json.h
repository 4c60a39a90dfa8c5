// Members of the plan as the ledger has it, which leaves out what is empty or the default.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "data/table_schema.h"

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

inline Identity identity(const Json& column) {
  const std::string name = text(column, "identity");
  return name == "serial"       ? Identity::serial
         : name == "by default" ? Identity::by_default
         : name == "always"     ? Identity::always
                                : Identity::none;
}

/// How the rows of a table are divided.
void read_division(const Json& table, TableSchema& schema);

}  // namespace planrun::recorded
