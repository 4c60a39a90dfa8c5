-- The ORA shipping database as its SQLite file holds it: 12 tables, 2,176 rows, the same bytes on every machine.
-- Make the file with: sqlite3 -bail ora.db < ora.sql
--
-- What real files have, this one has too:
--   booleans kept as 0 and 1, in columns declared INTEGER;
--   times kept as text, of which these columns hold both `2025-03-01 08:30:00` and ISO with a zone
--   (`2025-03-01T08:30:00Z`, `-05:00`): orders_inbox.order_date, orders_inbox.upload_date, shipped_orders.order_date,
--   shipped_orders.last_updated, inventory_transactions.transaction_date, shipping_violations.detected_at;
--   fractions of a second, nulls beside empty strings, blanks that matter, names in many scripts, apostrophes, line
--   ends, tabs, backslashes and a literal \N inside text, one JSON text of 15 KB;
--   keys with gaps, and rows deleted at the end, so that every AUTOINCREMENT sequence lies past the largest key.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE configuration_params (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    category TEXT NOT NULL,
    parameter_name TEXT NOT NULL,
    value TEXT,
    sku TEXT,
    notes TEXT,
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE(category, parameter_name, sku)
);

CREATE TABLE workflow_controls (
    workflow_name TEXT PRIMARY KEY,
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_by TEXT
);

CREATE TABLE bundle_skus (
    bundle_sku TEXT PRIMARY KEY,
    bundle_name TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE bundle_components (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bundle_sku TEXT NOT NULL,
    component_sku TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (bundle_sku) REFERENCES bundle_skus(bundle_sku) ON DELETE CASCADE,
    UNIQUE(bundle_sku, component_sku)
);

CREATE TABLE sku_lot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sku TEXT NOT NULL,
    lot TEXT NOT NULL,
    is_active INTEGER DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE(sku, lot)
);

CREATE TABLE orders_inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_number TEXT UNIQUE NOT NULL,
    order_date TIMESTAMP,
    customer_name TEXT,
    shipping_method TEXT,
    total_amount INTEGER,               -- cents
    items_json TEXT,
    source TEXT DEFAULT 'XML',
    import_date TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    uploaded_to_shipstation INTEGER DEFAULT 0 CHECK (uploaded_to_shipstation IN (0, 1)),
    upload_date TIMESTAMP,
    shipstation_order_id TEXT,
    status TEXT DEFAULT 'pending'
);

CREATE TABLE shipped_orders (
    order_number TEXT PRIMARY KEY,
    order_date TIMESTAMP,
    ship_date TIMESTAMP,
    customer_name TEXT,
    carrier TEXT,
    service TEXT,
    tracking_number TEXT,
    shipstation_order_id TEXT,
    warehouse TEXT,
    import_source TEXT DEFAULT 'ShipStation',
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE shipped_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_number TEXT NOT NULL,
    sku TEXT NOT NULL,
    lot_number TEXT,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    ship_date TIMESTAMP,
    FOREIGN KEY (order_number) REFERENCES shipped_orders(order_number) ON DELETE CASCADE
);

