// Names and texts of a drafted plan.
#include "draft/names.h"

#include "draft/toml_text.h"
#include "support/support.h"

namespace draft_names_test {

using namespace planrun;
using namespace planrun::test;

TEST_CASE("names beyond 63 bytes stay apart, and those that differ by case do too") {
  TakenNames names;
  const std::string beginning(63, 'a');
  CHECK(names.take(beginning, "x") == beginning);
  const std::string one = names.take(beginning + "1", "x");
  const std::string two = names.take(beginning + "2", "x");
  CHECK(one.size() == 63);
  CHECK(two.size() == 63);
  CHECK(one != two);
  CHECK(names.take("Users", "x") == "Users");
  CHECK(names.take("users", "x") == "users_2");
  CHECK(names.take("", "column_3") == "column_3");
  CHECK(names.take("*", "column_4") == "column_4");
  CHECK(names.take("a\nb", "x") == "a_b");
  // 62 bytes and a character of two: it is not cut apart.
  CHECK(TakenNames().take(std::string(53, 'a') + "\xC3\xA9" + std::string(20, 'b'), "x").size() == 62);
  CHECK(plain_name("my shop-2.5", "source") == "my_shop_2_5");
  CHECK(plain_name("\xC3\xA9", "source") == "source");
}

TEST_CASE("TOML keys and texts are written so that they are read as they were") {
  CHECK(toml_key("a_b-1") == "a_b-1");
  CHECK(toml_key("a b") == "\"a b\"");
  CHECK(toml_key("a\"b") == "'a\"b'");
  CHECK(toml_key("a\"'b") == "\"a\\\"'b\"");
  CHECK(toml_key("") == "\"\"");
  CHECK(toml_string("a\\b") == "'a\\b'");
  CHECK(toml_string("a\tb\x01") == "\"a\\tb\\u0001\"");
  CHECK(toml_text("a\nb") == "'''\na\nb\n'''");
  CHECK(toml_text("a'''\nb") == "\"a'''\\nb\"");
  CHECK(toml_comment("a\x01\nb") == "# a\\x01\n# b\n");
}

}  // namespace draft_names_test
