// A run that is killed at any point and run again ends as one that was never killed: the same schema and the
// same rows. The points are those of support/kill_preload.cc, read from the ORA plan on both targets.
#include <algorithm>
#include <csignal>
#include <functional>
#include <memory>

#include "support/support.h"
#include "support/target_state.h"

namespace kill_test {

namespace fs = std::filesystem;
using namespace planrun::test;

namespace {

/// Of each kind of point so many are tried, evenly spread over the run.
constexpr std::size_t kPointsOfAKind = 24;

/// A fresh target.
class KillTarget {
 public:
  virtual ~KillTarget() = default;
  virtual std::string url() const = 0;
};
using MakeTarget = std::function<std::unique_ptr<KillTarget>()>;

class SqliteTarget : public KillTarget {
 public:
  std::string url() const override { return "sqlite:" + (folder_ / "target.db").string(); }

 private:
  TempFolder folder_;
};

class PostgresTarget : public KillTarget {
 public:
  std::string url() const override { return database_.url(); }

 private:
  TempPostgres database_;
};

/// The ORA plan on one fresh target.
class OraRun {
 public:
  OraRun(const fs::path& source, const MakeTarget& make) : source_(source), target_(make()) {}

  ProcessResult run(std::map<std::string, std::string> environment = {}) {
    environment["ORA_DB"] = source_;
    environment["DATABASE_URL"] = target_->url();
    return run_planrun({PLANRUN_SOURCE_DIR "/plans/ora.toml", "-j", "2", "--quiet"}, state_.path(),
                       environment);
  }
  /// With the points library loaded; `settings` are its variables.
  ProcessResult run_counted(std::map<std::string, std::string> settings) {
    settings["LD_PRELOAD"] = PLANRUN_KILL_PRELOAD;
    return run(std::move(settings));
  }
  ProcessResult run_killed_at(std::size_t point) {
    return run_counted({{"PLANRUN_KILL_AT", std::to_string(point)}});
  }
  std::string target_state() const { return planrun::test::target_state(target_->url()); }

 private:
  fs::path source_;
  TempFolder state_;
  std::unique_ptr<KillTarget> target_;
};

/// An ORA source, and what an unbroken run of the plan makes of it.
struct Unbroken {
  TempFolder folder;
  fs::path source = folder / "ora.db";
  std::string points;  // the kind of each, in order
  std::string state;

  explicit Unbroken(const MakeTarget& make) {
    const std::string text = read_file(PLANRUN_SOURCE_DIR "/examples/ora.sql");
    write_file(folder / "ora.sql", text);
    output_of({"sqlite3", "-bail", source, ".read " + (folder / "ora.sql").string()});
    OraRun run(source, make);
    const ProcessResult result = run.run_counted({{"PLANRUN_KILL_COUNT_FILE", folder / "points"}});
    INFO(result.out << result.err);
    REQUIRE(result.status == 0);
    points = read_file(folder / "points");
    state = run.target_state();
    REQUIRE(state.find("Zoë Åkesson") != std::string::npos);
  }

  std::vector<std::size_t> chosen_points() const {
    std::map<char, std::vector<std::size_t>> by_kind;
    for (std::size_t i = 0; i < points.size(); ++i) by_kind[points[i]].push_back(i + 1);
    std::vector<std::size_t> chosen;
    for (const auto& [kind, all] : by_kind) {
      const std::size_t count = std::min(all.size(), kill_points(kPointsOfAKind));
      for (std::size_t i = 0; i < count; ++i) chosen.push_back(all[i * all.size() / count]);
    }
    return chosen;
  }
};

/// Kills at every chosen point, each in a fresh target, and resumes; every eighth resume is killed too.
void kill_everywhere(const MakeTarget& make) {
  const Unbroken unbroken(make);
  const std::vector<std::size_t> chosen = unbroken.chosen_points();
  std::size_t killed_count = 0;
  for (const std::size_t point : chosen) {
    OraRun run(unbroken.source, make);
    const ProcessResult killed = run.run_killed_at(point);
    INFO("killed at point " << point << " of " << unbroken.points.size() << ", kind '"
                            << unbroken.points[point - 1] << "'\n"
                            << killed.out << killed.err);
    // Two workers reach their points in varying order and number: the last ones may not come.
    REQUIRE((killed.status == -SIGKILL || killed.status == 0));
    if (killed.status == -SIGKILL && ++killed_count % 8 == 0) run.run_killed_at(point / 2 + 1);
    const ProcessResult resumed = run.run_counted({});
    INFO("resumed:\n" << resumed.out << resumed.err);
    REQUIRE(resumed.status == 0);
    REQUIRE(run.target_state() == unbroken.state);
  }
  CHECK(killed_count > chosen.size() * 9 / 10);
  WARN("killed and resumed at " << killed_count << " of " << unbroken.points.size() << " points");
}

}  // namespace

TEST_CASE("kill: SQLite, around commits, inside them and between rows", "[slow][kill][ora]") {
  kill_everywhere([] { return std::make_unique<SqliteTarget>(); });
}

TEST_CASE("kill: PostgreSQL, around commits, inside COPY and between statements",
          "[slow][kill][ora][postgres]") {
  kill_everywhere([] { return std::make_unique<PostgresTarget>(); });
}

TEST_CASE("kill: a connection lost in or before COMMIT", "[slow][kill][ora][postgres]") {
  const MakeTarget make = [] { return std::make_unique<PostgresTarget>(); };
  const Unbroken unbroken(make);
  const auto commit_count = std::count(unbroken.points.begin(), unbroken.points.end(), 'b');
  REQUIRE(commit_count > 10);
  const std::string before = GENERATE("0", "1");
  int mended_count = 0;
  for (std::ptrdiff_t commit = 1; commit <= commit_count; commit += 1 + commit_count / 12) {
    OraRun run(unbroken.source, make);
    const ProcessResult dropped =
        run.run_counted({{"PLANRUN_DROP_AT", std::to_string(commit)}, {"PLANRUN_DROP_BEFORE", before}});
    INFO("connection shut at commit " << commit << " of " << commit_count
                                      << (before == "1" ? ", before" : ", after") << " it was sent\n"
                                      << dropped.out << dropped.err);
    // Most losses are mended by the process that has them; where one is not, the same command goes on.
    REQUIRE((dropped.status == 0 || dropped.status == 4));
    if (dropped.status == 0) ++mended_count;
    const ProcessResult resumed = run.run_counted({});
    INFO("resumed:\n" << resumed.out << resumed.err);
    REQUIRE(resumed.status == 0);
    REQUIRE(run.target_state() == unbroken.state);
  }
  CHECK(mended_count > 0);
  WARN(mended_count << " losses were mended without a second command");
}

}  // namespace kill_test
