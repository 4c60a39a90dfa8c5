#include "translate/trigger.h"

#include <algorithm>

#include "base/text.h"
#include "sql/quote.h"
#include "sql/script.h"
#include "translate/assignment.h"
#include "translate/expression.h"
#include "translate/query.h"

namespace planrun {
namespace {

class TriggerReader {
 public:
  TriggerReader(Translating& in, const std::string& name) : in_(in), words_(in.words) {
    trigger_.name = name;
  }

  TranslatedTrigger read() {
    read_head();
    std::string body;
    std::string indent = "  ";
    if (words_.take("when")) {
      const SqlValue condition = as_truth(read_expression(in_, row_));
      body += "  if " + condition.sql + " then\n";
      indent = "    ";
    }
    const bool has_condition = !body.empty();
    words_.expect("begin");
    while (!words_.take("end")) body += read_statement(indent);
    if (has_condition) body += "  end if;\n";
    words_.take_sign(";");
    if (!words_.at_end()) refuse("`" + words_.next().text + "` is not known to mean the same");
    trigger_.reads = in_.reads;
    trigger_.sql = written(body);
    return std::move(trigger_);
  }

 private:
  // -------------------------------------------------------------------------------------------------- head

  void read_head() {
    words_.expect("create");
    if (!words_.take("temp")) words_.take("temporary");
    words_.expect("trigger");
    if (words_.take("if")) {
      words_.expect("not");
      words_.expect("exists");
    }
    words_.name();
    if (words_.take_sign(".")) words_.name();
    if (words_.is("instead")) refuse("an INSTEAD OF trigger: what a write into a view does");
    trigger_.before = !words_.take("after");
    if (trigger_.before) words_.take("before");
    read_event();
    words_.expect("on");
    subject_ = &writable(words_.name());
    trigger_.table = subject_->source;
    trigger_.target = subject_->target;
    for (const auto& column : update_of_)
      set_columns_.push_back(quote_where_needed(column_of_subject(column)));
    if (words_.take("for")) {
      words_.expect("each");
      words_.expect("row");
    }
    if (trigger_.event != RowEvent::remove) add_row("new");
    if (trigger_.event != RowEvent::insert) add_row("old");
  }

  void read_event() {
    if (words_.take("insert")) return;
    if (words_.take("delete")) {
      trigger_.event = RowEvent::remove;
      return;
    }
    words_.expect("update");
    trigger_.event = RowEvent::update;
    if (!words_.take("of")) return;
    do {
      update_of_.push_back(words_.name());
    } while (words_.take_sign(","));
  }

  const KnownTable& writable(const std::string& name) const {
    const KnownTable* table = find_table(in_.tables, name);
    if (table == nullptr) refuse("`" + name + "` is no table of the plan");
    if (!table->refused.empty()) refuse("`" + name + "` is " + table->refused);
    if (table->is_view) refuse("`" + name + "` is a view");
    return *table;
  }

  const std::string& column_of_subject(const std::string& name) const {
    const KnownColumn* column = find_column(*subject_, name);
    if (column == nullptr) refuse("`" + name + "` is no column of `" + subject_->source + "`");
    return column->target;
  }

  void add_row(const std::string& name) {
    ScopeTable row = scope_table(*subject_, name);
    row.by_name_only = true;
    for (auto& column : row.columns) {
      // NEW.a brings no literal to its column's kind, as `a` does (found in SQLite 3.40).
      column.column.has_affinity = false;
      // NEW and OLD are no words to be quoted here.
      column.sql = name + "." + quote_where_needed(column.column.target);
      const bool unknown =
          trigger_.before && name == "new" &&
          (column.column.generated || (column.column.numbered && trigger_.event == RowEvent::insert));
      if (!unknown) continue;
      column.column.kind = ValueKind::other;
      column.column.type = "?";
      column.column.reason = "is not known before the row is there";
    }
    row_.tables.push_back(std::move(row));
  }

  // -------------------------------------------------------------------------------------------- statements

  std::string read_statement(const std::string& indent) {
    std::string sql;
    if (words_.is("select")) {
      sql = read_raise(indent);
    } else if (words_.take("insert")) {
      sql = indent + read_insert() + ";\n";
    } else if (words_.take("update")) {
      sql = indent + read_update() + ";\n";
    } else if (words_.take("delete")) {
      sql = indent + read_delete() + ";\n";
    } else {
      refuse("`" + words_.next().text + "` begins no statement that is known to do the same");
    }
    words_.expect_sign(";");
    return sql;
  }

