#include "database/watch_ledger.h"

#include <array>

#include "base/error.h"

namespace planrun {
namespace {

constexpr std::array<std::string_view, 4> kVerdicts = {"passed", "differences", "not_done", "interrupted"};

}  // namespace

std::string_view to_string(VerificationVerdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}

VerificationVerdict verification_verdict_from(std::string_view text) {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i] == text) return static_cast<VerificationVerdict>(i);
  }
  throw Error(ErrorCode::system, "the ledger holds an unknown verdict " + std::string(text));
}

}  // namespace planrun
