#include "run/questions.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "sql/definition.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "sql/words.h"

namespace planrun {

namespace {

// An error of SQLite has its words alone, one of a server a SQLSTATE of class 42.
bool is_of_the_text(const Error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate().starts_with("42");
  const std::string_view message = error.what();
  constexpr std::array kWords = {"no such table",    "no such column",     "no such function",
                                 "syntax error",     "incomplete input",   "ambiguous column name",
                                 "wrong number of ", "unrecognized token", "misuse of "};
  return std::ranges::any_of(
      kWords, [&](std::string_view words) { return message.find(words) != std::string_view::npos; });
}

bool is_missing_table(const Error& error) {
  return error.sqlstate() == "42P01" ||
         std::string_view(error.what()).find("no such table") != std::string_view::npos;
}

bool is_missing_column(const Error& error) {
  return error.sqlstate() == "42703" ||
         std::string_view(error.what()).find("no such column") != std::string_view::npos;
}

// What the database says, without the query that it was asked.
std::string words_of(const Error& error, const std::string& asked) {
  std::string words = error.what();
  if (const auto query = words.find(" ['" + asked.substr(0, 8)); query != std::string::npos)
    words.resize(query);
  return words;
}

std::string without_end(std::string_view sql) {
  const auto last = sql.find_last_not_of("; \t\r\n");
  return std::string(sql.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

Position place_of(const DialectSql& sql, const std::string& dialect) {
  const auto own = sql.text_at.find(sql.by_dialect.contains(dialect) ? dialect : "");
  return own == sql.text_at.end() ? sql.at : own->second;
}

/// The queries of one target, each planned over stand-ins for what the plan will make.
class TargetQuestions {
 public:
  TargetQuestions(const ResolvedPlan& plan, const std::string& ledger, TargetDatabase& target,
                  Diagnostics& wrong)
      : ledger_(ledger),
        dialect_(target.dialect().name()),
        connection_(target.connect("preflight", 0)),
        wrong_(wrong) {
    for (const auto& table : plan.tables) {
      if (table.schema.exists) continue;
      const std::string rows = empty_rows(table.schema);
      stand_ins_.emplace(table.schema.name, rows);
      if (!table.schema.partition) continue;
      for (const auto& part : table.schema.partition->part_names()) stand_ins_.emplace(part, rows);
    }
    for (const auto& step : plan.sql_steps) {
      const std::string& statements = step.sql.text(dialect_);
      sql_step_words_.merge(possible_names(statements));
      const auto words = words_in(statements);
      runs_code_ |= std::ranges::any_of(words, [](const SqlWord& word) {
        return word.is("select") || word.is("do") || word.is("call") || word.is("execute");
      });
    }
  }

  /// Views may read each other, in any order.
  void add_view(const PlanView& view) {
    const std::string& sql = view.sql.text(dialect_);
    const auto query = parse_query(sql);
    if (!query) {
      unjudged_.insert(view.name);
      return;
    }
    stand_ins_.emplace(view.name, "(" + without_end(sql) + "\n)");
    reads_.emplace(view.name, query.value->tables);
  }

  void ask_view(const PlanView& view) {
    if (!ask("view " + view.name, view.sql.text(dialect_), place_of(view.sql, dialect_)))
      unjudged_.insert(view.name);
  }

  void ask_check(const PlanCheck& check) { ask("check " + check.name, check.sql.text(dialect_), check.at); }

 private:
  // "SELECT null::integer, null::text WHERE false", of the columns' names and types. SQLite has no type for
  // a column that is no table's.
  std::string empty_rows(const TableSchema& table) const {
    std::vector<std::string> values;
    for (const auto& column : table.columns) {
      values.push_back((dialect_ == "postgresql" ? "null::" + column.type.sql : "null") + " AS " +
                       quote_name(column.name));
    }
    return "(SELECT " + join(values, ", ") + " WHERE 1 = 0)";
  }

  std::map<std::string, std::string>::const_iterator stand_in(const std::string& name) const {
    if (dialect_ == "postgresql") return stand_ins_.find(name);
    return std::ranges::find_if(stand_ins_, [&](const auto& one) { return same_name(one.first, name); });
  }

  // What a query reads, and the plan's views in it.
  struct Reads {
    std::set<std::string> of_plan;
    std::set<std::string> of_others;
  };

  // Absent: it cannot be judged.
  std::optional<Reads> reads_of(const std::vector<std::string>& tables) const {
    Reads reads;
    std::vector<std::string> open = tables;
    while (!open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      if (is_unjudged(name)) return std::nullopt;
      const auto found = stand_in(name);
      if (found == stand_ins_.end()) {
        reads.of_others.insert(name);
        continue;
      }
      if (!reads.of_plan.insert(found->first).second) continue;
      const auto more = reads_.find(found->first);
      if (more != reads_.end()) open.insert(open.end(), more->second.begin(), more->second.end());
    }
    return reads;
  }

  bool is_unjudged(const std::string& name) const {
    const std::string own = name.substr(name.rfind('.') + 1);
    const auto is_this = [&](const std::string& other) { return same_name(other, own); };
    // The ledger, SQLite's own tables and the sequences of numbered columns come into being with the run.
    return runs_code_ || name.starts_with(ledger_) || name.starts_with("sqlite_") || name.ends_with("_seq") ||
           std::ranges::any_of(unjudged_, is_this) || std::ranges::any_of(sql_step_words_, is_this) ||
           // With its schema a name does not mean the stand-in.
           (own != name && stand_in(own) != stand_ins_.end());
  }

  // A column that every table has for itself, which no stand-in has.
  bool names_system_column(const std::string& sql) const {
    static const std::set<std::string> kOfSqlite = {"rowid", "oid", "_rowid_"};
    const auto& all = dialect_ == "postgresql" ? system_columns() : kOfSqlite;
    const auto words = identifiers_in(sql);
    return std::ranges::any_of(words,
                               [&](const std::string& word) { return all.contains(to_lower_ascii(word)); });
  }

  bool is_told(const Error& error, const std::string& sql, const Reads& reads) const {
    if (error.retryable()) return false;
    if (is_missing_table(error)) {  // and no text that names one, like 'orders'::regclass
      const std::string words = to_lower_ascii(error.what());
      return std::ranges::any_of(reads.of_others, [&](const std::string& name) {
        return words.find(to_lower_ascii(name)) != std::string::npos;
      });
    }
    if (error.sqlstate() == "42501") return true;
    return is_missing_column(error) && sql_step_words_.empty() && !names_system_column(sql);
  }

  // False: it was reported.
  bool ask(const std::string& thing, const std::string& sql, Position place) {
    const auto query = parse_query(sql);
    if (!query) return true;
    const auto reads = reads_of(query.value->tables);
    if (!reads) return true;
    std::vector<std::string> with;
    for (const auto& name : reads->of_plan) with.push_back(quote_name(name) + " AS " + stand_ins_.at(name));
    const std::string asked = "EXPLAIN " + (with.empty() ? "" : "WITH RECURSIVE " + join(with, ", ") + "\n") +
                              "SELECT * FROM (" + without_end(sql) + "\n) AS asked";
    try {
      connection_->query(asked);
    } catch (const Error& error) {
      if (!is_told(error, sql, *reads)) return true;
      wrong_.error(FindingCode::question_refused, place, thing + ": " + words_of(error, asked),
                   "neither the plan makes it nor the target has it for this user");
      return false;
    }
    return true;
  }

  const std::string& ledger_;
  std::string dialect_;
  std::unique_ptr<Target> connection_;
  Diagnostics& wrong_;
  std::map<std::string, std::string> stand_ins_;           // by name: "(SELECT ...)"
  std::map<std::string, std::vector<std::string>> reads_;  // by view
  std::set<std::string> unjudged_;  // views that are wrong themselves, or not of PostgreSQL's grammar
  std::set<std::string> sql_step_words_;
  bool runs_code_ = false;  // a SQL step does, and may make whatever it likes
};

}  // namespace

void check_source_questions(const std::vector<PlanCheck>& checks,
                            const std::map<std::string, SourceDatabase*>& sources, Diagnostics& wrong) {
  std::map<std::string, std::unique_ptr<Source>> connections;
  for (const auto& check : checks) {
    const auto source = sources.find(check.source);
    if (check.source_sql.text.empty() || source == sources.end()) continue;
    auto& connection = connections[check.source];
    if (!connection) connection = source->second->connect();
    const std::string asked = "EXPLAIN " + check.source_sql.text;
    try {
      connection->query(asked);
    } catch (const Error& error) {
      if (error.retryable() || !is_of_the_text(error)) continue;
      wrong.error(FindingCode::question_refused, check.source_sql.at,
                  "check " + check.name + ": " + words_of(error, asked),
                  "`source_sql` is what source " + check.source + " is asked");
    }
  }
}

void check_target_questions(const ResolvedPlan& plan, const std::string& ledger, TargetDatabase& target,
                            Diagnostics& wrong) {
  const auto asks = [](const PlanCheck& check) { return !check.guard; };
  if (plan.views.empty() && std::ranges::none_of(plan.checks, asks)) return;
  TargetQuestions questions(plan, ledger, target, wrong);
  for (const auto& view : plan.views) questions.add_view(view);
  for (const auto& view : plan.views) questions.ask_view(view);
  for (const auto& check : plan.checks) {
    if (asks(check)) questions.ask_check(check);
  }
}

}  // namespace planrun
