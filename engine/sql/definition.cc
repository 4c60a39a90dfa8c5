#include "sql/definition.h"

#include <algorithm>

#include "base/text.h"
#include "sql/constraint.h"
#include "sql/quote.h"
#include "sql/syntax.h"
#include "sql/type_name.h"

namespace planrun {
namespace {

const Json* only_column(const Syntax& syntax, SqlFault& fault) {
  const Json& create = member(syntax.statement(), "CreateStmt");
  const Json& elements = member(create, "tableElts");
  for (const auto& [name, value] : create.items()) {
    if (name != "relation" && name != "tableElts" && name != "oncommit") {
      fault = syntax.fault_at(syntax.authored_begin(), "the definition closes its column and says more");
      return nullptr;
    }
  }
  if (elements.size() != 1) {
    // The first element ends at the comma before the second.
    const Json& second = elements.empty() ? elements : elements[1].begin().value();
    fault = syntax.fault_at(location_of(second), "a definition is of exactly one column");
    return nullptr;
  }
  const Json& column = member(elements[0], "ColumnDef");
  for (const char* extra : {"compression", "fdwoptions", "storage_name"}) {
    if (!member(column, extra).is_null()) {
      fault = syntax.fault_at(syntax.authored_begin(), std::string(extra) + " of a column is not kept");
      return nullptr;
    }
  }
  return &column;
}

// Reads the column's clauses one after the other; the first that cannot be kept is the fault.
class ColumnReader {
 public:
  ColumnReader(const Syntax& syntax, const Json& node, ColumnDefinition& out)
      : syntax_(syntax), node_(node), out_(out), column_(out.column) {
    for (const Json& item : constraints()) starts_.push_back(location_of(item.at("Constraint")));
    if (const Json& collate = member(node, "collClause"); collate.is_object()) {
      starts_.push_back(location_of(collate));
    }
    std::sort(starts_.begin(), starts_.end());
  }

  bool read(std::span<const std::string> types) {
    const Json& type_node = member(node_, "typeName");
    if (!type_node.is_object()) return refuse(syntax_.authored_begin(), "a definition begins with a type");
    auto type = read_type_name(syntax_, type_node, end_of(location_of(type_node)), types);
    if (!type) {
      fault_ = type.fault;
      return false;
    }
    column_.type = type.value->type;
    column_.identity = type.value->identity;
    column_.not_null = column_.identity == Identity::serial;
    const Json& collate = member(member(node_, "collClause"), "collname");
    if (!collate.is_null()) {
      const std::size_t start = location_of(member(node_, "collClause"));
      column_.collation = syntax_.slice(start + std::string_view("collate").size(), end_of(start));
    }
    for (const Json& item : constraints()) {
      if (!read_constraint(item.at("Constraint"))) return false;
    }
    return agrees();
  }

  const SqlFault& fault() const { return fault_; }

 private:
  const Json& constraints() const { return member(node_, "constraints"); }

  bool refuse(std::size_t at, std::string message, std::string hint = {}) {
    fault_ = syntax_.fault_at(at, std::move(message), std::move(hint));
    return false;
  }

