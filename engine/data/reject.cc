#include "data/reject.h"

namespace planrun {

std::string_view to_string(RejectKind kind) {
  return kind == RejectKind::merged ? "merged" : "rejected";
}

std::string to_text(const Reject& reject) {
  std::string out = reject.source + "." + reject.table;
  if (!reject.key.values.empty()) out += " key " + to_text(reject.key);
  if (!reject.column.empty()) out += ", column " + reject.column;
  if (!reject.value.empty()) out += ": " + reject.value;
  return out + ": " + reject.reason;
}

}  // namespace planrun
