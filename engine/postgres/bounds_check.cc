#include "postgres/bounds_check.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

class BoundsCheck {
 public:
  BoundsCheck(PostgresConnection& connection, const TableSchema& table)
      : connection_(connection), table_(table), partition_(*table.partition) {
    for (const auto& name : partition_.columns) columns_.push_back(table.find(name));
  }

  std::vector<std::string> run() {
    for (const auto& part : partition_.parts) {
      read(part, part.from);
      read(part, part.to);
      for (const auto& value : part.values) read(part, {value});
    }
    if (!found_.empty()) return std::move(found_);
    if (partition_.by == PartitionBy::range) compare_ranges();
    if (partition_.by == PartitionBy::list) compare_values();
    return std::move(found_);
  }

 private:
  std::string shown(std::size_t place) const {
    const PartSchema& part = partition_.parts[place];
    return "partition " + part.name + " (" + part.place + ")";
  }

  std::string typed(const std::string& value, std::size_t column) const {
    const std::string& collation = columns_[column]->collation;
    return quote_literal(value) + "::" + columns_[column]->type.sql +
           (collation.empty() ? "" : " COLLATE " + collation);
  }

  void read(const PartSchema& part, const std::vector<std::string>& bound) {
    for (std::size_t i = 0; i < bound.size(); ++i) {
      connection_.exec("SAVEPOINT planrun_bound");
      try {
        connection_.exec("SELECT " + typed(bound[i], i));
      } catch (const Error& error) {
        if (error.code() != ErrorCode::target) throw;
        found_.push_back("partition " + part.name + " of table " + table_.name + " (" + part.place +
                         "): " + error.what());
        connection_.exec("ROLLBACK TO SAVEPOINT planrun_bound");
      }
      connection_.exec("RELEASE SAVEPOINT planrun_bound");
    }
  }

  /// ROW(...), or null where the bound has no limit.
  std::string row(const std::vector<std::string>& bound) const {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      values.push_back(bound.empty() ? "NULL::" + columns_[i]->type.sql : typed(bound[i], i));
    return join(values, ", ");
  }

  /// "a.low1, a.low2" as a row.
  std::string names(const std::string& alias, const std::string& bound) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < columns_.size(); ++i) all.push_back(alias + bound + std::to_string(i));
    return alias.empty() ? join(all, ", ") : "ROW(" + join(all, ", ") + ")";
  }

  void compare_ranges() {
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < partition_.parts.size(); ++i) {
      const PartSchema& part = partition_.parts[i];
      if (!part.is_default)
        rows.push_back("(" + std::to_string(i) + ", " + row(part.from) + ", " + row(part.to) + ")");
    }
    if (rows.empty()) return;
    // What has no limit compares as null, and overlaps.
    const Result r = connection_.exec(
        "WITH p (place, " + names("", "low") + ", " + names("", "high") + ") AS (VALUES " + join(rows, ", ") +
        ") SELECT a.place, b.place FROM p a JOIN p b ON (a.place = b.place AND NOT " + names("a.", "low") +
        " < " + names("b.", "high") + ") OR (a.place > b.place AND (" + names("a.", "low") + " < " +
        names("b.", "high") + ") IS NOT FALSE AND (" + names("b.", "low") + " < " + names("a.", "high") +
        ") IS NOT FALSE) ORDER BY 1, 2");
    tell(r, " is empty", " overlaps ");
  }

  void compare_values() {
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < partition_.parts.size(); ++i) {
      for (const auto& value : partition_.parts[i].values)
        rows.push_back("(" + std::to_string(i) + ", " + std::to_string(rows.size()) + ", " + typed(value, 0) +
                       ")");
    }
    if (rows.empty()) return;
    const Result r = connection_.exec(
        "WITH p (place, number, value) AS (VALUES " + join(rows, ", ") +
        ") SELECT a.place, b.place FROM p a JOIN p b ON a.number > b.number AND a.value = b.value"
        " ORDER BY 1, 2");
    tell(r, " has a value twice", " has a value of ");
  }

  void tell(const Result& pairs, const std::string& alone, const std::string& with_other) {
    for (int i = 0; i < pairs.rows(); ++i) {
      const auto place = static_cast<std::size_t>(pairs.integer(i, 0));
      const auto other = static_cast<std::size_t>(pairs.integer(i, 1));
      found_.push_back("table " + table_.name + ": " + shown(place) +
                       (place == other ? alone : with_other + shown(other)));
    }
  }

  PostgresConnection& connection_;
  const TableSchema& table_;
  const PartitionSchema& partition_;
  std::vector<const ColumnSchema*> columns_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> find_wrong_bounds(PostgresConnection& connection, const TableSchema& table) {
  return BoundsCheck(connection, table).run();
}

}  // namespace planrun