  const KnownTable& read_written() {
    const KnownTable& table = writable(words_.name());
    if (&table == subject_) refuse("it writes into its own table");
    if (same_name(table.target, "new") || same_name(table.target, "old"))
      refuse("a table is called `" + table.target + "`");
    return table;
  }

  void note(const KnownTable& table, RowEvent event, std::set<std::string> columns = {}) {
    trigger_.writes.push_back({table.source, event, std::move(columns)});
  }

  std::string read_insert() {
    if (words_.take("or")) refuse("INSERT OR " + words_.next().text);
    words_.expect("into");
    const KnownTable& table = read_written();
    note(table, RowEvent::insert);
    std::vector<const KnownColumn*> columns = read_columns(table);
    if (columns.empty()) {
      for (const auto& column : table.columns) {
        if (!column.generated) columns.push_back(&column);
      }
    }
    std::string names;
    for (const auto* column : columns)
      names += (names.empty() ? "" : ", ") + quote_where_needed(column->target);
    check_left_out(table, columns);
    return "insert into " + quote_where_needed(table.target) + " (" + names + ") " + read_rows(columns);
  }

  std::vector<const KnownColumn*> read_columns(const KnownTable& table) {
    std::vector<const KnownColumn*> columns;
    if (!words_.take_sign("(")) return columns;
    do {
      columns.push_back(&written_column(table, words_.name()));
    } while (words_.take_sign(","));
    words_.expect_sign(")");
    return columns;
  }

  static const KnownColumn& written_column(const KnownTable& table, const std::string& name) {
    const KnownColumn* column = find_column(table, name);
    if (column == nullptr) refuse("`" + name + "` is no column of `" + table.source + "`");
    return *column;
  }

  static void check_left_out(const KnownTable& table, const std::vector<const KnownColumn*>& columns) {
    for (const auto& column : table.columns) {
      if (column.lost_default && std::ranges::find(columns, &column) == columns.end())
        refuse("it leaves `" + column.source + "` to a default that does not arrive");
    }
  }

  std::string read_rows(const std::vector<const KnownColumn*>& columns) {
    if (words_.is("select") || words_.is("with")) {
      const Query query = read_query(in_, &row_, {});
      check_count(query.columns.size(), columns.size());
      std::vector<SqlValue> values;
      for (const auto& column : query.columns) values.push_back(column.value);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (assigned(*columns[i], values[i], *subject_) != values[i].sql)
          refuse("a query's column becomes another kind in `" + columns[i]->source + "`");
      }
      return query.sql;
    }
    words_.expect("values");
    std::string rows;
    do {
      words_.expect_sign("(");
      std::vector<std::string> values;
      do {
        if (values.size() == columns.size()) check_count(values.size() + 1, columns.size());
        const SqlValue value = read_expression(in_, row_);
        values.push_back(assigned(*columns[values.size()], value, *subject_));
      } while (words_.take_sign(","));
      words_.expect_sign(")");
      check_count(values.size(), columns.size());
      rows += (rows.empty() ? "(" : ", (") + comma_list(values) + ")";
    } while (words_.take_sign(","));
    if (words_.is("on")) refuse("ON CONFLICT");
    return "values " + rows;
  }

  static void check_count(std::size_t values, std::size_t columns) {
    if (values != columns) {
      refuse("it gives " + std::to_string(values) + " values for " + std::to_string(columns) + " columns");
    }
  }

  std::string read_update() {
    if (words_.take("or")) refuse("UPDATE OR " + words_.next().text);
    const KnownTable& table = read_written();
    Scope scope;
    scope.outer = &row_;
    scope.tables.push_back(scope_table(table, table.target));
    words_.expect("set");
    std::string sets;
    std::set<std::string> columns;
    do {
      const KnownColumn& column = written_column(table, words_.name());
      words_.expect_sign("=");
      const SqlValue value = read_expression(in_, scope);
      sets += (sets.empty() ? "" : ", ") + quote_where_needed(column.target) + " = " +
              assigned(column, value, *subject_);
      columns.insert(to_lower_ascii(column.source));
    } while (words_.take_sign(","));
    note(table, RowEvent::update, columns);
    return "update " + quote_where_needed(table.target) + " set " + sets + read_where(scope);
  }

