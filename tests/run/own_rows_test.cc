#include "run/own_rows.h"

#include <string>

#include "support/support.h"

namespace own_rows_test {

using namespace planrun;

namespace {

ResolvedTable two_columns() {
  ResolvedTable table;
  table.schema.name = "t";
  for (const std::string name : {"id", "value"}) {
    ColumnSchema& column = table.schema.columns.emplace_back();
    column.name = name;
    column.type = {TypeKind::bigint, 0, -1, 0, "bigint"};
  }
  KeySchema& key = table.schema.keys.emplace_back();
  key.primary = true;
  key.columns = {"id"};
  ResolvedLoad& load = table.loads.emplace_back();
  load.columns = {{0, 0, {}, {}, 0, false}, {1, 1, {}, {}, 0, false}};
  return table;
}

/// How often each of 300 ids counts in so many parts, "0" or "1" each. The target holds the ids up to 199;
/// each row is asked for twice, in each part.
std::string counted(bool of_keys, int parts) {
  const ResolvedTable table = two_columns();
  std::string counts(300, '0');
  for (int part = 0; part < parts; ++part) {
    OwnRows own(table, table.loads.front(), of_keys, part, parts);
    const auto row = [](int id) { return std::array{Cell::of_integer(id), Cell::of_integer(id % 7)}; };
    for (int id = 0; id < 200; ++id) own.found(row(id));
    for (int again = 0; again < 2; ++again) {
      for (int id = 0; id < 300; ++id) counts[static_cast<std::size_t>(id)] += own.counts(row(id)) ? 1 : 0;
    }
  }
  return counts;
}

}  // namespace

TEST_CASE("rows count once, in how many parts soever they are read") {
  const std::string keys = std::string(200, '1') + std::string(100, '0');
  for (const int parts : {1, 2, 7, 1000}) {
    CAPTURE(parts);
    CHECK(counted(true, parts) == keys);
    CHECK(counted(false, parts) == std::string(300, '1'));
  }
}

TEST_CASE("the digest of the rows that count is theirs, through a temporary file or not") {
  const ResolvedTable table = two_columns();
  const ResolvedLoad& load = table.loads.front();
  for (const std::int64_t rows : {0, 100'000'000}) {
    for (const bool of_keys : {true, false}) {
      CAPTURE(rows, of_keys);
      RowHasher hasher(std::vector<CanonicalColumn>{{"id", TypeKind::bigint}, {"value", TypeKind::bigint}});
      OwnRowsDigest own(table, load, of_keys, rows);
      Digest expected;
      // Rows above 9,000 are not the run's; every fifth comes again; of 77 there is another one.
      for (int id = 0; id < 9'000; ++id) own.found(std::array{Cell::of_integer(id), Cell::of_integer(0)});
      for (int id = 0; id < 12'000; ++id) {
        const std::array row = {Cell::of_integer(id), Cell::of_integer(id % 7)};
        for (int times = id % 5 == 0 ? 2 : 1; times > 0; --times) own.expected(row);
        if (!of_keys || id < 9'000) expected.add(hasher.hash(row));
      }
      const std::array other = {Cell::of_integer(77), Cell::of_integer(-1)};
      own.expected(other);
      expected.add(hasher.hash(other));
      CHECK(own.digest() == expected);
    }
  }
}

}  // namespace own_rows_test
