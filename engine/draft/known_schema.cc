#include "draft/known_schema.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "draft/keys.h"

namespace planrun {
namespace {

enum class Affinity { text, integer, real, numeric, blob };

/// sqlite.org/datatype3.html, "Determination Of Column Affinity".
Affinity affinity_of(const std::string& declared) {
  const std::string word = to_lower_ascii(declared);
  const auto has = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  if (has("int")) return Affinity::integer;
  if (has("char") || has("clob") || has("text")) return Affinity::text;
  // In a STRICT table ANY keeps a value as it is; elsewhere it is numeric, which is not told here.
  if (word.empty() || has("blob") || word == "any") return Affinity::blob;
  return has("real") || has("floa") || has("doub") ? Affinity::real : Affinity::numeric;
}

/// As large as numbers may become: a thousand times what was found.
double limit_of(const ColumnCensus& found) {
  constexpr double kHeadroom = 1024;
  constexpr double kLargest = 9223372036854775807.0;
  const double most = std::max({kHeadroom, std::abs(static_cast<double>(found.integers.range.least)),
                                std::abs(static_cast<double>(found.integers.range.most)),
                                std::abs(found.reals.range.least), std::abs(found.reals.range.most)});
  return found.reals.all.count > 0 ? most * kHeadroom : std::min(most * kHeadroom, kLargest);
}

class ColumnJudge {
 public:
  ColumnJudge(const ColumnDraft& column, const std::string& collation, bool is_utf16)
      : column_(column),
        found_(*column.census),
        collation_(collation),
        is_utf16_(is_utf16),
        affinity_(affinity_of(column.census->column.declared)) {}

  KnownColumn judge() const {
    KnownColumn known;
    known.source = found_.column.name;
    known.target = column_.name;
    known.type = column_.choice.way.type;
    known.limit = limit_of(found_);
    known.has_affinity = affinity_ != Affinity::blob;
    known.numbered = column_.facts.is_identity;
    known.generated = found_.column.generated;
    known.kind = kind(known.reason);
    // In a SQLite target numeric holds whole numbers as integers.
    known.surely_real = affinity_ == Affinity::real && known.kind == ValueKind::real;
    return known;
  }

 private:
  bool is_numeric() const {
    return affinity_ == Affinity::integer || affinity_ == Affinity::numeric || affinity_ == Affinity::real;
  }

  ValueKind kind(std::string& reason) const {
    const Way& way = column_.choice.way;
    reason = "is " + way.type + " here, and something else in the source";
    if (!way.conversions.empty() || !way.expr.empty()) return ValueKind::other;
    const bool numbers = is_numeric() && found_.texts.count + found_.blobs.all.count == 0;
    const bool finite = found_.reals.infinite.count == 0;
    switch (kind_of(way)) {
      case TypeKind::boolean:
        return numbers ? ValueKind::truth : ValueKind::other;
      case TypeKind::bigint:
        return of_declared(numbers, ValueKind::integer, reason);
      case TypeKind::numeric:
        return of_declared(numbers && finite, ValueKind::decimal, reason);
      case TypeKind::double_precision:
        return of_declared(numbers && finite, ValueKind::real, reason);
      case TypeKind::text:
      case TypeKind::varchar:
        return text(reason);
      default:
        return ValueKind::other;
    }
  }

  /// Only its declaration keeps other kinds of values out of a column.
  ValueKind of_declared(bool holds, ValueKind kind, std::string& reason) const {
    if (holds) return kind;
    reason = "is declared " +
             (found_.column.declared.empty() ? "without a type" : quote_for_message(found_.column.declared)) +
             " in the source, which may hold other kinds of values";
    return ValueKind::other;
  }

  ValueKind text(std::string& reason) const {
    if (collation_ != "binary") {
      reason = "is compared by " + collation_ + " in the source";
      return ValueKind::other;
    }
    if (is_utf16_) {
      reason = "is compared by its bytes in UTF-16 in the source";
      return ValueKind::other;
    }
    return of_declared(affinity_ == Affinity::text, ValueKind::text, reason);
  }

  const ColumnDraft& column_;
  const ColumnCensus& found_;
  const std::string& collation_;
  bool is_utf16_;
  Affinity affinity_;
};

KnownTable known_table(const TableDraft& draft, bool is_utf16) {
  const TableDeclaration& declared = draft.census->declared;
  KnownTable table;
  table.source = draft.census->table.name;
  table.target = draft.name;
  for (std::size_t i = 0; i < draft.columns.size(); ++i) {
    KnownColumn column = ColumnJudge(draft.columns[i], declared.collations[i], is_utf16).judge();
    column.lost_default =
        !declared.defaults[i].empty() && draft.columns[i].default_sql.empty() && !column.numbered;
    table.columns.push_back(std::move(column));
  }
  if (const auto key = primary_key_of(draft.census->table); !key.empty()) table.keys.push_back(key);
  for (const auto& index : declared.indexes) {
    std::vector<std::string> columns;
    for (const auto& part : index.parts) columns.push_back(part.column);
    const bool is_key = index.unique && !index.partial && std::ranges::find(columns, "") == columns.end();
    if (is_key) table.keys.push_back(std::move(columns));
  }
  return table;
}

}  // namespace

KnownTables known_tables(const DraftSource& source, std::span<const TableDraft> tables) {
  KnownTables known;
  for (const auto& table : tables) {
    if (table.source == source.name) known.push_back(known_table(table, source.census->is_utf16));
  }
  for (const auto& table : source.census->tables) {
    const SourceTableKind kind = table.table.kind;
    if (kind != SourceTableKind::virtual_table && kind != SourceTableKind::shadow) continue;
    KnownTable refused;
    refused.source = table.table.name;
    refused.refused = "a virtual table, which does not arrive";
    known.push_back(std::move(refused));
  }
  return known;
}

}  // namespace planrun
