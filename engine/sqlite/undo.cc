#include "sqlite/undo.h"

#include "sqlite/back_reader.h"
#include "sqlite/later_objects.h"
#include "sqlite/step_work.h"
#include "sqlite/take_back.h"

namespace planrun {
namespace {

class SqliteUndo : public UndoTransaction {
 public:
  SqliteUndo(TargetConnection& target, std::string run)
      : ledger_(target.ledger()),
        connection_(target.writing()),
        run_(std::move(run)),
        transaction_(target.file(), connection_) {}

  std::vector<TableState> look(std::span<const TableSchema* const> tables,
                               std::span<const std::string> own) override {
    return look_for_later(*connection_, tables, own);
  }

  std::vector<ObjectState> look_at(std::span<const SchemaObject* const> objects,
                                   std::span<const std::string> own) override {
    return look_for_later_of_objects(*connection_, objects, own);
  }

  std::vector<LaterWriter> later_writers(std::span<const TableSchema* const> tables) override {
    return find_later_writers(*connection_, ledger_, run_, tables);
  }

  std::unique_ptr<BackReader> read_back(const ReadBack& request) override {
    return read_part(connection_, request);
  }

  std::vector<ChangedRow> changed_rows(const TableSchema& table, std::size_t limit) override {
    return find_changed_rows(*connection_, ledger_, run_, table, CountedRows::written, limit);
  }
  std::int64_t take_back_rows(const TableSchema& table) override {
    return take_rows_back(*connection_, ledger_, run_, table);
  }
  void undo(const std::string& step, std::span<const std::string> statements) override;

  void commit() override {
    drop_what_sqlite_made();
    transaction_.commit();
  }

 private:
  bool is_table(const std::string& name) {
    Statement row(*connection_,
                  "select 1 from sqlite_schema where type = 'table' and name = ?1 collate nocase");
    row.bind(1, std::string_view(name));
    return row.step();
  }
  bool is_empty(const std::string& table) {
    Statement row(*connection_, "select 1 from " + table + " limit 1");
    return !row.step();
  }
  void drop_what_sqlite_made();
  void drop_sequences();

  const SqliteLedgerTables& ledger_;
  std::shared_ptr<SqliteConnection> connection_;
  std::string run_;
  WriteTransaction transaction_;
};

void SqliteUndo::undo(const std::string& step, std::span<const std::string> statements) {
  connection_->execute("savepoint planrun_undo");
  try {
    for (const auto& statement : statements) run_step_text(*connection_, statement);
  } catch (const Error&) {
    connection_->execute("rollback to planrun_undo; release planrun_undo");
    throw;
  }
  connection_->execute("release planrun_undo");
  Statement row(*connection_, "update " + ledger_.step +
                                  " set state = 'undone' where run = ?1 and id = ?2 and state = 'done'");
  row.bind(1, std::string_view(run_)).bind(2, std::string_view(step)).run();
  if (sqlite3_changes64(connection_->get()) != 1) {
    throw Error(ErrorCode::system, "step " + step + " of run " + run_ + " is not done");
  }
}

/// ANALYZE and AUTOINCREMENT make tables of SQLite's own, which a dropped table leaves behind, empty.
void SqliteUndo::drop_what_sqlite_made() {
  for (const std::string table : {"sqlite_stat1", "sqlite_stat4"}) {
    if (is_table(table) && is_empty(table)) connection_->execute("drop table " + table);
  }
  drop_sequences();
}

/// SQLite does not drop sqlite_sequence by that name (https://www.sqlite.org/fileformat2.html#seqtab); by
/// another one it is a table like others, and its page becomes free.
void SqliteUndo::drop_sequences() {
  if (!is_table("sqlite_sequence") || !is_empty("sqlite_sequence")) return;
  {
    Statement numbered(*connection_,
                       "select 1 from sqlite_schema where type = 'table' and sql like '%autoincrement%'");
    if (numbered.step()) return;
  }
  connection_->execute(
      "pragma writable_schema = on;"
      "update sqlite_schema set name = 'planrun_no_sequence', tbl_name = 'planrun_no_sequence', "
      "sql = 'CREATE TABLE planrun_no_sequence (name, seq)' where name = 'sqlite_sequence';"
      "pragma writable_schema = reset;"
      "drop table planrun_no_sequence");
}

}  // namespace

std::unique_ptr<UndoTransaction> begin_undo(TargetConnection& target, const std::string& run) {
  return std::make_unique<SqliteUndo>(target, run);
}

}  // namespace planrun
