#include "run/rollback.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "run/recorded_run.h"
#include "run/rollback_look.h"
#include "run/summary.h"

namespace planrun {

namespace {

using Clock = std::chrono::steady_clock;

// How long a lost connection is tried again before the rollback stops; the same command goes on with it.
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kLedgerPause = std::chrono::milliseconds(500);
constexpr const char* kForeignKeyViolated = "23503";

// What a run was before a rollback that was killed: as it ended. One that did not end can go on.
RunState state_by_summary(const RunRecord& run) {
  if (run.finished_at == 0 || run.summary.empty()) return RunState::failed;
  const int status = Json::parse(run.summary).value("exit_status", 1);
  return status == exit_status(Verdict::passed)     ? RunState::passed
         : status == exit_status(Verdict::unproved) ? RunState::unproved
                                                    : RunState::failed;
}

// Steps that are undone in one transaction, and the tables that it locks.
struct UndoPiece {
  std::vector<StepRecord> steps;
  std::vector<std::string> tables;
};

// A transaction that has looked at what is to be undone in it.
struct Look {
  std::unique_ptr<UndoTransaction> undo;
  RollbackFindings found{};
  std::set<std::string> undone{};  // steps that it has undone already
};

// In one target: begin() -> check() -> execute(), or leave_as_it_was().
class TakingBack {
 public:
  TakingBack(const RunInTarget& in, const RollbackOptions& options, const std::atomic<bool>& stop)
      : run_(*in.run),
        ledger_(*in.ledger),
        target_(*in.target),
        options_(options),
        others_are_back_(in.others_are_back),
        stop_(stop),
        before_(run_.state),
        recorded_(run_, target_),
        look_(recorded_, ledger_, in.differing) {}

  void begin() {
    summary_.plan = run_.plan;
    summary_.run = run_.id;
    summary_.target = target_.shown_url();
    for (const auto& step : ledger_.steps(run_.id)) {
      if (step.kind == kCreateStep) tables_.push_back(step.table);
      is_in_part_ = is_in_part_ || step.state == StepState::undone;
      const SchemaObject* object = recorded_.object_of(step);
      has_sql_ = has_sql_ || (object != nullptr && object->kind == ObjectKind::sql);
    }
    // Who cannot come to the target's tables has not begun to take them back.
    patiently([this] { target_.connect(run_.id, 0); });
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

  void leave_as_it_was() {
    write_state(before_ == RunState::rolling_back ? state_by_summary(run_) : before_);
  }

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
        const std::string why = error.what();
        if (std::exchange(trying_again_, why) != why) options_.notice(why + "; trying again");
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
    return step.kind == kDropKeyStep ? 2 : step.kind == kBeginStep ? 1 : 0;
  }

  bool has_statements(const StepRecord& step) const {
    return step.kind == kCreateStep || step.kind == "foreign_key" || recorded_.object_of(step) != nullptr;
  }

  /// What is to be undone, in that order, a transaction each: one for all, unless the run has made more
  /// tables than one can lock.
  std::vector<UndoPiece> pieces() {
    std::vector<StepRecord> steps = done_steps();
    own_.clear();
    for (const auto& step : steps) {
      if (step.kind == kCreateStep) own_.push_back(step.table);
      if (const SchemaObject* object = recorded_.object_of(step)) own_.push_back(object->name);
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
      std::ranges::move(look.found.refusals, std::back_inserter(refusals));
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
    judge(look.found.refusals);
    UndoTransaction& undo = *look.undo;
    std::vector<RolledBackTable> existed;
    for (const auto& step : piece.steps) {
      if (look.undone.contains(step.id) || undone_.contains(step.id)) continue;
      if (step.kind == kDropKeyStep) {
        restore_key(undo, step);
      } else if (step.kind == kBeginStep) {
        existed.push_back(look.found.tables.at(step.table).table);
        existed.back().rows = undo.take_back_rows(recorded_.table_of(step).schema);
        undo.undo(step.id, {});
      } else {
        undo_step(undo, step, look.found);
      }
    }
    undo.commit();
    undone_.merge(look.undone);
    for (auto& [name, one] : look.found.tables) {
      if (!one.table.existed) made_.emplace(name, std::move(one.table));
    }
    summary_.tables.insert(summary_.tables.end(), existed.begin(), existed.end());
  }

  /// What an `undo` cannot take back any more stays, where all else of others would go.
  void undo_step(UndoTransaction& undo, const StepRecord& step, const RollbackFindings& found) {
    try {
      return undo.undo(step.id, undo_statements(step, found));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::target || error.retryable()) throw;
      const SchemaObject* object = recorded_.object_of(step);
      const bool is_sql = object != nullptr && object->kind == ObjectKind::sql;
      const std::string what = is_sql ? "the `undo` of " + shown_in_plan(*object) + " failed"
                                      : "step " + step.id + " could not be undone";
      if (!is_sql || !options_.discard_later) {
        throw Error(ErrorCode::refused, as_it_stands() + ": " + what + ": " + error.what(),
                    is_sql ? "make again what it takes away, then run the same command again; with "
                             "--discard-later what it did stays"
                           : "see what stands in its way, then run the same command again");
      }
      options_.notice(what + ", and what it did stays: " + error.what());
    }
    undo.undo(step.id, {});
  }

  std::string as_it_stands() const {
    return "run " + run_.id +
           (is_in_part_ ? " is taken back in part, and the rest stands"
                        : " was not taken back, and nothing was changed");
  }

