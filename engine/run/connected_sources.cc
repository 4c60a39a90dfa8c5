#include "run/connected_sources.h"

#include <algorithm>

#include "resolve/source_tables.h"
#include "sql/identifiers.h"

namespace planrun {

namespace {

/// Where the plan says this of the table, as a `where` or an `expr`.
Position expression_place(const Plan& plan, const std::string& table, const std::string& sql) {
  Position place;
  const auto look_at = [&](const std::optional<Located>& text) {
    if (place.line == 0 && text && text->text == sql) place = text->at;
  };
  for (const auto& own : plan.tables) {
    if (own.name != table) continue;
    for (const auto& load : own.loads) {
      look_at(load.where);
      for (const auto& column : load.columns) look_at(column.expr);
    }
    for (const auto& column : own.columns) look_at(column.expr);
  }
  return place;
}

// Those that are named, in an expression too.
std::vector<std::string> read_columns(const ResolvedLoad& load, const SourceTable& table) {
  std::vector<std::string> named = identifiers_in(load.where);
  for (const auto& input : load.inputs) {
    const auto words = identifiers_in(input.expr);
    named.insert(named.end(), words.begin(), words.end());
    if (!input.column.empty()) named.push_back(input.column);
  }
  std::vector<std::string> columns;
  for (const auto& column : table.columns) {
    const auto is_it = [&](const std::string& name) { return same_name(name, column.name); };
    if (std::any_of(named.begin(), named.end(), is_it)) columns.push_back(column.name);
  }
  return columns;
}

}  // namespace

ConnectedSources connect_sources(const std::map<std::string, SourceDatabase*>& sources) {
  ConnectedSources connected;
  for (const auto& [name, database] : sources) {
    connected.connections[name] = database->connect();
    connected.tables[name] = connected.connections[name]->tables();
  }
  return connected;
}

namespace {

// Where the plan says the load's `from`.
Position place_of(const Plan& plan, const std::string& load) {
  for (const auto& table : plan.tables) {
    for (const auto& one : table.loads) {
      const auto names = load_names(table, one);
      const auto name = std::find(names.begin(), names.end(), load);
      if (name != names.end()) return one.from[static_cast<std::size_t>(name - names.begin())].at;
    }
  }
  return {};
}

}  // namespace

void check_loads_agree(const Plan& plan, const ResolvedPlan& resolved, Diagnostics& wrong) {
  for (const auto& table : resolved.tables) {
    if (table.schema.exists) continue;  // the rows of each load are proved on their own
    for (const auto& load : table.loads) {
      const auto& first = table.loads.front();
      bool same = load.columns.size() == first.columns.size();
      for (std::size_t i = 0; same && i < load.columns.size(); ++i)
        same = load.columns[i].column == first.columns[i].column;
      if (!same) {
        wrong.error(FindingCode::loads_differ, place_of(plan, load.name),
                    "load " + load.name + " fills other columns than load " + first.name,
                    "give the missing ones a `value`, `expr` or `from` in both");
      }
    }
  }
}

bool check_files_agree(const Plan& plan, const ResolvedPlan& resolved, const ConnectedSources& sources,
                       Diagnostics& wrong) {
  bool agree = true;
  const SourceTableNames names(sources.tables);
  for (const auto& table : resolved.tables) {
    for (const auto& load : table.loads) {
      const SourceTable* source = names.find(load.source, load.source_table);
      if (source == nullptr) continue;
      for (const auto& difference :
           sources.connections.at(load.source)->differences(load.source_table, read_columns(load, *source))) {
        wrong.error(FindingCode::files_differ, place_of(plan, load.name),
                    "load " + load.name + ": " + difference,
                    "mend the file, or leave it out of the source's pattern and give it a source of its own");
        agree = false;
      }
    }
  }
  return agree;
}

std::vector<MissingPart> check_whole_sources(const Plan& plan, const ResolveResult& resolved,
                                             const ConnectedSources& sources, Diagnostics& wrong) {
  std::map<std::string, std::vector<SchemaPart>> parts;
  for (const auto& [name, connection] : sources.connections) parts[name] = connection->schema_parts();
  auto missing = missing_parts(resolved.plan, plan.targets.front().dialect, sources.tables, parts);
  check_whole(plan, missing, resolved.unread_tables, wrong);
  return missing;
}

void check_expressions(const Plan& plan, const ResolvedPlan& resolved, const ConnectedSources& sources,
                       Diagnostics& wrong) {
  for (const auto& table : resolved.tables) {
    for (const auto& load : table.loads) {
      const auto source = sources.connections.find(load.source);
      if (source == sources.connections.end()) continue;
      const auto refuse = [&](const std::string& expr) {
        if (expr.empty()) return;
        const std::string why = source->second->refuse_expression(load.source_table, expr);
        if (why.empty()) return;
        wrong.error(FindingCode::expression_refused, expression_place(plan, table.schema.name, expr),
                    "load " + load.name + ": \"" + expr + "\": " + why);
      };
      refuse(load.where);
      for (const auto& input : load.inputs) refuse(input.expr);
    }
  }
}

}  // namespace planrun
