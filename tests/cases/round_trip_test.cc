// PostgreSQL as a source: into SQLite, into PostgreSQL and back again, with nothing changed on the way.
#include "support/support.h"

namespace round_trip_test {

using namespace planrun::test;

namespace {

// Of one table each way the same plan: [table.NAME] inherits.
std::string plan_of(const std::string& name, const std::string& source, const std::string& target,
                    const std::string& tables) {
  return "[plan]\nname = \"" + name + "\"\n[source.s]\nurl = \"" + source + "\"\n[target.t]\nurl = \"" +
         target + "\"\n" + tables;
}

class RoundTrip {
 public:
  ProcessResult run(const std::string& name, const std::string& source, const std::string& target,
                    const std::string& tables, std::vector<std::string> arguments = {}) {
    const auto file = folder_ / (name + ".toml");
    write_file(file, plan_of(name, source, target, tables));
    arguments.insert(arguments.begin(), file.string());
    return run_planrun(arguments, folder_ / "state");
  }
  void pass(const std::string& name, const std::string& source, const std::string& target,
            const std::string& tables) {
    const ProcessResult result = run(name, source, target, tables);
    INFO(name << "\n" << result.out << result.err);
    REQUIRE(result.status == 0);
  }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  std::string sqlite_url(const std::string& name) const { return "sqlite:" + file(name).string(); }

 private:
  TempFolder folder_;
};

// Every type that both can hold, with the values at its ends.
constexpr const char* kTypes = R"~(
create table everything (
  id bigint primary key, b boolean, i2 smallint, i4 integer, i8 bigint, f4 real, f8 double precision,
  n numeric(20,5), m numeric, t text not null default '', v varchar(20), c char(5), x bytea, d date, h time,
  ts timestamp, tz timestamptz, p interval, u uuid, j json, k jsonb, a text[], ip inet, r int4range, q int[]);
insert into everything values
 (-9223372036854775808, false, -32768, -2147483648, -9223372036854775808, -3.4028235e38, -1.7976931348623157e308,
  -99999999999.99999, -123456789.5, '', '', '', '', '0001-01-01', '00:00', '0001-01-01 00:00:00',
  '0001-01-01 00:00:00+00', '-1 year -2 mons +3 days -04:05:06.789', '00000000-0000-0000-0000-000000000000',
  '{"a": 1,  "a": 2}', '{"b": [1, 2.50, null], "a": "x"}', '{}', '127.0.0.1/8', '[1,5)', '{1,NULL,3}'),
 (-1, null, null, null, null, null, null, null, null, 'at no time', null, null, null, '-infinity', null, 'infinity', '-infinity',
  null, null, null, null, null, null, null, null),
 (0, null, null, null, null, null, null, null, null, 'only t', null, null, null, null, null, null, null, null,
  null, null, null, null, null, null, null),
 (9223372036854775807, true, 32767, 2147483647, 9223372036854775807, 0.1, 5e-324, 99999999999.125,
  1e100, E'Zürich 東京 \U0001F680\n\t"\\''', 'äöüß', 'ab', '\x00ff80', '9999-12-31', '23:59:59.999999',
  '9999-12-31 23:59:59.999999', '2026-07-01 12:00:00.000001+05:30', 'P1Y2M3DT4H5M6.5S',
  'ffffffff-ffff-ffff-ffff-ffffffffffff', '[]', '"\u00fc"', '{"a,b","quo\"te",NULL,""}', '::1', 'empty', '{}');
)~";

// `storage = "text"` keeps what no double prints.
constexpr const char* kIntoSqlite = R"~(
[table.everything]
from = "s.everything"
[table.everything.columns]
n = { type = "numeric(20,5)", storage = "text" }
m = { type = "numeric", storage = "text" }
"*" = "inherit"
)~";
// SQLite's declarations say less than the types: the way back names them.
constexpr const char* kBack = R"~(
[table.everything]
from = "s.everything"
[table.everything.columns]
id = "bigint primary key"
b = "boolean"
i2 = "smallint"
i4 = "integer"
i8 = "bigint"
f4 = "real"
f8 = "double precision"
n = "numeric(20,5)"
m = "numeric"
t = "text not null default ''"
v = "varchar(20)"
c = "char(5)"
x = "bytea"
d = "date"
h = "time"
ts = "timestamp"
tz = "timestamptz"
p = "interval"
u = "uuid"
j = "json"
k = "jsonb"
a = "text[]"
ip = "inet"
r = "int4range"
q = "integer[]"
)~";

std::string columns_text() {
  return "id,b,i2,i4,i8,f4,f8,n,m,t,v,c,x,d,h,ts,tz,p,u,j,k,a,ip,r,q";
}

std::string all_of(const TempPostgres& database, const std::string& columns, const std::string& table) {
  return database.psql("copy (select " + columns + " from " + table + " order by 1) to stdout");
}

std::string digest_of(const TempPostgres& database, const std::string& plan) {
  return database.psql(
      "select string_agg(digest_rows || ' ' || digest_sum, ',' order by load) from planrun.chunk k "
      "join planrun.run r on r.id = k.run where r.plan = '" +
      plan + "'");
}

}  // namespace

TEST_CASE("PostgreSQL to SQLite and back again is the same, of every type", "[cases][postgres]") {
  TempPostgres from;
  TempPostgres to;
  from.psql(kTypes);
  RoundTrip trip;
  trip.pass("out", from.url(), trip.sqlite_url("middle.db"), kIntoSqlite);
  trip.pass("back", trip.sqlite_url("middle.db"), to.url(), kBack);
  CHECK(all_of(to, columns_text(), "everything") == all_of(from, columns_text(), "everything"));
  // As sqlite3 shows it: hand-worked values of the last row.
  CHECK(sqlite3(trip.file("middle.db"),
                "select i8, f8, n, hex(x), ts, tz, u, a from everything where id > 0") ==
        "9223372036854775807|4.94065645841247e-324|99999999999.125|00FF80|9999-12-31 23:59:59.999999|"
        "2026-07-01 "
        "06:30:00.000001+00:00|ffffffff-ffff-ffff-ffff-ffffffffffff|[\"a,b\",\"quo\\\"te\",null,\"\"]");
  // And the direct way gives the digest of the way round.
  TempPostgres direct;
  trip.pass("direct", from.url(), direct.url(), kBack);
  CHECK(all_of(direct, columns_text(), "everything") == all_of(from, columns_text(), "everything"));
  CHECK(digest_of(direct, "direct") == digest_of(to, "back"));
}

}  // namespace round_trip_test
