#include "postgres/later_objects.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "postgres/dialect.h"

namespace planrun {
namespace {

using States = std::vector<TableState>;

// Those of the names in $1 that are there, and of one of these kinds.
std::string relations_of(const char* kinds) {
  return "WITH RECURSIVE tables AS (SELECT place, c.oid, c.relkind FROM unnest($1::text[])"
         " WITH ORDINALITY AS n(name, place) JOIN pg_class c ON c.oid = to_regclass(name)"
         " WHERE c.relkind IN (" +
         std::string(kinds) + "))";
}
constexpr const char* kTableKinds = "'r', 'p'";
constexpr const char* kViewKinds = "'v'";

void add_later(const Result& r, std::span<std::vector<LaterObject>* const> lists) {
  for (int i = 0; i < r.rows(); ++i)
    lists[static_cast<std::size_t>(r.integer(i, 0))]->push_back({r.text(i, 1), {}});
}

// What others have hung on relations of the run, all of one kind.
class HungThere {
 public:
  /// `names`: qualified and quoted; `own`: the run's relations and objects; `planned`: names of constraints
  /// and indexes that the plan gives; `serial`: "PLACE COLUMN" where the plan gives a sequence. All arrays.
  HungThere(PostgresConnection& connection, const std::string& schema, const char* kinds, std::string names,
            std::string own, std::string planned, std::string serial)
      : connection_(connection),
        schema_(schema),
        relations_(relations_of(kinds)),
        names_(std::move(names)),
        own_(std::move(own)),
        planned_(std::move(planned)),
        serial_(std::move(serial)) {}

  /// A list a name.
  void find(std::span<std::vector<LaterObject>* const> lists) {
    add_triggers(lists);
    add_made_on(lists);
    add_dependents(lists);
  }

 private:
  using Lists = std::span<std::vector<LaterObject>* const>;
  void add_triggers(Lists lists);
  void add_made_on(Lists lists);
  void add_dependents(Lists lists);

