#include "base/uuid.h"

#include <openssl/evp.h>

#include "base/error.h"
#include "base/text.h"

namespace planrun {

namespace {

constexpr std::size_t kUuidBytes = 16;

// RFC 9562, section 6.6.
constexpr std::pair<std::string_view, std::string_view> kNamespaces[] = {
    {"dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
    {"url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"},
    {"oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"},
    {"x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"}};

std::optional<std::string> uuid_bytes(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return std::nullopt;
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash != (text[i] == '-')) return std::nullopt;
    if (!is_dash) hex += text[i];
  }
  return from_hex(hex);
}

std::string sha1(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha1(), nullptr) != 1)
    throw Error(ErrorCode::system, "OpenSSL has no SHA-1");
  return {reinterpret_cast<const char*>(digest), size};
}

}  // namespace

std::optional<std::string> uuid_v5(std::string_view space, std::string_view name) {
  for (const auto& [known, uuid] : kNamespaces) {
    if (space == known) space = uuid;
  }
  auto bytes = uuid_bytes(space);
  if (!bytes) return std::nullopt;
  bytes->append(name);
  std::string id = sha1(*bytes).substr(0, kUuidBytes);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(id[i]); };
  id[6] = static_cast<char>((byte(6) & 0x0f) | 0x50);  // the version
  id[8] = static_cast<char>((byte(8) & 0x3f) | 0x80);  // the variant
  std::string text = to_hex(id);
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

}  // namespace planrun
