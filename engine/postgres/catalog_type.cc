#include "postgres/catalog_type.h"

#include "sql/definition.h"

namespace planrun {

ColumnType catalog_type(const std::string& formatted) {
  const auto parsed = parse_type(formatted, {});
  if (parsed) return *parsed.value;
  ColumnType type;
  type.kind = TypeKind::other;
  type.sql = formatted;
  return type;
}

Identity catalog_identity(const std::string& attidentity) {
  if (attidentity == "a") return Identity::always;
  return attidentity == "d" ? Identity::by_default : Identity::none;
}

}  // namespace planrun
