// Who and where this process is, for records that people read.
#pragma once

#include <string>

namespace planrun {

std::string host_name();
/// Of the effective user; its number where it has no name.
std::string user_name();

}  // namespace planrun
