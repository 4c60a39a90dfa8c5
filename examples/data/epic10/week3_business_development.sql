-- week3_business_development: For the archive: one week's plan.
-- 1 table, 7 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE week3_posts (
    post_id TEXT PRIMARY KEY,
    planned_for TEXT,
    topic TEXT,
    result TEXT
);

INSERT INTO week3_posts (post_id, planned_for, topic, result) VALUES
    ('w3-1', '2025-01-20', 'story', NULL),
    ('w3-2', '2025-01-21', 'figure', 'done'),
    ('w3-3', '2025-01-22', 'contrarian', NULL),
    ('w3-4', '2025-01-23', 'question', 'done'),
    ('w3-5', '2025-01-24', 'story', NULL),
    ('w3-6', '2025-01-25', 'figure', 'done'),
    ('w3-7', '2025-01-26', 'contrarian', NULL);

COMMIT;
