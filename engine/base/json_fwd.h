// The name of a JSON document, for headers: the whole of it costs every file that includes it seconds to
// compile.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace planrun {

/// Keeps the order in which keys were added.
using Json = nlohmann::ordered_json;

}  // namespace planrun
