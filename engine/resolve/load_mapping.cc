#include "resolve/load_mapping.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "plan/merge.h"
#include "plan/table_shape.h"
#include "resolve/inherited_schema.h"
#include "sql/identifiers.h"

namespace planrun {
namespace {

constexpr std::size_t kShownOpen = 10;

// "+02:00" -> 7200; the plan's reader has checked the form.
int zone_seconds(const std::string& zone) {
  if (zone == "UTC") return 0;
  const int seconds = std::stoi(zone.substr(1, 2)) * 3600 + std::stoi(zone.substr(4, 2)) * 60;
  return zone[0] == '-' ? -seconds : seconds;
}

class LoadReader {
 public:
  LoadReader(const PlanTable& table, const PlanLoad& load, const TableSchema& schema,
             std::span<const SourceTable* const> sources, std::size_t place, Diagnostics& diagnostics)
      : table_(table),
        load_(load),
        schema_(schema),
        sources_(sources),
        place_(place),
        from_(load.from[place]),
        source_(*sources[place]),
        diagnostics_(diagnostics) {
    for (const auto& name : load.ignore) ignored_.insert(name.text);
  }

  ResolvedLoad read() {
    const TablePlace place = table_place(from_.text);
    out_.name = load_names(table_, load_)[place_];
    out_.source = place.source;
    out_.source_table = place.table;
    if (load_.where) out_.where = load_.where->text;
    out_.on_reject = load_.on_reject;
    out_.max_rejects = load_.max_rejects.value_or(-1);
    if (load_.transform) begin_transform();
    for (std::size_t i = 0; i < schema_.columns.size(); ++i) read_column(i);
    refuse_open();
    read_write();
    read_merge();
    check_own_columns();
    check_ignore();
    check_all_used();
    if (out_.columns.empty())
      diagnostics_.error(FindingCode::column_unfilled, at(),
                         "the load fills no column of [table." + table_.name + "]");
    return std::move(out_);
  }

 private:
  Position at() const { return from_.at; }

  // The function's row has all source columns, and each `expr` under the name of its column.
  void begin_transform() {
    ResolvedTransform& transform = out_.transform.emplace();
    transform.name = load_.transform->text;
    for (const auto& column : schema_.columns) {
      const PlanColumn* plan = entry(column.name);
      if (plan == nullptr || !plan->expr) continue;
      transform.inputs.push_back(column.name);
      out_.inputs.push_back({"", plan->expr->text});
    }
    for (const auto& column : source_.columns) {
      const auto& names = transform.inputs;
      if (ignored_.contains(column.name) || std::find(names.begin(), names.end(), column.name) != names.end())
        continue;
      transform.inputs.push_back(column.name);
      out_.inputs.push_back({column.name, ""});
    }
  }

  int field_of(const std::string& name) {
    auto& fields = out_.transform->fields;
    const auto found = std::find(fields.begin(), fields.end(), name);
    const auto index = static_cast<int>(found - fields.begin());
    if (found == fields.end()) fields.push_back(name);
    return index;
  }

  // What the function's rows fill. A column that makes its own values does so, unless the plan or the source
  // says otherwise: a column left out and a null look the same in Lua. Of a table that another plan made the
  // author may not know that the source has a column of the same name.
  bool is_field(const ColumnSchema& column, const PlanColumn* plan) const {
    if (plan != nullptr && (plan->from || plan->expr)) return true;
    if (column.default_sql.empty() && column.identity == Identity::none) return true;
    return !table_.exists && find_column(source_, column.name) != nullptr && !ignored_.contains(column.name);
  }

  // The load's own mapping of a column goes before the table's; null for an inherited column.
  const PlanColumn* entry(const std::string& name) const {
    for (const auto* columns : {&load_.columns, &table_.columns}) {
      for (const auto& column : *columns) {
        if (!column.inherit && column.name == name) return &column;
      }
    }
    return nullptr;
  }

