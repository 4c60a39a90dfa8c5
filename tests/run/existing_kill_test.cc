// Loads into a table that exists, killed anywhere: run again they end as one that was never killed, and taken
// back they leave the rows of others as they were. The points are those of support/kill_preload.cc.
#include "support/kill_anywhere.h"

namespace existing_kill_test {

using namespace planrun::test;

namespace {

constexpr std::size_t kPoints = 4;

// Keys 1 to 6,000; of the 4,000 that are there, the even ones of 2,000 to 4,000 are equal already.
const std::string kSource =
    "create table people (id integer primary key, name text, score integer);"
    "with recursive i(x) as (select 1 union all select x + 1 from i where x < 6000)"
    " insert into people select x, 'person ' || x, x % 100 from i;";

const std::string kThere =
    "insert into people select x, case when x % 2 = 0 and x > 2000 then 'person ' || x else 'old ' || x end, "
    "x % 100, "
    "'kept' from ";

std::string plan(const std::string& write) {
  return "[table.people]\nexists = true\n[table.people.load.all]\nfrom = \"s.people\"\nwrite = \"" + write +
         "\"\nkey = [\"id\"]\n";
}

void make_table(const Migration& m) {
  m.target(
      "create table people (id bigint primary key not null, name text not null, score integer, "
      "note text default 'new')");
  m.target(m.kind() == Kind::postgresql
               ? kThere + "generate_series(1, 4000) as x"
               : "with recursive i(x) as (select 1 union all select x + 1 from i where x < 4000) " + kThere +
                     "i");
}

void check_killed(Kind kind, const std::string& write, const std::string& sums) {
  const std::string all =
      "select count(*), sum(score), sum(case when name like 'person %' then 1 else 0 end), "
      "sum(case when note = 'kept' then 1 else 0 end) from people";
  KilledRuns runs;
  runs.make = [&] {
    auto m = std::make_unique<Migration>(kind, kSource, plan(write));
    make_table(*m);
    return m;
  };
  runs.usual_points = kPoints;
  runs.look_at_whole = [&](const Migration& m) { REQUIRE(m.target(all) == sums); };
  kill_anywhere(runs);
}

}  // namespace

// sum(x % 100) for 1 to 6,000 is 60 * 4,950.
TEST_CASE("kill: an upsert, into SQLite", "[slow][kill]") {
  check_killed(Kind::sqlite, "upsert", "6000|297000|6000|4000");
}
TEST_CASE("kill: an upsert, into PostgreSQL", "[slow][kill][postgres]") {
  check_killed(Kind::postgresql, "upsert", "6000|297000|6000|4000");
}
TEST_CASE("kill: a replace, into SQLite", "[slow][kill]") {
  check_killed(Kind::sqlite, "replace", "6000|297000|6000|0");
}
TEST_CASE("kill: a replace, into PostgreSQL", "[slow][kill][postgres]") {
  check_killed(Kind::postgresql, "replace", "6000|297000|6000|0");
}

}  // namespace existing_kill_test
