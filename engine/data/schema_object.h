// What a plan makes beside its tables: views, triggers, and SQL steps of its own.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

enum class ObjectKind { view, trigger, sql };
/// "view", "trigger", "sql": also the kind of its step in the ledger.
std::string_view to_string(ObjectKind kind);

/// When a SQL step is done; of no meaning for views and triggers.
enum class SqlMoment {
  before_load,  // before the first table is made
  after_load,   // when all tables have their rows and keys, before triggers and proofs
  end,          // after the views, before the proofs
};
std::string_view to_string(SqlMoment moment);

/// One of them, for one dialect.
struct SchemaObject {
  ObjectKind kind = ObjectKind::view;
  std::string name;
  std::string table;  // of a trigger
  SqlMoment at = SqlMoment::end;
  std::string sql;   // a view's query; the statements of the others, one or several; empty: nothing to do
  std::string undo;  // of a SQL step: the statements that take it back; empty: it cannot be taken back
};

/// The ledger's id of the step that makes it: "view NAME", "trigger TABLE NAME", "sql NAME".
std::string step_id(const SchemaObject& object);
/// For messages: "[trigger.NAME]".
std::string shown_in_plan(const SchemaObject& object);

}  // namespace planrun
