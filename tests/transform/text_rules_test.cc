#include "transform/one_column.h"

namespace text_rules_test {

using namespace planrun;
using namespace planrun::test;
using namespace std::string_literals;

TEST_CASE("text takes texts and integers as they are") {
  const std::string long_text = std::string(70'000, 'x') + "\xC3\xA9";
  check_each(OneColumn(column_type(TypeKind::text, "text")),
             {{t(""), "text "},
              {t("it's \xC3\xA9"), "text it's \xC3\xA9"},
              {t("12345678"), "text 12345678"},
              {t(long_text), "text " + long_text},
              {i(-12), "text -12"},
              {r(1.5), "no: real is not text; using = \"text\""},
              {b("abc"), "no: blob is not text"},
              {Cell::of_null(), "null"}});
}

// NUL and bad bytes at every place of the eight bytes that are looked at together, and past them.
TEST_CASE("NUL and invalid UTF-8 are found wherever they stand") {
  OneColumn column(column_type(TypeKind::text, "text"));
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\0';
      CHECK_THAT(column(text), ContainsSubstring("no: has a NUL character"));
      text[at] = '\xFF';
      CHECK_THAT(column(text), ContainsSubstring("no: is not UTF-8; using = \"replace_invalid_utf8\""));
      text[at] = '\x01';
      CHECK(column(text) == "text " + text);
    }
  }
  CHECK_THAT(column("\xC3\xA9\x00"s), ContainsSubstring("; using = \"replace_nul\""));
}

TEST_CASE("varchar(n) counts code points, blanks at the end too") {
  check_each(OneColumn(sized(TypeKind::varchar, 3, "varchar")),
             {{t("abc"), "text abc"},
              {t("\xC3\xA9\xC3\xA9\xF0\x9F\x98\x80"), "text \xC3\xA9\xC3\xA9\xF0\x9F\x98\x80"},
              {t("abcd"), "no: has 4 characters; varchar(3) holds 3"},
              {t("ab  "), "no: has 4 characters; varchar(3) holds 3"},
              {t("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"), "no: has 4 characters; varchar(3) holds 3"},
              {i(123), "text 123"},
              {i(1234), "no: has 4 characters"},
              {t("a\0"s), "no: has a NUL character"}});
}

TEST_CASE("char(n) is without its padding") {
  check_each(OneColumn(sized(TypeKind::char_, 3, "char")),
             {{t("ab"), "text ab"},
              {t("ab "), "text ab"},
              {t("abc     "), "text abc"},
              {t("   "), "text "},
              {t(" a"), "text  a"},
              {t("abcd"), "no: has 4 characters; char(3) holds 3"}});
}

TEST_CASE("bytea takes blobs") {
  check_each(OneColumn(column_type(TypeKind::bytea, "bytea")),
             {{b("\x00\xff"s), "blob 00ff"},
              {b(""), "blob "},
              {t("abc"), "no: text is not bytea; using = \"bytes\""},
              {i(1), "no: integer is not bytea"}});
}

TEST_CASE("uuid takes one form, in either case") {
  check_each(OneColumn(column_type(TypeKind::uuid, "uuid")),
             {{t("00112233-4455-6677-8899-aabbccddeeff"), "blob 00112233445566778899aabbccddeeff"},
              {t("00112233-4455-6677-8899-AABBCCDDEEFF"), "blob 00112233445566778899aabbccddeeff"},
              {t("00112233445566778899aabbccddeeff"), "no: is no uuid"},
              {t("{00112233-4455-6677-8899-aabbccddeeff}"), "no: is no uuid"},
              {t("00112233-4455-6677-8899-aabbccddeefg"), "no: is no uuid"},
              {t("0011223-34455-6677-8899-aabbccddeeff"), "no: is no uuid"},
              {t("00112233-4455-6677-8899-aabbccddeef"), "no: is no uuid"},
              {t(""), "no: is no uuid of 8-4-4-4-12 hexadecimal digits; using = \"empty_as_null\""},
              {b(std::string(16, 'x')), "no: blob is not uuid"}});
}

TEST_CASE("json keeps its bytes and takes what the server's json takes") {
  check_each(OneColumn(column_type(TypeKind::json, "json")),
             {{t(" {\"b\": 1, \"b\": 1e999} "), "text  {\"b\": 1, \"b\": 1e999} "},
              {t("\"\\u0000\""), "text \"\\u0000\""},
              {t("{"), "no: is not JSON"},
              {t(""), "no: is not JSON; using = \"empty_as_null\""},
              {t("\"\xff\""), "no: is not UTF-8"},
              {t("\"\0\""s), "no: has a NUL"},
              {i(5), "no: integer is not json; using = \"text\""},
              {r(5), "no: real is not json; using = \"text\""},
              {b("{}"), "no: blob is not json"}});
}

TEST_CASE("jsonb keeps the source's text once nothing in it would change") {
  check_each(OneColumn(column_type(TypeKind::jsonb, "jsonb")),
             {{t(" {\"b\": 1.50, \"a\": [] } "), "text  {\"b\": 1.50, \"a\": [] } "},
              {t("{\"b\":1,\"b\":2}"), "no: has the same key twice in one object; using = \"json_last_key\""},
              {t("[\"\\u0000\"]"), "no: has \\u0000"},
              {t("[\"\\ud800\"]"), "no: has half of a surrogate pair"},
              {t("[1e999999]"), "no: has a number that numeric cannot hold"},
              {t("nope"), "no: is not JSON"},
              {i(5), "no: integer is not jsonb; using = \"text\""}});
}

TEST_CASE("text[] takes JSON arrays of strings and nulls, and compacts them") {
  check_each(OneColumn(column_type(TypeKind::text_array, "text[]")),
             {{t("[]"), "text []"},
              {t(" [ \"a\" , null , \"\\u0041\\\"]\" , \"\" ] "), "text [\"a\",null,\"A\\\"]\",\"\"]"},
              {t("[null]"), "text [null]"},
              {t("[1]"), "no: is no JSON array of strings and nulls"},
              {t("[\"a\",true]"), "no: is no JSON array of strings and nulls"},
              {t("[[\"a\"]]"), "no: is no JSON array of strings and nulls"},
              {t("[null,{}]"), "no: is no JSON array of strings and nulls"},
              {t("{}"), "no: is no JSON array of strings and nulls"},
              {t("\"a\""), "no: is no JSON array of strings and nulls"},
              {t("null"), "no: is no JSON array of strings and nulls"},
              {t("{a,b}"), "no: is no JSON array of strings and nulls"},
              {t(""), "no: is no JSON array of strings and nulls; using = \"empty_as_null\""},
              {t("[\"\\u0000\"]"), "no: has \\u0000"},
              {i(1), "no: integer is not text[]"}});
}

TEST_CASE("other types go as text for the server to read") {
  check_each(OneColumn(column_type(TypeKind::other, "inet")), {{t("10.0.0.1"), "text 10.0.0.1"},
                                                               {i(12), "text 12"},
                                                               {r(1.5), "text 1.5"},
                                                               {t("\xff"), "no: is not UTF-8"},
                                                               {b("x"), "no: blob is not inet"}});
}

}  // namespace text_rules_test
