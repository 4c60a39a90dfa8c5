// JSON as a document (nlohmann-json) for what people and the ledger read. Values inside a user's rows
// never pass through it: see canonical_json.h.
#pragma once

#include <nlohmann/json.hpp>

#include "base/json_fwd.h"
