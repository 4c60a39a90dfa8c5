#include "draft/draft_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "draft/existing_draft.h"
#include "draft/names.h"
#include "draft/plan_writer.h"
#include "draft/schema_draft.h"
#include "draft/toml_text.h"
#include "draft/trigger_draft.h"
#include "draft/view_draft.h"
#include "plan/amount_name.h"
#include "sql/definition.h"
#include "sql/quote.h"
#include "sql/words.h"

namespace planrun {
namespace {

// An inspector calls them "type mood" and "function f(integer)".
std::string name_of_type(const SourceObject& type) {
  return type.name.substr(std::string_view("type ").size());
}
std::string_view name_of_function(const SourceObject& function) {
  const std::string_view name = function.name;
  return name.substr(0, name.find('(')).substr(std::string_view("function ").size());
}

/// Enumerations and domains of plain names, where no two sources have types or tables of one name, and no
/// domain names what the target will not have: of other types a person says what the target shall have.
std::vector<std::string> types_to_make(const std::vector<DraftSource>& sources) {
  std::map<std::string, int> uses;
  std::set<std::string> unmade;  // functions and types
  std::vector<std::string> types;
  for (const auto& source : sources) {
    for (const auto& table : source.census->tables) ++uses[table.table.name];
    for (const auto& object : source.census->objects) {
      if (object.name.starts_with("type ")) ++uses[name_of_type(object)];
      if (object.name.starts_with("function ")) unmade.insert(std::string(name_of_function(object)));
    }
  }
  const auto can_be_made = [&](const SourceObject& object, const std::string& name) {
    if (uses[name] > 1 || quote_where_needed(name) != name || parse_type(name, {}).value) return false;
    if (object.sql.starts_with("CREATE TYPE " + name + " AS ENUM (")) return true;
    const std::string domain = "CREATE DOMAIN " + name + " AS ";
    if (!object.sql.starts_with(domain)) return false;
    const std::string_view words = std::string_view(object.sql).substr(domain.size());
    const auto names = possible_names(words);
    // A domain is said as a column is.
    return parse_column_definition("value", words, types).value &&
           std::ranges::none_of(names, [&](const std::string& used) { return unmade.contains(used); });
  };
  for (const auto& source : sources) {
    for (const auto& object : source.census->objects) {  // in the order in which they can be made
      if (!object.name.starts_with("type ")) continue;
      const std::string name = name_of_type(object);
      if (can_be_made(object, name)) {
        types.push_back(name);
      } else {
        unmade.insert(name);
      }
    }
  }
  return types;
}

class PlanDrafter {
 public:
  explicit PlanDrafter(const DraftRequest& request)
      : request_(request), target_(request.target), out_(draft_.text) {
    if (request.data_only) return;
    if (target_.is_postgres) target_.types = types_to_make(request.sources);
    tables_ = draft_tables(request.sources, target_);
  }

  Draft draft() {
    write_head();
    if (request_.data_only) {
      draft_loads(request_.sources, *request_.data_only, draft_);
      return finished();
    }
    for (const auto& table : tables_) write_table(table, draft_);
    for (const auto& table : tables_) write_sum(table);
    for (const auto& source : request_.sources) write_objects(source);
    for (const auto& source : request_.sources) write_skipped(source);
    return finished();
  }

 private:
  Draft finished() {
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::move(draft_);
  }

