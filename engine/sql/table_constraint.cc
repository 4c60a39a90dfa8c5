#include "base/text.h"
#include "sql/constraint.h"
#include "sql/definition.h"
#include "sql/syntax.h"

namespace planrun {

SqlParsed<TableConstraint> parse_table_constraint(std::string_view constraint) {
  using Parsed = SqlParsed<TableConstraint>;
  const Syntax syntax("create table t (", constraint, "\n)");
  if (!syntax.ok()) return {std::nullopt, syntax.fault()};
  const auto refuse = [&](std::string message, std::string hint = {}) {
    return Parsed{std::nullopt,
                  syntax.fault_at(syntax.authored_begin(), std::move(message), std::move(hint))};
  };
  const Json& create = member(syntax.statement(), "CreateStmt");
  for (const auto& [name, value] : create.items()) {
    if (name != "relation" && name != "tableElts" && name != "oncommit") {
      return refuse("the constraint is closed and something follows");
    }
  }
  const Json& elements = member(create, "tableElts");
  if (elements.empty()) return refuse("an empty constraint");
  if (elements.size() > 1) return refuse("one constraint a text; a list holds several");
  const Json& node = member(elements[0], "Constraint");
  if (!node.is_object()) {
    return refuse("is no table constraint",
                  "unique (...), primary key (...), foreign key (...) references ..., or check (...)");
  }
  if (auto unkept = refuse_constraint(syntax, node)) return {std::nullopt, *unkept};
  const std::string kind = text_member(node, "contype");
  TableConstraint result;
  if (kind == "CONSTR_PRIMARY" || kind == "CONSTR_UNIQUE") {
    result.key = read_key(node);
  } else if (kind == "CONSTR_FOREIGN") {
    result.foreign_key = read_foreign_key(node);
  } else if (kind == "CONSTR_CHECK") {
    result.check = read_check(syntax, node);
  } else {
    return refuse("an exclusion constraint is not kept");
  }
  return {std::move(result), {}};
}

}  // namespace planrun
