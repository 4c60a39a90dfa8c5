#include "run/source_findings.h"

#include <algorithm>
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

// Why nothing can be asked of the table's sources; empty: something can.
std::string why_unasked(const ResolvedTable& table) {
  if (table.loads.size() > 1) return "several loads fill the table";
  const ResolvedLoad& load = table.loads.front();
  if (load.write != WriteMode::insert) return "its rows meet those of the table";
  if (load.merge) return "its rows are merged";
  if (!load.where.empty()) return "its load has a `where`";
  return load.transform ? "a transform makes its rows" : "";
}

bool is_filled(const ResolvedTable& table, const std::vector<std::string>& columns) {
  const auto& load = table.loads.front();
  return std::ranges::all_of(columns, [&](const std::string& name) {
    return std::ranges::any_of(load.columns,
                               [&](const auto& c) { return table.schema.columns[c.column].name == name; });
  });
}

// "a, b", as a plain unique index over them is written; one over an expression or with an order is another.
bool is_plain(const IndexSchema& index) {
  std::vector<std::string> quoted;
  for (const auto& column : index.columns) quoted.push_back(quote_name(column));
  return index.where_sql.empty() &&
         (index.elements_sql == join(index.columns, ", ") || index.elements_sql == join(quoted, ", "));
}

class Asking {
 public:
  Asking(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources)
      : plan_(plan), names_(plan), sources_(sources) {}

  SourceAnswers run() {
    for (const auto& table : plan_.tables) {
      if (table.loads.empty()) continue;
      if (table.schema.exists) leave(table, "its own CHECKs and triggers", "the table exists");
      for (const auto& key : table.schema.keys) ask_key(table, key.columns, key.name, "key " + key.name);
      for (const auto& index : table.schema.indexes) {
        if (index.unique) ask_index(table, index);
      }
      // The rows of a table that exists count too: run/orphans.h asks for them.
      for (const auto& key : table.schema.foreign_keys) {
        if (!table.schema.exists) {
          ask_foreign_key(table, key);
        } else if (names_.table(key.table) == nullptr && is_filled(table, key.columns)) {
          leave(table, "foreign key " + key.name, "table " + key.table + " is not in the plan");
        }
      }
      for (const auto& load : table.loads) ask_null_keys(table, load);
      for (const auto& check : table.schema.checks) ask_check(table, check);
    }
    return std::move(answers_);
  }

 private:
  void leave(const ResolvedTable& table, const std::string& what, const std::string& why) {
    auto known = answers_.left.rbegin();
    while (known != answers_.left.rend() && known->table == table.schema.name && known->why != why) ++known;
    if (known != answers_.left.rend() && known->table == table.schema.name) {
      known->what.push_back(what);
    } else {
      answers_.left.push_back({table.schema.name, {what}, why});
    }
  }

  // True: it was left, and why is told.
  bool is_left(const ResolvedTable& table, const std::vector<std::string>& columns, const std::string& what) {
    std::string why = why_unasked(table);
    if (why.empty() && plain_columns(table, table.loads.front(), columns).empty())
      why = "its columns do not come straight from columns of the source";
    if (!why.empty()) leave(table, what, why);
    return !why.empty();
  }

  void ask(const ResolvedTable& table, const ResolvedLoad& load, const std::string& thing,
           const std::string& what, const std::string& sql) {
    auto& source = connections_[load.source];
    if (!source) source = sources_.at(load.source)->connect();
    std::int64_t rows = 0;
    try {
      rows = std::stoll(source->query(sql).rows.at(0).at(0).value_or("0"));
    } catch (const Error&) {
      return leave(table, thing, "the source cannot be asked for it");
    }
    if (rows > 0) answers_.findings.push_back({load.name, what, rows, load.on_reject == OnReject::stop});
  }

  void ask_index(const ResolvedTable& table, const IndexSchema& index) {
    const std::string thing = "unique index " + index.name;
    if (is_plain(index)) return ask_key(table, index.columns, index.name, thing);
    leave(table, thing, "it is not of plain columns, all of them");
  }

