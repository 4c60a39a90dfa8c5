#include "postgres/key_checks.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

std::string name_array(const std::vector<std::string>& names) {
  std::vector<std::string> literals;
  for (const auto& name : names) literals.push_back(quote_literal(name));
  return "ARRAY[" + join(literals, ", ") + "]::pg_catalog.name[]";
}

// The names of a constraint's columns (conkey of conrelid, confkey of confrelid), in their order.
std::string constraint_columns(const std::string& numbers, const std::string& table) {
  return "(SELECT pg_catalog.array_agg(a.attname ORDER BY n.place) FROM pg_catalog.unnest(" + numbers +
         ") WITH ORDINALITY n(number, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = " + table +
         " AND a.attnum = n.number)";
}

// pg_constraint's letter for ON DELETE and ON UPDATE.
std::string action_letter(const std::string& action) {
  static const std::map<std::string, std::string> kLetters = {
      {"cascade", "c"}, {"restrict", "r"}, {"set null", "n"}, {"set default", "d"}};
  const auto found = kLetters.find(action);
  return quote_literal(found == kLetters.end() ? "a" : found->second);
}

}  // namespace

std::string is_key(const KeySchema& key) {
  return "(k.conname = " + quote_literal(key.name) + " AND k.contype = " + (key.primary ? "'p'" : "'u'") +
         " AND " + constraint_columns("k.conkey", "k.conrelid") + " = " + name_array(key.columns) + ")";
}

std::string is_index(const IndexSchema& index) {
  std::string sql = "(c.relname = " + quote_literal(index.name) +
                    " AND i.indisunique = " + (index.unique ? "true" : "false") +
                    " AND (i.indpred IS NULL) = " + (index.where_sql.empty() ? "true" : "false");
  if (!index.columns.empty()) {
    std::vector<std::string> columns = index.columns;
    std::sort(columns.begin(), columns.end());
    sql +=
        " AND (SELECT pg_catalog.array_agg(DISTINCT a.attname ORDER BY a.attname) FROM pg_catalog.pg_depend d"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        " WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid"
        " AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid) = " +
        name_array(columns);
  }
  return sql + ")";
}

std::string is_foreign_key(const ForeignKeySchema& key, const std::string& referenced) {
  return "(f.conname = " + quote_literal(key.name) + " AND " + constraint_columns("f.conkey", "f.conrelid") +
         " = " + name_array(key.columns) + " AND f.confrelid = pg_catalog.to_regclass(" +
         quote_literal(referenced) + ") AND " + constraint_columns("f.confkey", "f.confrelid") + " = " +
         name_array(key.foreign_columns) + " AND f.confdeltype = " + action_letter(key.on_delete) +
         " AND f.confupdtype = " + action_letter(key.on_update) +
         " AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgconstraint = f.oid AND t.tgenabled "
         "IN "
         "('D', 'R')))";
}

}  // namespace planrun
