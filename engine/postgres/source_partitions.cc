#include "postgres/source_partitions.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "sql/words.h"

namespace planrun {
namespace {

/// One side of a range: as many values as columns, or none where it has no end.
struct Bound {
  std::vector<std::string> values;
  bool has_least = false;  // MINVALUE
  bool has_most = false;   // MAXVALUE
  bool has_null = false;
};

/// What stands in the parentheses at words[at], as pg_get_expr() tells it: texts, numbers, true, false and
/// the words above.
Bound read_bound(const std::vector<SqlWord>& words, std::size_t at) {
  Bound bound;
  std::string sign;
  for (std::size_t i = at + 1; i < closing(words, at); ++i) {
    const SqlWord& word = words[i];
    if (word.is_sign("-")) {
      sign = "-";
    } else if (word.is("minvalue")) {
      bound.has_least = true;
    } else if (word.is("maxvalue")) {
      bound.has_most = true;
    } else if (word.is("null")) {
      bound.has_null = true;
    } else if (word.kind != WordKind::sign) {
      bound.values.push_back(sign + word.text);
      sign.clear();
    }
  }
  return bound;
}

/// The place of the parenthesis behind a word; words.size(): there is none.
std::size_t parenthesis_behind(const std::vector<SqlWord>& words, std::string_view word) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i].is(word) && words[i + 1].is_sign("(")) return i + 1;
  }
  return words.size();
}

/// Reads "FOR VALUES ..." or "DEFAULT" into `part`. False: a plan has no words for it.
bool read_part(const std::string& sql, PartSchema& part) {
  const auto words = words_in(sql);
  if (words.size() == 1 && words[0].is("default")) {
    part.is_default = true;
    return true;
  }
  if (const std::size_t in = parenthesis_behind(words, "in"); in < words.size()) {
    const Bound list = read_bound(words, in);
    part.values = list.values;
    return !list.has_null && !part.values.empty();
  }
  const std::size_t from = parenthesis_behind(words, "from");
  const std::size_t to = parenthesis_behind(words, "to");
  if (from == words.size() || to == words.size()) return false;
  const Bound first = read_bound(words, from);
  const Bound last = read_bound(words, to);
  part.from = first.values;
  part.to = last.values;
  const bool is_mixed = first.has_most || last.has_least || (first.has_least && !part.from.empty()) ||
                        (last.has_most && !part.to.empty());
  return !is_mixed && !(part.from.empty() && part.to.empty());
}

/// The number behind a word of "FOR VALUES WITH (modulus 4, remainder 0)"; -1: there is none.
std::int64_t number_behind(const std::string& sql, std::string_view name) {
  const auto words = words_in(sql);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i].is(name) && words[i + 1].kind == WordKind::number) return std::stoll(words[i + 1].text);
  }
  return -1;
}

/// By the remainder that each takes. False: they do not have one modulus, or one of them is not there.
bool put_in_order(const std::vector<std::string>& bounds, std::vector<PartSchema>& parts) {
  std::vector<PartSchema> ordered(parts.size());
  std::vector<bool> is_there(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto count = static_cast<std::int64_t>(parts.size());
    const std::int64_t place = number_behind(bounds[i], "remainder");
    if (number_behind(bounds[i], "modulus") != count || place < 0 || place >= count) return false;
    ordered[static_cast<std::size_t>(place)] = parts[i];
    is_there[static_cast<std::size_t>(place)] = true;
  }
  parts = std::move(ordered);
  return std::ranges::all_of(is_there, [](bool there) { return there; });
}

}  // namespace

std::map<std::string, DivisionDeclaration> read_divisions(PostgresConnection& connection,
                                                          const std::string& schema) {
  const Result tables = connection.exec(
      "SELECT c.relname, CASE t.partstrat WHEN 'r' THEN 'range' WHEN 'l' THEN 'list' ELSE 'hash' END,"
      " json_agg(a.attname ORDER BY k.place), bool_and(a.attname IS NOT NULL) AND"
      " pg_get_partkeydef(c.oid) = CASE t.partstrat WHEN 'r' THEN 'RANGE' WHEN 'l' THEN 'LIST' ELSE 'HASH' "
      "END"
      " || ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) || ')'"
      " FROM pg_partitioned_table t JOIN pg_class c ON c.oid = t.partrelid JOIN pg_namespace n ON n.oid ="
      " c.relnamespace CROSS JOIN LATERAL unnest(t.partattrs) WITH ORDINALITY k (attnum, place)"
      " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0"
      " WHERE n.nspname = $1 AND NOT c.relispartition GROUP BY c.oid, c.relname, t.partstrat",
      {schema});
  std::map<std::string, DivisionDeclaration> divisions;
  for (int i = 0; i < tables.rows(); ++i) {
    DivisionDeclaration& division = divisions[tables.text(i, 0)];
    division.partition.by = *partition_by_from(tables.text(i, 1));
    if (tables.truth(i, 3)) {
      division.partition.columns = Json::parse(tables.text(i, 2)).get<std::vector<std::string>>();
    } else {
      division.why_own = "it does not go by columns alone";
    }
  }
  const Result parts = connection.exec(
      "SELECT c.relname, p.relname, pg_get_expr(p.relpartbound, p.oid), p.relnamespace = n.oid AND p.relkind"
      " IN ('r', 'p') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent JOIN pg_class p ON p.oid ="
      " i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'p'"
      " AND NOT c.relispartition ORDER BY c.relname, p.relname",
      {schema});
  std::map<std::string, std::vector<std::string>> bounds;
  for (int i = 0; i < parts.rows(); ++i) {
    const std::string table = parts.text(i, 0);
    DivisionDeclaration& division = divisions.at(table);
    PartSchema& part = division.partition.parts.emplace_back();
    part.name = parts.text(i, 1);
    bounds[table].push_back(parts.text(i, 2));
    if (!parts.truth(i, 3)) division.why_own = "its partition " + part.name + " is a table of another kind";
    const bool is_hash = division.partition.by == PartitionBy::hash;
    if (!is_hash && division.why_own.empty() && !read_part(parts.text(i, 2), part))
      division.why_own = "a plan has no words for its partition " + part.name + ": " + parts.text(i, 2);
  }
  for (auto& [table, division] : divisions) {
    PartitionSchema& partition = division.partition;
    if (!division.why_own.empty()) continue;
    if (partition.parts.empty()) {
      division.why_own = "it has no partitions";
    } else if (partition.by == PartitionBy::hash && !put_in_order(bounds[table], partition.parts)) {
      division.why_own = "its partitions do not take one remainder each of one modulus";
    }
  }
  return divisions;
}

}  // namespace planrun
