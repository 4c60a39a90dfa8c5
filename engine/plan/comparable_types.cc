#include "plan/comparable_types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace planrun {
namespace {

enum class Family { integer, numeric, floating, text, moment, time, interval, alone, unknown };

Family family(TypeKind kind) {
  switch (kind) {
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return Family::integer;
    case TypeKind::numeric:
      return Family::numeric;
    case TypeKind::real:
    case TypeKind::double_precision:
      return Family::floating;
    case TypeKind::text:
    case TypeKind::varchar:
    case TypeKind::char_:
      return Family::text;
    case TypeKind::date:
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return Family::moment;
    case TypeKind::time:
      return Family::time;
    case TypeKind::interval:
      return Family::interval;
    case TypeKind::other:
      return Family::unknown;
    default:
      return Family::alone;
  }
}

}  // namespace

// Every pair of types was tried on PostgreSQL 15.
bool may_refer_to(const ColumnType& from, const ColumnType& to) {
  const Family a = family(from.kind);
  const Family b = family(to.kind);
  if (a == Family::unknown || b == Family::unknown) return true;
  if (a == Family::integer) return b == Family::integer || b == Family::numeric || b == Family::floating;
  if (a == Family::numeric) return b == Family::numeric || b == Family::floating;
  if (a == Family::time) return b == Family::time || b == Family::interval;
  return a == Family::alone ? from.kind == to.kind : a == b;
}

bool has_operator_class(const ColumnType& type, const std::string& method) {
  if (method != "btree" && method != "hash") return true;
  if (type.kind == TypeKind::json) return false;
  constexpr std::array<std::string_view, 8> kNeither = {"xml", "point", "line",    "lseg",
                                                        "box", "path",  "polygon", "circle"};
  constexpr std::array<std::string_view, 5> kNoHash = {"money", "bit", "varbit", "bit varying", "tsvector"};
  const std::string name = to_lower_ascii(type.sql.substr(0, type.sql.find('(')));
  if (std::find(kNeither.begin(), kNeither.end(), name) != kNeither.end()) return false;
  return method != "hash" || std::find(kNoHash.begin(), kNoHash.end(), name) == kNoHash.end();
}

}  // namespace planrun
