#include "graph/graph.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "sql/definition.h"

namespace planrun {

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::create:
      return "create";
    case StepKind::begin:
      return "begin";
    case StepKind::drop_foreign_key:
      return "drop_foreign_key";
    case StepKind::load:
      return "load";
    case StepKind::index:
      return "index";
    case StepKind::key:
      return "key";
    case StepKind::foreign_key:
      return "foreign_key";
    case StepKind::validate:
      return "validate";
    case StepKind::sequence:
      return "sequence";
    case StepKind::analyze:
      return "analyze";
    case StepKind::trigger:
      return "trigger";
    case StepKind::prove:
      return "prove";
    case StepKind::view:
      return "view";
    case StepKind::sql:
      return "sql";
  }
  return "";
}

namespace {

// Shares of a load's cost, measured on tables of 2 to 4 million rows: an index costs about 0.4 of loading its
// table, a validation 0.15, reading the table back 0.3. ANALYZE reads a sample, and costs twice as much for
// each of its rows as loading it.
constexpr double kIndexWeight = 0.4;
constexpr double kValidateWeight = 0.15;
constexpr double kAnalyzeWeight = 2;
constexpr double kMostAnalyzed = 30'000;
constexpr double kProveWeight = 0.3;
// A step costs something even on an empty table.
constexpr double kLeastWeight = 100;

StepKind step_kind(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::view:
      return StepKind::view;
    case ObjectKind::trigger:
      return StepKind::trigger;
    case ObjectKind::sql:
      return StepKind::sql;
  }
  return StepKind::sql;
}

StepKind step_kind(SchemaStepKind kind) {
  switch (kind) {
    case SchemaStepKind::create:
      return StepKind::create;
    case SchemaStepKind::index:
      return StepKind::index;
    case SchemaStepKind::key:
      return StepKind::key;
    case SchemaStepKind::drop_foreign_key:
      return StepKind::drop_foreign_key;
    case SchemaStepKind::foreign_key:
      return StepKind::foreign_key;
    case SchemaStepKind::validate:
      return StepKind::validate;
    case SchemaStepKind::sequence:
      return StepKind::sequence;
    case SchemaStepKind::analyze:
      return StepKind::analyze;
  }
  return StepKind::create;
}

double weight_of(StepKind kind, double rows) {
  switch (kind) {
    case StepKind::load:
      return rows;
    case StepKind::index:
      return kIndexWeight * rows;
    case StepKind::validate:
      return kValidateWeight * rows;
    case StepKind::analyze:
      return kAnalyzeWeight * std::min(rows, kMostAnalyzed);
    case StepKind::prove:
      return kProveWeight * rows;
    default:
      return 0;
  }
}

std::string with_floor(std::string statement, std::int64_t floor) {
  static constexpr std::string_view kMark = "{sequence_floor}";
  for (std::size_t at = 0; (at = statement.find(kMark, at)) != std::string::npos;) {
    statement.replace(at, kMark.size(), std::to_string(floor));
  }
  return statement;
}

class Builder {
 public:
  Builder(const ResolvedPlan& plan, const Dialect& dialect, const std::map<std::string, LoadSize>& sizes)
      : plan_(plan), dialect_(dialect), names_(plan), objects_(schema_objects(plan, dialect.name())) {
    for (const auto& table : plan.tables) {
      waited_for_.insert(table.after.begin(), table.after.end());
      Size& size = sizes_[table.schema.name];
      for (const auto& load : table.loads) {
        const auto found = sizes.find(load.name);
        if (found == sizes.end()) continue;
        size.rows += found->second.rows;
        size.bytes += found->second.bytes;
        for (const auto& [column, given] : found->second.sequences) {
          std::int64_t& floor = size.sequences[column];
          floor = std::max(floor, given);
        }
      }
    }
  }

  Graph build() {
    before_load_ = add_sql(SqlMoment::before_load, {});
    add_loads();
    for (const auto& table : plan_.tables) add_indexes_and_keys(table);
    for (const ResolvedTable* table : parents_first()) add_what_needs_keys(*table);
    if (has_sql(SqlMoment::after_load)) after_load_ = add_sql(SqlMoment::after_load, all_finished());
    add_triggers();
    // What the plan's SQL does at the end is proved too.
    if (has_sql(SqlMoment::end)) at_end_ = add_sql(SqlMoment::end, add_views());
    for (const auto& table : plan_.tables) add_proof(table);
    if (at_end_.empty()) add_views();
    weigh();
    return std::move(graph_);
  }

 private:
  struct Size {
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::map<std::string, std::int64_t> sequences{};
  };

