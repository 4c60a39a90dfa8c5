-- A SQLite file of 1.0 GB for the figure in docs/census.md: sqlite3 census.db < tests/bench/census.sql
pragma journal_mode = off;
pragma synchronous = off;
create table customers (id integer primary key, email text not null, name text, created_at text, active integer, balance real);
create table orders (id integer primary key, customer integer not null references customers, placed text, total numeric, state text, note text);
create table lines (order_id integer not null references orders, line integer not null, sku text, qty integer, price real, primary key (order_id, line)) without rowid;
create table events (id integer primary key, at integer, kind text, payload text);
create table files (id text primary key, sha blob, body blob);
insert into customers select value, 'user' || value || '@example.org', 'Name ' || (value * 7919 % 100003), datetime(1500000000 + value * 60, 'unixepoch'), value % 2, value / 7.0 from generate_series(1, 500000);
insert into orders select value, 1 + value * 31 % 500000, datetime(1600000000 + value, 'unixepoch'), (value * 37 % 100000) / 100.0, case value % 4 when 0 then 'new' when 1 then 'paid' when 2 then 'sent' else 'done' end, case when value % 3 = 0 then 'a note of some length about order ' || value end from generate_series(1, 2000000);
insert into lines select 1 + value / 3, value % 3, 'SKU-' || (value * 13 % 5000), 1 + value % 9, (value % 5000) / 100.0 from generate_series(0, 5999999);
insert into events select value, 1600000000 + value, 'kind' || (value % 11), '{"user": ' || (value % 500000) || ', "path": "/a/b/' || (value % 977) || '", "ok": true}' from generate_series(1, 5600000);
insert into files select printf('%08x-0000-4000-8000-%012x', value, value * 97), randomblob(32), zeroblob(3000) from generate_series(1, 60000);
create index orders_customer on orders (customer);
