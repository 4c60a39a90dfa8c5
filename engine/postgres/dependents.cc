#include "postgres/dependents.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

// By their names, since a partition's columns may stand elsewhere.
constexpr const char* kReferringKeys = R"(
SELECT c.conname, c.conrelid::regclass::text,
       CASE c.confdeltype WHEN 'c' THEN ' on delete cascade' WHEN 'n' THEN ' on delete set null'
                          WHEN 'd' THEN ' on delete set default' ELSE '' END,
       (SELECT string_agg(format('r.%I = g.%I', a.attname, b.attname), ' AND ' ORDER BY k.place)
          FROM unnest(c.conkey, c.confkey) WITH ORDINALITY k(own, other, place)
          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
          JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.other)
  FROM pg_constraint c
 WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = $1::regclass ORDER BY 1)";

}  // namespace

std::string named_rows_sql(const TableSchema& table) {
  return table.partition
             ? "(t.tableoid, t.ctid) IN (SELECT split_part(r, '(', 1)::oid, ('(' || split_part(r, "
               "'(', 2))::tid FROM unnest($1::text[]) r)"
             : "t.ctid = any($1::tid[])";
}

void refuse_dependents(PostgresConnection& connection, const TableSchema& table, const std::string& name,
                       const std::string& references) {
  const Result keys = connection.exec(kReferringKeys, {name});
  for (int i = 0; i < keys.rows(); ++i) {
    const Result dependents = connection.exec(
        "WITH gone AS (SELECT t.*, t.tableoid AS \"planrun tableoid\", t.ctid AS \"planrun ctid\" FROM " +
            name + " t WHERE " + named_rows_sql(table) + ") SELECT count(*) FROM " + keys.text(i, 1) +
            " r JOIN gone g ON " + keys.text(i, 3) +
            " WHERE (r.tableoid, r.ctid) NOT IN (SELECT \"planrun tableoid\", \"planrun ctid\" FROM gone)",
        {references});
    const std::int64_t rows = dependents.integer(0, 0);
    if (rows == 0) continue;
    throw Error(
        ErrorCode::rejected,
        with_thousands(rows) + (rows == 1 ? " row" : " rows") + " of " + keys.text(i, 1) +
            (rows == 1 ? " refers" : " refer") + " to rows of table " + table.name +
            " that are to be taken out as rejects: foreign key " + keys.text(i, 0) + keys.text(i, 2) +
            " stands in the way",
        "mend the source and begin a new run, or leave these rows, and those that refer to them, out by "
        "`where`");
  }
}

}  // namespace planrun
