// All that is in a target but the ledger, as the databases' own programs tell it.
#pragma once

#include <string>
#include <vector>

namespace planrun::test {

/// Schema (pg_dump, sqlite_schema), sequences, and every table's rows in order, of "sqlite:FILE" or a
/// PostgreSQL url. What does not exist is empty.
std::string target_state(const std::string& url);

/// stdout of a program; fails the test when it does.
std::string output_of(const std::vector<std::string>& arguments);

}  // namespace planrun::test
