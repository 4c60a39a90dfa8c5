// The bad copy of the ORA database through the ORA plan, with rejects kept: exactly the rows that
// examples/ora_bad.sql lists stay out, and every other one arrives.
#include <sstream>

#include "support/support.h"

namespace bad_source_test {

namespace fs = std::filesystem;
using namespace planrun::test;

namespace {

/// Of the tables that hold bad rows; all others have none.
const std::vector<std::string> kBalances = {
    "workflow_controls: 8 read = 7 written + 1 rejected + 0 dropped + 0 merged",
    "bundle_components: 39 read = 38 written + 1 rejected + 0 dropped + 0 merged",
    "orders_inbox: 266 read = 250 written + 16 rejected + 0 dropped + 0 merged",
    "shipped_orders: 302 read = 300 written + 2 rejected + 0 dropped + 0 merged",
    "shipped_items: 803 read = 798 written + 5 rejected + 0 dropped + 0 merged",
    "shipping_violations: 75 read = 74 written + 1 rejected + 0 dropped + 0 merged",
    "inventory_transactions: 601 read = 600 written + 1 rejected + 0 dropped + 0 merged",
};
const std::string kRowsOfAll = [] {
  std::string sum;
  for (const char* table : {"bundle_components", "bundle_skus", "configuration_params", "inventory_current",
                            "inventory_transactions", "orders_inbox", "shipped_items", "shipped_orders",
                            "shipping_violations", "sku_lot", "system_kpis", "workflow_controls"}) {
    sum += (sum.empty() ? "select " : " + ") + ("(select count(*) from " + std::string(table) + ")");
  }
  return sum;
}();

/// plans/ora.toml with `on_reject = "keep"` in every table.
std::string plan_that_keeps() {
  std::istringstream in(read_file(PLANRUN_SOURCE_DIR "/plans/ora.toml"));
  std::string plan;
  for (std::string line; std::getline(in, line);) {
    plan += line + "\n";
    if (line.starts_with("[table.") && line.find('.', 7) == std::string::npos)
      plan += "on_reject = \"keep\"\n";
  }
  return plan;
}

void run_bad_source(const TempFolder& folder, const std::string& target) {
  for (const char* text : {"ora.sql", "ora_bad.sql"}) {
    sqlite3(folder / "bad.db", ".read " PLANRUN_SOURCE_DIR "/examples/" + std::string(text));
  }
  write_file(folder / "ora.toml", plan_that_keeps());
  const ProcessResult result = run_planrun({folder / "ora.toml", "--quiet"}, folder / "state",
                                           {{"ORA_DB", folder / "bad.db"}, {"DATABASE_URL", target}});
  INFO(result.out << result.err);
  CHECK(result.status == 3);  // the document's own checks compare the row counts, which differ by the rejects
  for (const auto& balance : kBalances) CHECK_THAT(result.out, ContainsSubstring(balance));
}

}  // namespace

TEST_CASE("bad source: 27 rows are rejected and 2,176 arrive in SQLite", "[cases]") {
  TempFolder folder;
  run_bad_source(folder, "sqlite:" + (folder / "target.db").string());
  CHECK(sqlite3(folder / "target.db", kRowsOfAll) == "2176");
  CHECK(sqlite3(folder / "target.db", "pragma foreign_key_check") == "");
}

TEST_CASE("bad source: 27 rows are rejected and 2,176 arrive in PostgreSQL", "[cases][postgres]") {
  TempFolder folder;
  TempPostgres database;
  run_bad_source(folder, database.url());
  CHECK(database.psql(kRowsOfAll) == "2176");
}

}  // namespace bad_source_test