  // Where the clause that starts at `start` is over.
  std::size_t end_of(std::size_t start) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), start);
    return next == starts_.end() ? syntax_.authored_end() : *next;
  }

  bool read_constraint(const Json& constraint) {
    if (auto unkept = refuse_constraint(syntax_, constraint)) {
      fault_ = *unkept;
      return false;
    }
    const std::string kind = text_member(constraint, "contype");
    const std::size_t at = location_of(constraint);
    if (kind == "CONSTR_NOTNULL") {
      column_.not_null = true;
    } else if (kind == "CONSTR_NULL") {
      null_at_ = at;
    } else if (kind == "CONSTR_DEFAULT") {
      return read_default(constraint);
    } else if (kind == "CONSTR_IDENTITY") {
      return read_identity(constraint);
    } else if (kind == "CONSTR_GENERATED") {
      const auto parentheses = syntax_.parentheses(at, syntax_.authored_end());
      column_.generated_sql = syntax_.slice(parentheses.open + 1, parentheses.close);
      out_.generated_columns = mentioned_columns(member(constraint, "raw_expr"));
      return gives_value(at);
    } else if (kind == "CONSTR_CHECK") {
      out_.checks.push_back(read_check(syntax_, constraint));
      out_.checks.back().column = column_.name;
    } else if (kind == "CONSTR_PRIMARY" || kind == "CONSTR_UNIQUE") {
      out_.keys.push_back(read_key(constraint));
      out_.keys.back().columns = {column_.name};
      if (out_.keys.back().primary) column_.not_null = true;
      last_ = Last::key;
    } else if (kind == "CONSTR_FOREIGN") {
      out_.foreign_keys.push_back(read_foreign_key(constraint));
      out_.foreign_keys.back().columns = {column_.name};
      last_ = Last::foreign_key;
    } else {
      return read_attribute(kind, at);
    }
    return true;
  }

  bool read_default(const Json& constraint) {
    const std::size_t at = location_of(constraint);
    const Json& expression = member(constraint, "raw_expr");
    if (const auto columns = mentioned_columns(expression); !columns.empty()) {
      return refuse(at, "a default cannot read column " + quote_for_message(columns.front()),
                    "a text stands in single quotes: " + quote_literal(columns.front()));
    }
    const std::size_t word = syntax_.find("default", at);
    column_.default_sql = syntax_.slice(syntax_.tokens()[word].end, end_of(at));
    return gives_value(at);
  }

  bool read_identity(const Json& constraint) {
    const std::size_t at = location_of(constraint);
    if (!member(constraint, "options").is_null()) {
      return refuse(at, "sequence options are not kept: the sequence goes on after the largest key");
    }
    const TypeKind kind = column_.type.kind;
    if (kind != TypeKind::smallint && kind != TypeKind::integer && kind != TypeKind::bigint) {
      return refuse(at, "an identity column is smallint, integer or bigint");
    }
    if (column_.identity != Identity::none) return refuse(at, "the column has two identities");
    const bool always = text_member(constraint, "generated_when") == "a";
    column_.identity = always ? Identity::always : Identity::by_default;
    column_.not_null = true;
    return gives_value(at);
  }

  // DEFERRABLE and INITIALLY DEFERRED belong to the key before them (transformConstraintAttrs).
  bool read_attribute(const std::string& kind, std::size_t at) {
    if (last_ == Last::nothing) return refuse(at, "only a key or a foreign key can be deferrable");
    bool& deferrable = last_ == Last::key ? out_.keys.back().deferrable : out_.foreign_keys.back().deferrable;
    bool& deferred = last_ == Last::key ? out_.keys.back().initially_deferred
                                        : out_.foreign_keys.back().initially_deferred;
    if (kind == "CONSTR_ATTR_DEFERRABLE") deferrable = true;
    if (kind == "CONSTR_ATTR_NOT_DEFERRABLE") deferrable = false;
    if (kind == "CONSTR_ATTR_DEFERRED") deferrable = deferred = true;
    if (kind == "CONSTR_ATTR_IMMEDIATE") deferred = false;
    return true;
  }

  // A default, an identity and a generation exclude each other, and stand once.
  bool gives_value(std::size_t at) {
    if (++values_ > 1)
      return refuse(at, "the column's value is given twice: one default, identity or generation");
    return true;
  }

  bool agrees() {
    const std::size_t at = syntax_.authored_begin();
    if (null_at_ != 0 && column_.not_null)
      return refuse(null_at_, "the column is declared both null and not null");
    if (column_.identity == Identity::serial && values_ > 0) {
      return refuse(at, "a serial column has its default already");
    }
    if (std::count_if(out_.keys.begin(), out_.keys.end(), [](const auto& k) { return k.primary; }) > 1) {
      return refuse(at, "the column is declared primary key twice");
    }
    return true;
  }

  enum class Last { nothing, key, foreign_key };

  const Syntax& syntax_;
  const Json& node_;
  ColumnDefinition& out_;
  ColumnSchema& column_;
  std::vector<std::size_t> starts_;
  Last last_ = Last::nothing;
  std::size_t null_at_ = 0;
  int values_ = 0;
  SqlFault fault_;
};

}  // namespace

SqlParsed<ColumnDefinition> parse_column_definition(std::string_view column, std::string_view definition,
                                                    std::span<const std::string> types) {
  if (trim(definition).empty()) return {std::nullopt, {"an empty definition: it begins with a type", {}, 0}};
  const Syntax syntax("create table t (" + quote_name(column) + " ", definition, "\n)");
  if (!syntax.ok()) return {std::nullopt, syntax.fault()};
  SqlFault fault;
  const Json* node = only_column(syntax, fault);
  if (node == nullptr) return {std::nullopt, fault};
  ColumnDefinition result;
  result.column.name = column;
  ColumnReader reader(syntax, *node, result);
  if (!reader.read(types)) return {std::nullopt, reader.fault()};
  return {std::move(result), {}};
}

SqlParsed<ColumnType> parse_type(std::string_view type, std::span<const std::string> types) {
  auto definition = parse_column_definition("c", type, types);
  if (!definition) return {std::nullopt, definition.fault};
  const ColumnDefinition& d = *definition.value;
  const ColumnSchema& c = d.column;
  const bool more = c.not_null || c.identity != Identity::none || !c.default_sql.empty() ||
                    !c.generated_sql.empty() || !c.collation.empty() || !d.checks.empty() ||
                    !d.keys.empty() || !d.foreign_keys.empty();
  if (more) return {std::nullopt, {quote_for_message(type) + " is more than a type", {}, 0}};
  return {c.type, {}};
}

}  // namespace planrun