  PostgresConnection& connection_;
  const std::string& schema_;
  std::string relations_;
  std::string names_;
  std::string own_;
  std::string planned_;
  std::string serial_;
};

void HungThere::add_triggers(Lists lists) {
  add_later(
      connection_.exec(
          relations_ + " SELECT t.place - 1, 'trigger ' || g.tgname || CASE WHEN g.tgrelid = t.oid THEN ''"
                       " ELSE ' of table ' || g.tgrelid::regclass END FROM tables t JOIN pg_trigger g ON"
                       " t.oid IN (g.tgrelid, g.tgconstrrelid) AND NOT g.tgisinternal AND g.tgparentid = 0"
                       " WHERE g.tgname NOT IN (SELECT unnest($2::name[])) ORDER BY t.place, g.tgname",
          {names_, own_}),
      lists);
}

/// What goes with the relation without a word of the server's: indexes, constraints, rules, policies,
/// extended statistics, its place in a publication, sequences that a column owns, a view's defaults.
void HungThere::add_made_on(Lists lists) {
  add_later(
      connection_.exec(
          relations_ +
              " SELECT DISTINCT t.place - 1, CASE WHEN k.oid IS NOT NULL THEN 'constraint ' || k.conname"
              " WHEN r.oid IS NOT NULL THEN 'rule ' || r.rulename"
              " WHEN p.oid IS NOT NULL THEN 'policy ' || p.polname"
              " ELSE pg_describe_object(d.classid, d.objid, 0) END"
              " FROM tables t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass"
              " AND d.refobjid = t.oid AND d.deptype = 'a'"
              " LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid"
              " LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid"
              " LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid"
              " LEFT JOIN pg_class i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid"
              " LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
              " WHERE CASE d.classid WHEN 'pg_constraint'::regclass THEN k.conrelid = t.oid"
              " AND k.conislocal AND k.conparentid = 0 AND k.conname NOT IN (SELECT unnest($2::name[]))"
              " WHEN 'pg_class'::regclass THEN i.relkind IN ('i', 'I') AND NOT i.relispartition"
              " AND i.relname NOT IN (SELECT unnest($2::name[])) OR i.relkind = 'S'"
              // The one that the plan's column takes its values from.
              " AND NOT (t.place || ' ' || a.attname = ANY ($3::text[]) AND EXISTS (SELECT FROM pg_attrdef f"
              " JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND u.objid = f.oid AND u.refclassid ="
              " 'pg_class'::regclass AND u.refobjid = i.oid WHERE f.adrelid = t.oid AND f.adnum = a.attnum))"
              " WHEN 'pg_rewrite'::regclass THEN r.ev_class = t.oid"
              " WHEN 'pg_attrdef'::regclass THEN t.relkind = 'v'"
              " ELSE d.classid IN ('pg_policy'::regclass, 'pg_statistic_ext'::regclass,"
              " 'pg_publication_rel'::regclass) END ORDER BY 1, 2",
          {names_, planned_, serial_}),
      lists);
}

/// Everything else that DROP ... CASCADE would take along, however far off: who depends on the relation, on a
/// part of it or on its row type, and who depends on those. What a dependent has as a part of itself is not
/// told apart, and what depends on another relation of the run is told with that one.
/// https://www.postgresql.org/docs/current/catalog-pg-depend.html: 'i' is a part of what it refers to and
/// takes that along, 'a' and partitions ('P', 'S') are parts that can go alone, 'n' merely depends.
void HungThere::add_dependents(Lists lists) {
  add_later(
      connection_.exec(
          relations_ +
              ", own AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
              " WHERE n.nspname = $3 AND c.relname IN (SELECT unnest($2::name[]))),"
              " reached (place, class, oid, sub) AS (SELECT place, 'pg_class'::regclass::oid, oid, 0 FROM "
              "tables"
              " UNION SELECT f.place, e.class, e.oid, e.sub FROM reached f CROSS JOIN LATERAL"
              " (SELECT d.classid, d.objid, d.objsubid FROM pg_depend d WHERE d.refclassid = f.class"
              " AND d.refobjid = f.oid AND (f.sub = 0 OR d.refobjsubid = f.sub)"
              " AND d.deptype IN ('n', 'a', 'i', 'P', 'S')"
              " UNION ALL SELECT d.refclassid, d.refobjid, d.refobjsubid FROM pg_depend d WHERE d.classid = "
              "f.class"
              " AND d.objid = f.oid AND d.objsubid = f.sub AND d.deptype = 'i') AS e (class, oid, sub)"
              " WHERE NOT (e.class = 'pg_class'::regclass AND e.oid IN (SELECT oid FROM own))),"
              // From each up to what it is a part of.
              " within (class, oid, sub, whole_class, whole) AS (SELECT DISTINCT class, oid, sub, class, oid "
              "FROM"
              " reached UNION SELECT w.class, w.oid, w.sub, d.refclassid, d.refobjid FROM within w"
              " JOIN pg_depend d ON d.classid = w.whole_class AND d.objid = w.whole"
              " AND d.deptype IN ('a', 'i', 'P', 'S'))"
              " SELECT DISTINCT r.place - 1, pg_describe_object(r.class, r.oid, r.sub) FROM reached r"
              " WHERE NOT EXISTS (SELECT FROM within w JOIN own ON own.oid = w.whole WHERE w.class = r.class"
              " AND w.oid = r.oid AND w.sub = r.sub AND w.whole_class = 'pg_class'::regclass)"
              " AND NOT EXISTS (SELECT FROM reached p WHERE p.place = r.place AND p.class = r.class"
              " AND p.oid = r.oid AND p.sub = 0 AND r.sub > 0)"
              " AND NOT EXISTS (SELECT FROM pg_depend d JOIN reached p ON p.class = d.refclassid"
              " AND p.oid = d.refobjid AND p.sub IN (0, d.refobjsubid) WHERE p.place = r.place"
              " AND d.classid = r.class AND d.objid = r.oid AND d.objsubid = r.sub"
              " AND d.deptype IN ('a', 'i', 'P', 'S')) ORDER BY 1, 2",
          {names_, own_, schema_}),
      lists);
}

std::vector<std::vector<LaterObject>*> later_of(States& states) {
  std::vector<std::vector<LaterObject>*> lists;
  for (TableState& state : states) lists.push_back(&state.later);
  return lists;
}

class LaterObjects {
 public:
  LaterObjects(PostgresConnection& connection, const PostgresContext& context,
               std::span<const TableSchema* const> tables, std::span<const std::string> own)
      : connection_(connection), context_(context), tables_(tables), states_(tables.size()) {
    std::vector<std::string> all(own.begin(), own.end());
    std::vector<std::string> names;
    for (const TableSchema* table : tables) {
      names.push_back(context.table(table->name));
      if (!table->partition) continue;
      const auto parts = table->partition->part_names();
      all.insert(all.end(), parts.begin(), parts.end());
    }
    names_ = array_literal(names);
    own_ = array_literal(all);
  }

  States find() && {
    find_kinds();
    compare_columns();
    hung_on(names_).find(later_of(states_));
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (!states_[i].exists) {
        find_alike(i);
      } else if (tables_[i]->partition) {
        add_parts(*tables_[i], states_[i]);
      }
    }
    return std::move(states_);
  }

 private:
  HungThere hung_on(const std::string& names) const {
    return {connection_, context_.options.schema, kTableKinds,     names,
            own_,        planned_names(),         serial_columns()};
  }

