#include "transform/mapping.h"

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "transform/conversion.h"
#include "transform/rule.h"

namespace planrun {

namespace {

/// A column of the load, compiled once.
struct MappedColumn {
  int input = -1;
  bool not_null = false;
  bool instant = false;            // the chain ends in a moment
  std::int64_t instant_shift = 0;  // microseconds to the clock that the type shows
  std::vector<Conversion> chain;
  Rule rule;
  std::string constant_text;
  Cell constant;
  std::string name;
};

std::string text_of(const PlanConversion& call) {
  return call.arguments.empty() ? call.name : call.name + "(" + join(call.arguments, ", ") + ")";
}

/// Null, or what the rule of the type made of the chain's end.
bool convert(MappedColumn& column, const Cell& in, Cell& out, std::string& reason) {
  Cell now = in;
  for (Conversion& conversion : column.chain) {
    if (now.is_null()) break;
    Cell next;
    if (!conversion.apply(conversion, now, next)) {
      reason = conversion.reason;
      return false;
    }
    now = next;
  }
  if (now.is_null()) {
    out = Cell::of_null();
    if (column.not_null) reason = "is null after its conversions, and the column is not null";
    return !column.not_null;
  }
  const bool fits = column.instant ? fit_instant(column.rule, now.integer + column.instant_shift, out)
                                   : column.rule.fit(column.rule, now, out);
  if (!fits) reason = column.rule.reason;
  return fits;
}

MappedColumn make_column(const ColumnSchema& schema, const ResolvedColumn& resolved,
                         const ValueLimits& limits) {
  MappedColumn column;
  column.name = schema.name;
  column.input = resolved.input;
  column.not_null = schema.not_null;
  column.constant_text = resolved.constant;
  column.rule = make_rule(schema, limits, resolved.has_zone, resolved.zone_seconds);
  for (const PlanConversion& call : resolved.using_) {
    if (column.instant) {
      throw Error(ErrorCode::plan,
                  "using: " + text_of(call) + " cannot follow a conversion that makes a time");
    }
    column.chain.push_back(make_conversion(call, schema, resolved.has_zone ? resolved.zone_seconds : 0));
    const Conversion& made = column.chain.back();
    column.instant = made.makes_instant;
    // A moment shows as UTC in a timestamp, or as the clock of the zone that the plan names; timestamptz is a
    // moment itself.
    if (made.makes_instant && !made.keeps_clock && resolved.has_zone &&
        schema.type.kind != TypeKind::timestamptz) {
      column.instant_shift = resolved.zone_seconds * kMicrosPerSecond;
    }
  }
  return column;
}

class Mapping : public Transform {
 public:
  Mapping(const TableSchema& table, const ResolvedLoad& load, const ValueLimits& limits) {
    columns_.reserve(load.columns.size());
    for (const ResolvedColumn& resolved : load.columns) {
      const ColumnSchema& schema = table.columns.at(resolved.column);
      try {
        columns_.push_back(make_column(schema, resolved, limits));
      } catch (const Error& error) {
        throw error.within("table " + table.name + ", column " + schema.name);
      }
    }
    // Only now: a constant's cell may view its column, which must not move any more.
    for (MappedColumn& column : columns_) {
      if (column.input < 0) set_constant(column, table.name);
    }
  }

  bool apply(std::span<const Cell> row, std::span<Cell> out) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      MappedColumn& column = columns_[i];
      if (column.input < 0) {
        out[i] = column.constant;
        continue;
      }
      const Cell& in = row[static_cast<std::size_t>(column.input)];
      if (in.is_null()) {
        if (column.not_null) return tell(i, in, "is null, and the column is not null");
        out[i] = Cell::of_null();
      } else if (column.chain.empty()) {
        if (!column.rule.fit(column.rule, in, out[i])) return tell(i, in, column.rule.reason);
      } else {
        std::string reason;
        if (!convert(column, in, out[i], reason)) return tell(i, in, std::move(reason));
      }
    }
    return true;
  }

  const Misfit& misfit() const override { return misfit_; }

 private:
  static void set_constant(MappedColumn& column, const std::string& table) {
    std::string reason;
    if (convert(column, Cell::of_text(column.constant_text), column.constant, reason)) return;
    throw Error(ErrorCode::plan, "table " + table + ", column " + column.name + ": the constant " +
                                     quote_for_message(column.constant_text) + " " + reason);
  }

  bool tell(std::size_t column, const Cell& in, std::string reason) {
    misfit_ = {column, describe_source(in), std::move(reason)};
    return false;
  }

  std::vector<MappedColumn> columns_;
  Misfit misfit_;
};

}  // namespace

std::unique_ptr<Transform> make_mapping(const TableSchema& table, const ResolvedLoad& load,
                                        const ValueLimits& limits) {
  return std::make_unique<Mapping>(table, load, limits);
}

}  // namespace planrun
