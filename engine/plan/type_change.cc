#include "plan/type_change.h"

#include <array>
#include <limits>

namespace planrun {

namespace {

// Decimal digits before the point that always fit; 0: no integer type.
int integer_digits(TypeKind kind) {
  switch (kind) {
    case TypeKind::smallint:
      return 5;
    case TypeKind::integer:
      return 10;
    case TypeKind::bigint:
      return 19;
    default:
      return 0;
  }
}

bool is_float(TypeKind kind) {
  return kind == TypeKind::real || kind == TypeKind::double_precision;
}

bool is_number(TypeKind kind) {
  return integer_digits(kind) > 0 || is_float(kind) || kind == TypeKind::numeric;
}

bool is_text(TypeKind kind) {
  return kind == TypeKind::text || kind == TypeKind::varchar || kind == TypeKind::char_;
}

bool is_time(TypeKind kind) {
  return kind == TypeKind::date || kind == TypeKind::timestamp || kind == TypeKind::timestamptz;
}

TypeChange by_room(bool fits) {
  return fits ? TypeChange::widened : TypeChange::narrowed;
}

TypeChange numeric_change(const ColumnType& before, const ColumnType& now) {
  if (now.precision < 0) return TypeChange::widened;
  if (before.precision < 0) return TypeChange::narrowed;
  return by_room(now.scale >= before.scale && now.precision - now.scale >= before.precision - before.scale);
}

TypeChange number_change(const ColumnType& before, const ColumnType& now) {
  const int digits = integer_digits(before.kind);
  const int new_digits = integer_digits(now.kind);
  if (digits > 0 && new_digits > 0) return by_room(new_digits > digits);
  if (before.kind == TypeKind::numeric && now.kind == TypeKind::numeric) return numeric_change(before, now);
  if (digits > 0 && now.kind == TypeKind::numeric)
    return by_room(now.precision < 0 || now.precision - now.scale >= digits);
  // A double holds integers of up to 53 bits exactly, a real of up to 24.
  if (digits > 0 && is_float(now.kind)) {
    const bool exact = now.kind == TypeKind::double_precision ? digits < 19 : digits == 5;
    return exact ? TypeChange::widened : TypeChange::lossy;
  }
  if (is_float(before.kind) && is_float(now.kind))
    return now.kind == TypeKind::double_precision ? TypeChange::widened : TypeChange::lossy;
  return is_float(now.kind) ? TypeChange::lossy : TypeChange::narrowed;
}

// Characters that it holds.
int room(const ColumnType& type) {
  return type.length == 0 ? std::numeric_limits<int>::max() : type.length;
}

TypeChange text_change(const ColumnType& before, const ColumnType& now) {
  if (room(now) < room(before)) return TypeChange::narrowed;
  // Trailing blanks mean nothing in char(n).
  const bool padding = (before.kind == TypeKind::char_) != (now.kind == TypeKind::char_);
  return padding ? TypeChange::other : TypeChange::widened;
}

TypeChange time_change(const ColumnType& before, const ColumnType& now) {
  if (before.kind == now.kind)
    return by_room(now.precision < 0 || (before.precision >= 0 && now.precision >= before.precision));
  if (before.kind == TypeKind::date)
    return now.kind == TypeKind::timestamp ? TypeChange::widened : TypeChange::other;
  if (now.kind == TypeKind::date || now.kind == TypeKind::timestamp) return TypeChange::lossy;
  return TypeChange::other;
}

}  // namespace

std::string_view to_string(TypeChange change) {
  constexpr std::array<std::string_view, 5> kNames = {"same", "widened", "narrowed", "lossy",
                                                      "of another kind"};
  return kNames.at(static_cast<std::size_t>(change));
}

TypeChange type_change(const ColumnType& before, const ColumnType& now) {
  if (before.kind == now.kind && before.length == now.length && before.precision == now.precision &&
      before.scale == now.scale && before.sql == now.sql)
    return TypeChange::same;
  if (is_number(before.kind) && is_number(now.kind)) return number_change(before, now);
  if (is_text(before.kind) && is_text(now.kind)) return text_change(before, now);
  if (is_time(before.kind) && is_time(now.kind)) return time_change(before, now);
  if (before.kind == TypeKind::time && now.kind == TypeKind::time) return time_change(before, now);
  const bool into_json = now.kind == TypeKind::json || now.kind == TypeKind::jsonb;
  if (is_text(before.kind) && !into_json) return TypeChange::narrowed;
  if (now.kind == TypeKind::boolean && is_number(before.kind)) return TypeChange::narrowed;
  return TypeChange::other;
}

}  // namespace planrun
