-- synapse_content_intelligence: Content a third time, with insights.
-- 4 tables, 34 rows. Make the file with examples/make_data.sh.
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

CREATE TABLE content_insights (
    insight_id TEXT PRIMARY KEY,
    insight TEXT NOT NULL,
    evidence TEXT,
    confidence REAL,
    created_at TIMESTAMP
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
    ('ana-026', 'post-026', 'figure', 7.18, 384, '["teams", "delivery", "AI"]', '2025-09-05 10:26:00'),
    ('ana-027', 'post-027', 'contrarian', 7.39, 393, '["teams"]', '2025-09-05 10:27:00'),
    ('ana-028', 'post-028', 'question', 7.6, 402, '["teams", "delivery"]', '2025-09-05 10:28:00'),
    ('ana-029', 'post-029', 'story', 7.81, 411, '["teams", "delivery", "AI"]', '2025-09-05 10:29:00'),
    ('ana-030', 'post-030', 'figure', 8.02, 420, '["teams"]', '2025-09-05 10:30:00'),
    ('ana-031', 'post-031', 'contrarian', 8.23, 429, '["teams", "delivery"]', '2025-09-05 10:31:00'),
    ('ana-032', 'post-032', 'question', 8.44, 438, '["teams", "delivery", "AI"]', '2025-09-05 10:32:00'),
    ('ana-033', 'post-033', 'story', 8.65, 447, '["teams"]', '2025-09-05 10:33:00'),
    ('ana-034', 'post-034', 'figure', 8.86, 456, '["teams", "delivery"]', '2025-09-05 10:34:00'),
    ('ana-035', 'post-035', 'contrarian', 9.07, 465, '["teams", "delivery", "AI"]', '2025-09-05 10:35:00');

INSERT INTO content_patterns (pattern_id, pattern_name, sample_size, avg_engagement, updated_at) VALUES
    ('pat-00', 'Numbered list', 12, 0.03, '2025-09-05 11:00:00'),
    ('pat-01', 'Short story', 15, 0.034, '2025-09-05 11:01:00'),
    ('pat-02', 'Open question', 18, 0.038, '2025-09-05 11:02:00'),
    ('pat-03', 'Before and after', 21, 0.042, '2025-09-05 11:03:00'),
    ('pat-04', 'Unpopular opinion', 30, 0.046, '2025-09-13 11:04:00'),
    ('pat-06', 'Checklist', 30, 0.054, '2025-09-05 11:06:00'),
    ('pat-07', 'Case study', 33, 0.058, '2025-09-05 11:07:00');

INSERT INTO content_insights (insight_id, insight, evidence, confidence, created_at) VALUES
    ('ins-00', 'Figures beat questions', '{"posts": ["post-001", "post-002"], "lift": 0.1}', 0.6, '2025-09-08 17:00:00'),
    ('ins-01', 'Tuesdays beat Fridays', '{"posts": ["post-002", "post-003"], "lift": 0.12}', 0.7, '2025-09-08 17:01:00'),
    ('ins-02', 'Stories are shared, lists are saved', '{"posts": ["post-003", "post-004"], "lift": 0.14}', 0.8, '2025-09-08 17:02:00'),
    ('ins-03', 'Figures beat questions', '{"posts": ["post-004", "post-005"], "lift": 0.16}', 0.8999999999999999, '2025-09-08 17:03:00'),
    ('ins-04', 'Tuesdays beat Fridays', '{"posts": ["post-005", "post-006"], "lift": 0.18}', 0.6, '2025-09-08 17:04:00'),
    ('ins-05', 'Stories are shared, lists are saved', '{"posts": ["post-006", "post-007"], "lift": 0.2}', 0.7, '2025-09-08 17:05:00'),
    ('ins-06', 'Figures beat questions', '{"posts": ["post-007", "post-008"], "lift": 0.22}', 0.8, '2025-09-08 17:06:00'),
    ('ins-07', 'Tuesdays beat Fridays', '{"posts": ["post-008", "post-009"], "lift": 0.24}', 0.8999999999999999, '2025-09-08 17:07:00'),
    ('ins-08', 'Stories are shared, lists are saved', '{"posts": ["post-009", "post-010"], "lift": 0.26}', 0.6, '2025-09-08 17:08:00');

INSERT INTO content_recommendations (recommendation_id, post_id, recommendation, priority, is_done, updated_at) VALUES
    ('rec-06', 'post-007', 'Shorten to 180 words', 1, 0, '2025-09-06 12:06:00'),
    ('rec-07', 'post-008', 'Ask one question — not two', 2, 0, '2025-09-06 12:07:00'),
    ('rec-08', 'post-009', 'Post on Tuesday morning', 3, 0, '2025-09-06 12:08:00'),
    ('rec-09', 'post-010', 'Open with a figure', 1, 1, '2025-09-14 12:09:00'),
    ('rec-10', 'post-011', 'Shorten to 180 words', 2, 0, '2025-09-06 12:10:00'),
    ('rec-11', 'post-012', 'Ask one question — not two', 3, 0, '2025-09-06 12:11:00'),
    ('rec-12', 'post-013', 'Post on Tuesday morning', 1, 0, '2025-09-06 12:12:00'),
    ('rec-13', 'post-014', 'Open with a figure', 2, 0, '2025-09-06 12:13:00');

COMMIT;
