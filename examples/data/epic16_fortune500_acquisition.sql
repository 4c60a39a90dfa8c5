-- The Fortune 500 acquisition database of Epic 16: 5 tables and SQLite's own sqlite_sequence (the migration plan counts it
-- as the sixth), 74 rows, the same bytes on every machine. People and companies are invented.
-- Make the file with examples/make_data.sh.
--
-- 7 qualified prospects have an accepted business case; they name 13 decision makers, in JSON. One of them names
-- none, and some have no e-mail. roi_percent is (savings - investment) / investment, payback_months is investment / (savings / 12).
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE prospects (
    prospect_id TEXT PRIMARY KEY,
    company_name TEXT NOT NULL,
    website TEXT,
    industry TEXT,
    fortune_rank INTEGER,
    revenue_usd REAL,
    employee_count INTEGER,
    decision_makers TEXT DEFAULT '[]',
    tech_stack TEXT,
    pain_points TEXT,
    acquisition_score REAL,
    qualified INTEGER DEFAULT 0,
    scored_unix INTEGER,
    legacy_notes TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (company_name, website)
);

CREATE TABLE lead_scoring (
    scoring_id INTEGER PRIMARY KEY AUTOINCREMENT,
    prospect_id TEXT NOT NULL REFERENCES prospects (prospect_id),
    score REAL NOT NULL,
    factors TEXT,
    model_version TEXT,
    scored_unix INTEGER
);

