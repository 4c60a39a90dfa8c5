-- unified_content_management: Content again: analyses that stand in content_analytics too, and what to do.
-- 2 tables, 30 rows. Make the file with examples/make_data.sh.
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

CREATE TABLE content_recommendations (
    recommendation_id TEXT PRIMARY KEY,
    post_id TEXT,
    recommendation TEXT NOT NULL,
    priority INTEGER,
    is_done INTEGER DEFAULT 0,
    updated_at TIMESTAMP
);

INSERT INTO content_analysis (analysis_id, post_id, hook_type, hook_score, word_count, topics, updated_at) VALUES
    ('ana-011', 'post-011', 'contrarian', 7.81, 249, '["teams", "delivery", "AI"]', '2025-09-05 10:11:00'),
    ('ana-012', 'post-012', 'question', 8.02, 258, '["teams"]', '2025-09-05 10:12:00'),
    ('ana-013', 'post-013', 'story', 8.23, 267, '["teams", "delivery"]', '2025-09-05 10:13:00'),
    ('ana-014', 'post-014', 'figure', 8.44, 276, '["teams", "delivery", "AI"]', '2025-09-05 10:14:00'),
    ('ana-015', 'post-015', 'contrarian', 8.65, 285, '["teams"]', '2025-09-05 10:15:00'),
    ('ana-016', 'post-016', 'question', 9.26, 294, '["teams", "delivery"]', '2025-09-12 10:16:00'),
    ('ana-017', 'post-017', 'story', 9.47, 303, '["teams", "delivery", "AI"]', '2025-09-12 10:17:00'),
    ('ana-018', 'post-018', 'figure', 5.9, 312, '["teams"]', '2025-09-12 10:18:00'),
    ('ana-019', 'post-019', 'contrarian', 6.11, 321, '["teams", "delivery"]', '2025-09-12 10:19:00'),
    ('ana-020', 'post-020', 'question', 6.32, 330, '["teams", "delivery", "AI"]', '2025-09-12 10:20:00'),
    ('ana-021', 'post-021', 'story', 6.13, 339, '["teams"]', '2025-09-05 10:21:00'),
    ('ana-022', 'post-022', 'figure', 6.34, 348, '["teams", "delivery"]', '2025-09-05 10:22:00'),
    ('ana-023', 'post-023', 'contrarian', 6.55, 357, '["teams", "delivery", "AI"]', '2025-09-05 10:23:00'),
    ('ana-024', 'post-024', 'question', 6.76, 366, '["teams"]', '2025-09-05 10:24:00'),
    ('ana-025', 'post-025', 'story', 6.97, 375, '["teams", "delivery"]', '2025-09-05 10:25:00'),
    ('ana-026', 'post-026', 'figure', 7.18, 384, '["teams", "delivery", "AI"]', '2025-09-05 10:26:00'),
    ('ana-027', 'post-027', 'contrarian', 7.39, 393, '["teams"]', '2025-09-05 10:27:00'),
    ('ana-028', 'post-028', 'question', 7.6, 402, '["teams", "delivery"]', '2025-09-05 10:28:00'),
    ('ana-029', 'post-029', 'story', 7.81, 411, '["teams", "delivery", "AI"]', '2025-09-05 10:29:00'),
    ('ana-030', 'post-030', 'figure', 8.02, 420, '["teams"]', '2025-09-05 10:30:00');

INSERT INTO content_recommendations (recommendation_id, post_id, recommendation, priority, is_done, updated_at) VALUES
    ('rec-00', 'post-001', 'Post on Tuesday morning', 1, 0, '2025-09-06 12:00:00'),
    ('rec-01', 'post-002', 'Open with a figure', 2, 0, '2025-09-06 12:01:00'),
    ('rec-02', 'post-003', 'Shorten to 180 words', 3, 0, '2025-09-06 12:02:00'),
    ('rec-03', 'post-004', 'Ask one question — not two', 1, 0, '2025-09-06 12:03:00'),
    ('rec-04', 'post-005', 'Post on Tuesday morning', 2, 0, '2025-09-06 12:04:00'),
    ('rec-05', 'post-006', 'Open with a figure', 3, 0, '2025-09-06 12:05:00'),
    ('rec-06', 'post-007', 'Shorten to 180 words', 1, 0, '2025-09-06 12:06:00'),
    ('rec-07', 'post-008', 'Ask one question — not two', 2, 0, '2025-09-06 12:07:00'),
    ('rec-08', 'post-009', 'Post on Tuesday morning', 3, 0, '2025-09-06 12:08:00'),
    ('rec-09', 'post-010', 'Open with a figure', 1, 0, '2025-09-06 12:09:00');

COMMIT;
