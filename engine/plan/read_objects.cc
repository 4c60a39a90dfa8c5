// [view.NAME], [trigger.NAME] and [[sql]].
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "plan/readers.h"
#include "sql/script.h"

namespace planrun {
namespace {

std::size_t offset_of(const ScriptStatement& statement) {
  return static_cast<std::size_t>(statement.offset);
}

// The text that PostgreSQL would get; one for all dialects only where the target is no SQLite file.
std::optional<Located> for_postgres(const DialectSql& sql, const std::string& dialect) {
  if (const auto own = sql.by_dialect.find("postgresql"); own != sql.by_dialect.end()) {
    return Located{own->second, sql.text_at.at(own->first)};
  }
  if (!sql.text_at.contains("") || dialect == "sqlite") return std::nullopt;
  return Located{sql.any, sql.text_at.at("")};
}

class ObjectReader {
 public:
  explicit ObjectReader(PlanReader& reader) : reader_(reader) {}

  void read_view(const Member& member) {
    const Section section(reader_, view_keys(), member.value, member.at, "[view." + member.key + "]");
    PlanView view;
    view.name = member.key;
    view.at = member.at;
    check_object_name(reader_, view.name, member.at, "view");
    view.target = read_target(reader_, section);
    if (const Member* sql = sql_of(section)) {
      view.sql = read_query(reader_, *sql, section.shown());
      check_dialect(reader_, view.sql, view.target, section.shown());
    }
    reader_.plan.views.push_back(std::move(view));
  }

  void read_trigger(const Member& member) {
    const Section section(reader_, trigger_keys(), member.value, member.at, "[trigger." + member.key + "]");
    PlanTrigger trigger;
    trigger.name = member.key;
    trigger.at = member.at;
    check_object_name(reader_, trigger.name, member.at, "trigger");
    std::string target;
    if (!section.has("table"))
      reader_.error(FindingCode::missing_key, section.at(), section.shown() + " has no `table`");
    if (const auto table = section.located("table")) {
      trigger.table = *table;
      target = check_table(*table);
    }
    if (const Member* sql = sql_of(section)) {
      trigger.sql = read_dialect_sql(reader_, *sql, section.shown());
      check_dialect(reader_, trigger.sql, target, section.shown());
      for (const auto& [dialect, at] : trigger.sql.text_at) {
        if (trim(trigger.sql.text(dialect)).empty())
          reader_.error(FindingCode::empty_value, at, "no SQL is here");
      }
      if (const auto text = for_postgres(trigger.sql, dialect_of(reader_, target))) {
        check_trigger(*text, trigger, section.shown());
      }
    }
    reader_.plan.triggers.push_back(std::move(trigger));
  }

  void read_step(const Node& node) {
    if (node.kind != NodeKind::table) {
      reader_.error(FindingCode::wrong_kind, node.at,
                    "`sql` holds sections [[sql]], not " + std::string(describe(node.kind)));
      return;
    }
    const Section section(reader_, sql_step_keys(), node, node.at, "[[sql]]");
    PlanSqlStep step;
    step.name = section.text("name");
    step.at = node.at;
    const std::string shown = step.name.empty() ? "[[sql]]" : "[[sql]] " + step.name;
    check_step_name(section, shown);
    step.target = read_target(reader_, section);
    if (!section.has("at")) {
      reader_.error(FindingCode::missing_key, node.at, shown + " has no `at`",
                    R"("before_load", "after_load" or "end")");
    }
    if (section.text("at") == "before_load") step.when = SqlMoment::before_load;
    if (section.text("at") == "after_load") step.when = SqlMoment::after_load;
    if (const Member* sql = sql_of(section)) {
      step.sql = read_dialect_sql(reader_, *sql, shown);
      check_dialect(reader_, step.sql, step.target, shown);
      check_statements(step, shown);
    }
    if (const Member* undo = section.find("undo")) {
      step.undo = read_dialect_sql(reader_, *undo, shown);
      if (const auto text = for_postgres(step.undo, dialect_of(reader_, step.target))) parse(*text);
    }
    warn_without_undo(section, step, shown);
    reader_.plan.sql_steps.push_back(std::move(step));
  }

 private:
  const Member* sql_of(const Section& section) {
    if (!section.has("sql"))
      reader_.error(FindingCode::missing_key, section.at(), section.shown() + " has no `sql`");
    return section.find("sql");
  }

  /// The table's target.
  std::string check_table(const Located& table) {
    std::vector<std::string> names;
    for (const auto& t : reader_.plan.tables) {
      if (t.name == table.text) return t.target;
      names.push_back(t.name);
    }
    check_known(reader_, FindingCode::unknown_name, table, names,
                "`table` names `" + table.text + "`, which is no table of the plan");
    return {};
  }

  void check_step_name(const Section& section, const std::string& shown) {
    if (!section.has("name"))
      reader_.error(FindingCode::missing_key, section.at(), shown + " has no `name`",
                    "the ledger calls it so");
    const auto name = section.located("name");
    if (!name) return;
    check_plain_name(reader_, name->text, name->at, "step");
    if (!step_names_.insert(name->text).second) {
      reader_.error(FindingCode::name_taken, name->at, "a second [[sql]] is called `" + name->text + "`",
                    "the ledger tells them apart by their names");
    }
  }

