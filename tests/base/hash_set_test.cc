#include "base/hash_set.h"

#include <set>
#include <string>

#include "support/support.h"

namespace hash_set_test {

using namespace planrun;

TEST_CASE("a set of hashes holds what std::set holds") {
  HashSet set;
  std::set<Hash128> expected;
  // Every third comes again; one is the hash of all zeros; all in one slot of a small set; all in the last.
  std::vector<Hash128> hashes = {{0, 0}, {1, 0}, {0, 0}, {2, 0}, {3, ~0ULL}, {4, ~0ULL}, {3, ~0ULL}};
  for (int i = 0; i < 30'000; ++i) hashes.push_back(xxh3_128(std::to_string(i % 20'000)));
  CHECK_FALSE(set.contains({0, 0}));
  CHECK_FALSE(set.contains({1, 0}));
  bool agrees = true;
  for (const Hash128 hash : hashes) agrees = agrees && set.insert(hash) == expected.insert(hash).second;
  for (int i = 0; i < 40'000; ++i) {
    const Hash128 hash = xxh3_128(std::to_string(i));
    agrees = agrees && set.contains(hash) == expected.contains(hash);
  }
  CHECK(agrees);
  CHECK(set.contains({0, 0}));
  CHECK(set.size() == 20'005);
}

}  // namespace hash_set_test
