// A source row that was kept out of the target, or some row that a transform made of it, and why.
#pragma once

#include <string>
#include <string_view>

#include "data/key.h"

namespace planrun {

enum class RejectKind {
  rejected,  // it does not fit
  merged,    // another row of its key was kept, and is not the same
};
std::string_view to_string(RejectKind kind);

struct Reject {
  std::string source;  // the plan's name of the source
  std::string table;   // source table
  Key key;
  std::string column;  // target column; empty where the whole row is meant
  std::string
      value;  // for a person: quote_for_message of the value, with its storage class: integer 2, text 'abc'
  std::string reason;  // "2 is no boolean; using = \"boolean\" takes any integer"
  std::string row;     // the source row, a JSON object by source column, lossless as in key.h
  RejectKind kind = RejectKind::rejected;
};

/// "source.table key 12, column enabled: integer 2: reason"
std::string to_text(const Reject& reject);

}  // namespace planrun
