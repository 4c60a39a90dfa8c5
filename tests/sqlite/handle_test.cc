// What a connection knows of the tables of its file.
#include "sqlite/handle.h"

#include "support/support.h"

namespace planrun::test::handle_test {
namespace {

TEST_CASE("a connection knows the tables of the schema as it is now") {
  TempFolder folder;
  const auto file = folder / "t.db";
  sqlite3(file,
          "create table plain(a); create table keyed(a text primary key) without rowid, strict;"
          "create view seen as select a from plain");
  SqliteConnection connection(file_uri(file, "mode=rw"), SQLITE_OPEN_READWRITE, "t.db", ErrorCode::target);
  REQUIRE(connection.find_table("plain") != nullptr);
  CHECK(connection.find_table("plain")->type == "table");
  CHECK_FALSE(connection.find_table("plain")->without_rowid);
  CHECK(connection.find_table("keyed")->without_rowid);
  CHECK(connection.find_table("keyed")->strict);
  CHECK(connection.find_table("seen")->type == "view");
  CHECK(connection.find_table("Plain") == nullptr);

  sqlite3(file, "create table later(a)");
  CHECK(connection.find_table("later") != nullptr);

  // Both transactions give the schema the same version.
  connection.execute("begin; create table one(a)");
  CHECK(connection.find_table("one") != nullptr);
  connection.execute("rollback; begin; create table other(a)");
  CHECK(connection.find_table("one") == nullptr);
  CHECK(connection.find_table("other") != nullptr);
}

}  // namespace
}  // namespace planrun::test::handle_test
