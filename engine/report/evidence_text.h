// An evidence held against the target again, as a person reads it.
#pragma once

#include <string>

#include "report/paint.h"
#include "run/evidence.h"

namespace planrun {

std::string evidence_text(const EvidenceCheck& check, const Paint& paint);

}  // namespace planrun
