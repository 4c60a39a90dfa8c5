// Memory stays under 100 MB and twice the largest value, whatever the table's size (design, "Held to").
#include <sstream>

#include "support/migration.h"

namespace memory_test {

using namespace planrun::test;

namespace {

constexpr std::int64_t kMegabyte = 1'000'000;
// Large enough that one copy too many shows behind the 100 MB.
constexpr int kLargest = 100;  // MB of one value

/// Peak resident set of a run, in bytes, as the kernel counted it for the parent that waited.
std::int64_t peak_of(Migration& m) {
  const char* const kMeasure =
      "import resource, subprocess, sys\n"
      "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
      "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
      "sys.exit(status)";
  const ProcessResult r =
      run_process({"python3", "-c", kMeasure, PLANRUN_BINARY, m.plan_file().string(), "-j", "2"},
                  {{"XDG_STATE_HOME", m.state().string()}});
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  return std::stoll(r.out) * 1024;
}

void check_large_values(Kind kind) {
  std::ostringstream source;
  source << "create table t(id integer primary key, v blob, n text);";
  for (int id = 1; id <= 3; ++id) {
    source << "insert into t values (" << id << ", zeroblob(" << kLargest * kMegabyte << "), 'row " << id
           << "');";
  }
  Migration m(kind, source.str(),
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"bytea\"\nn = "
              "\"text\"\n");
  CHECK(peak_of(m) < (100 + 2 * kLargest) * kMegabyte);
  CHECK(m.target("select min(length(v)), max(length(v)), count(*) from t") == "100000000|100000000|3");
}

}  // namespace

TEST_CASE("memory: large values into SQLite", "[slow]") {
  check_large_values(Kind::sqlite);
}

TEST_CASE("memory: large values into PostgreSQL", "[slow][postgres]") {
  check_large_values(Kind::postgresql);
}

}  // namespace memory_test
