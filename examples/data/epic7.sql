-- The Epic 7 sales database as its SQLite file holds it: 9 tables, 134 rows, the same bytes on every machine.
-- Make the file with: sqlite3 -bail epic7.db < epic7.sql (examples/make_data.sh does it)
--
-- The figures are those of the cutover plan: 16 contacts worth $1,158,000 (8 platinum $895,000, 6 gold $210,000,
-- 2 silver $53,000), 14 of them qualified; 58 proposals worth $4,470,000; 3 templates, 42 LinkedIn sequences, 4 campaigns,
-- 11 forecasts; 3 tables without rows yet. People and companies are invented.
--
-- As in real files: booleans are 0 and 1 in INTEGER columns, JSON is text, times are text in two forms (2025-10-01 12:30:15,
-- UTC by custom, and ISO with its zone), empty strings stand beside nulls.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE crm_contacts (
    contact_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    company TEXT,
    company_size TEXT,
    title TEXT,
    email TEXT UNIQUE,
    linkedin_profile TEXT,
    phone TEXT,
    lead_score INTEGER DEFAULT 0,
    qualification_status TEXT DEFAULT 'unqualified',
    estimated_value INTEGER DEFAULT 0,
    priority_tier TEXT,
    next_action TEXT,
    next_action_date TEXT,
    notes TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE roi_templates (
    template_id TEXT PRIMARY KEY,
    template_name TEXT NOT NULL,
    client_segment TEXT,
    cost_factors TEXT,
    benefit_factors TEXT,
    value_multiplier REAL,
    is_active INTEGER DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE generated_proposals (
    proposal_id TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES crm_contacts (contact_id),
    inquiry_id TEXT,
    template_used TEXT REFERENCES roi_templates (template_id),
    proposal_value INTEGER,
    roi_calculation TEXT,
    status TEXT DEFAULT 'draft',
    win_probability REAL,
    generated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    sent_at TIMESTAMP
);

CREATE TABLE linkedin_automation_tracking (
    sequence_id TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES crm_contacts (contact_id),
    sequence_type TEXT NOT NULL,
    current_step INTEGER DEFAULT 1,
    total_steps INTEGER,
    status TEXT DEFAULT 'active',
    is_automated INTEGER DEFAULT 1,
    response_received INTEGER DEFAULT 0,
    last_sent_at TIMESTAMP,
    metrics TEXT
);

CREATE TABLE ab_test_campaigns (
    campaign_id TEXT PRIMARY KEY,
    campaign_name TEXT NOT NULL,
    hypothesis TEXT,
    variant_a TEXT,
    variant_b TEXT,
    target_metric TEXT,
    confidence_level REAL,
    sample_size INTEGER,
    observed_effect REAL,
    status TEXT DEFAULT 'active',
    is_running INTEGER DEFAULT 1,
    started_at TIMESTAMP,
    ended_at TIMESTAMP
);

CREATE TABLE ab_test_results (
    result_id INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id TEXT NOT NULL REFERENCES ab_test_campaigns (campaign_id),
    variant TEXT NOT NULL,
    metric_value REAL,
    recorded_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE revenue_forecasts (
    forecast_id TEXT PRIMARY KEY,
    forecast_month TEXT NOT NULL,
    low_estimate INTEGER,
    high_estimate INTEGER,
    expected_revenue REAL,
    confidence REAL,
    assumptions TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE lead_scoring_history (
    history_id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id TEXT NOT NULL REFERENCES crm_contacts (contact_id),
    previous_score INTEGER,
    new_score INTEGER,
    reason TEXT,
    scored_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE sales_pipeline (
    pipeline_id TEXT PRIMARY KEY,
    contact_id TEXT NOT NULL REFERENCES crm_contacts (contact_id),
    stage TEXT DEFAULT 'discovery',
    deal_value INTEGER,
    probability REAL,
    expected_close TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO crm_contacts (contact_id, name, company, company_size, title, email, linkedin_profile, phone, lead_score, qualification_status, estimated_value, priority_tier, next_action, next_action_date, notes, created_at, updated_at) VALUES
    ('crm-20250901-001', 'Sarah Chen', 'Northwind Analytics', '500-1000', 'Chief Technology Officer', 'sarah.chen@northwind-analytics.example', 'https://www.linkedin.com/in/sarah-chen', '+1-202-555-0100', 95, 'qualified', 180000, 'platinum', 'Send proposal', '2025-10-10', NULL, '2025-09-01 08:00:00', '2025-10-01 10:30:15'),
    ('crm-20250901-002', 'Miguel Ángel Ruiz', 'Tecnología Andina', '1000+', 'VP Engineering', 'maruiz@andina.example', 'https://www.linkedin.com/in/maruiz', NULL, 92, 'qualified', 145000, 'platinum', 'Schedule discovery call', '2025-10-11', 'Met at the platform engineering meetup.
Wants a fixed price.', '2025-09-01 09:07:00', '2025-10-02T11:30:15Z'),
    ('crm-20250901-003', 'Aoife O''Sullivan', 'Harbour & Lane', '500-1000', 'Chief Product Officer', 'aoife@harbourlane.example', 'https://www.linkedin.com/in/aoife', '+44 20 7946 0002', 90, 'qualified', 125000, 'platinum', 'Follow up on ROI review', '2025-10-12', 'Asked twice about data residency (EU).', '2025-09-02 10:14:00', '2025-10-03T02:30:15.250000-05:00'),
    ('crm-20250901-004', 'David Okonkwo', 'Meridian Freight', '1000+', 'Head of Platform', 'd.okonkwo@meridianfreight.example', 'https://www.linkedin.com/in/d-okonkwo', '', 88, 'qualified', 110000, 'platinum', 'Prepare contract', '2025-10-13', '', '2025-09-02 11:21:00', '2025-10-04 13:30:15'),
    ('crm-20250904-005', 'Ingrid Sørensen', 'Fjordline Data', '200-500', 'CTO', 'ingrid@fjordline.example', NULL, '+1-202-555-0104', 88, 'qualified', 100000, 'platinum', 'Send proposal', '2025-10-14', 'Prefers Spanish; decision in Q4 — budget approved', '2025-09-03 12:28:00', '2025-10-05T14:30:15Z'),
    ('crm-20250904-006', 'Priya Raghavan', 'Lumen Health Systems', '1000+', 'Director of Engineering', 'priya.raghavan@lumenhealth.example', 'https://www.linkedin.com/in/priya-raghavan', NULL, 85, 'qualified', 90000, 'platinum', 'Schedule discovery call', '2025-10-15', NULL, '2025-09-03 13:35:00', '2025-10-01T05:30:15.250000-05:00'),
    ('crm-20250904-007', 'Tom Baker', 'Baker "Fast" Logistics', '200-500', 'Founder & CEO', 'tom@bakerlogistics.example', 'https://www.linkedin.com/in/tom', '+44 20 7946 0006', 84, 'qualified', 80000, 'platinum', 'Follow up on ROI review', '2025-10-16', 'Met at the platform engineering meetup.
Wants a fixed price.', '2025-09-04 14:42:00', '2025-10-02 16:30:15'),
    ('crm-20250904-008', 'Yuki Tanaka', '田中ソフトウェア', '200-500', 'VP Technology', 'tanaka@tanaka-soft.example', 'https://www.linkedin.com/in/tanaka', '', 81, 'qualified', 65000, 'platinum', 'Prepare contract', '2025-10-17', 'Asked twice about data residency (EU).', '2025-09-04 15:49:00', '2025-10-03T17:30:15Z'),
    ('crm-20250907-009', 'Elena Petrova', 'Severny Retail', '100-200', 'Engineering Manager', 'e.petrova@severny.example', 'https://www.linkedin.com/in/e-petrova', '+1-202-555-0108', 78, 'qualified', 45000, 'gold', 'Send proposal', '2025-10-18', '', '2025-09-05 16:56:00', '2025-10-04T08:30:15.250000-05:00'),
    ('crm-20250907-010', 'Marcus Webb', 'Webb Consulting', '50-100', 'Managing Partner', 'marcus@webbconsulting.example', NULL, NULL, 76, 'qualified', 40000, 'gold', 'Schedule discovery call', '2025-10-19', 'Prefers Spanish; decision in Q4 — budget approved', '2025-09-05 08:03:00', '2025-10-05 10:30:15'),
    ('crm-20250907-011', 'Chloé Dubois', 'Atelier Numérique', '50-100', 'Directrice technique', 'chloe.dubois@atelier-numerique.example', 'https://www.linkedin.com/in/chloe-dubois', '+44 20 7946 0010', 75, 'qualified', 38000, 'gold', 'Follow up on ROI review', '2025-10-20', NULL, '2025-09-06 09:10:00', '2025-10-01T11:30:15Z'),
    ('crm-20250907-012', 'Rajesh Kumar', 'CloudSpring', '100-200', 'Lead Architect', 'rajesh@cloudspring.example', 'https://www.linkedin.com/in/rajesh', '', 74, 'qualified', 35000, 'gold', 'Prepare contract', '2025-10-21', 'Met at the platform engineering meetup.
Wants a fixed price.', '2025-09-06 10:17:00', '2025-10-02T02:30:15.250000-05:00'),
    ('crm-20250910-013', 'Hannah Müller', 'Grünwerk GmbH', '100-200', 'Head of Engineering', 'hannah.mueller@gruenwerk.example', 'https://www.linkedin.com/in/hannah-mueller', '+1-202-555-0112', 72, 'qualified', 30000, 'gold', 'Send proposal', '2025-10-22', 'Asked twice about data residency (EU).', '2025-09-07 11:24:00', '2025-10-03 13:30:15'),
    ('crm-20250910-014', 'James O''Neil', 'Copperfield Labs', '50-100', 'CTO', 'james.oneil@copperfield.example', 'https://www.linkedin.com/in/james-oneil', NULL, 71, 'qualified', 22000, 'gold', 'Schedule discovery call', '2025-10-23', '', '2025-09-07 12:31:00', '2025-10-04T14:30:15Z'),
    ('crm-20250910-015', 'Lucía Fernández', 'Startup Sol', '10-50', 'Founder', 'lucia@startupsol.example', NULL, '+44 20 7946 0014', 55, 'contacted', 28000, 'silver', NULL, NULL, 'Prefers Spanish; decision in Q4 — budget approved', '2025-09-08 13:38:00', '2025-10-05T05:30:15.250000-05:00'),
    ('crm-20250910-016', 'Peter Nowak', 'Nowak & Synowie', '10-50', 'Owner', NULL, NULL, '', 42, 'unqualified', 25000, 'silver', NULL, NULL, NULL, '2025-09-08 14:45:00', '2025-10-01 16:30:15');

INSERT INTO roi_templates (template_id, template_name, client_segment, cost_factors, benefit_factors, value_multiplier, is_active, created_at) VALUES
    ('roi-velocity', 'Engineering velocity', 'scale-up', '{"team_size": 12, "loaded_cost_per_engineer": 165000, "hours_lost_weekly": 6.5}', '{"velocity_gain": 0.3, "payback_months": 4}', 3.5, 1, '2025-08-15 09:00:00'),
    ('roi-delivery', 'Delivery risk', 'enterprise', '{"late_releases_per_year": 4, "cost_per_late_release": 48000}', '{"releases_saved": 2.5, "payback_months": 6}', 2.75, 1, '2025-08-15 09:05:00'),
    ('roi-hiring', 'Hiring & onboarding', 'start-up', '{"open_roles": 3, "weeks_to_hire": 9.5}', '{"weeks_saved": 3, "payback_months": 3}', 2.0, 0, '2025-08-20T14:10:00Z');

INSERT INTO generated_proposals (proposal_id, contact_id, inquiry_id, template_used, proposal_value, roi_calculation, status, win_probability, generated_at, sent_at) VALUES
    ('prop-0001', 'crm-20250901-001', 'inq-2025-001', 'roi-velocity', 70250, '{"annual_cost_savings": 245875, "investment": 70250, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.2, '2025-09-05 09:00:30', '2025-09-06 09:00:00'),
    ('prop-0002', 'crm-20250901-002', NULL, 'roi-delivery', 48500, '{"annual_cost_savings": 133375, "investment": 48500, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.212, '2025-09-06 10:11:30', NULL),
    ('prop-0003', 'crm-20250901-003', NULL, 'roi-hiring', 79250, '{"annual_cost_savings": 158500, "investment": 79250, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.224, '2025-09-07 11:22:30', '2025-09-08 11:00:00'),
    ('prop-0004', 'crm-20250901-004', NULL, 'roi-velocity', 111750, '{"annual_cost_savings": 391125, "investment": 111750, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.236, '2025-09-08 12:33:30', '2025-09-09T12:00:00Z'),
    ('prop-0005', 'crm-20250904-005', 'inq-2025-005', 'roi-delivery', 35500, '{"annual_cost_savings": 97625, "investment": 35500, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.248, '2025-09-09 13:44:30', '2025-09-10 13:00:00'),
    ('prop-0006', 'crm-20250904-006', NULL, 'roi-hiring', 38500, '{"annual_cost_savings": 77000, "investment": 38500, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.26, '2025-09-10 14:55:30', '2025-09-11T14:00:00Z'),
    ('prop-0007', 'crm-20250904-007', NULL, 'roi-velocity', 133500, '{"annual_cost_savings": 467250, "investment": 133500, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.272, '2025-09-11 15:06:30', '2025-09-12 15:00:00'),
    ('prop-0008', 'crm-20250904-008', NULL, 'roi-delivery', 97000, '{"annual_cost_savings": 266750, "investment": 97000, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.284, '2025-09-12 16:17:30', NULL),
    ('prop-0009', 'crm-20250907-009', 'inq-2025-009', 'roi-hiring', 41500, '{"annual_cost_savings": 83000, "investment": 41500, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.296, '2025-09-13 09:28:30', '2025-09-14 09:00:00'),
    ('prop-0010', 'crm-20250907-010', NULL, 'roi-velocity', 75250, '{"annual_cost_savings": 263375, "investment": 75250, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.308, '2025-09-14 10:39:30', '2025-09-15T10:00:00Z'),
    ('prop-0011', 'crm-20250907-011', NULL, 'roi-delivery', 103000, '{"annual_cost_savings": 283250, "investment": 103000, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.32, '2025-09-15 11:50:30', '2025-09-16 11:00:00'),
    ('prop-0012', 'crm-20250907-012', NULL, 'roi-hiring', 36500, '{"annual_cost_savings": 73000, "investment": 36500, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.332, '2025-09-16 12:01:30', '2025-09-17T12:00:00Z'),
    ('prop-0013', 'crm-20250910-013', 'inq-2025-013', 'roi-velocity', 144500, '{"annual_cost_savings": 505750, "investment": 144500, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.344, '2025-09-17 13:12:30', '2025-09-18 13:00:00'),
    ('prop-0014', 'crm-20250910-014', NULL, 'roi-delivery', 93000, '{"annual_cost_savings": 255750, "investment": 93000, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.356, '2025-09-18 14:23:30', NULL),
    ('prop-0015', 'crm-20250901-001', NULL, 'roi-hiring', 56500, '{"annual_cost_savings": 113000, "investment": 56500, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.368, '2025-09-19 15:34:30', '2025-09-20 15:00:00'),
    ('prop-0016', 'crm-20250901-002', NULL, 'roi-velocity', 33750, '{"annual_cost_savings": 118125, "investment": 33750, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.38, '2025-09-20 16:45:30', '2025-09-21T16:00:00Z'),
    ('prop-0017', 'crm-20250901-003', 'inq-2025-017', 'roi-delivery', 40500, '{"annual_cost_savings": 111375, "investment": 40500, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.392, '2025-09-21 09:56:30', '2025-09-22 09:00:00'),
    ('prop-0018', 'crm-20250901-004', NULL, 'roi-hiring', 84000, '{"annual_cost_savings": 168000, "investment": 84000, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.404, '2025-09-22 10:07:30', '2025-09-23T10:00:00Z'),
    ('prop-0019', 'crm-20250904-005', NULL, 'roi-velocity', 82000, '{"annual_cost_savings": 287000, "investment": 82000, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.416, '2025-09-23 11:18:30', '2025-09-24 11:00:00'),
    ('prop-0020', 'crm-20250904-006', NULL, 'roi-delivery', 37500, '{"annual_cost_savings": 103125, "investment": 37500, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.428, '2025-09-24 12:29:30', NULL),
    ('prop-0021', 'crm-20250904-007', 'inq-2025-021', 'roi-hiring', 59250, '{"annual_cost_savings": 118500, "investment": 59250, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.44, '2025-09-25 13:40:30', '2025-09-26 13:00:00'),
    ('prop-0022', 'crm-20250904-008', NULL, 'roi-velocity', 40500, '{"annual_cost_savings": 141750, "investment": 40500, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.452, '2025-09-26 14:51:30', '2025-09-27T14:00:00Z'),
    ('prop-0023', 'crm-20250907-009', NULL, 'roi-delivery', 99000, '{"annual_cost_savings": 272250, "investment": 99000, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.464, '2025-09-27 15:02:30', '2025-09-28 15:00:00'),
    ('prop-0024', 'crm-20250907-010', NULL, 'roi-hiring', 83000, '{"annual_cost_savings": 166000, "investment": 83000, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.476, '2025-09-28 16:13:30', '2025-09-29T16:00:00Z'),
    ('prop-0025', 'crm-20250907-011', 'inq-2025-025', 'roi-velocity', 36500, '{"annual_cost_savings": 127750, "investment": 36500, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.488, '2025-09-29 09:24:30', '2025-09-06 09:00:00'),
    ('prop-0026', 'crm-20250907-012', NULL, 'roi-delivery', 133500, '{"annual_cost_savings": 367125, "investment": 133500, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.5, '2025-09-05 10:35:30', NULL),
    ('prop-0027', 'crm-20250910-013', NULL, 'roi-hiring', 101000, '{"annual_cost_savings": 202000, "investment": 101000, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.512, '2025-09-06 11:46:30', '2025-09-08 11:00:00'),
    ('prop-0028', 'crm-20250910-014', NULL, 'roi-velocity', 44500, '{"annual_cost_savings": 155750, "investment": 44500, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.524, '2025-09-07 12:57:30', '2025-09-09T12:00:00Z'),
    ('prop-0029', 'crm-20250901-001', 'inq-2025-029', 'roi-delivery', 57500, '{"annual_cost_savings": 158125, "investment": 57500, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.536, '2025-09-08 13:08:30', '2025-09-10 13:00:00'),
    ('prop-0030', 'crm-20250901-002', NULL, 'roi-hiring', 108750, '{"annual_cost_savings": 217500, "investment": 108750, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.548, '2025-09-09 14:19:30', '2025-09-11T14:00:00Z'),
    ('prop-0031', 'crm-20250901-003', NULL, 'roi-velocity', 108750, '{"annual_cost_savings": 380625, "investment": 108750, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.56, '2025-09-10 15:30:30', '2025-09-12 15:00:00'),
    ('prop-0032', 'crm-20250901-004', NULL, 'roi-delivery', 103000, '{"annual_cost_savings": 283250, "investment": 103000, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.572, '2025-09-11 16:41:30', NULL),
    ('prop-0033', 'crm-20250904-005', 'inq-2025-033', 'roi-hiring', 36500, '{"annual_cost_savings": 73000, "investment": 36500, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.584, '2025-09-12 09:52:30', '2025-09-14 09:00:00'),
    ('prop-0034', 'crm-20250904-006', NULL, 'roi-velocity', 102000, '{"annual_cost_savings": 357000, "investment": 102000, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.596, '2025-09-13 10:03:30', '2025-09-15T10:00:00Z'),
    ('prop-0035', 'crm-20250904-007', NULL, 'roi-delivery', 103000, '{"annual_cost_savings": 283250, "investment": 103000, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.608, '2025-09-14 11:14:30', '2025-09-16 11:00:00'),
    ('prop-0036', 'crm-20250904-008', NULL, 'roi-hiring', 79250, '{"annual_cost_savings": 158500, "investment": 79250, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.62, '2025-09-15 12:25:30', '2025-09-17T12:00:00Z'),
    ('prop-0037', 'crm-20250907-009', 'inq-2025-037', 'roi-velocity', 35500, '{"annual_cost_savings": 124250, "investment": 35500, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.632, '2025-09-16 13:36:30', '2025-09-18 13:00:00'),
    ('prop-0038', 'crm-20250907-010', NULL, 'roi-delivery', 57500, '{"annual_cost_savings": 158125, "investment": 57500, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.644, '2025-09-17 14:47:30', NULL),
    ('prop-0039', 'crm-20250907-011', NULL, 'roi-hiring', 34750, '{"annual_cost_savings": 69500, "investment": 34750, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.656, '2025-09-18 15:58:30', '2025-09-20 15:00:00'),
    ('prop-0040', 'crm-20250907-012', NULL, 'roi-velocity', 100000, '{"annual_cost_savings": 350000, "investment": 100000, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.668, '2025-09-19 16:09:30', '2025-09-21T16:00:00Z'),
    ('prop-0041', 'crm-20250910-013', 'inq-2025-041', 'roi-delivery', 137500, '{"annual_cost_savings": 378125, "investment": 137500, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.68, '2025-09-20 09:20:30', '2025-09-22 09:00:00'),
    ('prop-0042', 'crm-20250910-014', NULL, 'roi-hiring', 46500, '{"annual_cost_savings": 93000, "investment": 46500, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.692, '2025-09-21 10:31:30', '2025-09-23T10:00:00Z'),
    ('prop-0043', 'crm-20250901-001', NULL, 'roi-velocity', 66250, '{"annual_cost_savings": 231875, "investment": 66250, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.704, '2025-09-22 11:42:30', '2025-09-24 11:00:00'),
    ('prop-0044', 'crm-20250901-002', NULL, 'roi-delivery', 82000, '{"annual_cost_savings": 225500, "investment": 82000, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.716, '2025-09-23 12:53:30', NULL),
    ('prop-0045', 'crm-20250901-003', 'inq-2025-045', 'roi-hiring', 47500, '{"annual_cost_savings": 95000, "investment": 47500, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.728, '2025-09-24 13:04:30', '2025-09-26 13:00:00'),
    ('prop-0046', 'crm-20250901-004', NULL, 'roi-velocity', 98000, '{"annual_cost_savings": 343000, "investment": 98000, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.74, '2025-09-25 14:15:30', '2025-09-27T14:00:00Z'),
    ('prop-0047', 'crm-20250904-005', NULL, 'roi-delivery', 44500, '{"annual_cost_savings": 122375, "investment": 44500, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.752, '2025-09-26 15:26:30', '2025-09-28 15:00:00'),
    ('prop-0048', 'crm-20250904-006', NULL, 'roi-hiring', 102000, '{"annual_cost_savings": 204000, "investment": 102000, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.764, '2025-09-27 16:37:30', '2025-09-29T16:00:00Z'),
    ('prop-0049', 'crm-20250904-007', 'inq-2025-049', 'roi-velocity', 68250, '{"annual_cost_savings": 238875, "investment": 68250, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.776, '2025-09-28 09:48:30', '2025-09-06 09:00:00'),
    ('prop-0050', 'crm-20250904-008', NULL, 'roi-delivery', 100000, '{"annual_cost_savings": 275000, "investment": 100000, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.788, '2025-09-29 10:59:30', NULL),
    ('prop-0051', 'crm-20250907-009', NULL, 'roi-hiring', 132500, '{"annual_cost_savings": 265000, "investment": 132500, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.8, '2025-09-05 11:10:30', '2025-09-08 11:00:00'),
    ('prop-0052', 'crm-20250907-010', NULL, 'roi-velocity', 115750, '{"annual_cost_savings": 405125, "investment": 115750, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.812, '2025-09-06 12:21:30', '2025-09-09T12:00:00Z'),
    ('prop-0053', 'crm-20250907-011', 'inq-2025-053', 'roi-delivery', 52500, '{"annual_cost_savings": 144375, "investment": 52500, "roi_percentage": 175.0, "payback_period_months": 6}', 'sent', 0.824, '2025-09-07 13:32:30', '2025-09-10 13:00:00'),
    ('prop-0054', 'crm-20250907-012', NULL, 'roi-hiring', 42500, '{"annual_cost_savings": 85000, "investment": 42500, "roi_percentage": 100.0, "payback_period_months": 3}', 'rejected', 0.836, '2025-09-08 14:43:30', '2025-09-11T14:00:00Z'),
    ('prop-0055', 'crm-20250910-013', NULL, 'roi-velocity', 103000, '{"annual_cost_savings": 360500, "investment": 103000, "roi_percentage": 250.0, "payback_period_months": 4}', 'sent', 0.848, '2025-09-09 15:54:30', '2025-09-12 15:00:00'),
    ('prop-0056', 'crm-20250910-014', NULL, 'roi-delivery', 102000, '{"annual_cost_savings": 280500, "investment": 102000, "roi_percentage": 175.0, "payback_period_months": 6}', 'draft', 0.86, '2025-09-10 16:05:30', NULL),
    ('prop-0057', 'crm-20250910-015', 'inq-2025-057', 'roi-hiring', 109750, '{"annual_cost_savings": 219500, "investment": 109750, "roi_percentage": 100.0, "payback_period_months": 3}', 'viewed', 0.872, '2025-09-11 09:16:30', '2025-09-14 09:00:00'),
    ('prop-0058', 'crm-20250910-016', NULL, 'roi-velocity', 53500, '{"annual_cost_savings": 187250, "investment": 53500, "roi_percentage": 250.0, "payback_period_months": 4}', 'accepted', 0.884, '2025-09-12 10:27:30', '2025-09-15T10:00:00Z');

INSERT INTO linkedin_automation_tracking (sequence_id, contact_id, sequence_type, current_step, total_steps, status, is_automated, response_received, last_sent_at, metrics) VALUES
    ('seq-001', 'crm-20250901-001', 'connection_request', 1, 4, 'active', 1, 0, NULL, '{"sent": 1, "opened": 0, "replies": 0}'),
    ('seq-002', 'crm-20250901-001', 'follow_up', 2, 4, 'paused', 1, 0, '2025-09-09 01:15:00', '{"sent": 2, "opened": 1, "replies": 0}'),
    ('seq-003', 'crm-20250901-001', 'value_share', 3, 4, 'completed', 0, 0, '2025-09-10 02:15:00', '{"sent": 3, "opened": 2, "replies": 0}'),
    ('seq-004', 'crm-20250901-002', 'connection_request', 4, 4, 'active', 1, 1, '2025-09-11 03:15:00', '{"sent": 4, "opened": 0, "replies": 1}'),
    ('seq-005', 'crm-20250901-002', 'follow_up', 1, 4, 'paused', 1, 0, '2025-09-12 04:15:00', '{"sent": 1, "opened": 1, "replies": 0}'),
    ('seq-006', 'crm-20250901-002', 'value_share', 2, 4, 'active', 1, 0, '2025-09-13 05:15:00', '{"sent": 2, "opened": 2, "replies": 0}'),
    ('seq-007', 'crm-20250901-003', 'connection_request', 3, 4, 'paused', 1, 0, NULL, '{"sent": 3, "opened": 0, "replies": 0}'),
    ('seq-008', 'crm-20250901-003', 'follow_up', 4, 4, 'completed', 0, 0, '2025-09-15 07:15:00', '{"sent": 4, "opened": 1, "replies": 0}'),
    ('seq-009', 'crm-20250901-003', 'value_share', 1, 4, 'active', 1, 0, '2025-09-16 08:15:00', '{"sent": 1, "opened": 2, "replies": 0}'),
    ('seq-010', 'crm-20250901-004', 'connection_request', 2, 4, 'paused', 1, 0, '2025-09-17 00:15:00', '{"sent": 2, "opened": 0, "replies": 0}'),
    ('seq-011', 'crm-20250901-004', 'follow_up', 3, 4, 'active', 1, 1, '2025-09-18 01:15:00', '{"sent": 3, "opened": 1, "replies": 1}'),
    ('seq-012', 'crm-20250901-004', 'value_share', 4, 4, 'paused', 1, 0, '2025-09-19 02:15:00', '{"sent": 4, "opened": 2, "replies": 0}'),
    ('seq-013', 'crm-20250904-005', 'connection_request', 1, 4, 'completed', 0, 0, NULL, '{"sent": 1, "opened": 0, "replies": 0}'),
    ('seq-014', 'crm-20250904-005', 'follow_up', 2, 4, 'active', 1, 0, '2025-09-21 04:15:00', '{"sent": 2, "opened": 1, "replies": 0}'),
    ('seq-015', 'crm-20250904-005', 'value_share', 3, 4, 'paused', 1, 0, '2025-09-22 05:15:00', '{"sent": 3, "opened": 2, "replies": 0}'),
    ('seq-016', 'crm-20250904-006', 'connection_request', 4, 4, 'active', 1, 0, '2025-09-23 06:15:00', '{"sent": 4, "opened": 0, "replies": 0}'),
    ('seq-017', 'crm-20250904-006', 'follow_up', 1, 4, 'paused', 1, 0, '2025-09-24 07:15:00', '{"sent": 1, "opened": 1, "replies": 0}'),
    ('seq-018', 'crm-20250904-006', 'value_share', 2, 4, 'completed', 0, 1, '2025-09-25 08:15:00', '{"sent": 2, "opened": 2, "replies": 1}'),
    ('seq-019', 'crm-20250904-007', 'connection_request', 3, 4, 'active', 1, 0, NULL, '{"sent": 3, "opened": 0, "replies": 0}'),
    ('seq-020', 'crm-20250904-007', 'follow_up', 4, 4, 'paused', 1, 0, '2025-09-27 01:15:00', '{"sent": 4, "opened": 1, "replies": 0}'),
    ('seq-021', 'crm-20250904-007', 'value_share', 1, 4, 'active', 1, 0, '2025-09-08 02:15:00', '{"sent": 1, "opened": 2, "replies": 0}'),
    ('seq-022', 'crm-20250904-008', 'connection_request', 2, 4, 'paused', 1, 0, '2025-09-09 03:15:00', '{"sent": 2, "opened": 0, "replies": 0}'),
    ('seq-023', 'crm-20250904-008', 'follow_up', 3, 4, 'completed', 0, 0, '2025-09-10 04:15:00', '{"sent": 3, "opened": 1, "replies": 0}'),
    ('seq-024', 'crm-20250904-008', 'value_share', 4, 4, 'active', 1, 0, '2025-09-11 05:15:00', '{"sent": 4, "opened": 2, "replies": 0}'),
    ('seq-025', 'crm-20250907-009', 'connection_request', 1, 4, 'paused', 1, 1, NULL, '{"sent": 1, "opened": 0, "replies": 1}'),
    ('seq-026', 'crm-20250907-009', 'follow_up', 2, 4, 'active', 1, 0, '2025-09-13 07:15:00', '{"sent": 2, "opened": 1, "replies": 0}'),
    ('seq-027', 'crm-20250907-009', 'value_share', 3, 4, 'paused', 1, 0, '2025-09-14 08:15:00', '{"sent": 3, "opened": 2, "replies": 0}'),
    ('seq-028', 'crm-20250907-010', 'connection_request', 4, 4, 'completed', 0, 0, '2025-09-15 00:15:00', '{"sent": 4, "opened": 0, "replies": 0}'),
    ('seq-029', 'crm-20250907-010', 'follow_up', 1, 4, 'active', 1, 0, '2025-09-16 01:15:00', '{"sent": 1, "opened": 1, "replies": 0}'),
    ('seq-030', 'crm-20250907-010', 'value_share', 2, 4, 'paused', 1, 0, '2025-09-17 02:15:00', '{"sent": 2, "opened": 2, "replies": 0}'),
    ('seq-031', 'crm-20250907-011', 'connection_request', 3, 4, 'active', 1, 0, NULL, '{"sent": 3, "opened": 0, "replies": 0}'),
    ('seq-032', 'crm-20250907-011', 'follow_up', 4, 4, 'paused', 1, 1, '2025-09-19 04:15:00', '{"sent": 4, "opened": 1, "replies": 1}'),
    ('seq-033', 'crm-20250907-011', 'value_share', 1, 4, 'completed', 0, 0, '2025-09-20 05:15:00', '{"sent": 1, "opened": 2, "replies": 0}'),
    ('seq-034', 'crm-20250907-012', 'connection_request', 2, 4, 'active', 1, 0, '2025-09-21 06:15:00', '{"sent": 2, "opened": 0, "replies": 0}'),
    ('seq-035', 'crm-20250907-012', 'follow_up', 3, 4, 'paused', 1, 0, '2025-09-22 07:15:00', '{"sent": 3, "opened": 1, "replies": 0}'),
    ('seq-036', 'crm-20250907-012', 'value_share', 4, 4, 'active', 1, 0, '2025-09-23 08:15:00', '{"sent": 4, "opened": 2, "replies": 0}'),
    ('seq-037', 'crm-20250910-013', 'connection_request', 1, 4, 'paused', 1, 0, NULL, '{"sent": 1, "opened": 0, "replies": 0}'),
    ('seq-038', 'crm-20250910-013', 'follow_up', 2, 4, 'completed', 0, 0, '2025-09-25 01:15:00', '{"sent": 2, "opened": 1, "replies": 0}'),
    ('seq-039', 'crm-20250910-013', 'value_share', 3, 4, 'active', 1, 1, '2025-09-26 02:15:00', '{"sent": 3, "opened": 2, "replies": 1}'),
    ('seq-040', 'crm-20250910-014', 'connection_request', 4, 4, 'paused', 1, 0, '2025-09-27 03:15:00', '{"sent": 4, "opened": 0, "replies": 0}'),
    ('seq-041', 'crm-20250910-014', 'follow_up', 1, 4, 'active', 1, 0, '2025-09-08 04:15:00', '{"sent": 1, "opened": 1, "replies": 0}'),
    ('seq-042', 'crm-20250910-014', 'value_share', 2, 4, 'paused', 1, 0, '2025-09-09 05:15:00', '{"sent": 2, "opened": 2, "replies": 0}');

INSERT INTO ab_test_campaigns (campaign_id, campaign_name, hypothesis, variant_a, variant_b, target_metric, confidence_level, sample_size, observed_effect, status, is_running, started_at, ended_at) VALUES
    ('ab-subject-line', 'Subject line: question or figure', 'A figure in the subject line raises the reply rate', '{"subject": "Is your team shipping late?"}', '{"subject": "30% faster in 90 days"}', 'reply_rate', 0.95, 200, 0.021, 'active', 1, '2025-09-10 00:00:00', NULL),
    ('ab-cta', 'Call to action: call or audit', 'A free audit converts better than a call', '{"cta": "Book a call"}', '{"cta": "Get the free audit"}', 'conversion_rate', 0.95, 150, 0.041, 'active', 1, '2025-09-11 00:00:00', NULL),
    ('ab-price-anchor', 'Price anchor first', 'Showing the platinum tier first raises the deal value', '{"order": ["platinum", "gold", "silver"]}', '{"order": ["silver", "gold", "platinum"]}', 'deal_value', 0.9, 60, 0.061, 'active', 1, '2025-09-12 00:00:00', NULL),
    ('ab-send-time', 'Send time: morning or evening', 'Messages sent before 9:00 are answered sooner', '{"hour": 8}', '{"hour": 18}', 'hours_to_reply', 0.95, 180, 0.081, 'active', 1, '2025-09-13 00:00:00', NULL);

INSERT INTO revenue_forecasts (forecast_id, forecast_month, low_estimate, high_estimate, expected_revenue, confidence, assumptions, created_at, updated_at) VALUES
    ('fc-2025-10', '2025-10', 60000, 85000, 72000.0, 0.9, '{"win_rate": 0.28, "sales_cycle_days": 45}', '2025-10-01 06:00:00', '2025-10-01T06:30:00Z'),
    ('fc-2025-11', '2025-11', 67500, 93500, 81000.5, 0.865, '{"win_rate": 0.285, "sales_cycle_days": 46}', '2025-10-01 06:00:01', '2025-10-02T06:30:00Z'),
    ('fc-2025-12', '2025-12', 75000, 102000, 90001.0, 0.83, '{"win_rate": 0.29, "sales_cycle_days": 47}', '2025-10-01 06:00:02', '2025-10-03T06:30:00Z'),
    ('fc-2026-01', '2026-01', 82500, 110500, 99001.5, 0.795, '{"win_rate": 0.295, "sales_cycle_days": 48}', '2025-10-01 06:00:03', '2025-10-04T06:30:00Z'),
    ('fc-2026-02', '2026-02', 90000, 119000, 108002.0, 0.76, '{"win_rate": 0.3, "sales_cycle_days": 49}', '2025-10-01 06:00:04', '2025-10-05T06:30:00Z'),
    ('fc-2026-03', '2026-03', 97500, 127500, 117002.5, 0.725, '{"win_rate": 0.305, "sales_cycle_days": 50}', '2025-10-01 06:00:05', '2025-10-01T06:30:00Z'),
    ('fc-2026-04', '2026-04', 105000, 136000, 126003.0, 0.69, '{"win_rate": 0.31, "sales_cycle_days": 51}', '2025-10-01 06:00:06', '2025-10-02T06:30:00Z'),
    ('fc-2026-05', '2026-05', 112500, 144500, 135003.5, 0.655, '{"win_rate": 0.315, "sales_cycle_days": 52}', '2025-10-01 06:00:07', '2025-10-03T06:30:00Z'),
    ('fc-2026-06', '2026-06', 120000, 153000, 144004.0, 0.62, '{"win_rate": 0.32, "sales_cycle_days": 53}', '2025-10-01 06:00:08', '2025-10-04T06:30:00Z'),
    ('fc-2026-07', '2026-07', 127500, 161500, 153004.5, 0.585, '{"win_rate": 0.325, "sales_cycle_days": 54}', '2025-10-01 06:00:09', '2025-10-05T06:30:00Z'),
    ('fc-2026-08', '2026-08', 135000, 170000, 162005.0, 0.55, '{"win_rate": 0.33, "sales_cycle_days": 55}', '2025-10-01 06:00:10', '2025-10-01T06:30:00Z');

COMMIT;
