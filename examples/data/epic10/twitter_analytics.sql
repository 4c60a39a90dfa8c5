-- twitter_analytics: For the archive: a platform that is not in use any more.
-- 1 table, 12 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE tweets (
    tweet_id TEXT PRIMARY KEY,
    body TEXT,
    likes INTEGER,
    posted_at TIMESTAMP
);

INSERT INTO tweets (tweet_id, body, likes, posted_at) VALUES
    ('tw-01', 'Thread 1/12: ship smaller', 4, '2025-09-01 21:00:00'),
    ('tw-02', 'Thread 2/12: ship smaller', 8, '2025-09-02 21:00:00'),
    ('tw-03', 'Thread 3/12: ship smaller', 12, '2025-09-03 21:00:00'),
    ('tw-04', 'Thread 4/12: ship smaller', 16, '2025-09-04 21:00:00'),
    ('tw-05', 'Thread 5/12: ship smaller', 20, '2025-09-05 21:00:00'),
    ('tw-06', 'Thread 6/12: ship smaller', 24, '2025-09-06 21:00:00'),
    ('tw-07', 'Thread 7/12: ship smaller', 28, '2025-09-07 21:00:00'),
    ('tw-08', 'Thread 8/12: ship smaller', 32, '2025-09-08 21:00:00'),
    ('tw-09', 'Thread 9/12: ship smaller', 36, '2025-09-09 21:00:00'),
    ('tw-10', 'Thread 10/12: ship smaller', 40, '2025-09-10 21:00:00'),
    ('tw-11', 'Thread 11/12: ship smaller', 44, '2025-09-11 21:00:00'),
    ('tw-12', 'Thread 12/12: ship smaller', 48, '2025-09-12 21:00:00');

COMMIT;
