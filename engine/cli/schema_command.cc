#include <iostream>

#include "cli/command.h"
#include "plan/plan_schema.h"

namespace planrun {

int schema_command(const CommandOptions&, Console&) {
  std::cout << plan_schema();
  return 0;
}

}  // namespace planrun
