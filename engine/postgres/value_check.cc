#include "postgres/value_check.h"

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace planrun {
namespace {

class ValueCheck {
 public:
  ValueCheck(PostgresConnection& connection, const std::string& type_sql, std::span<const std::string> values)
      : connection_(connection),
        // json_to_recordset reads each text with the type's input function and its modifier, as COPY does; a
        // cast `x::bit(3)` would cut a longer value without a word.
        sql_("SELECT r.x::text FROM ROWS FROM (json_to_recordset($1::json) AS (x " + type_sql +
             ")) WITH ORDINALITY AS r(x, n) ORDER BY r.n"),
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
    for (std::size_t i = from; i < until; ++i) rows.push_back({{"x", values_[sendable_[i]]}});
    try {
      const Result r = connection_.exec(sql_, {rows.dump()});
      for (std::size_t i = from; i < until; ++i) {
        texts_[sendable_[i]] = r.optional_text(static_cast<int>(i - from), 0);
      }
      return true;
    } catch (const Error& error) {
      if (!blames_a_row(error.sqlstate())) throw;
      return false;
    }
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
  return ValueCheck(connection, type_sql, values).run();
}

}  // namespace planrun
