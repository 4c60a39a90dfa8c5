-- performance_analytics: The first of three databases of one schema.
-- 3 tables, 76 rows. Make the file with examples/make_data.sh.
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
    ('pred-001', 'post-001', 0.043, 0.0527, 0.7999999999999999, '{"hook": "story", "length": 207}', '2025-09-05 06:01:00'),
    ('pred-002', 'post-002', 0.046, 0.0554, 0.8999999999999999, '{"hook": "figure", "length": 214}', '2025-09-05 06:02:00'),
    ('pred-003', 'post-003', 0.049, 0.0581, 0.7, '{"hook": "contrarian", "length": 221}', '2025-09-05 06:03:00'),
    ('pred-004', 'post-004', 0.052, 0.0608, 0.7999999999999999, '{"hook": "question", "length": 228}', '2025-09-05 06:04:00'),
    ('pred-005', 'post-005', 0.055, NULL, 0.8999999999999999, '{"hook": "story", "length": 235}', '2025-09-05 06:05:00'),
    ('pred-006', 'post-006', 0.058, 0.0662, 0.7, '{"hook": "figure", "length": 242}', '2025-09-05 06:06:00'),
    ('pred-007', 'post-007', 0.061, 0.0689, 0.7999999999999999, '{"hook": "contrarian", "length": 249}', '2025-09-05 06:07:00'),
    ('pred-008', 'post-008', 0.064, 0.0716, 0.8999999999999999, '{"hook": "question", "length": 256}', '2025-09-05 06:08:00'),
    ('pred-009', 'post-009', 0.067, 0.0743, 0.7, '{"hook": "story", "length": 263}', '2025-09-05 06:09:00'),
    ('pred-010', 'post-010', 0.07, NULL, 0.7999999999999999, '{"hook": "figure", "length": 270}', '2025-09-05 06:10:00'),
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
    ('pred-026', 'post-026', 0.118, 0.1202, 0.8999999999999999, '{"hook": "figure", "length": 382}', '2025-09-05 06:26:00'),
    ('pred-027', 'post-027', 0.121, 0.1229, 0.7, '{"hook": "contrarian", "length": 389}', '2025-09-05 06:27:00'),
    ('pred-028', 'post-028', 0.124, 0.1256, 0.7999999999999999, '{"hook": "question", "length": 396}', '2025-09-05 06:28:00'),
    ('pred-029', 'post-029', 0.127, 0.1283, 0.8999999999999999, '{"hook": "story", "length": 403}', '2025-09-05 06:29:00'),
    ('pred-030', 'post-030', 0.13, NULL, 0.7, '{"hook": "figure", "length": 410}', '2025-09-05 06:30:00');

INSERT INTO performance_metrics_agg (metric_id, metric_date, platform, impressions, engagements, engagement_rate, updated_at) VALUES
    ('agg-001', '2025-08-02', 'newsletter', 937, 53, 0.056564, '2025-09-06 07:01:00'),
    ('agg-002', '2025-08-03', 'blog', 974, 56, 0.057495, '2025-09-06 07:02:00'),
    ('agg-003', '2025-08-04', 'youtube', 1011, 59, 0.058358, '2025-09-06 07:03:00'),
    ('agg-004', '2025-08-05', 'linkedin', 1048, 62, 0.05916, '2025-09-06 07:04:00'),
    ('agg-005', '2025-08-06', 'newsletter', 1085, 65, 0.059908, '2025-09-06 07:05:00'),
    ('agg-006', '2025-08-07', 'blog', 1122, 68, 0.060606, '2025-09-06 07:06:00'),
    ('agg-007', '2025-08-08', 'youtube', 1159, 71, 0.06126, '2025-09-06 07:07:00'),
    ('agg-008', '2025-08-09', 'linkedin', 1196, 74, 0.061873, '2025-09-06 07:08:00'),
    ('agg-009', '2025-08-10', 'newsletter', 1233, 77, 0.062449, '2025-09-06 07:09:00'),
    ('agg-010', '2025-08-11', 'blog', 1270, 80, 0.062992, '2025-09-06 07:10:00'),
    ('agg-011', '2025-08-12', 'youtube', 1307, 83, 0.063504, '2025-09-06 07:11:00'),
    ('agg-012', '2025-08-13', 'linkedin', 1344, 86, 0.063988, '2025-09-06 07:12:00'),
    ('agg-013', '2025-08-14', 'newsletter', 1381, 89, 0.064446, '2025-09-06 07:13:00'),
    ('agg-014', '2025-08-15', 'blog', 1418, 92, 0.06488, '2025-09-06 07:14:00'),
    ('agg-015', '2025-08-16', 'youtube', 1455, 95, 0.065292, '2025-09-06 07:15:00'),
    ('agg-016', '2025-08-17', 'linkedin', 1492, 98, 0.065684, '2025-09-06 07:16:00'),
    ('agg-017', '2025-08-18', 'newsletter', 1529, 101, 0.066056, '2025-09-06 07:17:00'),
    ('agg-018', '2025-08-19', 'blog', 1566, 105, 0.06705, '2025-09-06 07:18:00'),
    ('agg-019', '2025-08-20', 'youtube', 1603, 108, 0.067374, '2025-09-06 07:19:00'),
    ('agg-020', '2025-08-21', 'linkedin', 1640, 111, 0.067683, '2025-09-06 07:20:00'),
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
    ('agg-037', '2025-08-10', 'newsletter', 2269, 163, 0.071838, '2025-09-06 07:37:00'),
    ('agg-038', '2025-08-11', 'blog', 2306, 166, 0.071986, '2025-09-06 07:38:00'),
    ('agg-039', '2025-08-12', 'youtube', 2343, 169, 0.07213, '2025-09-06 07:39:00'),
    ('agg-040', '2025-08-13', 'linkedin', 2380, 172, 0.072269, '2025-09-06 07:40:00');

INSERT INTO audience_intelligence (segment_id, segment_name, size, traits, updated_at) VALUES
    ('seg-00', 'CTOs', 400, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:00:00'),
    ('seg-01', 'Founders', 455, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-07 08:01:00'),
    ('seg-02', 'Engineering managers', 510, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:02:00'),
    ('seg-03', 'Staff engineers', 565, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-07 08:03:00'),
    ('seg-04', 'Product leads', 620, '{"interests": ["velocity"], "tone": "it''s direct"}', '2025-09-07 08:04:00'),
    ('seg-05', 'Recruiters', 675, '{"interests": ["velocity", "hiring"], "tone": "it''s direct"}', '2025-09-07 08:05:00');

COMMIT;
