// Loads that a thread of their own writes into SQLite while tables are proved beside it, killed anywhere.
#include "support/kill_anywhere.h"

namespace writer_kill_test {

using namespace planrun::test;

namespace {

const std::string kRows =
    "create table makers (id integer primary key, name text);"
    "create table parts (id integer primary key, maker integer, label text);"
    "with recursive i(x) as (select 1 union all select x + 1 from i where x < 30000)"
    " insert into makers select x, 'a maker with the number ' || x from i;"
    "with recursive i(x) as (select 1 union all select x + 1 from i where x < 60000)"
    " insert into parts select x, 1 + x % 30000, 'a part with the number ' || x from i;";

const std::string kTables =
    "[table.makers]\nfrom = \"s.makers\"\n[table.makers.columns]\nid = \"bigint primary key\"\n"
    "name = \"text not null unique\"\n"
    "[table.parts]\nfrom = \"s.parts\"\n[table.parts.columns]\nid = \"serial primary key\"\n"
    "maker = \"bigint not null references makers (id)\"\nlabel = \"text\"\n"
    "[table.parts.index]\nparts_maker = \"(maker)\"\nparts_label = \"(label)\"\n";

}  // namespace

// 30,000 and 60,000 rows; every maker has two parts.
TEST_CASE("kill: many rows into SQLite, proved while others are written, anywhere", "[slow][kill]") {
  KilledRuns runs;
  runs.make = [] { return std::make_unique<Migration>(Kind::sqlite, kRows, kTables); };
  runs.look_at_whole = [](const Migration& m) {
    REQUIRE(m.target("select (select count(*) from makers), count(*), count(distinct maker), sum(id) from "
                     "parts") == "30000|60000|30000|1800030000");
  };
  kill_anywhere(runs);
}

}  // namespace writer_kill_test
