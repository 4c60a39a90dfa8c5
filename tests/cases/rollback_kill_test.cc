// A run killed anywhere can be taken back, and a rollback killed anywhere goes on: the target ends as it was
// before the run. The points are those of support/kill_preload.cc.
#include <algorithm>
#include <csignal>

#include "support/migration.h"
#include "support/target_state.h"

namespace rollback_kill_test {

using namespace planrun::test;

namespace {

// Beside the commits.
constexpr std::size_t kPoints = 8;

const std::string kSource =
    "create table orders(id integer primary key autoincrement, total text);"
    "with recursive i(x) as (select 1 union all select x+1 from i where x<400)"
    " insert into orders select x, x || '.50' from i;"
    "create table items(id integer primary key, order_id int, sku text);"
    "with recursive i(x) as (select 1 union all select x+1 from i where x<400)"
    " insert into items select x, x % 300 + 1, 'sku' || x from i;";

const std::string kTables =
    "[table.orders]\nfrom = \"s.orders\"\n[table.orders.columns]\nid = \"serial primary key\"\n"
    "total = \"numeric(12,2)\"\n"
    "[table.items]\nfrom = \"s.items\"\nafter = [\"orders\"]\n[table.items.columns]\nid = \"bigint primary "
    "key\"\n"
    "order_id = \"integer references orders (id)\"\nsku = \"text unique\"\n";

class KilledRollback {
 public:
  explicit KilledRollback(Kind kind) : m_(kind, kSource, kTables) {
    m_.target("create table others(id integer primary key, v text); insert into others values (1, 'a')");
    before_ = target_state(m_.target_url());
  }

  ProcessResult run(std::map<std::string, std::string> settings = {}) {
    return m_.run({"-j", "2", "--quiet"}, counted(std::move(settings)));
  }
  ProcessResult roll_back(std::map<std::string, std::string> settings = {}) {
    return run_planrun({"rollback", m_.plan_file().string(), "--yes"}, m_.state(),
                       counted(std::move(settings)));
  }
  /// The kinds of the points of one undisturbed run, or of its rollback.
  template <typename Work>
  std::string points_of(Work work) {
    const std::string file = (m_.state().parent_path() / "points").string();
    const ProcessResult r = work(std::map<std::string, std::string>{{"PLANRUN_KILL_COUNT_FILE", file}});
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
    return read_file(file);
  }
  bool is_as_before() const { return target_state(m_.target_url()) == before_; }
  std::string run_state() const { return m_.target("select state from " + m_.ledger("run")); }

 private:
  static std::map<std::string, std::string> counted(std::map<std::string, std::string> settings) {
    settings["LD_PRELOAD"] = PLANRUN_KILL_PRELOAD;
    return settings;
  }
  Migration m_;
  std::string before_;
};

std::map<std::string, std::string> at(std::size_t point) {
  return {{"PLANRUN_KILL_AT", std::to_string(point)}};
}

/// All commits, and so many other points, evenly spread.
std::vector<std::size_t> chosen(const std::string& points, std::size_t others) {
  std::vector<std::size_t> all;
  const std::size_t stride = std::max<std::size_t>(1, points.size() / others);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::string("bsaBA").find(points[i]) != std::string::npos || i % stride == 0) all.push_back(i + 1);
  }
  return all;
}

void kill_runs(Kind kind) {
  KilledRollback whole(kind);
  const std::string points = whole.points_of([&](const auto& settings) { return whole.run(settings); });
  int killed_count = 0;
  const std::size_t count = std::min(kill_points(kPoints), points.size());
  for (std::size_t i = 1; i <= count; ++i) {
    const std::size_t point = points.size() * i / (count + 1) + 1;
    KilledRollback k(kind);
    if (k.run(at(point)).status == -SIGKILL) ++killed_count;
    const ProcessResult r = k.roll_back();
    INFO("the run was killed at point " << point << " of " << points.size() << "\n" << r.out << r.err);
    // Killed before its first word to the ledger it has left nothing to take back.
    if (r.status == 1) CHECK_THAT(r.err, ContainsSubstring("there is no run"));
    if (r.status != 1) CHECK(r.status == 0);
    CHECK(k.is_as_before());
  }
  CHECK(killed_count > static_cast<int>(count * 3 / 4));
}

void kill_rollbacks(Kind kind) {
  std::string points;
  {
    KilledRollback k(kind);
    REQUIRE(k.run().status == 0);
    points = k.points_of([&](const auto& settings) { return k.roll_back(settings); });
    REQUIRE(k.is_as_before());
  }
  KilledRollback k(kind);
  for (const std::size_t point : chosen(points, kill_points(kPoints))) {
    REQUIRE(k.run().status == 0);
    const ProcessResult killed = k.roll_back(at(point));
    INFO("killed at point " << point << " of " << points << "\n" << killed.out << killed.err);
    REQUIRE(killed.status == -SIGKILL);
    const ProcessResult resumed = k.roll_back();
    INFO("resumed:\n" << resumed.out << resumed.err);
    REQUIRE(resumed.status == 0);
    REQUIRE(k.is_as_before());
  }
  WARN("killed and resumed at " << chosen(points, kill_points(kPoints)).size() << " of " << points.size()
                                << " points: " << points);
}

}  // namespace

TEST_CASE("kill: a killed run is taken back, SQLite", "[slow][kill][rollback]") {
  kill_runs(Kind::sqlite);
}
TEST_CASE("kill: a killed run is taken back, PostgreSQL", "[slow][kill][rollback][postgres]") {
  kill_runs(Kind::postgresql);
}
TEST_CASE("kill: a killed rollback goes on, SQLite", "[slow][kill][rollback]") {
  kill_rollbacks(Kind::sqlite);
}
TEST_CASE("kill: a killed rollback goes on, PostgreSQL", "[slow][kill][rollback][postgres]") {
  kill_rollbacks(Kind::postgresql);
}

}  // namespace rollback_kill_test
