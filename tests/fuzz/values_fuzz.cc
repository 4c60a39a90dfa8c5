// The decoders of what stands in a user's rows and in the ledger. The first byte picks one; each either
// refuses the text or gives something that reads back as itself.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/canonical_json.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/time.h"
#include "data/key.h"

namespace {

using namespace planrun;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void try_json(std::string_view text) {
  std::string canonical = "kept";
  const JsonFault fault = append_canonical_json(text, canonical);
  if (fault != JsonFault::none) {
    require(canonical == "kept", "a fault appends nothing");
    require(fault != JsonFault::syntax || describe(fault) != "", "a fault has words");
    return;
  }
  require(is_json(text), "what has a canonical form is JSON");
  std::string again;
  require(append_canonical_json(canonical.substr(4), again) == JsonFault::none, "a canonical form is JSON");
  require(again == canonical.substr(4), "the canonical form of a canonical form is itself");
}

void try_key(std::string_view text) {
  std::string json;
  try {
    json = to_json(key_from_json(text));
  } catch (const Error&) {
    return;
  }
  require(to_json(key_from_json(json)) == json, "a key reads back as itself");
}

void try_time(std::string_view text) {
  std::string_view reason;
  const auto time = parse_iso_time(text, reason);
  if (!time) {
    require(!reason.empty(), "a refused time has a reason");
    return;
  }
  require(time->micros >= 0 && time->micros < kMicrosPerDay, "a time of day lies in its day");
  if (!time->has_date || !time->has_time) return;
  std::string printed;
  append_timestamp(time->days * kMicrosPerDay + time->micros, printed);
  const auto again = parse_iso_time(printed, reason);
  require(again && again->days == time->days && again->micros == time->micros, "a time reads back as itself");
}

void try_decimal(std::string_view text) {
  std::string canonical;
  if (!append_canonical_decimal(text, canonical)) {
    require(canonical.empty(), "a refused decimal appends nothing");
    return;
  }
  std::string again;
  require(append_canonical_decimal(canonical, again) && again == canonical,
          "a canonical decimal is its own form");
  const DecimalSize size = decimal_size(canonical);
  require(round_decimal(canonical, size.fraction_digits) == canonical,
          "rounding to all digits changes nothing");
  require(decimal_size(round_decimal(canonical, 2)).fraction_digits <= 2,
          "rounding leaves at most the digits asked for");
}

void try_double(std::string_view bytes) {
  double value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  if (!std::isfinite(value)) return;
  std::string printed;
  append_shortest_decimal(value, printed);
  require(std::strtod(printed.c_str(), nullptr) == value, "a double reads back as itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'j':
      try_json(rest);
      break;
    case 'k':
      try_key(rest);
      break;
    case 't':
      try_time(rest);
      break;
    case 'd':
      try_decimal(rest);
      break;
    default:
      try_double(rest);
  }
  return 0;
}
