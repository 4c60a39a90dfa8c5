#include "sql/expression.h"

#include <algorithm>
#include <array>

#include "sql/syntax.h"

namespace planrun {
namespace {

using TypeOf = std::function<std::optional<TypeKind>(const std::string&)>;
using Class = std::optional<ValueClass>;  // nullopt: it has been refused

class Judge {
 public:
  Judge(const TypeOf& type_of, std::string& reason) : type_of_(type_of), reason_(reason) {}

  Class judge(const Json& node) {
    if (!node.is_object() || node.size() != 1) return refuse("it is no expression");
    const std::string& kind = node.begin().key();
    const Json& body = node.begin().value();
    if (kind == "ColumnRef") return column(body);
    if (kind == "A_Const") return constant(body);
    if (kind == "A_Expr") return operation(body);
    if (kind == "BoolExpr") return all_of(member(body, "args"), ValueClass::boolean);
    if (kind == "NullTest") return judge(member(body, "arg")) ? Class(ValueClass::boolean) : std::nullopt;
    if (kind == "CoalesceExpr") return same(member(body, "args"));
    if (kind == "FuncCall") return function(body);
    return refuse("it holds what other databases read in another way");
  }

  std::vector<std::string> columns;

 private:
  Class refuse(const std::string& why) {
    if (reason_.empty()) reason_ = why;
    return std::nullopt;
  }

  Class column(const Json& body) {
    const auto names = string_list(member(body, "fields"));
    if (names.size() != 1) return refuse("it names a column by its table");
    const auto type = type_of_(names[0]);
    if (!type) return refuse("it names `" + names[0] + "`, which is no column");
    if (std::ranges::find(columns, names[0]) == columns.end()) columns.push_back(names[0]);
    return class_of(*type);
  }

  Class constant(const Json& body) {
    if (body.contains("ival") || body.contains("fval")) return ValueClass::number;
    if (body.contains("sval")) return ValueClass::text;
    if (body.contains("boolval")) return ValueClass::boolean;
    return refuse("it compares with null");
  }

  Class operation(const Json& body) {
    const std::string kind = text_member(body, "kind");
    const auto names = string_list(member(body, "name"));
    const std::string sign = names.empty() ? std::string() : names.back();
    const Json& left = member(body, "lexpr");
    const Json& right = member(body, "rexpr");
    if (kind == "AEXPR_IN") return in(left, right);
    if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN") return between(left, right);
    if (kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE")
      return refuse("LIKE looks at case in one database and not in the other");
    if (kind != "AEXPR_OP") return refuse("`" + sign + "` is not the same everywhere");
    if (sign == "||") return both(left, right, ValueClass::text, ValueClass::text);
    if (sign == "+" || sign == "-" || sign == "*") {
      if (left.is_null()) return only(right, ValueClass::number);
      return both(left, right, ValueClass::number, ValueClass::number);
    }
    if (sign == "=" || sign == "<>") return compare(left, right, true);
    if (sign == "<" || sign == ">" || sign == "<=" || sign == ">=") return compare(left, right, false);
    return refuse("`" + sign + "` is not the same everywhere");
  }

  Class only(const Json& node, ValueClass wanted) {
    const Class found = judge(node);
    if (!found || *found == wanted) return found;
    return refuse("its parts are of kinds that other databases do not mix");
  }

  Class both(const Json& left, const Json& right, ValueClass wanted, ValueClass gives) {
    return only(left, wanted) && only(right, wanted) ? Class(gives) : std::nullopt;
  }

  // The order of texts is a collation's.
  Class compare(const Json& left, const Json& right, bool equality) {
    const Class found = judge(left);
    if (!found) return found;
    const bool comparable = *found == ValueClass::number || (equality && *found != ValueClass::other);
    if (!comparable) return refuse("it compares values whose order other databases see in another way");
    return only(right, *found) ? Class(ValueClass::boolean) : std::nullopt;
  }

  Class in(const Json& left, const Json& right) {
    const Class found = judge(left);
    if (!found) return found;
    if (*found == ValueClass::other) return refuse("it compares values that are neither number nor text");
    const Json& items = member(member(right, "List"), "items");
    return items.is_array() && all_of(items, *found) ? Class(ValueClass::boolean)
                                                     : refuse("it looks into another table");
  }

  Class between(const Json& left, const Json& right) {
    if (!only(left, ValueClass::number)) return std::nullopt;
    const Json& items = member(member(right, "List"), "items");
    return all_of(items, ValueClass::number) ? Class(ValueClass::boolean) : std::nullopt;
  }

  Class all_of(const Json& list, ValueClass wanted) {
    for (const Json& one : list) {
      if (!only(one, wanted)) return std::nullopt;
    }
    return wanted;
  }

  Class same(const Json& list) {
    if (!list.is_array() || list.empty()) return refuse("it holds nothing");
    const Class first = judge(list[0]);
    return first ? all_of(list, *first) : std::nullopt;
  }

  Class function(const Json& body) {
    struct Known {
      std::string_view name;
      ValueClass takes;
      ValueClass gives;
    };
    using enum ValueClass;
    constexpr std::array kKnown = {
        Known{"lower", text, text},   Known{"upper", text, text}, Known{"ltrim", text, text},
        Known{"rtrim", text, text},   Known{"btrim", text, text}, Known{"length", text, number},
        Known{"abs", number, number},
    };
    const auto names = string_list(member(body, "funcname"));
    const Json& arguments = member(body, "args");
    const std::string name = names.empty() ? std::string() : names.back();
    const auto known = std::ranges::find(kKnown, name, &Known::name);
    if (known == kKnown.end() || body.contains("agg_filter") || body.contains("over"))
      return refuse("`" + name + "` is not the same everywhere");
    if (!arguments.is_array() || arguments.size() != 1) return refuse("`" + name + "` has not one argument");
    return only(arguments[0], known->takes) ? Class(known->gives) : std::nullopt;
  }

  const TypeOf& type_of_;
  std::string& reason_;
};

}  // namespace

ValueClass class_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
      return ValueClass::boolean;
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::real:
    case TypeKind::double_precision:
    case TypeKind::numeric:
      return ValueClass::number;
    case TypeKind::text:
    case TypeKind::varchar:
      return ValueClass::text;
    default:
      return ValueClass::other;
  }
}

std::optional<ExpressionShape> common_expression(std::string_view sql, const TypeOf& type_of,
                                                 std::string& reason) {
  reason.clear();
  const Syntax syntax("select (", sql, ")");
  if (!syntax.ok()) {
    reason = "it is no SQL of PostgreSQL's: " + syntax.fault().message;
    return std::nullopt;
  }
  const Json& targets = member(member(syntax.statement(), "SelectStmt"), "targetList");
  if (targets.size() != 1) {
    reason = "it is no expression";
    return std::nullopt;
  }
  Judge judge(type_of, reason);
  const auto gives = judge.judge(member(member(targets[0], "ResTarget"), "val"));
  if (!gives) return std::nullopt;
  return ExpressionShape{*gives, std::move(judge.columns)};
}

}  // namespace planrun
