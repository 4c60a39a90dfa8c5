// Texts of a UTF-16 database that are none: with a surrogate that stands alone.
#pragma once

#include <string>

#include <sqlite3.h>

namespace planrun {

/// True: the value is such a text, and `text` becomes its units in UTF-8's form, the lone ones too, which is
/// no UTF-8. SQLite's own conversion would make another text of it without a word. To be asked before the
/// value is read in any other way.
bool read_broken_utf16(sqlite3_value* value, std::string& text);

}  // namespace planrun
