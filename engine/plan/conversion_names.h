// The conversions that `using` may name, and the arguments each takes. What they do is transform/'s.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"

namespace planrun {

enum class ConversionArgument {
  none,             // `trim`
  format,           // `date_format('%d.%m.%Y')`: one text of directives %Y %y %m %b %d %H %M %S %f %%
  optional_digits,  // `round`, `round(2)`: a whole number of -1000 to 1000
  optional_text,    // `replace_nul`, `replace_nul('?')`: one text without NUL
};

struct ConversionName {
  std::string_view name;
  ConversionArgument argument;
  std::string_view shape;  // as an author writes it
};

std::span<const ConversionName> known_conversions();

/// Takes "round(2)" apart; texts stand in single quotes, doubled inside. nullopt: it is no call.
std::optional<PlanConversion> parse_conversion(const Located& call);

/// Empty when the name is known and the arguments are right; else what is wrong. `hint`: what to write.
struct ConversionFault {
  std::string message;
  std::string hint;
};
ConversionFault check_conversion_name(const PlanConversion& conversion);

}  // namespace planrun
