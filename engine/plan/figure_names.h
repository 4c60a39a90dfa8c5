// The figures of a verification: what an alert may name, and what --metrics writes, is the same.
#pragma once

#include <span>
#include <string_view>

namespace planrun {

struct FigureName {
  std::string_view name;  // in a metrics file behind "planrun_", of a table behind "planrun_table_"
  std::string_view meaning;
};

std::span<const FigureName> verification_figures();
std::span<const FigureName> table_figures();

}  // namespace planrun
