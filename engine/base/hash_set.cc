#include "base/hash_set.h"

#include <utility>

namespace planrun {

namespace {

constexpr std::size_t kFirstSlots = 64;

}  // namespace

bool HashSet::insert(Hash128 hash) {
  if (hash == Hash128{}) {
    if (std::exchange(has_zero_, true)) return false;
    ++size_;
    return true;
  }
  if (4 * (size_ + 1) > 3 * slots_.size()) grow();
  Hash128& slot = slots_[place(hash)];
  if (slot == hash) return false;
  slot = hash;
  ++size_;
  return true;
}

bool HashSet::contains(Hash128 hash) const {
  if (hash == Hash128{}) return has_zero_;
  return !slots_.empty() && slots_[place(hash)] == hash;
}

std::size_t HashSet::place(Hash128 hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash.low & mask;
  while (slots_[slot] != Hash128{} && slots_[slot] != hash) slot = (slot + 1) & mask;
  return slot;
}

void HashSet::grow() {
  const std::vector<Hash128> before = std::exchange(slots_, {});
  slots_.resize(before.empty() ? kFirstSlots : 2 * before.size());
  for (const Hash128 hash : before) {
    if (hash != Hash128{}) slots_[place(hash)] = hash;
  }
}

}  // namespace planrun
