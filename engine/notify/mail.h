// An alert as a mail that is ready to be sent.
#pragma once

#include <string>

#include "run/alerts.h"

namespace planrun {

/// RFC 5322 with a body in UTF-8; lines end with a newline alone, as `sendmail -t` and its like take them.
/// Whoever sends it puts "To: ..." in front.
std::string mail_text(const AlertNews& news, const VerifySummary& summary, const std::string& host);

}  // namespace planrun
