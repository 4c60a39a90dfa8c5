-- cross_platform_performance: The third of the schema; some of its rows are older than those of the others.
-- 3 tables, 35 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE performance_predictions (
    prediction_id TEXT PRIMARY KEY,
    post_id TEXT,
    predicted_engagement REAL,
    actual_engagement REAL,
    confidence REAL,
    features TEXT,
    updated_at TIMESTAMP
);

CREATE TABLE performance_metrics_agg (
    metric_id TEXT PRIMARY KEY,
    metric_date TEXT NOT NULL,
    platform TEXT NOT NULL,
    impressions INTEGER,
    engagements INTEGER,
    engagement_rate REAL,
    updated_at TIMESTAMP
);

CREATE TABLE audience_intelligence (
    segment_id TEXT PRIMARY KEY,
    segment_name TEXT NOT NULL,
    size INTEGER,
    traits TEXT,
    updated_at TIMESTAMP
);

INSERT INTO performance_predictions (prediction_id, post_id, predicted_engagement, actual_engagement, confidence, features, updated_at) VALUES
    ('pred-006', 'post-006', 0.058, 0.0662, 0.7, '{"hook": "figure", "length": 242}', '2025-09-05 06:06:00'),
    ('pred-007', 'post-007', 0.061, 0.0689, 0.7999999999999999, '{"hook": "contrarian", "length": 249}', '2025-09-05 06:07:00'),
    ('pred-008', 'post-008', 0.064, 0.0716, 0.8999999999999999, '{"hook": "question", "length": 256}', '2025-09-05 06:08:00'),
    ('pred-009', 'post-009', 0.067, 0.0743, 0.7, '{"hook": "story", "length": 263}', '2025-09-05 06:09:00'),
    ('pred-010', 'post-010', 0.07, NULL, 0.7999999999999999, '{"hook": "figure", "length": 270}', '2025-09-05 06:10:00'),
    ('pred-028', 'post-028', 0.124, 0.1246, 0.7999999999999999, '{"hook": "question", "length": 396}', '2025-09-03 06:28:00'),
    ('pred-029', 'post-029', 0.127, 0.1273, 0.8999999999999999, '{"hook": "story", "length": 403}', '2025-09-03 06:29:00'),
    ('pred-030', 'post-030', 0.13, NULL, 0.7, '{"hook": "figure", "length": 410}', '2025-09-03 06:30:00'),
    ('pred-036', 'post-036', 0.148, 0.1472, 0.7, '{"hook": "question", "length": 452}', '2025-09-05 06:36:00'),
    ('pred-037', 'post-037', 0.151, 0.1499, 0.7999999999999999, '{"hook": "story", "length": 459}', '2025-09-05 06:37:00'),
    ('pred-038', 'post-038', 0.154, 0.1526, 0.8999999999999999, '{"hook": "figure", "length": 466}', '2025-09-05 06:38:00'),
    ('pred-039', 'post-039', 0.157, 0.1553, 0.7, '{"hook": "contrarian", "length": 473}', '2025-09-05 06:39:00'),
    ('pred-040', 'post-040', 0.16, NULL, 0.7999999999999999, '{"hook": "question", "length": 480}', '2025-09-05 06:40:00');

INSERT INTO performance_metrics_agg (metric_id, metric_date, platform, impressions, engagements, engagement_rate, updated_at) VALUES
    ('agg-001', '2025-08-02', 'newsletter', 937, 53, 0.056564, '2025-09-06 07:01:00'),
    ('agg-002', '2025-08-03', 'blog', 974, 56, 0.057495, '2025-09-06 07:02:00'),
    ('agg-003', '2025-08-04', 'youtube', 1011, 59, 0.058358, '2025-09-06 07:03:00'),
    ('agg-004', '2025-08-05', 'linkedin', 1048, 62, 0.05916, '2025-09-06 07:04:00'),
    ('agg-005', '2025-08-06', 'newsletter', 1085, 65, 0.059908, '2025-09-06 07:05:00'),
    ('agg-038', '2025-08-11', 'blog', 2303, 165, 0.071646, '2025-09-02 07:38:00'),
    ('agg-039', '2025-08-12', 'youtube', 2340, 169, 0.072222, '2025-09-02 07:39:00'),
    ('agg-040', '2025-08-13', 'linkedin', 2377, 172, 0.07236, '2025-09-02 07:40:00'),
    ('agg-051', '2025-08-24', 'youtube', 2787, 205, 0.073556, '2025-09-06 07:51:00'),
    ('agg-052', '2025-08-25', 'linkedin', 2824, 208, 0.073654, '2025-09-06 07:52:00'),
    ('agg-053', '2025-08-26', 'newsletter', 2861, 211, 0.07375, '2025-09-06 07:53:00'),
    ('agg-054', '2025-08-27', 'blog', 2898, 215, 0.074189, '2025-09-06 07:54:00'),
    ('agg-055', '2025-08-28', 'youtube', 2935, 218, 0.074276, '2025-09-06 07:55:00'),
    ('agg-056', '2025-08-01', 'linkedin', 2972, 221, 0.074361, '2025-09-06 07:56:00'),
    ('agg-057', '2025-08-02', 'newsletter', 3009, 224, 0.074443, '2025-09-06 07:57:00'),
    ('agg-058', '2025-08-03', 'blog', 3046, 227, 0.074524, '2025-09-06 07:58:00'),
    ('agg-059', '2025-08-04', 'youtube', 3083, 230, 0.074603, '2025-09-06 07:59:00'),
    ('agg-060', '2025-08-05', 'linkedin', 3120, 233, 0.074679, '2025-09-06 07:00:00');

INSERT INTO audience_intelligence (segment_id, segment_name, size, traits, updated_at) VALUES
    ('seg-00', 'CTOs', 400, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:00:00'),
    ('seg-01', 'Founders', 455, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-07 08:01:00'),
    ('seg-07', 'Founders (EU)', 785, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-07 08:07:00'),
    ('seg-08', 'Engineering managers (EU)', 840, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:08:00');

COMMIT;