  bool is_small(const ResolvedTable& table) const {
    const Size& size = sizes_.at(table.schema.name);
    // Of what is divided many tables are made, in a transaction of its own.
    if (table.schema.exists || table.schema.is_divided()) return false;
    for (const auto& load : table.loads) {
      if (load.may_meet_rows) return false;
    }
    if (size.rows > kSmallTableRows || size.bytes > kSmallTableBytes || !table.after.empty()) return false;
    return !waited_for_.contains(table.schema.name);
  }

  std::size_t add(Step step) {
    const auto size = sizes_.find(step.table);
    const double rows = size == sizes_.end() ? 0 : static_cast<double>(size->second.rows);
    if (step.weight == 0) step.weight = kLeastWeight + weight_of(step.kind, rows);
    std::sort(step.after.begin(), step.after.end());
    step.after.erase(std::unique(step.after.begin(), step.after.end()), step.after.end());
    note_keyed(step);
    graph_.steps.push_back(std::move(step));
    return graph_.steps.size() - 1;
  }

  // Of the step that is added next.
  void note_keyed(const Step& step) {
    const std::size_t place = graph_.steps.size();
    for (const auto& table : step.creates) keyed_[table].push_back(place);
    if (step.creates.empty() &&
        (step.kind == StepKind::load || step.kind == StepKind::index || step.kind == StepKind::key))
      keyed_[step.table].push_back(place);
  }

  // Tables in the order that `after` asks for; foreign keys come after the rows and ask for none.
  std::vector<const ResolvedTable*> ordered_tables() {
    std::vector<const ResolvedTable*> order;
    std::map<std::string, int> state;  // 1: on the way, 2: done
    std::vector<std::string> way;
    const auto visit = [&](const auto& self, const ResolvedTable& table) -> void {
      int& mark = state[table.schema.name];
      if (mark == 2) return;
      way.push_back(table.schema.name);
      if (mark == 1) {
        const auto first = std::find(way.begin(), way.end(), table.schema.name);
        throw Error(ErrorCode::plan,
                    "`after` makes a cycle: " + join(std::vector<std::string>(first, way.end()), " -> "),
                    "take one of these out");
      }
      mark = 1;
      for (const auto& name : table.after) {
        if (const ResolvedTable* before = names_.table(name)) self(self, *before);
      }
      way.pop_back();
      state[table.schema.name] = 2;
      order.push_back(&table);
    };
    for (const auto& table : plan_.tables) visit(visit, table);
    return order;
  }

  void add_small_tables(std::span<const ResolvedTable* const> tables, int number) {
    Step group;
    group.table = tables.front()->schema.name;
    double rows = 0;
    for (const ResolvedTable* table : tables) {
      group.creates.push_back(table->schema.name);
      for (const auto& load : table->loads) group.loads.push_back(load.name);
      rows += static_cast<double>(sizes_.at(table->schema.name).rows);
    }
    group.id = tables.size() == 1 ? "load " + group.table
                                  : "load small tables" + (number == 1 ? "" : " " + std::to_string(number));
    group.name = join(group.creates, ", ");
    group.one_worker = true;
    group.weight = kLeastWeight * static_cast<double>(tables.size()) + rows;
    group.after = before_load_;
    const std::size_t step = add(std::move(group));
    for (const ResolvedTable* table : tables) loaded_[table->schema.name] = {step};
  }

  void add_loads() {
    std::vector<const ResolvedTable*> small;
    for (const ResolvedTable* table : ordered_tables()) {
      schema_steps_[table->schema.name] = dialect_.schema_steps(table->schema);
      if (!is_small(*table)) continue;
      small.push_back(table);
      small_.insert(table->schema.name);
    }
    int number = 0;
    for (std::size_t i = 0; i < small.size(); i += kMostSmallTables) {
      add_small_tables(std::span(small).subspan(i, std::min(kMostSmallTables, small.size() - i)), ++number);
    }
    for (const ResolvedTable* table : ordered_tables()) {
      const std::string& name = table->schema.name;
      if (loaded_.contains(name)) continue;
      Step create;
      create.kind = table->schema.exists ? StepKind::begin : StepKind::create;
      create.id = std::string(to_string(create.kind)) + " " + name;
      create.table = create.name = name;
      if (!table->schema.exists) create.statements = schema_steps_.at(name).front().statements;
      create.after = before_load_;
      const std::size_t created = add(std::move(create));
      std::vector<std::size_t> before = {created};
      for (const auto& other : table->after) {
        const auto done = loaded_.find(other);
        if (done != loaded_.end()) before.insert(before.end(), done->second.begin(), done->second.end());
      }
      loaded_[name] = {created};
      for (const auto& s : schema_steps_.at(name)) {
        if (s.kind != SchemaStepKind::drop_foreign_key) continue;
        // As late as can be: nobody looks after the key until it is back.
        Step step = schema_step(*table, s);
        step.after = before;
        before = {add(std::move(step))};
        loaded_[name].push_back(before.front());
      }
      for (const auto& load : table->loads) {
        Step step;
        step.id = "load " + load.name;
        step.table = name;
        step.name = load.name;
        step.loads = {load.name};
        step.one_worker = load.may_meet_rows;
        step.after = before;
        loaded_[name].push_back(add(std::move(step)));
        // Loads into one table go one after the other, in the order of the plan.
        before = loaded_[name];
      }
    }
  }

