// Plans with several targets: one run, whose home says `passed` when all have, and which is taken back
// everywhere or nowhere. What is there is told by the targets' own shells.
#include <memory>

#include <nlohmann/json.hpp>

#include "support/migration.h"
#include "support/target_state.h"

namespace targets_test {

using namespace planrun::test;
using nlohmann::json;

namespace {

const std::string kSource =
    "create table people (id integer primary key, name text not null);"
    "insert into people values (1, 'Ann'), (2, 'Bob'), (3, 'Cid');"
    "create table visits (id integer primary key, person_id integer, page text);"
    "insert into visits values (10, 1, '/a'), (11, 1, '/b'), (12, 3, '/c'), (13, 2, '/d');";

const std::string kTables =
    "[table.people]\ntarget = \"crm\"\nfrom = \"s.people\"\n"
    "[table.visits]\ntarget = \"stats\"\nfrom = \"s.visits\"\n[table.visits.columns]\nid = \"bigint primary "
    "key\"\n"
    "person_id = \"bigint\"\npage = \"text check (page like '/%')\"\n"
    "[view.pages]\ntarget = \"stats\"\nsql = \"select page from visits\"\n"
    "[check.visits]\ntarget = \"stats\"\nsql = \"select count(*) from visits\"\nexpect = 4\n"
    "[check.people]\nsql = \"select count(*) from people\"\nexpect = 3\n";

/// Home ("crm") in `home`, the other target ("stats") in a SQLite file.
class TwoTargets {
 public:
  explicit TwoTargets(Kind home, const std::string& tables = kTables) : home_(home) {
    if (home == Kind::postgresql) postgres_ = std::make_unique<TempPostgres>();
    sqlite3(folder_ / "s.db", kSource);
    write_plan(tables);
  }

  void write_plan(const std::string& tables, const std::string& home_url = "") {
    write_file(folder_ / "plan.toml",
               "[plan]\nname = \"two\"\n[source.s]\nurl = \"sqlite:s.db\"\n[target.crm]\nurl = \"" +
                   (home_url.empty() ? crm_url() : home_url) +
                   "\"\n[target.stats]\nurl = \"sqlite:stats.db\"\n" + tables);
  }

  ProcessResult planrun(const std::string& command, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{(folder_ / "plan.toml").string()};
    if (!command.empty()) arguments.insert(arguments.begin(), command);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_planrun(arguments, folder_ / "state");
  }
  ProcessResult run(std::vector<std::string> more = {}) const { return planrun("", std::move(more)); }

  std::string crm(const std::string& sql) const {
    return postgres_ ? postgres_->psql(sql) : sqlite3(folder_ / "crm.db", sql);
  }
  std::string stats(const std::string& sql) const { return sqlite3(folder_ / "stats.db", sql); }
  void change_source(const std::string& sql) const { sqlite3(folder_ / "s.db", sql); }
  std::string crm_ledger(const std::string& table) const {
    return (home_ == Kind::sqlite ? "planrun_" : "planrun.") + table;
  }
  std::filesystem::path plan_file() const { return folder_ / "plan.toml"; }
  std::string crm_url() const {
    return postgres_ ? postgres_->url() : "sqlite:" + (folder_ / "crm.db").string();
  }
  std::string state() const {
    return target_state(crm_url()) + target_state("sqlite:" + (folder_ / "stats.db").string());
  }

