-- unified_dashboard: What runs the system: metrics, switches, logs.
-- 8 tables, 67 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE linkedin_automation_metrics (
    metric_id INTEGER PRIMARY KEY AUTOINCREMENT,
    metric TEXT NOT NULL,
    value REAL,
    measured_at TIMESTAMP
);

CREATE TABLE linkedin_realtime_dashboard (
    widget TEXT PRIMARY KEY,
    payload TEXT NOT NULL,
    refreshed_at TIMESTAMP
);

CREATE TABLE circuit_breaker_logs (
    log_id INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    state TEXT NOT NULL,
    failures INTEGER,
    logged_at TIMESTAMP
);

CREATE TABLE api_performance_metrics (
    metric_id INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint TEXT NOT NULL,
    p95_ms REAL,
    calls INTEGER,
    measured_at TIMESTAMP
);

CREATE TABLE system_configuration (
    key TEXT PRIMARY KEY,
    value TEXT,
    updated_at TIMESTAMP
);

CREATE TABLE feature_flags (
    flag TEXT PRIMARY KEY,
    enabled INTEGER NOT NULL DEFAULT 0,
    rollout REAL,
    updated_at TIMESTAMP
);

CREATE TABLE audit_logs (
    audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    actor TEXT,
    action TEXT NOT NULL,
    detail TEXT,
    logged_at TIMESTAMP
);

CREATE TABLE backup_metadata (
    backup_id TEXT PRIMARY KEY,
    database_name TEXT NOT NULL,
    bytes INTEGER,
    sha256 TEXT,
    made_at TIMESTAMP
);

INSERT INTO linkedin_automation_metrics (metric_id, metric, value, measured_at) VALUES
    (1, 'queue_length', 1.0, '2025-09-20 01:00:00'),
    (2, 'errors', 2.0, '2025-09-20 02:00:00'),
    (3, 'posts_sent', 3.0, '2025-09-20 03:00:00'),
    (4, 'queue_length', 4.0, '2025-09-20 04:00:00'),
    (5, 'errors', 5.0, '2025-09-20 05:00:00'),
    (6, 'posts_sent', 6.0, '2025-09-20 06:00:00'),
    (7, 'queue_length', 0.0, '2025-09-20 07:00:00'),
    (8, 'errors', 1.0, '2025-09-20 08:00:00'),
    (9, 'posts_sent', 2.0, '2025-09-20 09:00:00'),
    (10, 'queue_length', 3.0, '2025-09-20 10:00:00'),
    (11, 'errors', 4.0, '2025-09-20 11:00:00'),
    (12, 'posts_sent', 5.0, '2025-09-20 12:00:00'),
    (13, 'queue_length', 6.0, '2025-09-20 13:00:00'),
    (14, 'errors', 0.0, '2025-09-20 14:00:00'),
    (15, 'posts_sent', 1.0, '2025-09-20 15:00:00'),
    (16, 'queue_length', 2.0, '2025-09-20 16:00:00'),
    (17, 'errors', 3.0, '2025-09-20 17:00:00'),
    (18, 'posts_sent', 4.0, '2025-09-20 18:00:00');

INSERT INTO linkedin_realtime_dashboard (widget, payload, refreshed_at) VALUES
    ('pipeline', '{"value": 1158000, "trend": "up"}', '2025-09-21 09:00:00'),
    ('inquiries', '{"value": 15, "trend": "flat"}', '2025-09-21 09:00:00'),
    ('posts', '{"value": 40, "trend": "up"}', '2025-09-21 09:00:00');

INSERT INTO circuit_breaker_logs (log_id, service, state, failures, logged_at) VALUES
    (1, 'mailer', 'open', 1, '2025-09-19 01:00:00'),
    (2, 'linkedin-api', 'half-open', 2, '2025-09-19 02:00:00'),
    (3, 'mailer', 'closed', 3, '2025-09-19 03:00:00'),
    (4, 'linkedin-api', 'open', 0, '2025-09-19 04:00:00'),
    (5, 'mailer', 'half-open', 1, '2025-09-19 05:00:00'),
    (6, 'linkedin-api', 'closed', 2, '2025-09-19 06:00:00'),
    (7, 'mailer', 'open', 3, '2025-09-19 07:00:00'),
    (8, 'linkedin-api', 'half-open', 0, '2025-09-19 08:00:00');

