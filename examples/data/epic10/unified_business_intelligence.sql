-- unified_business_intelligence: Opportunities and products.
-- 2 tables, 16 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE revenue_opportunities (
    opportunity_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    value INTEGER,
    probability REAL,
    weighted_value REAL,
    updated_at TIMESTAMP
);

CREATE TABLE product_performance (
    product_id TEXT PRIMARY KEY,
    product_name TEXT NOT NULL,
    units INTEGER,
    revenue INTEGER,
    margin REAL
);

INSERT INTO revenue_opportunities (opportunity_id, name, value, probability, weighted_value, updated_at) VALUES
    ('opp-01', 'Opportunity 1', 27500, 0.2, 5500.0, '2025-09-06 13:01:00'),
    ('opp-02', 'Opportunity 2', 35000, 0.25, 8750.0, '2025-09-06 13:02:00'),
    ('opp-03', 'Opportunity 3', 42500, 0.3, 12750.0, '2025-09-06 13:03:00'),
    ('opp-04', 'Opportunity 4', 50000, 0.35, 17500.0, '2025-09-06 13:04:00'),
    ('opp-05', 'Opportunity 5', 57500, 0.4, 23000.0, '2025-09-06 13:05:00'),
    ('opp-06', 'Opportunity 6', 65000, 0.45, 29250.0, '2025-09-06 13:06:00'),
    ('opp-07', 'Opportunity 7', 72500, 0.5, 36250.0, '2025-09-06 13:07:00'),
    ('opp-08', 'Opportunity 8', 80000, 0.55, 44000.0, '2025-09-06 13:08:00'),
    ('opp-09', 'Opportunity 9', 87500, 0.6, 52500.0, '2025-09-06 13:09:00'),
    ('opp-10', 'Opportunity 10', 95000, 0.65, 61750.0, '2025-09-06 13:10:00'),
    ('opp-11', 'Opportunity 11', 102500, 0.7, 71750.0, '2025-09-06 13:11:00'),
    ('opp-12', 'Opportunity 12', 110000, 0.15, 16500.0, '2025-09-06 13:12:00');

INSERT INTO product_performance (product_id, product_name, units, revenue, margin) VALUES
    ('prod-1', 'Velocity audit', 14, 63000, 0.62),
    ('prod-2', 'Team coaching', 9, 64800, 0.55),
    ('prod-3', 'Fractional CTO', 3, 108000, 0.48),
    ('prod-4', 'Workshop "Ship it"', 21, 39900, 0.71);

COMMIT;