 private:
  Kind home_;
  TempFolder folder_;
  std::unique_ptr<TempPostgres> postgres_;
};

void for_each_home(const std::function<void(Kind)>& use) {
  SECTION("home is a SQLite file") {
    use(Kind::sqlite);
  }
  if (has_postgres()) {
    SECTION("home is PostgreSQL") {
      use(Kind::postgresql);
    }
  }
}

}  // namespace

TEST_CASE("several targets: each gets its tables, under one run", "[postgres]") {
  for_each_home([](Kind home) {
    const TwoTargets two(home);
    const std::string before = two.state();
    const ProcessResult preview = two.run({"--dry-run"});
    INFO(preview.out << preview.err);
    REQUIRE(preview.status == 0);
    CHECK_THAT(preview.out, ContainsSubstring("Target crm"));
    CHECK_THAT(preview.out, ContainsSubstring("Target stats"));
    CHECK_THAT(preview.out, !ContainsSubstring("no load reads"));
    CHECK(two.state() == before);
    const ProcessResult r = two.run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
    CHECK(two.crm("select count(*) from people") == "3");
    CHECK(two.stats("select count(*) from pages") == "4");
    CHECK_THAT(r.out, ContainsSubstring("passed: 2 tables, 7 rows"));
    CHECK(two.crm("select id from " + two.crm_ledger("run")) == two.stats("select id from planrun_run"));
    CHECK(two.crm("select state from " + two.crm_ledger("run")) == "passed");
    const ProcessResult again = two.run();
    CHECK(again.status == 0);
    CHECK_THAT(again.out, ContainsSubstring("already done"));
    const ProcessResult status = two.planrun("status");
    CHECK_THAT(status.out, ContainsSubstring("people"));
    CHECK_THAT(status.out, ContainsSubstring("visits"));
    CHECK_THAT(two.planrun("graph").out, ContainsSubstring("target stats"));
    const ProcessResult back = two.planrun("rollback", {"--yes"});
    INFO(back.out << back.err);
    REQUIRE(back.status == 0);
    CHECK(two.state() == before);
    CHECK(two.run().status == 0);
    CHECK(two.crm("select count(*) from people") == "3");
  });
}

TEST_CASE("several targets: what fails in one is no success at home, and goes on", "[postgres]") {
  for_each_home([](Kind home) {
    TwoTargets two(home);
    two.change_source("update visits set page = 'none' where id = 12");
    const ProcessResult r = two.run();
    INFO(r.out << r.err);
    CHECK(r.status == 1);
    CHECK_THAT(r.out, ContainsSubstring("target stats: "));
    CHECK(two.crm("select state from " + two.crm_ledger("run")) == "failed");
    // The snapshot has the wrong row for ever; the plan is mended.
    std::string tables = kTables;
    tables.insert(tables.find("[table.visits.columns]"), "on_reject = \"keep\"\n");
    tables.replace(tables.find("expect = 4"), 10, "expect = 3");
    two.write_plan(tables);
    const ProcessResult resumed = two.run();
    INFO(resumed.out << resumed.err);
    CHECK(resumed.status == 0);
    CHECK_THAT(resumed.out, ContainsSubstring("passed, 1 rejected"));
    CHECK(two.stats("select count(*) from visits") == "3");
    CHECK_THAT(two.planrun("rejects").out, ContainsSubstring("12"));
  });
}

TEST_CASE("several targets: a table in the way of one leaves all as they were", "[postgres]") {
  for_each_home([](Kind home) {
    const TwoTargets two(home);
    two.stats("create table visits (x)");
    const std::string before = two.state();
    const ProcessResult r = two.run();
    INFO(r.out << r.err);
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("visits"));
    CHECK(two.state() == before);
  });
}

TEST_CASE("several targets: all are taken back, or none", "[postgres]") {
  for_each_home([](Kind home) {
    const TwoTargets two(home);
    REQUIRE(two.run({"--quiet"}).status == 0);
    const std::string made = two.state();
    two.crm("insert into people values (4, 'Dan')");
    const std::string changed = two.state();
    const ProcessResult refused = two.planrun("rollback", {"--yes"});
    INFO(refused.out << refused.err);
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, ContainsSubstring("4 rows found, 3 written by the run"));
    CHECK(two.state() == changed);
    CHECK(two.crm("select state from " + two.crm_ledger("run")) == "passed");
    CHECK(two.stats("select state from planrun_run") == "passed");
    two.crm("delete from people where id = 4");
    CHECK(two.state() == made);
    CHECK(two.run().status == 0);
    two.stats("insert into visits values (14, 1, '/e')");
    CHECK(two.planrun("rollback", {"--yes"}).status == 1);
    const ProcessResult all = two.planrun("rollback", {"--yes", "--discard-later"});
    INFO(all.out << all.err);
    CHECK(all.status == 0);
    CHECK_THAT(two.state(), !ContainsSubstring("people"));
    CHECK_THAT(two.state(), !ContainsSubstring("visits"));
  });
}

