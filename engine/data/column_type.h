// The types a target column may have, and the cell each one's values travel in.
#pragma once

#include <cstdint>
#include <string>

namespace planrun {

/// Cells of a target value, by type:
/// - boolean, smallint, integer, bigint: integer (boolean 0 or 1)
/// - real, double_precision: real (for real: exactly a float)
/// - numeric: text, a canonical decimal (base/decimal.h), or NaN, Infinity, -Infinity
/// - text, varchar, json: text
/// - char_: text without its padding
/// - jsonb: text, as the source wrote it
/// - text_array: text, a JSON array of strings and nulls, compact (one dimension)
/// - other: text, as `select x::TYPE::text` answers
/// - bytea: blob
/// - date: integer, days since 1970-01-01
/// - time: integer, microseconds of the day
/// - timestamp, timestamptz: integer, microseconds since 1970-01-01 00:00 (UTC)
/// - date, timestamp, timestamptz: also kLatest and kEarliest (base/time.h), the infinities
/// - interval: blob of 16 bytes, big-endian: microseconds (8), days (4), months (4)
/// - uuid: blob of 16 bytes
enum class TypeKind : std::uint8_t {
  boolean,
  smallint,
  integer,
  bigint,
  real,
  double_precision,
  numeric,
  text,
  varchar,
  char_,
  bytea,
  date,
  time,
  timestamp,
  timestamptz,
  interval,
  uuid,
  json,
  jsonb,
  text_array,
  other,
};

struct ColumnType {
  TypeKind kind = TypeKind::text;
  int length = 0;      // varchar(n), char(n): characters; 0 without limit
  int precision = -1;  // numeric(p,s): digits; times: fraction digits 0..6; -1 without limit
  int scale = 0;       // numeric(p,s); meaningless while precision is -1
  std::string sql;     // as PostgreSQL writes it: "varchar(50)", "numeric(12,2)", "inet"
  friend bool operator==(const ColumnType&, const ColumnType&) = default;
};

/// What a target cannot hold although the type can; such a value is rejected by name.
struct ValueLimits {
  bool no_signed_zero_or_nan = false;  // -0.0 and NaN of real and double precision
  bool numeric_as_double = false;  // numeric whose decimal no integer or double prints, unless stored as text
};

}  // namespace planrun
