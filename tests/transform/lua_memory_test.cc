// What a Lua state holds is counted to the byte and bounded; what it gives back is used again, and not
// without end kept.
#include "transform/lua_memory.h"

#include <cstring>
#include <vector>

#include "support/catch.h"

namespace lua_memory_test {

using planrun::LuaMemory;

namespace {

constexpr std::size_t kRoom = 1 << 20;

/// Writes all of it, so that a checker of memory sees a block that is too small.
void* fresh(LuaMemory& memory, std::size_t size) {
  void* block = LuaMemory::allocate(&memory, nullptr, 4, size);  // 4: a kind of object, no size
  if (block != nullptr) std::memset(block, 0x5a, size);
  return block;
}

void release(LuaMemory& memory, void* block, std::size_t size) {
  REQUIRE(LuaMemory::allocate(&memory, block, size, 0) == nullptr);
}

}  // namespace

TEST_CASE("lua memory: every byte that is asked for is counted until it is given back") {
  LuaMemory memory(kRoom);
  std::size_t expected = 0;
  std::vector<void*> blocks;
  for (std::size_t size = 1; size <= 700; ++size) {
    blocks.push_back(fresh(memory, size));
    REQUIRE(blocks.back() != nullptr);
    expected += size;
    REQUIRE(memory.used_bytes() == expected);
  }
  for (std::size_t size = 1; size <= 700; ++size) {
    release(memory, blocks[size - 1], size);
    expected -= size;
    REQUIRE(memory.used_bytes() == expected);
  }
  CHECK(memory.used_bytes() == 0);
}

TEST_CASE("lua memory: nothing goes beyond the bound, and all up to it does") {
  LuaMemory memory(1000);
  void* half = fresh(memory, 500);
  CHECK(fresh(memory, 501) == nullptr);
  void* rest = fresh(memory, 500);
  REQUIRE(rest != nullptr);
  CHECK(fresh(memory, 1) == nullptr);
  CHECK(LuaMemory::allocate(&memory, half, 500, 501) == nullptr);
  CHECK(memory.used_bytes() == 1000);
  half = LuaMemory::allocate(&memory, half, 500, 20);
  CHECK(memory.used_bytes() == 520);
  CHECK(fresh(memory, 481) == nullptr);
  half = LuaMemory::allocate(&memory, half, 20, 500);
  REQUIRE(half != nullptr);
  release(memory, half, 500);
  release(memory, rest, 500);
  CHECK(memory.used_bytes() == 0);
}

TEST_CASE("lua memory: a block keeps what is in it, whatever becomes of its size") {
  const std::vector<std::size_t> sizes = {1, 24, 25, 40, 41, 200, 519, 520, 521, 600, 5000, 100'000};
  for (const std::size_t before : sizes) {
    for (const std::size_t after : sizes) {
      INFO(before << " to " << after);
      LuaMemory memory(kRoom);
      auto* block = static_cast<char*>(fresh(memory, before));
      for (std::size_t i = 0; i < before; ++i) block[i] = static_cast<char>(i * 7);
      block = static_cast<char*>(LuaMemory::allocate(&memory, block, before, after));
      REQUIRE(block != nullptr);
      for (std::size_t i = 0; i < std::min(before, after); ++i) REQUIRE(block[i] == static_cast<char>(i * 7));
      CHECK(memory.used_bytes() == after);
      std::memset(block, 1, after);
      release(memory, block, after);
    }
  }
}

TEST_CASE("lua memory: small blocks wait for the next who asks, up to a megabyte") {
  LuaMemory memory(64 * kRoom);
  void* block = fresh(memory, 56);
  release(memory, block, 56);
  CHECK(memory.waiting_bytes() == 56);
  CHECK(fresh(memory, 50) == block);
  CHECK(memory.waiting_bytes() == 0);
  release(memory, block, 50);
  std::vector<void*> blocks;
  for (int i = 0; i < 100'000; ++i) blocks.push_back(fresh(memory, 200));
  for (void* each : blocks) release(memory, each, 200);
  CHECK(memory.waiting_bytes() >= kRoom);
  CHECK(memory.waiting_bytes() < kRoom + 520);
  release(memory, fresh(memory, 100'000), 100'000);
  CHECK(memory.waiting_bytes() < kRoom + 520);
}

}  // namespace lua_memory_test
