#include "report/csv.h"

namespace planrun {

namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string csv_line(std::span<const std::string> fields) {
  std::string line;
  const char* separator = "";
  for (const auto& field : fields) {
    line += separator + csv_field(field);
    separator = ",";
  }
  return line + "\r\n";
}

}  // namespace planrun
