#include "postgres/dependents.h"

#include "base/error.h"
#include "base/text.h"

namespace planrun {
namespace {

// Columns by their names, since a partition's may stand elsewhere.
constexpr const char* kReferringKeys = R"(
SELECT k.conname, format('%I.%I', n.nspname, c.relname),
       CASE k.confdeltype WHEN 'c' THEN ' on delete cascade' WHEN 'n' THEN ' on delete set null'
                          WHEN 'd' THEN ' on delete set default' ELSE '' END,
       (SELECT string_agg(format('%s.%I = %s.%I', $2::text, a.attname, $3::text, f.attname), ' AND ')
          FROM unnest(k.conkey, k.confkey) AS p (own, other)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.own
          JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = p.other),
       k.conrelid = k.confrelid
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = $1::regclass ORDER BY 1)";

}  // namespace

std::vector<ReferringKey> referring_keys(PostgresConnection& connection, const std::string& table,
                                         const std::string& child, const std::string& parent) {
  const Result r = connection.exec(kReferringKeys, {table, child, parent});
  std::vector<ReferringKey> keys;
  for (int i = 0; i < r.rows(); ++i)
    keys.push_back({r.text(i, 0), r.text(i, 1), r.text(i, 2), r.text(i, 3), r.truth(i, 4)});
  return keys;
}

std::string named_rows_sql(const TableSchema& table) {
  return table.partition
             ? "(t.tableoid, t.ctid) IN (SELECT split_part(r, '(', 1)::oid, ('(' || split_part(r, "
               "'(', 2))::tid FROM unnest($1::text[]) r)"
             : "t.ctid = any($1::tid[])";
}

void refuse_dependents(PostgresConnection& connection, const TableSchema& table, const std::string& name,
                       const std::string& references) {
  for (const auto& key : referring_keys(connection, name, "r", "g")) {
    const std::int64_t rows =
        connection
            .exec(
                "WITH gone AS (SELECT t.*, t.tableoid AS \"planrun tableoid\", t.ctid AS \"planrun ctid\" "
                "FROM " +
                    name + " t WHERE " + named_rows_sql(table) + ") SELECT count(*) FROM " + key.table +
                    " r JOIN gone g ON " + key.joined +
                    " WHERE (r.tableoid, r.ctid) NOT IN (SELECT \"planrun tableoid\", \"planrun ctid\" FROM "
                    "gone)",
                {references})
            .integer(0, 0);
    if (rows == 0) continue;
    throw Error(ErrorCode::rejected,
                with_thousands(rows) + (rows == 1 ? " row" : " rows") + " of " + key.table +
                    (rows == 1 ? " refers" : " refer") + " to rows of table " + table.name +
                    " that are to be taken out as rejects: foreign key " + key.name + key.on_delete +
                    " stands in the way",
                "mend the source, or leave these rows, and those that refer to them, out by `where`; then "
                "take this run "
                "back (planrun rollback PLAN) and begin a new one");
  }
}

}  // namespace planrun
