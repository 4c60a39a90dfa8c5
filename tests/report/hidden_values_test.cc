#include "report/hidden_values.h"

#include "support/catch.h"

namespace hidden_values_test {

using namespace planrun;

TEST_CASE("messages go without what rows hold, and keep names, types and counts") {
  CHECK(without_values(
            "1 row does not fit:\n  s.t key 12, column enabled: integer 2: is no boolean (0 or 1)") ==
        "1 row does not fit:\n  s.t key …, column enabled: integer …: is no boolean (0 or 1)");
  CHECK(without_values("s.t key ('a, b: c', 3), column x: text 'it''s \"his\"': is no number") ==
        "s.t key …, column x: text '…': is no number");
  CHECK(without_values("Key (email)=(ada@example.org) already exists") == "Key (email)=… already exists");
  CHECK(without_values("real -1.5e3 is not integer; blob x'00ff' either") ==
        "real … is not integer; blob x'…' either");
  for (const char* kept :
       {"the plan's column varchar(20) holds 20 of 300 rows", "foreign key items_fkey of table a",
        "check a: expected 8, found 7, difference 1", ""}) {
    CHECK(without_values(kept) == kept);
  }
}

TEST_CASE("a reason goes without the values of its source row") {
  const std::string row = R"({"id": 4711, "mail": "ada@example.org", "sku": "A1"})";
  CHECK(without_values("lua: no domain for ada@example.org of 4711, A1 (x4711)", row) ==
        "lua: no domain for … of …, A1 (x4711)");
  CHECK(without_values("is no boolean", "not json") == "is no boolean");
}

}  // namespace hidden_values_test
