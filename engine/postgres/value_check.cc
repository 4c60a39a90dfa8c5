#include "postgres/value_check.h"

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace planrun {
namespace {

constexpr std::string_view kNoSuchType = "42704";

/// The type without its limits, which some input functions round or cut to without a word: without modifiers,
/// of a domain its base, "text" for a type that is a short text or a number of its own. Empty: it has none.
std::string unlimited_type(PostgresConnection& connection, const std::string& type_sql) {
  const Result found = connection.exec(
      "WITH RECURSIVE t AS (SELECT oid, typtype, typbasetype, typtypmod, typcategory, typelem,"
      " $1 LIKE '%(%' OR $1 ILIKE 'interval %' AS limited FROM pg_type WHERE oid = to_regtype($1)"
      " UNION ALL SELECT b.oid, b.typtype, b.typbasetype, b.typtypmod, b.typcategory, b.typelem,"
      " t.limited OR t.typtypmod >= 0 FROM t JOIN pg_type b ON b.oid = t.typbasetype WHERE t.typtype = 'd')"
      " SELECT CASE WHEN t.oid IN ('name'::regtype, '\"char\"'::regtype, 'oid'::regtype) THEN 'text'"
      " ELSE format_type(t.oid, -1) END FROM t LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = "
      "'A'"
      " WHERE t.typtype = 'b' AND (t.oid IN ('name'::regtype, '\"char\"'::regtype, 'oid'::regtype)"
      " OR t.limited AND coalesce(e.typcategory, t.typcategory) IN ('N', 'D', 'T', 'V', 'S'))",
      {type_sql});
  return found.rows() == 0 ? "" : found.text(0, 0);
}

/// json_to_recordset reads each text with the type's input function and its modifier, as COPY does; a cast
/// `x::bit(3)` would cut a longer value without a word.
std::string question(PostgresConnection& connection, const std::string& type_sql) {
  const std::string whole = unlimited_type(connection, type_sql);
  const std::string from = " FROM ROWS FROM (json_to_recordset($1::json) AS (x " + type_sql;
  if (whole.empty()) return "SELECT r.x::text" + from + ")) WITH ORDINALITY AS r(x, n) ORDER BY r.n";
  return "SELECT CASE WHEN r.x" + std::string(whole == "text" ? "::text" : "") +
         " IS NOT DISTINCT FROM r.y THEN r.x::text END" + from + ", y " + whole +
         ")) WITH ORDINALITY AS r(x, y, n) ORDER BY r.n";
}

class ValueCheck {
 public:
  ValueCheck(PostgresConnection& connection, const std::string& type_sql, std::span<const std::string> values)
      : connection_(connection),
        sql_(question(connection, type_sql)),
        values_(values),
        texts_(values.size()) {}

  std::vector<std::optional<std::string>> run() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const std::string& value = values_[i];
      if (is_valid_utf8(value) && value.find('\0') == std::string::npos) sendable_.push_back(i);
    }
    if (!sendable_.empty()) check(0, sendable_.size());
    return std::move(texts_);
  }

 private:
  /// One bad value fails the whole question, so the question is halved until it stands alone.
  void check(std::size_t from, std::size_t until) {
    if (ask(from, until) || until - from == 1) return;
    const std::size_t middle = from + (until - from) / 2;
    check(from, middle);
    check(middle, until);
  }

  bool ask(std::size_t from, std::size_t until) {
    Json rows = Json::array();
    for (std::size_t i = from; i < until; ++i)
      rows.push_back({{"x", values_[sendable_[i]]}, {"y", values_[sendable_[i]]}});
    try {
      const Result r = connection_.exec(sql_, {rows.dump()});
      for (std::size_t i = from; i < until; ++i) {
        texts_[sendable_[i]] = r.optional_text(static_cast<int>(i - from), 0);
      }
      return true;
    } catch (const Error& error) {
      if (!blames_a_row(error.sqlstate()) && !is_of_a_name(error.sqlstate())) throw;
      return false;
    }
  }

  // A value of a regclass, regtype or regrole is a name, and the server does not have it; or the type itself
  // is not there, which fails without any value as well.
  bool is_of_a_name(std::string_view sqlstate) {
    if (!sqlstate.starts_with("42") && !sqlstate.starts_with("3F")) return false;
    connection_.exec(sql_, {"[]"});
    return true;
  }

  PostgresConnection& connection_;
  std::string sql_;
  std::span<const std::string> values_;
  std::vector<std::size_t> sendable_;
  std::vector<std::optional<std::string>> texts_;
};

}  // namespace

std::vector<std::optional<std::string>> canonical_texts(PostgresConnection& connection,
                                                        const std::string& type_sql,
                                                        std::span<const std::string> values) {
  try {
    return ValueCheck(connection, type_sql, values).run();
  } catch (const Error& error) {
    if (error.sqlstate() != kNoSuchType) throw;
    return {values.begin(), values.end()};
  }
}

}  // namespace planrun
