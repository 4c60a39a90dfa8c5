#include "draft/existing_draft.h"

#include <algorithm>

#include "base/text.h"
#include "draft/column_choice.h"
#include "draft/column_fit.h"
#include "draft/keys.h"
#include "draft/names.h"
#include "draft/table_match.h"
#include "draft/toml_text.h"
#include "resolve/resolve.h"
#include "sql/quote.h"

namespace planrun {
namespace {

class ExistingWriter {
 public:
  ExistingWriter(const TableMatch& match, Draft& draft)
      : match_(match),
        source_(*match.source),
        census_(*match.census),
        existing_(match.existing),
        draft_(draft),
        out_(draft.text) {
    const auto key = primary_key_of(census_.table);
    row_key_ = numbers_rows(census_) ? key[0] : join(census_.table.key, ", ");
  }

  void write() {
    for (const auto& column : match_.columns) add_column(column);
    for (const auto& unclear : match_.unclear) add_unclear(unclear);
    for (const auto& column : existing_.schema.columns) look_at_unfilled(column);
    const std::string& name = existing_.schema.name;
    if (name != census_.table.name)
      out_ += toml_comment("In the source it is called " + shown(census_.table.name) + ".");
    for (const auto& trigger : existing_.triggers)
      out_ += toml_comment("Its trigger " + shown(trigger) + " fires on every row that the run writes.");
    out_ += "[table." + toml_key(name) + "]\n";
    out_ += "from   = " + toml_string(source_.name + "." + census_.table.name) + "\nexists = true\n";
    if (!match_.left.empty()) {
      std::vector<std::string> left;
      for (const auto& column : match_.left) left.push_back(toml_string(column));
      out_ += toml_comment("The target has no such column, and their values stay behind.");
      out_ += "ignore = " + toml_array(left) + "\n";
    }
    write_restored_keys();
    write_entries();
    out_ += "\n";
    write_sequences();
    ++draft_.table_count;
  }

 private:
  struct Entry {
    std::string key;
    std::string value;     // empty: it needs none
    std::string comments;  // whole lines
  };

  void write_entries() {
    std::size_t width = 0;
    for (const auto& entry : entries_) {
      if (!entry.value.empty()) width = std::max(width, entry.key.size());
    }
    if (width > 0) out_ += "[table." + toml_key(existing_.schema.name) + ".columns]\n";
    for (const auto& entry : entries_) {
      out_ += entry.comments;
      if (!entry.value.empty())
        out_ += entry.key + std::string(width - entry.key.size(), ' ') + " = " + entry.value + "\n";
    }
  }

  void write_restored_keys() {
    if (match_.restored.empty()) return;
    std::vector<std::string> names;
    for (const auto& key : match_.restored) {
      const bool is_own = key.way.size() == 2;
      out_ += toml_comment(
          (is_own ? "Foreign key " + shown(key.name) +
                        " goes to its own table: rows may refer to rows behind them"
                  : "Foreign key " + shown(key.name) + " closes a circle (" + join(key.way, " -> ") +
                        "): no order of the tables satisfies it") +
          ". The run drops it before these rows and puts it back as it was; only the table's owner may.");
      names.push_back(toml_string(key.name));
    }
    out_ += "restore_foreign_keys = " + toml_array(names) + "\n";
  }

  void add_column(const ColumnMatch& matched) {
    const ColumnCensus& column = *matched.column;
    const std::string& name = column.column.name;
    const ColumnSchema* into = existing_.schema.find(matched.into);
    ColumnSchema typed = *into;
    std::string said;
    if (!existing_.is_typed && into->type.sql.empty())
      said = choose_column(column, {.row_key = row_key_, .as_it_is = true}).way.type;
    if (!existing_.is_typed) typed.type = inherited_type(said.empty() ? into->type.sql : said);
    const ColumnFit fit = fit_column(column, typed, row_key_);
    Entry entry{toml_key(into->name), value_of(name, *into, said, fit.conversions), {}};
    if (!fit.remark.empty())
      entry.comments = toml_comment(shown(into->name) + ": " + fit.remark +
                                    (fit.is_refused ? ". The run stops at the first of them." : "."));
    if (!fit.choice.empty())
      entry.comments += "# choice: " + entry.key + " = " + value_of(name, *into, said, fit.choice) + "\n";
    if (fit.is_refused) ++draft_.choice_count;
    entries_.push_back(std::move(entry));
  }

  void add_unclear(const UnclearColumn& unclear) {
    ++draft_.choice_count;
    const std::string& name = unclear.column->column.name;
    std::string comments = toml_comment(shown(name) + " may be " + join(unclear.candidates, " or ") +
                                        ": choose, and take it out of `ignore`.");
    for (const auto& candidate : unclear.candidates)
      comments += "# choice: " + toml_key(candidate) + " = { from = " + toml_string(name) + " }\n";
    entries_.push_back({toml_key(name), {}, std::move(comments)});
  }

