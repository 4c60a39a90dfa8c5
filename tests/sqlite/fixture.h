// SQLite files made by the sqlite3 shell, and short ways to read them through the engine.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/canonical.h"
#include "sqlite/sqlite.h"
#include "support/support.h"

namespace planrun::test {

inline std::string cell_text(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return "null";
    case CellKind::integer:
      return std::to_string(cell.integer);
    case CellKind::real:
      return "r" + std::to_string(cell.real);
    case CellKind::text:
      return "'" + std::string(cell.bytes) + "'";
    case CellKind::blob:
      return "x" + to_hex(cell.bytes);
  }
  return {};
}

/// One line a row: its cells joined by |, or "dropped" or "failed: WHY"; with the key in front where asked.
inline std::vector<std::string> read_lines(Source& source, const ReadRequest& request,
                                           const Range& range = {}, bool with_key = false) {
  std::vector<std::string> lines;
  std::vector<Cell> row(request.inputs.size());
  const auto reader = source.read(request, range);
  for (auto outcome = reader->next(row); outcome != ReadOutcome::end; outcome = reader->next(row)) {
    std::string line = with_key ? to_json(reader->key()) + " " : "";
    if (outcome == ReadOutcome::dropped) line += "dropped";
    if (outcome == ReadOutcome::failed) line += "failed: " + reader->failure();
    for (std::size_t i = 0; outcome == ReadOutcome::row && i < row.size(); ++i) {
      line += (i == 0 ? "" : "|") + cell_text(row[i]);
    }
    lines.push_back(line);
  }
  REQUIRE(reader->next(row) == ReadOutcome::end);
  return lines;
}

inline ReadRequest columns_of(const std::string& table, const std::vector<std::string>& columns) {
  ReadRequest request;
  request.table = table;
  for (const auto& column : columns) request.inputs.push_back({column, {}});
  return request;
}

inline ForeignKeySchema foreign_key(const std::string& name, const std::vector<std::string>& columns,
                                    const std::string& table,
                                    const std::vector<std::string>& foreign_columns) {
  ForeignKeySchema key;
  key.name = name;
  key.columns = columns;
  key.table = table;
  key.foreign_columns = foreign_columns;
  return key;
}

/// A shell that has run `sql` and is killed with the file open, as a crash leaves it.
inline void leave_crashed(const std::filesystem::path& file, const std::string& sql) {
  write_file(file.parent_path().parent_path() / "crash.sql", sql + "\n.shell kill -9 $PPID\n");
  run_process({"sh", "-c",
               "sqlite3 '" + file.string() + "' < '" +
                   (file.parent_path().parent_path() / "crash.sql").string() + "'; true"});
}

/// Every file of a folder with its bytes and mtime.
inline std::map<std::string, std::string> folder_state(const std::filesystem::path& folder) {
  std::map<std::string, std::string> state;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto time = entry.last_write_time().time_since_epoch().count();
    state[entry.path().filename().string()] = std::to_string(time) + read_file(entry.path());
  }
  return state;
}

/// Code and message of the Error that `work` throws; "nothing" when it throws none.
inline std::string error_of(const std::function<void()>& work, ErrorCode code) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  return "nothing";
}

}  // namespace planrun::test
