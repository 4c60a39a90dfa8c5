// plans/epic16.toml from its example data into the database that plans/epic7.toml made: the figures of the
// migration plan, as psql and sqlite3 tell them.
#include "support/shipped_plans.h"

namespace epic16_test {

using namespace planrun::test;

namespace {

const char* const kPipeline = "select cast(sum(estimated_value) as integer) from crm_contacts";
const char* const kEarlierContacts =
    "select contact_id, name, email, lead_score, cast(estimated_value as integer), priority_tier, notes, "
    "created_at, updated_at from crm_contacts where notes is null or notes not like '%(Epic 16)' order by 1";

void check_joins(Kind kind) {
  const ShippedPlans epic(kind);
  REQUIRE(epic.run("epic7", {"--quiet"}).status == 0);
  const std::string contacts = epic.target(kEarlierContacts);
  const std::string before = epic.state();
  const ProcessResult preview = epic.run("epic16", {"--dry-run"});
  INFO(preview.out << preview.err);
  REQUIRE(preview.status == 0);
  CHECK(epic.state() == before);
  const ProcessResult r = epic.run("epic16");
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(epic.target("select (select count(*) from f500_prospects), (select count(*) from f500_lead_scoring), "
                    "(select count(*) from f500_business_cases), (select count(*) from abm_touchpoints), "
                    "(select count(*) from onboarding_success_templates)") == "16|22|12|96|3");
  CHECK(epic.target("select count(*) from crm_contacts") == "29");
  CHECK(epic.target(kEarlierContacts) == contacts);
  CHECK(epic.target(kPipeline) == "1158000");
  // Every decision maker whom the sources name, as the sqlite3 shell reads the JSON.
  const std::string named =
      sqlite3(epic.source("epic16_fortune500_acquisition"),
              "select value ->> 'name' from prospects join business_cases using (prospect_id), "
              "json_each(decision_makers) where qualified = 1 and status = 'accepted' order by 1");
  CHECK(epic.target("select name from crm_contacts where notes like '%(Epic 16)' order by name" +
                    std::string(kind == Kind::postgresql ? " collate \"C\"" : "")) == named);
  if (kind == Kind::postgresql) {
    CHECK(epic.target("select count(*) from information_schema.columns where table_schema = 'public' and "
                      "data_type = 'jsonb'") >= "10");
  }
  const ProcessResult again = epic.run("epic16");
  CHECK(again.status == 0);
  CHECK_THAT(again.out, ContainsSubstring("already done"));
  REQUIRE(epic.roll_back("epic16").status == 0);
  CHECK(epic.state() == before);
}

// A decision maker who is a contact already stays as he is.
void check_contact_stays(Kind kind) {
  const ShippedPlans epic(kind);
  REQUIRE(epic.run("epic7", {"--quiet"}).status == 0);
  REQUIRE(epic.run("epic16", {"--quiet"}).status == 0);
  const std::string id = epic.target("select contact_id from crm_contacts where name = 'Mei Lin'");
  REQUIRE(epic.roll_back("epic16").status == 0);
  epic.target("insert into crm_contacts (contact_id, name, company, estimated_value) values ('" + id +
              "', 'Mei Lin of before', 'Ardent', 0)");
  const ProcessResult r = epic.run("epic16");
  INFO(r.out << r.err);
  // One of the thirteen was there: the plan's own count says so, and the run takes itself back.
  CHECK(r.status == 3);
  CHECK_THAT(r.out, ContainsSubstring("decision_makers_are_contacts: expected 13, found 12"));
  CHECK_THAT(r.out, ContainsSubstring("rolled back"));
  CHECK(epic.target("select name from crm_contacts where contact_id = '" + id + "'") == "Mei Lin of before");
  CHECK(epic.target("select count(*) from crm_contacts") == "17");
}

void check_requires(Kind kind) {
  const ShippedPlans epic(kind);
  const ProcessResult r = epic.run("epic16");
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("requires a passed run of plan epic7"));
}

// "any Epic 7 pipeline value discrepancy": a trigger gives each new contact a value, which is the run's own
// effect.
void check_guard(Kind kind) {
  const ShippedPlans epic(kind);
  REQUIRE(epic.run("epic7", {"--quiet"}).status == 0);
  epic.target(kind == Kind::sqlite
                  ? "create trigger worth after insert on crm_contacts begin update crm_contacts set "
                    "estimated_value = 1 where contact_id = new.contact_id; end"
                  : "create function worth() returns trigger language plpgsql as $$ begin "
                    "new.estimated_value := 1; return new; end $$; create trigger worth before insert on "
                    "crm_contacts for each row execute function worth()");
  const std::string before = epic.state();
  const ProcessResult r = epic.run("epic16");
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.out, ContainsSubstring("epic7_pipeline"));
  CHECK_THAT(r.out, ContainsSubstring("rolled back"));
  CHECK(epic.state() == before);
}

}  // namespace

TEST_CASE("epic16: three databases join Epic 7 in SQLite and leave it again", "[cases]") {
  check_joins(Kind::sqlite);
}
TEST_CASE("epic16: three databases join Epic 7 in PostgreSQL and leave it again", "[cases][postgres]") {
  check_joins(Kind::postgresql);
}

TEST_CASE("epic16: a contact who is there stays as he is, in SQLite", "[cases]") {
  check_contact_stays(Kind::sqlite);
}
TEST_CASE("epic16: a contact who is there stays as he is, in PostgreSQL", "[cases][postgres]") {
  check_contact_stays(Kind::postgresql);
}

TEST_CASE("epic16: without a passed run of epic7 nothing begins", "[cases]") {
  check_requires(Kind::sqlite);
}

TEST_CASE("epic16: a pipeline that changes takes the run back, in SQLite", "[cases]") {
  check_guard(Kind::sqlite);
}
TEST_CASE("epic16: a pipeline that changes takes the run back, in PostgreSQL", "[cases][postgres]") {
  check_guard(Kind::postgresql);
}

}  // namespace epic16_test
