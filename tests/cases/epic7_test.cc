// plans/epic7.toml from its example data into both targets: the figures of the cutover plan, as psql and
// sqlite3 tell them.
#include "support/shipped_plans.h"

namespace epic7_test {

using namespace planrun::test;

namespace {

const char* const kCounts =
    "select (select count(*) from crm_contacts), (select count(*) from generated_proposals), (select "
    "count(*) from "
    "roi_templates), (select count(*) from linkedin_automation_tracking), (select count(*) from "
    "ab_test_campaigns), "
    "(select count(*) from revenue_forecasts), (select count(*) from lead_scoring_history), (select count(*) "
    "from "
    "sales_pipeline), (select count(*) from ab_test_results)";
const char* const kTiers =
    "select priority_tier, count(*), cast(sum(estimated_value) as integer) from crm_contacts group by 1 "
    "order by 1";
const char* const kContacts =
    "select contact_id, name, coalesce(email, '-'), coalesce(phone, '-'), lead_score, cast(estimated_value "
    "as "
    "integer), coalesce(notes, '-') from crm_contacts order by contact_id";

void check_figures(const ShippedPlans& epic) {
  CHECK(epic.target(kCounts) == "16|58|3|42|4|11|0|0|0");
  CHECK(epic.target(kTiers) == "gold|6|210000\nplatinum|8|895000\nsilver|2|53000");
  CHECK(epic.target("select cast(sum(estimated_value) as integer) from crm_contacts") == "1158000");
  CHECK(epic.target("select cast(sum(proposal_value) as integer) from generated_proposals") == "4470000");
  CHECK(epic.target(kContacts) == sqlite3(epic.source("epic7"), kContacts));
}

void check_migrated(Kind kind) {
  const ShippedPlans epic(kind);
  const ProcessResult preview = epic.run("epic7", {"--dry-run"});
  INFO(preview.out << preview.err);
  REQUIRE(preview.status == 0);
  const ProcessResult r = epic.run("epic7");
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  check_figures(epic);
  const std::string indexes =
      kind == Kind::postgresql
          ? "select count(*) from pg_indexes where schemaname = 'public' and indexname like 'idx_%'"
          : "select count(*) from sqlite_schema where type = 'index' and name like 'idx_%'";
  CHECK(epic.target(indexes) == "8");
  CHECK(epic.target("select count(*) from " + epic.ledger("check_result") + " where status <> 'passed'") ==
        "0");
  const ProcessResult again = epic.run("epic7");
  CHECK(again.status == 0);
  CHECK_THAT(again.out, ContainsSubstring("already done"));
}

void check_triggers(Kind kind) {
  const ShippedPlans epic(kind);
  REQUIRE(epic.run("epic7", {"--quiet"}).status == 0);
  epic.target(
      "insert into sales_pipeline (pipeline_id, contact_id, updated_at) select 'x', min(contact_id), "
      "'2001-01-01' from crm_contacts");
  for (const char* table : {"crm_contacts", "sales_pipeline", "revenue_forecasts"}) {
    INFO(table);
    const std::string name = table;
    const std::string column = name == "sales_pipeline" ? "stage"
                               : name == "crm_contacts" ? "next_action"
                                                        : "high_estimate";
    CHECK(epic.target("select count(*) from " + name + " where updated_at < '2026-01-01'") != "0");
    epic.target("update " + name + " set " + column + " = " + column);
    CHECK(epic.target("select count(*) from " + name + " where updated_at < '2026-01-01'") == "0");
  }
}

// What the first attempt did: rows are missing, and the run says so.
void check_loss_is_seen(Kind kind) {
  const ShippedPlans epic(kind);
  sqlite3(epic.source("epic7"),
          "update crm_contacts set estimated_value = estimated_value - 1001 where lead_score = 95");
  const ProcessResult r = epic.run("epic7");
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.out + r.err, ContainsSubstring("check pipeline_is_1158000: expected 1158000, found 1156999"));
}

}  // namespace

TEST_CASE("epic7: 134 rows worth $1,158,000 arrive in SQLite", "[cases]") {
  check_migrated(Kind::sqlite);
}
TEST_CASE("epic7: 134 rows worth $1,158,000 arrive in PostgreSQL", "[cases][postgres]") {
  check_migrated(Kind::postgresql);
}

TEST_CASE("epic7: a changed row says when, in SQLite", "[cases]") {
  check_triggers(Kind::sqlite);
}
TEST_CASE("epic7: a changed row says when, in PostgreSQL", "[cases][postgres]") {
  check_triggers(Kind::postgresql);
}

TEST_CASE("epic7: a pipeline that lost $1,001 is no success in SQLite", "[cases]") {
  check_loss_is_seen(Kind::sqlite);
}
TEST_CASE("epic7: a pipeline that lost $1,001 is no success in PostgreSQL", "[cases][postgres]") {
  check_loss_is_seen(Kind::postgresql);
}

}  // namespace epic7_test
