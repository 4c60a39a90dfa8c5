// What is wrong in a plan, and where. A value, not an exception: all of it is reported in one go.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/finding_code.h"

namespace planrun {

struct Position {
  int line = 0;    // from 1; 0: nowhere in particular
  int column = 0;  // from 1, in bytes
};

struct Diagnostic {
  FindingCode code = FindingCode::not_toml;
  Severity severity = Severity::error;
  Position position;
  std::string message;
  std::string hint;     // what to do; empty where the message says it
  std::string allowed;  // why the plan lets a warning stand; empty: it does not
};

struct Diagnostics {
  std::string file;
  std::vector<Diagnostic> list;

  void error(FindingCode code, Position at, std::string message, std::string hint = {}) {
    list.push_back({code, Severity::error, at, std::move(message), std::move(hint), {}});
  }
  void warning(FindingCode code, Position at, std::string message, std::string hint = {}) {
    list.push_back({code, Severity::warning, at, std::move(message), std::move(hint), {}});
  }
  bool has_errors() const {
    for (const auto& d : list) {
      if (d.severity == Severity::error) return true;
    }
    return false;
  }
};

/// Those that the plan does not allow, in the order of positions.
std::vector<const Diagnostic*> to_tell(const Diagnostics& diagnostics);

/// "file:line:column: error[P012]: message (hint)", a line each of those to tell.
std::string to_text(const Diagnostics& diagnostics);

/// "did you mean `x`?" with the nearest candidate, first of all one that differs in case only; or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace planrun