  void write_head() {
    out_ += toml_comment("Drafted by `planrun init` from every value that these databases hold:");
    for (const auto& source : request_.sources) {
      std::int64_t rows = 0;
      std::int64_t count = 0;
      for (const auto& table : source.census->tables) {
        if (!table.was_read) continue;
        ++count;
        rows += table.rows;
      }
      out_ +=
          toml_comment("  " + source.shown + ": " + counted(count, "table") + ", " + counted(rows, "row"));
    }
    out_ += request_.data_only
                ? toml_comment(
                      "Tables, types, keys and defaults are the target's. What a person must look at stands "
                      "in a comment "
                      "that begins with \"choice:\".")
                : toml_comment(
                      "A type takes every value of its column and loses none. What only a person can decide "
                      "stands in a "
                      "comment that begins with \"choice:\": take it instead of the line below it.");
    for (const auto& note : request_.notes) out_ += toml_comment(note);
    out_ += "\n[plan]\nname = " + toml_string(request_.plan) + "\n\n";
    for (const auto& source : request_.sources) {
      out_ += "[source." + toml_key(source.name) + "]\n";
      const bool has_schema = !source.schema.empty() && source.schema != "public";
      const std::string pad = has_schema ? " " : "";
      out_ += "url   " + pad + "= " + toml_string(source.url) + "\n";
      if (has_schema) out_ += "schema = " + toml_string(source.schema) + "\n";
      if (!request_.data_only) write_whole(source, pad);
      out_ += "\n";
    }
    write_target();
  }

  void write_target() {
    const std::string pad = target_.types.empty() ? "" : "  ";
    out_ += "[target." + toml_key(request_.plan) + "]\nurl" + pad + " = " +
            toml_with_variables(request_.target_url) + "\n";
    if (!target_.types.empty()) {
      out_ += "types = [";
      for (const auto& type : target_.types) out_ += (out_.back() == '[' ? "" : ", ") + toml_string(type);
      out_ += "]\n";
    }
    out_ += "\n\n";
  }

  /// What the plan lacks is left by name: the rest cannot go unnoticed, now or after an edit.
  void write_whole(const DraftSource& source, const std::string& pad) {
    out_ += "whole " + pad + "= true\n";
    if (source.leave.empty()) return;
    out_ += "leave " + pad + "= [\n";
    for (const auto& name : source.leave) out_ += "  " + toml_string(name) + ",\n";
    out_ += "]\n";
  }

  /// What a sum shows no digest does: that amounts were read as the amounts that they are.
  void write_sum(const TableDraft& table) {
    for (const auto& column : table.columns) {
      const bool is_amount = column.choice.way.type.starts_with("numeric") && is_amount_name(column.name);
      const bool is_exact = !column.store_as_text && column.choice.way.expr.empty();
      if (!is_amount || !is_exact || column.census->values() == 0) continue;
      if (!adds_up(column)) continue;
      const int digits = std::max(column.census->reals.fraction_digits, column.census->texts.fraction_digits);
      const auto sum = [&](const std::string& name, const std::string& of) {
        return "select round(coalesce(sum(" + quote_where_needed(name) + "), 0), " + std::to_string(digits) +
               ") from " + quote_where_needed(of);
      };
      out_ +=
          "[check." + checks_.take(plain_name("sum_" + table.name + "_" + column.name, "sum"), "sum") + "]\n";
      out_ += "sql        = " + toml_string(sum(column.name, table.name)) + "\n";
      out_ += "source     = " + toml_string(table.source) + "\n";
      out_ +=
          "source_sql = " + toml_string(sum(column.census->column.name, table.census->table.name)) + "\n\n";
      return;
    }
  }

  /// The source adds doubles: it tells every unit of the last decimal only below 2^53 of them.
  static bool adds_up(const ColumnDraft& column) {
    constexpr double kExact = 9007199254740992.0;
    const ColumnCensus& found = *column.census;
    const int digits = std::max(found.reals.fraction_digits, found.texts.fraction_digits);
    const double most =
        std::max({std::abs(static_cast<double>(found.integers.range.least)),
                  std::abs(static_cast<double>(found.integers.range.most)), std::abs(found.reals.range.least),
                  std::abs(found.reals.range.most), std::pow(10.0, found.texts.integer_digits)});
    return most * static_cast<double>(found.rows()) * std::pow(10.0, digits) < kExact;
  }

  /// Whether the SQL of a source's views and triggers would find its names in the target.
  bool keeps_names(const DraftSource& source) const {
    return std::ranges::all_of(tables_, [&](const TableDraft& table) {
      return table.source != source.name ||
             (table.name == table.census->table.name && std::ranges::all_of(table.columns, [](const auto& c) {
                return c.name == c.census->column.name;
              }));
    });
  }

