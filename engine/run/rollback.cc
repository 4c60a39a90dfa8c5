#include "run/rollback.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "data/canonical.h"
#include "load/road.h"
#include "plan/recorded_plan.h"

namespace planrun {

namespace {

using Clock = std::chrono::steady_clock;

// How long a lost connection is tried again before the rollback stops; the same command goes on with it.
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kLedgerPause = std::chrono::milliseconds(500);
// The step that begins the loads into a table which exists.
constexpr const char* kBegin = "begin";
// Takes a foreign key off a table that exists.
constexpr const char* kDropKey = "drop_foreign_key";
constexpr const char* kForeignKeyViolated = "23503";
constexpr std::size_t kShownChanged = 10;

// "NAME" of a step "KIND TABLE NAME".
std::string name_in(const StepRecord& step) {
  const std::size_t before = step.kind.size() + step.table.size() + 2;
  return step.id.size() > before ? step.id.substr(before) : "";
}

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

// Steps that are undone in one transaction, and the tables that it locks.
struct UndoPiece {
  std::vector<StepRecord> steps;
  std::vector<std::string> tables;
};

struct LookedAtTable {
  TableState state;
  RolledBackTable table;
};

// A transaction that has looked at what is to be undone in it.
struct Look {
  std::unique_ptr<UndoTransaction> undo;
  std::map<std::string, LookedAtTable> tables;  // that the run has made
  std::vector<std::string> refusals;            // what of others would go
  std::set<std::string> undone;                 // steps that it has undone already
};

// In one target: begin() -> check() -> execute(), or leave_as_it_was().
class TakingBack {
 public:
  TakingBack(const RunInTarget& in, const RollbackOptions& options, const std::atomic<bool>& stop)
      : run_(*in.run),
        ledger_(*in.ledger),
        target_(*in.target),
        options_(options),
        differing_(in.differing),
        others_are_back_(in.others_are_back),
        stop_(stop),
        before_(run_.state),
        plan_(read_recorded_plan(run_.resolved_plan)),
        names_(plan_) {
    for (auto& object : schema_objects(Json::parse(run_.resolved_plan), target_.dialect().name())) {
      objects_.emplace(step_id(object), object);
    }
  }

  void begin() {
    summary_.plan = run_.plan;
    summary_.run = run_.id;
    summary_.target = target_.shown_url();
    for (const auto& step : ledger_.steps(run_.id)) {
      if (step.kind == "create") tables_.push_back(step.table);
      is_in_part_ = is_in_part_ || step.state == StepState::undone;
    }
    write_state(RunState::rolling_back);
  }

  /// Throws Error(refused) where something of others would go; takes nothing back.
  void check() {
    if (options_.discard_later) return;
    patiently([this] {
      const auto target = target_.connect(run_.id, 0);
      look_at_all(*target, pieces());
    });
  }

  void execute() {
    patiently([this] { undo_all(); });
    tell_made_tables();
    prove();
  }

  void end() { write_state(RunState::rolled_back); }

  /// Whether something of the run is taken back already, here or in a target before this one.
  bool has_begun() {
    const auto steps = ledger_.steps(run_.id);
    const auto is_undone = [](const StepRecord& step) { return step.state == StepState::undone; };
    return others_are_back_ || std::any_of(steps.begin(), steps.end(), is_undone);
  }

  /// What the run was before a rollback that was killed is not known any more; a failed one can go on.
  void leave_as_it_was() { write_state(before_ == RunState::rolling_back ? RunState::failed : before_); }

  const RollbackSummary& summary() const { return summary_; }

 private:
  void write_state(RunState state) {
    run_.state = state;
    run_.updated_at = now_micros();
    if (state == RunState::rolled_back) run_.finished_at = run_.updated_at;
    ledger_.write_run(run_, {});
  }

  // In the order in which the run made them, before those that it wrote into.
  void tell_made_tables() {
    std::vector<RolledBackTable> tables;
    for (const auto& name : tables_) {
      if (const auto made = made_.find(name); made != made_.end()) tables.push_back(std::move(made->second));
    }
    summary_.tables.insert(summary_.tables.begin(), tables.begin(), tables.end());
  }

  void patiently(const std::function<void()>& work) {
    const Clock::time_point start = Clock::now();
    for (;;) {
      try {
        return work();
      } catch (const Error& error) {
        if (!error.retryable() || stop_ || Clock::now() - start > kPatience) throw;
        options_.notice(std::string(error.what()) + "; trying again");
      }
      std::this_thread::sleep_for(kLedgerPause);
    }
  }

