// Tells a run to a person on stderr: bars on a terminal, plain lines elsewhere.
#pragma once

#include <memory>

#include "base/log.h"
#include "run/observer.h"

namespace planrun {

struct TerminalOptions {
  bool bars = false;   // stderr is a terminal
  bool quiet = false;  // notices of trouble only
  bool color = false;
};

std::unique_ptr<Observer> make_terminal(Log& log, const TerminalOptions& options);

}  // namespace planrun
