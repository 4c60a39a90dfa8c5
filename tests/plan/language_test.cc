// The whole plan language in one plan: it lints clean, and what it says is read.
#include "plan/lint.h"
#include "support/catch.h"

namespace language_test {

using namespace planrun;
using namespace planrun::test;

namespace {

constexpr const char* kAll = R"toml(
[plan]
name        = "epic16"
description = "three databases into one"
requires    = ["epic7"]
on_failure  = "rollback"
digest      = "sha256"
folder      = "${RUNS:-runs}"

[source.f500]
url      = "sqlite:${DIR:-../data}/f500.db"
snapshot = "none"

[target.core]
url    = "${DATABASE_URL:-sqlite:../build/core.db}"
schema = "crm"
ledger = "planrun_core"
types  = ["citext"]

[table.prospects]
from        = "f500.prospects"
ignore      = ["legacy_notes"]
constraints = ["unique (company_name, domain)"]
on_reject   = "keep"
max_rejects = 100
[table.prospects.columns]
prospect_id     = "text primary key"
company_name    = "varchar(200) not null"
annual_revenue  = { type = "numeric(18,2)", from = "revenue_usd", storage = "text" }
scored_at       = { type = "timestamptz", from = "scored_unix", using = "unix_seconds" }
seen_at         = { type = "timestamp", using = ["trim", "date_format('%d.%m.%Y')"], zone = "+02:00" }
domain          = { type = "citext", expr = "lower(website)" }
migrated_by     = { type = "text", value = "epic16" }
rank            = { type = "integer", value = 7 }
"*"             = "inherit"
decision_makers = "jsonb not null default '[]'"
[table.prospects.index]
idx_revenue = "unique (annual_revenue desc) where domain is not null"

[table.contacts]
exists = true
after  = ["prospects"]
[table.contacts.load.decision_makers]
from      = ["f500.prospects", "f500.more"]
where     = "qualified = 1"
transform = "decision_makers.to_contacts"
write     = "insert_missing"
key       = ["contact_id"]
merge     = { key = ["contact_id"], keep = "newest", by = "updated_at" }
[table.contacts.load.decision_makers.columns]
name = { from = "full_name", using = "trim" }

[guard.pipeline]
sql      = "select sum(value) from contacts where source <> 'epic16'"
severity = "warning"
tables   = ["contacts"]

[check.shape]
use    = "json_shape"
table  = "prospects"
column = "decision_makers"
is     = "array"
keys   = ["name", "title"]

[check.value]
sql        = "select sum(value) from contacts"
target     = "core"
source     = "f500"
source_sql = "select sum(value) from contacts"
tolerance  = { warning = 1, critical = "5%" }

[view.integrity]
sql = { postgresql = "select 1", sqlite = "select 1" }

[trigger.touch]
table          = "contacts"
sql.postgresql = "create trigger touch before update on contacts for each row execute function touched()"
sql.sqlite     = "create trigger touch after update on contacts begin select 1; end"

[[sql]]
name = "touched"
at   = "before_load"
sql.postgresql  = "create function touched() returns trigger language plpgsql as $$ begin return new; end $$"
undo.postgresql = "drop function touched()"
sql.sqlite      = ""
)toml";

}  // namespace

TEST_CASE("the whole language lints clean") {
  const auto result = read(kAll);
  CHECK(messages(result.diagnostics).empty());
  const Plan& plan = result.plan;
  CHECK(plan.name == "epic16");
  CHECK(plan.requires_.at(0).text == "epic7");
  CHECK(plan.on_failure == OnFailure::rollback);
  CHECK(plan.sha256_digest);
  CHECK(plan.folder == "/plans/runs");
  CHECK_FALSE(plan.sources.at(0).snapshot);
  CHECK(plan.sources.at(0).url == "sqlite:/data/f500.db");
  CHECK(plan.targets.at(0).schema == "crm");
  CHECK(plan.targets.at(0).ledger == "planrun_core");
  CHECK(plan.targets.at(0).dialect == "sqlite");
  CHECK(plan.views.at(0).sql.by_dialect.size() == 2);
  CHECK(plan.triggers.at(0).table.text == "contacts");
  CHECK(plan.sql_steps.at(0).when == SqlMoment::before_load);
  CHECK(plan.sql_steps.at(0).undo.text("postgresql") == "drop function touched()");
}

TEST_CASE("tables and loads of the whole language") {
  const Plan plan = read(kAll).plan;
  const PlanTable& prospects = plan.tables.at(0);
  CHECK(prospects.loads.at(0).name.empty());
  CHECK(prospects.loads.at(0).on_reject == OnReject::keep);
  CHECK(prospects.loads.at(0).max_rejects == 100);
  CHECK(prospects.columns.at(2).store_as_text);
  CHECK(prospects.columns.at(2).from->text == "revenue_usd");
  CHECK(prospects.columns.at(4).zone->text == "+02:00");
  CHECK(prospects.columns.at(4).using_.at(1).arguments.at(0) == "%d.%m.%Y");
  CHECK(prospects.columns.at(7).value->text == "7");
  CHECK(prospects.columns.at(8).inherit);
  CHECK(prospects.indexes.at(0).name == "idx_revenue");
  const PlanTable& contacts = plan.tables.at(1);
  CHECK(contacts.exists);
  CHECK(contacts.after.at(0).text == "prospects");
  const PlanLoad& load = contacts.loads.at(0);
  CHECK(load.name == "decision_makers");
  CHECK(load.from.size() == 2);
  CHECK(load.write == WriteMode::insert_missing);
  CHECK(load.merge->keep == Keep::newest);
  CHECK(load.columns.at(0).from->text == "full_name");
}

}  // namespace language_test
