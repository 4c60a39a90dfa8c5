-- cross_platform_analytics: How posts do on each platform, and what came of it.
-- 4 tables, 90 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE cross_platform_performance (
    performance_id TEXT PRIMARY KEY,
    post_id TEXT,
    platform TEXT NOT NULL,
    impressions INTEGER,
    clicks INTEGER,
    measured_at TIMESTAMP
);

CREATE TABLE attribution_tracking (
    attribution_id TEXT PRIMARY KEY,
    inquiry_id TEXT,
    post_id TEXT,
    platform TEXT,
    weight REAL,
    tracked_at TIMESTAMP
);

CREATE TABLE conversion_paths (
    path_id TEXT PRIMARY KEY,
    inquiry_id TEXT,
    steps TEXT NOT NULL,
    days_to_convert INTEGER,
    converted INTEGER DEFAULT 0
);

CREATE TABLE platform_interactions (
    interaction_id INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    post_id TEXT,
    kind TEXT NOT NULL,
    happened_at TIMESTAMP
);

INSERT INTO cross_platform_performance (performance_id, post_id, platform, impressions, clicks, measured_at) VALUES
    ('cpp-001', 'post-002', 'newsletter', 541, 23, '2025-09-02 14:01:00'),
    ('cpp-002', 'post-003', 'blog', 582, 26, '2025-09-03 14:02:00'),
    ('cpp-003', 'post-004', 'youtube', 623, 29, '2025-09-04 14:03:00'),
    ('cpp-004', 'post-005', 'linkedin', 664, 32, '2025-09-05 14:04:00'),
    ('cpp-005', 'post-006', 'newsletter', 705, 35, '2025-09-06 14:05:00'),
    ('cpp-006', 'post-007', 'blog', 746, 38, '2025-09-07 14:06:00'),
    ('cpp-007', 'post-008', 'youtube', 787, 41, '2025-09-08 14:07:00'),
    ('cpp-008', 'post-009', 'linkedin', 828, 44, '2025-09-09 14:08:00'),
    ('cpp-009', 'post-010', 'newsletter', 869, 47, '2025-09-10 14:09:00'),
    ('cpp-010', 'post-011', 'blog', 910, 50, '2025-09-11 14:10:00'),
    ('cpp-011', 'post-012', 'youtube', 951, 53, '2025-09-12 14:11:00'),
    ('cpp-012', 'post-013', 'linkedin', 992, 56, '2025-09-13 14:12:00'),
    ('cpp-013', 'post-014', 'newsletter', 1033, 59, '2025-09-14 14:13:00'),
    ('cpp-014', 'post-015', 'blog', 1074, 62, '2025-09-15 14:14:00'),
    ('cpp-015', 'post-016', 'youtube', 1115, 65, '2025-09-16 14:15:00'),
    ('cpp-016', 'post-017', 'linkedin', 1156, 68, '2025-09-17 14:16:00'),
    ('cpp-017', 'post-018', 'newsletter', 1197, 71, '2025-09-18 14:17:00'),
    ('cpp-018', 'post-019', 'blog', 1238, 74, '2025-09-19 14:18:00'),
    ('cpp-019', 'post-020', 'youtube', 1279, 77, '2025-09-20 14:19:00'),
    ('cpp-020', 'post-021', 'linkedin', 1320, 80, '2025-09-21 14:20:00'),
    ('cpp-021', 'post-022', 'newsletter', 1361, 83, '2025-09-22 14:21:00'),
    ('cpp-022', 'post-023', 'blog', 1402, 86, '2025-09-23 14:22:00'),
    ('cpp-023', 'post-024', 'youtube', 1443, 89, '2025-09-24 14:23:00'),
    ('cpp-024', 'post-025', 'linkedin', 1484, 92, '2025-09-25 14:24:00'),
    ('cpp-025', 'post-026', 'newsletter', 1525, 95, '2025-09-26 14:25:00'),
    ('cpp-026', 'post-027', 'blog', 1566, 98, '2025-09-27 14:26:00'),
    ('cpp-027', 'post-028', 'youtube', 1607, 101, '2025-09-28 14:27:00'),
    ('cpp-028', 'post-029', 'linkedin', 1648, 104, '2025-09-01 14:28:00'),
    ('cpp-029', 'post-030', 'newsletter', 1689, 107, '2025-09-02 14:29:00'),
    ('cpp-030', 'post-031', 'blog', 1730, 110, '2025-09-03 14:30:00'),
    ('cpp-031', 'post-032', 'youtube', 1771, 113, '2025-09-04 14:31:00'),
    ('cpp-032', 'post-033', 'linkedin', 1812, 116, '2025-09-05 14:32:00');