  std::vector<StepRecord> done_steps() {
    std::vector<StepRecord> steps = ledger_.steps(run_.id);
    std::erase_if(steps, [](const StepRecord& step) { return step.state != StepState::done; });
    return steps;
  }

  // What the run made goes first, the newest before the others: it may refer to rows that the run wrote into
  // tables of others. A foreign key that it dropped comes back when the rows that it was dropped for are
  // gone.
  static int rank_of(const StepRecord& step) {
    return step.kind == kDropKey ? 2 : step.kind == kBegin ? 1 : 0;
  }

  bool has_statements(const StepRecord& step) const {
    return step.kind == "create" || step.kind == "foreign_key" || objects_.contains(step.id);
  }

  /// What is to be undone, in that order, a transaction each: one for all, unless the run has made more
  /// tables than one can lock.
  std::vector<UndoPiece> pieces() {
    std::vector<StepRecord> steps = done_steps();
    own_.clear();
    for (const auto& step : steps) {
      if (step.kind == "create") own_.push_back(step.table);
      if (const auto object = objects_.find(step.id); object != objects_.end())
        own_.push_back(object->second.name);
    }
    std::reverse(steps.begin(), steps.end());
    std::stable_sort(steps.begin(), steps.end(),
                     [](const StepRecord& a, const StepRecord& b) { return rank_of(a) < rank_of(b); });
    const std::size_t most = target_.dialect().most_tables_locked();
    if (most == 0 || tables_.size() <= most) return {{std::move(steps), tables_}};
    std::vector<UndoPiece> pieces(1);
    for (auto& step : steps) {
      const bool locks = has_statements(step);
      if (locks && pieces.back().tables.size() == most) pieces.emplace_back();
      if (locks) pieces.back().tables.push_back(step.table);
      pieces.back().steps.push_back(std::move(step));
    }
    return pieces;
  }

  /// Everything is found before anything is taken back.
  void look_at_all(Target& target, const std::vector<UndoPiece>& pieces) {
    std::vector<std::string> refusals;
    for (const UndoPiece& piece : pieces) {
      Look look = look_at(target, piece);
      std::move(look.refusals.begin(), look.refusals.end(), std::back_inserter(refusals));
    }
    judge(refusals);
  }

  void undo_all() {
    const auto target = target_.connect(run_.id, 0);
    const auto all = pieces();
    if (all.size() > 1) look_at_all(*target, all);
    for (const UndoPiece& piece : all) {
      undo(*target, piece);
      is_in_part_ = is_in_part_ || &piece != &all.back();
    }
  }

  void undo(Target& target, const UndoPiece& piece) {
    Look look = look_at(target, piece);
    judge(look.refusals);
    UndoTransaction& undo = *look.undo;
    std::vector<RolledBackTable> existed;
    for (const auto& step : piece.steps) {
      if (look.undone.contains(step.id) || undone_.contains(step.id)) continue;
      if (step.kind == kDropKey) {
        restore_key(undo, step);
      } else if (step.kind == kBegin) {
        existed.push_back({step.table, true, true, undo.take_back_rows(schema_of(step)), {}});
        undo.undo(step.id, {});
      } else {
        undo.undo(step.id, undo_statements(step, look.tables[step.table].state));
      }
    }
    undo.commit();
    undone_.merge(look.undone);
    for (auto& [name, one] : look.tables) made_.emplace(name, std::move(one.table));
    summary_.tables.insert(summary_.tables.end(), existed.begin(), existed.end());
  }

  /// What a `[[sql]]` of the plan has made or changed looks like the doing of others: where something does,
  /// the look is taken again without the run's objects.
  Look look_at(Target& target, const UndoPiece& piece) {
    Look look{target.begin_undo(run_.id, piece.tables), {}, {}, {}};
    look.tables = look_into_tables(*look.undo, piece, look.refusals);
    const std::vector<StepRecord> objects = objects_left();
    const bool may_be_own = std::any_of(objects.begin(), objects.end(), [&](const StepRecord& step) {
      return objects_.at(step.id).kind == ObjectKind::sql;
    });
    if (look.refusals.empty() || !may_be_own) return look;
    look.undo.reset();
    std::string failure;
    try {
      Look again{target.begin_undo(run_.id, piece.tables), {}, {}, {}};
      for (const StepRecord& step : objects) {
        again.undo->undo(step.id, undo_statements(step, {}));
        again.undone.insert(step.id);
      }
      again.tables = look_into_tables(*again.undo, piece, again.refusals);
      return again;
    } catch (const Error& error) {
      if (error.retryable()) throw;
      failure = error.what();
    }
    // As it was found first; --discard-later may drop what the run's objects cannot be undone for.
    look.undo = target.begin_undo(run_.id, piece.tables);
    look.refusals.clear();
    look.tables = look_into_tables(*look.undo, piece, look.refusals);
    if (!options_.discard_later)
      look.refusals.push_back("what the plan made beside its tables cannot be undone first: " + failure);
    return look;
  }

