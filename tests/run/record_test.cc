// What the ledger keeps of a run so that it can be told later: the plan's own bytes, its scripts, and when
// and by whom each step and chunk was done.
#include <chrono>

#include "support/migration.h"

namespace record_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table items(id integer primary key, qty integer);"
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 30) "
    "insert into items select i, i * 2 from n;"
    "create table orders(id integer primary key, item integer);insert into orders values (1,5),(2,6);";

const char* const kLua = "return { double = function(row) row.qty = row.qty * 2 return row end }\n";

const char* const kPlan =
    "[table.items]\nfrom = \"s.items\"\ntransform = \"twice.double\"\n[table.items.columns]\n"
    "id = \"bigint primary key\"\nqty = \"bigint not null\"\n[table.items.index]\nidx_qty = \"(qty)\"\n"
    "[table.orders]\nfrom = \"s.orders\"\nconstraints = [\"foreign key (item) references items (id)\"]\n"
    "[table.orders.columns]\nid = \"bigint primary key\"\nitem = \"bigint\"\n"
    "[check.rows]\nuse = \"row_counts\"\ntable = \"orders\"\nexpect = 2\n";

std::int64_t micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// coreutils' own word on a file.
std::string sha256_of(const std::filesystem::path& file) {
  return run_process({"sha256sum", file.string()}).out.substr(0, 64);
}

void write_scripts(const Migration& m, const std::string& lua) {
  const auto folder = m.plan_file().parent_path();
  std::filesystem::create_directories(folder / "transforms");
  std::filesystem::create_directories(folder / "checks");
  write_file(folder / "transforms/twice.lua", lua);
  std::filesystem::copy_file(std::filesystem::path(PLANRUN_SOURCE_DIR) / "checks/row_counts.toml",
                             folder / "checks/row_counts.toml",
                             std::filesystem::copy_options::overwrite_existing);
}

std::string script(const Migration& m, const std::string& file, const std::string& part) {
  return m.kind() == Kind::sqlite
             ? m.target("select scripts ->> '$.\"" + file + "\"." + part + "' from planrun_run")
             : m.target("select scripts::json -> '" + file + "' ->> '" + part + "' from planrun.run");
}

void check_record(Kind kind) {
  Migration m(kind, kSource, kPlan);
  write_scripts(m, kLua);
  const std::string before = std::to_string(micros());
  const ProcessResult r = m.run({"--jobs", "2"});
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  const std::string after = std::to_string(micros());
  const auto folder = m.plan_file().parent_path();
  CHECK(m.target("select plan_text from " + m.ledger("run")) + "\n" == read_file(m.plan_file()) + "\n");
  CHECK(script(m, "transforms/twice.lua", "sha256") == sha256_of(folder / "transforms/twice.lua"));
  CHECK(script(m, "checks/row_counts.toml", "sha256") == sha256_of(folder / "checks/row_counts.toml"));
  CHECK_THAT(script(m, "transforms/twice.lua", "text"), ContainsSubstring("row.qty * 2"));
  CHECK(m.target("select count(*) from " + m.ledger("step") + " where started_at not between " + before +
                 " and " + after + " or worker not between 1 and 2 or seconds < 0 or seconds > 600") == "0");
  CHECK(m.target("select count(*) from " + m.ledger("chunk") + " where finished_at not between " + before +
                 " and " + after + " or worker not between 1 and 2") == "0");
  CHECK(m.target("select needs from " + m.ledger("step") + " where id = 'create orders'") == "[]");
  CHECK_THAT(m.target("select needs from " + m.ledger("step") + " where kind = 'load' limit 1"),
             ContainsSubstring("\"create "));
  CHECK_THAT(m.target("select needs from " + m.ledger("step") + " where id = 'index items idx_qty'"),
             ContainsSubstring("\"load "));
}

}  // namespace

TEST_CASE("a SQLite ledger keeps the plan's bytes, its scripts, and when and by whom each step was done") {
  check_record(Kind::sqlite);
}

TEST_CASE("a PostgreSQL ledger keeps the plan's bytes, its scripts, and when and by whom each step was done",
          "[postgres]") {
  check_record(Kind::postgresql);
}

TEST_CASE("a run that goes on under a mended plan keeps that plan's text, scripts and steps") {
  Migration m(Kind::sqlite, kSource, kPlan);
  write_scripts(m, "return { double = function(row) error('not yet') end }\n");
  REQUIRE(m.run().status == 1);
  const std::string begun = m.target("select started_at from planrun_run");
  write_scripts(m, kLua);
  m.write_plan(std::string(kPlan) + "# mended\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select count(*) from planrun_run") == "1");
  CHECK(m.target("select started_at from planrun_run") == begun);
  CHECK_THAT(m.target("select plan_text from planrun_run"), ContainsSubstring("# mended"));
  CHECK_THAT(script(m, "transforms/twice.lua", "text"), ContainsSubstring("row.qty * 2"));
  const std::string text = m.target("select plan_text from planrun_run");
  REQUIRE(m.rollback().status == 0);
  CHECK(m.target("select plan_text from planrun_run") == text);
  CHECK(m.target("select distinct state, min(started_at) > 0, min(worker) from planrun_step") ==
        "undone|1|1");
}

}  // namespace record_test