CREATE TABLE business_cases (
    case_id TEXT PRIMARY KEY,
    prospect_id TEXT NOT NULL REFERENCES prospects (prospect_id),
    investment_usd INTEGER NOT NULL,
    annual_savings_usd INTEGER NOT NULL,
    roi_percent REAL,
    payback_months REAL,
    status TEXT DEFAULT 'draft',
    details TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE sales_sequences (
    sequence_id TEXT PRIMARY KEY,
    prospect_id TEXT NOT NULL REFERENCES prospects (prospect_id),
    sequence_type TEXT,
    steps TEXT,
    current_step INTEGER DEFAULT 1,
    status TEXT DEFAULT 'active',
    next_touch_unix INTEGER,
    is_automated INTEGER DEFAULT 1
);

CREATE TABLE roi_tracking (
    tracking_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES business_cases (case_id),
    period TEXT NOT NULL,
    invested_usd INTEGER,
    returned_usd INTEGER,
    roi_ratio REAL,
    measured_at TIMESTAMP
);

INSERT INTO prospects (prospect_id, company_name, website, industry, fortune_rank, revenue_usd, employee_count, decision_makers, tech_stack, pain_points, acquisition_score, qualified, scored_unix, legacy_notes, created_at, updated_at) VALUES
    ('f500-001', 'Ardent Motors', 'www.ARDENT.example', 'Automotive', 12, 2400000000.0, 4000, '[{"name": "Anna Berg", "title": "Chief Technology Officer", "email": null, "influence": 9.5, "linkedin": "https://www.linkedin.com/in/ardent-1"}, {"name": "Luis Ortega", "title": "VP Engineering", "email": "l.ortega@ardent.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/ardent-2"}, {"name": "Mei Lin", "title": "Chief Information Officer", "email": "m.lin@ardent.example", "influence": 7.25, "linkedin": "https://www.linkedin.com/in/ardent-3"}]', '["Java"]', '[{"pain": "slow releases", "weight": 0.6}]', 62.5, 1, 1756684800, 'imported from the 2023 spreadsheet', '2025-09-01 09:00:00', '2025-09-01T09:00:00Z'),
    ('f500-002', 'Belltower Insurance', 'www.belltower.example', 'Insurance', 41, 3131250000.5, 6750, '[{"name": "Omar Haddad", "title": "VP Engineering", "email": "o.haddad@belltower.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/belltower-1"}]', '["Java", "Kafka"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 64.25, 1, 1756774800, NULL, '2025-09-02 10:13:00', '2025-09-02T10:13:00Z'),
    ('f500-003', 'Cascade Energy', 'www.cascade.example', 'Energy', 70, 3862500001.0, 9500, '[{"name": "Noor Aziz", "title": "Chief Information Officer", "email": "n.aziz@cascade.example", "influence": 7.25, "linkedin": "https://www.linkedin.com/in/cascade-1"}, {"name": "Erik Lund", "title": "Head of Platform", "email": "e.lund@cascade.example", "influence": 6, "linkedin": "https://www.linkedin.com/in/cascade-2"}]', '["Java", "Kafka", "PostgreSQL"]', '[{"pain": "slow releases", "weight": 0.6}]', 66.0, 1, 1756864800, NULL, '2025-09-03 11:26:00', '2025-09-03T11:26:00Z'),
    ('f500-004', 'Dunmore Foods', 'www.dunmore.example', 'Food', 99, 4593750001.5, 12250, '[{"name": "Paul Novák", "title": "Head of Platform", "email": "p.novak@dunmore.example", "influence": 6, "linkedin": "https://www.linkedin.com/in/dunmore-1"}, {"name": "Ruth Adler", "title": "Director of Procurement", "email": "r.adler@dunmore.example", "influence": 9.5, "linkedin": "https://www.linkedin.com/in/dunmore-2"}]', '["Java"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 67.75, 1, 1756954800, NULL, '2025-09-04 12:39:00', '2025-09-04T12:39:00Z'),
    ('f500-005', 'Evergreen Health', 'www.evergreen.example', 'Healthcare', 128, 5325000002.0, 15000, '[]', '["Java", "Kafka"]', '[{"pain": "slow releases", "weight": 0.6}]', 69.5, 1, 1757044800, 'imported from the 2023 spreadsheet', '2025-09-05 13:52:00', '2025-09-05T13:52:00Z'),
    ('f500-006', 'Falconer Aerospace', 'www.FALCONER.example', 'Aerospace', 157, 6056250002.5, 17750, '[{"name": "Elsa Weber", "title": "Chief Technology Officer", "email": "e.weber@falconer.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/falconer-1"}, {"name": "Anna Berg", "title": "VP Engineering", "email": null, "influence": 7.25, "linkedin": "https://www.linkedin.com/in/falconer-2"}]', '["Java", "Kafka", "PostgreSQL"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 71.25, 1, 1757134800, NULL, '2025-09-06 14:05:00', '2025-09-06T14:05:00Z'),
    ('f500-007', 'Grand Lakes Bank', 'www.grand.example', 'Banking', 186, 6787500003.0, 20500, '[{"name": "Mei Lin", "title": "VP Engineering", "email": null, "influence": 7.25, "linkedin": "https://www.linkedin.com/in/grand-1"}]', '["Java"]', '[{"pain": "slow releases", "weight": 0.6}]', 73.0, 1, 1757224800, NULL, '2025-09-07 15:18:00', '2025-09-07T15:18:00Z'),
    ('f500-008', 'Hollis & O''Hara', 'www.hollis.example', 'Retail', 215, 7518750003.5, 23250, '[{"name": "João Silva", "title": "Chief Information Officer", "email": "j.silva@hollis.example", "influence": 6, "linkedin": "https://www.linkedin.com/in/hollis-1"}, {"name": "Noor Aziz", "title": "Head of Platform", "email": "n.aziz@hollis.example", "influence": 9.5, "linkedin": "https://www.linkedin.com/in/hollis-2"}, {"name": "Erik Lund", "title": "Director of Procurement", "email": "e.lund@hollis.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/hollis-3"}]', '["Java", "Kafka"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 74.75, 1, 1757314800, NULL, '2025-09-08 16:31:00', '2025-09-08T16:31:00Z'),
    ('f500-009', 'Ironbridge Steel', 'www.ironbridge.example', 'Materials', 244, 8250000004.0, 26000, '[{"name": "Grace Kim", "title": "Head of Platform", "email": "g.kim@ironbridge.example", "influence": 9.5, "linkedin": "https://www.linkedin.com/in/ironbridge-1"}, {"name": "Paul Novák", "title": "Director of Procurement", "email": "p.novak@ironbridge.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/ironbridge-2"}, {"name": "Ruth Adler", "title": "Chief Technology Officer", "email": "r.adler@ironbridge.example", "influence": 7.25, "linkedin": "https://www.linkedin.com/in/ironbridge-3"}]', '["Java", "Kafka", "PostgreSQL"]', '[{"pain": "slow releases", "weight": 0.6}]', 76.5, 0, 1757404800, 'imported from the 2023 spreadsheet', '2025-09-09 09:44:00', '2025-09-09T09:44:00Z'),
    ('f500-010', 'Juniper Telecom', 'www.juniper.example', 'Telecom', 273, 8981250004.5, 28750, '[{"name": "Ivan Petrov", "title": "Director of Procurement", "email": "i.petrov@juniper.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/juniper-1"}]', '["Java"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 78.25, 0, 1757494800, NULL, '2025-09-10 10:57:00', '2025-09-10T10:57:00Z'),
    ('f500-011', 'Kestrel Logistics', 'www.KESTREL.example', 'Logistics', 302, 9712500005.0, 31500, '[{"name": "Tariq Khan", "title": "Chief Technology Officer", "email": "t.khan@kestrel.example", "influence": 7.25, "linkedin": "https://www.linkedin.com/in/kestrel-1"}, {"name": "Elsa Weber", "title": "VP Engineering", "email": "e.weber@kestrel.example", "influence": 6, "linkedin": "https://www.linkedin.com/in/kestrel-2"}]', '["Java", "Kafka"]', '[{"pain": "slow releases", "weight": 0.6}]', 80.0, 1, 1757584800, NULL, '2025-09-11 11:10:00', '2025-09-11T11:10:00Z'),
    ('f500-012', 'Longview Pharma', 'www.longview.example', 'Pharma', 331, 10443750005.5, 34250, '[{"name": "Luis Ortega", "title": "VP Engineering", "email": "l.ortega@longview.example", "influence": 6, "linkedin": "https://www.linkedin.com/in/longview-1"}, {"name": "Mei Lin", "title": "Chief Information Officer", "email": null, "influence": 9.5, "linkedin": "https://www.linkedin.com/in/longview-2"}]', '["Java", "Kafka", "PostgreSQL"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 81.75, 1, 1757635200, NULL, '2025-09-12 12:23:00', '2025-09-12T12:23:00Z'),
    ('f500-013', 'Møller Shipping', 'www.moller.example', 'Logistics', 360, 11175000006.0, 37000, '[]', '["Java"]', '[{"pain": "slow releases", "weight": 0.6}]', 83.5, 0, 1757725200, 'imported from the 2023 spreadsheet', '2025-09-13 13:36:00', '2025-09-13T13:36:00Z'),
    ('f500-014', 'Norther Rail', 'www.norther.example', 'Transport', 389, 11906250006.5, 39750, '[{"name": "Erik Lund", "title": "Head of Platform", "email": "e.lund@norther.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/norther-1"}, {"name": "Grace Kim", "title": "Director of Procurement", "email": "g.kim@norther.example", "influence": 7.25, "linkedin": "https://www.linkedin.com/in/norther-2"}]', '["Java", "Kafka"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 85.25, 0, 1757815200, NULL, '2025-09-14 14:49:00', '2025-09-14T14:49:00Z'),
    ('f500-015', 'Orchard Media', 'www.orchard.example', 'Media', 418, 12637500007.0, 42500, '[{"name": "Ruth Adler", "title": "Director of Procurement", "email": "r.adler@orchard.example", "influence": 7.25, "linkedin": "https://www.linkedin.com/in/orchard-1"}]', '["Java", "Kafka", "PostgreSQL"]', '[{"pain": "slow releases", "weight": 0.6}]', 87.0, 0, 1757905200, NULL, '2025-09-15 15:02:00', '2025-09-15T15:02:00Z'),
    ('f500-016', 'Pinnacle Chemicals', 'www.PINNACLE.example', 'Chemicals', 447, 13368750007.5, 45250, '[{"name": "Sam Carter", "title": "Chief Technology Officer", "email": "s.carter@pinnacle.example", "influence": 6, "linkedin": "https://www.linkedin.com/in/pinnacle-1"}, {"name": "Tariq Khan", "title": "VP Engineering", "email": "t.khan@pinnacle.example", "influence": 9.5, "linkedin": "https://www.linkedin.com/in/pinnacle-2"}, {"name": "Elsa Weber", "title": "Chief Information Officer", "email": "e.weber@pinnacle.example", "influence": 8, "linkedin": "https://www.linkedin.com/in/pinnacle-3"}]', '["Java"]', '[{"pain": "slow releases", "weight": 0.6}, {"pain": "legacy estate", "weight": 0.4}]', 88.75, 0, 1757995200, NULL, '2025-09-16 16:15:00', '2025-09-16T16:15:00Z');

INSERT INTO lead_scoring (scoring_id, prospect_id, score, factors, model_version, scored_unix) VALUES
    (1, 'f500-001', 58.0, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1756684800),
    (2, 'f500-001', 62.5, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-3', 1756774800),
    (3, 'f500-002', 59.75, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1756774800),
    (4, 'f500-003', 61.5, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1756864800),
    (5, 'f500-004', 63.25, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1756954800),
    (6, 'f500-004', 67.75, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-3', 1757044800),
    (7, 'f500-005', 65.0, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757044800),
    (8, 'f500-006', 66.75, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757134800),
    (9, 'f500-007', 68.5, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757224800),
    (10, 'f500-007', 73.0, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-3', 1757314800),
    (11, 'f500-008', 70.25, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757314800),
    (12, 'f500-009', 72.0, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757404800),
    (13, 'f500-010', 73.75, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757494800),
    (14, 'f500-010', 78.25, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-3', 1757584800),
    (17, 'f500-011', 75.5, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757584800),
    (18, 'f500-012', 77.25, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757635200),
    (19, 'f500-013', 79.0, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757725200),
    (20, 'f500-013', 83.5, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-3', 1757815200),
    (21, 'f500-014', 80.75, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757815200),
    (22, 'f500-015', 82.5, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757905200),
    (23, 'f500-016', 84.25, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-2', 1757995200),
    (24, 'f500-016', 88.75, '{"revenue": 0.4, "fit": 0.35, "timing": 0.25}', 'model-3', 1758085200);

-- A key was given and taken back: the sequence lies past the largest.
INSERT INTO lead_scoring (scoring_id, prospect_id, score) VALUES (99, 'f500-001', 0);
DELETE FROM lead_scoring WHERE scoring_id = 99;

INSERT INTO business_cases (case_id, prospect_id, investment_usd, annual_savings_usd, roi_percent, payback_months, status, details, created_at) VALUES
    ('case-001', 'f500-001', 120000, 360000, 200.0, 4.0, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-01 08:00:00'),
    ('case-002', 'f500-002', 135000, 417500, 209.26, 3.8802, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-02 09:13:00'),
    ('case-003', 'f500-003', 150000, 475000, 216.67, 3.7895, 'sent', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-03 10:26:00'),
    ('case-004', 'f500-004', 165000, 532500, 222.73, 3.7183, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-04 11:39:00'),
    ('case-005', 'f500-005', 180000, 590000, 227.78, 3.661, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-05 12:52:00'),
    ('case-006', 'f500-006', 195000, 647500, 232.05, 3.6139, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-06 13:05:00'),
    ('case-007', 'f500-007', 210000, 705000, 235.71, 3.5745, 'draft', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-07 14:18:00'),
    ('case-008', 'f500-008', 225000, 762500, 238.89, 3.541, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-08 15:31:00'),
    ('case-009', 'f500-009', 240000, 820000, 241.67, 3.5122, 'sent', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-09 08:44:00'),
    ('case-010', 'f500-010', 255000, 877500, 244.12, 3.4872, 'draft', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-10 09:57:00'),
    ('case-011', 'f500-011', 270000, 935000, 246.3, 3.4652, 'accepted', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-11 10:10:00'),
    ('case-012', 'f500-012', 285000, 992500, 248.25, 3.4458, 'rejected', '{"assumptions": {"discount_rate": 0.08, "years": 3}, "scenarios": ["base", "best"]}', '2025-09-12 11:23:00');

INSERT INTO sales_sequences (sequence_id, prospect_id, sequence_type, steps, current_step, status, next_touch_unix, is_automated) VALUES
    ('seq-001', 'f500-001', 'executive', '[{"step": 1, "channel": "email"}]', 1, 'active', NULL, 1),
    ('seq-002', 'f500-002', 'technical', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}]', 2, 'paused', 1756774800, 0),
    ('seq-003', 'f500-003', 'executive', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}, {"step": 3, "channel": "call"}]', 3, 'done', 1756864800, 0),
    ('seq-004', 'f500-004', 'technical', '[{"step": 1, "channel": "email"}]', 1, 'active', 1756954800, 0),
    ('seq-005', 'f500-005', 'executive', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}]', 2, 'paused', NULL, 0),
    ('seq-006', 'f500-006', 'technical', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}, {"step": 3, "channel": "call"}]', 3, 'done', 1757134800, 1),
    ('seq-007', 'f500-007', 'executive', '[{"step": 1, "channel": "email"}]', 1, 'active', 1757224800, 0),
    ('seq-008', 'f500-008', 'technical', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}]', 2, 'paused', 1757314800, 0),
    ('seq-009', 'f500-009', 'executive', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}, {"step": 3, "channel": "call"}]', 3, 'done', NULL, 0),
    ('seq-010', 'f500-010', 'technical', '[{"step": 1, "channel": "email"}]', 1, 'active', 1757494800, 0),
    ('seq-011', 'f500-011', 'executive', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}]', 2, 'paused', 1757584800, 1),
    ('seq-012', 'f500-012', 'technical', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}, {"step": 3, "channel": "call"}]', 3, 'done', 1757635200, 0),
    ('seq-013', 'f500-013', 'executive', '[{"step": 1, "channel": "email"}]', 1, 'active', NULL, 0),
    ('seq-014', 'f500-014', 'technical', '[{"step": 1, "channel": "email"}, {"step": 2, "channel": "linkedin"}]', 2, 'paused', 1757815200, 0);

INSERT INTO roi_tracking (tracking_id, case_id, period, invested_usd, returned_usd, roi_ratio, measured_at) VALUES
    ('roi-001', 'case-001', '2025-07', 8000, 24000, 3.0, '2025-09-01T09:00:00Z'),
    ('roi-002', 'case-002', '2025-08', 8500, 25250, 2.9706, '2025-09-02T10:13:00Z'),
    ('roi-003', 'case-003', '2025-09', 9000, 26500, 2.9444, '2025-09-03T11:26:00Z'),
    ('roi-004', 'case-004', '2025-07', 9500, 27750, 2.9211, '2025-09-04T12:39:00Z'),
    ('roi-005', 'case-005', '2025-08', 10000, 29000, 2.9, '2025-09-05T13:52:00Z'),
    ('roi-006', 'case-006', '2025-09', 10500, 30250, 2.881, '2025-09-06T14:05:00Z'),
    ('roi-007', 'case-007', '2025-07', 11000, 31500, 2.8636, '2025-09-07T15:18:00Z'),
    ('roi-008', 'case-008', '2025-08', 11500, 32750, 2.8478, '2025-09-08T16:31:00Z'),
    ('roi-009', 'case-009', '2025-09', 12000, 34000, 2.8333, '2025-09-09T09:44:00Z'),
    ('roi-010', 'case-010', '2025-07', 12500, 35250, 2.82, '2025-09-10T10:57:00Z');

COMMIT;