  void read_column(std::size_t index) {
    const ColumnSchema& column = schema_.columns[index];
    if (!column.generated_sql.empty()) {
      // The target computes it as the source does.
      const SourceColumn* computed = find_column(source_, column.name);
      if (computed != nullptr && computed->generated) used_.insert(column.name);
      return;
    }
    const PlanColumn* plan = entry(column.name);
    ResolvedColumn resolved;
    resolved.column = index;
    if (plan != nullptr) {
      resolved.using_ = plan->using_;
      resolved.has_zone = plan->zone.has_value();
      if (plan->zone) resolved.zone_seconds = zone_seconds(plan->zone->text);
    }
    if (plan != nullptr && plan->value) {
      resolved.constant = plan->value->text;
    } else if (out_.transform) {
      if (!is_field(column, plan)) return;
      resolved.input = field_of(plan != nullptr && plan->from ? plan->from->text : column.name);
    } else if (plan != nullptr && plan->expr) {
      resolved.input = input_of({"", plan->expr->text});
      use_words(plan->expr->text);
    } else if (plan != nullptr && plan->from) {
      if (!check_from(*plan)) return;
      resolved.input = input_of({plan->from->text, ""});
      used_.insert(plan->from->text);
    } else if (find_column(source_, column.name) != nullptr && !ignored_.contains(column.name)) {
      resolved.input = input_of({column.name, ""});
      used_.insert(column.name);
    } else {
      // The target gives the value: a default or a sequence; in a table of others also a null.
      const bool given = !column.default_sql.empty() || column.identity != Identity::none ||
                         (schema_.exists && !column.not_null);
      if (!given) report_unfilled(column, plan);
      return;
    }
    out_.columns.push_back(std::move(resolved));
  }

  // A SQLite column without a type keeps each value as it comes: as what, the plan must say.
  void refuse_open() {
    std::vector<std::string> open;
    for (const auto& loaded : out_.columns) {
      const ColumnSchema& column = schema_.columns[loaded.column];
      if (schema_.exists && column.type.sql.empty()) open.push_back(column.name);
    }
    if (open.empty()) return;
    const std::string first = open.front() + " = ";
    const std::size_t more = open.size() - std::min(open.size(), kShownOpen);
    open.resize(open.size() - more);
    diagnostics_.error(
        FindingCode::existing_table_misfit, at(),
        "[table." + table_.name + "] exists, and gives no type to " + comma_list(open) +
            (more > 0 ? " and " + with_thousands(static_cast<std::int64_t>(more)) + " more" : "") +
            ": what comes, numbers or texts, would stay so",
        "say in its columns what the values are: `" + first + "\"bigint\"`, `" + first + "\"text\"`, ...");
  }

  void read_write() {
    out_.write = load_.write;
    out_.may_meet_rows = schema_.exists || load_.write != WriteMode::insert;
    if (load_.write == WriteMode::insert) return;
    for (const auto& name : load_.key) {
      const auto places = schema_.places({name.text});
      const bool loaded =
          !places.empty() && std::any_of(out_.columns.begin(), out_.columns.end(),
                                         [&](const auto& c) { return c.column == places.front(); });
      if (!loaded) {
        diagnostics_.error(
            places.empty() ? FindingCode::unknown_column : FindingCode::column_unfilled, name.at,
            "`key` names `" + name.text + "`, which " +
                (places.empty() ? "is no column of [table." + table_.name + "]" : "the load does not fill"),
            did_you_mean(name.text, column_names(schema_)));
        return;
      }
      out_.key.push_back(places.front());
    }
    check_key();
  }

  void read_merge() {
    if (!load_.merge) return;
    ResolvedMerge merge;
    merge.group = load_.name.empty() ? table_.name : table_.name + "." + load_.name;
    merge.place = place_;
    merge.keep = load_.merge->keep;
    for (const auto& name : load_.merge->key) {
      if (const auto column = loaded_column(name, "key")) merge.key.push_back(*column);
    }
    if (load_.merge->by) merge.by = loaded_column(*load_.merge->by, "by");
    out_.merge = std::move(merge);
  }

