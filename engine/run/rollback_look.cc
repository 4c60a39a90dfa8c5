#include "run/rollback_look.h"

#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/canonical.h"
#include "load/road.h"

namespace planrun {
namespace {

constexpr std::size_t kShownChanged = 10;

// What each load has written: what the run's committed chunks say, less what was taken out again.
std::map<std::string, Digest> written_by_load(const std::vector<ChunkRecord>& chunks) {
  std::map<std::string, Digest> written;
  for (const auto& chunk : chunks) {
    if (chunk.done) written[chunk.chunk.load] += chunk.result.digest;
  }
  return written;
}

ResolvedLoad any_column() {
  ResolvedLoad load;
  load.columns.emplace_back();
  return load;
}

void add_if_moved(const TableState& found, RolledBackTable& table) {
  if (found.exists) return;
  if (!found.instead.empty())
    table.discarded.push_back("not there, and a " + found.instead + " has its name");
  if (found.alike.empty()) return;
  table.discarded.push_back("not there, but " + join(found.alike, " and ") +
                            " has its columns: if it was renamed, its rows stay under that name");
}

void add_changed_rows(UndoTransaction& undo, const TableSchema& schema, RolledBackTable& table) {
  const auto changed = undo.changed_rows(schema, kShownChanged + 1);
  if (changed.empty()) return;
  std::vector<std::string> keys;
  for (const auto& row : changed) keys.push_back(row.key + (row.gone ? " (gone)" : ""));
  if (keys.size() > kShownChanged) keys.back() = "...";
  table.discarded.push_back("rows were changed after the run wrote them: " + join(keys, ", "));
}

// By a column that is left; 0 where none is, or it cannot be read.
std::int64_t count_rows(UndoTransaction& undo, const TableSchema& table,
                        const std::set<std::string>& missing) {
  ReadBack request;
  request.table = &table;
  for (std::size_t i = 0; i < table.columns.size() && request.columns.empty(); ++i) {
    if (!missing.contains(table.columns[i].name)) request.columns.push_back(i);
  }
  if (request.columns.empty()) return 0;
  std::vector<Cell> row(1);
  std::int64_t rows = 0;
  const auto reader = undo.read_back(request);
  try {
    while (reader->next(row)) ++rows;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::target || error.retryable()) throw;
  }
  return rows;
}

}  // namespace

RollbackFindings RollbackLook::look(UndoTransaction& undo, const std::vector<StepRecord>& steps,
                                    std::span<const std::string> own, bool has_undone,
                                    const std::function<void()>& keep_going) {
  std::vector<const ResolvedTable*> made;
  std::vector<const TableSchema*> schemas;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (step->kind != kCreateStep) continue;
    made.push_back(&run_.table_of(*step));
    schemas.push_back(&made.back()->schema);
  }
  for (const auto& step : steps) {
    if (step.kind == kBeginStep) schemas.push_back(&run_.table_of(step).schema);
  }
  const auto states = undo.look(schemas, own);
  auto written = written_by_load(ledger_.chunks(run_.record().id));
  const auto later = undo.later_writers(schemas);
  RollbackFindings found;
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    keep_going();
    const TableState& state = states[i];
    const bool existed = i >= made.size();
    RolledBackTable table{schemas[i]->name, state.exists, existed, 0, {}};
    if (existed && !state.exists)
      table.discarded.push_back("the table is gone, and what its rows were before cannot be put back");
    Digest expected;
    for (const auto& load : existed ? std::vector<ResolvedLoad>() : made[i]->loads)
      expected += written[load.name];
    if (!existed && state.exists) {
      if (state.missing.empty()) {
        look_at_rows(undo, *made[i], expected, has_undone, table);
      } else {
        table.rows = count_rows(undo, *schemas[i], state.missing);
      }
    }
    // What somebody has put into a column since goes with the run's rows.
    for (const auto& column : state.columns) table.discarded.push_back(column);
    for (const auto& object : existed ? std::vector<LaterObject>() : state.later)
      table.discarded.push_back(object.what);
    add_if_moved(state, table);
    if (existed) add_changed_rows(undo, *schemas[i], table);
    for (const auto& writer : later) {
      if (writer.table != table.table) continue;
      table.discarded.push_back("run " + writer.run + " of plan " + writer.plan +
                                " has written or found since what this run wrote: " +
                                counted(writer.rows, "row") + "; take that run back first");
    }
    for (const auto& what : table.discarded) found.refusals.push_back("table " + table.table + ": " + what);
    found.tables.emplace(table.table, LookedAtTable{state, table});
  }
  for (const auto& step : steps) look_at_object(undo, step, own, found);
  look_at_restored_keys(steps, found.refusals);
  for (const auto& step : steps) {
    if (run_.cannot_be_undone(step))
      found.refusals.push_back("[[sql]] " + run_.object_of(step)->name + " has no `undo`: what it did stays");
  }
  return found;
}

