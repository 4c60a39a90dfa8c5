#include "resolve/whole.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <set>

#include "base/text.h"
#include "sql/identifiers.h"

namespace planrun {
namespace {

constexpr std::size_t kShownSqlBytes = 1000;

using Names = std::vector<std::string>;
using NameSet = std::set<std::string>;

std::string name_of(const SchemaPart& part) {
  const std::string columns = part.table + "(" + join(part.columns, ", ") + ")";
  const std::string column = part.table + "." + join(part.columns, ", ");
  switch (part.kind) {
    case SchemaPartKind::key:
      return "key " + columns;
    case SchemaPartKind::unique:
      return "unique " + columns;
    case SchemaPartKind::foreign_key:
      return "foreign key " + columns;
    case SchemaPartKind::check:
      return "check " + part.table + ": " + part.sql;
    case SchemaPartKind::not_null:
      return "not null " + column;
    case SchemaPartKind::default_value:
      return "default " + column;
    case SchemaPartKind::collation:
      return "collation " + column;
    case SchemaPartKind::numbering:
      return "numbering " + column;
    case SchemaPartKind::generated:
      return "generated " + column;
    case SchemaPartKind::index:
      return "index " + part.name;
    case SchemaPartKind::trigger:
      return "trigger " + part.name;
    case SchemaPartKind::view:
      return "view " + part.name;
    case SchemaPartKind::partitioning:
    case SchemaPartKind::other:
      return part.name;
  }
  return {};
}

NameSet set_of(const Names& names) {
  return {names.begin(), names.end()};
}

/// Which of the columns an expression mentions.
NameSet mentioned(const std::string& sql, const Names& columns) {
  NameSet found;
  for (const auto& word : identifiers_in(sql)) {
    if (const auto* column = find_by_name(columns, word, std::identity())) found.insert(*column);
  }
  return found;
}

std::string without_blanks(const std::string& sql) {
  std::string text;
  for (const char c : to_lower_ascii(sql)) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0 && c != '"') text += c;
  }
  return text;
}

/// One load of a source table, with the target table that it fills.
class Arrival {
 public:
  Arrival(const SourceTable& source, const ResolvedTable& table, const ResolvedLoad& load)
      : source_(source), schema_(table.schema), load_(load) {}

  const std::string& target() const { return schema_.name; }

  /// `parents`: the tables that the other table of a foreign key arrives in; empty: it does not, and any will
  /// do.
  bool has(const SchemaPart& part, const NameSet& parents) const {
    if (schema_.exists) return true;
    const auto columns = part.kind == SchemaPartKind::check ? arrived(mentioned(part.sql, source_columns()))
                                                            : arrived(set_of(part.columns));
    if (!columns) return true;  // left behind with a column
    switch (part.kind) {
      case SchemaPartKind::key:
      case SchemaPartKind::unique:
        return has_unique(*columns);
      case SchemaPartKind::foreign_key:
        return std::ranges::any_of(schema_.foreign_keys, [&](const auto& key) {
          return set_of(key.columns) == *columns && (parents.empty() || parents.contains(key.table));
        });
      case SchemaPartKind::check:
        return has_check(part, *columns);
      case SchemaPartKind::index:
        return has_index(part, *columns);
      case SchemaPartKind::partitioning:
        return schema_.partition.has_value();
      default:
        return has_of_column(part.kind, *schema_.find(*columns->begin()));
    }
  }

 private:
  Names source_columns() const {
    Names names;
    for (const auto& column : source_.columns) names.push_back(column.name);
    return names;
  }

  /// What the load makes of a source column; empty: nothing.
  std::string arrived(const std::string& column) const {
    if (!load_.transform) {
      for (const auto& filled : load_.columns) {
        if (filled.input >= 0 && load_.inputs[static_cast<std::size_t>(filled.input)].column == column)
          return schema_.columns[filled.column].name;
      }
    }
    return schema_.find(column) == nullptr ? std::string() : column;
  }

  std::optional<NameSet> arrived(const NameSet& columns) const {
    NameSet names;
    for (const auto& column : columns) {
      const std::string name = arrived(column);
      if (name.empty()) return std::nullopt;
      names.insert(name);
    }
    return names;
  }

  bool has_unique(const NameSet& columns) const {
    return std::ranges::any_of(schema_.keys,
                               [&](const auto& key) { return set_of(key.columns) == columns; }) ||
           std::ranges::any_of(schema_.indexes, [&](const auto& index) {
             return index.unique && index.where_sql.empty() && set_of(index.columns) == columns;
           });
  }

