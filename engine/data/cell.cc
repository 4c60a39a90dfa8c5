#include "data/cell.h"

namespace planrun {

std::string_view to_string(CellKind kind) {
  switch (kind) {
    case CellKind::null:
      return "null";
    case CellKind::integer:
      return "integer";
    case CellKind::real:
      return "real";
    case CellKind::text:
      return "text";
    case CellKind::blob:
      break;
  }
  return "blob";
}

}  // namespace planrun
