// Hashes: XXH3-128 for rows, SHA-256 for files.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace planrun {

/// An unsigned 128-bit number; sums are modulo 2^128.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
  Hash128& operator+=(Hash128 other);
  Hash128& operator-=(Hash128 other);
};

/// 32 lower case hexadecimal digits, high half first.
std::string to_hex(Hash128 hash);
/// Throws Error(system) for anything but 32 hexadecimal digits.
Hash128 hash128_from_hex(std::string_view hex);

/// An unsigned 256-bit number; sums are modulo 2^256.
struct Hash256 {
  std::array<std::uint64_t, 4> words{};  // the lowest first
  friend bool operator==(const Hash256&, const Hash256&) = default;
  Hash256& operator+=(const Hash256& other);
  Hash256& operator-=(const Hash256& other);
};

/// 64 lower case hexadecimal digits, the highest word first.
std::string to_hex(const Hash256& hash);
/// Throws Error(system) for anything but 64 hexadecimal digits.
Hash256 hash256_from_hex(std::string_view hex);

/// XXH3-128 (seed 0) of `bytes`.
Hash128 xxh3_128(std::string_view bytes);

/// The same hash of bytes that come in pieces; one allocation for its lifetime.
class StreamingHash {
 public:
  StreamingHash();
  ~StreamingHash();
  StreamingHash(StreamingHash&&) noexcept;
  StreamingHash& operator=(StreamingHash&&) noexcept;
  void reset();
  void update(std::string_view bytes);
  Hash128 digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of bytes that come in pieces. Calls throw Error(system) where OpenSSL fails.
class StreamingSha256 {
 public:
  StreamingSha256();
  ~StreamingSha256();
  StreamingSha256(StreamingSha256&&) noexcept;
  StreamingSha256& operator=(StreamingSha256&&) noexcept;
  void reset();
  void update(std::string_view bytes);
  /// The hash as a number, its first byte the highest. reset() comes before the next update().
  Hash256 digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 as 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);
/// Of a whole file. `stop` is asked now and then; when it answers true the result is empty.
/// Throws Error(system) when the file cannot be read.
std::string sha256_file(const std::filesystem::path& file, const std::function<bool()>& stop = {});

}  // namespace planrun
