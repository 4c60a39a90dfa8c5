// Messages without what rows hold.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// A message of the program with quoted texts, keys (`key 12`, `(id)=(12)`) and numbers of a storage class
/// (`integer 2`) as "…". Names, types and counts stay.
std::string without_values(std::string_view message);

/// A reject's reason; what its source row (`row`, as Reject has it) holds goes too, where it has three
/// characters or more.
std::string without_values(std::string_view reason, std::string_view row);

}  // namespace planrun
