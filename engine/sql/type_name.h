// Types by PostgreSQL's names and synonyms, with their limits: the grammar alone takes any word for a type.
#pragma once

#include <span>
#include <string>

#include "sql/syntax.h"

namespace planrun {

struct TypeName {
  ColumnType type;
  Identity identity = Identity::none;  // serial for smallserial, serial and bigserial
};

/// Of a TypeName node whose text ends by `until`; `types` are names that the plan vouches for.
SqlParsed<TypeName> read_type_name(const Syntax& syntax, const Json& node, std::size_t until,
                                   std::span<const std::string> types);

}  // namespace planrun
