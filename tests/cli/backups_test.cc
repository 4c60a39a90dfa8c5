// planrun backups: the snapshots of runs, proved, restored, and deleted when their time is over.
#include <fstream>

#include <nlohmann/json.hpp>

#include "support/migration.h"
#include "support/target_state.h"

namespace backups_test {

namespace fs = std::filesystem;
using namespace planrun::test;

namespace {

const std::string kSource = "create table t(id integer primary key, v text); insert into t values (1, 'a');";
const std::string kTable = "[table.t]\nfrom = \"s.t\"\n";

struct Backups {
  explicit Backups(Kind kind, const std::string& keys = "") : m(kind, kSource, kTable, keys) {
    REQUIRE(m.run().status == 0);
  }
  ProcessResult backups(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"backups", m.plan_file().string()});
    return run_planrun(more, m.state());
  }
  nlohmann::json list(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--format", "json"});
    return nlohmann::json::parse(backups(more).out)["snapshots"];
  }
  Migration m;
};

void check_retention(Kind kind) {
  Backups b(kind, "keep_snapshots_days = 30\n");
  const std::string first = b.list()[0]["file"];
  const auto roll_back = [&] {
    REQUIRE(run_planrun({"rollback", b.m.plan_file().string(), "--yes"}, b.m.state()).status == 0);
  };
  const auto make_older = [&](int days) {
    b.m.target("update " + b.m.ledger("run") + " set started_at = started_at - " + std::to_string(days) +
               " * 86400000000, finished_at = finished_at - " + std::to_string(days) + " * 86400000000");
  };
  roll_back();
  make_older(29);
  REQUIRE(b.m.run().status == 0);
  CHECK(fs::exists(first));
  const std::string second = b.list()[0]["file"];
  roll_back();
  make_older(2);
  // A passed run is what deletes; a second look at one does not.
  CHECK(fs::exists(first));
  const ProcessResult third = b.m.run();
  INFO(third.out << third.err);
  REQUIRE(third.status == 0);
  CHECK_FALSE(fs::exists(first));
  CHECK_FALSE(fs::exists(fs::path(first).parent_path()));
  CHECK(fs::exists(second));
  const auto list = b.list();
  REQUIRE(list.size() == 3);
  CHECK(list[1]["deleted_at"].is_null());
  CHECK(list[2]["deleted_at"].is_string());
  CHECK_FALSE(list[2]["is_there"]);
}

}  // namespace

TEST_CASE("backups are listed, verified and restored", "[backups]") {
  Backups b(Kind::sqlite);
  const auto list = b.list({"--verify"});
  REQUIRE(list.size() == 1);
  const std::string file = list[0]["file"];
  const std::string run = list[0]["run"];
  CHECK(list[0]["source"] == "s");
  CHECK(list[0]["sha256_agrees"] == true);
  CHECK(output_of({"sha256sum", file}).substr(0, 64) == list[0]["sha256"]);
  CHECK(list[0]["bytes"] == fs::file_size(file));
  CHECK_THAT(b.backups().out, ContainsSubstring(file));

  const fs::path copy = b.m.state().parent_path() / "copy.db";
  const std::vector<std::string> restore = {"--restore", "s", "--run", run, "-o", copy.string()};
  REQUIRE(b.backups(restore).status == 0);
  CHECK(sqlite3(copy, "select * from t") == "1|a");
  const ProcessResult again = b.backups(restore);
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("is not written over"));

  std::ofstream(file, std::ios::app) << "x";
  const ProcessResult changed = b.backups({"--verify"});
  CHECK(changed.status == 1);
  CHECK_THAT(changed.out, ContainsSubstring("DIFFERENT"));
  fs::remove(copy);
  CHECK(b.backups(restore).status == 1);
  CHECK_FALSE(fs::exists(copy));
  fs::resize_file(file, std::uintmax_t{8} << 40);  // with a hole
  const ProcessResult full = b.backups(restore);
  CHECK(full.status == 1);
  CHECK_THAT(full.err, ContainsSubstring("it takes 8.8 TB") && ContainsSubstring("make room"));
  fs::remove(file);
  CHECK_THAT(b.backups().out, ContainsSubstring("missing"));
  for (const auto& entry : fs::directory_iterator(copy.parent_path()))
    CHECK(entry.path().string().find("planrun-part") == std::string::npos);
}

TEST_CASE("backups: what the command line must say", "[backups]") {
  Backups b(Kind::sqlite);
  CHECK(b.backups({"--restore", "s"}).status == 2);
  CHECK(b.backups({"--restore", "other", "--run", b.list()[0]["run"], "-o", "x.db"}).status == 2);
  const ProcessResult wrong = b.backups({"--verify", "--run", "20000101T000000Z-0000"});
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("there is no run 20000101T000000Z-0000 of plan test"));
}

TEST_CASE("snapshots of ended runs are deleted when their time is over, SQLite", "[backups]") {
  check_retention(Kind::sqlite);
}
TEST_CASE("snapshots of ended runs are deleted when their time is over, PostgreSQL", "[backups][postgres]") {
  check_retention(Kind::postgresql);
}

}  // namespace backups_test
