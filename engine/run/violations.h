// Rows that an index or a foreign key still finds in the way when all rows are in.
#pragma once

#include <functional>

#include "base/error.h"
#include "run/context.h"

namespace planrun {

/// With `on_reject = "stop"`: throws `error` with the keys of the rows. With "keep": takes the rows out of
/// the table (of rows that share a key the first in source order stays; orphans go until there are none) and
/// keeps them as rejects, in one transaction that corrects count and digest. Then the step can be tried
/// again.
void take_out_violations(RunContext& context, const Step& step, Target& target,
                         const std::function<Source&(const std::string&)>& source, const Error& error);

}  // namespace planrun
