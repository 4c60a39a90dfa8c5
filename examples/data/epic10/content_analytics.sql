-- content_analytics: What posts are made of.
-- 2 tables, 26 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE content_analysis (
    analysis_id TEXT PRIMARY KEY,
    post_id TEXT,
    hook_type TEXT,
    hook_score REAL,
    word_count INTEGER,
    topics TEXT,
    updated_at TIMESTAMP
);

CREATE TABLE content_patterns (
    pattern_id TEXT PRIMARY KEY,
    pattern_name TEXT NOT NULL,
    sample_size INTEGER,
    avg_engagement REAL,
    updated_at TIMESTAMP
);

INSERT INTO content_analysis (analysis_id, post_id, hook_type, hook_score, word_count, topics, updated_at) VALUES
    ('ana-001', 'post-001', 'story', 5.71, 159, '["teams", "delivery"]', '2025-09-05 10:01:00'),
    ('ana-002', 'post-002', 'figure', 5.92, 168, '["teams", "delivery", "AI"]', '2025-09-05 10:02:00'),
    ('ana-003', 'post-003', 'contrarian', 6.13, 177, '["teams"]', '2025-09-05 10:03:00'),
    ('ana-004', 'post-004', 'question', 6.34, 186, '["teams", "delivery"]', '2025-09-05 10:04:00'),
    ('ana-005', 'post-005', 'story', 6.55, 195, '["teams", "delivery", "AI"]', '2025-09-05 10:05:00'),
    ('ana-006', 'post-006', 'figure', 6.76, 204, '["teams"]', '2025-09-05 10:06:00'),
    ('ana-007', 'post-007', 'contrarian', 6.97, 213, '["teams", "delivery"]', '2025-09-05 10:07:00'),
    ('ana-008', 'post-008', 'question', 7.18, 222, '["teams", "delivery", "AI"]', '2025-09-05 10:08:00'),
    ('ana-009', 'post-009', 'story', 7.39, 231, '["teams"]', '2025-09-05 10:09:00'),
    ('ana-010', 'post-010', 'figure', 7.6, 240, '["teams", "delivery"]', '2025-09-05 10:10:00'),
    ('ana-011', 'post-011', 'contrarian', 7.81, 249, '["teams", "delivery", "AI"]', '2025-09-05 10:11:00'),
    ('ana-012', 'post-012', 'question', 8.02, 258, '["teams"]', '2025-09-05 10:12:00'),
    ('ana-013', 'post-013', 'story', 8.23, 267, '["teams", "delivery"]', '2025-09-05 10:13:00'),
    ('ana-014', 'post-014', 'figure', 8.44, 276, '["teams", "delivery", "AI"]', '2025-09-05 10:14:00'),
    ('ana-015', 'post-015', 'contrarian', 8.65, 285, '["teams"]', '2025-09-05 10:15:00'),
    ('ana-016', 'post-016', 'question', 8.86, 294, '["teams", "delivery"]', '2025-09-05 10:16:00'),
    ('ana-017', 'post-017', 'story', 9.07, 303, '["teams", "delivery", "AI"]', '2025-09-05 10:17:00'),
    ('ana-018', 'post-018', 'figure', 5.5, 312, '["teams"]', '2025-09-05 10:18:00'),
    ('ana-019', 'post-019', 'contrarian', 5.71, 321, '["teams", "delivery"]', '2025-09-05 10:19:00'),
    ('ana-020', 'post-020', 'question', 5.92, 330, '["teams", "delivery", "AI"]', '2025-09-05 10:20:00');

INSERT INTO content_patterns (pattern_id, pattern_name, sample_size, avg_engagement, updated_at) VALUES
    ('pat-00', 'Numbered list', 12, 0.03, '2025-09-05 11:00:00'),
    ('pat-01', 'Short story', 15, 0.034, '2025-09-05 11:01:00'),
    ('pat-02', 'Open question', 18, 0.038, '2025-09-05 11:02:00'),
    ('pat-03', 'Before and after', 21, 0.042, '2025-09-05 11:03:00'),
    ('pat-04', 'Unpopular opinion', 24, 0.046, '2025-09-05 11:04:00'),
    ('pat-05', 'Teardown', 27, 0.05, '2025-09-05 11:05:00');

COMMIT;
