#include "data/canonical.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/digest.h"
#include "support/catch.h"

namespace canonical_test {

using namespace planrun;
using namespace std::string_literals;

namespace {

struct Value {
  std::string name;
  TypeKind type;
  Cell cell;
};

std::string hash(const std::vector<Value>& row) {
  std::vector<CanonicalColumn> columns;
  std::vector<Cell> cells;
  for (const Value& v : row) {
    columns.push_back({v.name, v.type});
    cells.push_back(v.cell);
  }
  RowHasher hasher(columns);
  const RowHash once = hasher.hash(cells);
  CHECK(hasher.hash(cells) == once);
  CHECK(once.sha256 == Hash256{});
  return to_hex(once.xxh3);
}

std::string sixteen() {
  std::string bytes;
  for (char c = 0; c < 16; ++c) bytes += c;
  return bytes;
}

}  // namespace

// Expected by `xxhsum -H2` of the bytes that canonical.h says, put together with Python's struct.
TEST_CASE("rows hash as the canonical form says") {
  CHECK(hash({{"id", TypeKind::bigint, Cell::of_integer(-2)},
              {"name", TypeKind::text, Cell::of_text("Zo\xC3\xAB")},
              {"gone", TypeKind::text, Cell::of_null()}}) == "f6bdfde2fa9d7c5a0ada380899cd850c");
  CHECK(hash({{"r", TypeKind::double_precision, Cell::of_real(-0.0)}}) == "b1b2db594ea2708a0a5d4bf7a82e594a");
  CHECK(hash({{"r", TypeKind::real, Cell::of_real(0.0)}}) == "2c82e4867c44e49ab873b6f198520765");
  CHECK(hash({{"n", TypeKind::numeric, Cell::of_text("12.5")}}) == "62cf5247a4bfabf974ac00951a1c725c");
  const std::string uuid = sixteen();
  CHECK(hash({{"u", TypeKind::uuid, Cell::of_blob(uuid)}}) == "4efeffe0b18fffeba64ef5d0a8e105b5");
  CHECK(hash({{"b", TypeKind::boolean, Cell::of_integer(1)},
              {"d", TypeKind::date, Cell::of_integer(20484)},
              {"tz", TypeKind::timestamptz, Cell::of_integer(1769817600000000)},
              {"e", TypeKind::varchar, Cell::of_text("")},
              {"z", TypeKind::json, Cell::of_null()}}) == "6213430a68b2d17b6cf40be8292e35a8");
}

TEST_CASE("all NaNs are one") {
  const std::string expected = "b7e72bd64c32257714eded34ba6ad82e";
  CHECK(hash({{"r", TypeKind::double_precision, Cell::of_real(std::nan(""))}}) == expected);
  CHECK(hash({{"r", TypeKind::double_precision, Cell::of_real(-std::nan("5"))}}) == expected);
}

TEST_CASE("jsonb hashes by content") {
  const std::string expected = "3455a18315c2e546be27328c1f336006";
  for (const char* text : {R"({"a":1.5,"b":[0,100]})", R"({ "b": [-0.0, 1e2], "\u0061": 15e-1 })"}) {
    CHECK(hash({{"j", TypeKind::jsonb, Cell::of_text(text)}}) == expected);
  }
  CHECK(hash({{"j", TypeKind::json, Cell::of_text(R"({"a":1.5,"b":[0,100]})")}}) != expected);
  const std::vector<CanonicalColumn> columns{{"j", TypeKind::jsonb}};
  const Cell wrong = Cell::of_text("{");
  CHECK_THROWS_AS(RowHasher(columns).hash(std::span(&wrong, 1)), Error);
}

// 64 KB is where the one-shot hash gives way to pieces; both sides of it, and each of its edges.
TEST_CASE("long rows hash the same in pieces") {
  const std::vector<std::pair<std::size_t, std::string>> cases{{65000, "350d3c40c660ee17ce0a97d700c220d1"},
                                                               {65510, "dbd8d218eb083cc1ada02948ea589a66"},
                                                               {65536, "41ae662a28791b35a16bcfd96adf3f23"},
                                                               {70000, "2ec22d40fb89365bf7a2e9b0d27a91e3"},
                                                               {300000, "62112f995ad3f299140390672a36fff4"}};
  for (const auto& [size, expected] : cases) {
    INFO(size);
    const std::string text(size, 'x');
    CHECK(hash({{"id", TypeKind::bigint, Cell::of_integer(7)},
                {"t", TypeKind::text, Cell::of_text(text)},
                {"u", TypeKind::text, Cell::of_text("tail")}}) == expected);
  }
}

TEST_CASE("a short row after a long one is not mixed up with it") {
  const std::vector<CanonicalColumn> columns{{"t", TypeKind::text}};
  RowHasher hasher(columns);
  const std::string text(200'000, 'x');
  const Cell long_cell = Cell::of_text(text);
  const Cell short_cell = Cell::of_text("a");
  const RowHash before = hasher.hash(std::span(&short_cell, 1));
  hasher.hash(std::span(&long_cell, 1));
  CHECK(hasher.hash(std::span(&short_cell, 1)) == before);
}

// Expected by Python's hashlib and struct from what canonical.h says.
TEST_CASE("with sha256 a row has that hash too, and a digest their sum") {
  const std::vector<CanonicalColumn> columns{{"id", TypeKind::bigint}, {"t", TypeKind::text}};
  RowHasher hasher(columns, true);
  const std::string long_text(200'000, 'x');
  const std::vector<std::vector<Cell>> rows{{Cell::of_integer(1), Cell::of_text("a")},
                                            {Cell::of_integer(2), Cell::of_null()},
                                            {Cell::of_integer(3), Cell::of_text(long_text)}};
  const std::vector<std::string> expected{"f926abea141cbb5c78217a16aaa6a596a09bbe126e3c675760975fb2e5a5ce1b",
                                          "c12c86b7068639ff532fb1c1b9540053bc6958ace5c33ccf6289548ee2352955",
                                          "a1d1e98605e4b166bbd7e0150012729f398492d8a432259db89e010287fcd282"};
  Digest digest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowHash hash = hasher.hash(rows[i]);
    CHECK(to_hex(hash.sha256) == expected[i]);
    CHECK(hash.xxh3 == RowHasher(columns).hash(rows[i]).xxh3);
    digest.add(hash);
  }
  CHECK(to_hex(digest.sha256) == "5c251c272087a6c287290bed640d18899689a997f831c9c47bbeb5444fd7c9f2");
  CHECK(digest_from(3, sums_to_text(digest)) == digest);
  CHECK_THROWS_AS(digest_from(3, sums_to_text(digest) + "0"), Error);
}

TEST_CASE("what stands beside one another cannot run together") {
  const auto two = [](const char* a, const char* b) {
    return hash({{"x", TypeKind::text, Cell::of_text(a)}, {"y", TypeKind::text, Cell::of_text(b)}});
  };
  CHECK(two("ab", "c") != two("a", "bc"));
  CHECK(hash({{"x", TypeKind::text, Cell::of_text("")}}) != hash({{"x", TypeKind::text, Cell::of_null()}}));
  CHECK(hash({{"x", TypeKind::text, Cell::of_text("a")}}) !=
        hash({{"y", TypeKind::text, Cell::of_text("a")}}));
}

TEST_CASE("digests add up in any order, and take away") {
  Digest whole;
  Digest part;
  Digest rest;
  const auto row = [](const char* text) {
    return RowHash{xxh3_128(text), hash256_from_hex(sha256_hex(text))};
  };
  for (const char* text : {"a", "b", "a"}) whole.add(row(text));
  part.add(row("a"));
  rest.add(row("a"));
  rest.add(row("b"));
  CHECK_FALSE(part == whole);
  Digest sum = rest;
  sum += part;
  CHECK(sum == whole);
  whole -= rest;
  CHECK(whole == part);
}

TEST_CASE("target cells in words") {
  const auto said = [](TypeKind kind, Cell cell) { return describe(ColumnType{kind, 0, -1, 0, ""}, cell); };
  CHECK(said(TypeKind::text, Cell::of_null()) == "null");
  CHECK(said(TypeKind::boolean, Cell::of_integer(1)) == "true");
  CHECK(said(TypeKind::integer, Cell::of_integer(-12)) == "-12");
  CHECK(said(TypeKind::real, Cell::of_real(0.1F)) == "0.1");
  CHECK(said(TypeKind::double_precision, Cell::of_real(-0.0)) == "-0");
  CHECK(said(TypeKind::double_precision, Cell::of_real(std::numeric_limits<double>::infinity())) ==
        "Infinity");
  CHECK(said(TypeKind::numeric, Cell::of_text("12.50")) == "12.50");
  CHECK(said(TypeKind::varchar, Cell::of_text("it's")) == "'it''s'");
  CHECK(said(TypeKind::bytea, Cell::of_blob("\x00\xff"s)) == "\\x00ff");
  CHECK(said(TypeKind::date, Cell::of_integer(20484)) == "2026-01-31");
  CHECK(said(TypeKind::time, Cell::of_integer(45296500000)) == "12:34:56.500000");
  CHECK(said(TypeKind::timestamp, Cell::of_integer(0)) == "1970-01-01 00:00:00");
  CHECK(said(TypeKind::timestamptz, Cell::of_integer(0)) == "1970-01-01 00:00:00+00:00");
  const std::string uuid = sixteen();
  CHECK(said(TypeKind::uuid, Cell::of_blob(uuid)) == "00010203-0405-0607-0809-0a0b0c0d0e0f");
  const std::string interval = "\xff\xff\xff\xff\xc8\x98\xf4\xa0\xff\xff\xff\xfd\x00\x00\x00\x0e"s;
  CHECK(said(TypeKind::interval, Cell::of_blob(interval)) == "14 mons -3 days -00:15:29.500000");
}

}  // namespace canonical_test
