#include "plan/escaped_variables.h"

namespace planrun {
namespace {

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t next; (next = text.find(from, at)) != std::string_view::npos; at = next + from.size()) {
    out += text.substr(at, next - at);
    out += to;
  }
  out += text.substr(at);
  return out;
}

}  // namespace

std::string escape_variables(std::string_view text) {
  return replace_all(text, "${", "$${");
}

std::string unescape_variables(std::string_view text) {
  return replace_all(text, "$${", "${");
}

}  // namespace planrun
