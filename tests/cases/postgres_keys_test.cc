// Tables of a PostgreSQL source by the type of the key that they are read by: whatever it is, the rows come
// in the key's own order, so that a chunk may end behind any of them.
#include "cases/postgres_pair.h"

namespace postgres_keys_test {

using namespace planrun::test;

namespace {

struct KeyType {
  std::string type;
  std::string of_number;  // a key from i
};

// Keys that travel as texts; of most the order of the texts is another one than that of the values.
const std::vector<KeyType> kCut = {
    {"numeric", "i"},
    {"varchar(9)", "'k' || 5000 - i"},
    {"interval", "make_interval(mins => i)"},
    {"inet", "'10.0.0.0'::inet + i"},
    {"timestamptz", "'2024-01-01 00:00:00.5+00'::timestamptz + make_interval(secs => i / 10.0)"},
    {"mood", "(array['a', 'd', 'c', 'b', 'e'])[i / 300 + 1]::mood"},
};

const std::vector<KeyType> kRead = {
    {"char(4)", "i"},
    {"boolean", "i % 2 = 0"},
    {"real", "i"},
    {"double precision", "i"},
    {"bytea", "('x' || i)::bytea"},
    {"jsonb", "to_jsonb(i)"},
    {"money", "i"},
    {"numeric(10,2)", "i"},
};

std::string name_of(std::size_t place) {
  return "t" + std::to_string(place);
}

}  // namespace

TEST_CASE("chunks end behind any row, whatever the type of the key", "[cases][postgres]") {
  std::string source = "create type mood as enum ('e', 'd', 'c', 'b', 'a');";
  std::string tables;
  for (std::size_t i = 0; i < kCut.size(); ++i) {
    const std::string table = name_of(i);
    // A second column makes the enum's key whole.
    source += "create table " + table + " (k " + kCut[i].type + ", n int, primary key (k, n)); insert into " +
              table + " select " + kCut[i].of_number + ", i from generate_series(0, 1499) i;";
    tables += "[table." + table + "]\nfrom = \"s." + table + "\"\n[table." + table +
              ".columns]\nk = \"text not null\"\nn = \"int primary key\"\n";
  }
  PostgresPair s(source);
  s.write_plan(tables);
  passes(s.run({"--rate", "1000 rows/s"}));
  CHECK(s.psql("select count(*) > 6 from planrun.chunk") == "t");
  for (std::size_t i = 0; i < kCut.size(); ++i) {
    const std::string rows = "select count(*), sum(n), md5(string_agg(k::text, ',' order by n)) from ";
    INFO(kCut[i].type);
    CHECK(s.psql("set timezone = 'UTC'; " + rows + "dst." + name_of(i)) ==
          s.psql("set timezone = 'UTC'; " + rows + "src." + name_of(i)));
  }
}

TEST_CASE("a key of any type is read", "[cases][postgres]") {
  std::string source;
  std::string tables;
  for (std::size_t i = 0; i < kRead.size(); ++i) {
    const std::string table = name_of(i);
    source += "create table " + table + " (k " + kRead[i].type + " primary key); insert into " + table +
              " select " + kRead[i].of_number + " from generate_series(0, 1) i;";
    tables += "[table." + table + "]\nfrom = \"s." + table + "\"\n";
  }
  PostgresPair s(source);
  s.write_plan(tables);
  passes(s.run());
  for (std::size_t i = 0; i < kRead.size(); ++i)
    CHECK(s.psql("select count(*) from dst." + name_of(i)) == "2");
}

TEST_CASE("the row on which an expression fails is named, whatever the order of its key",
          "[cases][postgres]") {
  PostgresPair s(
      "create type mood as enum ('z', 'y', 'x', 'w', 'v'); create table e (k mood primary key, d int);"
      "insert into e values ('z', 1), ('y', 0), ('x', 2), ('w', 5), ('v', 10)");
  s.write_plan(
      "[table.e]\nfrom = \"s.e\"\non_reject = \"keep\"\n[table.e.columns]\nk = \"text primary key\"\nd = { "
      "type = \"int\", expr = \"10 / d\" }\n");
  passes(s.run());
  CHECK(s.psql("select k, d from dst.e order by k") == "v|1\nw|2\nx|5\nz|10");
  CHECK(s.psql("select key from planrun.reject") == "[\"y\"]");
}

}  // namespace postgres_keys_test