  /// What a `[[sql]]` of the plan has made or changed looks like the doing of others: where something does,
  /// the look is taken again without the run's objects.
  Look look_at(Target& target, const UndoPiece& piece) {
    Look look{target.begin_undo(run_.id, piece.tables)};
    look.found = find(*look.undo, piece, false);
    const std::vector<StepRecord> objects = objects_left();
    const bool may_be_own = std::any_of(objects.begin(), objects.end(), [&](const StepRecord& step) {
      return recorded_.object_of(step)->kind == ObjectKind::sql;
    });
    if (look.found.refusals.empty() || !may_be_own) return look;
    look.undo.reset();
    std::string failure;
    try {
      Look again{target.begin_undo(run_.id, piece.tables)};
      RollbackFindings before;
      for (const StepRecord& step : objects) {
        look_.look_at_object(*again.undo, step, own_, before);
        again.undo->undo(step.id, undo_statements(step, before));
        again.undone.insert(step.id);
      }
      again.found = find(*again.undo, piece, true);
      std::ranges::move(before.refusals, std::back_inserter(again.found.refusals));
      return again;
    } catch (const Error& error) {
      if (error.retryable() || error.code() == ErrorCode::interrupted) throw;
      failure = error.what();
    }
    // As it was found first, for --discard-later to go on from.
    look.undo = target.begin_undo(run_.id, piece.tables);
    look.found = find(*look.undo, piece, false);
    if (!options_.discard_later)
      look.found.refusals.push_back("what the plan made beside its tables cannot be undone first: " +
                                    failure);
    return look;
  }

  RollbackFindings find(UndoTransaction& undo, const UndoPiece& piece, bool has_undone) {
    return look_.look(undo, piece.steps, own_, has_undone, [this] {
      if (!stop_) return;
      throw Error(
          ErrorCode::interrupted,
          "stopped on request; " + (is_in_part_ ? std::string("the rest stands") : "nothing was taken back"));
    });
  }

  /// Steps of views, triggers and `[[sql]]` that come after the tables have their rows, the newest first.
  std::vector<StepRecord> objects_left() {
    std::vector<StepRecord> steps = done_steps();
    std::erase_if(steps, [this](const StepRecord& step) {
      const SchemaObject* object = recorded_.object_of(step);
      if (object == nullptr) return true;
      return object->kind == ObjectKind::sql && object->at == SqlMoment::before_load;
    });
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  void restore_key(UndoTransaction& undo, const StepRecord& step) {
    const ForeignKeySchema& key = recorded_.key_of(step);
    try {
      undo.undo(step.id, target_.dialect().restore_foreign_key(recorded_.table_of(step).schema, key));
    } catch (const Error& error) {
      if (error.sqlstate() != kForeignKeyViolated) throw;
      throw Error(ErrorCode::refused,
                  as_it_stands() + ": rows of table " + step.table + ", not of the run, refer by " +
                      key.name + " to rows that are not there without it: " + error.what(),
                  "delete them or let them refer to other rows, then run the same command again");
    }
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
                    ": others" + (has_sql_ ? ", or a [[sql]] of the plan that no `undo` takes back," : "") +
                    " have changed what it made\n  " + join(refusals, "\n  "),
                "save what is needed of it; --discard-later drops it with the rest");
  }

  /// What has been put in the place of something that the run made stays.
  std::vector<std::string> undo_statements(const StepRecord& step, const RollbackFindings& found) const {
    const Dialect& dialect = target_.dialect();
    std::vector<std::string> statements;
    const auto add_later = [&](const std::vector<LaterObject>& later) {
      for (const auto& object : later) statements.push_back(object.drop_sql);
    };
    if (const SchemaObject* object = recorded_.object_of(step)) {
      const auto state = found.objects.find(step.id);
      if (state != found.objects.end()) {
        if (!state->second.instead.empty()) return {};
        add_later(state->second.later);
      }
      for (auto& drop : dialect.drop_statements(*object, options_.discard_later))
        statements.push_back(std::move(drop));
    } else if (const auto looked = found.tables.find(step.table);
               looked == found.tables.end() || looked->second.state.instead.empty()) {
      if (step.kind == "foreign_key")
        statements.push_back(dialect.drop_foreign_key(step.table, name_in(step)));
      if (step.kind == kCreateStep) {
        if (looked != found.tables.end()) add_later(looked->second.state.later);
        statements.push_back(dialect.drop_table(step.table, options_.discard_later));
      }
    }
    std::erase(statements, "");
    return statements;
  }

  // From the catalog, when all is committed.
  void prove() {
    std::vector<const TableSchema*> schemas;
    for (const auto& step : ledger_.steps(run_.id)) {
      if (step.kind != kCreateStep || step.state != StepState::undone) continue;
      schemas.push_back(&recorded_.table_of(step).schema);
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
      if (step.kind != kDropKeyStep || step.state != StepState::undone) continue;
      if (!recorded_.has_key_again(step)) {
        throw Error(ErrorCode::unproved,
                    "run " + run_.id + " was taken back, but foreign key " + name_in(step) + " of table " +
                        step.table + " in " + target_.shown_url() + " is not what it was before the run",
                    "make it again, the run's ledger has it: " + recorded_.key_of(step).definition);
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
  bool others_are_back_;
  const std::atomic<bool>& stop_;
  RunState before_;
  const RecordedRun recorded_;
  RollbackLook look_;
  std::vector<std::string> tables_;              // that the run was to make
  std::vector<std::string> own_;                 // names of what it has made
  std::map<std::string, RolledBackTable> made_;  // tables that are gone
  bool has_sql_ = false;                         // the plan has SQL steps of its own
  bool is_in_part_ = false;                      // some of it is taken back, some is not
  std::set<std::string> undone_;                 // steps, in a piece before theirs
  std::string trying_again_;                     // why, as told last
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