TEST_CASE("several targets: a plan that lacks one does nothing with the run", "[postgres]") {
  for_each_home([](Kind home) {
    TwoTargets two(home);
    REQUIRE(two.run({"--quiet"}).status == 0);
    const std::string made = two.state();
    const std::string plan = read_file(two.plan_file());
    for (const std::string lacking : {"stats", "crm"}) {
      const std::string other = lacking == "stats" ? "crm" : "stats";
      const auto first = plan.find("[target." + lacking + "]");
      std::string text = plan.substr(0, first) + plan.substr(plan.find("\n[", first) + 1);
      text =
          text.substr(0, text.find("[table.")) + (other == "crm" ? "[table.people]\nfrom = \"s.people\"\n"
                                                                 : "[table.visits]\nfrom = \"s.visits\"\n");
      write_file(two.plan_file(), text);
      for (const std::string command : {"", "verify", "evidence", "rollback"}) {
        const ProcessResult r = two.planrun(
            command, command == "rollback" ? std::vector<std::string>{"--yes"} : std::vector<std::string>());
        INFO(lacking << " " << command << r.out << r.err);
        CHECK(r.status == 1);
        CHECK_THAT(r.err, ContainsSubstring("went into target " + lacking + " too"));
      }
    }
    CHECK(two.state() == made);
    write_file(two.plan_file(), plan);
    CHECK(two.planrun("rollback", {"--yes"}).status == 0);
  });
}

TEST_CASE("several targets: what a lost home does not know is taken back where it is") {
  const TwoTargets two(Kind::sqlite);
  const std::string before = two.state();
  REQUIRE(two.run({"--quiet"}).status == 0);
  std::filesystem::remove(two.crm_url().substr(7));
  const ProcessResult r = two.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("planrun rollback takes that run back where it is"));
  const ProcessResult back = two.planrun("rollback", {"--yes"});
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK_THAT(back.out, ContainsSubstring("visits") && !ContainsSubstring("people"));
  CHECK(two.state() == before);
  CHECK_THAT(two.planrun("rollback", {"--yes"}).err, ContainsSubstring("there is no run of plan two"));
  CHECK(two.run().status == 0);
}

TEST_CASE("several targets: a home of before the rollback loads nothing under a run that was taken back") {
  const TwoTargets two(Kind::sqlite);
  REQUIRE(two.run({"--quiet"}).status == 0);
  const std::string home = two.crm_url().substr(7);
  const std::string before = read_file(home);
  REQUIRE(two.planrun("rollback", {"--yes"}).status == 0);
  write_file(home, before);
  const ProcessResult r = two.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("is rolled back in target stats") &&
                        ContainsSubstring("passed in the plan's first"));
  CHECK_THAT(two.planrun("verify").err, ContainsSubstring("is rolled_back in sqlite:"));
  const ProcessResult back = two.planrun("rollback", {"--yes"});
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK(two.run().status == 0);
  CHECK(two.stats("select count(*) from visits") == "4");
}

TEST_CASE("several targets: status, report and verify say which does not bear home out") {
  const TwoTargets two(Kind::sqlite);
  REQUIRE(two.run({"--quiet"}).status == 0);
  CHECK_THAT(two.planrun("status").out, !ContainsSubstring("target stats"));
  const std::string home = two.crm_url().substr(7);
  const std::string stats = home.substr(0, home.rfind('/')) + "/stats.db";
  const std::string home_before = read_file(home);
  const std::string stats_before = read_file(stats);

  std::filesystem::remove(stats);
  CHECK_THAT(two.planrun("status").out, ContainsSubstring("target stats has nothing of it"));
  const json lost = json::parse(two.planrun("report", {"--format", "json"}).out).at("verdict");
  CHECK(lost.at("verdict") == "unproved");
  CHECK(lost.at("headline") == "Not proved in all of its targets");
  CHECK_THAT(lost.at("statement").get<std::string>(),
             ContainsSubstring("has it as passed, but target stats has nothing of it"));
  const ProcessResult verified = two.planrun("verify");
  CHECK(verified.status == 1);
  CHECK_THAT(verified.err,
             ContainsSubstring("target stats (sqlite:") && ContainsSubstring("has nothing of run"));

  write_file(stats, stats_before);
  CHECK(two.planrun("verify").status == 0);
  REQUIRE(two.planrun("rollback", {"--yes"}).status == 0);
  const std::string stats_back = read_file(stats);
  write_file(stats, stats_before);  // set back to before the rollback
  CHECK_THAT(two.planrun("status").out, ContainsSubstring("target stats has it as passed"));
  CHECK(json::parse(two.planrun("report", {"--format", "json"}).out).at("verdict").at("headline") ==
        "Taken back in part");

  write_file(stats, stats_back);
  write_file(home, home_before);
  const json one = json::parse(two.planrun("status", {"--format", "json"}).out).at("runs").at(0);
  CHECK(one.at("targets").at(0) == json{{"name", "crm"}, {"state", "passed"}});
  CHECK(one.at("targets").at(1) == json{{"name", "stats"}, {"state", "rolled_back"}});

  std::filesystem::remove(stats);
  const ProcessResult back = two.planrun("rollback", {"--yes"});
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK_THAT(back.err,
             ContainsSubstring("target stats (sqlite:") && ContainsSubstring("nothing is taken back there"));
}