  /// Steps of views, triggers and `[[sql]]` that come after the tables have their rows, the newest first.
  std::vector<StepRecord> objects_left() {
    std::vector<StepRecord> steps = done_steps();
    std::erase_if(steps, [this](const StepRecord& step) {
      const auto object = objects_.find(step.id);
      if (object == objects_.end()) return true;
      const bool is_sql = object->second.kind == ObjectKind::sql;
      return is_sql && object->second.at == SqlMoment::before_load;
    });
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  // Adds to `refusals` what of others would go.
  std::map<std::string, LookedAtTable> look_into_tables(UndoTransaction& undo, const UndoPiece& piece,
                                                        std::vector<std::string>& refusals) {
    std::vector<const ResolvedTable*> made;
    std::vector<const TableSchema*> schemas;
    for (auto step = piece.steps.rbegin(); step != piece.steps.rend(); ++step) {
      if (step->kind != "create") continue;
      const ResolvedTable* table = names_.table(step->table);
      if (table == nullptr) {
        throw Error(ErrorCode::refused, "run " + run_.id + " has made table " + step->table +
                                            ", which is not in the plan that its ledger keeps");
      }
      made.push_back(table);
      schemas.push_back(&table->schema);
    }
    for (const auto& step : piece.steps) {
      if (step.kind == kBegin) schemas.push_back(&schema_of(step));
    }
    const auto found = undo.look(schemas, own_);
    auto written = written_by_load(ledger_.chunks(run_.id));
    std::map<std::string, LookedAtTable> all;
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (stop_)
        throw Error(ErrorCode::interrupted,
                    "stopped on request; " +
                        (is_in_part_ ? std::string("the rest stands") : "nothing was taken back"));
      RolledBackTable table{schemas[i]->name, found[i].exists, false, 0, {}};
      Digest expected;
      for (const auto& load : made[i]->loads) expected += written[load.name];
      if (found[i].exists && found[i].is_whole) look_into(undo, *made[i], expected, table);
      for (const auto& column : found[i].columns) table.discarded.push_back(column);
      for (const auto& later : found[i].later) table.discarded.push_back(later.what);
      for (const auto& what : table.discarded) refusals.push_back("table " + table.table + ": " + what);
      add_if_moved(table.table, found[i], refusals);
      all.emplace(table.table, LookedAtTable{found[i], table});
    }
    look_at_restored_keys(piece.steps, refusals);
    // Of tables that were there: what somebody has put into a column since goes with the run's rows.
    for (std::size_t i = made.size(); i < found.size(); ++i) {
      if (!found[i].exists) {
        refusals.push_back("table " + schemas[i]->name +
                           " is gone, and rows that the run found or wrote there: what they were before "
                           "cannot be put back");
      }
      add_if_moved(schemas[i]->name, found[i], refusals);
      for (const auto& column : found[i].columns)
        refusals.push_back("table " + schemas[i]->name + ": " + column);
    }
    for (const auto& step : piece.steps) {
      if (step.kind == kBegin) look_for_changed_rows(undo, schema_of(step), refusals);
      const auto object = objects_.find(step.id);
      if (object == objects_.end() || object->second.kind != ObjectKind::sql) continue;
      const ObjectSql sql = target_.dialect().object_sql(object->second);
      if (sql.make.empty() || !sql.drop.empty()) continue;
      refusals.push_back("[[sql]] " + object->second.name + " has no `undo`: what it did stays");
    }
    return all;
  }

  static void add_if_moved(const std::string& table, const TableState& found,
                           std::vector<std::string>& refusals) {
    if (found.exists || found.alike.empty()) return;
    refusals.push_back("table " + table + ": not there, but " + join(found.alike, " and ") +
                       " has its columns: if it was renamed, its rows stay under that name");
  }

  const TableSchema& schema_of(const StepRecord& step) const {
    const ResolvedTable* table = names_.table(step.table);
    if (table != nullptr) return table->schema;
    throw Error(ErrorCode::refused, "run " + run_.id + " has written into table " + step.table +
                                        ", which is not in the plan that its ledger keeps");
  }

