#include "base/repeated_hashes.h"

#include <map>

#include "support/support.h"

namespace repeated_hashes_test {

using namespace planrun;
using namespace planrun::test;

namespace {

// Numbers that come once, twice or many times, in no order.
std::vector<Hash128> numbers(std::uint64_t count, std::uint64_t different) {
  std::vector<Hash128> list;
  std::uint64_t x = 12345;
  for (std::uint64_t i = 0; i < count; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    list.push_back({(x >> 33) % 3, (x >> 17) % different});
  }
  return list;
}

}  // namespace

TEST_CASE("hashes that come more than once are found, in memory and from the file alike") {
  const TempFolder folder;
  for (const std::uint64_t different : {7U, 3000U, 1'000'000U}) {
    const auto all = numbers(10'000, different);
    std::map<Hash128, int> counts;
    for (const auto& hash : all) ++counts[hash];
    std::vector<Hash128> expected;
    for (const auto& [hash, count] : counts) {
      if (count > 1) expected.push_back(hash);
    }
    for (const std::size_t held : {100'000U, 10'000U, 977U, 3U}) {
      INFO(different << " different, " << held << " held");
      RepeatedHashes hashes(folder.path(), held);
      for (const auto& hash : all) hashes.add(hash);
      CHECK(hashes.take() == expected);
    }
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("no hash comes more than once") {
  const TempFolder folder;
  RepeatedHashes none(folder.path(), 2);
  CHECK(none.take().empty());
  RepeatedHashes some(folder.path(), 2);
  for (std::uint64_t i = 0; i < 5; ++i) some.add({0, i});
  CHECK(some.take().empty());
}

TEST_CASE("a folder that cannot be written to is named") {
  RepeatedHashes hashes("/nowhere/at/all", 1);
  CHECK_THROWS_WITH(hashes.add({1, 1}), ContainsSubstring("/nowhere/at/all"));
}

}  // namespace repeated_hashes_test
