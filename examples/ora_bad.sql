-- A bad copy of the ORA database: what ora.sql made, with 27 rows more that must not arrive as they are.
-- Make the file with: sqlite3 -bail ora_bad.db < ora.sql, then: sqlite3 -bail ora_bad.db < ora_bad.sql
--
-- The tables here lost their CHECK, UNIQUE, NOT NULL, FOREIGN KEY and indexes, as happens to a file that a script rebuilt; names and
-- declared types stayed. What a run that keeps rejects must say, for targets with the types and keys of the ORA schema:
--
--   found in the client, by value                                                              rows
--   orders_inbox           9001 boolean 2; 9002 boolean 'yes'; 9003 '' in an integer;
--                          9004 'twelve' in an integer; 9005 3000000000 in an integer;
--                          9006 12.5 in an integer; 9007 no 30 February; 9008 an epoch as a time;
--                          9009 24:00:00; 9010 '' as a time; 9011 NUL in a text;
--                          9012 invalid UTF-8; 9013 51 characters in varchar(50);
--                          9014 a blob in a text; 9015 no order number (NOT NULL)                15
--   workflow_controls      'no-switch': null in NOT NULL                                          1
--   shipped_orders         'BAD-DATE': month 13 in ship_date; one null key                        2
--   inventory_transactions 9001: a 7th digit of a second                                          1
--                                                                                              = 19
--   found by the target's keys and checks
--   shipped_items          9001 quantity 0, 9002 quantity -5 (CHECK quantity > 0)                 2
--   orders_inbox           9016: order number of row 1 again (UNIQUE; the first row stays)        1
--   bundle_components      9001: the pair of row 14 again (UNIQUE)                                1
--   shipped_items          9003: an order that never was (FOREIGN KEY)                            1
--   shipping_violations    9001: an order that never was (FOREIGN KEY)                            1
--   shipped_items          9004, 9005: their order is 'BAD-DATE', which was rejected              2
--                                                                                               = 8
-- All in all 27 rejects; the 2,176 rows of ora.sql arrive. Nothing else in the file is wrong.
PRAGMA foreign_keys = OFF;
BEGIN;

CREATE TABLE loose (workflow_name TEXT PRIMARY KEY, enabled INTEGER, last_updated TIMESTAMP, updated_by TEXT);
INSERT INTO loose SELECT * FROM workflow_controls;
DROP TABLE workflow_controls;
ALTER TABLE loose RENAME TO workflow_controls;
INSERT INTO workflow_controls (workflow_name, enabled) VALUES ('no-switch', NULL);

CREATE TABLE loose (
    id INTEGER PRIMARY KEY AUTOINCREMENT, bundle_sku TEXT, component_sku TEXT, quantity INTEGER, created_at TIMESTAMP);
INSERT INTO loose SELECT * FROM bundle_components;
DROP TABLE bundle_components;
ALTER TABLE loose RENAME TO bundle_components;
INSERT INTO bundle_components SELECT 9001, bundle_sku, component_sku, 3, created_at FROM bundle_components WHERE id = 14;

CREATE TABLE loose (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_number TEXT, order_date TIMESTAMP, customer_name TEXT, shipping_method TEXT,
    total_amount INTEGER, items_json TEXT, source TEXT, import_date TIMESTAMP, uploaded_to_shipstation INTEGER,
    upload_date TIMESTAMP, shipstation_order_id TEXT, status TEXT);
INSERT INTO loose SELECT * FROM orders_inbox;
DROP TABLE orders_inbox;
ALTER TABLE loose RENAME TO orders_inbox;
INSERT INTO orders_inbox (id, order_number, order_date, customer_name, total_amount, uploaded_to_shipstation) VALUES
    (9001, 'B9001', '2025-04-01 10:00:00', 'Boolean two', 1295, 2),
    (9002, 'B9002', '2025-04-01 10:00:00', 'Boolean yes', 1295, 'yes'),
    (9003, 'B9003', '2025-04-01 10:00:00', 'Empty amount', '', 0),
    (9004, 'B9004', '2025-04-01 10:00:00', 'Amount in words', 'twelve', 0),
    (9005, 'B9005', '2025-04-01 10:00:00', 'Amount past 32 bits', 3000000000, 0),
    (9006, 'B9006', '2025-04-01 10:00:00', 'Amount with a fraction', 12.5, 0),
    (9007, 'B9007', '2025-02-30 10:00:00', 'No such day', 1295, 0),
    (9008, 'B9008', 1743501600, 'Epoch', 1295, 0),
    (9009, 'B9009', '2025-04-01 24:00:00', 'No such hour', 1295, 0),
    (9010, 'B9010', '', 'Empty date', 1295, 0),
    (9011, 'B9011', '2025-04-01 10:00:00', 'nul' || char(0) || 'byte', 1295, 0),
    (9012, 'B9012', '2025-04-01 10:00:00', CAST(x'4A6F73E9' AS TEXT), 1295, 0),
    (9013, 'B9013-' || printf('%045d', 0), '2025-04-01 10:00:00', 'Long order number', 1295, 0),
    (9014, 'B9014', '2025-04-01 10:00:00', x'00FF10', 1295, 0),
    (9015, NULL, '2025-04-01 10:00:00', 'Nameless', 1295, 0),
    (9016, '687001', '2025-04-01 10:00:00', 'Twice', 1295, 0);

CREATE TABLE loose (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_number TEXT, sku TEXT, lot_number TEXT, quantity INTEGER,
    ship_date TIMESTAMP);
INSERT INTO loose SELECT * FROM shipped_items;
DROP TABLE shipped_items;
ALTER TABLE loose RENAME TO shipped_items;
INSERT INTO shipped_items (id, order_number, sku, quantity) VALUES
    (9001, '686891', '17612', 0),
    (9002, '686892', '17612', -5),
    (9003, '999999', '17612', 1),
    (9004, 'BAD-DATE', '17612', 1),
    (9005, 'BAD-DATE', '17904', 2);

CREATE TABLE loose (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_number TEXT, violation_type TEXT, expected_value TEXT, actual_value TEXT,
    severity TEXT, detected_at TIMESTAMP, resolved_at TIMESTAMP, resolved_by TEXT, notes TEXT);
INSERT INTO loose SELECT * FROM shipping_violations;
DROP TABLE shipping_violations;
ALTER TABLE loose RENAME TO shipping_violations;
INSERT INTO shipping_violations (id, order_number, violation_type) VALUES (9001, '999998', 'Wrong address');

-- A text primary key of SQLite takes nulls.
INSERT INTO shipped_orders (order_number, ship_date, last_updated) VALUES
    ('BAD-DATE', '2025-13-01 10:00:00', '2025-04-01 10:00:00'),
    (NULL, '2025-04-01 10:00:00', '2025-04-01 10:00:00');
INSERT INTO inventory_transactions (id, transaction_date, sku, transaction_type, quantity, created_at) VALUES
    (9001, '2025-04-01 10:00:00.1234567', '17612', 'Receive', 1, '2025-04-01 10:00:00');

COMMIT;