  static void look_for_changed_rows(UndoTransaction& undo, const TableSchema& table,
                                    std::vector<std::string>& refusals) {
    const auto changed = undo.changed_rows(table, kShownChanged + 1);
    if (changed.empty()) return;
    std::vector<std::string> keys;
    for (const auto& row : changed) keys.push_back(row.key + (row.gone ? " (gone)" : ""));
    if (keys.size() > kShownChanged) keys.back() = "...";
    refusals.push_back("table " + table.name +
                       ": rows were changed after the run wrote them: " + join(keys, ", "));
  }

  const ForeignKeySchema& key_of(const StepRecord& step) const {
    for (const auto& key : schema_of(step).foreign_keys) {
      if (key.restored && key.name == name_in(step)) return key;
    }
    throw Error(ErrorCode::refused, "run " + run_.id + " has dropped foreign key " + name_in(step) +
                                        " of table " + step.table +
                                        ", which is not in the plan that its ledger keeps");
  }

  // A key that the run has put back whole, and that is another one or gone since, is somebody's doing.
  void look_at_restored_keys(const std::vector<StepRecord>& steps, std::vector<std::string>& refusals) {
    std::set<std::string> done;
    for (const auto& step : steps) done.insert(step.id);
    for (const auto& step : steps) {
      if (step.kind != kDropKey) continue;
      const ForeignKeySchema& key = key_of(step);
      const std::string last = key.is_validated ? "validate " : "foreign_key ";
      if (!done.contains(last + step.table + " " + key.name) || is_as_it_was(step)) continue;
      refusals.push_back("table " + step.table + ": foreign key " + key.name +
                         " is not what the run put back: " + key.definition);
    }
  }

  bool is_as_it_was(const StepRecord& step) {
    TableSchema schema = schema_of(step);
    schema.foreign_keys = {key_of(step)};
    const auto target = target_.connect(run_.id, 0);
    for (const SchemaCheck& check : target_.dialect().schema_checks(schema)) {
      if (target->query(check.sql).rows.at(0).at(0) != check.expect) return false;
    }
    return true;
  }

  void restore_key(UndoTransaction& undo, const StepRecord& step) {
    const ForeignKeySchema& key = key_of(step);
    try {
      undo.undo(step.id, target_.dialect().restore_foreign_key(schema_of(step), key));
    } catch (const Error& error) {
      if (error.sqlstate() != kForeignKeyViolated) throw;
      throw Error(ErrorCode::refused,
                  "run " + run_.id +
                      (is_in_part_ ? " is taken back in part, and the rest stands"
                                   : " was not taken back, and nothing was changed") +
                      ": rows of table " + step.table + ", not of the run, refer by " + key.name +
                      " to rows that are not there without it: " + error.what(),
                  "delete them or let them refer to other rows, then run the same command again");
    }
  }

  // Reads the table's rows and says in `out` what of them is not the run's.
  void look_into(UndoTransaction& undo, const ResolvedTable& table, const Digest& expected,
                 RolledBackTable& out) {
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
    const auto keys = differing_ ? differing_(table.schema.name) : std::vector<std::string>();
    if (!keys.empty()) what += ": " + join(keys, "; ");
    out.discarded.push_back(std::move(what));
  }

  void judge(const std::vector<std::string>& refusals) {
    if (refusals.empty()) return;
    if (options_.discard_later) {
      for (const auto& refusal : refusals) {
        if (told_.insert(refusal).second) options_.notice("discarded: " + refusal);
      }
      return;
    }
    throw Error(ErrorCode::refused,
                "run " + run_.id + " of plan " + run_.plan +
                    (is_in_part_ ? " is taken back in part, and the rest stands"
                                 : " was not taken back, and nothing was dropped") +
                    ": others have changed what it made\n  " + join(refusals, "\n  "),
                "save what is needed of it; --discard-later drops it with the rest");
  }

  std::vector<std::string> undo_statements(const StepRecord& step, const TableState& table) const {
    const Dialect& dialect = target_.dialect();
    std::vector<std::string> statements;
    if (step.kind == "foreign_key") statements.push_back(dialect.drop_foreign_key(step.table, name_in(step)));
    if (const auto object = objects_.find(step.id); object != objects_.end()) {
      return dialect.drop_statements(object->second, options_.discard_later);
    }
    if (step.kind == "create") {
      for (const auto& later : table.later) statements.push_back(later.drop_sql);
      statements.push_back(dialect.drop_table(step.table, options_.discard_later));
    }
    std::erase(statements, "");
    return statements;
  }

