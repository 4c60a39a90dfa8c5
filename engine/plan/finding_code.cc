#include "plan/finding_code.h"

#include <algorithm>
#include <array>

namespace planrun {

namespace {

using enum FindingCode;

constexpr FindingKind error(FindingCode code, std::string_view title, std::string_view why,
                            LooksAt looks_at = LooksAt::plan) {
  return {code, Severity::error, looks_at, title, why};
}

constexpr FindingKind warning(FindingCode code, std::string_view title, std::string_view why,
                              LooksAt looks_at = LooksAt::plan) {
  return {code, Severity::warning, looks_at, title, why};
}

constexpr std::array kKinds = {
    error(not_toml, "the file is not TOML", "Nothing of it can be read before that is right."),
    error(unknown_key, "a key that no plan has", "A key that is misspelt would say nothing to anybody."),
    error(wrong_kind, "a value of another kind than its key takes",
          "What is meant cannot be told from a number where a text belongs."),
    error(wrong_choice, "a word that its key does not know",
          "Such a key takes one of a few words; anything else would leave it without effect."),
    error(wrong_form, "a text that has not the form its key takes",
          "The text names something in a form of its own (SOURCE.TABLE, FILE.FUNCTION, +02:00, 5%)."),
    error(bad_name, "a name that cannot be one",
          "Names become parts of files, ledger rows and SQL, and PostgreSQL cuts them after 63 bytes."),
    error(missing_key, "something that the plan needs is missing",
          "Without it the plan does not say what to do."),
    error(empty_value, "a value that is empty", "An empty text, list or section says nothing."),
    error(keys_apart, "keys that do not go together",
          "Either two keys say the same thing in different ways, or one needs another that is not there."),
    error(variable_out_of_place, "a variable where none is filled in",
          "Variables are filled in only in urls, folders and passwords; elsewhere ${NAME} would be taken "
          "for text."),
    error(variable_unset, "a variable that the environment does not have",
          "The url would name another database than the one that is meant."),
    error(literal_password, "a password that stands in the plan",
          "A plan is kept, reviewed and sent around; a password in it is no secret any more."),
    error(unusable_url, "a url that names no database planrun can use",
          "A source is a SQLite file; a target is a SQLite file or a PostgreSQL database."),
    error(same_place, "two things in one place that must stand apart",
          "A target in the file of a source, or the ledger among the tables, would change what is read."),
    error(unknown_name, "a source, target or table that the plan does not have",
          "What is named must stand in the plan."),
    error(other_target, "a tie between tables of two targets",
          "Foreign keys and `after` stay inside a target: the targets are loaded one after the other."),
    error(name_taken, "two things of one name",
          "Tables, views, indexes and keys of a schema share their names, and the ledger tells loads and "
          "steps by theirs."),
    error(named_twice, "the same thing named twice", "Of a second time nothing could come."),
    error(after_cycle, "tables that wait for each other", "None of them could ever be loaded."),
    error(unknown_type, "a type that the target does not have",
          "PostgreSQL's grammar takes any word for a type, the server does not."),
    error(unreadable_sql, "SQL that cannot be taken as it stands",
          "It is no SQL of PostgreSQL's grammar, or says what planrun would not keep."),
    error(unknown_column, "a column that the table does not have",
          "A key, an index, a check or a load names it."),
    error(index_of_no_column, "an index on no column", "An index over constants finds nothing."),
    error(foreign_key_to_nothing, "a foreign key to a table or column that is not there",
          "The server would refuse it, after the rows have been loaded."),
    error(foreign_key_misfit, "a foreign key that does not fit what it points to",
          "It must point to a primary or unique key, with as many columns, of types that compare."),
    error(computed_column, "a computed column that a load fills",
          "The target computes it from other columns."),
    error(type_misfit, "a key that does not go with the column's type",
          "A zone is for times, `storage` for numeric, and the newest of something needs an order."),
    error(unknown_conversion, "a conversion that does not exist",
          "`using` takes conversions by their names."),
    error(no_merge, "several sources without a word on rows they share",
          "The same row in two sources would be loaded twice, or refuse the other."),
    error(shared_check, "a shared check that is used wrongly",
          "The check's file says which arguments it takes, and of what kind."),
    error(no_sql_for_dialect, "no SQL for the kind of database that the target is",
          "The text of another dialect would fail in the target."),
    error(statement_out_of_place, "a statement that does not belong into its step",
          "A step is one transaction, a trigger's section makes its trigger, and what is proved is not "
          "written to afterwards."),
    warning(no_undo, "a step of SQL that cannot be taken back", "A run with it cannot be rolled back."),
    error(transform_file, "a Lua transform that cannot be loaded",
          "Its file is missing, or is no Lua, or does not have the function."),
    error(no_source_table, "a source table that is not there", "There is nothing to load from.",
          LooksAt::sources),
    error(no_source_column, "a source column that is not there",
          "The load would read what the table does not hold.", LooksAt::sources),
    error(source_column_unused, "a source column that no load uses",
          "Its values would be left behind, and nobody would have said so.", LooksAt::sources),
    error(column_unfilled, "a column that nothing fills",
          "It has no value from the source, no default, and no constant.", LooksAt::sources),
    error(loads_differ, "loads of one table that fill other columns",
          "The rows of a table are proved as one, over the same columns.", LooksAt::sources),
    error(key_not_unique, "a `key` by which more than one row is found",
          "`write` finds a row by a key that the table holds to be unique; by another it would change rows "
          "that are not meant.",
          LooksAt::sources),
    error(nothing_to_update, "a `write` that cannot work on its table",
          "A table that the plan makes holds nothing to update, and a row keeps its own key.",
          LooksAt::sources),
    error(existing_table_misfit, "a table that exists, but not as the plan says",
          "Its columns, types and keys are those of the target's catalog.", LooksAt::sources),
    error(expression_refused, "an expression that the source refuses",
          "It must be SQL over the table's columns, and give the same every time.", LooksAt::sources),
    error(wrong_allow, "an allow that says nothing",
          "It needs a code of a warning, and the reason why that may stand."),
    warning(unused_allow, "an allow that nothing needs",
            "What it was for is gone; left in place it would hide the next such finding."),
    warning(amount_as_float, "an amount of money as a floating-point number",
            "Binary fractions cannot hold 0.10: sums drift, and comparisons fail by a cent.", LooksAt::both),
    warning(too_short, "a text column shorter than the source's longest value",
            "Rows with longer values are rejected.", LooksAt::sources),
    warning(narrower, "a type narrower than the source's",
            "Rows whose values do not fit are rejected, today's or those still to come.", LooksAt::sources),
    warning(foreign_key_without_index, "a foreign key without an index that begins with its columns",
            "PostgreSQL makes none: each delete or update of a referenced row reads the whole table.",
            LooksAt::both),
    warning(critical_unchecked, "a critical table that no check looks at",
            "Other tables of the plan are checked, and here a wrong mapping would pass every proof."),
    error(not_whole, "a part of the source that the plan does not have",
          "With `whole = true` all of a source's schema arrives, or is named in `leave`.", LooksAt::sources),
    error(index_misfit, "a key or index over a type that cannot be compared in it",
          "PostgreSQL would refuse to build it, after the rows have been loaded.", LooksAt::both),
    error(division_misfit, "rows divided in a way that the target would refuse",
          "Partitions must not overlap, and a key must hold every column by which its table's rows are "
          "divided.",
          LooksAt::both),
    error(files_differ, "files of one source that do not declare the same",
          "A plan says once what a column is, for the rows of every file.", LooksAt::sources),
    error(question_refused, "a check or a view that its database refuses",
          "It names a table or a column that will not be there, and nothing would have told before the rows "
          "are loaded.",
          LooksAt::sources),
};

}  // namespace

std::span<const FindingKind> finding_kinds() {
  return kKinds;
}

const FindingKind& kind_of(FindingCode code) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const FindingKind& k) { return k.code == code; });
}

std::string to_string(FindingCode code) {
  const std::string number = std::to_string(static_cast<int>(code));
  return "P" + std::string(3 - std::min<std::size_t>(number.size(), 3), '0') + number;
}

std::optional<FindingCode> finding_code_from(std::string_view text) {
  for (const FindingKind& kind : kKinds) {
    if (to_string(kind.code) == text) return kind.code;
  }
  return std::nullopt;
}

}  // namespace planrun