  void ask_key(const ResolvedTable& table, const std::vector<std::string>& names, const std::string& name,
               const std::string& thing) {
    // What the load does not fill, the target numbers itself.
    if (!is_filled(table, names) || is_left(table, names, thing)) return;
    if (table.schema.exists) leave(table, thing, "the table may hold such rows already");
    const ResolvedLoad& load = table.loads.front();
    const auto columns = plain_columns(table, load, names);
    std::vector<std::string> terms;
    for (const auto& c : columns) terms.push_back(quote_name(c) + " collate binary");
    ask(table, load, thing, "more rows than one of the same " + join(names, ", ") + " (" + name + ")",
        "select coalesce(sum(n - 1), 0) from (select count(*) as n from " + quote_name(load.source_table) +
            " where " + not_null("", columns) + " group by " + join(terms, ", ") + " having count(*) > 1)");
  }

  // By a null no row is found.
  void ask_null_keys(const ResolvedTable& table, const ResolvedLoad& load) {
    if (load.write == WriteMode::insert) return;
    std::vector<std::string> names;
    for (const std::size_t column : load.key) names.push_back(table.schema.columns[column].name);
    const std::string thing = "nulls in `key` of load " + load.name;
    const auto columns = plain_columns(table, load, names);
    if (load.merge || !load.where.empty() || columns.empty())
      return leave(table, thing, "its rows are not those of the source as they stand");
    ask(table, load, thing, "rows whose " + join(names, ", ") + " (`key`) is null",
        "select count(*) from " + quote_name(load.source_table) + " where not (" + not_null("", columns) +
            ")");
  }

  void ask_foreign_key(const ResolvedTable& table, const ForeignKeySchema& key) {
    const std::string thing = "foreign key " + key.name;
    if (!is_filled(table, key.columns) || is_left(table, key.columns, thing)) return;
    const ResolvedLoad& load = table.loads.front();
    const ResolvedTable* parent = names_.table(key.table);
    if (parent == nullptr || parent->loads.empty() || parent->schema.exists)
      return leave(table, thing, "table " + key.table + " is not made of the source");
    const ResolvedLoad& parent_load = parent->loads.front();
    const auto foreign = plain_columns(*parent, parent_load, key.foreign_columns);
    if (!why_unasked(*parent).empty() || parent_load.source != load.source || foreign.empty())
      return leave(table, thing, "table " + key.table + " is not made of the same source as it stands");
    const auto columns = plain_columns(table, load, key.columns);
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      terms.push_back("p." + quote_name(foreign[i]) + " = c." + quote_name(columns[i]) + " collate binary");
    }
    ask(table, load, thing,
        "no row of " + key.table + " for " + join(key.columns, ", ") + " (" + key.name + ")",
        "select count(*) from " + quote_name(load.source_table) + " c where " + not_null("c.", columns) +
            " and not exists (select 1 from " + quote_name(parent_load.source_table) + " p where " +
            join(terms, " and ") + ")");
  }

  void ask_check(const ResolvedTable& table, const CheckSchema& check) {
    const std::string thing = "check (" + check.sql + ")";
    if (is_left(table, check.columns, thing)) return;
    const ResolvedLoad& load = table.loads.front();
    if (plain_columns(table, load, check.columns) != check.columns)
      return leave(table, thing, "its columns have other names in the source");
    ask(table, load, thing, "rows against " + thing,
        "select count(*) from " + quote_name(load.source_table) + " where not (" + check.sql + ")");
  }

  const ResolvedPlan& plan_;
  const PlanNames names_;
  const std::map<std::string, SourceDatabase*>& sources_;
  std::map<std::string, std::unique_ptr<Source>> connections_;
  SourceAnswers answers_;
};

}  // namespace

SourceAnswers ask_sources(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources) {
  return Asking(plan, sources).run();
}

}  // namespace planrun
