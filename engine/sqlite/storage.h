// How a target cell (data/column_type.h) is stored in SQLite, and read back as the same cell.
//
//   boolean, integers            INTEGER        real, double precision   REAL
//   numeric                      INTEGER, or REAL where it is no integer; TEXT with `storage = "text"`
//   date, time, timestamp        TEXT: YYYY-MM-DD, HH:MM:SS[.ffffff], YYYY-MM-DD HH:MM:SS[.ffffff]
//   timestamptz                  TEXT: the timestamp in UTC and +00:00
//   interval                     TEXT: ISO 8601, P1Y2M3DT4H5M6.5S, each part with its own sign
//   uuid                         TEXT: lower case
//   bytea                        BLOB           all others               TEXT
#pragma once

#include <string>
#include <string_view>

#include <sqlite3.h>

#include "data/cell.h"
#include "data/table_schema.h"

namespace planrun {

struct StoredColumn {
  TypeKind kind = TypeKind::text;
  bool as_text = false;  // numeric kept as TEXT
};
StoredColumn stored_column(const ColumnSchema& column);

/// The declared type in CREATE TABLE.
std::string storage_type(const ColumnSchema& column);

/// The value as SQLite stores it; its bytes are those of `cell` or of `scratch`. False: SQLite would change
/// the value, `reason` says how.
bool store_cell(StoredColumn column, const Cell& cell, Cell& stored, std::string& scratch,
                std::string& reason);

/// Binds a stored value; its bytes must outlive the step. False: SQLite refuses it.
bool bind_stored(sqlite3_stmt* statement, int parameter, const Cell& stored);

/// The cell that store_cell() stored; its bytes live until the statement moves on or `scratch` changes.
/// False: the value is none that store_cell() could have stored.
bool read_stored(sqlite3_value* value, StoredColumn column, Cell& cell, std::string& scratch);

}  // namespace planrun