  Step schema_step(const ResolvedTable& table, const SchemaStep& from) {
    Step step;
    step.kind = step_kind(from.kind);
    step.table = table.schema.name;
    step.name = from.name;
    step.id = std::string(to_string(step.kind)) + " " + step.table;
    if (from.name != step.table) step.id += " " + from.name;
    const auto& sequences = sizes_.at(table.schema.name).sequences;
    const auto given = sequences.find(from.name);
    for (const auto& s : from.statements) {
      step.statements.push_back(with_floor(s, given == sequences.end() ? 0 : given->second));
    }
    step.premise = from.premise;
    // A foreign key locks two tables: with many of them one run's workers would wait for each other.
    step.is_small = small_.contains(table.schema.name) && step.kind != StepKind::foreign_key;
    step.after = loaded_.at(table.schema.name);
    return step;
  }

  // Index builds share a lock and go side by side, but for those that the server gives names by itself, an
  // index a partition: two of them at once may choose the same. Attaching a key locks out everybody: the keys
  // of a table wait for all of its indexes and go one after the other.
  void add_indexes_and_keys(const ResolvedTable& table) {
    std::vector<std::size_t>& done = finished_[table.schema.name];
    done = loaded_.at(table.schema.name);
    const auto& steps = schema_steps_.at(table.schema.name);
    for (const auto& s : steps) {
      if (s.kind != SchemaStepKind::index) continue;
      Step step = schema_step(table, s);
      if (table.schema.partition) step.after = done;
      done.push_back(add(std::move(step)));
    }
    for (const auto& s : steps) {
      if (s.kind != SchemaStepKind::key) continue;
      Step step = schema_step(table, s);
      step.after = done;
      done = {add(std::move(step))};
    }
  }

  // A table's own foreign keys come before those that refer to it, so that an orphan is taken out before
  // anything hangs on it. In a cycle of tables the plan's order breaks the tie.
  std::vector<const ResolvedTable*> parents_first() const {
    std::vector<const ResolvedTable*> order;
    std::set<std::string> seen;
    const auto visit = [&](const auto& self, const ResolvedTable& table) -> void {
      if (!seen.insert(table.schema.name).second) return;
      for (const auto& key : table.schema.foreign_keys) {
        if (const ResolvedTable* parent = names_.table(key.table)) self(self, *parent);
      }
      order.push_back(&table);
    };
    for (const auto& table : plan_.tables) visit(visit, table);
    return order;
  }

  // Foreign keys lock both tables against index builds; two validations of one table lock each other out.
  void add_what_needs_keys(const ResolvedTable& table) {
    for (const auto& s : schema_steps_.at(table.schema.name)) {
      if (s.kind == SchemaStepKind::create || s.kind == SchemaStepKind::drop_foreign_key ||
          s.kind == SchemaStepKind::index || s.kind == SchemaStepKind::key)
        continue;
      Step step = schema_step(table, s);
      step.after = finished_.at(table.schema.name);
      if (const auto parent = keyed_.find(s.needs_keys_of); parent != keyed_.end())
        step.after.insert(step.after.end(), parent->second.begin(), parent->second.end());
      if (checked_.contains(s.needs_keys_of)) {
        const auto& checked = finished_.at(s.needs_keys_of);
        step.after.insert(step.after.end(), checked.begin(), checked.end());
      }
      finished_[table.schema.name] = {add(std::move(step))};
    }
    checked_.insert(table.schema.name);
  }

  // Steps after which every table has its rows and keys.
  std::vector<std::size_t> all_finished() const {
    std::vector<std::size_t> steps;
    for (const auto& [table, finished] : finished_)
      steps.insert(steps.end(), finished.begin(), finished.end());
    return steps;
  }

  std::size_t add_object(const SchemaObject& object, std::vector<std::size_t> after) {
    Step step;
    step.kind = step_kind(object.kind);
    step.id = step_id(object);
    step.table = object.table;
    step.name = object.name;
    step.statements = dialect_.object_sql(object).make;
    step.after = std::move(after);
    return add(std::move(step));
  }

  // One after the other, in the order of the plan. Returns what those wait for that come later: `after` where
  // there are none.
  std::vector<std::size_t> add_sql(SqlMoment moment, std::vector<std::size_t> after) {
    for (const auto& object : objects_) {
      if (is_done_at(object, moment)) after = {add_object(object, after)};
    }
    return after;
  }

