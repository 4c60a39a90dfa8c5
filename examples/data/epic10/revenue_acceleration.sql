-- revenue_acceleration: Opportunities again, and what leads to revenue.
-- 3 tables, 28 rows. Make the file with examples/make_data.sh.
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

CREATE TABLE enhanced_attribution (
    attribution_id TEXT PRIMARY KEY,
    opportunity_id TEXT,
    channel TEXT,
    revenue INTEGER,
    model TEXT
);

CREATE TABLE lead_scoring_factors (
    factor_id TEXT PRIMARY KEY,
    factor_name TEXT NOT NULL,
    weight REAL NOT NULL,
    is_active INTEGER DEFAULT 1
);

INSERT INTO revenue_opportunities (opportunity_id, name, value, probability, weighted_value, updated_at) VALUES
    ('opp-08', 'Opportunity 8', 80000, 0.55, 44000.0, '2025-09-06 13:08:00'),
    ('opp-09', 'Opportunity 9', 87500, 0.6, 52500.0, '2025-09-06 13:09:00'),
    ('opp-10', 'Opportunity 10', 95000, 0.65, 61750.0, '2025-09-06 13:10:00'),
    ('opp-11', 'Opportunity 11', 105000, 0.7, 73500.0, '2025-09-15 13:11:00'),
    ('opp-12', 'Opportunity 12', 112500, 0.15, 16875.0, '2025-09-15 13:12:00'),
    ('opp-13', 'Opportunity 13', 117500, 0.2, 23500.0, '2025-09-06 13:13:00'),
    ('opp-14', 'Opportunity 14', 125000, 0.25, 31250.0, '2025-09-06 13:14:00'),
    ('opp-15', 'Opportunity 15', 132500, 0.3, 39750.0, '2025-09-06 13:15:00'),
    ('opp-16', 'Opportunity 16', 140000, 0.35, 49000.0, '2025-09-06 13:16:00');

INSERT INTO enhanced_attribution (attribution_id, opportunity_id, channel, revenue, model) VALUES
    ('enh-01', 'opp-02', 'referral', 4800, 'linear'),
    ('enh-02', 'opp-03', 'newsletter', 5600, 'first_touch'),
    ('enh-03', 'opp-04', 'post', 6400, 'linear'),
    ('enh-04', 'opp-05', 'referral', 7200, 'first_touch'),
    ('enh-05', 'opp-06', 'newsletter', 8000, 'linear'),
    ('enh-06', 'opp-07', 'post', 8800, 'first_touch'),
    ('enh-07', 'opp-08', 'referral', 9600, 'linear'),
    ('enh-08', 'opp-09', 'newsletter', 10400, 'first_touch'),
    ('enh-09', 'opp-10', 'post', 11200, 'linear'),
    ('enh-10', 'opp-11', 'referral', 12000, 'first_touch'),
    ('enh-11', 'opp-12', 'newsletter', 12800, 'linear'),
    ('enh-12', 'opp-13', 'post', 13600, 'first_touch'),
    ('enh-13', 'opp-14', 'referral', 14400, 'linear'),
    ('enh-14', 'opp-15', 'newsletter', 15200, 'first_touch');

INSERT INTO lead_scoring_factors (factor_id, factor_name, weight, is_active) VALUES
    ('factor-1', 'company size', 0.3, 1),
    ('factor-2', 'title', 0.25, 1),
    ('factor-3', 'engagement', 0.25, 1),
    ('factor-4', 'budget', 0.2, 1),
    ('factor-5', 'distance', 0.0, 0);

COMMIT;
