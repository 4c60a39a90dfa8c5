// A target database with a ledger and one table under load.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/postgres.h"
#include "sql/definition.h"
#include "support/support.h"

namespace planrun::test {

inline constexpr const char* kRun = "20261120T231500Z-3f2a";

/// Column NAME with a PostgreSQL definition, its keys and checks put into `table`.
void add_column(TableSchema& table, const std::string& name, const std::string& definition,
                const std::vector<std::string>& types = {});
TableSchema make_table(const std::string& name,
                       const std::vector<std::pair<std::string, std::string>>& columns,
                       const std::vector<std::string>& types = {});

/// The step of a table's creation, with its chunks.
StepWork create_work(const Dialect& dialect, const TableSchema& table, std::vector<Chunk> chunks);
/// All columns of a table, in order.
LoadTarget all_columns(const TableSchema& table);
ReadBack read_all(const TableSchema& table);
Key integer_key(std::int64_t value);
/// A result whose balance and digest say `rows` rows written.
ChunkResult result_of(std::int64_t rows);

/// What happened, in an Error.
struct Failure {
  std::optional<Error> error;
  std::string message() const { return error ? error->what() : "nothing was thrown"; }
};
template <typename Work>
Failure failure_of_work(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error};
  }
  return {};
}

/// A database of its own, opened as a target; a run in its ledger.
class PostgresFixture {
 public:
  PostgresFixture();
  std::unique_ptr<TargetDatabase> open(const std::string& url) const;
  /// Writes the run with a create step for each table, creates them, and makes the chunks pending.
  void begin(const std::vector<const TableSchema*>& tables, std::vector<Chunk> chunks);
  std::unique_ptr<ChunkTransaction> claim(Target& target, const TableSchema& table) const;
  /// Where the role is called like the ledger's schema, psql's own search path would lead there.
  std::string psql(const std::string& sql) const { return postgres.psql("set search_path = public; " + sql); }

  TempPostgres postgres;
  std::unique_ptr<TargetDatabase> database;
  std::unique_ptr<Ledger> ledger;
};

}  // namespace planrun::test
