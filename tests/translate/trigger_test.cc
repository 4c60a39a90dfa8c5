// Triggers of SQLite in PostgreSQL's words, worked out by hand from both manuals.
#include "translate/trigger.h"

#include "support/support.h"

namespace trigger_test {

using namespace planrun;
using namespace planrun::test;

namespace {

KnownTables tables() {
  const auto column = [](const std::string& name, ValueKind kind, const std::string& type) {
    KnownColumn known;
    known.source = known.target = name;
    known.kind = kind;
    known.type = type;
    known.limit = 1 << 20;
    known.has_affinity = true;
    if (kind == ValueKind::other) known.reason = "is " + type + " here";
    return known;
  };
  KnownTable item;
  item.source = item.target = "item";
  item.columns = {column("id", ValueKind::integer, "bigint"), column("name", ValueKind::text, "text"),
                  column("active", ValueKind::truth, "boolean"), column("at", ValueKind::other, "timestamp")};
  item.columns[0].numbered = true;
  item.keys = {{"id"}};
  KnownTable log = item;
  log.source = log.target = "log";
  KnownTable words;
  words.source = "words";
  words.refused = "a virtual table, which does not arrive";
  return {item, log, words};
}

std::string translated(const std::string& sql) {
  std::string reason;
  const auto trigger = translate_trigger(sql, "t", tables(), reason);
  return trigger ? trigger->sql : "refused: " + reason;
}

}  // namespace

TEST_CASE("a trigger becomes a function and a trigger", "[translate]") {
  CHECK(translated(
            "CREATE TRIGGER t AFTER DELETE ON item WHEN old.active BEGIN\n"
            "  INSERT INTO log VALUES (NULL, 'gone ' || old.id, 1, old.at); DELETE FROM log WHERE rowid = "
            "old.rowid;\nEND") ==
        "create function t() returns trigger language plpgsql set search_path from current as $$\n"
        "begin\n"
        "  if old.active then\n"
        "    insert into log (id, name, active, at) values (default, 'gone ' || old.id::text, true, "
        "old.at);\n"
        "    delete from log where log.id = old.id;\n"
        "  end if;\n"
        "  return null;\n"
        "end $$;\n"
        "create trigger t after delete on item for each row execute function t()");
  CHECK(translated("create trigger t update of name on item for each row begin\n"
                   "select case when new.name = '' then raise(abort, 'no $$') end; end;") ==
        "create function t() returns trigger language plpgsql set search_path from current as $body$\n"
        "begin\n"
        "  if new.name = '' then\n"
        "    raise exception using message = 'no $$', errcode = 'integrity_constraint_violation';\n"
        "  end if;\n"
        "  return new;\n"
        "end $body$;\n"
        "create trigger t before update of name on item for each row execute function t()");
}

TEST_CASE("a trigger that might do something else is refused", "[translate]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"after insert on item when new.name = 0 begin delete from log; end",
       "it compares a text with a number"},
      {"instead of insert on item begin select 1; end", "INSTEAD OF"},
      {"after insert on item begin update item set name = 'x'; end", "it writes into its own table"},
      {"after insert on item begin insert into words values (1); end", "a virtual table"},
      {"after insert on item begin insert or replace into log values (1); end", "INSERT OR replace"},
      {"after delete on item begin delete from log where id not in (select id from item); end",
       "it reads its own table"},
      {"before insert on item begin insert into log(name) values (new.id); end",
       "not known before the row is there"},
      {"after insert on item begin select raise(ignore); end", "RAISE(ignore)"},
      {"after insert on item begin select name from log; end", "a SELECT whose answer nobody reads"},
      {"after insert on item begin insert into log(active) values (2); end",
       "may be of another kind than boolean"},
      {"after insert on item begin insert into log(at) values (datetime('now')); end",
       "`datetime` gives a text"},
      {"after insert on item begin insert into log(id) values (length(new.name)); end", "may be null"},
      {"after update on item begin replace into log values (1); end", "begins no statement"},
      {"after insert on item begin update log set name = group_concat(name); end", "group_concat"},
      {"after insert on gone begin delete from log; end", "`gone` is no table"},
  };
  for (const auto& [sql, reason] : cases) {
    INFO(sql);
    CHECK_THAT(translated("create trigger t " + sql),
               Catch::Matchers::StartsWith("refused: ") && ContainsSubstring(reason));
  }
}

}  // namespace trigger_test
