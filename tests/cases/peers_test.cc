// What other tools lose, as cases: every row, value and part of a schema arrives, or is named with a status
// that is not 0. docs/peers.md shows the same cases.
#include <algorithm>
#include <set>

#include "cases/peer_cases.h"
#include "support/support.h"

namespace peers_test {

namespace fs = std::filesystem;
using namespace planrun::test;

namespace {

const fs::path kCases = PLANRUN_SOURCE_DIR "/tests/cases/peers";

std::string schema_of(const PeerCase& one) {
  std::string schema = "c_" + one.id;
  std::ranges::replace(schema, '-', '_');
  return schema;
}

/// All cases share a database, each in a schema of its own; the shell runs them, two at a time.
class PeerRun {
 public:
  explicit PeerRun(const std::vector<PeerCase>& cases) : cases_(cases) {
    std::string sql = "create extension citext;";
    for (const auto& one : cases_) sql += "create schema " + schema_of(one) + ";";
    database_.psql(sql);
    for (const auto& one : cases_) prepare(one);
  }

  void run() {
    const ProcessResult r = run_process(
        {"sh", "-c",
         "cd '" + folder_.path().string() + "' && ls -d */ | xargs -P 2 -I '{}' sh -e '{}run.sh'"});
    INFO(r.out << r.err);
    CHECK(r.status == 0);
  }

  void check(const PeerCase& one) const {
    INFO(one.id << ": " << one.title);
    const auto found = [&](const char* name) {
      std::string text = read_file(folder_ / one.id / name);
      if (text.ends_with("\n")) text.pop_back();
      return text;
    };
    const std::string out = found("out");
    INFO(out);
    CHECK(found("status") == std::to_string(one.status));
    for (const auto& line : one.says) CHECK_THAT(out, ContainsSubstring(line));
    CHECK(found("given") == one.gives);
    CHECK(found("before") == found("after"));  // no file is made or changed beside the source
    CHECK(found("killed_not").empty());
  }

 private:
  void prepare(const PeerCase& one) {
    const fs::path folder = folder_ / one.id;
    fs::create_directories(folder / "data");
    write_file(folder / "source.sql", one.source);
    write_file(folder / "before.sql", "set search_path = " + schema_of(one) + ", public;\n" + one.before);
    write_file(folder / "query.sql", "set search_path = " + schema_of(one) + ", public;\n" + one.query);
    write_file(folder / "plan_head", "[plan]\nname = \"" + one.id +
                                         "\"\n[source.s]\nurl = \"sqlite:data/source.db\"\n" +
                                         one.source_keys + "[target.t]\nurl = \"" + database_.url() +
                                         "\"\nschema = \"" + schema_of(one) + "\"\ntypes = [\"citext\"]\n");
    write_file(folder / "plan_tables", one.plan);
    const std::string psql = "psql -XqAt -v ON_ERROR_STOP=1 -d '" + database_.url() + "' -f ";
    const std::string list = "ls -lA --time-style=full-iso data > ";
    const std::string planrun = "XDG_STATE_HOME=\"$PWD/state\" '" PLANRUN_BINARY "' plan.toml";
    std::string script = "cd '" + folder.string() + "'\n";
    script += one.make.empty() ? "sqlite3 -bail data/source.db '.read source.sql' > made\n" : one.make;
    script += "cat plan_head plan_tables > plan.toml\n" +
              (one.before.empty() ? std::string() : psql + "before.sql\n") + list + "before\nset +e\n";
    if (!one.killed_at.empty()) {
      script += "LD_PRELOAD='" PLANRUN_KILL_PRELOAD "' PLANRUN_KILL_AT=" + one.killed_at + " " + planrun +
                " > killed 2>&1\n[ $? = 137 ] || echo 'it was not killed' >> killed_not\n";
    }
    script += planrun + " > out 2>&1\necho $? > status\n" + list + "after\ntouch done\nchmod u+w data\n" +
              (one.query.empty() ? std::string() : psql + "query.sql > given 2>&1\n") + ":\n";
    write_file(folder / "run.sh", script);
  }

  const std::vector<PeerCase>& cases_;
  TempFolder folder_;
  TempPostgres database_;
};

}  // namespace

TEST_CASE("what peers lose: at least 60 cases, each of its own name") {
  std::set<std::string> ids;
  for (const auto& one : read_peer_cases(kCases)) {
    INFO(one.id);
    CHECK(ids.insert(one.id).second);
    CHECK(!one.planrun.empty());
    CHECK(one.source.empty() != one.make.empty());
    CHECK((!one.query.empty() || !one.says.empty()));
  }
  CHECK(ids.size() >= 60);
}

TEST_CASE("what peers lose arrives in PostgreSQL, or is named", "[cases][postgres]") {
  const auto cases = read_peer_cases(kCases);
  PeerRun run(cases);
  run.run();
  for (const auto& one : cases) run.check(one);
}

TEST_CASE("docs/peers.md shows the cases as they are") {
  std::string table;
  for (const auto& one : read_peer_cases(kCases))
    table += "| " + one.title + " | " + one.planrun + " | " + one.pgloader + " |\n";
  INFO("tests/bench/peers.py --docs writes it");
  CHECK_THAT(read_file(PLANRUN_SOURCE_DIR "/docs/peers.md"),
             ContainsSubstring("| case | planrun | pgloader 3.6.9 |\n|---|---|---|\n" + table + "\n"));
}

}  // namespace peers_test
