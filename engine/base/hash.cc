#include "base/hash.h"

#include <array>
#include <cstdio>
#include <vector>

#include <openssl/evp.h>
#define XXH_STATIC_LINKING_ONLY  // the state's full type, so that it lives inside State
#include <xxhash.h>

#include "base/error.h"
#include "base/text.h"

namespace planrun {

namespace {

/// Large enough that reading, not calling, costs; small enough that `stop` is asked often.
constexpr std::size_t kFilePiece = 1 << 20;

Hash128 from_xxh(XXH128_hash_t h) {
  return {h.high64, h.low64};
}

void append_hex(std::uint64_t value, std::string& out) {
  for (int shift = 60; shift >= 0; shift -= 4) out += kHexDigits[(value >> shift) & 15];
}

struct CloseFile {
  void operator()(std::FILE* f) const { std::fclose(f); }
};

constexpr std::size_t kSha256Bytes = 32;

[[noreturn]] void fail_sha256() {
  throw Error(ErrorCode::system, "OpenSSL failed while hashing with SHA-256");
}

}  // namespace

Hash128& Hash128::operator+=(Hash128 other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

Hash128& Hash128::operator-=(Hash128 other) {
  const bool borrow = low < other.low;
  low -= other.low;
  high -= other.high + (borrow ? 1 : 0);
  return *this;
}

std::string to_hex(Hash128 hash) {
  std::string out;
  out.reserve(32);
  append_hex(hash.high, out);
  append_hex(hash.low, out);
  return out;
}

Hash128 hash128_from_hex(std::string_view hex) {
  const auto bytes = hex.size() == 32 ? from_hex(hex) : std::nullopt;
  if (!bytes) {
    throw Error(ErrorCode::system, "not a 128-bit hash of 32 hexadecimal digits: " + quote_for_message(hex));
  }
  Hash128 hash;
  for (std::size_t i = 0; i < 8; ++i) {
    hash.high = hash.high << 8 | static_cast<unsigned char>((*bytes)[i]);
    hash.low = hash.low << 8 | static_cast<unsigned char>((*bytes)[i + 8]);
  }
  return hash;
}

Hash128 xxh3_128(std::string_view bytes) {
  return from_xxh(XXH3_128bits(bytes.data(), bytes.size()));
}

struct StreamingHash::State {
  XXH3_state_t xxh;
};

StreamingHash::StreamingHash() : state_(std::make_unique<State>()) {
  XXH3_INITSTATE(&state_->xxh);
  reset();
}

StreamingHash::~StreamingHash() = default;
StreamingHash::StreamingHash(StreamingHash&&) noexcept = default;
StreamingHash& StreamingHash::operator=(StreamingHash&&) noexcept = default;

void StreamingHash::reset() {
  XXH3_128bits_reset(&state_->xxh);
}

void StreamingHash::update(std::string_view bytes) {
  XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
}

Hash128 StreamingHash::digest() const {
  return from_xxh(XXH3_128bits_digest(&state_->xxh));
}

Hash256& Hash256::operator+=(const Hash256& other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t with_carry = words[i] + carry;
    carry = with_carry < carry ? 1 : 0;
    words[i] = with_carry + other.words[i];
    carry += words[i] < with_carry ? 1 : 0;
  }
  return *this;
}

Hash256& Hash256::operator-=(const Hash256& other) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t less = words[i] - borrow;
    borrow = words[i] < borrow ? 1 : 0;
    borrow += less < other.words[i] ? 1 : 0;
    words[i] = less - other.words[i];
  }
  return *this;
}

std::string to_hex(const Hash256& hash) {
  std::string out;
  out.reserve(2 * kSha256Bytes);
  for (std::size_t i = hash.words.size(); i-- > 0;) append_hex(hash.words[i], out);
  return out;
}

Hash256 hash256_from_hex(std::string_view hex) {
  const auto bytes = hex.size() == 2 * kSha256Bytes ? from_hex(hex) : std::nullopt;
  if (!bytes) {
    throw Error(ErrorCode::system, "not a 256-bit hash of 64 hexadecimal digits: " + quote_for_message(hex));
  }
  Hash256 hash;
  for (std::size_t i = 0; i < kSha256Bytes; ++i) {
    std::uint64_t& word = hash.words[hash.words.size() - 1 - i / 8];
    word = word << 8 | static_cast<unsigned char>((*bytes)[i]);
  }
  return hash;
}

struct StreamingSha256::State {
  struct FreeDigest {
    void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
  };
  std::unique_ptr<EVP_MD_CTX, FreeDigest> context{EVP_MD_CTX_new()};
};

StreamingSha256::StreamingSha256() : state_(std::make_unique<State>()) {
  if (!state_->context) fail_sha256();
  reset();
}

StreamingSha256::~StreamingSha256() = default;
StreamingSha256::StreamingSha256(StreamingSha256&&) noexcept = default;
StreamingSha256& StreamingSha256::operator=(StreamingSha256&&) noexcept = default;

void StreamingSha256::reset() {
  if (EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) fail_sha256();
}

void StreamingSha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) fail_sha256();
}

Hash256 StreamingSha256::digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context.get(), bytes.data(), &size) != 1 || size != kSha256Bytes)
    fail_sha256();
  Hash256 hash;
  for (std::size_t i = 0; i < kSha256Bytes; ++i) {
    std::uint64_t& word = hash.words[hash.words.size() - 1 - i / 8];
    word = word << 8 | bytes[i];
  }
  return hash;
}

std::string sha256_hex(std::string_view bytes) {
  StreamingSha256 sha;
  sha.update(bytes);
  return to_hex(sha.digest());
}

std::string sha256_file(const std::filesystem::path& file, const std::function<bool()>& stop) {
  const std::unique_ptr<std::FILE, CloseFile> handle(std::fopen(file.c_str(), "rb"));
  if (!handle) throw Error(ErrorCode::system, "cannot open " + file.string() + " to hash it");
  StreamingSha256 sha;
  std::vector<char> piece(kFilePiece);
  for (;;) {
    if (stop && stop()) return {};
    const std::size_t size = std::fread(piece.data(), 1, piece.size(), handle.get());
    sha.update({piece.data(), size});
    if (size < piece.size()) break;
  }
  if (std::ferror(handle.get()) != 0) {
    throw Error(ErrorCode::system, "cannot read " + file.string() + " to hash it");
  }
  return to_hex(sha.digest());
}

}  // namespace planrun
