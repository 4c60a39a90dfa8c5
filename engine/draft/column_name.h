// What a column's name says of its values, where the values alone leave it open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace planrun {

/// "createdAt" and "created_at" are {"created", "at"}.
std::vector<std::string> words_of_name(std::string_view name);
/// is_active, hasChildren, enabled.
bool is_boolean_name(std::string_view name);
/// created_at, lastUpdated, birth_date, timestamp.
bool is_time_name(std::string_view name);

}  // namespace planrun
