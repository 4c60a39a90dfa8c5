// Letters without a locale: the same on every machine.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// Appends `text` with the capital letters of the Latin (U+0000 to U+017F), Greek and Cyrillic alphabets made
/// small; all else, also what is not UTF-8, as it stands.
void append_lower(std::string_view text, std::string& out);

/// Appends `text` as a slug: small letters and digits, one `-` for each run of anything else between them.
/// Latin letters up to U+017F lose their accents ("Müller & Söhne" is "muller-sohne"); letters beyond stay.
void append_slug(std::string_view text, std::string& out);

}  // namespace planrun