  bool has_check(const SchemaPart& part, const NameSet& columns) const {
    if (columns.size() == 1 && is_said_by_type(part, *schema_.find(*columns.begin()))) return true;
    return std::ranges::any_of(schema_.checks, [&](const CheckSchema& check) {
      Names own;
      for (const auto& column : schema_.columns) own.push_back(column.name);
      return mentioned(check.sql, own) == columns;
    });
  }

  /// A CHECK that the column's type holds already.
  bool is_said_by_type(const SchemaPart& part, const ColumnSchema& column) const {
    const NameSet names = mentioned(part.sql, source_columns());
    const std::string name = to_lower_ascii(*names.begin());
    const std::string check = without_blanks(part.sql);
    if (column.type.kind == TypeKind::boolean) return check == name + "in(0,1)" || check == name + "in(1,0)";
    return (column.type.kind == TypeKind::json || column.type.kind == TypeKind::jsonb) &&
           check == "json_valid(" + name + ")";
  }

  bool has_index(const SchemaPart& part, const NameSet& columns) const {
    const auto same_name = [&](const auto& index) {
      return to_lower_ascii(index.name) == to_lower_ascii(part.name);
    };
    if (std::ranges::any_of(schema_.indexes, same_name)) return true;
    if (columns.empty()) return false;
    if (has_unique(columns)) return true;
    return !part.unique && std::ranges::any_of(schema_.indexes, [&](const auto& index) {
      return index.where_sql.empty() && set_of(index.columns) == columns;
    });
  }

  bool has_of_column(SchemaPartKind kind, const ColumnSchema& column) const {
    const bool fills_itself =
        !column.default_sql.empty() || column.identity != Identity::none || !column.generated_sql.empty();
    switch (kind) {
      case SchemaPartKind::not_null:
        return column.not_null;
      case SchemaPartKind::default_value:
      case SchemaPartKind::numbering:
        return fills_itself;
      case SchemaPartKind::generated:
        return !column.generated_sql.empty();
      default:
        return !column.collation.empty() || column.type.sql == "citext" ||
               std::ranges::any_of(schema_.indexes, [&](const auto& index) {
                 return to_lower_ascii(index.elements_sql).find("lower(") != std::string::npos &&
                        set_of(index.columns).contains(column.name);
               });
    }
  }

  const SourceTable& source_;
  const TableSchema& schema_;
  const ResolvedLoad& load_;
};

class Comparison {
 public:
  Comparison(const ResolvedPlan& plan, const std::string& dialect, const SourceTables& tables,
             const std::map<std::string, std::vector<SchemaPart>>& parts)
      : dialect_(dialect) {
    NameSet noted;
    for (const auto& target : plan.tables) {
      for (const auto& load : target.loads) {
        const auto own = parts.find(load.source);
        if (own != parts.end() && noted.insert(load.source).second) note_owner(*own);
      }
    }
    for (const auto& own : parts) note_owner(own);
    note_arrivals(plan, tables);
    for (const auto& view : plan.views) views_.insert(to_lower_ascii(view.name));
    for (const auto& trigger : plan.triggers) triggers_.insert(to_lower_ascii(trigger.name));
  }

  bool lacks(const std::string& source, const SchemaPart& part) const {
    if (part.kind == SchemaPartKind::other) return true;  // nothing that a plan names is one of them
    // SQLite numbers the rows of a table with a single integer key by itself.
    if (part.kind == SchemaPartKind::numbering && dialect_ == "sqlite") return false;
    const auto& arrivals = arrivals_of(source, part.kind == SchemaPartKind::view ? part.name : part.table);
    if (part.kind == SchemaPartKind::view)
      return arrivals.empty() && !(views_.contains(to_lower_ascii(part.name)) && owns(source, part));
    if (part.kind == SchemaPartKind::trigger)
      return !(triggers_.contains(to_lower_ascii(part.name)) && owns(source, part));
    const NameSet parents = arrived_in(source, part.references);
    return !arrivals.empty() &&
           std::ranges::none_of(arrivals, [&](const Arrival& arrival) { return arrival.has(part, parents); });
  }

 private:
  using Object = std::pair<SchemaPartKind, std::string>;
  static Object object_of(const SchemaPart& part) { return {part.kind, to_lower_ascii(part.name)}; }

