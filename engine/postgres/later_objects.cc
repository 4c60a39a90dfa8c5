#include "postgres/later_objects.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace planrun {
namespace {

// Those of the names in $1 that are there.
constexpr const char* kTables =
    "WITH RECURSIVE tables AS (SELECT place, to_regclass(name)::oid AS oid FROM unnest($1::text[])"
    " WITH ORDINALITY AS n(name, place) WHERE to_regclass(name) IS NOT NULL)";

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

  std::vector<TableState> find() && {
    const Result there = connection_.exec(std::string(kTables) + " SELECT place - 1 FROM tables", {names_});
    for (int i = 0; i < there.rows(); ++i) state_at(there, i).exists = true;
    compare_columns();
    add_triggers(names_, states_);
    add_made_on(names_, states_);
    add_dependents(names_, states_);
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
  using States = std::vector<TableState>;
  TableState& state_at(const Result& r, int row) {
    return states_[static_cast<std::size_t>(r.integer(row, 0))];
  }
  static void add_later(const Result& r, States& states) {
    for (int i = 0; i < r.rows(); ++i)
      states[static_cast<std::size_t>(r.integer(i, 0))].later.push_back({r.text(i, 1), {}});
  }

  void compare_columns();
  void find_alike(std::size_t place);
  void add_triggers(const std::string& tables, States& states);
  void add_made_on(const std::string& tables, States& states);
  void add_dependents(const std::string& tables, States& states);
  void add_parts(const TableSchema& table, TableState& state);
  std::string planned_names() const;

  PostgresConnection& connection_;
  const PostgresContext& context_;
  std::span<const TableSchema* const> tables_;
  std::string names_;  // qualified and quoted, as an array
  std::string own_;    // the run's relations and objects, as an array
  States states_;
};

/// Columns that are not the schema's, and those that are gone.
void LaterObjects::compare_columns() {
  const Result r = connection_.exec(std::string(kTables) +
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
      states_[place].is_whole = false;
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

void LaterObjects::add_triggers(const std::string& tables, States& states) {
  add_later(
      connection_.exec(std::string(kTables) +
                           " SELECT t.place - 1, 'trigger ' || g.tgname FROM tables t JOIN pg_trigger g ON"
                           " g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgparentid = 0"
                           " WHERE g.tgname NOT IN (SELECT unnest($2::name[])) ORDER BY t.place, g.tgname",
                       {tables, own_}),
      states);
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

/// What goes with the table without a word of the server's: indexes, constraints, rules, policies, extended
/// statistics, its place in a publication.
void LaterObjects::add_made_on(const std::string& tables, States& states) {
  add_later(
      connection_.exec(
          std::string(kTables) +
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
              " WHERE CASE d.classid WHEN 'pg_constraint'::regclass THEN k.conrelid = t.oid"
              " AND k.conislocal AND k.conparentid = 0 AND k.conname NOT IN (SELECT unnest($2::name[]))"
              " WHEN 'pg_class'::regclass THEN i.relkind IN ('i', 'I') AND NOT i.relispartition"
              " AND i.relname NOT IN (SELECT unnest($2::name[]))"
              " WHEN 'pg_rewrite'::regclass THEN r.ev_class = t.oid"
              " ELSE d.classid IN ('pg_policy'::regclass, 'pg_statistic_ext'::regclass,"
              " 'pg_publication_rel'::regclass) END ORDER BY 1, 2",
          {tables, planned_names()}),
      states);
}

/// Everything that the server would name when it refuses DROP TABLE: what depends on the table, on a column,
/// a sequence or a view of it or on its row type, and belongs to no relation of the run.
void LaterObjects::add_dependents(const std::string& tables, States& states) {
  add_later(
      connection_.exec(
          std::string(kTables) +
              ", own AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
              " WHERE n.nspname = $3 AND c.relname IN (SELECT unnest($2::name[]))),"
              " referred AS (SELECT place, 'pg_class'::regclass::oid AS class, oid FROM tables UNION ALL"
              " SELECT t.place, 'pg_type'::regclass::oid, c.reltype FROM tables t JOIN pg_class c ON c.oid ="
              " t.oid UNION ALL SELECT t.place, 'pg_class'::regclass::oid, s.oid FROM tables t"
              " JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid"
              " AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
              " JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'),"
              " reached AS (SELECT place, class, oid FROM referred UNION"
              " SELECT f.place, 'pg_class'::regclass::oid, r.ev_class FROM reached f JOIN pg_depend d"
              " ON d.refclassid = f.class AND d.refobjid = f.oid AND d.classid = 'pg_rewrite'::regclass"
              " AND d.deptype = 'n' JOIN pg_rewrite r ON r.oid = d.objid"
              " WHERE r.ev_class IN (SELECT oid FROM own)),"
              " depending AS (SELECT DISTINCT f.place, d.classid, d.objid, d.objsubid, coalesce(r.ev_class,"
              " k.conrelid, a.adrelid, p.polrelid, g.tgrelid,"
              " CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END) AS relation"
              " FROM reached f JOIN pg_depend d ON d.refclassid = f.class AND d.refobjid = f.oid"
              " LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid"
              " LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid"
              " LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid"
              " LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid"
              // UPDATE OF names columns: triggers on the table itself have been looked at.
              " LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid"
              // A foreign key to a table stands once more with each of its partitions.
              " WHERE d.deptype = 'n' AND coalesce(k.conparentid, 0) = 0)"
              " SELECT DISTINCT d.place - 1, CASE WHEN d.classid = 'pg_rewrite'::regclass"
              " THEN pg_describe_object('pg_class'::regclass, d.relation, 0)"
              " ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END"
              " FROM depending d WHERE d.relation IS NULL OR d.relation NOT IN (SELECT oid FROM own)"
              " ORDER BY 1, 2",
          {tables, own_, context_.options.schema}),
      states);
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
  add_triggers(array_literal(names), on_parts);
  add_made_on(array_literal(names), on_parts);
  add_dependents(array_literal(names), on_parts);
  for (std::size_t i = 0; i < on_parts.size(); ++i) {
    for (const auto& later : on_parts[i].later)
      state.later.push_back({later.what + " of partition " + table.partition->parts[i].name, later.drop_sql});
  }
}

}  // namespace

std::vector<TableState> find_later_objects(PostgresConnection& connection, const PostgresContext& context,
                                           std::span<const TableSchema* const> tables,
                                           std::span<const std::string> own) {
  return LaterObjects(connection, context, tables, own).find();
}

}  // namespace planrun
