#include "plan/type_change.h"

#include "sql/definition.h"
#include "support/catch.h"

namespace type_change_test {

using namespace planrun;

namespace {

std::string change(const std::string& before, const std::string& now) {
  const auto old_type = parse_type(before, {});
  const auto new_type = parse_type(now, {});
  REQUIRE((old_type && new_type));
  return std::string(to_string(type_change(*old_type.value, *new_type.value)));
}

}  // namespace

TEST_CASE("a type that holds all of the other's values is wider") {
  CHECK(change("int", "integer") == "same");
  CHECK(change("integer", "bigint") == "widened");
  CHECK(change("varchar(20)", "varchar(50)") == "widened");
  CHECK(change("varchar(20)", "text") == "widened");
  CHECK(change("numeric(10,2)", "numeric(12,2)") == "widened");
  CHECK(change("numeric(10,2)", "numeric") == "widened");
  CHECK(change("integer", "numeric(10,0)") == "widened");
  CHECK(change("integer", "double precision") == "widened");  // 2^31 < 2^53
  CHECK(change("smallint", "real") == "widened");             // 2^15 < 2^24
  CHECK(change("real", "double precision") == "widened");
  CHECK(change("date", "timestamp") == "widened");
  CHECK(change("timestamp(3)", "timestamp") == "widened");
}

TEST_CASE("a type that does not hold all of them is narrower") {
  CHECK(change("bigint", "integer") == "narrowed");
  CHECK(change("varchar(50)", "varchar(20)") == "narrowed");
  CHECK(change("text", "varchar(20)") == "narrowed");
  CHECK(change("numeric(12,2)", "numeric(12,4)") == "narrowed");  // 8 digits before the point, before 10
  CHECK(change("numeric(12,2)", "numeric(12,1)") == "narrowed");
  CHECK(change("numeric", "numeric(30,10)") == "narrowed");
  CHECK(change("bigint", "numeric(18,0)") == "narrowed");  // 9223372036854775807 has 19 digits
  CHECK(change("numeric(12,2)", "integer") == "narrowed");
  CHECK(change("text", "integer") == "narrowed");
  CHECK(change("text", "uuid") == "narrowed");
  CHECK(change("integer", "boolean") == "narrowed");
}

TEST_CASE("a type that holds them inexactly is lossy, one of another kind is told so") {
  CHECK(change("numeric(12,2)", "double precision") == "lossy");
  CHECK(change("bigint", "double precision") == "lossy");
  CHECK(change("integer", "real") == "lossy");
  CHECK(change("double precision", "real") == "lossy");
  CHECK(change("timestamptz", "timestamp") == "lossy");
  CHECK(change("timestamp", "date") == "lossy");
  CHECK(change("text", "jsonb") == "of another kind");
  CHECK(change("timestamp", "timestamptz") == "of another kind");
  CHECK(change("integer", "text") == "of another kind");
  CHECK(change("char(5)", "varchar(5)") == "of another kind");
}

}  // namespace type_change_test
