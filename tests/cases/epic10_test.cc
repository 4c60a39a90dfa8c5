// plans/epic10.toml from its example data into three targets: the figures of the consolidation, as psql and
// sqlite3 tell them, and for the merged tables as sqlite3 works them out from the sources.
#include "support/shipped_plans.h"

namespace epic10_test {

using namespace planrun::test;

namespace {

struct Merged {
  std::string table;
  std::string key;
  std::vector<std::string> databases;
};

const std::vector<std::string> kTargets = {"business", "analytics", "core"};
const std::vector<std::string> kPerformance = {"performance_analytics", "optimized_performance_analytics",
                                               "cross_platform_performance"};
const std::vector<Merged> kMerged = {
    {"performance_predictions", "prediction_id", kPerformance},
    {"performance_metrics_agg", "metric_id", kPerformance},
    {"audience_intelligence", "segment_id", kPerformance},
    {"content_analysis",
     "analysis_id",
     {"content_analytics", "unified_content_management", "synapse_content_intelligence"}},
    {"content_patterns", "pattern_id", {"content_analytics", "synapse_content_intelligence"}},
    {"content_recommendations",
     "recommendation_id",
     {"unified_content_management", "synapse_content_intelligence"}},
    {"revenue_opportunities", "opportunity_id", {"revenue_acceleration", "unified_business_intelligence"}},
};

// Of each key the newest time, from all of its databases.
std::string newest(const ShippedPlans& epic, const Merged& merged) {
  std::string attach;
  std::string rows;
  for (const auto& database : merged.databases) {
    attach += "attach '" + epic.source("epic10/" + database).string() + "' as " + database + ";";
    rows += (rows.empty() ? "" : " union all ") + ("select " + merged.key + " as key, updated_at from ") +
            database + "." + merged.table;
  }
  return sqlite3(":memory:", attach + "select key, max(substr(replace(updated_at, 'T', ' '), 1, 19)) from (" +
                                 rows + ") group by key order by key");
}

void check_consolidated(Kind kind) {
  const ShippedPlans epic(kind, kTargets);
  const std::string before = epic.state();
  const ProcessResult preview = epic.run("epic10", {"--dry-run"});
  INFO(preview.out << preview.err);
  REQUIRE(preview.status == 0);
  CHECK(epic.state() == before);
  const ProcessResult r = epic.run("epic10");
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(epic.target("select contact_count, cast(total_pipeline_value as integer), platinum_count from "
                    "pipeline_integrity_check") == "16|1158000|8");
  const bool postgres = kind == Kind::postgresql;
  for (const Merged& merged : kMerged) {
    INFO(merged.table);
    const std::string time =
        postgres ? "to_char(updated_at, 'YYYY-MM-DD HH24:MI:SS')" : "substr(updated_at, 1, 19)";
    CHECK(epic.target("select " + merged.key + ", " + time + " from " + merged.table + " order by " +
                          merged.key + (postgres ? " collate \"C\"" : ""),
                      "analytics") == newest(epic, merged));
  }
  CHECK(epic.target("select count(*) from audit_logs", "core") == "15");
  CHECK_THAT(r.out, ContainsSubstring("SHA-256"));
  // Copied aside with their checksums: no table reads them.
  const ProcessResult backups = run_planrun({"backups", PLANRUN_SOURCE_DIR "/plans/epic10.toml", "--verify"},
                                            epic.file("state"), epic.environment());
  INFO(backups.out << backups.err);
  CHECK(backups.status == 0);
  for (const char* source : {"archive_twitter", "archive_graph_rag", "archive_week3"})
    CHECK_THAT(backups.out, ContainsSubstring(source));
  CHECK_THAT(epic.run("epic10").out, ContainsSubstring("already done"));
  REQUIRE(epic.roll_back("epic10").status == 0);
  CHECK(epic.state() == before);
}

void check_protected(Kind kind) {
  const ShippedPlans epic(kind, kTargets);
  REQUIRE(epic.run("epic10", {"--quiet"}).status == 0);
  epic.target(
      "insert into sales_pipeline (pipeline_id, contact_id) select 'p', min(contact_id) from crm_contacts");
  const std::string remove = "delete from sales_pipeline";
  const ProcessResult refused = kind == Kind::sqlite
                                    ? run_process({"sqlite3", epic.target_url().substr(7), remove})
                                    : run_process({"psql", "-Xq", "-d", epic.target_url(), "-c", remove});
  CHECK(refused.status != 0);
  CHECK_THAT(refused.err, ContainsSubstring("Epic 7 pipeline deletion blocked"));
  CHECK(epic.target("select count(*) from sales_pipeline") == "1");
}

}  // namespace

TEST_CASE("epic10: sixteen databases become three, in SQLite", "[cases]") {
  check_consolidated(Kind::sqlite);
}
TEST_CASE("epic10: sixteen databases become three, in PostgreSQL", "[cases][postgres]") {
  check_consolidated(Kind::postgresql);
}

TEST_CASE("epic10: nobody deletes a deal, in SQLite", "[cases]") {
  check_protected(Kind::sqlite);
}
TEST_CASE("epic10: nobody deletes a deal, in PostgreSQL", "[cases][postgres]") {
  check_protected(Kind::postgresql);
}

}  // namespace epic10_test
