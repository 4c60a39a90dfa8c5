// A verification for people, and its differences for other programs.
#pragma once

#include <string>

#include "report/paint.h"
#include "run/verification.h"

namespace planrun {

std::string verify_text(const VerifySummary& summary, const Paint& paint);
/// RFC 4180: table, key, column, expected, found. A row that is missing or too much has no column.
std::string differences_csv(const VerifySummary& summary);

}  // namespace planrun
