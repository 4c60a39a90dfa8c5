-- An ORA-like source of any size, the same bytes each time. Before it, the table temp.size(row_count, bad) says how many rows
-- in all, and whether one in a hundred is bad (a text where a number or a time should be). About 150 bytes a row.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -200000;

CREATE TABLE shipped_orders (
    order_number TEXT PRIMARY KEY, order_date TIMESTAMP, ship_date TIMESTAMP, customer_name TEXT, carrier TEXT, service TEXT,
    tracking_number TEXT, shipstation_order_id TEXT, warehouse TEXT, import_source TEXT, last_updated TIMESTAMP);
CREATE TABLE shipped_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_number TEXT NOT NULL REFERENCES shipped_orders(order_number), sku TEXT NOT NULL,
    lot_number TEXT, quantity INTEGER NOT NULL, ship_date TIMESTAMP, is_gift INTEGER, note TEXT);
CREATE TABLE inventory_transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, transaction_date TIMESTAMP, sku TEXT NOT NULL, transaction_type TEXT NOT NULL,
    quantity INTEGER NOT NULL, lot_number TEXT, reference_order TEXT, notes TEXT, created_at TIMESTAMP);
CREATE TABLE orders_inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_number TEXT NOT NULL, order_date TIMESTAMP, customer_name TEXT,
    total_amount INTEGER, items_json TEXT, source TEXT, import_date TIMESTAMP, uploaded_to_shipstation INTEGER,
    upload_date TIMESTAMP, status TEXT);
CREATE TABLE shipping_violations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_number TEXT REFERENCES shipped_orders(order_number), violation_type TEXT,
    expected_value TEXT, actual_value TEXT, severity TEXT, detected_at TIMESTAMP, is_resolved INTEGER, notes TEXT);

BEGIN;
INSERT INTO shipped_orders
    WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < (SELECT row_count * 15 / 100 FROM size))
    SELECT printf('ORD-%09d', n), datetime(1650000000 + n * 61, 'unixepoch'), datetime(1650090000 + n * 61, 'unixepoch'),
           'Customer Ñ' || (n * 7919 % 99991), iif(n % 3, 'FedEx', 'UPS'), iif(n % 2, 'Ground', '2Day'),
           printf('%018d', n * 7654321), CAST(220000000 + n AS TEXT), 'Key Products', 'ShipStation',
           datetime(1650100000 + n * 61, 'unixepoch')
    FROM c;
INSERT INTO shipped_items
    WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < (SELECT row_count * 35 / 100 FROM size)),
         o(count, bad) AS (SELECT row_count * 15 / 100, bad FROM size)
    SELECT n + 1, printf('ORD-%09d', n * 3 / 7 % count), CAST(17600 + n * 31 % 997 AS TEXT), CAST(250000 + n % 5003 AS TEXT),
           iif(bad AND n % 85 = 7, 'n/a', 1 + n % 24), datetime(1650090000 + n * 26, 'unixepoch'), n % 9 = 0,
           iif(n % 5, 'packed at station ' || (n % 40) || ', checked and weighed, label printed at once, no remarks', NULL)
    FROM c, o;
INSERT INTO inventory_transactions
    WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < (SELECT row_count * 30 / 100 FROM size)),
         o(count, bad) AS (SELECT row_count * 15 / 100, bad FROM size)
    SELECT n + 1, datetime(1650000000 + n * 31, 'unixepoch'), CAST(17600 + n * 37 % 997 AS TEXT),
           iif(n % 6, 'Ship', 'Receive'), iif(bad AND n % 85 = 7, 'n/a', n % 700 - 350), CAST(250000 + n % 5003 AS TEXT),
           printf('ORD-%09d', n % count), iif(n % 2, NULL, 'counted twice, it is right; shelf ' || (n % 1200)),
           datetime(1650000003 + n * 31, 'unixepoch')
    FROM c, o;
INSERT INTO orders_inbox
    WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < (SELECT row_count * 15 / 100 FROM size)),
         o(count, bad) AS (SELECT row_count * 15 / 100, bad FROM size)
    SELECT n + 1, printf('IN-%010d', n), datetime(1650000000 + n * 61, 'unixepoch'), 'Customer Ñ' || (n * 7919 % 99991),
           iif(bad AND n % 85 = 7, '', 1295 + n * 6481 % 250000),
           '[{"sku":"' || (17600 + n * 31 % 997) || '","qty":' || (1 + n % 9) || '},{"sku":"17612","qty":1,"gift":true},{"sku":"18795","qty":2,"gift":false}]',
           'XML', datetime(1650000060 + n * 61, 'unixepoch'), n % 10 > 0, iif(n % 10, datetime(1650000600 + n * 61, 'unixepoch'), NULL),
           iif(n % 10, 'shipped', 'pending')
    FROM c, o;
INSERT INTO shipping_violations
    WITH RECURSIVE c(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM c WHERE n + 1 < (SELECT row_count * 5 / 100 FROM size)),
         o(count, bad) AS (SELECT row_count * 15 / 100, bad FROM size)
    SELECT n + 1, printf('ORD-%09d', n * 3 % count), iif(n % 2, 'Wrong address', 'Wrong service'), 'FedEx 2Day', 'UPS Ground',
           iif(n % 4, 'medium', 'high'), iif(bad AND n % 85 = 7, 'soon', datetime(1650100000 + n * 187, 'unixepoch')),
           n % 3 = 0, iif(n % 10, NULL, 'see the call log of that day, and the letter')
    FROM c, o;
COMMIT;