  void find_kinds();
  void compare_columns();
  void find_alike(std::size_t place);
  void add_parts(const TableSchema& table, TableState& state);
  std::string planned_names() const;
  std::string serial_columns() const;

  PostgresConnection& connection_;
  const PostgresContext& context_;
  std::span<const TableSchema* const> tables_;
  std::string names_;  // qualified and quoted, as an array
  std::string own_;    // the run's relations and objects, as an array
  States states_;
};

// As CREATE says it.
std::string kind_of_relation(std::string_view relkind) {
  switch (relkind.front()) {
    case 'v':
      return "view";
    case 'm':
      return "materialized view";
    case 'f':
      return "foreign table";
    case 'S':
      return "sequence";
    case 'c':
      return "type";
    case 'i':
    case 'I':
      return "index";
    default:
      return "table";
  }
}

// Name by name, what has it: the place in `names`, and pg_class.relkind.
std::map<std::size_t, std::string> kinds_there(PostgresConnection& connection, const std::string& names) {
  const Result r = connection.exec(
      "SELECT place - 1, c.relkind::text FROM unnest($1::text[]) WITH ORDINALITY AS n(name, place)"
      " JOIN pg_class c ON c.oid = to_regclass(name)",
      {names});
  std::map<std::size_t, std::string> kinds;
  for (int i = 0; i < r.rows(); ++i) kinds[static_cast<std::size_t>(r.integer(i, 0))] = r.text(i, 1);
  return kinds;
}

void LaterObjects::find_kinds() {
  for (const auto& [place, kind] : kinds_there(connection_, names_)) {
    states_[place].exists = kind == "r" || kind == "p";
    if (!states_[place].exists) states_[place].instead = kind_of_relation(kind);
  }
}

/// Columns that are not the schema's, and those that are gone.
void LaterObjects::compare_columns() {
  const Result r = connection_.exec(relations_of(kTableKinds) +
                                        " SELECT t.place - 1, a.attname FROM tables t JOIN pg_attribute a ON"
                                        " a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped"
                                        " ORDER BY t.place, a.attnum",
                                    {names_});
  std::vector<std::set<std::string>> found(tables_.size());
  for (int i = 0; i < r.rows(); ++i) {
    const auto place = static_cast<std::size_t>(r.integer(i, 0));
    found[place].insert(r.text(i, 1));
    if (tables_[place]->find(r.text(i, 1)) == nullptr)
      states_[place].columns.push_back("column " + r.text(i, 1));
  }
  for (std::size_t place = 0; place < tables_.size(); ++place) {
    for (const auto& column : tables_[place]->columns) {
      if (!states_[place].exists || found[place].contains(column.name)) continue;
      states_[place].columns.push_back("column " + column.name + " is gone");
      states_[place].missing.insert(column.name);
    }
  }
}

/// Where a table is gone: those of the same columns, anywhere but in the plan.
void LaterObjects::find_alike(std::size_t place) {
  std::vector<std::string> columns;
  for (const auto& column : tables_[place]->columns) columns.push_back(column.name);
  const Result r = connection_.exec(
      "SELECT CASE WHEN n.nspname = $3 THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname)"
      " END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
      " AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
      " AND NOT pg_is_other_temp_schema(n.oid) AND NOT (n.nspname = $3 AND c.relname IN"
      " (SELECT unnest($2::name[]))) AND (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM"
      " pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) = $1::text[]"
      " ORDER BY 1",
      {array_literal(columns), own_, context_.options.schema});
  for (int i = 0; i < r.rows(); ++i) states_[place].alike.push_back(r.text(i, 0));
}

/// Names of keys, foreign keys, CHECKs and indexes that the plan gives, as an array.
std::string LaterObjects::planned_names() const {
  std::vector<std::string> names;
  const auto add = [&](const auto& list) {
    for (const auto& one : list) names.push_back(one.name);
  };
  for (const TableSchema* table : tables_) {
    add(table->keys);
    add(table->foreign_keys);
    add(table->checks);
    add(table->indexes);
  }
  return array_literal(names);
}

/// Columns to which the plan gives a sequence, as "PLACE COLUMN", as an array.
std::string LaterObjects::serial_columns() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    for (const auto& column : tables_[i]->columns) {
      if (column.identity == Identity::serial) names.push_back(std::to_string(i + 1) + " " + column.name);
    }
  }
  return array_literal(names);
}