  // Absent: check_merge() has reported it, or it is reported here.
  std::optional<std::size_t> loaded_column(const Located& name, const std::string& key) {
    const auto places = schema_.places({name.text});
    if (places.empty()) return std::nullopt;
    const bool loaded = std::any_of(out_.columns.begin(), out_.columns.end(),
                                    [&](const auto& c) { return c.column == places.front(); });
    if (loaded) return places.front();
    diagnostics_.error(FindingCode::column_unfilled, name.at,
                       "`merge." + key + "` names `" + name.text + "`, which the load does not fill");
    return std::nullopt;
  }

  // By a key that is not unique, more than one row would be found.
  void check_key() {
    const std::set<std::size_t> wanted(out_.key.begin(), out_.key.end());
    const auto is_wanted = [&](const KeySchema& key) {
      const auto places = schema_.places(key.columns);
      return std::set<std::size_t>(places.begin(), places.end()) == wanted;
    };
    const Position place = load_.key.empty() ? load_.write_at : load_.key.front().at;
    if (std::none_of(schema_.keys.begin(), schema_.keys.end(), is_wanted)) {
      diagnostics_.error(FindingCode::key_not_unique, place,
                         "`key` is no primary or unique key of [table." + table_.name + "]",
                         "`write` finds a row by a key that the table holds to be unique");
      return;
    }
    const bool changes = load_.write == WriteMode::upsert || load_.write == WriteMode::replace;
    if (!changes) return;
    if (!schema_.exists) {
      diagnostics_.error(FindingCode::nothing_to_update, load_.write_at,
                         "[table." + table_.name + "] is made by the plan: there is nothing to update",
                         "insert, or insert_missing where several loads have the same rows");
      return;
    }
    const KeySchema* row_key = schema_.row_key();
    for (const std::size_t i :
         row_key == nullptr ? std::vector<std::size_t>() : schema_.places(row_key->columns)) {
      const bool loaded =
          std::any_of(out_.columns.begin(), out_.columns.end(), [&](const auto& c) { return c.column == i; });
      if (!loaded || wanted.contains(i)) continue;
      diagnostics_.error(FindingCode::nothing_to_update, place,
                         "the load would change " + shown_column(table_.name, schema_.columns[i].name) +
                             ", which is the row's own key",
                         "find rows by that key, or leave the column out of the load");
    }
  }

  bool check_from(const PlanColumn& column) {
    const std::string& name = column.from->text;
    if (find_column(source_, name) == nullptr) {
      diagnostics_.error(FindingCode::no_source_column, column.from->at,
                         from_.text + " has no column `" + name + "`",
                         did_you_mean(name, column_names(source_)));
      return false;
    }
    if (ignored_.contains(name)) {
      diagnostics_.error(FindingCode::keys_apart, column.from->at,
                         "`ignore` leaves `" + name + "` behind, and " +
                             shown_column(table_.name, column.name) + " loads it");
      return false;
    }
    return true;
  }

  void report_unfilled(const ColumnSchema& column, const PlanColumn* plan) {
    const Position place = plan == nullptr || !load_.name.empty() ? at() : plan->at;
    const std::string shown = shown_column(table_.name, column.name);
    if (ignored_.contains(column.name)) {
      diagnostics_.error(FindingCode::column_unfilled, place,
                         shown + " has no default, and `ignore` leaves its source column behind");
      return;
    }
    const std::string near = did_you_mean(column.name, unused_names());
    diagnostics_.error(FindingCode::column_unfilled, place,
                       shown + " is no column of " + from_.text + ": declare `from`, `expr` or `value`",
                       near);
  }

  std::vector<std::string> unused_names() const {
    std::vector<std::string> names;
    for (const auto& c : source_.columns) {
      if (schema_.find(c.name) == nullptr && !ignored_.contains(c.name)) names.push_back(c.name);
    }
    return names;
  }

  int input_of(const ResolvedInput& wanted) {
    const auto found = std::find_if(out_.inputs.begin(), out_.inputs.end(), [&](const ResolvedInput& i) {
      return i.column == wanted.column && i.expr == wanted.expr;
    });
    const auto index = static_cast<int>(found - out_.inputs.begin());
    if (found == out_.inputs.end()) out_.inputs.push_back(wanted);
    return index;
  }

