#include "draft/names.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "sql/definition.h"

namespace planrun {
namespace {

constexpr std::size_t kDigestDigits = 8;

/// At most `bytes` of it, whole characters.
std::string cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string(text.substr(0, bytes));
}

std::string usable(std::string_view wanted, std::string_view spare) {
  std::string name = replace_invalid_utf8(wanted);
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = '_';
  }
  if (name.empty() || name == "*") name = spare;
  if (name.size() <= kLongestName) return name;
  // Names that are the same for 63 bytes stay apart.
  const std::string digest = sha256_hex(wanted).substr(0, kDigestDigits);
  return cut(name, kLongestName - kDigestDigits - 1) + "_" + digest;
}

}  // namespace

bool TakenNames::has(std::string_view name) const {
  return names_.contains(folded(name));
}

std::string TakenNames::take(std::string_view wanted, std::string_view spare) {
  const std::string first = usable(wanted, spare);
  std::string name = first;
  for (int i = 2; has(name); ++i) {
    const std::string number = "_" + std::to_string(i);
    name = cut(first, kLongestName - number.size()) + number;
  }
  names_.insert(folded(name));
  return name;
}

std::string TakenNames::folded(std::string_view name) const {
  return by_case_ ? std::string(name) : to_lower_ascii(name);
}

std::string plain_name(std::string_view text, std::string_view spare) {
  std::string name;
  for (const char c : text) {
    const bool plain = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (plain)
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  name = cut(name, 40);
  return name.empty() ? std::string(spare) : name;
}

}  // namespace planrun