/// What others have attached to the table, taken off it, or hung on one of its partitions. What was taken off
/// stays, as a table of its own.
void LaterObjects::add_parts(const TableSchema& table, TableState& state) {
  const std::string parts = array_literal(table.partition->part_names());
  const Result others = connection_.exec(
      "SELECT CASE WHEN n.nspname = $3 THEN c.relname::text ELSE c.oid::regclass::text END"
      " FROM pg_partition_tree(to_regclass($1)) t JOIN pg_class c ON c.oid = t.relid"
      " JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE t.level > 0 AND NOT (t.level = 1 AND n.nspname = $3 AND c.relname = ANY ($2::text[]))"
      " ORDER BY 1",
      {context_.table(table.name), parts, context_.options.schema});
  for (int i = 0; i < others.rows(); ++i)
    state.later.push_back({"partition " + others.text(i, 0) + " with its rows", {}});
  const Result gone = connection_.exec(
      "SELECT name FROM unnest($2::text[]) AS name WHERE name NOT IN (SELECT c.relname FROM pg_inherits i"
      " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE i.inhparent = to_regclass($1) AND n.nspname = $3) ORDER BY 1",
      {context_.table(table.name), parts, context_.options.schema});
  for (int i = 0; i < gone.rows(); ++i)
    state.later.push_back({"partition " + gone.text(i, 0) + " is not one of it any more", {}});
  std::vector<std::string> names;
  for (const auto& part : table.partition->parts) names.push_back(context_.table(part.name));
  States on_parts(names.size());
  hung_on(array_literal(names)).find(later_of(on_parts));
  for (std::size_t i = 0; i < on_parts.size(); ++i) {
    for (const auto& later : on_parts[i].later)
      state.later.push_back({later.what + " of partition " + table.partition->parts[i].name, later.drop_sql});
  }
}

// The server says a query in its own words, so the plan's is made a view too and asked for likewise. Empty:
// it is the run's, or the plan's cannot be said any more, as what it reads is not what it was.
std::string other_query(PostgresConnection& connection, const PostgresContext& context,
                        const SchemaObject& view) {
  const auto dialect = postgres_dialect(context.options.schema);
  SchemaObject twin = view;
  twin.name = "planrun_twin_of_a_view";
  std::string what;
  connection.exec("SAVEPOINT planrun_twin");
  try {
    for (const auto& statement : dialect->object_sql(twin).make) connection.exec(statement);
    const Result r = connection.exec(
        "SELECT pg_get_viewdef(a.oid) = pg_get_viewdef(b.oid) AND a.reloptions IS NOT DISTINCT FROM "
        "b.reloptions"
        " FROM pg_class a, pg_class b WHERE a.oid = to_regclass($1) AND b.oid = to_regclass($2)",
        {context.table(view.name), context.table(twin.name)});
    if (!r.truth(0, 0)) what = "another query, or other options, than the run's";
  } catch (const Error& error) {
    if (connection.broken()) throw;
    const bool is_of_what_it_reads = error.sqlstate().starts_with("42") && error.sqlstate() != "42501";
    if (!is_of_what_it_reads)
      what = std::string("a query that cannot be held against the run's: ") + error.what();
  }
  connection.exec("ROLLBACK TO SAVEPOINT planrun_twin; RELEASE SAVEPOINT planrun_twin");
  return what;
}

}  // namespace

std::vector<TableState> find_later_objects(PostgresConnection& connection, const PostgresContext& context,
                                           std::span<const TableSchema* const> tables,
                                           std::span<const std::string> own) {
  return LaterObjects(connection, context, tables, own).find();
}

std::vector<ObjectState> find_later_of_objects(PostgresConnection& connection, const PostgresContext& context,
                                               std::span<const SchemaObject* const> objects,
                                               std::span<const std::string> own) {
  std::vector<ObjectState> states(objects.size());
  std::vector<std::string> names;
  std::vector<std::vector<LaterObject>*> lists;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    states[i].exists = true;
    if (objects[i]->kind != ObjectKind::view) continue;
    names.push_back(context.table(objects[i]->name));
    lists.push_back(&states[i].later);
    places.push_back(i);
  }
  if (names.empty()) return states;
  const auto kinds = kinds_there(connection, array_literal(names));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto kind = kinds.find(i);
    ObjectState& state = states[places[i]];
    state.exists = kind != kinds.end() && kind->second == "v";
    if (kind != kinds.end() && !state.exists) state.instead = kind_of_relation(kind->second);
    if (!state.exists) continue;
    const std::string other = other_query(connection, context, *objects[places[i]]);
    if (!other.empty()) state.later.push_back({other, {}});
  }
  const std::string none = array_literal(std::vector<std::string>());
  const std::string owned = array_literal(std::vector<std::string>(own.begin(), own.end()));
  HungThere(connection, context.options.schema, kViewKinds, array_literal(names), owned, none, none)
      .find(lists);
  return states;
}

}  // namespace planrun
