// A preview as a person reads it.
#pragma once

#include <string>

#include "report/paint.h"
#include "run/preview.h"

namespace planrun {

std::string preview_text(const Preview& preview, const Paint& paint);

}  // namespace planrun
