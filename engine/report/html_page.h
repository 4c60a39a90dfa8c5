// A page that is one file and needs nothing else: no network, no script to be read.
#pragma once

#include <string>

namespace planrun {

/// `body` is HTML between the body's tags. `drawings`: the part of it that brings styles of its own, which
/// the page's policy must name.
std::string html_page(const std::string& title, const std::string& body, const std::string& drawings = {});

}  // namespace planrun
