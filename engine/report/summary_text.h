// The end of a run as a person reads it.
#pragma once

#include <string>

#include "report/paint.h"
#include "run/observer.h"

namespace planrun {

std::string summary_text(const RunSummary& summary, const Paint& paint);

}  // namespace planrun