  /// Empty where the name alone says it all. `type` where the table's column has none.
  static std::string value_of(const std::string& source, const ColumnSchema& into, const std::string& type,
                              const std::vector<std::string>& conversions) {
    std::vector<std::string> parts;
    if (!type.empty()) parts.push_back("type = " + toml_string(type));
    std::vector<std::string> names;
    for (const auto& conversion : conversions) names.push_back(toml_string(conversion));
    if (into.name != source) parts.push_back("from = " + toml_string(source));
    if (!names.empty()) parts.push_back("using = " + (names.size() == 1 ? names[0] : toml_array(names)));
    return parts.empty() ? std::string() : "{ " + join(parts, ", ") + " }";
  }

  // Nothing comes for it from the source, and the target gives no value by itself.
  void look_at_unfilled(const ColumnSchema& column) {
    const bool given = !column.not_null || !column.default_sql.empty() || column.identity != Identity::none ||
                       !column.generated_sql.empty();
    if (given || match_.filled(column.name) != nullptr) return;
    ++draft_.choice_count;
    const std::string key = toml_key(column.name);
    entries_.push_back(
        {key,
         {},
         toml_comment(shown(column.name) + ": the target wants a " + column.type.sql +
                      ", it has no default, and the source has no such column. The run is refused "
                      "until it has a value, `from` another column or by an `expr`.") +
             "# choice: " + key + " = { value = \"...\" }\n"});
  }

  // A run leaves the sequences of others where they are: the next key of the application would be one of
  // these.
  void write_sequences() {
    for (const auto& column : existing_.schema.columns) {
      const bool counts = column.identity != Identity::none || column.default_sql.starts_with("nextval(");
      if (!counts || !existing_.is_typed || match_.filled(column.name) == nullptr) continue;
      const std::string table = quote_name(existing_.schema.name);
      const std::string key = quote_name(column.name);
      out_ += "[[sql]]\n";
      out_ += "name           = " +
              toml_string(plain_name("sequence_" + existing_.schema.name + "_" + column.name, "sequence")) +
              "\n";
      out_ += "at             = \"after_load\"\n";
      const std::string sequence =
          "pg_get_serial_sequence(" + quote_literal(table) + ", " + quote_literal(column.name) + ")";
      const std::string last = "pg_sequence_last_value(" + sequence + "::regclass)";
      out_ += "sql.sqlite     = \"\"\nsql.postgresql = " +
              toml_string("select setval(" + sequence + ", greatest(max(" + key + "), " + last + ")) from " +
                          table + " having max(" + key + ") is not null") +
              "\nundo.sqlite    = \"\"\nundo.postgresql = \"select 1\"   # the sequence goes back with the "
              "rows\n\n";
    }
  }

  const TableMatch& match_;
  const DraftSource& source_;
  const TableCensus& census_;
  const ExistingTable& existing_;
  Draft& draft_;
  std::string& out_;
  std::string row_key_;
  std::vector<Entry> entries_;
};

void write_unmatched(const UnmatchedTable& table, bool loose_names, Draft& draft) {
  const std::string& name = table.census->table.name;
  const std::string what = "Not carried: table " + shown(name) + " of " + table.source->shown + ", " +
                           with_thousands(table.census->rows) + (table.census->rows == 1 ? " row" : " rows");
  ++draft.uncarried_count;
  if (!table.taken.empty()) {
    draft.text +=
        toml_comment(what + "; another table of the sources fills " + shown(table.taken) + ".") + "\n";
    return;
  }
  if (table.candidates.empty()) {
    draft.text += toml_comment(what + "; the target has no table of that name.") + "\n";
    return;
  }
  ++draft.choice_count;
  const bool is_one = table.candidates.size() == 1;
  draft.text +=
      toml_comment(what + "; the target has no table of that name, but " + join(table.candidates, " and ") +
                   (is_one && !loose_names ? ", which --loose-names takes." : ": choose."));
  for (const auto& candidate : table.candidates) {
    draft.text += "# choice: [table." + toml_key(candidate) + "]\n";
    draft.text += "#         from   = " + toml_string(table.source->name + "." + name) + "\n";
    draft.text += "#         exists = true\n";
  }
  draft.text += "\n";
}

}  // namespace

void draft_loads(const std::vector<DraftSource>& sources, const DataOnly& target, Draft& draft) {
  const TargetMatch match = match_tables(sources, target);
  for (const auto& table : match.tables) ExistingWriter(table, draft).write();
  for (const auto& table : match.unmatched) write_unmatched(table, target.loose_names, draft);
  if (match.unfilled.empty()) return;
  std::vector<std::string> names;
  for (const auto& name : match.unfilled) names.push_back(shown(name));
  draft.text +=
      toml_comment("Tables of the target that no table of the sources fills: " + join(names, ", ") + ".") +
      "\n";
}

}  // namespace planrun
