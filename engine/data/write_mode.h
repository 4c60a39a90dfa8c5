// How the rows of a load meet the rows that are in the table.
#pragma once

namespace planrun {

enum class WriteMode {
  insert,          // a row of the same key is a mistake
  insert_missing,  // a row of the same key stays as it is
  upsert,          // a row of the same key takes the loaded columns; its others stay as they are
  replace,         // a row of the same key takes the loaded columns; its others go back to their defaults
};

}  // namespace planrun
