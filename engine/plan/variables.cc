#include "plan/variables.h"

#include "base/text.h"

namespace planrun {
namespace {

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9');
}

// ${NAME} or ${NAME:-default} at `begin`.
struct Variable {
  std::size_t end = 0;  // past the closing brace; 0: it is none
  std::string name;
  std::optional<std::string> fallback;
};

Variable read_variable(const std::string& text, std::size_t begin) {
  Variable variable;
  const std::size_t close = text.find('}', begin);
  if (close == std::string::npos) return variable;
  const std::string inside = text.substr(begin + 2, close - begin - 2);
  std::size_t name_end = 0;
  while (name_end < inside.size() && in_name(inside[name_end])) ++name_end;
  const std::string rest = inside.substr(name_end);
  if (name_end == 0 || !begins_name(inside[0]) || (!rest.empty() && !rest.starts_with(":-"))) return variable;
  variable.name = inside.substr(0, name_end);
  if (!rest.empty()) variable.fallback = rest.substr(2);
  variable.end = close + 1;
  return variable;
}

/// Of a $${, by the place of its last $.
bool is_escaped(std::string_view text, std::size_t dollar) {
  return dollar > 0 && text[dollar - 1] == '$';
}

std::optional<std::string> value_of(const Variable& variable, const ReadPlanOptions& options) {
  std::optional<std::string> value;
  if (options.variable) value = options.variable(variable.name);
  if (!variable.fallback) return value;
  return value && !value->empty() ? value : variable.fallback;
}

}  // namespace

std::optional<std::string> fill_variables(PlanReader& reader, const Located& text) {
  std::string out;
  bool complete = true;
  std::size_t at = 0;
  for (std::size_t next; (next = text.text.find("${", at)) != std::string::npos;) {
    out += text.text.substr(at, next - at);
    if (is_escaped(text.text, next)) {
      out += "{";
      at = next + 2;
      continue;
    }
    const Variable variable = read_variable(text.text, next);
    if (variable.end == 0) {
      reader.error_in(FindingCode::wrong_form, text, next,
                      "a variable is written ${NAME} or ${NAME:-default}");
      return std::nullopt;
    }
    if (const auto value = value_of(variable, reader.options)) {
      out += *value;
    } else if (reader.options.connects) {
      reader.error_in(FindingCode::variable_unset, text, next,
                      "the environment variable " + variable.name + " is not set",
                      "set it, or give a default: ${" + variable.name + ":-...}");
      complete = false;
    } else {
      complete = false;
    }
    at = variable.end;
  }
  out += text.text.substr(at);
  if (!complete) return std::nullopt;
  return out;
}

std::string mark_variables(const std::string& text, bool with_defaults) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t next; (next = text.find("${", at)) != std::string::npos;) {
    out += text.substr(at, next - at);
    if (is_escaped(text, next)) {
      out += "{";
      at = next + 2;
      continue;
    }
    const Variable variable = read_variable(text, next);
    if (variable.end == 0) return out + text.substr(next);
    if (with_defaults && variable.fallback) {
      out += *variable.fallback;
    } else {
      out += kVariableMark;
    }
    at = variable.end;
  }
  return out + text.substr(at);
}

std::size_t find_variable(const std::string& text) {
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 2)) {
    if (at + 2 < text.size() && begins_name(text[at + 2]) && !is_escaped(text, at)) return at;
  }
  return std::string::npos;
}

}  // namespace planrun