  std::vector<ScriptStatement> parse(const Located& text) {
    if (trim(text.text).empty()) return {};
    auto parsed = parse_script(text.text);
    if (!parsed) {
      reader_.error_in(FindingCode::unreadable_sql, text, static_cast<std::size_t>(parsed.fault.offset),
                       parsed.fault.message, parsed.fault.hint);
      return {};
    }
    for (const auto& statement : *parsed.value) {
      if (!statement.refused.empty())
        reader_.error_in(FindingCode::statement_out_of_place, text, offset_of(statement), statement.refused);
    }
    return std::move(*parsed.value);
  }

  // What a rollback could not know to drop, and what the check after the run could not find, is refused here.
  void check_trigger(const Located& text, const PlanTrigger& trigger, const std::string& shown) {
    const auto statements = parse(text);
    bool made = statements.empty();
    for (const auto& statement : statements) {
      const std::size_t at = offset_of(statement);
      if (!statement.function.empty()) {
        note_function(statement.function, text, at, shown);
      } else if (statement.trigger.empty()) {
        if (statement.comment || !statement.refused.empty()) continue;
        reader_.error_in(FindingCode::statement_out_of_place, text, at,
                         shown + " holds a statement that makes neither its trigger nor a function",
                         "put it into a [[sql]]");
      } else if (statement.trigger != trigger.name) {
        reader_.error_in(FindingCode::statement_out_of_place, text, at,
                         shown + " makes a trigger `" + statement.trigger + "`",
                         "the section's name is the trigger's; each has a section of its own");
        made = true;
      } else {
        made = true;
        if (statement.trigger_table == trigger.table.text || trigger.table.text.empty()) continue;
        reader_.error_in(FindingCode::statement_out_of_place, text, at,
                         shown + " stands on `" + statement.trigger_table + "` in its SQL, and on `" +
                             trigger.table.text + "` in `table`");
      }
    }
    if (!made)
      reader_.error(FindingCode::statement_out_of_place, text.at, shown + " makes no trigger",
                    "create trigger " + trigger.name + " ...");
  }

  // Dropping one trigger must not take another one's function along.
  void note_function(const std::string& function, const Located& text, std::size_t at,
                     const std::string& shown) {
    const auto [found, added] = functions_.try_emplace(function, shown);
    if (added || found->second == shown) return;
    reader_.error_in(FindingCode::name_taken, text, at,
                     "function " + function + " is made by " + found->second + " as well",
                     "make it once, in a [[sql]] with at = \"before_load\"");
  }

  // A step without a text for a dialect says so with an empty one.
  void check_statements(const PlanSqlStep& step, const std::string& shown) {
    if (step.sql.text_at.contains("") && trim(step.sql.any).empty()) {
      reader_.error(FindingCode::empty_value, step.sql.at, "no SQL is here");
      return;
    }
    const auto text = for_postgres(step.sql, dialect_of(reader_, step.target));
    if (text) {
      for (const auto& statement : parse(*text)) {
        if (!statement.function.empty())
          note_function(statement.function, *text, offset_of(statement), shown);
      }
    }
    for (const auto& [dialect, at] : step.sql.text_at)
      check_writes({step.sql.text(dialect), at}, step, shown);
  }

  // In SQL for SQLite only what both grammars know is seen.
  void check_writes(const Located& text, const PlanSqlStep& step, const std::string& shown) {
    const auto statements = parse_script(text.text);
    if (!statements || step.when != SqlMoment::end) return;
    for (const auto& statement : *statements.value) {
      for (const auto& table : statement.writes) {
        if (!is_loaded(table)) continue;
        reader_.error_in(FindingCode::statement_out_of_place, text, offset_of(statement),
                         shown + " writes into `" + table + "` after its rows were proved",
                         "say it in the table's columns (`expr`, `value`)");
      }
    }
  }

  bool is_loaded(const std::string& table) const {
    return std::any_of(reader_.plan.tables.begin(), reader_.plan.tables.end(),
                       [&](const PlanTable& t) { return t.name == table && !t.loads.empty(); });
  }

  void warn_without_undo(const Section& section, const PlanSqlStep& step, const std::string& shown) {
    const std::string dialect = dialect_of(reader_, step.target);
    const bool does_something = !trim(step.sql.text(dialect)).empty();
    if (!does_something || !trim(step.undo.text(dialect)).empty()) return;
    reader_.diagnostics.warning(FindingCode::no_undo, section.at(),
                                shown + " has no `undo`: a run with it cannot be rolled back",
                                "undo = the statements that take it back");
  }

  PlanReader& reader_;
  std::set<std::string> step_names_;
  std::map<std::string, std::string> functions_;  // and which section makes it
};

}  // namespace

void read_objects(PlanReader& reader, const Node& root) {
  ObjectReader objects(reader);
  for_each_section(reader, root, "view", [&](const Member& member) { objects.read_view(member); });
  if (const Member* steps = root.find("sql")) {
    if (steps->value.kind == NodeKind::array) {
      for (const Node& step : steps->value.items) objects.read_step(step);
    } else {
      reader.error(FindingCode::wrong_kind, steps->at, "`sql` at the top of a plan is a list of steps",
                   "[[sql]]");
    }
  }
  for_each_section(reader, root, "trigger", [&](const Member& member) { objects.read_trigger(member); });
}

}  // namespace planrun