TEST_CASE("several targets: status and report tell of one that cannot be reached, and the rest") {
  const TwoTargets two(Kind::sqlite);
  REQUIRE(two.run({"--quiet"}).status == 0);
  std::string plan = read_file(two.plan_file());
  const std::string url = "sqlite:stats.db";
  plan.replace(plan.find(url), url.size(), "postgresql://nobody@127.0.0.1:1/stats?connect_timeout=1");
  write_file(two.plan_file(), plan);
  const ProcessResult status = two.planrun("status");
  INFO(status.out << status.err);
  CHECK(status.status == 0);
  CHECK_THAT(status.out, ContainsSubstring("target stats could not be asked: cannot connect to") &&
                             ContainsSubstring("people"));
  const ProcessResult report = two.planrun("report", {"--format", "json"});
  INFO(report.err);
  REQUIRE(report.status == 0);
  const json verdict = json::parse(report.out).at("verdict");
  CHECK(verdict.at("headline") == "Not proved in all of its targets");
  CHECK_THAT(verdict.at("statement").get<std::string>(),
             ContainsSubstring("has it as passed, but target stats could not be asked: cannot connect to"));
}

TEST_CASE("several targets: two that are one database are told, and a link to a source") {
  TwoTargets two(Kind::sqlite);
  const std::string folder = std::filesystem::path(two.plan_file()).parent_path();
  std::filesystem::create_symlink(folder + "/stats.db", folder + "/link.db");
  two.write_plan(kTables, "sqlite:link.db");
  CHECK_THAT(two.run({"--dry-run"}).err,
             ContainsSubstring("[target.stats] is the same database as [target.crm]"));
  std::filesystem::create_hard_link(folder + "/s.db", folder + "/hard.db");
  std::filesystem::create_directory_symlink(folder, folder + "/folder");
  for (const std::string url : {"sqlite:hard.db", "sqlite:folder/s.db"}) {
    two.write_plan(kTables, url);
    const std::string before = read_file(folder + "/s.db");
    const ProcessResult r = two.run();
    CHECK(r.status == 2);
    CHECK_THAT(r.err, ContainsSubstring("the target is the same file as [source.s]"));
    CHECK(read_file(folder + "/s.db") == before);
  }
}

TEST_CASE("several targets: a run that home does not know is refused by name") {
  TwoTargets two(Kind::sqlite);
  REQUIRE(two.run({"--quiet"}).status == 0);
  two.write_plan(kTables, "sqlite:elsewhere.db");
  const ProcessResult r = two.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("which the plan's first target does not have"));
}

TEST_CASE("several targets: what cannot be between them is told at its place") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[table.people]\nfrom = \"s.people\"\n", "does not say its `target`"},
      {"[table.people]\ntarget = \"crm\"\nfrom = \"s.people\"\n[table.visits]\ntarget = \"stats\"\nfrom = "
       "\"s.visits\"\n"
       "after = [\"people\"]\n",
       "15:10: error[P016]: `after` names `people`, which is in another target"},
      {"[table.people]\ntarget = \"crm\"\nfrom = \"s.people\"\n[table.people.columns]\nid = \"bigint primary "
       "key\"\n"
       "name = \"text\"\n[table.visits]\ntarget = \"stats\"\nfrom = \"s.visits\"\nconstraints = [\"foreign "
       "key "
       "(person_id) references people (id)\"]\n",
       "the foreign key is to `people`, which is in another target"},
      {"[table.people]\ntarget = \"crm\"\nfrom = \"s.people\"\n[view.v]\ntarget = \"stat\"\nsql = \"select "
       "1\"\n",
       "there is no target `stat`"},
  };
  for (const auto& [tables, expected] : cases) {
    const TwoTargets two(Kind::sqlite, tables);
    const ProcessResult r = two.planrun("lint");
    INFO(r.out << r.err);
    CHECK(r.status == 2);
    CHECK_THAT(r.out + r.err, ContainsSubstring(expected));
  }
}

}  // namespace targets_test
