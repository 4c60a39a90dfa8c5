#include "base/file_pattern.h"

#include "support/support.h"

namespace file_pattern_test {

using namespace planrun;
using namespace planrun::test;

TEST_CASE("a pattern stands for names as in a shell", "[tenants]") {
  CHECK(matches_pattern("/t/acme.db", "/t/*.db"));
  CHECK(matches_pattern("/t/.db", "/t/.*db"));
  CHECK(matches_pattern("/t/a.db", "/t/?.db"));
  CHECK(matches_pattern("/t/\xc3\xa9.db", "/t/?.db"));
  CHECK(matches_pattern("/t/abcabd", "/t/*ab?"));
  CHECK(matches_pattern("/t/eu/acme/data.db", "/t/*/a*/data.db"));
  CHECK_FALSE(matches_pattern("/t/ab.db", "/t/?.db"));
  CHECK_FALSE(matches_pattern("/t/.hidden.db", "/t/*.db"));
  CHECK_FALSE(matches_pattern("/t/eu/acme.db", "/t/*.db"));
  CHECK_FALSE(matches_pattern("/t/acme.db2", "/t/*.db"));
  CHECK(has_wildcard("a?"));
  CHECK_FALSE(has_wildcard("a[b].db"));
}

TEST_CASE("files are found by a pattern, in the order of their names", "[tenants]") {
  const TempFolder folder;
  for (const char* name : {"eu", "us", "eu/c.db"}) std::filesystem::create_directories(folder / name);
  for (const char* name : {"us/b.db", "eu/b.db", "eu/a.db", "eu/a.txt", "top.db"})
    write_file(folder / name, "");
  const auto found = files_matching(folder / "*/*.db");
  CHECK(found ==
        std::vector<std::filesystem::path>{folder / "eu/a.db", folder / "eu/b.db", folder / "us/b.db"});
  CHECK(folders_matching(folder / "*/*.db") == std::vector<std::filesystem::path>{folder / "eu/c.db"});
  CHECK(files_matching(folder / "none/*.db").empty());
  CHECK(files_matching(folder / "top.db").size() == 1);
}

TEST_CASE("a text is made of the name of a file", "[tenants]") {
  const std::filesystem::path file = "/t/eu/acme.v2.db";
  CHECK(fill_file_name("{stem}", file) == "acme.v2");
  CHECK(fill_file_name("{folder}/{name}!", file) == "eu/acme.v2.db!");
  CHECK(refuse_file_name("shop-{stem}").empty());
  CHECK_THAT(refuse_file_name("shop"), ContainsSubstring("the same for every file"));
  CHECK_THAT(refuse_file_name("{stem}{shop}"), ContainsSubstring("it holds {shop}"));
  CHECK_THAT(refuse_file_name("{stem}{"), ContainsSubstring("it holds {,"));
}

}  // namespace file_pattern_test
