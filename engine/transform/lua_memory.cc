#include "transform/lua_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace planrun {

LuaMemory::~LuaMemory() {
  for (Waiting* block : waiting_) {
    while (block != nullptr) std::free(std::exchange(block, block->next));
  }
}

void* LuaMemory::allocate(void* memory, void* block, std::size_t old_size, std::size_t new_size) {
  LuaMemory& self = *static_cast<LuaMemory*>(memory);
  if (block == nullptr) {  // `old_size` is a kind of object then
    if (new_size == 0 || !self.has_room(new_size)) return nullptr;
    void* taken = self.take(new_size);
    if (taken != nullptr) self.used_bytes_ += new_size;
    return taken;
  }
  if (new_size == 0) {
    self.give_back(block, old_size);
    self.used_bytes_ -= old_size;
    return nullptr;
  }
  if (new_size > old_size && !self.has_room(new_size - old_size)) return nullptr;
  void* moved = self.resize(block, old_size, new_size);
  if (moved != nullptr) self.used_bytes_ = self.used_bytes_ - old_size + new_size;
  return moved;
}

void* LuaMemory::take(std::size_t size) {
  if (size > kMostSize) return std::malloc(size);
  const std::size_t size_class = class_of(size);
  Waiting* block = waiting_[size_class];
  if (block == nullptr) return std::malloc(size_of(size_class));
  waiting_[size_class] = block->next;
  waiting_bytes_ -= size_of(size_class);
  return block;
}

void LuaMemory::give_back(void* block, std::size_t size) {
  if (size > kMostSize || waiting_bytes_ >= kMostWaiting) return std::free(block);
  const std::size_t size_class = class_of(size);
  waiting_[size_class] = ::new (block) Waiting{waiting_[size_class]};
  waiting_bytes_ += size_of(size_class);
}

// A block that is too large is as good: Lua relies on it that shrinking does not fail.
void* LuaMemory::resize(void* block, std::size_t old_size, std::size_t new_size) {
  const bool was_small = old_size <= kMostSize;
  const bool is_small = new_size <= kMostSize;
  if (was_small && is_small && class_of(old_size) == class_of(new_size)) return block;
  void* moved = was_small || is_small ? take(new_size) : std::realloc(block, new_size);
  if (moved == nullptr) return new_size < old_size ? block : nullptr;
  if (was_small || is_small) {
    std::memcpy(moved, block, std::min(old_size, new_size));
    give_back(block, old_size);
  }
  return moved;
}

}  // namespace planrun
