// A source row that was kept out of the target, and why.
#pragma once

#include <string>

#include "data/key.h"

namespace planrun {

struct Reject {
  std::string source;  // the plan's name of the source
  std::string table;   // source table
  Key key;
  std::string column;  // target column; empty where the whole row is meant
  std::string
      value;  // for a person: quote_for_message of the value, with its storage class: integer 2, text 'abc'
  std::string reason;  // "2 is no boolean; using = \"boolean\" takes any integer"
  std::string row;     // the source row, a JSON object by source column, lossless as in key.h
};

/// "source.table key 12, column enabled: integer 2: reason"
std::string to_text(const Reject& reject);

}  // namespace planrun