  /// Whether a view of this name can be made: tables and views share their names.
  bool is_free(const std::string& view) const {
    return !relations_.has(view) && std::ranges::none_of(tables_, [&](const TableDraft& table) {
      return same_name(table.name, view);
    });
  }

  void write_objects(const DraftSource& source) {
    if (!source.schema.empty()) return write_typed_objects(source);
    const bool keeps = keeps_names(source);
    KnownTables known = known_tables(source, tables_);
    const auto why_not = [&](const std::string& reason) {
      return !keeps ? "names that it reads are others here" : reason;
    };
    const auto views = draft_views(source, known, [&](const std::string& name) {
      return why_not(is_free(name) ? "" : "its name is taken by another");
    });
    for (const auto& view : views) {
      const SourceTable& table = view.census->table;
      const bool carried = keeps && !table.columns.empty() && is_free(table.name);
      if (!view.postgresql.empty())
        write_view(source, view);
      else
        write_object("view", table.name, view.census->declared.sql, carried, view.reason);
      if (carried) relations_.take(table.name, "view_1");
    }
    const auto triggers = draft_triggers(source, known, [&](const std::string& name) {
      return why_not(triggers_.has(name) ? "its name is taken by another" : "");
    });
    for (const auto& trigger : triggers) {
      const std::string& name = trigger.source->name;
      const bool carried = keeps && !triggers_.has(name);
      if (trigger.translated)
        write_trigger(trigger);
      else
        write_object("trigger", name, trigger.source->sql, carried, trigger.reason);
      if (carried) triggers_.take(name, "trigger_1");
    }
  }

  void write_trigger(const TriggerDraft& trigger) {
    std::string sql = trigger.source->sql;
    std::erase(sql, '\r');
    out_ += "[trigger." + toml_key(trigger.source->name) + "]\n";
    out_ += "table          = " + toml_string(trigger.translated->target) + "\n";
    out_ += "sql.postgresql = " + toml_text(trigger.translated->sql) + "\n";
    out_ += "sql.sqlite     = " + toml_text(sql) + "\n\n";
  }

  /// With a check that it has as many rows here as in the source: the translation is proved, not only
  /// claimed.
  void write_view(const DraftSource& source, const ViewDraft& view) {
    const std::string& name = view.census->table.name;
    out_ += "[view." + toml_key(name) + "]\nsql.postgresql = " + toml_text(view.postgresql) +
            "\nsql.sqlite     = " + toml_text(view.sqlite) + "\n\n";
    const std::string rows = "select count(*) from " + quote_where_needed(name);
    out_ += "[check." + checks_.take(plain_name("rows_of_" + name, "rows"), "rows") + "]\n";
    out_ += "sql        = " + toml_string(rows) + "\n";
    out_ += "source     = " + toml_string(source.name) + "\n";
    out_ += "source_sql = " + toml_string(rows) + "\n\n";
  }

  /// What another PostgreSQL database can have as it is; all else in the source's own words: a person says
  /// what of it the target shall have.
  void write_typed_objects(const DraftSource& source) {
    const auto list = [&](const std::string& what, const std::string& sql) {
      ++draft_.uncarried_count;
      out_ += toml_comment("Not carried: " + what + ".");
      out_ += (sql.empty() ? "" : toml_verbatim(sql)) + "\n";
    };
    for (const auto& object : source.census->objects) {
      const bool is_said = std::ranges::any_of(tables_, [&](const TableDraft& table) {
        return table.partition != nullptr && table.source == source.name &&
               object.name == "partitioning of " + table.census->table.name;
      });
      if (is_said) continue;
      if (is_made(object)) {
        write_type(object);
      } else {
        list(object.name, object.sql);
      }
    }
    const auto views =
        draft_typed_views(source, tables_, target_, [&](const std::string& name) { return is_free(name); });
    for (const auto& view : views) {
      const std::string& name = view.census->table.name;
      const TableDeclaration& declared = view.census->declared;
      if (view.is_carried) {
        out_ += "[view." + toml_key(name) + "]\nsql = " + toml_text(declared.view->query) + "\n\n";
        relations_.take(name, "view_1");
      } else {
        list("view " + shown(name) + (view.reason.empty() ? "" : ": " + view.reason), declared.sql);
      }
    }
    for (const auto& trigger : source.census->triggers)
      list("trigger " + shown(trigger.name) + " on " + shown(trigger.table), trigger.sql);
  }