INSERT INTO api_performance_metrics (metric_id, endpoint, p95_ms, calls, measured_at) VALUES
    (1, '/contacts', 4.4, 111, '2025-09-18 01:00:00'),
    (2, '/posts', 5.3, 122, '2025-09-18 02:00:00'),
    (3, '/health', 6.2, 133, '2025-09-18 03:00:00'),
    (4, '/contacts', 7.1, 144, '2025-09-18 04:00:00'),
    (5, '/posts', 8.0, 155, '2025-09-18 05:00:00'),
    (6, '/health', 8.9, 166, '2025-09-18 06:00:00'),
    (7, '/contacts', 9.8, 177, '2025-09-18 07:00:00'),
    (8, '/posts', 10.7, 188, '2025-09-18 08:00:00'),
    (9, '/health', 11.6, 199, '2025-09-18 09:00:00'),
    (10, '/contacts', 12.5, 210, '2025-09-18 10:00:00'),
    (11, '/posts', 13.4, 221, '2025-09-18 11:00:00'),
    (12, '/health', 14.3, 232, '2025-09-18 12:00:00');

INSERT INTO system_configuration (key, value, updated_at) VALUES
    ('timezone', 'UTC', '2025-09-01 09:00:00'),
    ('post_hour', '8', '2025-09-02 09:00:00'),
    ('reply_to', 'team@example.com', '2025-09-02 09:00:00'),
    ('footer', 'It''s us', '2025-09-03 09:00:00'),
    ('retention_days', '30', '2025-09-04 09:00:00');

INSERT INTO feature_flags (flag, enabled, rollout, updated_at) VALUES
    ('dual_write', 0, 0.0, '2025-09-05 09:00:00'),
    ('new_scoring', 1, 0.5, '2025-09-06 09:00:00'),
    ('auto_post', 1, 1.0, '2025-09-07 09:00:00');

INSERT INTO audit_logs (audit_id, actor, action, detail, logged_at) VALUES
    (1, 'anna', 'publish', '{"ip": "10.0.0.1"}', '2025-09-02 20:00:00'),
    (2, 'deploy', 'export', '{"ip": "10.0.0.2"}', '2025-09-03 20:00:00'),
    (3, 'cron', 'login', '{"ip": "10.0.0.3"}', '2025-09-04 20:00:00'),
    (4, 'anna', 'publish', NULL, '2025-09-05 20:00:00'),
    (5, 'deploy', 'export', '{"ip": "10.0.0.5"}', '2025-09-06 20:00:00'),
    (6, 'cron', 'login', '{"ip": "10.0.0.6"}', '2025-09-07 20:00:00'),
    (7, 'anna', 'publish', '{"ip": "10.0.0.7"}', '2025-09-08 20:00:00'),
    (8, 'deploy', 'export', NULL, '2025-09-09 20:00:00'),
    (9, 'cron', 'login', '{"ip": "10.0.0.9"}', '2025-09-10 20:00:00'),
    (10, 'anna', 'publish', '{"ip": "10.0.0.10"}', '2025-09-11 20:00:00'),
    (11, 'deploy', 'export', '{"ip": "10.0.0.11"}', '2025-09-12 20:00:00'),
    (12, 'cron', 'login', NULL, '2025-09-13 20:00:00'),
    (13, 'anna', 'publish', '{"ip": "10.0.0.13"}', '2025-09-14 20:00:00'),
    (14, 'deploy', 'export', '{"ip": "10.0.0.14"}', '2025-09-15 20:00:00'),
    (15, 'cron', 'login', '{"ip": "10.0.0.15"}', '2025-09-16 20:00:00');

INSERT INTO backup_metadata (backup_id, database_name, bytes, sha256, made_at) VALUES
    ('bak-1', 'epic7_sales_automation', 303104, '0000000000000000000000000000000000000000000000000000000000000abc', '2025-09-22 01:00:00'),
    ('bak-2', 'linkedin_business_development', 122880, '0000000000000000000000000000000000000000000000000000000000001578', '2025-09-22 02:00:00'),
    ('bak-3', 'unified_dashboard', 12288, '0000000000000000000000000000000000000000000000000000000000002034', '2025-09-22 03:00:00');

COMMIT;
