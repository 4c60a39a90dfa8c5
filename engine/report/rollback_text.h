// The end of a rollback as a person reads it.
#pragma once

#include <string>

#include "report/paint.h"
#include "run/rollback.h"

namespace planrun {

std::string rollback_text(const RollbackSummary& summary, const Paint& paint);

}  // namespace planrun
