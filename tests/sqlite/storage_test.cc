// What is stored for each type, as the shell's typeof() and quote() see it, and that it is read back as the
// same cell.
#include <cmath>

#include "sqlite/fixture.h"
#include "sqlite/interval_text.h"

namespace planrun::test::storage_test {
namespace {

struct StoreCase {
  std::string type;
  TypeKind kind;
  Cell cell;
  std::string stored;  // typeof|quote
  bool as_text = false;
};

std::string interval(std::int64_t micros, std::int32_t days, std::int32_t months) {
  std::string bytes;
  const auto add = [&](std::uint64_t value, int count) {
    for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
  };
  add(static_cast<std::uint64_t>(micros), 8);
  add(static_cast<std::uint32_t>(days), 4);
  add(static_cast<std::uint32_t>(months), 4);
  return bytes;
}

const std::string kUuid = *from_hex("0123456789abcdef0011223344556677");
const std::string kInterval = interval(14706500000, 3, 14);

std::vector<StoreCase> store_cases() {
  return {
      {"boolean", TypeKind::boolean, Cell::of_integer(1), "integer|1"},
      {"smallint", TypeKind::smallint, Cell::of_integer(-32768), "integer|-32768"},
      {"bigint", TypeKind::bigint, Cell::of_integer(INT64_MIN), "integer|-9223372036854775808"},
      {"real", TypeKind::real, Cell::of_real(0.5), "real|0.5"},
      {"double precision", TypeKind::double_precision, Cell::of_real(3), "real|3.0"},
      {"numeric", TypeKind::numeric, Cell::of_text("12.5"), "real|12.5"},
      {"numeric integer", TypeKind::numeric, Cell::of_text("1158000"), "integer|1158000"},
      {"numeric large", TypeKind::numeric, Cell::of_text("-9223372036854775807"),
       "integer|-9223372036854775807"},
      {"numeric past int64", TypeKind::numeric, Cell::of_text("100000000000000000000"), "real|1.0e+20"},
      {"numeric as text", TypeKind::numeric, Cell::of_text("0.12345678901234567890123"),
       "text|'0.12345678901234567890123'", true},
      {"text", TypeKind::text, Cell::of_text("12"), "text|'12'"},
      {"empty text", TypeKind::text, Cell::of_text(""), "text|''"},
      {"varchar", TypeKind::varchar, Cell::of_text("0012"), "text|'0012'"},
      {"char", TypeKind::char_, Cell::of_text("1e3"), "text|'1e3'"},
      {"bytea", TypeKind::bytea, Cell::of_blob(std::string_view("\0\xff", 2)), "blob|X'00FF'"},
      {"empty bytea", TypeKind::bytea, Cell::of_blob(""), "blob|X''"},
      {"date", TypeKind::date, Cell::of_integer(-719162), "text|'0001-01-01'"},
      {"time", TypeKind::time, Cell::of_integer(86399999999), "text|'23:59:59.999999'"},
      {"timestamp", TypeKind::timestamp, Cell::of_integer(1700000000000000), "text|'2023-11-14 22:13:20'"},
      {"timestamp before 1970", TypeKind::timestamp, Cell::of_integer(-1),
       "text|'1969-12-31 23:59:59.999999'"},
      {"timestamptz", TypeKind::timestamptz, Cell::of_integer(1700000000500000),
       "text|'2023-11-14 22:13:20.500000+00:00'"},
      {"interval", TypeKind::interval, Cell::of_blob(kInterval), "text|'P1Y2M3DT4H5M6.5S'"},
      {"uuid", TypeKind::uuid, Cell::of_blob(kUuid), "text|'01234567-89ab-cdef-0011-223344556677'"},
      {"json", TypeKind::json, Cell::of_text("17"), "text|'17'"},
      {"jsonb", TypeKind::jsonb, Cell::of_text("{\"a\": 1.0}"), "text|'{\"a\": 1.0}'"},
      {"text[]", TypeKind::text_array, Cell::of_text("[\"a\",null]"), "text|'[\"a\",null]'"},
      {"other", TypeKind::other, Cell::of_text("007"), "text|'007'"},
      {"null", TypeKind::timestamp, Cell::of_null(), "null|NULL"},
  };
}

bool same(const Cell& a, const Cell& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == CellKind::integer) return a.integer == b.integer;
  if (a.kind == CellKind::real) return a.real == b.real;
  return a.bytes == b.bytes;
}

/// One table with one column `v` of the case's type, its row written through a chunk.
struct Stored {
  explicit Stored(const StoreCase& c) : database(open_sqlite_target(folder / "t.db", "planrun")) {
    ColumnSchema column;
    column.name = "v";
    column.type.kind = c.kind;
    column.store_as_text = c.as_text;
    table.name = "t";
    table.columns = {column};
    ClaimRequest request;
    request.run = "r";
    request.loads = {{"load", &table, {0}}};
    request.create = {{"r",
                       "create t",
                       "t",
                       database->dialect().schema_steps(table)[0].statements,
                       {Chunk{0, "load", {}}}}};
    target = database->connect("r", 1);
    const auto chunk = target->claim(request);
    chunk->write({&c.cell, 1});
    failures = chunk->flush().failures;
    chunk->finish({});
    chunk->commit();
  }
  TempFolder folder;
  std::unique_ptr<TargetDatabase> database;
  TableSchema table;
  std::unique_ptr<Target> target;
  std::vector<RowFailure> failures;
};

TEST_CASE("each type is stored as designed and read back as the same cell") {
  for (const auto& c : store_cases()) {
    INFO(c.type);
    const Stored stored(c);
    CHECK(stored.failures.empty());
    CHECK(sqlite3(stored.folder / "t.db", "select typeof(v), quote(v) from t") == c.stored);
    std::vector<Cell> row(1);
    const auto reader = stored.target->read_back({&stored.table, {0}, "", 0, 1});
    REQUIRE(reader->next(row));
    CHECK(same(row[0], c.cell));
    CHECK(!reader->next(row));
  }
}

TEST_CASE("what SQLite would change silently is refused") {
  const std::vector<StoreCase> cases = {
      {"-0.0", TypeKind::double_precision, Cell::of_real(-0.0), "-0.0"},
      {"NaN", TypeKind::double_precision, Cell::of_real(std::nan("")), "NaN"},
      {"numeric NaN", TypeKind::numeric, Cell::of_text("NaN"), "storage = \"text\""},
      {"numeric Infinity", TypeKind::numeric, Cell::of_text("Infinity"), "storage = \"text\""},
  };
  for (const auto& c : cases) {
    INFO(c.type);
    const Stored stored(c);
    REQUIRE(stored.failures.size() == 1);
    CHECK(stored.failures[0].column == "v");
    CHECK_THAT(stored.failures[0].reason, ContainsSubstring(c.stored));
    CHECK(sqlite3(stored.folder / "t.db", "select count(*) from t") == "0");
  }
}

TEST_CASE("a value that planrun does not store is an error that names table and row") {
  const std::vector<std::pair<TypeKind, std::string>> cases = {
      {TypeKind::boolean, "2"},
      {TypeKind::boolean, "'yes'"},
      {TypeKind::smallint, "32768"},
      {TypeKind::integer, "'x'"},
      {TypeKind::text, "x'00'"},
      {TypeKind::bytea, "'x'"},
      {TypeKind::date, "'2024-02-30'"},
      {TypeKind::date, "'2024-2-3'"},
      {TypeKind::timestamp, "'2024-02-03T00:00:00'"},
      {TypeKind::timestamptz, "'2024-02-03 00:00:00'"},
      {TypeKind::uuid, "'01234567-89AB-cdef-0011-223344556677'"},
      {TypeKind::interval, "'P1W'"},
      {TypeKind::real, "'x'"},
      {TypeKind::numeric, "'x'"},
      {TypeKind::time, "'24:00:00'"},
  };
  for (const auto& [kind, value] : cases) {
    INFO(value);
    const StoreCase null_case{"", kind, Cell::of_null(), ""};
    const Stored stored(null_case);
    sqlite3(stored.folder / "t.db", "insert into t(rowid, v) values (77, " + value + ")");
    std::vector<Cell> row(1);
    const auto reader = stored.target->read_back({&stored.table, {0}, "", 0, 1});
    REQUIRE(reader->next(row));
    CHECK_THAT(error_of([&] { reader->next(row); }, ErrorCode::target),
               ContainsSubstring("table t, row 77, column v"));
  }
}

TEST_CASE("intervals are exact ISO 8601 texts with a sign for each part") {
  const std::vector<std::tuple<std::int64_t, std::int32_t, std::int32_t, std::string>> cases = {
      {0, 0, 0, "PT0S"},
      {1, 0, 0, "PT0.000001S"},
      {-1, 0, 0, "PT-0.000001S"},
      {-5500000, 0, 0, "PT-5.5S"},
      {3600000000, -1, -14, "P-1Y-2M-1DT1H"},
      {-3661000000, 2, 0, "P2DT-1H-1M-1S"},
      {INT64_MAX, INT32_MIN, INT32_MAX, "P178956970Y7M-2147483648DT2562047788H54.775807S"},
      {INT64_MIN, 0, 0, "PT-2562047788H-54.775808S"},
  };
  for (const auto& [micros, days, months, text] : cases) {
    INFO(text);
    std::string shown;
    append_interval(interval(micros, days, months), shown);
    CHECK(shown == text);
    std::string bytes;
    CHECK(parse_interval(text, bytes));
    CHECK(bytes == interval(micros, days, months));
  }
  for (const std::string text : {"", "P", "PT", "P1", "P1W", "PT1.5H", "P1DT", "1D", "PT1.1234567S",
                                 "P999999999999999999999Y", "P400000000Y"}) {
    INFO(text);
    std::string bytes;
    CHECK(!parse_interval(text, bytes));
  }
}

}  // namespace
}  // namespace planrun::test::storage_test
