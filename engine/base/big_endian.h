// Integers in network byte order, as PostgreSQL's wire format and SQLite's file header have them.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace planrun {

namespace detail {

template <typename Unsigned>
Unsigned swap_on_little_endian(Unsigned value) {
  static_assert(sizeof(Unsigned) == 1 || sizeof(Unsigned) == 2 || sizeof(Unsigned) == 4 ||
                sizeof(Unsigned) == 8);
  if constexpr (std::endian::native == std::endian::big || sizeof(Unsigned) == 1) {
    return value;
  } else if constexpr (sizeof(Unsigned) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(Unsigned) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap64(value);
  }
}

}  // namespace detail

/// The first sizeof(Integer) bytes, which must be there.
template <typename Integer>
Integer from_big_endian(const char* bytes) {
  std::make_unsigned_t<Integer> value{};
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<Integer>(detail::swap_on_little_endian(value));
}

/// Writes sizeof(Integer) bytes.
template <typename Integer>
void to_big_endian(Integer value, char* bytes) {
  const auto swapped = detail::swap_on_little_endian(static_cast<std::make_unsigned_t<Integer>>(value));
  std::memcpy(bytes, &swapped, sizeof swapped);
}

}  // namespace planrun
