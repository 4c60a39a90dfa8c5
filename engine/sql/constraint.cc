#include "sql/constraint.h"

#include <array>

namespace planrun {
namespace {

struct Unkept {
  const char* member;
  std::string_view message;
};

// Members of a Constraint node that TableSchema has no place for.
constexpr std::array kUnkept = {
    Unkept{"including", "INCLUDE in a key is not kept; declare a unique index with include (...)"},
    Unkept{"options", "storage parameters of a constraint are not kept"},
    Unkept{"indexspace", "a tablespace is not kept"},
    Unkept{"indexname", "a constraint USING INDEX is not kept; name its columns"},
    Unkept{"skip_validation", "NOT VALID has no place in a plan: every row is proved"},
    Unkept{"is_no_inherit", "NO INHERIT is not kept"},
    Unkept{"fk_del_set_cols", "columns after SET NULL or SET DEFAULT are not kept"},
};

std::string action_of(const std::string& code) {
  if (code == "r") return "restrict";
  if (code == "c") return "cascade";
  if (code == "n") return "set null";
  if (code == "d") return "set default";
  return "";
}

}  // namespace

std::optional<SqlFault> refuse_constraint(const Syntax& syntax, const Json& constraint) {
  const std::size_t at = location_of(constraint);
  for (const auto& unkept : kUnkept) {
    // The options of an identity are its sequence's, and told by who reads it.
    if (text_member(constraint, "contype") == "CONSTR_IDENTITY") break;
    if (!member(constraint, unkept.member).is_null()) return syntax.fault_at(at, std::string(unkept.message));
  }
  if (!text_member(member(constraint, "pktable"), "schemaname").empty()) {
    return syntax.fault_at(location_of(member(constraint, "pktable")),
                           "a foreign key names a table of the plan, without a schema");
  }
  return std::nullopt;
}

KeySchema read_key(const Json& constraint) {
  KeySchema key;
  key.name = text_member(constraint, "conname");
  key.primary = text_member(constraint, "contype") == "CONSTR_PRIMARY";
  key.columns = string_list(member(constraint, "keys"));
  key.deferrable = flag_member(constraint, "deferrable");
  key.initially_deferred = flag_member(constraint, "initdeferred");
  key.nulls_not_distinct = flag_member(constraint, "nulls_not_distinct");
  return key;
}

ForeignKeySchema read_foreign_key(const Json& constraint) {
  ForeignKeySchema key;
  key.name = text_member(constraint, "conname");
  key.columns = string_list(member(constraint, "fk_attrs"));
  key.table = text_member(member(constraint, "pktable"), "relname");
  key.foreign_columns = string_list(member(constraint, "pk_attrs"));
  key.on_delete = action_of(text_member(constraint, "fk_del_action"));
  key.on_update = action_of(text_member(constraint, "fk_upd_action"));
  key.match_full = text_member(constraint, "fk_matchtype") == "f";
  key.deferrable = flag_member(constraint, "deferrable");
  key.initially_deferred = flag_member(constraint, "initdeferred");
  return key;
}

CheckSchema read_check(const Syntax& syntax, const Json& constraint) {
  CheckSchema check;
  check.name = text_member(constraint, "conname");
  const auto parentheses = syntax.parentheses(location_of(constraint), syntax.authored_end());
  if (parentheses) check.sql = syntax.slice(parentheses.open + 1, parentheses.close);
  check.columns = mentioned_columns(member(constraint, "raw_expr"));
  return check;
}

}  // namespace planrun
