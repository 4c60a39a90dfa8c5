#include "plan/document.h"

#include "support/catch.h"

namespace document_test {

using namespace planrun;

namespace {

std::vector<std::string> keys(const Node& table) {
  std::vector<std::string> names;
  for (const auto& m : table.members) names.push_back(m.key);
  return names;
}

Node parse(const std::string& text) {
  Diagnostics diagnostics;
  auto node = read_document(text, diagnostics);
  REQUIRE(node);
  return *node;
}

}  // namespace

TEST_CASE("tables and keys come in the order of the file") {
  const Node root = parse(
      "[table.zeta.columns]\nz = 1\na = 2\n\n[table.alpha]\nx = { m = 1, b = 2 }\n[table.zeta]\ny = "
      "3\n[a]\n");
  CHECK(keys(root) == std::vector<std::string>{"table", "a"});
  const Node& tables = root.find("table")->value;
  CHECK(keys(tables) == std::vector<std::string>{"zeta", "alpha"});
  CHECK(keys(tables.find("zeta")->value) == std::vector<std::string>{"columns", "y"});
  CHECK(keys(tables.find("zeta")->value.find("columns")->value) == std::vector<std::string>{"z", "a"});
  CHECK(keys(tables.find("alpha")->value.find("x")->value) == std::vector<std::string>{"m", "b"});
}

TEST_CASE("columns of positions are counted in bytes") {
  const Node root = parse("# ä\r\n[a]\r\n\"ää\" = { \"ö\" = 'x' }\n");
  const Member& outer = root.find("a")->value.members.at(0);
  // "ää" = { "ö" = 'x' }: the quoted key has 6 bytes, the brace is byte 10, "ö" begins at 12 and 'x' at 19.
  CHECK(outer.at.line == 3);
  CHECK(outer.value.at.column == 10);
  CHECK(outer.value.members.at(0).at.column == 12);
  CHECK(outer.value.members.at(0).value.at.column == 19);
}

TEST_CASE("numbers stay as they were written where that is exact") {
  const Node root = parse("a = 0.10\nb = 1_000\nc = 1e3\nd = -0.5\ne = 12345678901234567.89\nf = 0x10\n");
  const std::pair<const char*, const char*> cases[] = {
      {"a", "0.10"}, {"b", "1000"}, {"c", "1000"}, {"d", "-0.5"}, {"e", "12345678901234567.89"}, {"f", "16"}};
  for (const auto& [key, text] : cases) CHECK(root.find(key)->value.text == text);
}

TEST_CASE("a place inside a string") {
  struct Case {
    const char* text;  // "s = " and the string
    std::size_t offset;
    int line;
    int column;
  };
  const Case cases[] = {
      {R"(s = "abc")", 0, 1, 6},
      {R"(s = "abc")", 3, 1, 9},
      {R"(s = 'a\bc')", 2, 1, 8},
      {R"(s = "a\"bc")", 2, 1, 9},
      {R"(s = "\u00e4x")", 2, 1, 12},
      {R"(s = "äx")", 2, 1, 8},
      {"s = \"\"\"\nabc\ndef\"\"\"", 0, 2, 1},
      {"s = \"\"\"\nabc\ndef\"\"\"", 5, 3, 2},
      {"s = \"\"\"abc \\\n   def\"\"\"", 4, 2, 4},
      {"s = '''\r\nab\r\ncd'''", 5, 3, 2},
      {"s = \"\"", 0, 1, 6},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    const Position found = position_in_string(c.text, {1, 5}, c.offset);
    CHECK(found.line == c.line);
    CHECK(found.column == c.column);
  }
}

}  // namespace document_test
