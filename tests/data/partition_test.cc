// Which rows a partition takes, worked out by hand from PostgreSQL's manual (CREATE TABLE, PARTITION OF).
#include "data/partition.h"

#include "sql/definition.h"
#include "support/support.h"

namespace partition_match_test {

using namespace planrun;

namespace {

ColumnType type(const std::string& sql) {
  return *parse_type(sql, {}).value;
}

PartitionSchema ranges(std::vector<PartSchema> parts, std::size_t columns = 1) {
  PartitionSchema schema;
  schema.columns.assign(columns, "c");
  schema.parts = std::move(parts);
  return schema;
}

bool takes(const PartitionSchema& schema, const std::vector<ColumnType>& types, std::vector<Cell> key,
           bool is_plain = true) {
  const PartitionMatch match(schema, types, is_plain);
  REQUIRE(match.decides());
  return match.takes(key);
}

}  // namespace

TEST_CASE("a bound is a number that orders as its type does") {
  CHECK(ordinal_bound(type("integer"), "-12") == -12);
  CHECK_FALSE(ordinal_bound(type("bigint"), "1.5"));
  CHECK(ordinal_bound(type("boolean"), "true") == 1);
  CHECK(ordinal_bound(type("date"), "1970-01-03") == 2);
  CHECK(ordinal_bound(type("timestamp"), "1970-01-01 00:00:01") == 1'000'000);
  CHECK(ordinal_bound(type("timestamptz"), "1970-01-01 02:00:00+02:00") == 0);
  // A zone that the server leaves out, digits that it rounds, words that only it reads.
  CHECK_FALSE(ordinal_bound(type("timestamp"), "1970-01-01 02:00:00+02:00"));
  CHECK_FALSE(ordinal_bound(type("timestamp(0)"), "1970-01-01 00:00:00.5"));
  CHECK_FALSE(ordinal_bound(type("date"), "infinity"));
  CHECK_FALSE(ordinal_bound(type("numeric"), "1"));
  CHECK(is_no_bound(type("smallint"), "2025-01-01"));
  CHECK_FALSE(is_no_bound(type("smallint"), " 5 "));
  CHECK_FALSE(is_no_bound(type("date"), "Jan 1 2025"));
}

TEST_CASE("a range holds its first value and not its last; a null is in none") {
  const auto schema = ranges({{"a", false, {}, {"0"}, {}, {}}, {"b", false, {"10"}, {"20"}, {}, {}}});
  const std::vector<ColumnType> types = {type("bigint")};
  CHECK(takes(schema, types, {Cell::of_integer(-1)}));
  CHECK_FALSE(takes(schema, types, {Cell::of_integer(0)}));
  CHECK(takes(schema, types, {Cell::of_integer(10)}));
  CHECK(takes(schema, types, {Cell::of_integer(19)}));
  CHECK_FALSE(takes(schema, types, {Cell::of_integer(20)}));
  CHECK_FALSE(takes(schema, types, {Cell::of_null()}));
}

TEST_CASE("a range of several columns compares them as a row") {
  const auto schema = ranges({{"a", false, {"1", "5"}, {"3", "2"}, {}, {}}}, 2);
  const std::vector<ColumnType> types = {type("integer"), type("date")};
  const PartitionMatch undecided(schema, types, true);
  CHECK_FALSE(undecided.decides());
  const std::vector<ColumnType> numbers = {type("integer"), type("integer")};
  const auto at = [&](std::int64_t a, std::int64_t b) {
    return takes(schema, numbers, {Cell::of_integer(a), Cell::of_integer(b)});
  };
  CHECK_FALSE(at(1, 4));
  CHECK(at(1, 5));
  CHECK(at(2, -100));
  CHECK(at(3, 1));
  CHECK_FALSE(at(3, 2));
  CHECK_FALSE(at(4, 0));
}

TEST_CASE("a list holds its values, texts by their bytes where no collation says otherwise") {
  PartitionSchema schema = ranges({{"a", false, {}, {}, {"x", "it's"}, {}}, {"b", false, {}, {}, {"Y"}, {}}});
  schema.by = PartitionBy::list;
  const std::vector<ColumnType> types = {type("text")};
  CHECK(takes(schema, types, {Cell::of_text("it's")}));
  CHECK(takes(schema, types, {Cell::of_text("Y")}));
  CHECK_FALSE(takes(schema, types, {Cell::of_text("y")}));
  CHECK_FALSE(takes(schema, types, {Cell::of_null()}));
  CHECK_FALSE(PartitionMatch(schema, types, false).decides());
  schema.parts.push_back({"rest", true, {}, {}, {}, {}});
  CHECK_FALSE(PartitionMatch(schema, types, true).decides());
}

}  // namespace partition_match_test
