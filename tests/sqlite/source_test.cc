// Opening a source changes nothing, whatever state the file is in; a damaged file is never a short read.
#include <csignal>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include "sqlite/fixture.h"

namespace planrun::test::source_test {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

const std::atomic<bool> kNever{false};

/// Reads all that there is: schema, ranges, rows, a query, the state.
Lines read_everything(const fs::path& file, const std::string& column = "a") {
  const auto database = open_sqlite_source(file);
  const auto source = database->connect();
  source->tables();
  database->check_integrity(kNever);
  source->query("select count(*) from t");
  database->state();
  Lines lines;
  for (const auto& range : source->ranges("t", 2)) {
    for (const auto& line : read_lines(*source, columns_of("t", {column}), range)) lines.push_back(line);
  }
  return lines;
}

struct OpenCase {
  std::string name;
  std::function<void(const fs::path&)> make;
  Lines expected;
  std::string notice;
};

std::vector<OpenCase> open_cases() {
  return {
      {"plain",
       [](const fs::path& f) { sqlite3(f, "create table t(a); insert into t values (1),(2)"); },
       {"1", "2"},
       ""},
      {"WAL mode, no WAL",
       [](const fs::path& f) {
         sqlite3(f, "pragma journal_mode=wal; create table t(a); insert into t values (1)");
       },
       {"1"},
       ""},
      {"WAL left by a crash",
       [](const fs::path& f) {
         leave_crashed(f,
                       "pragma journal_mode=wal; pragma wal_autocheckpoint=0; create table t(a); insert into "
                       "t values (1),(7);");
         REQUIRE(fs::file_size(f.string() + "-wal") > 0);
       },
       {"1", "7"},
       "a WAL of"},
      {"WAL without its shm",
       [](const fs::path& f) {
         leave_crashed(f, "pragma journal_mode=wal; create table t(a); insert into t values (1),(7);");
         fs::remove(f.string() + "-shm");
       },
       {"1", "7"},
       "private copy"},
      {"hot journal",
       [](const fs::path& f) {
         sqlite3(f, "create table t(a); insert into t values (1),(2)");
         leave_crashed(
             f,
             "pragma cache_size=1; pragma cache_spill=1; begin; update t set a = 9; insert into t select "
             "hex(randomblob(900)) from "
             "(with recursive n(i) as (select 1 union all select i+1 from n where i<3000) select i from n);");
         REQUIRE(fs::file_size(f.string() + "-journal") > 0);
       },
       {"1", "2"},
       "rolled back on a private copy"},
      {"odd name",
       [](const fs::path& f) { sqlite3(f, "create table t(a); insert into t values (3)"); },
       {"3"},
       ""},
  };
}

TEST_CASE("opening and reading a source leaves every byte, mtime and file as it was") {
  for (const auto& c : open_cases()) {
    INFO(c.name);
    TempFolder folder;
    const fs::path data = folder / "data";
    fs::create_directory(data);
    const fs::path file = data / (c.name == "odd name" ? "a b%20?#é.db" : "s.db");
    c.make(file);
    const auto before = folder_state(data);
    CHECK(read_everything(file) == c.expected);
    CHECK(folder_state(data) == before);
    Lines notices = open_sqlite_source(file)->notices();
    CHECK(notices.size() == (c.notice.empty() ? 0 : 1));
    if (!c.notice.empty()) CHECK_THAT(join(notices, ""), ContainsSubstring(c.notice));
    // A snapshot holds the same, and taking it changes nothing either.
    const auto database = open_sqlite_source(file);
    const fs::path copy = folder / "snapshot.db";
    std::vector<std::int64_t> grown;
    const Snapshot snapshot = database->snapshot(copy, [&](const fs::path& at, std::int64_t bytes) {
      if (bytes > 0) CHECK(fs::file_size(at) == static_cast<std::uintmax_t>(bytes));
      grown.push_back(bytes);
    });
    CHECK(folder_state(data) == before);
    CHECK(snapshot.bytes == static_cast<std::int64_t>(fs::file_size(copy)));
    CHECK(!fs::exists(copy.string() + ".partial"));
    CHECK(read_lines(*database->at_snapshot(copy)->connect(), columns_of("t", {"a"})) == c.expected);
    CHECK(sqlite3(copy, "pragma integrity_check") == "ok");
    const bool stands_alone = !fs::exists(file.string() + "-wal") && !fs::exists(file.string() + "-journal");
    if (stands_alone) CHECK(run_process({"cmp", file.string(), copy.string()}).status == 0);
    // What is told to grow is told to its end.
    CHECK(grown.front() == 0);
    if (grown.size() > 1) CHECK(grown.back() == snapshot.bytes);
    if (stands_alone) CHECK(grown.size() > 1);
  }
}

TEST_CASE("a snapshot of a database with a page at SQLite's lock byte, one GB into the file, is whole",
          "[slow]") {
  TempFolder folder;
  const fs::path file = folder / "s.db";
  // Pages that are only reserved are holes in the file: little is written.
  sqlite3(file,
          "pragma journal_mode=off; pragma page_size=65536; create table t(a);"
          "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1100)"
          " insert into t select zeroblob(1000000) from n");
  REQUIRE(fs::file_size(file) > std::uintmax_t{1} << 30);
  const fs::path copy = folder / "snapshot.db";
  open_sqlite_source(file)->snapshot(copy, {});
  CHECK(sqlite3(copy, "select count(*), sum(length(a)) from t; pragma quick_check") == "1100|1100000000\nok");
}

TEST_CASE("a source that a living program has open in WAL mode is read with its WAL, unchanged") {
  TempFolder folder;
  const fs::path data = folder / "data";
  fs::create_directory(data);
  sqlite3(data / "s.db", "pragma journal_mode=wal; create table t(a)");
  int to_shell[2];
  REQUIRE(pipe(to_shell) == 0);
  const pid_t shell = fork();
  if (shell == 0) {
    dup2(to_shell[0], 0);
    close(to_shell[1]);
    execlp("sqlite3", "sqlite3", (data / "s.db").c_str(), nullptr);
    _exit(127);
  }
  close(to_shell[0]);
  const std::string sql =
      "insert into t values (1),(2);\n.shell touch '" + (folder / "ready").string() + "'\n";
  REQUIRE(write(to_shell[1], sql.data(), sql.size()) == static_cast<ssize_t>(sql.size()));
  for (int i = 0; i < 200 && !fs::exists(folder / "ready"); ++i) usleep(20'000);
  const auto before = folder_state(data);
  CHECK(read_everything(data / "s.db") == Lines{"1", "2"});
  CHECK(folder_state(data) == before);
  close(to_shell[1]);
  waitpid(shell, nullptr, 0);
}

TEST_CASE("the state differs once the file was written") {
  TempFolder folder;
  sqlite3(folder / "s.db", "create table t(a)");
  const auto database = open_sqlite_source(folder / "s.db");
  const std::string before = database->state().text;
  CHECK(database->state().text == before);
  sqlite3(folder / "s.db", "insert into t values (1)");
  CHECK(database->state().text != before);
}

TEST_CASE("what is no readable database is refused by name") {
  TempFolder folder;
  const std::string database = [&] {
    sqlite3(folder / "good.db",
            "create table t(a); with recursive n(i) as (select 1 union all select i+1 from n where i<5000) "
            "insert into t "
            "select hex(zeroblob(100)) from n");
    return read_file(folder / "good.db");
  }();
  write_file(folder / "empty.db", "");
  write_file(folder / "text.db", std::string(5000, 'x'));
  write_file(folder / "short.db", database.substr(0, 50));
  write_file(folder / "cut.db", database.substr(0, database.size() / 2));
  fs::create_directory(folder / "folder.db");
  const std::map<std::string, std::string> cases = {{"missing.db", "No such file"},
                                                    {"empty.db", "is empty"},
                                                    {"text.db", "not a SQLite database, or it is encrypted"},
                                                    {"short.db", "not a SQLite"},
                                                    {"cut.db", "is cut short"},
                                                    {"folder.db", "is a folder"}};
  for (const auto& [name, words] : cases) {
    INFO(name);
    const std::string message =
        error_of([&, &name = name] { open_sqlite_source(folder / name); }, ErrorCode::source);
    CHECK_THAT(message, ContainsSubstring(words));
    CHECK_THAT(message, ContainsSubstring(name));
  }
  CHECK(!fs::exists(folder / "missing.db"));
}

TEST_CASE("a damaged page is an error, never a short read") {
  TempFolder folder;
  sqlite3(folder / "s.db",
          "create table t(a); with recursive n(i) as (select 1 union all select i+1 from n where i<5000) "
          "insert into t "
          "select printf('%0100d', i) from n");
  // A leaf in the middle: page 50 of 4096 bytes is overwritten.
  std::fstream file(folder / "s.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(49 * 4096);
  file << std::string(4096, '\xff');
  file.close();
  const auto database = open_sqlite_source(folder / "s.db");
  CHECK_THAT(error_of([&] { read_lines(*database->connect(), columns_of("t", {"a"})); }, ErrorCode::source),
             ContainsSubstring("malformed"));
  CHECK_THAT(error_of([&] { database->check_integrity(kNever); }, ErrorCode::source),
             ContainsSubstring("is damaged"));
}

TEST_CASE("an index that lacks rows does not change what is read") {
  for (const std::string kind : {"", " without rowid"}) {
    INFO(kind);
    TempFolder folder;
    const auto file = folder / "s.db";
    sqlite3(file,
            "create table t(a int primary key, b)" + kind +
                "; with recursive n(i) as (select 1 union all select i+1 from n where i<500) insert into t "
                "select i, i from n; create index i on t(a)");
    sqlite3(file,
            "pragma writable_schema=on; create table kept as select * from sqlite_schema where name='i'; "
            "delete from sqlite_schema where name='i'");
    sqlite3(file, "insert into t values (1001,1),(1002,2),(1003,3)");
    sqlite3(file, "pragma writable_schema=on; insert into sqlite_schema select * from kept");
    REQUIRE(sqlite3(file, "select count(*) from (select a from t indexed by i)") == "500");
    const auto source = open_sqlite_source(file)->connect();
    CHECK(read_lines(*source, columns_of("t", {"a"})).size() == 503);
    CHECK(source->ranges("t", 100).size() >= 1);
  }
}

TEST_CASE("a link to a database is read with the WAL of what it leads to") {
  TempFolder folder;
  const auto real = folder / "real/s.db";
  fs::create_directory(real.parent_path());
  sqlite3(folder / "live.db",
          "pragma journal_mode = wal; create table t(a text); insert into t values ('in the file')");
  const std::string live = (folder / "live.db").string();
  run_process({"sqlite3", live}, {},
              "insert into t values ('in the WAL');\n.shell cp '" + live + "' '" + real.string() + "'; cp '" +
                  live + "-wal' '" + real.string() + "-wal'\n");
  REQUIRE(fs::file_size(real.string() + "-wal") > 0);
  fs::create_symlink("real/s.db", folder / "link.db");
  const auto database = open_sqlite_source(folder / "link.db");
  CHECK(read_lines(*database->connect(), columns_of("t", {"a"})).size() == 2);
  const std::string before = database->state().text;
  CHECK(before == open_sqlite_source(real)->state().text);
  sqlite3(real, "insert into t values ('later')");
  CHECK(database->state().text != before);
}

TEST_CASE("damage is what rows may be lost by, and not that of an index") {
  const std::string rows =
      "; with recursive n(i) as (select 1 union all select i+1 from n where i<5000) "
      "insert into t select i, printf('%0100d', i) from n; create index of_b on t(b)";
  const auto said = [](const fs::path& file) {
    return error_of([&] { open_sqlite_source(file)->check_integrity(kNever); }, ErrorCode::source);
  };
  const auto root_of = [](const fs::path& file, const std::string& name) {
    return std::stoul(sqlite3(file, "select rootpage from sqlite_schema where name = '" + name + "'"));
  };
  for (const std::string kind : {"", " without rowid"}) {
    INFO(kind);
    TempFolder folder;
    const auto lost = folder / "lost.db";
    sqlite3(lost, "create table t(a integer primary key, b text)" + kind + rows);
    CHECK_NOTHROW(open_sqlite_source(lost)->check_integrity(kNever));
    fs::copy_file(lost, folder / "index.db");
    lose_leaf(lost, root_of(lost, "t"));
    CHECK(sqlite3(lost, "select count(b) < 5000 from t where a > 0") == "1");
    CHECK_THAT(said(lost), ContainsSubstring("lost.db is damaged") && ContainsSubstring("is never used"));
    lose_leaf(folder / "index.db", root_of(lost, "of_b"));
    CHECK(sqlite3(folder / "index.db", "select count(*) < 5000 from t indexed by of_b where b > ''") == "1");
    // In a table without rowids rows stand on pages of an index's kind: which it was cannot be told.
    if (kind.empty()) {
      CHECK_NOTHROW(open_sqlite_source(folder / "index.db")->check_integrity(kNever));
    } else {
      CHECK_THAT(said(folder / "index.db"), ContainsSubstring("is never used"));
    }
  }
}

TEST_CASE("the catalog tells tables, columns, sequences and kinds apart") {
  TempFolder folder;
  sqlite3(folder / "s.db",
          "create table t(id integer primary key autoincrement, a varchar(3) not null, g as (a||'x'), h "
          "generated always as (id+1) stored);"
          "insert into t(id, a) values (7,'a'); delete from t; insert into t(id,a) values (3,'b');"
          "create table w(x text, y int, primary key(y, x)) without rowid;"
          "create view v as select a from t; create view broken as select * from gone;"
          "create virtual table f using fts5(body); insert into f values ('hello')");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  std::map<std::string, SourceTable> tables;
  for (const auto& table : source->tables()) tables[table.name] = table;
  const SourceTable& t = tables.at("t");
  CHECK(t.sequences == std::map<std::string, std::int64_t>{{"id", 7}});
  CHECK(t.estimated_rows == 1);
  REQUIRE(t.columns.size() == 4);
  CHECK(t.columns[0].primary_key == 1);
  CHECK(t.columns[1].declared == "varchar(3)");
  CHECK(t.columns[1].not_null);
  CHECK(t.columns[2].generated);
  CHECK(t.columns[3].generated);
  CHECK(tables.at("w").key == Lines{"y", "x"});
  CHECK(tables.at("w").columns[0].primary_key == 2);
  CHECK(tables.at("v").kind == SourceTableKind::view);
  CHECK(tables.at("broken").columns.empty());
  CHECK(tables.at("f").kind == SourceTableKind::virtual_table);
  CHECK(tables.at("f").columns.size() == 1);
  CHECK(tables.at("f_data").kind == SourceTableKind::shadow);
  CHECK(!tables.contains("sqlite_sequence"));
  CHECK(read_lines(*source, columns_of("t", {"g", "h"})) == Lines{"'bx'|4"});
  CHECK(read_lines(*source, columns_of("f", {"body"})) == Lines{"'hello'"});
  CHECK_THAT(error_of([&] { source->read(columns_of("t", {"colum"}), {}); }, ErrorCode::source),
             ContainsSubstring("has no column"));
}

TEST_CASE("a row is found again as lossless JSON") {
  TempFolder folder;
  sqlite3(folder / "s.db",
          "create table t(a, b, c, d, e); insert into t values (1, 0.1, 'x''\"', x'00ff', null), (2, null, "
          "cast(x'ff' as text), '', 9)");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  CHECK(source->row_as_json("t", rowid_key(1)) ==
        R"({"a":1,"b":{"real":"0.1"},"c":"x'\"","d":{"blob":"00ff"},"e":null})");
  CHECK(source->row_as_json("t", rowid_key(2)) == R"({"a":2,"b":null,"c":{"text":"ff"},"d":"","e":9})");
  CHECK(source->row_as_json("t", rowid_key(3)) == "");
}

TEST_CASE("a query gives texts: numbers in full digits") {
  TempFolder folder;
  sqlite3(folder / "s.db", "create table t(a); insert into t values (1)");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  const QueryResult result =
      source->query("select 9223372036854775807 as big, 1e23, 0.1, 'x', x'0f', null, 100.0");
  CHECK(result.columns[0] == "big");
  using Row = std::vector<std::optional<std::string>>;
  CHECK(result.rows == std::vector<Row>{{"9223372036854775807", "100000000000000000000000", "0.1", "x",
                                         "\\x0f", std::nullopt, "100"}});
  CHECK_THAT(error_of([&] { source->query("select gone from t"); }, ErrorCode::source),
             ContainsSubstring("no such column"));
  CHECK_THAT(error_of([&] { source->query("insert into t values (2)"); }, ErrorCode::source),
             ContainsSubstring("readonly"));
  CHECK_THAT(error_of([&] { source->query("select 1; select 2"); }, ErrorCode::source),
             ContainsSubstring("one statement"));
}

}  // namespace
}  // namespace planrun::test::source_test
