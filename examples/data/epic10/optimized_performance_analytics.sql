-- optimized_performance_analytics: A copy of performance_analytics that went its own way: of each table the rows of both are equal, but for some that are newer here.
-- 3 tables, 60 rows. Make the file with examples/make_data.sh.
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
    ('pred-011', 'post-011', 0.073, 0.0797, 0.8999999999999999, '{"hook": "contrarian", "length": 277}', '2025-09-05 06:11:00'),
    ('pred-012', 'post-012', 0.076, 0.0824, 0.7, '{"hook": "question", "length": 284}', '2025-09-05 06:12:00'),
    ('pred-013', 'post-013', 0.079, 0.0851, 0.7999999999999999, '{"hook": "story", "length": 291}', '2025-09-05 06:13:00'),
    ('pred-014', 'post-014', 0.082, 0.0878, 0.8999999999999999, '{"hook": "figure", "length": 298}', '2025-09-05 06:14:00'),
    ('pred-015', 'post-015', 0.085, NULL, 0.7, '{"hook": "contrarian", "length": 305}', '2025-09-05 06:15:00'),
    ('pred-016', 'post-016', 0.088, 0.0932, 0.7999999999999999, '{"hook": "question", "length": 312}', '2025-09-05 06:16:00'),
    ('pred-017', 'post-017', 0.091, 0.0959, 0.8999999999999999, '{"hook": "story", "length": 319}', '2025-09-05 06:17:00'),
    ('pred-018', 'post-018', 0.094, 0.0986, 0.7, '{"hook": "figure", "length": 326}', '2025-09-05 06:18:00'),
    ('pred-019', 'post-019', 0.097, 0.1013, 0.7999999999999999, '{"hook": "contrarian", "length": 333}', '2025-09-05 06:19:00'),
    ('pred-020', 'post-020', 0.1, NULL, 0.8999999999999999, '{"hook": "question", "length": 340}', '2025-09-05 06:20:00'),
    ('pred-021', 'post-021', 0.103, 0.1067, 0.7, '{"hook": "story", "length": 347}', '2025-09-05 06:21:00'),
    ('pred-022', 'post-022', 0.106, 0.1094, 0.7999999999999999, '{"hook": "figure", "length": 354}', '2025-09-05 06:22:00'),
    ('pred-023', 'post-023', 0.109, 0.1121, 0.8999999999999999, '{"hook": "contrarian", "length": 361}', '2025-09-05 06:23:00'),
    ('pred-024', 'post-024', 0.112, 0.1148, 0.7, '{"hook": "question", "length": 368}', '2025-09-05 06:24:00'),
    ('pred-025', 'post-025', 0.115, NULL, 0.7999999999999999, '{"hook": "story", "length": 375}', '2025-09-05 06:25:00'),
    ('pred-026', 'post-026', 0.118, 0.1207, 0.8999999999999999, '{"hook": "figure", "length": 382}', '2025-09-09 06:26:00'),
    ('pred-027', 'post-027', 0.121, 0.1234, 0.7, '{"hook": "contrarian", "length": 389}', '2025-09-09 06:27:00'),
    ('pred-028', 'post-028', 0.124, 0.1261, 0.7999999999999999, '{"hook": "question", "length": 396}', '2025-09-09 06:28:00'),
    ('pred-029', 'post-029', 0.127, 0.1288, 0.8999999999999999, '{"hook": "story", "length": 403}', '2025-09-09 06:29:00'),
    ('pred-030', 'post-030', 0.13, NULL, 0.7, '{"hook": "figure", "length": 410}', '2025-09-09 06:30:00'),
    ('pred-031', 'post-031', 0.133, 0.1337, 0.7999999999999999, '{"hook": "contrarian", "length": 417}', '2025-09-05 06:31:00'),
    ('pred-032', 'post-032', 0.136, 0.1364, 0.8999999999999999, '{"hook": "question", "length": 424}', '2025-09-05 06:32:00'),
    ('pred-033', 'post-033', 0.139, 0.1391, 0.7, '{"hook": "story", "length": 431}', '2025-09-05 06:33:00'),
    ('pred-034', 'post-034', 0.142, 0.1418, 0.7999999999999999, '{"hook": "figure", "length": 438}', '2025-09-05 06:34:00'),
    ('pred-035', 'post-035', 0.145, NULL, 0.8999999999999999, '{"hook": "contrarian", "length": 445}', '2025-09-05 06:35:00');