  // Source columns that an expression names; SQLite takes names in any case.
  void use_words(const std::string& sql) {
    for (const auto& word : identifiers_in(sql)) {
      for (const auto& column : source_.columns) {
        if (to_lower_ascii(column.name) == to_lower_ascii(word)) used_.insert(column.name);
      }
    }
  }

  // Lint could not say it of a table that inherits.
  void check_own_columns() {
    for (const auto& column : load_.columns) {
      const ColumnSchema* schema = schema_.find(column.name);
      if (schema != nullptr) continue;
      diagnostics_.error(
          FindingCode::unknown_column, column.at,
          "the load fills `" + column.name + "`, which is no column of [table." + table_.name + "]",
          did_you_mean(column.name, column_names(schema_)));
    }
  }

  // A column of one source is enough.
  void check_ignore() {
    if (place_ > 0) return;
    std::vector<std::string> columns;
    std::vector<std::string> places;
    for (const auto* source : sources_) {
      const auto own = column_names(*source);
      columns.insert(columns.end(), own.begin(), own.end());
      const auto parts = names_of_parts(*source);
      columns.insert(columns.end(), parts.begin(), parts.end());
    }
    for (const auto& from : load_.from) places.push_back(from.text);
    for (const auto& name : load_.ignore) {
      if (std::find(columns.begin(), columns.end(), name.text) != columns.end()) continue;
      diagnostics_.error(FindingCode::no_source_column, name.at,
                         "`ignore` names `" + name.text + "`, which is no column of " + join(places, " or "),
                         did_you_mean(name.text, columns));
    }
  }

  void check_all_used() {
    if (load_.where) use_words(load_.where->text);
    // A transform sees every column.
    if (load_.transform) return;
    std::vector<std::string> unused;
    for (const auto& column : source_.columns) {
      if (!used_.contains(column.name) && !ignored_.contains(column.name))
        unused.push_back("`" + column.name + "`");
    }
    if (unused.empty()) return;
    const std::string list = join(unused, ", ");
    const bool one = unused.size() == 1;
    diagnostics_.error(FindingCode::source_column_unused, at(),
                       std::string(one ? "column " : "columns ") + list + " of " + from_.text +
                           (one ? " is" : " are") + " used nowhere",
                       "load them, or name them in `ignore`");
  }

  const PlanTable& table_;
  const PlanLoad& load_;
  const TableSchema& schema_;
  std::span<const SourceTable* const> sources_;  // of all `from`
  std::size_t place_;
  const Located& from_;
  const SourceTable& source_;
  Diagnostics& diagnostics_;
  ResolvedLoad out_;
  std::set<std::string> ignored_;
  std::set<std::string> used_;
};

// What is wrong with the mapping itself shows in each `from`, and is told once.
void add_new(const Diagnostics& found, Diagnostics& all) {
  for (const auto& one : found.list) {
    const bool told = std::any_of(all.list.begin(), all.list.end(), [&](const Diagnostic& other) {
      return other.position.line == one.position.line && other.position.column == one.position.column &&
             other.message == one.message;
    });
    if (!told) all.list.push_back(one);
  }
}

bool fill_the_same(const ResolvedLoad& a, const ResolvedLoad& b) {
  return std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                    [](const auto& x, const auto& y) { return x.column == y.column; });
}

}  // namespace

std::vector<ResolvedLoad> resolve_loads(const PlanTable& table, const PlanLoad& load,
                                        const TableSchema& schema,
                                        std::span<const SourceTable* const> sources,
                                        Diagnostics& diagnostics) {
  check_merge(table, load, schema, diagnostics);
  std::vector<ResolvedLoad> loads;
  for (std::size_t place = 0; place < sources.size(); ++place) {
    Diagnostics found;
    loads.push_back(LoadReader(table, load, schema, sources, place, found).read());
    // Rows are held against each other whole; a column that one source lacks and the target would fill.
    if (!found.has_errors() && !fill_the_same(loads.front(), loads.back())) {
      found.error(FindingCode::loads_differ, load.from[place].at,
                  load.from[place].text + " and " + load.from.front().text +
                      " fill other columns of [table." + table.name + "]",
                  "give the missing ones a `value`, `expr` or `from`");
    }
    add_new(found, diagnostics);
  }
  return loads;
}

}  // namespace planrun