  bool is_made(const SourceObject& object) const {
    return object.name.starts_with("type ") &&
           std::ranges::find(target_.types, name_of_type(object)) != target_.types.end();
  }

  void write_type(const SourceObject& object) {
    const std::string type = name_of_type(object);
    const std::string kind = object.sql.starts_with("CREATE DOMAIN") ? "domain " : "type ";
    out_ += "[[sql]]\nname = " + toml_string(steps_.take("type_" + type, "type")) +
            "\nat   = \"before_load\"\nsql  = " + toml_text(object.sql) +
            "\nundo = " + toml_string("drop " + kind + type) + "\n\n";
  }

  /// SQLite takes its own text; what it is in PostgreSQL's words a person says.
  void write_object(const std::string& kind, const std::string& name, std::string sql, bool carried,
                    const std::string& why) {
    std::erase(sql, '\r');
    ++draft_.uncarried_count;
    const std::string what = kind + " " + shown(name);
    if (!carried || !is_valid_utf8(sql) || !is_valid_utf8(name)) {
      out_ += toml_comment("Not carried: " + what + (why.empty() ? "" : ": " + why) + ".");
      out_ += toml_verbatim(sql) + "\n";
      return;
    }
    out_ +=
        toml_comment("choice: what " + what + " is in PostgreSQL; as it stands it is made in SQLite alone" +
                     (why.empty() ? "" : ": " + why) + ".");
    ++draft_.choice_count;
    out_ +=
        "[[sql]]\nname            = " + toml_string(steps_.take(plain_name(kind + "_" + name, kind), kind)) +
        "\nat              = \"end\"\n";
    out_ += "sql.postgresql  = \"\"\nsql.sqlite      = " + toml_text(sql) + "\n";
    out_ += "undo.postgresql = \"\"\nundo.sqlite     = " +
            toml_string("drop " + kind + " if exists " + quote_name(name)) + "\n\n";
  }

  void write_skipped(const DraftSource& source) {
    std::vector<std::string> names;
    for (const auto& table : source.census->tables) {
      const SourceTableKind kind = table.table.kind;
      if (table.was_read && table.table.columns.empty())
        names.push_back("table " + shown(table.table.name) + ", which has no columns");
      if (table.table.schema) continue;  // a partition: its rows are its parent's
      const bool odd_name = table.was_read && !is_valid_utf8(table.table.name);
      if (odd_name) names.push_back("table " + shown(table.table.name) + ", whose name is not UTF-8");
      if (kind == SourceTableKind::virtual_table) names.push_back("virtual table " + shown(table.table.name));
      if (kind == SourceTableKind::shadow) names.push_back("shadow table " + shown(table.table.name));
    }
    if (names.empty()) return;
    draft_.uncarried_count += static_cast<int>(names.size());
    out_ += toml_comment("Not carried from " + source.shown + ": " + join(names, ", ") + ".");
    for (const auto& table : source.census->tables) {
      if (table.table.kind == SourceTableKind::virtual_table) out_ += toml_verbatim(table.declared.sql);
    }
    out_ += "\n";
  }

  const DraftRequest& request_;
  DraftTarget target_;
  std::vector<TableDraft> tables_;
  Draft draft_;
  std::string& out_;
  TakenNames checks_;
  TakenNames steps_;
  TakenNames relations_;
  TakenNames triggers_;
};

}  // namespace

Draft draft_plan(const DraftRequest& request) {
  return PlanDrafter(request).draft();
}

}  // namespace planrun
