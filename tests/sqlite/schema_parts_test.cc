// What of a schema is neither table nor column is told once each, however oddly it was written.
#include <algorithm>

#include "sqlite/fixture.h"

namespace planrun::test::schema_parts_test {
namespace {

using Lines = std::vector<std::string>;

/// "KIND NAME TABLE(COLUMNS) unique: SQL" of each, sorted.
Lines parts_of(const std::string& sql) {
  const TempFolder folder;
  sqlite3(folder / "s.db", sql);
  static const char* const kKinds[] = {"key",       "unique",  "foreign key", "check",
                                       "not null",  "default", "collation",   "numbering",
                                       "generated", "index",   "trigger",     "view"};
  Lines lines;
  for (const auto& part : open_sqlite_source(folder / "s.db")->connect()->schema_parts()) {
    std::string line = kKinds[static_cast<int>(part.kind)];
    if (!part.name.empty()) line += " " + part.name;
    if (!part.table.empty()) line += " " + part.table + "(" + join(part.columns, ",") + ")";
    if (part.unique) line += " unique";
    if (part.kind != SchemaPartKind::view && part.kind != SchemaPartKind::trigger && !part.sql.empty())
      line += ": " + part.sql;
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

TEST_CASE("schema parts: CHECKs are found in the text of their table, and only there") {
  CHECK(parts_of("create table t(a int check (a > 0 and (a < 9 or a in (11, 12))), -- check (comment)\n"
                 "\"check\" text default 'check (x)', /* check (y) */ [check (z)] text, checked int,\n"
                 "c text constraint c_is\n CHECK\n(\n c <> ')' \n  and c <> 'it''s ('), check (a <> 5))") ==
        Lines{"check t(): a <> 5", "check t(): a > 0 and (a < 9 or a in (11, 12))",
              "check t(): c <> ')' and c <> 'it''s ('", "default t(check): 'check (x)'"});
}

TEST_CASE("schema parts: keys, constraints, indexes, triggers and views") {
  CHECK(parts_of("create table p(id integer primary key, n text not null collate nocase, d int default null, "
                 "g int as (id + 1));"
                 "create table t(a int, b text, primary key (b, a), unique (a),"
                 " foreign key (a, b) references p(id, n), foreign key (a) references p) without rowid;"
                 "create index t_a on t(a, b); create unique index t_l on t(lower(b), a);"
                 "create index t_p on t(b) where a > 1;"
                 "create view v as select 1 as x; create trigger r after insert on t begin select 1; end;") ==
        Lines{"collation p(n): nocase", "foreign key t(a)", "foreign key t(a,b)", "generated p(g): id + 1",
              "index t_a t(a,b): CREATE INDEX t_a on t(a, b)",
              "index t_l t() unique: CREATE UNIQUE INDEX t_l on t(lower(b), a)",
              "index t_p t(): CREATE INDEX t_p on t(b) where a > 1", "key p(id)", "key t(b,a)",
              "not null p(n)", "numbering p(id)", "trigger r t()", "unique t(a) unique", "view v"});
}

TEST_CASE("a lone surrogate of a UTF-16 database is no UTF-8, and a pair is a character") {
  const TempFolder folder;
  for (const std::string encoding : {"UTF-16le", "UTF-16be"}) {
    INFO(encoding);
    const bool little = encoding == "UTF-16le";
    const std::string lone = little ? "00d84100" : "d8000041";
    const std::string pair = little ? "3dd800de" : "d83dde00";
    sqlite3(folder / (encoding + ".db"), "pragma encoding = '" + encoding +
                                             "'; create table t(v text); insert into t values (cast(x'" +
                                             lone + "' as text)), (cast(x'" + pair + "' as text)), ('ä€');");
    const auto source = open_sqlite_source(folder / (encoding + ".db"))->connect();
    CHECK(read_lines(*source, columns_of("t", {"v"})) == Lines{"'\xED\xA0\x80"
                                                               "A'",
                                                               "'😀'", "'ä€'"});
    CHECK(source->row_as_json("t", rowid_key(1)) == R"({"v":{"text":"eda08041"}})");
  }
}

}  // namespace planrun::test::schema_parts_test
