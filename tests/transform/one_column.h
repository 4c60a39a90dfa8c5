// A mapping of one column, and what it makes of a cell, as text: "integer 5", "real 0.5", "text abc", "blob
// 00ff", "null", or "no: REASON".
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/catch.h"
#include "transform/mapping.h"

namespace planrun::test {

inline ColumnType column_type(TypeKind kind, std::string sql) {
  return {kind, 0, -1, 0, std::move(sql)};
}
inline ColumnType numeric(int precision, int scale) {
  return {TypeKind::numeric, 0, precision, scale,
          "numeric(" + std::to_string(precision) + "," + std::to_string(scale) + ")"};
}
inline ColumnType sized(TypeKind kind, int length, const std::string& name) {
  return {kind, length, -1, 0, name + "(" + std::to_string(length) + ")"};
}

struct ColumnOptions {
  std::vector<PlanConversion> chain;
  ValueLimits limits;
  bool store_as_text = false;
  bool not_null = false;
  bool has_zone = false;
  int zone_seconds = 0;
};

inline std::string show(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::null:
      return "null";
    case CellKind::integer:
      return "integer " + std::to_string(cell.integer);
    case CellKind::real: {
      char text[40];
      std::snprintf(text, sizeof text, "real %.17g", cell.real);
      return text;
    }
    case CellKind::text:
      return "text " + std::string(cell.bytes);
    case CellKind::blob:
      break;
  }
  return "blob " + to_hex(cell.bytes);
}

class OneColumn {
 public:
  explicit OneColumn(ColumnType type, ColumnOptions options = {}) {
    TableSchema table;
    table.name = "t";
    ColumnSchema& column = table.columns.emplace_back();
    column.name = "c";
    column.type = std::move(type);
    column.not_null = options.not_null;
    column.store_as_text = options.store_as_text;
    ResolvedLoad load;
    load.inputs.push_back({"c", ""});
    ResolvedColumn& resolved = load.columns.emplace_back();
    resolved.input = 0;
    resolved.using_ = std::move(options.chain);
    resolved.has_zone = options.has_zone;
    resolved.zone_seconds = options.zone_seconds;
    mapping_ = make_mapping(table, load, options.limits);
  }

  std::string operator()(const Cell& cell) {
    Cell out;
    if (mapping_->apply(std::span(&cell, 1), std::span(&out, 1))) return show(out);
    return "no: " + mapping_->misfit().reason;
  }
  std::string operator()(std::string_view text) { return (*this)(Cell::of_text(text)); }
  const Misfit& misfit() const { return mapping_->misfit(); }

 private:
  std::unique_ptr<Transform> mapping_;
};

/// A cell and what becomes of it; of a refusal the expected text is a part.
struct Expected {
  Cell cell;
  std::string outcome;
};

inline void check_each(OneColumn column, const std::vector<Expected>& cases) {
  for (const Expected& c : cases) {
    INFO(show(c.cell));
    const std::string outcome = column(c.cell);
    if (c.outcome.starts_with("no:")) {
      CHECK_THAT(outcome, ContainsSubstring(c.outcome));
    } else {
      CHECK(outcome == c.outcome);
    }
  }
}

inline Cell i(std::int64_t v) {
  return Cell::of_integer(v);
}
inline Cell r(double v) {
  return Cell::of_real(v);
}
inline Cell t(std::string_view v) {
  return Cell::of_text(v);
}
inline Cell b(std::string_view v) {
  return Cell::of_blob(v);
}

}  // namespace planrun::test
