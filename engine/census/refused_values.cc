#include "census/refused_values.h"

#include <algorithm>

namespace planrun {
namespace {

/// Types of which each value that PostgreSQL has goes into SQLite as it is.
bool goes_as_it_is(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::text:
    case TypeKind::varchar:
    case TypeKind::char_:
    case TypeKind::bytea:
    case TypeKind::uuid:
    case TypeKind::other:
      return true;
    default:
      return false;
  }
}

}  // namespace

RefusedCounter::RefusedCounter(const ColumnSchema& column, const ValueLimits& limits)
    : takes_all_(goes_as_it_is(column.type.kind)),
      sqlite_(make_rule(column, limits, false, 0)),
      any_(make_rule(column, {}, false, 0)) {}

void RefusedCounter::add(const Cell& cell, const RowPlace& place) {
  if (takes_all_ || cell.is_null()) return;
  Cell out;
  if (!sqlite_.fit(sqlite_, cell, out)) refuse(cell, place);
}

void RefusedCounter::refuse(const Cell& cell, const RowPlace& place) {
  Cell out;
  const bool by_all = !any_.fit(any_, cell, out);
  const std::string told = by_all ? any_.reason : sqlite_.reason;
  const std::string reason = told.substr(0, told.find("; using = "));
  auto found = std::ranges::find(refused_, reason, &RefusedValues::reason);
  if (found == refused_.end()) found = refused_.insert(refused_.end(), {reason, by_all, {}});
  tally(found->rows, place);
}

}  // namespace planrun
