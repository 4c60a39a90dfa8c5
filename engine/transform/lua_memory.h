// The memory of one Lua state: what it holds is counted and bounded, and small blocks that it gives back wait
// for the next row, which asks for the same sizes again.
#pragma once

#include <array>
#include <cstddef>

namespace planrun {

/// One thread.
class LuaMemory {
 public:
  explicit LuaMemory(std::size_t most_bytes) : most_bytes_(most_bytes) {}
  ~LuaMemory();
  LuaMemory(const LuaMemory&) = delete;
  LuaMemory& operator=(const LuaMemory&) = delete;

  /// As lua_Alloc has it, `memory` being a LuaMemory: null for what would go beyond the bound, never where a
  /// block shrinks.
  static void* allocate(void* memory, void* block, std::size_t old_size, std::size_t new_size);

  /// The sizes that the state asked for and has not given back.
  std::size_t used_bytes() const { return used_bytes_; }
  /// What waits, beside that.
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  // The sizes that fill malloc()'s blocks of 64-bit Linux to the last byte, as Lua's tables and nodes do.
  static constexpr std::size_t kLeastSize = 24;
  static constexpr std::size_t kStep = 16;
  static constexpr std::size_t kMostSize = 520;
  static constexpr std::size_t kClasses = (kMostSize - kLeastSize) / kStep + 1;
  // A collection of garbage gives back all at once: more than this goes to the system's allocator.
  static constexpr std::size_t kMostWaiting = 1 << 20;

  struct Waiting {
    Waiting* next;
  };

  static std::size_t class_of(std::size_t size) {
    return size <= kLeastSize ? 0 : (size - kLeastSize + kStep - 1) / kStep;
  }
  static std::size_t size_of(std::size_t size_class) { return kLeastSize + size_class * kStep; }

  bool has_room(std::size_t more) const { return more <= most_bytes_ - used_bytes_; }
  void* take(std::size_t size);
  void give_back(void* block, std::size_t size);
  void* resize(void* block, std::size_t old_size, std::size_t new_size);

  std::size_t most_bytes_;
  std::size_t used_bytes_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::array<Waiting*, kClasses> waiting_{};  // by class
};

}  // namespace planrun
