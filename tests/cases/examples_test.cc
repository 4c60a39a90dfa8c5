// The example databases hold what their texts say they hold, as the sqlite3 shell tells it.
#include "support/support.h"

namespace examples_test {

using namespace planrun::test;

namespace {

/// A database made from texts of examples/, as examples/setup.sh makes it.
struct Example {
  TempFolder folder;
  explicit Example(const std::vector<std::string>& texts) {
    for (const auto& text : texts) sqlite3(folder / "a.db", ".read " PLANRUN_SOURCE_DIR "/examples/" + text);
  }
  std::string ask(const std::string& sql) const { return sqlite3(folder / "a.db", sql); }
};

const std::vector<std::pair<std::string, int>> kTables = {
    {"bundle_components", 38},
    {"bundle_skus", 12},
    {"configuration_params", 24},
    {"inventory_current", 16},
    {"inventory_transactions", 600},
    {"orders_inbox", 250},
    {"shipped_items", 798},
    {"shipped_orders", 300},
    {"shipping_violations", 74},
    {"sku_lot", 48},
    {"system_kpis", 9},
    {"workflow_controls", 7},
};

}  // namespace

TEST_CASE("examples: the ORA source has 12 sound tables with 2,176 rows", "[cases]") {
  const Example ora({"ora.sql"});
  int total = 0;
  for (const auto& [table, count] : kTables) {
    INFO(table);
    CHECK(ora.ask("select count(*) from " + table) == std::to_string(count));
    total += count;
  }
  CHECK(total == 2176);
  CHECK(ora.ask("select count(*) from sqlite_schema where type = 'table' and name not like 'sqlite_%'") ==
        "12");
  CHECK(ora.ask("select count(*) from sqlite_schema where type = 'index' and name like 'idx_%'") == "13");
  CHECK(ora.ask("pragma foreign_key_check; pragma integrity_check") == "ok");
}

TEST_CASE("examples: every AUTOINCREMENT sequence of the ORA source lies past the largest key", "[cases]") {
  const Example ora({"ora.sql"});
  CHECK(ora.ask("select count(*) from sqlite_sequence") == "7");
  for (const char* table : {"bundle_components", "configuration_params", "inventory_transactions",
                            "orders_inbox", "shipped_items", "shipping_violations", "sku_lot"}) {
    INFO(table);
    CHECK(ora.ask("select (select seq from sqlite_sequence where name = '" + std::string(table) +
                  "') > max(id) from " + table) == "1");
  }
}

TEST_CASE("examples: the ORA source has the traps of real files", "[cases]") {
  const Example ora({"ora.sql"});
  for (const char* trap : {
           "orders_inbox where order_date like '____-__-__ __:__:__'",
           "orders_inbox where order_date like '%T%Z'",
           "orders_inbox where order_date like '%T%-05:00'",
           "orders_inbox where import_date like '%.______'",
           "shipped_orders where customer_name like '%''%'",
           "shipped_orders where customer_name = ''",
           "orders_inbox where customer_name is null",
           "orders_inbox where length(items_json) > 15000",
           "configuration_params where value = '\\N'",
           "sku_lot where is_active is null and updated_at is not null",
           "system_kpis where metric_value like '%✅'",
           "bundle_skus where length(bundle_sku) = 50",
       }) {
    INFO(trap);
    CHECK(ora.ask("select count(*) > 0 from " + std::string(trap)) == "1");
  }
  CHECK(ora.ask("select max(ship_date) < '2026' from shipped_orders") == "1");
}

TEST_CASE("examples: the bad copy has 27 rows more, in 7 tables", "[cases]") {
  const Example bad({"ora.sql", "ora_bad.sql"});
  const std::map<std::string, int> more = {
      {"bundle_components", 1}, {"inventory_transactions", 1}, {"orders_inbox", 16},    {"shipped_items", 5},
      {"shipped_orders", 2},    {"shipping_violations", 1},    {"workflow_controls", 1}};
  int total = 0;
  for (const auto& [table, count] : kTables) {
    const auto found = more.find(table);
    const int extra = found == more.end() ? 0 : found->second;
    INFO(table);
    CHECK(bad.ask("select count(*) from " + table) == std::to_string(count + extra));
    total += extra;
  }
  CHECK(total == 27);
}

}  // namespace examples_test
