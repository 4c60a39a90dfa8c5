#include "data/digest.h"

#include "base/error.h"

namespace planrun {

namespace {

constexpr std::size_t kXxh3Digits = 32;
constexpr std::string_view kSha256 = " sha256:";

}  // namespace

std::string sums_to_text(const Digest& digest) {
  std::string text = to_hex(digest.sum);
  if (digest.sha256 != Hash256{}) text += std::string(kSha256) + to_hex(digest.sha256);
  return text;
}

Digest digest_from(std::int64_t rows, std::string_view sums) {
  Digest digest{rows, hash128_from_hex(sums.substr(0, kXxh3Digits)), {}};
  if (sums.size() <= kXxh3Digits) return digest;
  const std::string_view rest = sums.substr(kXxh3Digits);
  if (!rest.starts_with(kSha256)) {
    throw Error(ErrorCode::system, "not a digest of the ledger: " + std::string(sums));
  }
  digest.sha256 = hash256_from_hex(rest.substr(kSha256.size()));
  return digest;
}

}  // namespace planrun