INSERT INTO attribution_tracking (attribution_id, inquiry_id, post_id, platform, weight, tracked_at) VALUES
    ('att-001', 'inq-2025-002', 'post-002', 'newsletter', 0.3, '2025-09-04 15:01:00'),
    ('att-002', 'inq-2025-003', 'post-003', 'blog', 0.2, '2025-09-05 15:02:00'),
    ('att-003', 'inq-2025-004', 'post-004', 'youtube', 0.5, '2025-09-06 15:03:00'),
    ('att-004', 'inq-2025-005', 'post-005', 'linkedin', 0.3, '2025-09-07 15:04:00'),
    ('att-005', 'inq-2025-006', 'post-006', 'newsletter', 0.2, '2025-09-08 15:05:00'),
    ('att-006', 'inq-2025-007', 'post-007', 'blog', 0.5, '2025-09-09 15:06:00'),
    ('att-007', 'inq-2025-008', 'post-008', 'youtube', 0.3, '2025-09-10 15:07:00'),
    ('att-008', 'inq-2025-009', 'post-009', 'linkedin', 0.2, '2025-09-11 15:08:00'),
    ('att-009', 'inq-2025-010', 'post-010', 'newsletter', 0.5, '2025-09-12 15:09:00'),
    ('att-010', 'inq-2025-011', 'post-011', 'blog', 0.3, '2025-09-13 15:10:00'),
    ('att-011', 'inq-2025-012', 'post-012', 'youtube', 0.2, '2025-09-14 15:11:00'),
    ('att-012', 'inq-2025-013', 'post-013', 'linkedin', 0.5, '2025-09-15 15:12:00'),
    ('att-013', 'inq-2025-014', 'post-014', 'newsletter', 0.3, '2025-09-16 15:13:00'),
    ('att-014', 'inq-2025-015', 'post-015', 'blog', 0.2, '2025-09-17 15:14:00'),
    ('att-015', 'inq-2025-001', 'post-016', 'youtube', 0.5, '2025-09-18 15:15:00'),
    ('att-016', 'inq-2025-002', 'post-017', 'linkedin', 0.3, '2025-09-19 15:16:00'),
    ('att-017', 'inq-2025-003', 'post-018', 'newsletter', 0.2, '2025-09-20 15:17:00'),
    ('att-018', 'inq-2025-004', 'post-019', 'blog', 0.5, '2025-09-21 15:18:00');

INSERT INTO conversion_paths (path_id, inquiry_id, steps, days_to_convert, converted) VALUES
    ('path-01', 'inq-2025-001', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}]', 3, 0),
    ('path-02', 'inq-2025-002', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}, {"platform": "blog", "day": 6}]', 6, 1),
    ('path-03', 'inq-2025-003', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}, {"platform": "blog", "day": 6}, {"platform": "youtube", "day": 9}]', 9, 0),
    ('path-04', 'inq-2025-004', '[{"platform": "linkedin", "day": 0}]', 0, 0),
    ('path-05', 'inq-2025-005', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}]', 3, 0),
    ('path-06', 'inq-2025-006', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}, {"platform": "blog", "day": 6}]', 6, 1),
    ('path-07', 'inq-2025-007', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}, {"platform": "blog", "day": 6}, {"platform": "youtube", "day": 9}]', 9, 0),
    ('path-08', 'inq-2025-008', '[{"platform": "linkedin", "day": 0}]', 0, 0),
    ('path-09', 'inq-2025-009', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}]', 3, 0),
    ('path-10', 'inq-2025-010', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}, {"platform": "blog", "day": 6}]', 6, 1),
    ('path-11', 'inq-2025-011', '[{"platform": "linkedin", "day": 0}, {"platform": "newsletter", "day": 3}, {"platform": "blog", "day": 6}, {"platform": "youtube", "day": 9}]', 9, 0),
    ('path-12', 'inq-2025-012', '[{"platform": "linkedin", "day": 0}]', 0, 0);

INSERT INTO platform_interactions (interaction_id, platform, post_id, kind, happened_at) VALUES
    (1, 'newsletter', 'post-002', 'like', '2025-09-02 16:01:00'),
    (2, 'blog', 'post-003', 'comment', '2025-09-03 16:02:00'),
    (3, 'youtube', 'post-004', 'share', '2025-09-04 16:03:00'),
    (4, 'linkedin', 'post-005', 'view', '2025-09-05 16:04:00'),
    (5, 'newsletter', 'post-006', 'like', '2025-09-06 16:05:00'),
    (6, 'blog', NULL, 'comment', '2025-09-07 16:06:00'),
    (7, 'youtube', 'post-008', 'share', '2025-09-08 16:07:00'),
    (8, 'linkedin', 'post-009', 'view', '2025-09-09 16:08:00'),
    (9, 'newsletter', 'post-010', 'like', '2025-09-10 16:09:00'),
    (10, 'blog', 'post-011', 'comment', '2025-09-11 16:10:00'),
    (11, 'youtube', 'post-012', 'share', '2025-09-12 16:11:00'),
    (12, 'linkedin', NULL, 'view', '2025-09-13 16:12:00'),
    (13, 'newsletter', 'post-014', 'like', '2025-09-14 16:13:00'),
    (14, 'blog', 'post-015', 'comment', '2025-09-15 16:14:00'),
    (15, 'youtube', 'post-016', 'share', '2025-09-16 16:15:00'),
    (16, 'linkedin', 'post-017', 'view', '2025-09-17 16:16:00'),
    (17, 'newsletter', 'post-018', 'like', '2025-09-18 16:17:00'),
    (18, 'blog', NULL, 'comment', '2025-09-19 16:18:00'),
    (19, 'youtube', 'post-020', 'share', '2025-09-20 16:19:00'),
    (22, 'linkedin', 'post-021', 'view', '2025-09-21 16:20:00'),
    (23, 'newsletter', 'post-022', 'like', '2025-09-22 16:21:00'),
    (24, 'blog', 'post-023', 'comment', '2025-09-23 16:22:00'),
    (25, 'youtube', 'post-024', 'share', '2025-09-24 16:23:00'),
    (26, 'linkedin', NULL, 'view', '2025-09-25 16:24:00'),
    (27, 'newsletter', 'post-026', 'like', '2025-09-26 16:25:00'),
    (28, 'blog', 'post-027', 'comment', '2025-09-27 16:26:00'),
    (29, 'youtube', 'post-028', 'share', '2025-09-28 16:27:00'),
    (30, 'linkedin', 'post-029', 'view', '2025-09-01 16:28:00');

COMMIT;
