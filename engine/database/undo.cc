#include "database/undo.h"

namespace planrun {

Error cannot_restore(const std::string& table, const std::string& key, const Error& why) {
  return Error(ErrorCode::refused,
               "nothing was taken back: row " + key + " of table " + table +
                   " cannot be what it was before the run: " + why.what(),
               "change what others have put in its way since (a row with a value of its own, a constraint), "
               "then run the same command again; --discard-later does not");
}

}  // namespace planrun
