// The epics' example databases are sound and hold the figures of their documents, as the sqlite3 shell tells
// them.
#include "support/support.h"

namespace example_data_test {

using namespace planrun::test;

namespace {

struct Example {
  TempFolder folder;
  explicit Example(const std::string& text) {
    sqlite3(folder / "a.db", ".read " PLANRUN_SOURCE_DIR "/examples/data/" + text);
  }
  std::string ask(const std::string& sql) const { return sqlite3(folder / "a.db", sql); }
  /// Rows of all tables together.
  int rows() const {
    const std::string counts =
        ask("select group_concat('(select count(*) from \"' || name || '\")', ' + ') from sqlite_schema "
            "where type = 'table' "
            "and name not like 'sqlite_%'");
    return std::stoi(ask("select " + counts));
  }
};

void check_sound(const Example& example, const std::string& tables, int rows) {
  CHECK(example.ask("pragma foreign_key_check; pragma integrity_check") == "ok");
  CHECK(example.ask("select count(*) from sqlite_schema where type = 'table' and name not like 'sqlite_%'") ==
        tables);
  CHECK(example.rows() == rows);
}

}  // namespace

TEST_CASE("examples: Epic 7 has 9 tables and 134 rows", "[cases]") {
  const Example epic7("epic7.sql");
  check_sound(epic7, "9", 134);
  CHECK(epic7.ask("select count(*) from crm_contacts where qualification_status = 'qualified'") == "14");
  CHECK(epic7.ask("select count(*) from ab_test_campaigns where status = 'active'") == "4");
}

TEST_CASE("examples: Epic 16 has three databases, 14 tables and 256 rows", "[cases]") {
  const Example f500("epic16_fortune500_acquisition.sql");
  check_sound(f500, "5", 74);
  CHECK(f500.ask("select count(*) from sqlite_schema where name = 'sqlite_sequence'") == "1");
  // Qualified, with an accepted case: who becomes a contact.
  CHECK(
      f500.ask(
          "select count(*), sum(json_array_length(decision_makers)) from prospects join business_cases using "
          "(prospect_id) where qualified = 1 and status = 'accepted'") == "7|13");
  CHECK(f500.ask("select count(*) from prospects where not json_valid(decision_makers)") == "0");
  CHECK(f500.ask("select count(*) from business_cases where abs(roi_percent - 100.0 * (annual_savings_usd - "
                 "investment_usd) / investment_usd) > 0.01") == "0");
  const Example abm("epic16_abm_campaigns.sql");
  check_sound(abm, "4", 138);
  CHECK(abm.ask("select count(*) >= 10 from content_assets") == "1");
  const Example onboarding("epic16_enterprise_onboarding.sql");
  check_sound(onboarding, "5", 44);
  CHECK(onboarding.ask("select count(*) from success_templates") == "3");
  CHECK(onboarding.ask(
            "select count(*) from health_metrics where abs(health_score - (0.5 * usage_score + 0.3 * "
            "support_score + 0.2 * sponsor_score)) > 0.005") == "0");
}

TEST_CASE("examples: Epic 10 has 15 databases beside Epic 7's", "[cases]") {
  struct Case {
    const char* name;
    const char* tables;
    int rows;
  };
  for (const Case& c : std::vector<Case>{{"linkedin_business_development", "3", 61},
                                         {"performance_analytics", "3", 76},
                                         {"optimized_performance_analytics", "3", 60},
                                         {"cross_platform_performance", "3", 35},
                                         {"content_analytics", "2", 26},
                                         {"cross_platform_analytics", "4", 90},
                                         {"unified_content_management", "2", 30},
                                         {"synapse_content_intelligence", "4", 34},
                                         {"unified_business_intelligence", "2", 16},
                                         {"ab_testing", "2", 48},
                                         {"revenue_acceleration", "3", 28},
                                         {"unified_dashboard", "8", 67},
                                         {"twitter_analytics", "1", 12},
                                         {"advanced_graph_rag_analytics", "1", 7},
                                         {"week3_business_development", "1", 7}}) {
    INFO(c.name);
    check_sound(Example("epic10/" + std::string(c.name) + ".sql"), c.tables, c.rows);
  }
}

}  // namespace example_data_test