CREATE TABLE inventory_current (
    sku TEXT PRIMARY KEY,
    quantity_on_hand INTEGER DEFAULT 0,
    reorder_point INTEGER DEFAULT 0,
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE inventory_transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_date TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    sku TEXT NOT NULL,
    transaction_type TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    lot_number TEXT,
    reference_order TEXT,
    notes TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE system_kpis (
    metric_name TEXT PRIMARY KEY,
    metric_value TEXT,
    last_updated TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE shipping_violations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_number TEXT,
    violation_type TEXT,
    expected_value TEXT,
    actual_value TEXT,
    severity TEXT DEFAULT 'medium',
    detected_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    resolved_at TIMESTAMP,
    resolved_by TEXT,
    notes TEXT,
    FOREIGN KEY (order_number) REFERENCES shipped_orders(order_number) ON DELETE CASCADE
);

CREATE INDEX idx_shipped_items_order ON shipped_items(order_number);
CREATE INDEX idx_shipped_items_sku ON shipped_items(sku);
CREATE INDEX idx_shipped_items_ship_date ON shipped_items(ship_date);
CREATE INDEX idx_shipped_orders_ship_date ON shipped_orders(ship_date);
CREATE INDEX idx_shipped_orders_updated ON shipped_orders(last_updated);
CREATE INDEX idx_orders_inbox_status ON orders_inbox(status);
CREATE INDEX idx_orders_inbox_upload ON orders_inbox(uploaded_to_shipstation);
CREATE INDEX idx_bundle_components_bundle ON bundle_components(bundle_sku);
CREATE INDEX idx_inventory_transactions_sku ON inventory_transactions(sku);
CREATE INDEX idx_inventory_transactions_date ON inventory_transactions(transaction_date);
CREATE INDEX idx_shipping_violations_order ON shipping_violations(order_number);
CREATE INDEX idx_shipping_violations_resolved ON shipping_violations(resolved_at);
CREATE INDEX idx_sku_lot_active ON sku_lot(is_active) WHERE is_active = 1;

-- Words to draw from: entry n % count, so that every row can be worked out from its number.
CREATE TEMP TABLE first_name (n INTEGER PRIMARY KEY, name TEXT);
INSERT INTO first_name (n, name) VALUES
    (0, 'Zoë'), (1, 'Anna'), (2, 'Łukasz'), (3, 'Mary Ann'), (4, '明'), (5, 'Søren'), (6, 'James'),
    (7, 'José'), (8, 'Αλέξης'), (9, 'Priya'), (10, 'Ольга');
CREATE TEMP TABLE last_name (n INTEGER PRIMARY KEY, name TEXT);
INSERT INTO last_name (n, name) VALUES
    (0, 'O''Brien'), (1, 'Smith'), (2, 'Müller'), (3, 'D''Angelo'), (4, '王'), (5, 'Nguyễn'), (6, 'García-López'),
    (7, 'Johnson'), (8, 'Øverland'), (9, 'van der Berg'), (10, 'Иванова'), (11, 'McAllister'), (12, 'Åkesson');
CREATE TEMP TABLE product (n INTEGER PRIMARY KEY, sku TEXT, name TEXT);
INSERT INTO product (n, sku, name) VALUES
    (0, '17612', 'Ora Pro, single'), (1, '17904', 'Ora Pro, pair'), (2, '17914', 'Ora Refill 30'),
    (3, '18675', 'Ora Refill 90'), (4, '18795', 'Ora Travel'), (5, '18804', 'Ora Care Kit'),
    (6, '18900', 'Ora Brush Heads'), (7, '19011', 'Ora Mist'), (8, '19022', 'Ora Gel'), (9, '19105', 'Ora Strips'),
    (10, '0042', 'Sample, small'), (11, 'ORA-XL', 'Ora XL'), (12, 'Ñ-01', 'Edición especial'),
    (13, '北京-8', '北京 edition'), (14, 'kit/7 "B"', 'Kit 7" B'), (15, 'GIFT 🎁', 'Gift box');
CREATE TEMP VIEW number AS
    WITH RECURSIVE counter(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counter WHERE n < 1000) SELECT n FROM counter;

-- 1. configuration_params: 24 rows. The unique key holds nulls in sku, as the original does.
INSERT INTO configuration_params (category, parameter_name, value, sku, notes, last_updated) VALUES
    ('Rates', 'OrderCharge', '4.25', NULL, 'per order, USD', '2025-01-02 09:00:00'),
    ('Rates', 'PackageCharge', '0.75', NULL, NULL, '2025-01-02 09:00:00'),
    ('Rates', 'SpaceRentalRate', '0.45', NULL, 'per pallet and day', '2025-01-02 09:00:01.5'),
    ('PalletConfig', 'PalletCount', '48', '17612', NULL, '2025-01-03 10:15:30'),
    ('PalletConfig', 'PalletCount', '81', '17904', NULL, '2025-01-03 10:15:30'),
    ('PalletConfig', 'PalletCount', '80', '17914', NULL, '2025-01-03 10:15:30'),
    ('PalletConfig', 'PalletCount', '48', '18675', NULL, '2025-01-03 10:15:30.000001'),
    ('PalletConfig', 'PalletCount', '36', '18795', NULL, '2025-01-03 10:15:30.999999'),
    ('InitialInventory', 'EomPreviousMonth', '1019', '17612', '', '2024-12-31 23:59:59.999'),
    ('InitialInventory', 'EomPreviousMonth', '468', '17904', '', '2024-12-31 23:59:59.999'),
    ('InitialInventory', 'EomPreviousMonth', '1410', '17914', '', '2024-12-31 23:59:59.999'),
    ('InitialInventory', 'EomPreviousMonth', '714', '18675', 'recounted by Zoë', '2024-12-31 23:59:59.999'),
    ('InitialInventory', 'EomPreviousMonth', '7719', '18795', NULL, '2024-12-31 23:59:59.999'),
    ('Reporting', 'EomPreviousMonthReportDate', '2024-12-31', NULL, NULL, '2025-01-01 00:00:00'),
    ('Reporting', 'CurrentReportYear', '2025', NULL, 'text on purpose: don''t cast', '2025-01-01 00:00:00'),
    ('Reporting', 'CurrentReportMonth', '01', NULL, 'the zero matters', '2025-01-01 00:00:00'),
    ('Reporting', 'Title', 'Wöchentlicher Bericht — 每周报告 📦', NULL, NULL, '2025-01-01 00:00:00'),
    ('Alerts', 'LowStockMessage', 'Stock of "%s" is low:' || char(10) || char(9) || 'reorder today', NULL, NULL, '2025-02-01 06:30:00'),
    ('Alerts', 'ExportPath', 'C:\exports\new\table', NULL, 'backslashes are text', '2025-02-01 06:30:00'),
    ('Alerts', 'NullMarker', '\N', NULL, 'two characters, not a null', '2025-02-01 06:30:00'),
    ('Alerts', 'Signature', '  two blanks on both sides  ', NULL, NULL, '2025-02-01 06:30:00'),
    ('Alerts', 'Empty', '', NULL, 'an empty string is not a null', '2025-02-01 06:30:00'),
    ('Alerts', 'Missing', NULL, NULL, 'a null is not an empty string', NULL),
    ('Alerts', 'Family', '👨‍👩‍👧‍👦 and e' || char(0x301), '', 'joined emoji, a combining accent', '2025-02-01T06:30:00');
INSERT INTO configuration_params (category, parameter_name) VALUES ('Alerts', 'Old'), ('Alerts', 'Older');
DELETE FROM configuration_params WHERE parameter_name LIKE 'Old%';

-- 2. workflow_controls: 7 rows.
INSERT INTO workflow_controls (workflow_name, enabled, last_updated, updated_by) VALUES
    ('unified-shipstation-sync', 1, '2025-03-01 08:30:00', 'admin'),
    ('xml-import', 1, '2025-03-01 08:30:00', 'admin'),
    ('shipstation-upload', 1, '2025-03-01 08:30:00.25', 'admin'),
    ('orders-cleanup', 0, '2025-02-11 17:05:09', 'zoë'),
    ('weekly-reporter', 1, '2025-02-11 17:05:09', NULL),
    ('shipstation-units-refresher', 0, NULL, 'O''Brien'),
    ('canary', 0, '2025-03-02 00:00:00', '');

-- 3. bundle_skus: 12 rows; 4. bundle_components: 38 rows.
INSERT INTO bundle_skus (bundle_sku, bundle_name, created_at)
    SELECT printf('BNDL-%03d', n),
           CASE WHEN n = 5 THEN NULL ELSE printf('%s, box of %d', name, n) END,
           datetime('2024-11-04 07:45:00', printf('+%d days', n * 3))
    FROM number JOIN product USING (n) WHERE n <= 11;
INSERT INTO bundle_skus (bundle_sku, bundle_name, created_at) VALUES
    ('五十个字' || replace(printf('%046d', 0), '0', '北'), 'the longest key that varchar(50) holds: 50 characters, 150 bytes',
     '2025-01-15 12:00:00');
INSERT INTO bundle_components (id, bundle_sku, component_sku, quantity, created_at)
    SELECT b.rowid * 10 + p.n, b.bundle_sku, p.sku, 1 + (b.rowid * 7 + p.n) % 12, b.created_at
    FROM bundle_skus b JOIN product p ON (p.n + b.rowid) % 5 = 0 ORDER BY b.rowid, p.n;
INSERT INTO bundle_components (bundle_sku, component_sku, quantity) VALUES ('BNDL-001', 'tried once', 1);
DELETE FROM bundle_components WHERE component_sku = 'tried once';

-- 5. sku_lot: 48 rows, three lots a product, the newest active; one with nothing known.
INSERT INTO sku_lot (sku, lot, is_active, created_at, updated_at)
    SELECT sku, printf('%06d', 250000 + n * 10 + lot), lot = 3,
           datetime('2024-10-01 06:00:00', printf('+%d hours', n * 31 + lot * 400)),
           CASE WHEN (n + lot) % 9 = 0 THEN NULL
                ELSE datetime('2025-01-01 06:00:00', printf('+%d minutes', n * 97 + lot * 13)) END
    FROM product, (SELECT 1 AS lot UNION SELECT 2 UNION SELECT 3) ORDER BY n, lot;
UPDATE sku_lot SET is_active = NULL WHERE sku = '0042' AND lot = '250101';
INSERT INTO sku_lot (sku, lot) VALUES ('17612', 'typo'), ('17612', 'typo again');
DELETE FROM sku_lot WHERE lot LIKE 'typo%';

-- 6. orders_inbox: 250 rows.
INSERT INTO orders_inbox (order_number, order_date, customer_name, shipping_method, total_amount, items_json, source,
                          import_date, uploaded_to_shipstation, upload_date, shipstation_order_id, status)
    SELECT printf('%06d', 687000 + i),
           CASE i % 4 WHEN 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', ordered)
                      WHEN 1 THEN strftime('%Y-%m-%dT%H:%M:%S-05:00', ordered)
                      ELSE ordered END,
           CASE WHEN i % 41 = 0 THEN NULL ELSE f.name || ' ' || l.name END,
           CASE i % 5 WHEN 0 THEN 'Standard' WHEN 1 THEN 'FedEx 2Day' WHEN 2 THEN 'FedEx International' WHEN 3 THEN '' END,
           CASE WHEN i % 50 = 0 THEN NULL ELSE 1295 + (i * 6481) % 250000 END,
           json_array(json_object('sku', p.sku, 'name', p.name, 'qty', 1 + i % 6, 'cents', 1295 + i % 7 * 100),
                      json_object('sku', '17612', 'gift', json(iif(i % 2, 'true', 'false')), 'note', NULL)),
           CASE WHEN i % 11 = 0 THEN 'Manual' ELSE 'XML' END,
           datetime(ordered, '+20 minutes') || CASE i % 3 WHEN 0 THEN printf('.%06d', i * 3917) ELSE '' END,
           i <= 210,
           CASE WHEN i > 210 THEN NULL
                WHEN i % 2 THEN strftime('%Y-%m-%dT%H:%M:%S.5Z', ordered, '+45 minutes')
                ELSE datetime(ordered, '+45 minutes') END,
           CASE WHEN i <= 210 THEN CAST(220000000 + i * 37 AS TEXT) END,
           CASE WHEN i <= 190 THEN 'shipped' WHEN i <= 210 THEN 'uploaded' WHEN i = 233 THEN NULL ELSE 'pending' END
    FROM (SELECT n AS i, datetime('2025-02-03 13:05:00', printf('+%d minutes', n * 173)) AS ordered FROM number WHERE n <= 250)
         JOIN first_name f ON f.n = i * 7 % 11 JOIN last_name l ON l.n = i * 5 % 13 JOIN product p ON p.n = i * 3 % 16
    ORDER BY i;
UPDATE orders_inbox SET customer_name = 'Robert''); DROP TABLE shipped_orders; --' WHERE order_number = '687013';
UPDATE orders_inbox SET customer_name = '🚚💨 Express, "Inc."' WHERE order_number = '687014';
UPDATE orders_inbox SET total_amount = 2147483647 WHERE order_number = '687015';
UPDATE orders_inbox SET total_amount = -1500, items_json = '[]' WHERE order_number = '687016';
UPDATE orders_inbox SET items_json = '' WHERE order_number = '687017';
UPDATE orders_inbox SET items_json = NULL WHERE order_number = '687018';
UPDATE orders_inbox SET items_json = '[ {"sku" : "17612", "note": "Stra\u00dfe \ud83d\ude00", "price": 12.50, "price": 13} ]'
    WHERE order_number = '687019';
UPDATE orders_inbox SET items_json =
        (SELECT json_group_array(json_object('line', i, 'sku', sku, 'name', name || ' “' || i || '”', 'qty', 1 + i % 9))
         FROM (SELECT n AS i FROM number WHERE n <= 250) JOIN product ON n = i % 16)
    WHERE order_number = '687020';
INSERT INTO orders_inbox (order_number) VALUES ('cancelled 1'), ('cancelled 2'), ('cancelled 3');
DELETE FROM orders_inbox WHERE order_number LIKE 'cancelled%';

-- 7. shipped_orders: 300 rows, text keys. The 190 that came in by orders_inbox, and older ones.
INSERT INTO shipped_orders (order_number, order_date, ship_date, customer_name, carrier, service, tracking_number,
                            shipstation_order_id, warehouse, import_source, last_updated)
    SELECT printf('%06d', 686890 + i),
           CASE WHEN i % 6 = 0 THEN strftime('%Y-%m-%dT%H:%M:%S+01:00', ordered) ELSE ordered END,
           CASE WHEN i % 37 = 0 THEN NULL ELSE datetime(ordered, '+26 hours') END,
           CASE WHEN i % 29 = 0 THEN '' ELSE f.name || ' ' || l.name END,
           CASE WHEN i % 3 = 0 THEN 'UPS' ELSE 'FedEx' END,
           CASE i % 4 WHEN 0 THEN 'Ground' WHEN 1 THEN '2Day' WHEN 2 THEN 'International Connect' END,
           CASE WHEN i % 19 <> 0 THEN printf('%d%09d', 394000 + i, i * 7654321 % 1000000000) END,
           CAST(219990000 + i * 37 AS TEXT),
           CASE WHEN i % 8 = 0 THEN 'Halle 3, Köln' ELSE 'Key Products Fulfillment' END,
           CASE WHEN i % 23 = 0 THEN 'Import' ELSE 'ShipStation' END,
           CASE i % 5 WHEN 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', ordered, '+30 hours')
                      WHEN 1 THEN strftime('%Y-%m-%dT%H:%M:%f-05:00', ordered, '+25 hours', '+0.125 seconds')
                      ELSE datetime(ordered, '+30 hours') END
    FROM (SELECT n AS i, datetime('2025-01-18 08:00:00', printf('+%d minutes', n * 173)) AS ordered FROM number WHERE n <= 300)
         JOIN first_name f ON f.n = i * 4 % 11 JOIN last_name l ON l.n = i * 9 % 13
    ORDER BY i;

-- 8. shipped_items: 798 rows, two or three an order.
INSERT INTO shipped_items (order_number, sku, lot_number, quantity, ship_date)
    SELECT o.order_number, p.sku,
           CASE WHEN (i + k) % 13 = 0 THEN NULL ELSE printf('%06d', 250000 + p.n * 10 + 3) END,
           1 + (i * 5 + k * 3) % 24, o.ship_date
    FROM (SELECT n AS i, printf('%06d', 686890 + n) AS order_number FROM number WHERE n <= 300) JOIN shipped_orders o USING (order_number)
         JOIN (SELECT n AS k FROM number WHERE n <= 3) JOIN product p ON p.n = (i * 3 + k * 5) % 16
    WHERE k <= 2 + (i % 3 > 0)
    ORDER BY i, k;
UPDATE shipped_items SET sku = '17612' || char(10) || '(second line)' WHERE id = 77;
UPDATE shipped_items SET lot_number = '' WHERE id = 78;
INSERT INTO shipped_items (order_number, sku, quantity) VALUES ('686891', 'returned', 1), ('686892', 'returned', 1);
DELETE FROM shipped_items WHERE id IN (100, 500) OR sku = 'returned';

-- 9. inventory_current: 16 rows.
INSERT INTO inventory_current (sku, quantity_on_hand, reorder_point, last_updated)
    SELECT sku, CASE n WHEN 10 THEN NULL WHEN 11 THEN -3 ELSE n * 1777 % 5000 END, CASE WHEN n % 4 = 3 THEN 0 ELSE n * 50 END,
           datetime('2025-04-01 05:00:00', printf('+%d seconds', n * 61)) || CASE WHEN n % 2 THEN '.75' ELSE '' END
    FROM product ORDER BY n;

-- 10. inventory_transactions: 600 rows.
INSERT INTO inventory_transactions (transaction_date, sku, transaction_type, quantity, lot_number, reference_order, notes, created_at)
    SELECT CASE i % 7 WHEN 0 THEN strftime('%Y-%m-%dT%H:%M:%SZ', at) WHEN 3 THEN strftime('%Y-%m-%dT%H:%M:%S+0530', at)
                      ELSE at END,
           p.sku,
           CASE i % 6 WHEN 0 THEN 'Receive' WHEN 1 THEN 'Repack' WHEN 2 THEN 'Adjust Up' WHEN 3 THEN 'Adjust Down' ELSE 'Ship' END,
           CASE i % 6 WHEN 0 THEN 500 + i WHEN 1 THEN 12 WHEN 2 THEN 1 + i % 5 WHEN 3 THEN -(1 + i % 5) ELSE -(1 + i * 11 % 40) END,
           CASE WHEN i % 3 <> 0 THEN printf('%06d', 250000 + p.n * 10 + 3) END,
           CASE WHEN i % 6 >= 4 THEN printf('%06d', 686890 + 1 + i % 300) END,
           CASE WHEN i % 17 = 0 THEN 'counted by Łukasz & Zoë; it''s fine' WHEN i % 17 = 1 THEN '' END,
           datetime(at, '+3 seconds')
    FROM (SELECT n AS i, datetime('2025-01-20 06:10:00', printf('+%d minutes', n * 131)) AS at FROM number WHERE n <= 600)
         JOIN product p ON p.n = i * 11 % 16
    ORDER BY i;
UPDATE inventory_transactions SET notes = replace(printf('%05000d', 0), '0', 'long ') WHERE id = 42;
UPDATE inventory_transactions SET notes = 'tab' || char(9) || 'return' || char(13, 10) || 'backslash \ and \. alone' WHERE id = 43;
UPDATE inventory_transactions SET notes = char(0xFEFF) || 'a byte order mark, עברית, العربية' WHERE id = 44;
INSERT INTO inventory_transactions (sku, transaction_type, quantity) VALUES ('17612', 'Receive', 1);
DELETE FROM inventory_transactions WHERE id > 600;

-- 11. system_kpis: 9 rows.
INSERT INTO system_kpis (metric_name, metric_value, last_updated) VALUES
    ('orders_today', '17', '2025-04-01 18:00:00'),
    ('units_shipped_week', '2310', '2025-04-01 18:00:00'),
    ('on_time_rate', '0.9870', '2025-04-01 18:00:00.1'),
    ('average_units', '1e3', '2025-04-01 18:00:00.123456'),
    ('revenue_usd', '1158000.00', '2025-04-01 18:00:00'),
    ('system_status', 'healthy ✅', '2025-04-01 18:00:00'),
    ('last_error', '', '2025-03-30 03:14:15.926535'),
    ('next_review', NULL, NULL),
    ('dashboard', '{"tiles":["orders","stock"],"theme":"dark"}', '2025-04-01T18:00:00');

-- 12. shipping_violations: 74 rows.
INSERT INTO shipping_violations (order_number, violation_type, expected_value, actual_value, severity, detected_at,
                                 resolved_at, resolved_by, notes)
    SELECT CASE WHEN i % 20 = 0 THEN NULL ELSE printf('%06d', 686890 + i * 4) END,
           CASE i % 3 WHEN 0 THEN 'Hawaiian order not FedEx 2Day' WHEN 1 THEN 'Canadian order not International' ELSE 'Wrong address' END,
           CASE i % 3 WHEN 2 THEN '12 Rue de l''Église, Montréal' ELSE 'FedEx 2Day' END,
           CASE i % 3 WHEN 2 THEN '' ELSE 'UPS Ground' END,
           CASE i % 4 WHEN 0 THEN 'high' WHEN 1 THEN NULL ELSE 'medium' END,
           CASE i % 2 WHEN 0 THEN strftime('%Y-%m-%dT%H:%M:%S-05:00', at) ELSE at || printf('.%03d', i) END,
           CASE WHEN i % 3 = 0 THEN datetime(at, '+2 days') END,
           CASE WHEN i % 3 = 0 THEN (SELECT name FROM first_name WHERE n = i % 11) END,
           CASE WHEN i % 10 = 0 THEN 'see "call log" — ☎' END
    FROM (SELECT n AS i, datetime('2025-01-25 09:00:00', printf('+%d hours', n * 11)) AS at FROM number WHERE n <= 74)
    ORDER BY i;
INSERT INTO shipping_violations (notes) VALUES ('opened by mistake');
DELETE FROM shipping_violations WHERE notes = 'opened by mistake';

DROP VIEW temp.number;
DROP TABLE temp.product;
DROP TABLE temp.last_name;
DROP TABLE temp.first_name;
COMMIT;
