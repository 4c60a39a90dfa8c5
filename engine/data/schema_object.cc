#include "data/schema_object.h"

namespace planrun {

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::view:
      return "view";
    case ObjectKind::trigger:
      return "trigger";
    case ObjectKind::sql:
      return "sql";
  }
  return "";
}

std::string_view to_string(SqlMoment moment) {
  switch (moment) {
    case SqlMoment::before_load:
      return "before_load";
    case SqlMoment::after_load:
      return "after_load";
    case SqlMoment::end:
      return "end";
  }
  return "";
}

std::string step_id(const SchemaObject& object) {
  std::string id(to_string(object.kind));
  if (object.kind == ObjectKind::trigger) id += " " + object.table;
  return id + " " + object.name;
}

std::string shown_in_plan(const SchemaObject& object) {
  if (object.kind == ObjectKind::sql) return "[[sql]] " + object.name;
  return "[" + std::string(to_string(object.kind)) + "." + object.name + "]";
}

}  // namespace planrun
