// A page that is one file and needs nothing else: no network, no script to be read.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace planrun {

/// `body` is HTML between the body's tags, piece by piece. `drawings`: the one of them that brings styles of
/// its own, which the page's policy must name.
std::string html_page(const std::string& title, std::span<const std::string_view> body,
                      std::string_view drawings = {});

}  // namespace planrun