  /// Of several sources that have a view or trigger of one name, the plan's is the first one's, in its order.
  void note_owner(const std::pair<const std::string, std::vector<SchemaPart>>& own) {
    for (const auto& part : own.second) {
      if (part.kind == SchemaPartKind::view || part.kind == SchemaPartKind::trigger)
        owners_.try_emplace(object_of(part), own.first);
    }
  }
  bool owns(const std::string& source, const SchemaPart& part) const {
    return owners_.at(object_of(part)) == source;
  }

  void note_arrivals(const ResolvedPlan& plan, const SourceTables& tables) {
    std::map<std::pair<std::string, std::string>, const SourceTable*> sources;
    for (const auto& [source, own] : tables) {
      for (const auto& table : own) sources.try_emplace({source, table.name}, &table);
    }
    for (const auto& target : plan.tables) {
      for (const auto& load : target.loads) {
        std::pair place(load.source, load.source_table);
        const auto from = sources.find(place);
        if (from != sources.end()) arrivals_[std::move(place)].emplace_back(*from->second, target, load);
      }
    }
  }

  NameSet arrived_in(const std::string& source, const std::string& table) const {
    NameSet targets;
    for (const auto& arrival : arrivals_of(source, table)) targets.insert(arrival.target());
    if (table.empty() || !targets.empty()) return targets;
    // A foreign key of SQLite's may write the name in another case.
    for (const auto& [place, arrivals] : arrivals_) {
      if (place.first != source || !same_name(place.second, table)) continue;
      for (const auto& arrival : arrivals) targets.insert(arrival.target());
    }
    return targets;
  }

  const std::vector<Arrival>& arrivals_of(const std::string& source, const std::string& table) const {
    static const std::vector<Arrival> kNone;
    const auto found = arrivals_.find({source, table});
    return found == arrivals_.end() ? kNone : found->second;
  }

  const std::string& dialect_;
  std::map<Object, std::string> owners_;
  // By source and table.
  std::map<std::pair<std::string, std::string>, std::vector<Arrival>> arrivals_;
  NameSet views_;  // of the plan, in lower case
  NameSet triggers_;
};

std::string in_toml(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string told(const MissingPart& part) {
  const std::string text = "source " + part.source + " has " + part.name + ", and the plan does not";
  return part.sql.empty() ? text : text + ": " + quote_for_message(part.sql, kShownSqlBytes);
}

}  // namespace

std::vector<MissingPart> missing_parts(const ResolvedPlan& plan, const std::string& dialect,
                                       const SourceTables& tables,
                                       const std::map<std::string, std::vector<SchemaPart>>& parts) {
  const Comparison comparison(plan, dialect, tables, parts);
  std::vector<MissingPart> missing;
  for (const auto& [source, own] : parts) {
    for (const auto& part : own) {
      if (!comparison.lacks(source, part)) continue;
      // A CHECK is called by its SQL already.
      missing.push_back({source, name_of(part), part.kind == SchemaPartKind::check ? "" : part.sql});
    }
  }
  return missing;
}

std::vector<MissingPart> lacking_parts(const std::string& source, const std::vector<MissingPart>& missing,
                                       const std::vector<std::string>& unread) {
  std::vector<MissingPart> lacking;
  for (const auto& table : unread) {
    const TablePlace place = table_place(table);
    if (place.source == source) lacking.push_back({source, "table " + place.table, {}});
  }
  std::ranges::copy_if(missing, std::back_inserter(lacking),
                       [&](const auto& part) { return part.source == source; });
  return lacking;
}

void check_whole(const Plan& plan, const std::vector<MissingPart>& missing,
                 const std::vector<std::string>& unread, Diagnostics& diagnostics) {
  for (const auto& source : plan.sources) {
    if (!source.whole) continue;
    const std::vector<MissingPart> lacking = lacking_parts(source.name, missing, unread);
    Names names;
    for (const auto& part : lacking) names.push_back(part.name);
    for (const auto& left : source.leave) {
      // The sample of a rehearsal does not have all of it.
      if (plan.sample > 0 || std::ranges::find(names, left.text) != names.end()) continue;
      diagnostics.error(FindingCode::not_whole, left.at,
                        "`leave` names " + quote_for_message(left.text) + ", which is nothing that source " +
                            source.name + " has and the plan does not",
                        did_you_mean(left.text, names));
    }
    for (const auto& part : lacking) {
      const bool left =
          std::ranges::any_of(source.leave, [&](const Located& name) { return name.text == part.name; });
      if (left) continue;
      diagnostics.error(FindingCode::not_whole, source.whole_at, told(part),
                        "write it into the plan, or name it in [source." + source.name + "]: leave = [" +
                            in_toml(part.name) + "]");
    }
  }
}

}  // namespace planrun
