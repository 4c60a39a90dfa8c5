#include "base/hash.h"

#include <fstream>
#include <limits>

#include "base/error.h"
#include "base/following_hash.h"
#include "support/support.h"

namespace hash_test {

using namespace planrun;

namespace {

/// Byte i is i * 7 mod 251.
std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 % 251);
  return bytes;
}

}  // namespace

// Expected by `xxhsum -H2`.
TEST_CASE("XXH3-128 is the reference's") {
  CHECK(to_hex(xxh3_128("")) == "99aa06d3014798d86001c324468d497f");
  CHECK(to_hex(xxh3_128("abc")) == "06b05ab6733a618578af5f94892f3950");
  CHECK(to_hex(xxh3_128(pattern(200000))) == "73c62650ae930dd5e721d023f1ec7ef6");
}

TEST_CASE("pieces hash as the whole, again after a reset") {
  const std::string bytes = pattern(200000);
  StreamingHash hash;
  for (const std::size_t piece : {1UL, 1000UL, 65536UL, 200000UL}) {
    hash.reset();
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      hash.update(std::string_view(bytes).substr(at, piece));
    CHECK(to_hex(hash.digest()) == "73c62650ae930dd5e721d023f1ec7ef6");
  }
}

TEST_CASE("128-bit sums carry, borrow and wrap") {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  Hash128 sum{0, kMost};
  sum += Hash128{0, 1};
  CHECK(sum == Hash128{1, 0});
  sum -= Hash128{0, 1};
  CHECK(sum == Hash128{0, kMost});
  sum = {kMost, kMost};
  sum += Hash128{0, 1};
  CHECK(sum == Hash128{0, 0});
  sum -= Hash128{2, 5};
  CHECK(sum == Hash128{kMost - 2, kMost - 4});
}

TEST_CASE("256-bit sums carry, borrow and wrap") {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  Hash256 sum{{kMost, kMost, 0, 0}};
  sum += Hash256{{1, 0, 0, 0}};
  CHECK(sum == Hash256{{0, 0, 1, 0}});
  sum -= Hash256{{1, 0, 0, 0}};
  CHECK(sum == Hash256{{kMost, kMost, 0, 0}});
  sum = {{kMost, kMost, kMost, kMost}};
  sum += Hash256{{1, 0, 0, 0}};
  CHECK(sum == Hash256{});
  sum -= Hash256{{2, 0, 0, 5}};
  CHECK(sum == Hash256{{kMost - 1, kMost, kMost, kMost - 5}});
  sum = {{kMost, kMost, 0, 0}};
  sum += Hash256{{kMost, kMost, 0, 0}};
  CHECK(sum == Hash256{{kMost - 1, kMost, 1, 0}});
}

TEST_CASE("hashes as text and back") {
  const Hash128 hash{0x0123456789abcdef, 0xfedcba9876543210};
  CHECK(to_hex(hash) == "0123456789abcdeffedcba9876543210");
  CHECK(hash128_from_hex("0123456789abcdeffedcba9876543210") == hash);
  for (const char* wrong : {"", "0123456789abcdeffedcba987654321", "g123456789abcdeffedcba9876543210"}) {
    CHECK_THROWS_AS(hash128_from_hex(wrong), Error);
  }
}

// Expected by sha256sum.
TEST_CASE("SHA-256 of a text and of a file") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const test::TempFolder folder;
  const auto file = folder / "three megabytes";
  test::write_file(file, pattern(3'000'000));
  CHECK(sha256_file(file) == test::run_process({"sha256sum", file}).out.substr(0, 64));
  CHECK(sha256_file(file, [] { return true; }).empty());
  CHECK_THROWS_AS(sha256_file(folder / "missing"), Error);
  CHECK_THROWS_AS(sha256_file(folder.path()), Error);
}

TEST_CASE("a file is hashed while it grows, and is renamed") {
  const test::TempFolder folder;
  const auto file = folder / "growing.partial";
  const std::string bytes = pattern(5'000'000);
  test::write_file(file, "");
  FollowingHash hash(file);
  std::ofstream out(file, std::ios::binary);
  for (const std::size_t until : {1U, 1'048'576U, 1'048'577U, 4'000'000U, 5'000'000U}) {
    const auto from = static_cast<std::size_t>(out.tellp());
    out.write(bytes.data() + from, static_cast<std::streamsize>(until - from));
    out.flush();
    hash.grown(static_cast<std::int64_t>(until));
  }
  std::filesystem::rename(file, folder / "whole");
  hash.end();
  CHECK(hash.result() == test::run_process({"sha256sum", folder / "whole"}).out.substr(0, 64));

  FollowingHash given_up(folder / "whole");
  given_up.grown(1000);
  given_up.stop();
  CHECK(given_up.result().empty());

  FollowingHash misled(folder / "whole");
  misled.grown(5'000'001);
  CHECK_THROWS_AS(misled.result(), Error);
  CHECK_THROWS_AS(FollowingHash(folder / "missing"), Error);
}

}  // namespace hash_test
