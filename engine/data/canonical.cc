#include "data/canonical.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/canonical_json.h"
#include "base/error.h"
#include "base/text.h"

namespace planrun {

namespace {

/// Longer rows go through the hash in pieces of this.
constexpr std::size_t kPiece = 65'536;

void append_little_endian(std::uint64_t value, int size, std::string& out) {
  for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
}

struct Encoded {
  char bytes[8];
  std::string_view view() const { return {bytes, sizeof bytes}; }
};

Encoded little_endian(std::uint64_t value) {
  Encoded out;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(out.bytes, &value, sizeof value);
  } else {
    for (int i = 0; i < 8; ++i) out.bytes[i] = static_cast<char>(value >> (8 * i));
  }
  return out;
}

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
}

}  // namespace

RowHasher::RowHasher(std::span<const CanonicalColumn> columns, bool with_sha256) {
  if (with_sha256) sha256_.emplace();
  for (const CanonicalColumn& column : columns) {
    append_little_endian(column.name.size(), 4, buffer_);
    buffer_ += column.name;
    types_.push_back(column.type);
  }
  names_ = buffer_.size();
  buffer_.resize(names_ + kPiece);
}

void RowHasher::append(std::string_view bytes) {
  if (bytes.size() > buffer_.size() - used_) {
    if (!streaming_) stream_.reset();
    streaming_ = true;
    stream(std::string_view(buffer_).substr(first_, used_ - first_));
    first_ = used_ = names_;
    if (bytes.size() > kPiece) return stream(bytes);
  }
  if (!bytes.empty()) std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
}

void RowHasher::stream(std::string_view bytes) {
  stream_.update(bytes);
  if (sha256_) sha256_->update(bytes);
}

void RowHasher::append_value(std::string_view bytes) {
  append(std::string_view("\1", 1));
  append(little_endian(bytes.size()).view());
  append(bytes);
}

/// A value that fits the buffer, the usual case; false: nothing was done.
bool RowHasher::put(const Cell& cell) {
  constexpr std::size_t kFixed = 1 + 8 + 8;
  const bool has_bytes = cell.kind == CellKind::text || cell.kind == CellKind::blob;
  const std::size_t room = buffer_.size() - used_;
  if (kFixed > room || (has_bytes && cell.bytes.size() > room - kFixed)) return false;
  char* at = buffer_.data() + used_;
  if (cell.is_null()) {
    *at = 0;
    ++used_;
    return true;
  }
  *at++ = 1;
  const std::uint64_t size = has_bytes ? cell.bytes.size() : 8;
  std::memcpy(at, little_endian(size).bytes, 8);
  at += 8;
  if (has_bytes) {
    if (size > 0) std::memcpy(at, cell.bytes.data(), size);
  } else {
    const bool real = cell.kind == CellKind::real;
    std::memcpy(at, little_endian(real ? bits_of(cell.real) : static_cast<std::uint64_t>(cell.integer)).bytes,
                8);
  }
  used_ += 1 + 8 + size;
  return true;
}

RowHash RowHasher::hash(std::span<const Cell> row) {
  if (sha256_) sha256_->reset();
  first_ = 0;
  used_ = names_;
  streaming_ = false;
  for (std::size_t i = 0; i < types_.size(); ++i) {
    const Cell& cell = row[i];
    const bool jsonb = types_[i] == TypeKind::jsonb && !cell.is_null();
    if (!jsonb && put(cell)) continue;
    switch (cell.kind) {
      case CellKind::null:
        append(std::string_view("\0", 1));
        break;
      case CellKind::integer:
        append_value(little_endian(static_cast<std::uint64_t>(cell.integer)).view());
        break;
      case CellKind::real:
        append_value(little_endian(bits_of(cell.real)).view());
        break;
      case CellKind::text:
      case CellKind::blob:
        if (jsonb) {
          append_jsonb(cell.bytes);
        } else {
          append_value(cell.bytes);
        }
        break;
    }
  }
  const std::string_view rest = std::string_view(buffer_).substr(first_, used_ - first_);
  RowHash hash;
  if (streaming_) {
    stream_.update(rest);
    hash.xxh3 = stream_.digest();
  } else {
    hash.xxh3 = xxh3_128(rest);
  }
  if (sha256_) {
    sha256_->update(rest);
    hash.sha256 = sha256_->digest();
  }
  return hash;
}

void RowHasher::append_jsonb(std::string_view text) {
  scratch_.clear();
  const JsonFault fault = append_canonical_json(text, scratch_);
  if (fault != JsonFault::none) {
    throw Error(ErrorCode::system, "a jsonb value cannot be hashed: " + quote_for_message(text) + " " +
                                       std::string(describe(fault)));
  }
  append_value(scratch_);
  if (scratch_.capacity() > kPiece) std::string().swap(scratch_);
}

}  // namespace planrun
