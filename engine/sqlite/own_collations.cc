#include "sqlite/own_collations.h"

#include <algorithm>
#include <cstring>

namespace planrun {
namespace {

int compare_bytes(void*, int a_size, const void* a, int b_size, const void* b) {
  const int order = std::memcmp(a, b, static_cast<std::size_t>(std::min(a_size, b_size)));
  return order != 0 ? order : a_size - b_size;
}

void stand_in(void*, sqlite3* database, int encoding, const char* name) {
  sqlite3_create_collation(database, name, encoding, nullptr, compare_bytes);
}

}  // namespace

void stand_in_for_collations(SqliteConnection& connection) {
  sqlite3_collation_needed(connection.get(), nullptr, stand_in);
}

}  // namespace planrun
