// How a table's rows are divided: among partitions of one server, or among the nodes of a cluster.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/cell.h"
#include "data/column_type.h"

namespace planrun {

enum class PartitionBy { range, list, hash };
/// "range", "list", "hash": as a plan and PostgreSQL write them.
std::string_view to_string(PartitionBy by);
std::optional<PartitionBy> partition_by_from(std::string_view text);

/// One partition. Bounds and values are texts that the column's type takes.
struct PartSchema {
  std::string name;
  bool is_default = false;
  std::vector<std::string> from;    // of a range, one a column; empty: from the least
  std::vector<std::string> to;      // the first that is not in it; empty: to the end
  std::vector<std::string> values;  // of a list
  std::string place;                // in the plan, for messages: "plan.toml:12:3"
};

struct PartitionSchema {
  PartitionBy by = PartitionBy::range;
  std::vector<std::string> columns;  // one of a list
  std::vector<PartSchema> parts;     // of a hash the nth takes the remainder n of their number

  bool has_default() const;
  std::vector<std::string> part_names() const;
};

/// What the partition of a hash is called that takes this remainder: events_0.
std::string hash_part_name(const std::string& table, std::size_t remainder);

/// Of a cluster of Citus: rows are on the node that a hash of the column says, or all of them on every node.
struct DistributionSchema {
  std::string by;  // empty: a reference table, whole on every node
};

/// A bound as a number that orders as the column's type does, for whole numbers, booleans, dates and times.
/// Absent for other types, and for texts that the server alone reads.
std::optional<std::int64_t> ordinal_bound(const ColumnType& type, std::string_view text);

/// Whether `text` surely is no value of the type; what cannot be told here the server tells.
bool is_no_bound(const ColumnType& type, std::string_view text);

/// What shows of a partition: "from 2025-01-01 to 2026-01-01", "values de, fr", "default".
std::string to_text(const PartSchema& part);

/// Which rows some partition takes, as far as that can be told without the server: by its rules
/// (PostgreSQL manual, "CREATE TABLE", PARTITION OF).
class PartitionMatch {
 public:
  /// `types`: of the partition's columns, in their order; a collation of its own makes `is_plain` false.
  PartitionMatch(const PartitionSchema& schema, std::span<const ColumnType> types, bool is_plain);
  /// False: every row counts as taken, and the server says which is not.
  bool decides() const { return decides_; }
  /// `key`: the partition's columns of a row.
  bool takes(std::span<const Cell> key) const;

 private:
  using Bound = std::vector<std::int64_t>;  // empty: without a limit
  struct Range {
    Bound from;
    Bound to;
  };

  bool read_ranges(const PartitionSchema& schema, std::span<const ColumnType> types);
  bool read_values(const PartitionSchema& schema, const ColumnType& type);

  bool decides_ = false;
  bool is_list_ = false;
  std::vector<Range> ranges_;
  std::vector<std::int64_t> numbers_;  // of a list, sorted
  std::vector<std::string> texts_;     // the same, of a text
};

}  // namespace planrun