  // From the catalog, when all is committed.
  void prove() {
    std::vector<const TableSchema*> schemas;
    for (const auto& step : ledger_.steps(run_.id)) {
      if (step.kind != "create" || step.state != StepState::undone) continue;
      if (const ResolvedTable* table = names_.table(step.table)) schemas.push_back(&table->schema);
    }
    const auto target = target_.connect(run_.id, 0);
    const auto states = target->begin_undo(run_.id, {})->look(schemas, {});
    std::vector<std::string> left;
    for (std::size_t i = 0; i < schemas.size(); ++i) {
      if (states[i].exists) left.push_back(schemas[i]->name);
    }
    if (!left.empty()) {
      throw Error(ErrorCode::unproved,
                  "run " + run_.id + " was taken back, but " + target_.shown_url() + " has a table " +
                      join(left, " and a table ") + " again",
                  "find out who makes it; the same command looks again");
    }
    prove_restored_keys();
    summary_.proved_at = to_iso_utc(now_micros());
  }

  void prove_restored_keys() {
    for (const auto& step : ledger_.steps(run_.id)) {
      if (step.kind != kDropKey || step.state != StepState::undone) continue;
      if (!is_as_it_was(step)) {
        throw Error(ErrorCode::unproved,
                    "run " + run_.id + " was taken back, but foreign key " + name_in(step) + " of table " +
                        step.table + " in " + target_.shown_url() + " is not what it was before the run",
                    "make it again, the run's ledger has it: " + key_of(step).definition);
      }
      for (auto& table : summary_.tables) {
        if (table.table == step.table) table.restored.push_back(name_in(step));
      }
    }
  }

  RunRecord& run_;
  Ledger& ledger_;
  TargetDatabase& target_;
  const RollbackOptions& options_;
  DifferingKeys differing_;
  bool others_are_back_;
  const std::atomic<bool>& stop_;
  RunState before_;
  const ResolvedPlan plan_;
  const PlanNames names_;
  std::map<std::string, SchemaObject> objects_;  // by the step that makes it
  std::vector<std::string> tables_;              // that the run was to make
  std::vector<std::string> own_;                 // names of what it has made
  std::map<std::string, RolledBackTable> made_;  // tables that are gone
  bool is_in_part_ = false;                      // some of it is taken back, some is not
  std::set<std::string> undone_;                 // steps, in a piece before theirs
  std::set<std::string> told_;                   // what --discard-later has dropped
  RollbackSummary summary_;
};

// Where nothing has been taken back, nothing will be without another word: the run is what it was. A ledger
// that cannot be asked or told keeps `rolling_back`, which a further rollback goes on from.
void leave_where_untouched(const std::vector<std::unique_ptr<TakingBack>>& all,
                           const RollbackOptions& options) {
  try {
    if (std::any_of(all.begin(), all.end(), [](const auto& one) { return one->has_begun(); })) return;
    for (const auto& one : all) one->leave_as_it_was();
  } catch (const Error& second) {
    options.notice(std::string("the ledger could not be told: ") + second.what());
  }
}

}  // namespace

RollbackSummary take_back(const std::vector<RunInTarget>& targets, const RollbackOptions& options,
                          const std::atomic<bool>& stop) {
  const Clock::time_point start = Clock::now();
  std::vector<std::unique_ptr<TakingBack>> all;
  for (const RunInTarget& target : targets)
    all.push_back(std::make_unique<TakingBack>(target, options, stop));
  try {
    for (const auto& one : all) one->begin();
    // With one target the look and the taking are one transaction.
    if (all.size() > 1) {
      for (const auto& one : all) one->check();
    }
    for (std::size_t i = all.size(); i-- > 0;) {
      all[i]->execute();
      if (i > 0) all[i]->end();
    }
  } catch (const Error& error) {
    if (error.retryable()) {
      throw Error(ErrorCode::interrupted, error.what(), "planrun rollback goes on with it");
    }
    leave_where_untouched(all, options);
    throw;
  }
  all.front()->end();
  RollbackSummary summary = all.front()->summary();
  for (std::size_t i = 1; i < all.size(); ++i) {
    const RollbackSummary& other = all[i]->summary();
    summary.target += ", " + other.target;
    summary.tables.insert(summary.tables.end(), other.tables.begin(), other.tables.end());
  }
  summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return summary;
}

}  // namespace planrun
