#include "run/source_risks.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "plan/table_shape.h"
#include "resolve/resolve.h"
#include "run/connected_sources.h"
#include "run/existing_tables.h"
#include "run/questions.h"
#include "sql/quote.h"

namespace planrun {

namespace {

// The plan's load that a resolved one comes of.
const PlanLoad& load_of(const PlanTable& table, const ResolvedLoad& load) {
  for (const auto& candidate : table.loads) {
    const auto names = load_names(table, candidate);
    if (std::find(names.begin(), names.end(), load.name) != names.end()) return candidate;
  }
  throw Error(ErrorCode::plan, "load " + load.name + " is in no table of the plan");
}

// Where the plan says it: the load's own mapping, the table's column, what inherits it, or the load.
Position place_of(const PlanTable& table, const PlanLoad& load, const std::string& column) {
  Position place = table.exists ? load.from.front().at : table.at;
  for (const auto* columns : {&load.columns, &table.columns}) {
    for (const auto& entry : *columns) {
      if (!entry.inherit && entry.name == column) return entry.at;
      if (entry.inherit) place = entry.at;
    }
  }
  return place;
}

std::optional<std::int64_t> as_integer(const std::optional<std::string>& text) {
  std::int64_t value = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

bool is_narrow_integer(const ColumnType& type) {
  return type.kind == TypeKind::smallint || type.kind == TypeKind::integer;
}

bool is_limited_text(const ColumnType& type) {
  return (type.kind == TypeKind::varchar || type.kind == TypeKind::char_) && type.length > 0;
}

bool fits(std::int64_t value, const ColumnType& type) {
  if (type.kind == TypeKind::smallint) {
    return value >= std::numeric_limits<std::int16_t>::min() &&
           value <= std::numeric_limits<std::int16_t>::max();
  }
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

// By declaration, where that says a size: SQLite's INTEGER and TEXT do not, and are measured.
bool is_declared_wider(const std::string& declared, const ColumnType& type) {
  const ColumnType source = inherited_type(declared);
  const std::string word = to_lower_ascii(trim(declared));
  switch (type.kind) {
    case TypeKind::smallint:
    case TypeKind::integer:
      return word == "bigint" || word == "int8" || word == "big int" || word == "unsigned big int";
    case TypeKind::real:
      return source.kind == TypeKind::double_precision;
    case TypeKind::varchar:
    case TypeKind::char_:
      return is_limited_text(type) && is_limited_text(source) && source.length > type.length;
    case TypeKind::numeric:
      return source.kind == TypeKind::numeric && source.precision >= 0 && type.precision >= 0 &&
             (source.scale > type.scale || source.precision - source.scale > type.precision - type.scale);
    default:
      return false;
  }
}

// By type, of a source that has types.
bool is_wider(const ColumnType& source, const ColumnType& type) {
  const auto bytes = [](TypeKind kind) {
    return kind == TypeKind::smallint ? 2 : kind == TypeKind::integer ? 4 : kind == TypeKind::bigint ? 8 : 0;
  };
  if (is_narrow_integer(type)) return bytes(source.kind) > bytes(type.kind);
  if (type.kind == TypeKind::real) return source.kind == TypeKind::double_precision;
  if (is_limited_text(type)) return source.kind == TypeKind::text || is_declared_wider(source.sql, type);
  return is_declared_wider(source.sql, type);
}

/// One load's columns, held against what its source declares and holds. Values are measured in one query.
class LoadMeasure {
 public:
  LoadMeasure(const PlanTable& table, const TableSchema& schema, const ResolvedLoad& load, Source& source,
              const SourceTable& from, Diagnostics& wrong)
      : table_(table),
        plan_load_(load_of(table, load)),
        schema_(schema),
        load_(load),
        source_(source),
        from_(from),
        wrong_(wrong) {}

  void run() {
    for (const auto& column : load_.columns) {
      if (column.input < 0 || !column.using_.empty()) continue;
      add(schema_.columns[column.column], load_.inputs[static_cast<std::size_t>(column.input)]);
    }
    if (!asked_.empty()) ask();
    for (const auto& one : measured_) judge(one);
  }

 private:
  struct Measured {
    const ColumnSchema* column;
    const ResolvedInput* input;
    std::string declared;               // empty for an expression
    std::optional<ColumnType> typed{};  // where the source types its columns
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;  // of an integer; of a text, its length
    std::size_t asked_at = 0;          // of the query's columns
  };

  void add(const ColumnSchema& column, const ResolvedInput& input) {
    Measured one{&column, &input, {}, {}, {}, {}, asked_.size()};
    for (const auto& source_column : from_.columns) {
      if (source_column.name == input.column) one.declared = source_column.declared;
    }
    if (from_.schema) {  // its types say what they hold
      if (const ColumnSchema* typed = from_.schema->find(input.column)) one.typed = typed->type;
      measured_.push_back(std::move(one));
      return;
    }
    const std::string value = input.column.empty() ? "(" + input.expr + ")" : quote_name(input.column);
    if (is_narrow_integer(column.type)) {
      asked_.push_back("min(" + value + ")");
      asked_.push_back("max(" + value + ")");
    } else if (is_limited_text(column.type)) {
      asked_.push_back("max(length(" + value + "))");
    }
    measured_.push_back(std::move(one));
  }

  void ask() {
    std::string sql = "select " + join(asked_, ", ") + " from " + quote_name(load_.source_table);
    if (!load_.where.empty()) sql += " where (" + load_.where + ")";
    const QueryResult found = source_.query(sql);
    if (found.rows.empty()) return;
    for (auto& one : measured_) {
      if (is_narrow_integer(one.column->type)) {
        one.least = as_integer(found.rows[0][one.asked_at]);
        one.most = as_integer(found.rows[0][one.asked_at + 1]);
      } else if (is_limited_text(one.column->type)) {
        one.most = as_integer(found.rows[0][one.asked_at]);
      }
    }
  }

  void judge(const Measured& one) {
    const ColumnType& type = one.column->type;
    const std::string is = shown_column(table_.name, one.column->name) + " is " + type.sql;
    const std::string name =
        load_.source + "." + load_.source_table +
        (one.input->column.empty() ? ": (" + one.input->expr + ")" : "." + one.input->column);
    if (is_limited_text(type) && one.most.value_or(0) > type.length) {
      warn(FindingCode::too_short, one,
           is + ", and the longest value of " + name + " has " + std::to_string(*one.most) + " characters",
           "varchar(" + std::to_string(*one.most) + ") or text");
      return;
    }
    for (const auto& value : {one.least, one.most}) {
      if (!is_narrow_integer(type) || !value || fits(*value, type)) continue;
      warn(FindingCode::narrower, one, is + ", and " + name + " holds " + std::to_string(*value), "bigint");
      return;
    }
    const bool wider = one.typed ? is_wider(*one.typed, type)
                                 : !one.declared.empty() && is_declared_wider(one.declared, type);
    if (!wider) return;
    warn(FindingCode::narrower, one, is + ", and " + name + " is declared " + one.declared,
         "declare it as wide, or allow it with the reason why no value will be larger");
  }

  void warn(FindingCode code, const Measured& one, std::string message, std::string hint) {
    wrong_.warning(code, place_of(table_, plan_load_, one.column->name), std::move(message), std::move(hint));
  }

  const PlanTable& table_;
  const PlanLoad& plan_load_;
  const TableSchema& schema_;
  const ResolvedLoad& load_;
  Source& source_;
  const SourceTable& from_;
  Diagnostics& wrong_;
  std::vector<std::string> asked_;
  std::vector<Measured> measured_;
};

ExistingTables ask_target(const Plan& plan, TargetDatabase& target,
                          const std::function<void(const std::string&)>& notice) {
  ExistingTables existing;
  for (const auto& table : plan.tables) {
    if (!table.exists) continue;
    const std::string left_out = "[table." + table.name + "] is not held against the target: ";
    try {
      if (auto found = target.existing_table(table.name)) {
        existing.emplace(table.name, std::move(*found));
      } else {
        notice(left_out + target.shown_url() + " has no such table yet");
      }
    } catch (const Error& error) {
      notice(left_out + error.what());
    }
  }
  if (!existing.empty()) remember_dropped_keys(plan, target, existing);
  return existing;
}

// That a table is not there yet is no finding here: another plan may make it first.
void forget_missing(const Plan& plan, const ExistingTables& existing, Diagnostics& found) {
  for (const auto& table : plan.tables) {
    if (!table.exists || existing.contains(table.name)) continue;
    std::erase_if(found.list, [&](const Diagnostic& d) {
      return d.code == FindingCode::existing_table_misfit && d.position.line == table.exists_at.line &&
             d.position.column == table.exists_at.column;
    });
  }
}

}  // namespace

std::optional<ResolvedPlan> find_source_risks(const Plan& plan,
                                              const std::map<std::string, SourceDatabase*>& sources,
                                              TargetDatabase& target,
                                              const std::function<void(const std::string&)>& notice,
                                              Diagnostics& wrong) {
  const ConnectedSources connected = connect_sources(sources);
  const ExistingTables existing = ask_target(plan, target, notice);
  ResolveResult resolved = resolve(plan, connected.tables, existing);
  Diagnostics& found = resolved.diagnostics;
  forget_missing(plan, existing, found);
  if (!found.has_errors()) check_loads_agree(plan, resolved.plan, found);
  if (check_files_agree(plan, resolved.plan, connected, found))
    check_expressions(plan, resolved.plan, connected, found);
  if (!found.has_errors()) check_whole_sources(plan, resolved, connected, found);
  check_source_questions(resolved.plan.checks, sources, found);
  wrong.list.insert(wrong.list.end(), found.list.begin(), found.list.end());
  if (found.has_errors()) return std::nullopt;
  const SourceTableNames names(connected.tables);
  for (const auto& [name, source] : sources) {
    if (source->has_many_files())
      notice("the values of source " + name + " are not held against the plan's types: it is many files");
  }
  for (std::size_t i = 0; i < plan.tables.size(); ++i) {
    const ResolvedTable& table = resolved.plan.tables[i];
    for (const auto& load : table.loads) {
      if (load.transform || sources.at(load.source)->has_many_files()) continue;
      LoadMeasure(plan.tables[i], table.schema, load, *connected.connections.at(load.source),
                  *names.find(load.source, load.source_table), wrong)
          .run();
    }
  }
  return std::move(resolved.plan);
}

}  // namespace planrun
