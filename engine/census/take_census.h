// Reads every value of a database once.
#pragma once

#include <atomic>

#include "census/census.h"
#include "database/dialect.h"

namespace planrun {

/// Damage in one table is told in its census, and the others are still read. Memory does not grow with the
/// rows. `sqlite` says what a SQLite target does not have of a source that types its columns. Throws
/// Error(source) where the schema cannot be read, Error(interrupted) once `stop` is set.
DatabaseCensus take_census(Inspector& database, const Dialect& sqlite, const std::atomic<bool>& stop);

}  // namespace planrun
