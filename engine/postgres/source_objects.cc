#include "postgres/source_objects.h"

#include "base/json.h"

namespace planrun {
namespace {

// "x.oid is of no extension".
std::string own(const std::string& catalog, const std::string& oid) {
  return " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '" + catalog +
         "'::regclass AND e.objid = " + oid + " AND e.deptype = 'e')";
}

/// Each is a SELECT of name, table and SQL, in order. Columns that older servers do not have are asked for
/// by to_jsonb().
std::vector<std::string> object_queries() {
  const std::string in_schema = " WHERE n.nspname = $1";
  return {
      "SELECT 'extension ' || extname, '', format('CREATE EXTENSION %I', extname) FROM pg_extension"
      " WHERE extname <> 'plpgsql' AND $1::text IS NOT NULL ORDER BY extname",
      "SELECT 'type ' || t.typname, '', CASE t.typtype"
      " WHEN 'e' THEN format('CREATE TYPE %I AS ENUM (', t.typname) || (SELECT string_agg(quote_literal("
      "l.enumlabel), ', ' ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid) || ')'"
      " WHEN 'd' THEN format('CREATE DOMAIN %I AS %s', t.typname, format_type(t.typbasetype, t.typtypmod))"
      " || coalesce((SELECT ' COLLATE ' || quote_ident(l.collname) FROM pg_collation l JOIN pg_type b ON"
      " b.oid = t.typbasetype WHERE l.oid = t.typcollation AND l.oid <> b.typcollation), '')"
      " || coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END"
      " || coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(k.conname) || ' ' ||"
      " pg_get_constraintdef(k.oid), '' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND"
      " k.contype = 'c'), '')"
      " WHEN 'r' THEN format('CREATE TYPE %I AS RANGE (SUBTYPE = %s)', t.typname, (SELECT"
      " format_type(g.rngsubtype, NULL) FROM pg_range g WHERE g.rngtypid = t.oid))"
      " ELSE format('CREATE TYPE %I AS (', t.typname) || coalesce((SELECT string_agg(quote_ident(a.attname)"
      " || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE"
      " a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')' END"
      " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid ="
      " t.typrelid" +
          in_schema + " AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')" + own("pg_type", "t.oid") +
          " ORDER BY t.oid",
      "SELECT 'sequence ' || s.relname, '', format('CREATE SEQUENCE %I AS %s START %s INCREMENT %s',"
      " s.relname, format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement)"
      " FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_sequence q ON q.seqrelid ="
      " s.oid" +
          in_schema +
          " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid ="
          " s.oid AND d.deptype IN ('a', 'i', 'e')) ORDER BY s.relname",
      "SELECT CASE p.prokind WHEN 'a' THEN 'aggregate ' WHEN 'p' THEN 'procedure ' ELSE 'function ' END ||"
      " p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', '',"
      " CASE WHEN p.prokind = 'a' THEN '' ELSE rtrim(pg_get_functiondef(p.oid), E'\\n') END"
      " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace" +
          in_schema + own("pg_proc", "p.oid") + " ORDER BY p.oid",
      "SELECT 'partitioning of ' || c.relname, c.relname, 'PARTITION BY ' || pg_get_partkeydef(c.oid)"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace" +
          in_schema + " AND c.relkind = 'p' AND NOT c.relispartition ORDER BY c.relname",
      "SELECT 'inheritance of ' || c.relname, c.relname, format('ALTER TABLE %I INHERIT %s', c.relname,"
      " i.inhparent::regclass) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n"
      " ON n.oid = c.relnamespace" +
          in_schema + " AND NOT c.relispartition AND c.relkind = 'r' ORDER BY c.relname",
      "SELECT 'rule ' || w.rulename || ' on ' || c.relname, c.relname, pg_get_ruledef(w.oid) FROM pg_class c"
      " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_rewrite w ON w.ev_class = c.oid" +
          in_schema + " AND w.rulename <> '_RETURN' ORDER BY c.relname, w.rulename",
      "SELECT 'policy ' || p.polname || ' on ' || c.relname, c.relname, format('CREATE POLICY %I ON %I AS %s"
      " FOR %s%s%s', p.polname, c.relname, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE'"
      " END, CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd'"
      " THEN 'DELETE' ELSE 'ALL' END, ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',"
      " ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_policy p ON p.polrelid = "
      "c.oid" +
          in_schema + " ORDER BY c.relname, p.polname",
      "SELECT 'statistics ' || s.stxname, c.relname, pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s"
      " JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = c.relnamespace" +
          in_schema + " ORDER BY s.stxname",
      // They belong to no schema; what may name them does.
      "SELECT 'large objects', '', format('-- %s large objects, which columns of type oid may name',"
      " count(*)) FROM pg_largeobject_metadata HAVING count(*) > 0 AND EXISTS (SELECT FROM pg_class c"
      " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
      " JOIN pg_type t ON t.oid = a.atttypid" +
          in_schema +
          " AND c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND"
          " coalesce(nullif(t.typbasetype, 0), t.oid) = 'oid'::regtype)",
  };
}

/// How a table is kept beside its columns, keys and rows: what ALTER TABLE says of it.
std::vector<std::string> table_queries() {
  const auto of_tables = [](const std::string& name, const std::string& sql, const std::string& where) {
    return "SELECT '" + name + " ' || c.relname, c.relname, " + sql +
           " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND"
           " c.relkind IN ('r', 'p') AND " +
           where + " ORDER BY c.relname";
  };
  return {
      of_tables(
          "row security of",
          "concat_ws('; ', CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %I ENABLE ROW LEVEL"
          " SECURITY', c.relname) END, CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE %I FORCE"
          " ROW LEVEL SECURITY', c.relname) END)",
          "(c.relrowsecurity OR c.relforcerowsecurity)"),
      of_tables("unlogged", "format('ALTER TABLE %I SET UNLOGGED', c.relname)", "c.relpersistence = 'u'"),
      of_tables("replica identity of",
                "format('ALTER TABLE %I REPLICA IDENTITY ', c.relname) || CASE c.relreplident WHEN 'f' THEN"
                " 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || coalesce((SELECT"
                " quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE"
                " i.indrelid = c.oid AND i.indisreplident), '') END",
                "c.relreplident <> 'd'"),
      "SELECT 'storage of ' || c.relname, c.relname, string_agg(s.sql, '; ' ORDER BY s.place) FROM pg_class c"
      " JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL (SELECT 0 AS place, format('ALTER"
      " TABLE %I SET (%s)', c.relname, array_to_string(c.reloptions, ', ')) AS sql WHERE c.reloptions IS NOT"
      " NULL UNION ALL SELECT a.attnum, format('ALTER TABLE %I ALTER %I SET %s', c.relname, a.attname, o.sql)"
      " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid CROSS JOIN LATERAL (SELECT 'STORAGE ' ||"
      " CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN'"
      " END AS sql WHERE a.attstorage <> t.typstorage UNION ALL SELECT 'COMPRESSION ' || CASE v.letter WHEN"
      " 'l' THEN 'lz4' ELSE 'pglz' END FROM (SELECT to_jsonb(a) ->> 'attcompression' AS letter) v WHERE"
      " v.letter <> '' UNION ALL SELECT 'STATISTICS ' || a.attstattarget WHERE a.attstattarget >= 0 UNION ALL"
      " SELECT '(' || array_to_string(a.attoptions, ', ') || ')' WHERE a.attoptions IS NOT NULL) o WHERE"
      " a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) s WHERE n.nspname = $1 AND c.relkind IN"
      " ('r', 'p') AND NOT c.relispartition GROUP BY c.relname ORDER BY c.relname",
  };
}

/// What a partition has of its own, and not from the table that it is a part of.
std::vector<std::string> partition_queries() {
  const auto of_partitions = [](const std::string& name, const std::string& sql, const std::string& of) {
    return "SELECT " + name + " || ' of partition ' || c.relname, c.relname, " + sql +
           " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace" + of +
           " AND n.nspname = $1 AND c.relispartition AND c.relkind IN ('r', 'p') ORDER BY c.relname, 1";
  };
  const std::string columns =
      " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
      " JOIN pg_inherits i ON i.inhrelid = c.oid"
      " JOIN pg_attribute b ON b.attrelid = i.inhparent AND b.attname = a.attname AND NOT b.attisdropped";
  const std::string own_default = "coalesce(pg_get_expr(d.adbin, d.adrelid), '')";
  const std::string parents_default = "coalesce(pg_get_expr(e.adbin, e.adrelid), '')";
  return {
      of_partitions("'constraint ' || k.conname", "pg_get_constraintdef(k.oid)",
                    " JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.coninhcount = 0 AND k.contype IN"
                    " ('c', 'p', 'u', 'f', 'x') AND k.conparentid = 0"),
      of_partitions("'index ' || x.relname", "pg_get_indexdef(x.oid)",
                    " JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT"
                    " x.relispartition AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid"
                    " AND k.contype IN ('p', 'u', 'x'))"),
      of_partitions("'trigger ' || g.tgname", "pg_get_triggerdef(g.oid)",
                    " JOIN pg_trigger g ON g.tgrelid = c.oid WHERE NOT g.tgisinternal AND"
                    " coalesce(to_jsonb(g) ->> 'tgparentid', '0') = '0'"),
      of_partitions("'not null ' || a.attname",
                    "format('ALTER TABLE %I ALTER %I SET NOT NULL', c.relname, a.attname)",
                    columns + " WHERE a.attnotnull AND NOT b.attnotnull"),
      of_partitions("'default ' || a.attname", own_default,
                    columns +
                        " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
                        " LEFT JOIN pg_attrdef e ON e.adrelid = b.attrelid AND e.adnum = b.attnum WHERE " +
                        own_default + " <> " + parents_default),
      of_partitions("'partition key'", "'PARTITION BY ' || pg_get_partkeydef(c.oid)",
                    " WHERE c.relkind = 'p'"),
  };
}

/// What schemas have seldom, and what belongs to the database.
std::vector<std::string> further_queries() {
  const auto of_catalog = [](const std::string& catalog, const std::string& schema, const std::string& name,
                             const std::string& sql) {
    return "SELECT " + name + ", '', " + sql + " FROM " + catalog + " o JOIN pg_namespace n ON n.oid = o." +
           schema + " WHERE n.nspname = $1" + own(catalog, "o.oid");
  };
  return {
      of_catalog(
          "pg_collation", "collnamespace", "'collation ' || o.collname",
          "format('CREATE COLLATION %I (LOCALE = %L)', o.collname, coalesce(to_jsonb(o) ->> 'colllocale',"
          " to_jsonb(o) ->> 'colliculocale', o.collcollate))") +
          " UNION ALL " +
          of_catalog("pg_conversion", "connamespace", "'conversion ' || o.conname",
                     "format('CREATE CONVERSION %I FOR %L TO %L FROM %s', o.conname,"
                     " pg_encoding_to_char(o.conforencoding), pg_encoding_to_char(o.contoencoding),"
                     " o.conproc)") +
          " UNION ALL " +
          of_catalog("pg_operator", "oprnamespace",
                     "'operator ' || o.oprname || '(' || coalesce(format_type(nullif(o.oprleft, 0), NULL), "
                     "'none') || ', ' ||"
                     " coalesce(format_type(nullif(o.oprright, 0), NULL), 'none') || ')'",
                     "'FUNCTION = ' || o.oprcode::text") +
          " UNION ALL " +
          of_catalog("pg_opclass", "opcnamespace", "'operator class ' || o.opcname",
                     "'FOR TYPE ' || format_type(o.opcintype, NULL)") +
          " UNION ALL " +
          of_catalog("pg_ts_dict", "dictnamespace", "'text search dictionary ' || o.dictname",
                     "coalesce(o.dictinitoption, '')") +
          " UNION ALL " +
          of_catalog("pg_ts_config", "cfgnamespace", "'text search configuration ' || o.cfgname", "''") +
          " UNION ALL " +
          of_catalog("pg_ts_parser", "prsnamespace", "'text search parser ' || o.prsname", "''") +
          " UNION ALL " +
          of_catalog("pg_ts_template", "tmplnamespace", "'text search template ' || o.tmplname", "''") +
          " UNION ALL SELECT 'event trigger ' || evtname, '', 'EXECUTE FUNCTION ' || evtfoid::regproc FROM"
          " pg_event_trigger o WHERE true" +
          own("pg_event_trigger", "o.oid") +
          " UNION ALL SELECT 'publication ' || pubname, '', CASE WHEN puballtables THEN 'FOR ALL TABLES' ELSE"
          " '' END FROM pg_publication ORDER BY 1",
  };
}

}  // namespace

std::map<std::string, std::string> read_view_queries(PostgresConnection& connection,
                                                     const std::string& schema) {
  const Result found = connection.exec(
      "SELECT c.relname, rtrim(pg_get_viewdef(c.oid), ';') FROM pg_class c JOIN pg_namespace n ON n.oid ="
      " c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('v', 'm')",
      {schema});
  std::map<std::string, std::string> views;
  for (int i = 0; i < found.rows(); ++i) views[found.text(i, 0)] = found.text(i, 1);
  return views;
}

std::map<std::string, ViewDeclaration> read_view_declarations(PostgresConnection& connection,
                                                              const std::string& schema) {
  const std::string of_rule = " WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid";
  // Of a dependency: an enum or a domain of the schema, or the list of one.
  const std::string own_type =
      " JOIN pg_type o ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (o.oid, o.typarray)"
      " AND o.typnamespace = n.oid AND o.typtype IN ('e', 'd')";
  // What the server brings along is in no pg_depend (PostgreSQL manual, "pg_depend": pinned objects).
  const std::string own_names =
      "SELECT string_agg(DISTINCT pg_describe_object(d.refclassid, d.refobjid, 0), ', ') FROM pg_depend d"
      " LEFT JOIN pg_class r ON d.refclassid = 'pg_class'::regclass AND r.oid = d.refobjid LEFT" +
      own_type + of_rule + " AND o.oid IS NULL AND (r.oid IS NULL OR r.relnamespace <> n.oid)";
  const std::string reads =
      "SELECT json_agg(DISTINCT r.relname) FROM pg_depend d JOIN pg_class r ON r.oid = d.refobjid" + of_rule +
      " AND d.refclassid = 'pg_class'::regclass AND r.relnamespace = n.oid AND r.oid <> c.oid";
  const std::string types = "SELECT json_agg(DISTINCT o.typname) FROM pg_depend d" + own_type + of_rule;
  const Result found = connection.exec(
      "SELECT c.relname, rtrim(pg_get_viewdef(c.oid), ';'), coalesce((" + reads + "), '[]'), coalesce((" +
          types +
          "), '[]'), CASE WHEN c.relkind = 'm' THEN 'it is materialized'"
          " WHEN c.reloptions IS NOT NULL THEN 'it has options: ' || array_to_string(c.reloptions, ', ')"
          " ELSE coalesce('it names ' || (" +
          own_names +
          "), '') END"
          " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_rewrite w ON w.ev_class ="
          " c.oid AND w.rulename = '_RETURN' WHERE n.nspname = $1 AND c.relkind IN ('v', 'm')",
      {schema});
  std::map<std::string, ViewDeclaration> views;
  for (int i = 0; i < found.rows(); ++i) {
    const auto names = [&](int column) {
      return Json::parse(found.text(i, column)).get<std::vector<std::string>>();
    };
    views[found.text(i, 0)] = {found.text(i, 1), names(2), names(3), found.text(i, 4)};
  }
  return views;
}

SourceObjects read_source_objects(PostgresConnection& connection, const std::string& schema) {
  SourceObjects objects;
  const Result views = connection.exec(
      "SELECT c.relname, CASE WHEN c.relkind = 'm' THEN 'CREATE MATERIALIZED VIEW ' ELSE 'CREATE VIEW ' END"
      " || quote_ident(c.relname) || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '')"
      " || ' AS' || E'\\n' || pg_get_viewdef(c.oid) FROM pg_class c"
      " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('v', 'm')",
      {schema});
  for (int i = 0; i < views.rows(); ++i) objects.views[views.text(i, 0)] = views.text(i, 1);
  const Result triggers = connection.exec(
      "SELECT g.tgname, c.relname, pg_get_triggerdef(g.oid) FROM pg_class c JOIN pg_namespace n ON n.oid ="
      " c.relnamespace JOIN pg_trigger g ON g.tgrelid = c.oid WHERE n.nspname = $1 AND NOT g.tgisinternal"
      " AND NOT c.relispartition ORDER BY c.relname, g.tgname",
      {schema});
  for (int i = 0; i < triggers.rows(); ++i)
    objects.triggers.push_back({triggers.text(i, 0), triggers.text(i, 1), triggers.text(i, 2)});
  for (const auto& queries : {object_queries(), table_queries(), partition_queries(), further_queries()}) {
    for (const auto& query : queries) {
      const Result found = connection.exec(query, {schema});
      for (int i = 0; i < found.rows(); ++i)
        objects.others.push_back({found.text(i, 0), found.text(i, 1), found.text(i, 2)});
    }
  }
  return objects;
}

}  // namespace planrun