  std::string read_delete() {
    words_.expect("from");
    const KnownTable& table = read_written();
    Scope scope;
    scope.outer = &row_;
    scope.tables.push_back(scope_table(table, table.target));
    note(table, RowEvent::remove);
    return "delete from " + quote_where_needed(table.target) + read_where(scope);
  }

  std::string read_where(const Scope& scope) {
    if (!words_.take("where")) return {};
    return " where " + as_truth(read_expression(in_, scope)).sql;
  }

  // ------------------------------------------------------------------------------------------------- RAISE

  /// SELECT RAISE(ABORT, 'text') WHERE ..., SELECT CASE WHEN ... THEN RAISE(...) END.
  std::string read_raise(const std::string& indent) {
    words_.expect("select");
    std::vector<std::pair<std::string, std::string>> cases;  // condition, message
    if (words_.take("case")) {
      while (words_.take("when")) {
        const std::string condition = as_truth(read_expression(in_, row_)).sql;
        words_.expect("then");
        cases.emplace_back(condition, read_message());
      }
      words_.expect("end");
    } else {
      cases.emplace_back("", read_message());
    }
    std::string where;
    if (words_.take("where")) where = as_truth(read_expression(in_, row_)).sql;
    std::string sql;
    for (const auto& [condition, message] : cases) {
      std::string when = condition;
      if (!where.empty()) when = when.empty() ? where : "(" + where + ") and (" + when + ")";
      const std::string raise =
          "raise exception using message = " + message + ", errcode = 'integrity_constraint_violation';\n";
      sql += when.empty() ? indent + raise
                          : indent + "if " + when + " then\n" + indent + "  " + raise + indent + "end if;\n";
    }
    return sql;
  }

  std::string read_message() {
    if (!words_.take("raise")) refuse("a SELECT whose answer nobody reads");
    words_.expect_sign("(");
    if (!words_.take("abort")) refuse("RAISE(" + words_.next().text + ")");
    words_.expect_sign(",");
    const SqlWord& text = words_.next();
    if (text.kind != WordKind::text && text.kind != WordKind::quoted) refuse("RAISE of what is no literal");
    std::string message = quote_literal(text.text);
    words_.expect_sign(")");
    return message;
  }

  // ----------------------------------------------------------------------------------------------- written

  std::string written(const std::string& body) const {
    const std::string name = quote_where_needed(trigger_.name);
    const std::string mark = body.find("$$") == std::string::npos ? "$$" : "$body$";
    if (body.find("$body$") != std::string::npos) refuse("a text holds $body$");
    const char* back = !trigger_.before ? "null" : trigger_.event == RowEvent::remove ? "old" : "new";
    std::string event = trigger_.event == RowEvent::insert   ? "insert"
                        : trigger_.event == RowEvent::remove ? "delete"
                                                             : "update";
    if (!set_columns_.empty()) event += " of " + comma_list(set_columns_);
    return "create function " + name +
           "() returns trigger language plpgsql set search_path from current as " + mark + "\nbegin\n" +
           body + "  return " + back + ";\nend " + mark + ";\ncreate trigger " + name +
           (trigger_.before ? " before " : " after ") + event + " on " + quote_where_needed(trigger_.target) +
           " for each row execute function " + name + "()";
  }

  Translating& in_;
  WordReader& words_;
  TranslatedTrigger trigger_;
  const KnownTable* subject_ = nullptr;
  std::vector<std::string> update_of_;
  std::vector<std::string> set_columns_;
  Scope row_;
};

}  // namespace

std::optional<TranslatedTrigger> translate_trigger(std::string_view sql, const std::string& name,
                                                   const KnownTables& tables, std::string& reason) {
  reason.clear();
  Translating in{WordReader(sql), tables};
  try {
    TranslatedTrigger trigger = TriggerReader(in, name).read();
    if (!trigger.before && trigger.reads.contains(to_lower_ascii(trigger.table)))
      refuse(
          "it reads its own table: SQLite does that after each row, PostgreSQL after all rows of a "
          "statement");
    if (const auto parsed = parse_script(trigger.sql); !parsed)
      refuse("PostgreSQL's grammar does not take it: " + parsed.fault.message);
    return trigger;
  } catch (const Uncertain& uncertain) {
    reason = uncertain.reason + " (" + in.words.where() + ")";
    return std::nullopt;
  }
}

}  // namespace planrun
