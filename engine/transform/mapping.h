// Source cells -> target cells of one load: constants, conversions, types. Strict and lossless; a value that
// does not fit is told, never changed. No allocation a value once buffers have grown.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/cell.h"
#include "data/table_schema.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Why a row does not fit: the first column, in the schema's order, that refuses its value.
struct Misfit {
  std::size_t column = 0;  // of the mapping's columns
  std::string value;       // "integer 2", "text 'abc'"
  std::string reason;      // with the `using` that would take it, where one would
};

class Transform {
 public:
  virtual ~Transform() = default;
  /// `row`: a cell an input. `out`: a cell a column of the load, valid until the next call. False: misfit()
  /// says why.
  virtual bool apply(std::span<const Cell> row, std::span<Cell> out) = 0;
  virtual const Misfit& misfit() const = 0;
};

/// One thread each. Throws Error(plan) for a constant that does not fit its type or a chain that cannot be.
std::unique_ptr<Transform> make_mapping(const TableSchema& table, const ResolvedLoad& load,
                                        const ValueLimits& limits);

/// Whether `name` is a conversion, and the names there are (for suggestions).
std::vector<std::string> conversion_names();
/// Empty when the call is right; else what is wrong with its arguments.
std::string check_conversion(const PlanConversion& conversion);

}  // namespace planrun
