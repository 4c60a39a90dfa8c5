// plans/ora.toml against the schema of the document it stands for, as a PostgreSQL server understands it.
#include "plan/read_plan.h"
#include "resolve/resolve.h"
#include "sql/quote.h"
#include "support/support.h"

namespace ora_test {

using namespace planrun;
using namespace planrun::test;

namespace {

constexpr const char* kDocument = R"(
create table configuration_params (id serial primary key, category varchar(50) not null,
  parameter_name varchar(100) not null, value text, sku varchar(50), notes text,
  last_updated timestamp default current_timestamp, unique(category, parameter_name, sku));
create table workflow_controls (workflow_name varchar(100) primary key, enabled boolean not null default true,
  last_updated timestamp default current_timestamp, updated_by varchar(50));
create table bundle_skus (bundle_sku varchar(50) primary key, bundle_name varchar(200),
  created_at timestamp default current_timestamp);
create table bundle_components (id serial primary key, bundle_sku varchar(50) not null,
  component_sku varchar(50) not null, quantity integer not null check (quantity > 0),
  created_at timestamp default current_timestamp,
  foreign key (bundle_sku) references bundle_skus(bundle_sku) on delete cascade, unique(bundle_sku, component_sku));
create table sku_lot (id serial primary key, sku varchar(50) not null, lot varchar(50) not null,
  is_active boolean default true, created_at timestamp default current_timestamp,
  updated_at timestamp default current_timestamp, unique(sku, lot));
create table orders_inbox (id serial primary key, order_number varchar(50) unique not null, order_date timestamp,
  customer_name varchar(200), shipping_method varchar(100), total_amount integer, items_json text,
  source varchar(50) default 'XML', import_date timestamp default current_timestamp,
  uploaded_to_shipstation boolean default false, upload_date timestamp, shipstation_order_id varchar(50),
  status varchar(50) default 'pending');
create table shipped_orders (order_number varchar(50) primary key, order_date timestamp, ship_date timestamp,
  customer_name varchar(200), carrier varchar(100), service varchar(100), tracking_number varchar(100),
  shipstation_order_id varchar(50), warehouse varchar(100), import_source varchar(50) default 'ShipStation',
  last_updated timestamp default current_timestamp);
create table shipped_items (id serial primary key, order_number varchar(50) not null, sku varchar(50) not null,
  lot_number varchar(50), quantity integer not null check (quantity > 0), ship_date timestamp,
  foreign key (order_number) references shipped_orders(order_number) on delete cascade);
create table inventory_current (sku varchar(50) primary key, quantity_on_hand integer default 0,
  reorder_point integer default 0, last_updated timestamp default current_timestamp);
create table inventory_transactions (id serial primary key, transaction_date timestamp default current_timestamp,
  sku varchar(50) not null, transaction_type varchar(50) not null, quantity integer not null, lot_number varchar(50),
  reference_order varchar(50), notes text, created_at timestamp default current_timestamp);
create table system_kpis (metric_name varchar(100) primary key, metric_value text,
  last_updated timestamp default current_timestamp);
create table shipping_violations (id serial primary key, order_number varchar(50), violation_type varchar(100),
  expected_value varchar(200), actual_value varchar(200), severity varchar(20) default 'medium',
  detected_at timestamp default current_timestamp, resolved_at timestamp, resolved_by varchar(100), notes text,
  foreign key (order_number) references shipped_orders(order_number) on delete cascade);
create index idx_shipped_items_order on shipped_items(order_number);
create index idx_shipped_items_sku on shipped_items(sku);
create index idx_shipped_items_ship_date on shipped_items(ship_date);
create index idx_shipped_orders_ship_date on shipped_orders(ship_date);
create index idx_shipped_orders_updated on shipped_orders(last_updated);
create index idx_orders_inbox_status on orders_inbox(status);
create index idx_orders_inbox_upload on orders_inbox(uploaded_to_shipstation);
create index idx_bundle_components_bundle on bundle_components(bundle_sku);
create index idx_inventory_transactions_sku on inventory_transactions(sku);
create index idx_inventory_transactions_date on inventory_transactions(transaction_date);
create index idx_shipping_violations_order on shipping_violations(order_number);
create index idx_shipping_violations_resolved on shipping_violations(resolved_at);
create index idx_sku_lot_active on sku_lot(is_active) where is_active = true;
)";

Plan ora_plan() {
  auto result = read_plan(std::filesystem::path(PLANRUN_SOURCE_DIR) / "plans/ora.toml", {});
  INFO(to_text(result.diagnostics));
  REQUIRE(result.diagnostics.list.empty());
  return std::move(result.plan);
}

// The source has the same tables and columns.
ResolvedPlan resolved_ora() {
  const Plan plan = ora_plan();
  std::vector<SourceTable> tables;
  for (const auto& t : plan.tables) {
    SourceTable table;
    table.name = t.name;
    for (const auto& c : t.columns) table.columns.push_back({c.name, "TEXT"});
    tables.push_back(std::move(table));
  }
  auto result = resolve(plan, {{"ora", tables}});
  INFO(to_text(result.diagnostics));
  REQUIRE(result.diagnostics.list.empty());
  return std::move(result.plan);
}

std::string column_sql(const ColumnSchema& c) {
  std::string sql = quote_name(c.name) + " " + (c.identity == Identity::serial ? "serial" : c.type.sql);
  if (c.not_null) sql += " not null";
  if (!c.default_sql.empty()) sql += " default " + c.default_sql;
  return sql;
}

// The resolved tables in SQL, in a schema of their own.
std::string table_sql(const TableSchema& t) {
  std::string sql = "create table ours." + t.name + " (";
  for (const auto& c : t.columns) sql += column_sql(c) + ", ";
  for (const auto& c : t.checks) sql += "constraint " + c.name + " check (" + c.sql + "), ";
  for (const auto& k : t.keys) {
    sql += "constraint " + k.name + (k.primary ? " primary key (" : " unique (");
    for (const auto& c : k.columns) sql += c + (c == k.columns.back() ? "), " : ", ");
  }
  sql.resize(sql.size() - 2);
  sql += ");\n";
  for (const auto& i : t.indexes) {
    sql += "create index " + i.name + " on ours." + t.name + " (" + i.elements_sql + ")" +
           (i.where_sql.empty() ? "" : " where " + i.where_sql) + ";\n";
  }
  return sql;
}

// What two schemas say, line by line; names of sequences are not part of it.
constexpr const char* kColumns =
    "select c.relname || ' ' || a.attnum || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) "
    "|| ' ' || "
    "a.attnotnull || ' ' || coalesce(replace(pg_get_expr(d.adbin, d.adrelid), 'ours.', ''), '') "
    "from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid "
    "and "
    "d.adnum = a.attnum where c.relkind = 'r' and a.attnum > 0 and c.relnamespace = '%'::regnamespace order "
    "by 1";
constexpr const char* kConstraints =
    "select conname || ' ' || replace(pg_get_constraintdef(oid), 'ours.', '') from pg_constraint "
    "where connamespace = '%'::regnamespace order by 1";
constexpr const char* kIndexes =
    "select replace(indexdef, '%.', '') from pg_indexes where schemaname = '%' order by 1";

std::string ask(const TempPostgres& server, std::string sql, const std::string& schema) {
  for (std::size_t at; (at = sql.find('%')) != std::string::npos;) sql.replace(at, 1, schema);
  return server.psql(sql);
}

}  // namespace