  // The triggers of a table come one after the other: each locks it.
  void add_triggers() {
    for (const auto& object : objects_) {
      if (object.kind != ObjectKind::trigger) continue;
      std::vector<std::size_t>& finished = finished_[object.table];
      std::vector<std::size_t> after = finished;
      after.insert(after.end(), after_load_.begin(), after_load_.end());
      finished = {add_object(object, std::move(after))};
    }
  }

  bool is_done_at(const SchemaObject& object, SqlMoment moment) const {
    return object.kind == ObjectKind::sql && object.at == moment && !dialect_.object_sql(object).make.empty();
  }

  bool has_sql(SqlMoment moment) const {
    return std::any_of(objects_.begin(), objects_.end(),
                       [&](const SchemaObject& object) { return is_done_at(object, moment); });
  }

  // Views wait for all proofs that there are, and a view for those that it reads. Returns what comes after
  // all of them.
  std::vector<std::size_t> add_views() {
    std::vector<std::size_t> ready = all_finished();
    for (std::size_t i = 0; i < graph_.steps.size(); ++i) {
      if (graph_.steps[i].kind == StepKind::prove) ready.push_back(i);
    }
    std::map<std::string, const SchemaObject*> views;
    for (const auto& object : objects_) {
      if (object.kind == ObjectKind::view) views[to_lower_ascii(object.name)] = &object;
    }
    std::map<std::string, std::size_t> made;
    std::set<std::string> seen;
    const auto visit = [&](const auto& self, const SchemaObject& view) -> void {
      if (!seen.insert(view.name).second) return;
      std::vector<std::size_t> after = ready;
      const auto query = parse_query(view.sql);
      // What only SQLite can read keeps the order of the plan.
      for (const auto& [name, step] : made) {
        if (!query) after.push_back(step);
      }
      for (const auto& table : query ? query.value->tables : std::vector<std::string>()) {
        // Names of SQLite are the same whatever their case.
        if (const auto other = views.find(to_lower_ascii(table)); other != views.end()) {
          self(self, *other->second);
          if (made.contains(other->second->name)) after.push_back(made.at(other->second->name));
        }
      }
      made[view.name] = add_object(view, std::move(after));
    };
    for (const auto& object : objects_) {
      if (object.kind == ObjectKind::view) visit(visit, object);
    }
    for (const auto& [name, step] : made) ready.push_back(step);
    return ready;
  }

  void add_proof(const ResolvedTable& table) {
    if (table.loads.empty()) return;
    Step step;
    step.kind = StepKind::prove;
    step.table = step.name = table.schema.name;
    step.id = "prove " + step.table;
    step.after = finished_.at(table.schema.name);
    step.after.insert(step.after.end(), after_load_.begin(), after_load_.end());
    step.after.insert(step.after.end(), at_end_.begin(), at_end_.end());
    add(std::move(step));
  }

  void weigh() {
    for (std::size_t i = graph_.steps.size(); i-- > 0;) {
      Step& step = graph_.steps[i];
      step.path += step.weight;
      for (const std::size_t before : step.after) {
        graph_.steps[before].path = std::max(graph_.steps[before].path, step.path);
      }
    }
  }

  const ResolvedPlan& plan_;
  const Dialect& dialect_;
  const PlanNames names_;
  std::vector<SchemaObject> objects_;
  std::set<std::string> small_;           // tables that are loaded in groups
  std::set<std::string> waited_for_;      // tables that an `after` names
  std::vector<std::size_t> before_load_;  // steps that the first table waits for
  std::vector<std::size_t> after_load_;   // SQL steps that triggers and proofs wait for
  std::vector<std::size_t> at_end_;       // SQL steps that proofs wait for
  std::map<std::string, Size> sizes_;
  std::map<std::string, std::vector<SchemaStep>> schema_steps_;
  std::map<std::string, std::vector<std::size_t>> loaded_;  // steps after which the rows of a table are in
  std::map<std::string, std::vector<std::size_t>>
      keyed_;  // steps after which a table's rows and keys are all there
  std::map<std::string, std::vector<std::size_t>>
      finished_;                   // steps after which what was added so far is done
  std::set<std::string> checked_;  // tables whose own foreign keys have their steps
  Graph graph_;
};

}  // namespace

Graph build_graph(const ResolvedPlan& plan, const Dialect& dialect,
                  const std::map<std::string, LoadSize>& sizes) {
  return Builder(plan, dialect, sizes).build();
}

std::string to_text(const Graph& graph) {
  std::string text;
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    const Step& step = graph.steps[i];
    text += std::to_string(i + 1) + "  " + step.id;
    if (step.creates.size() > 1) text += " (" + step.name + ")";
    std::vector<std::string> before;
    for (const std::size_t b : step.after) before.push_back(std::to_string(b + 1));
    if (!before.empty()) text += "  after " + join(before, ", ");
    text += "\n";
  }
  return text;
}

}  // namespace planrun
