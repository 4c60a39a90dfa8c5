// Bytes on their way into a COPY: one buffer, used again, sent whenever it is full.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/big_endian.h"
#include "postgres/connection.h"

namespace planrun {

/// Larger pieces were slower: 8 and 64 KB took 12.3-13.3 s for 10 million rows, 256 KB 19.5 s. Large values
/// go through it in pieces as well, so that neither this buffer nor libpq's grows with them.
inline constexpr std::size_t kCopyPiece = 65536;

class CopyBuffer {
 public:
  explicit CopyBuffer(PostgresConnection& connection)
      : connection_(connection), buffer_(std::make_unique<char[]>(kCopyPiece)) {}

  /// Makes room for `size` bytes (at most kCopyPiece) that are put one by one.
  void room(std::size_t size) {
    if (kCopyPiece - used_ < size) send();
  }
  /// Big-endian; room must have been made.
  template <typename Integer>
  void put(Integer value) {
    to_big_endian(value, buffer_.get() + used_);
    used_ += sizeof(Integer);
  }
  void put_char(char c) { buffer_[used_++] = c; }
  /// Any number of bytes; makes its own room.
  void bytes(std::string_view bytes) {
    while (bytes.size() > kCopyPiece - used_) {
      const std::size_t part = kCopyPiece - used_;
      std::memcpy(buffer_.get() + used_, bytes.data(), part);
      used_ += part;
      bytes.remove_prefix(part);
      send();
    }
    if (bytes.empty()) return;
    std::memcpy(buffer_.get() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void send() {
    if (used_ == 0) return;
    connection_.put_copy({buffer_.get(), used_});
    used_ = 0;
  }
  /// Forgets what has not been sent.
  void clear() { used_ = 0; }

 private:
  PostgresConnection& connection_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
};

}  // namespace planrun