TEST_CASE("the ORA plan lints clean and has 12 tables, 13 indexes, 18 checks") {
  const Plan plan = ora_plan();
  CHECK(plan.tables.size() == 12);
  std::size_t indexes = 0;
  for (const auto& t : plan.tables) indexes += t.indexes.size();
  CHECK(indexes == 13);
  CHECK(plan.checks.size() == 18);
  const auto folder = std::filesystem::path(PLANRUN_SOURCE_DIR);
  CHECK(plan.sources.at(0).url == "sqlite:" + (folder / "examples/data/ora.db").string());
  CHECK(plan.targets.at(0).url == "sqlite:" + (folder / "build/ora.db").string());
}

TEST_CASE("the ORA plan makes the document's schema", "[postgres]") {
  const TempPostgres server;
  server.psql(kDocument);
  std::string ours = "create schema ours;\n";
  std::string foreign_keys;
  for (const auto& t : resolved_ora().tables) {
    ours += table_sql(t.schema);
    for (const auto& k : t.schema.foreign_keys) {
      foreign_keys += "alter table ours." + t.schema.name + " add constraint " + k.name + " foreign key (" +
                      k.columns.at(0) + ") references ours." + k.table + " (" + k.foreign_columns.at(0) +
                      ") on delete " + k.on_delete + ";\n";
    }
  }
  server.psql(ours + foreign_keys);
  for (const char* question : {kColumns, kConstraints, kIndexes}) {
    CHECK_FALSE(ask(server, question, "public").empty());
    CHECK(ask(server, question, "public") == ask(server, question, "ours"));
  }
}

}  // namespace ora_test
