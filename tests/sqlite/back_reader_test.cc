// Rows read back from a SQLite target while others write.
#include "sqlite/back_reader.h"

#include <thread>

#include "sqlite/fixture.h"

namespace planrun::test::back_reader_test {
namespace {

TableSchema id_and_name() {
  TableSchema table;
  table.name = "t";
  table.columns.resize(2);
  table.columns[0].name = "id";
  table.columns[0].type.kind = TypeKind::integer;
  table.columns[1].name = "name";
  table.columns[1].type.kind = TypeKind::text;
  return table;
}

}  // namespace

TEST_CASE("a read that gives way reads each row once, however often it begins again") {
  constexpr int kOpsBetweenCalls = 100;
  for (const std::string made : {"id integer primary key, name text)",
                                 "name text, id integer, primary key (name, id)) without rowid"}) {
    INFO(made);
    TempFolder folder;
    sqlite3(folder / "t.db", "create table t(" + made +
                                 "; with recursive n(i) as (select 1 union all select i + 1 from n where i < "
                                 "20000) insert into t (id, name) select i, 'same' from n");
    const TableSchema table = id_and_name();
    ReadBack request{&table, {0}, "", 0, 2};
    request.gives_way = true;
    std::int64_t sum = 0;
    std::int64_t calls = 0;
    for (request.part = 0; request.part < 2; ++request.part) {
      const auto connection = std::make_shared<SqliteConnection>(
          file_uri(folder / "t.db", "mode=ro"), SQLITE_OPEN_READONLY, "t.db", ErrorCode::target);
      const auto count = [](void* number) {
        ++*static_cast<std::int64_t*>(number);
        return 0;
      };
      sqlite3_progress_handler(connection->get(), kOpsBetweenCalls, count, &calls);
      const auto reader = read_part(connection, request);
      std::vector<Cell> row(1);
      for (int told = 1; reader->next(row); ++told) {
        sum += row[0].integer;
        if (told % 200 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(21));
      }
    }
    CHECK(sum == 200'010'000);
    CHECK(calls * kOpsBetweenCalls < 20 * 20'000);
  }
}

}  // namespace planrun::test::back_reader_test
