#include "postgres/fixture.h"

#include "sql/quote.h"

namespace planrun::test {

void add_column(TableSchema& table, const std::string& name, const std::string& definition,
                const std::vector<std::string>& types) {
  auto parsed = parse_column_definition(name, definition, types);
  INFO(name << " " << definition << ": " << parsed.fault.message);
  REQUIRE(parsed);
  ColumnDefinition& column = *parsed.value;
  column.column.name = name;
  table.columns.push_back(column.column);
  for (auto& check : column.checks) {
    check.column = name;
    table.checks.push_back(check);
  }
  for (auto& key : column.keys) {
    key.columns = {name};
    if (key.name.empty()) {
      key.name = key.primary ? default_object_name(table.name, {}, "pkey")
                             : default_object_name(table.name, key.columns, "key");
    }
    table.keys.push_back(key);
  }
}

TableSchema make_table(const std::string& name,
                       const std::vector<std::pair<std::string, std::string>>& columns,
                       const std::vector<std::string>& types) {
  TableSchema table;
  table.name = name;
  for (const auto& [column, definition] : columns) add_column(table, column, definition, types);
  return table;
}

StepWork create_work(const Dialect& dialect, const TableSchema& table, std::vector<Chunk> chunks) {
  return {kRun, "create " + table.name, table.name, dialect.schema_steps(table)[0].statements,
          std::move(chunks)};
}

LoadTarget all_columns(const TableSchema& table) {
  LoadTarget load;
  load.load = table.name;
  load.table = &table;
  for (std::size_t i = 0; i < table.columns.size(); ++i) load.columns.push_back(i);
  return load;
}

ReadBack read_all(const TableSchema& table) {
  return {&table, all_columns(table).columns, "", 0, 1};
}

Key integer_key(std::int64_t value) {
  return rowid_key(value);
}

ChunkResult result_of(std::int64_t rows) {
  ChunkResult result;
  result.balance.rows_read = result.balance.rows_written = rows;
  result.digest.rows = rows;
  result.digest.sum = {static_cast<std::uint64_t>(rows), 7};
  return result;
}

PostgresFixture::PostgresFixture() : database(open(postgres.url())), ledger(database->open_ledger(true)) {}

std::unique_ptr<TargetDatabase> PostgresFixture::open(const std::string& url) const {
  return open_postgres_target({url, "the test's target", "public", "planrun"});
}

void PostgresFixture::begin(const std::vector<const TableSchema*>& tables, std::vector<Chunk> chunks) {
  RunRecord run;
  run.id = kRun;
  run.plan = "ora";
  run.started_at = 1;
  std::vector<StepRecord> steps;
  for (const auto* table : tables)
    steps.push_back({"create " + table->name, "create", table->name, {}, 0, ""});
  ledger->write_run(run, steps);
  const auto target = database->connect(kRun, 1);
  for (const auto* table : tables) {
    std::vector<Chunk> mine;
    for (const auto& chunk : chunks) {
      if (chunk.load == table->name) mine.push_back(chunk);
    }
    target->do_step(create_work(database->dialect(), *table, mine));
  }
}

std::unique_ptr<ChunkTransaction> PostgresFixture::claim(Target& target, const TableSchema& table) const {
  return target.claim({kRun, {all_columns(table)}, {}});
}

}  // namespace planrun::test