void RollbackLook::look_at_object(UndoTransaction& undo, const StepRecord& step,
                                  std::span<const std::string> own, RollbackFindings& found) const {
  const SchemaObject* object = run_.object_of(step);
  if (object == nullptr || object->kind == ObjectKind::sql) return;
  ObjectState state = undo.look_at(std::span(&object, 1), own).front();
  const std::string what = std::string(to_string(object->kind)) + " " + object->name + ": ";
  if (!state.instead.empty())
    found.refusals.push_back(what + "not there, and a " + state.instead + " has its name");
  for (const auto& later : state.later) found.refusals.push_back(what + later.what);
  found.objects.insert_or_assign(step.id, std::move(state));
}

// Reads the table's rows and says in `out` what of them is not the run's.
void RollbackLook::look_at_rows(UndoTransaction& undo, const ResolvedTable& table, const Digest& expected,
                                bool has_undone, RolledBackTable& out) {
  ReadBack request;
  request.table = &table.schema;
  // A table without a load must be empty: one column tells.
  const ResolvedLoad load = table.loads.empty() ? any_column() : table.loads.front();
  for (const auto& column : load.columns) request.columns.push_back(column.column);
  RowHasher hasher = row_hasher(table, load);
  std::vector<Cell> row(request.columns.size());
  Digest found;
  const auto reader = undo.read_back(request);
  try {
    while (reader->next(row)) found.add(hasher.hash(row));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::target || error.retryable()) throw;
    // A run writes nothing that cannot be read back.
    out.rows = found.rows;
    out.discarded.push_back(with_thousands(found.rows) + " rows could be read: " + error.what());
    return;
  }
  out.rows = found.rows;
  if (found == expected) return;
  std::string what =
      with_thousands(found.rows) + " rows found, " + with_thousands(expected.rows) + " written by the run";
  if (found.rows == expected.rows) what += ", but not all with what the run wrote";
  const auto keys = keys_of(table.schema.name, found, has_undone);
  if (!keys.empty()) what += ": " + join(keys, "; ");
  out.discarded.push_back(std::move(what));
}

// Up to ten rows that differ; none where that is not known.
std::vector<std::string> RollbackLook::keys_of(const std::string& table, const Digest& found,
                                               bool has_undone) {
  if (!differing_) return {};
  const auto known = named_.find(table);
  if (has_undone) {
    return known != named_.end() && known->second.found == found ? known->second.keys
                                                                 : std::vector<std::string>();
  }
  const NamedRows& named = named_[table] = {found, differing_(table)};
  return named.keys;
}

// A key that the run has put back whole, and that is another one or gone since, is somebody's doing.
void RollbackLook::look_at_restored_keys(const std::vector<StepRecord>& steps,
                                         std::vector<std::string>& refusals) const {
  std::set<std::string> done;
  for (const auto& step : steps) done.insert(step.id);
  for (const auto& step : steps) {
    if (step.kind != kDropKeyStep) continue;
    const ForeignKeySchema& key = run_.key_of(step);
    const std::string last = key.is_validated ? "validate " : "foreign_key ";
    if (!done.contains(last + step.table + " " + key.name) || run_.has_key_again(step)) continue;
    refusals.push_back("table " + step.table + ": foreign key " + key.name +
                       " is not what the run put back: " + key.definition);
  }
}

}  // namespace planrun
