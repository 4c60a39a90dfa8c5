// What the walk over a file's pages says against sqlite3's quick_check: of whole files, and of files of which
// a few bytes were changed.
#include "sqlite/page_walk.h"

#include <random>

#include "support/support.h"

namespace planrun::test::page_walk_test {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever{false};

bool is_whole(const fs::path& file) {
  SqliteConnection connection(file_uri(file, "mode=ro"), SQLITE_OPEN_READONLY, file.string(),
                              ErrorCode::source);
  return has_whole_pages(connection, kNever);
}

// What SQLite itself answers, a line a row, with the error that ended it.
std::string ask(const fs::path& file, const std::string& sql) {
  ::sqlite3* database = nullptr;
  std::string said;
  const auto keep = [](void* to, int, char** values, char**) {
    static_cast<std::string*>(to)->append(values[0]).append("\n");
    return 0;
  };
  char* fault = nullptr;
  sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  sqlite3_exec(database, sql.c_str(), keep, &said, &fault);
  if (fault != nullptr) said += std::string("error: ") + fault;
  sqlite3_free(fault);
  sqlite3_close(database);
  return said;
}

// Small and large rows, rows that were deleted and changed in length, indexes, and rowids far apart.
std::string rows(const std::string& count, const std::string& most_bytes) {
  return "create table small(id integer primary key, a, b text); create index of_b on small(b);"
         "create table large(a text, b blob); create unique index of_both on large(b, a);"
         "create table far(id integer primary key autoincrement, a);"
         "with recursive n(i) as (select 1 union all select i+1 from n where i<" +
         count +
         ") insert into small select i, i * 1.5, printf('%0*d', i % 90, i) from n;"
         "insert into large select hex(zeroblob(id % 60)), zeroblob(id * id % " +
         most_bytes +
         ") || id from small;"
         "insert into far select (id - 400) * (9000000000000000 + id), b from small;"
         "update small set b = b || b where id % 3 = 0; delete from small where id % 7 = 1;"
         "delete from large where rowid % 5 = 0;";
}

TEST_CASE("the pages of a whole file are whole, whatever their size") {
  TempFolder folder;
  for (const std::string size : {"512", "1024", "4096", "65536"}) {
    for (const std::string vacuum : {"none", "full", "incremental"}) {
      const fs::path file = folder / (size + vacuum + ".db");
      sqlite3(file, "pragma page_size=" + size + "; pragma auto_vacuum=" + vacuum + "; begin;" +
                        rows("800", "20000") + "commit; drop table if exists gone; create table none(a)");
      INFO(file);
      REQUIRE(sqlite3(file, "pragma quick_check") == "ok");
      CHECK(is_whole(file));
      sqlite3(file, "drop table large; delete from far");
      REQUIRE(sqlite3(file, "pragma quick_check") == "ok");
      CHECK(is_whole(file));
    }
  }
  const fs::path reserved = folder / "reserved.db";
  run_process({"sqlite3", reserved.string()}, {},
              ".filectrl reserve_bytes 32\nvacuum;\n" + rows("300", "20000"));
  CHECK(read_file(reserved)[20] == 32);
  CHECK(is_whole(reserved));
  sqlite3(folder / "empty.db", "vacuum");
  CHECK(is_whole(folder / "empty.db"));
}

TEST_CASE("a table without rowids and a WAL are left to quick_check") {
  TempFolder folder;
  sqlite3(folder / "keyed.db", "create table t(a text primary key) without rowid");
  CHECK_FALSE(is_whole(folder / "keyed.db"));
  sqlite3(folder / "wal.db", "pragma journal_mode=wal; create table t(a)");
  CHECK_FALSE(is_whole(folder / "wal.db"));
}

TEST_CASE("where sqlite3 finds a file damaged, its pages are not whole, or reading its rows is an error") {
  const std::string count =
      "select count(a) + count(b) from small not indexed union all select count(b) + count(a) from large not "
      "indexed union all select count(a) from far";
  TempFolder folder;
  const fs::path file = folder / "s.db";
  sqlite3(file, "pragma page_size=512; begin;" + rows("120", "900") + "commit");
  const std::string bytes = read_file(file);
  const std::string counted = ask(file, count);
  std::mt19937 random(20261123);
  const auto any = [&](std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
  };
  int damaged = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string changed = bytes;
    const std::size_t page = any(bytes.size() / 512) * 512;
    const std::size_t head = page == 0 ? 100 : page;
    // In a page's header, in its array of cells, or anywhere.
    const std::size_t at = i % 3 == 0 ? head + any(12) : i % 3 == 1 ? head + 8 + any(24) : page + any(512);
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) + 1 + any(255));
    write_file(file, changed);
    bool whole = false;
    try {
      whole = is_whole(file);
    } catch (const Error&) {  // Not even the schema can be read.
    }
    const std::string said = ask(file, "pragma quick_check(1)");
    INFO("byte " << at << ": " << said);
    if (said != "ok\n") ++damaged;
    if (!whole) continue;
    const std::string found = ask(file, count);
    CHECK((found == counted || found.find("error: ") != std::string::npos));
    CHECK((said == "ok\n" || found.find("error: ") != std::string::npos));
  }
  CHECK(damaged > 250);
}

}  // namespace
}  // namespace planrun::test::page_walk_test
