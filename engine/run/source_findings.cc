#include "run/source_findings.h"

#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "sql/quote.h"

namespace planrun {

namespace {

// The source column that fills a target column unchanged; empty: there is none that is known.
std::string plain_column(const ResolvedTable& table, const ResolvedLoad& load, const std::string& name) {
  for (const auto& column : load.columns) {
    if (table.schema.columns[column.column].name != name) continue;
    return column.input < 0 || !column.using_.empty() || load.transform
               ? ""
               : load.inputs[static_cast<std::size_t>(column.input)].column;
  }
  return "";
}

std::vector<std::string> plain_columns(const ResolvedTable& table, const ResolvedLoad& load,
                                       const std::vector<std::string>& names) {
  std::vector<std::string> columns;
  for (const auto& name : names) {
    columns.push_back(plain_column(table, load, name));
    if (columns.back().empty()) return {};
  }
  return columns;
}

std::string not_null(const std::string& prefix, const std::vector<std::string>& columns) {
  std::vector<std::string> terms;
  for (const auto& c : columns) terms.push_back(prefix + quote_name(c) + " is not null");
  return join(terms, " and ");
}

class Asking {
 public:
  Asking(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources)
      : plan_(plan), names_(plan), sources_(sources) {}

  std::vector<SourceFinding> run() {
    for (const auto& table : plan_.tables) {
      if (table.loads.size() != 1 || !table.loads.front().where.empty()) continue;
      if (table.loads.front().merge) continue;  // not all of its rows are loaded
      const ResolvedLoad& load = table.loads.front();
      for (const auto& key : table.schema.keys) ask_key(table, load, key);
      for (const auto& key : table.schema.foreign_keys) ask_foreign_key(table, load, key);
      for (const auto& check : table.schema.checks) ask_check(table, load, check);
    }
    return std::move(findings_);
  }

 private:
  void ask(const ResolvedLoad& load, const std::string& what, const std::string& sql) {
    auto& source = connections_[load.source];
    if (!source) source = sources_.at(load.source)->connect();
    std::int64_t rows = 0;
    try {
      rows = std::stoll(source->query(sql).rows.at(0).at(0).value_or("0"));
    } catch (const Error&) {
      return;  // The source does not understand the question: the target will be asked.
    }
    if (rows > 0) findings_.push_back({load.name, what, rows, load.on_reject == OnReject::stop});
  }

  void ask_key(const ResolvedTable& table, const ResolvedLoad& load, const KeySchema& key) {
    const auto columns = plain_columns(table, load, key.columns);
    if (columns.empty()) return;
    std::vector<std::string> terms;
    for (const auto& c : columns) terms.push_back(quote_name(c) + " collate binary");
    ask(load, "more rows than one of the same " + join(key.columns, ", ") + " (" + key.name + ")",
        "select coalesce(sum(n - 1), 0) from (select count(*) as n from " + quote_name(load.source_table) +
            " where " + not_null("", columns) + " group by " + join(terms, ", ") + " having count(*) > 1)");
  }

  void ask_foreign_key(const ResolvedTable& table, const ResolvedLoad& load, const ForeignKeySchema& key) {
    const ResolvedTable* parent = names_.table(key.table);
    if (table.schema.exists) return;  // the target's rows count too: run/orphans.h
    if (parent == nullptr || parent->loads.size() != 1 || !parent->loads.front().where.empty()) return;
    const ResolvedLoad& parent_load = parent->loads.front();
    if (parent_load.merge || parent_load.source != load.source) return;
    const auto columns = plain_columns(table, load, key.columns);
    const auto foreign = plain_columns(*parent, parent_load, key.foreign_columns);
    if (columns.empty() || foreign.size() != columns.size()) return;
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      terms.push_back("p." + quote_name(foreign[i]) + " = c." + quote_name(columns[i]) + " collate binary");
    }
    ask(load, "no row of " + key.table + " for " + join(key.columns, ", ") + " (" + key.name + ")",
        "select count(*) from " + quote_name(load.source_table) + " c where " + not_null("c.", columns) +
            " and not exists (select 1 from " + quote_name(parent_load.source_table) + " p where " +
            join(terms, " and ") + ")");
  }

  void ask_check(const ResolvedTable& table, const ResolvedLoad& load, const CheckSchema& check) {
    if (check.columns.empty() || plain_columns(table, load, check.columns) != check.columns) return;
    ask(load, "rows against check (" + check.sql + ")",
        "select count(*) from " + quote_name(load.source_table) + " where not (" + check.sql + ")");
  }

  const ResolvedPlan& plan_;
  const PlanNames names_;
  const std::map<std::string, SourceDatabase*>& sources_;
  std::map<std::string, std::unique_ptr<Source>> connections_;
  std::vector<SourceFinding> findings_;
};

}  // namespace

std::vector<SourceFinding> ask_sources(const ResolvedPlan& plan,
                                       const std::map<std::string, SourceDatabase*>& sources) {
  return Asking(plan, sources).run();
}

}  // namespace planrun
