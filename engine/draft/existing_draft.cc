#include "draft/existing_draft.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.h"
#include "draft/column_fit.h"
#include "draft/column_name.h"
#include "draft/keys.h"
#include "draft/names.h"
#include "draft/toml_text.h"
#include "resolve/resolve.h"
#include "sql/quote.h"

namespace planrun {
namespace {

/// userID, user_id and UserId are one.
std::string folded(const std::string& name) {
  std::string text = to_lower_ascii(name);
  std::erase(text, '_');
  return text;
}

/// The names that a table may have in the target.
std::vector<std::string> spellings(const std::string& name) {
  const auto words = words_of_name(name);
  std::vector<std::string> all = {to_lower_ascii(name), join(words, "_"), join(words, "")};
  std::string camel;
  for (const auto& word : words) camel += static_cast<char>(std::toupper(word[0])) + word.substr(1);
  all.push_back(camel);
  return all;
}

class ExistingWriter {
 public:
  ExistingWriter(const DraftSource& source, const TableCensus& census, const ExistingTable& existing,
                 bool loose, Draft& draft)
      : source_(source),
        census_(census),
        existing_(existing),
        loose_(loose),
        draft_(draft),
        out_(draft.text) {
    const auto key = primary_key_of(census.table);
    row_key_ = numbers_rows(census) ? key[0] : join(census.table.key, ", ");
  }

  void write() {
    for (const auto& column : census_.columns) match(column);
    for (const auto& column : existing_.schema.columns) look_at_unfilled(column);
    const std::string& name = existing_.schema.name;
    if (name != census_.table.name)
      out_ += toml_comment("In the source it is called " + shown(census_.table.name) + ".");
    for (const auto& trigger : existing_.triggers)
      out_ += toml_comment("Its trigger " + shown(trigger) + " fires on every row that the run writes.");
    out_ += "[table." + toml_key(name) + "]\n";
    out_ += "from   = " + toml_string(source_.name + "." + census_.table.name) + "\nexists = true\n";
    if (!left_.empty()) {
      out_ += toml_comment("The target has no such column, and their values stay behind.");
      out_ += "ignore = " + toml_array(left_) + "\n";
    }
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

  const ColumnSchema* find(const std::string& name) const {
    if (const ColumnSchema* exact = existing_.schema.find(name)) return exact;
    if (!loose_) return nullptr;
    const ColumnSchema* found = nullptr;
    for (const auto& column : existing_.schema.columns) {
      if (folded(column.name) != folded(name)) continue;
      if (found != nullptr) return nullptr;  // two of them: nobody knows which
      found = &column;
    }
    return found;
  }

  void match(const ColumnCensus& column) {
    const std::string& name = column.column.name;
    const ColumnSchema* into = find(name);
    if (into == nullptr || filled_.contains(into->name) || !into->generated_sql.empty()) {
      left_.push_back(toml_string(name));
      return;
    }
    filled_.insert(into->name);
    ColumnSchema typed = *into;
    if (!existing_.is_typed) typed.type = inherited_type(into->type.sql);
    const ColumnFit fit = fit_column(column, typed, row_key_);
    Entry entry{toml_key(into->name), value_of(name, *into, fit.conversions), {}};
    if (!fit.remark.empty())
      entry.comments = toml_comment(shown(into->name) + ": " + fit.remark +
                                    (fit.is_refused ? ". The run stops at the first of them." : "."));
    if (!fit.choice.empty())
      entry.comments += "# choice: " + entry.key + " = " + value_of(name, *into, fit.choice) + "\n";
    if (fit.is_refused) ++draft_.choice_count;
    entries_.push_back(std::move(entry));
  }

  /// Empty where the name alone says it all.
  static std::string value_of(const std::string& source, const ColumnSchema& into,
                              const std::vector<std::string>& conversions) {
    std::vector<std::string> parts;
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
    if (given || filled_.contains(column.name)) return;
    ++draft_.choice_count;
    const std::string key = toml_key(column.name);
    entries_.push_back({key,
                        {},
                        toml_comment(shown(column.name) + ": the target wants a " + column.type.sql +
                                     ", and the source has none.") +
                            "# choice: " + key + " = { value = \"...\" }\n"});
  }

  // A run leaves the sequences of others where they are: the next key of the application would be one of
  // these.
  void write_sequences() {
    for (const auto& column : existing_.schema.columns) {
      const bool counts = column.identity != Identity::none || column.default_sql.starts_with("nextval(");
      if (!counts || !existing_.is_typed || !filled_.contains(column.name)) continue;
      const std::string table = quote_name(existing_.schema.name);
      const std::string key = quote_name(column.name);
      out_ += "# lint: allow P033 a sequence that stands further on is in nobody's way\n[[sql]]\n";
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
              "\n\n";
    }
  }

  const DraftSource& source_;
  const TableCensus& census_;
  const ExistingTable& existing_;
  bool loose_;
  Draft& draft_;
  std::string& out_;
  std::string row_key_;
  std::vector<Entry> entries_;
  std::vector<std::string> left_;
  std::set<std::string> filled_;
};

}  // namespace

std::optional<ExistingTable> ExistingDrafter::find(const std::string& name) const {
  if (auto found = target_.find(name)) return found;
  if (!target_.loose_names) return std::nullopt;
  for (const auto& spelling : spellings(name)) {
    if (auto found = target_.find(spelling)) return found;
  }
  return std::nullopt;
}

void ExistingDrafter::write(const DraftSource& source, const TableCensus& table) {
  const auto existing = find(table.table.name);
  if (!existing) {
    ++draft_.uncarried_count;
    draft_.text += toml_comment("Not carried: table " + shown(table.table.name) + " of " + source.shown +
                                ", " + with_thousands(table.rows) + (table.rows == 1 ? " row" : " rows") +
                                "; the target has no table of that name.") +
                   "\n";
    return;
  }
  ExistingWriter(source, table, *existing, target_.loose_names, draft_).write();
}

}  // namespace planrun
