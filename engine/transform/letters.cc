#include "transform/letters.h"

#include <array>

#include "base/json_text.h"

namespace planrun {

namespace {

constexpr unsigned kInvalid = 0xFFFFFFFF;

// Takes one code point off `text`; kInvalid and one byte where there is none.
unsigned take(std::string_view& text, std::string_view& bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xC2 && first < 0xE0 ? 2
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xF0 && first < 0xF5 ? 4
                                                           : 0;
  bool valid = size > 0 && size <= text.size();
  unsigned code = size == 1 ? first : first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; valid && i < size; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    code = code << 6 | (byte(i) & 0x3F);
  }
  bytes = text.substr(0, valid ? size : 1);
  text.remove_prefix(bytes.size());
  return valid ? code : kInvalid;
}

unsigned lower(unsigned code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 0x20 : code;
  if (code >= 0xC0 && code <= 0xDE) return code == 0xD7 ? code : code + 0x20;
  if (code == 0x130) return 'i';
  if (code == 0x178) return 0xFF;
  // Latin Extended-A: capitals are even up to U+0137 and from U+014A, odd between.
  if ((code >= 0x100 && code <= 0x137) || (code >= 0x14A && code <= 0x177)) return code | 1;
  if ((code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E)) return code + (code & 1);
  if (code >= 0x391 && code <= 0x3A9 && code != 0x3A2) return code + 0x20;
  if (code == 0x386) return 0x3AC;
  if (code >= 0x388 && code <= 0x38A) return code + 37;
  if (code == 0x38C) return 0x3CC;
  if (code == 0x38E || code == 0x38F) return code + 63;
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

// Small letters U+00DF to U+017E without their accents; empty where it is no letter.
std::string_view plain(unsigned code) {
  static constexpr std::array<std::string_view, 33> kLatin1 = {
      "ss", "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i",  "i", "i",
      "d",  "n", "o", "o", "o", "o", "o", "",   "o", "u", "u", "u", "u", "y", "th", "y"};
  if (code >= 0xDF && code <= 0xFF) return kLatin1[code - 0xDF];
  struct Letters {
    unsigned last;
    std::string_view text;
  };
  static constexpr std::array<Letters, 23> kExtended = {
      {{0x105, "a"},  {0x10D, "c"},  {0x111, "d"},  {0x11B, "e"}, {0x123, "g"}, {0x127, "h"},
       {0x131, "i"},  {0x133, "ij"}, {0x135, "j"},  {0x138, "k"}, {0x142, "l"}, {0x149, "n"},
       {0x14B, "ng"}, {0x151, "o"},  {0x153, "oe"}, {0x159, "r"}, {0x161, "s"}, {0x167, "t"},
       {0x173, "u"},  {0x175, "w"},  {0x178, "y"},  {0x17E, "z"}, {0x17F, "s"}}};
  if (code >= 0x100 && code <= 0x17F) {
    for (const Letters& letters : kExtended) {
      if (code <= letters.last) return letters.text;
    }
  }
  return {};
}

bool is_plain(unsigned code) {
  return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
}

// Beyond Latin all is a letter but the blocks of signs and blanks.
bool is_foreign_letter(unsigned code) {
  return code > 0x17F && code != kInvalid && !(code >= 0x2000 && code <= 0x2BFF) &&
         !(code >= 0x3000 && code <= 0x303F) && !(code >= 0xFE00 && code <= 0xFE0F) && code < 0x1F000;
}

}  // namespace

void append_lower(std::string_view text, std::string& out) {
  std::string_view bytes;
  while (!text.empty()) {
    const unsigned code = take(text, bytes);
    const unsigned small = code == kInvalid ? code : lower(code);
    if (small == code) {
      out += bytes;
    } else {
      append_utf8(small, out);
    }
  }
}

void append_slug(std::string_view text, std::string& out) {
  const std::size_t begin = out.size();
  bool between = false;
  std::string_view bytes;
  while (!text.empty()) {
    const unsigned code = take(text, bytes);
    const unsigned small = code == kInvalid ? code : lower(code);
    const std::string_view latin = plain(small);
    if (!is_plain(small) && latin.empty() && !is_foreign_letter(small)) {
      between = true;
      continue;
    }
    if (between && out.size() > begin) out += '-';
    between = false;
    if (!latin.empty()) {
      out += latin;
    } else {
      append_utf8(small, out);
    }
  }
}

}  // namespace planrun