INSERT INTO performance_metrics_agg (metric_id, metric_date, platform, impressions, engagements, engagement_rate, updated_at) VALUES
    ('agg-021', '2025-08-22', 'newsletter', 1677, 114, 0.067979, '2025-09-06 07:21:00'),
    ('agg-022', '2025-08-23', 'blog', 1714, 117, 0.068261, '2025-09-06 07:22:00'),
    ('agg-023', '2025-08-24', 'youtube', 1751, 120, 0.068532, '2025-09-06 07:23:00'),
    ('agg-024', '2025-08-25', 'linkedin', 1788, 123, 0.068792, '2025-09-06 07:24:00'),
    ('agg-025', '2025-08-26', 'newsletter', 1825, 126, 0.069041, '2025-09-06 07:25:00'),
    ('agg-026', '2025-08-27', 'blog', 1862, 129, 0.06928, '2025-09-06 07:26:00'),
    ('agg-027', '2025-08-28', 'youtube', 1899, 132, 0.06951, '2025-09-06 07:27:00'),
    ('agg-028', '2025-08-01', 'linkedin', 1936, 135, 0.069731, '2025-09-06 07:28:00'),
    ('agg-029', '2025-08-02', 'newsletter', 1973, 138, 0.069944, '2025-09-06 07:29:00'),
    ('agg-030', '2025-08-03', 'blog', 2010, 141, 0.070149, '2025-09-06 07:30:00'),
    ('agg-031', '2025-08-04', 'youtube', 2047, 144, 0.070347, '2025-09-06 07:31:00'),
    ('agg-032', '2025-08-05', 'linkedin', 2084, 147, 0.070537, '2025-09-06 07:32:00'),
    ('agg-033', '2025-08-06', 'newsletter', 2121, 150, 0.070721, '2025-09-06 07:33:00'),
    ('agg-034', '2025-08-07', 'blog', 2158, 153, 0.070899, '2025-09-06 07:34:00'),
    ('agg-035', '2025-08-08', 'youtube', 2195, 156, 0.071071, '2025-09-06 07:35:00'),
    ('agg-036', '2025-08-09', 'linkedin', 2232, 160, 0.071685, '2025-09-06 07:36:00'),
    ('agg-037', '2025-08-10', 'newsletter', 2274, 163, 0.07168, '2025-09-10 07:37:00'),
    ('agg-038', '2025-08-11', 'blog', 2311, 166, 0.07183, '2025-09-10 07:38:00'),
    ('agg-039', '2025-08-12', 'youtube', 2348, 169, 0.071976, '2025-09-10 07:39:00'),
    ('agg-040', '2025-08-13', 'linkedin', 2385, 172, 0.072117, '2025-09-10 07:40:00'),
    ('agg-041', '2025-08-14', 'newsletter', 2417, 175, 0.072404, '2025-09-06 07:41:00'),
    ('agg-042', '2025-08-15', 'blog', 2454, 178, 0.072535, '2025-09-06 07:42:00'),
    ('agg-043', '2025-08-16', 'youtube', 2491, 181, 0.072662, '2025-09-06 07:43:00'),
    ('agg-044', '2025-08-17', 'linkedin', 2528, 184, 0.072785, '2025-09-06 07:44:00'),
    ('agg-045', '2025-08-18', 'newsletter', 2565, 187, 0.072904, '2025-09-06 07:45:00'),
    ('agg-046', '2025-08-19', 'blog', 2602, 190, 0.073021, '2025-09-06 07:46:00'),
    ('agg-047', '2025-08-20', 'youtube', 2639, 193, 0.073134, '2025-09-06 07:47:00'),
    ('agg-048', '2025-08-21', 'linkedin', 2676, 196, 0.073244, '2025-09-06 07:48:00'),
    ('agg-049', '2025-08-22', 'newsletter', 2713, 199, 0.073351, '2025-09-06 07:49:00'),
    ('agg-050', '2025-08-23', 'blog', 2750, 202, 0.073455, '2025-09-06 07:50:00');

INSERT INTO audience_intelligence (segment_id, segment_name, size, traits, updated_at) VALUES
    ('seg-02', 'Engineering managers', 510, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:02:00'),
    ('seg-03', 'Staff engineers', 565, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-07 08:03:00'),
    ('seg-04', 'Product leads', 620, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:04:00'),
    ('seg-05', 'Recruiters', 715, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-11 08:05:00'),
    ('seg-06', 'CTOs (EU)', 730, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:06:00');

COMMIT;
