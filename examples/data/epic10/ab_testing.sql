-- ab_testing: Tests of an older tool than the CRM's campaigns.
-- 2 tables, 48 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE ab_tests (
    test_id TEXT PRIMARY KEY,
    test_name TEXT NOT NULL,
    variants TEXT,
    winner TEXT,
    p_value REAL,
    ended_at TIMESTAMP
);

CREATE TABLE ab_test_observations (
    observation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    test_id TEXT NOT NULL REFERENCES ab_tests (test_id),
    variant TEXT NOT NULL,
    value REAL,
    observed_at TIMESTAMP
);

INSERT INTO ab_tests (test_id, test_name, variants, winner, p_value, ended_at) VALUES
    ('test-01', 'Test 1: story or figure', '["a", "b"]', 'a', 0.014, '2025-09-05 18:00:00'),
    ('test-02', 'Test 2: figure or contrarian', '["a", "b"]', 'b', 0.018, '2025-09-06 18:00:00'),
    ('test-03', 'Test 3: contrarian or question', '["a", "b"]', NULL, NULL, NULL),
    ('test-04', 'Test 4: question or story', '["a", "b"]', 'a', 0.026, '2025-09-08 18:00:00'),
    ('test-05', 'Test 5: story or figure', '["a", "b"]', 'b', 0.03, '2025-09-09 18:00:00'),
    ('test-06', 'Test 6: figure or contrarian', '["a", "b"]', NULL, NULL, NULL),
    ('test-07', 'Test 7: contrarian or question', '["a", "b"]', 'a', 0.038, '2025-09-11 18:00:00'),
    ('test-08', 'Test 8: question or story', '["a", "b"]', 'b', 0.042, '2025-09-12 18:00:00');

INSERT INTO ab_test_observations (observation_id, test_id, variant, value, observed_at) VALUES
    (1, 'test-02', 'b', 0.021, '2025-09-02 19:01:00'),
    (2, 'test-03', 'a', 0.022, '2025-09-03 19:02:00'),
    (3, 'test-04', 'b', 0.023, '2025-09-04 19:03:00'),
    (4, 'test-05', 'a', 0.024, '2025-09-05 19:04:00'),
    (5, 'test-06', 'b', 0.025, '2025-09-06 19:05:00'),
    (6, 'test-07', 'a', 0.026, '2025-09-07 19:06:00'),
    (7, 'test-08', 'b', 0.027, '2025-09-08 19:07:00'),
    (8, 'test-01', 'a', 0.028, '2025-09-09 19:08:00'),
    (9, 'test-02', 'b', 0.029, '2025-09-10 19:09:00'),
    (10, 'test-03', 'a', 0.03, '2025-09-11 19:10:00'),
    (11, 'test-04', 'b', 0.031, '2025-09-12 19:11:00'),
    (12, 'test-05', 'a', 0.032, '2025-09-13 19:12:00'),
    (13, 'test-06', 'b', 0.033, '2025-09-14 19:13:00'),
    (14, 'test-07', 'a', 0.034, '2025-09-15 19:14:00'),
    (15, 'test-08', 'b', 0.035, '2025-09-16 19:15:00'),
    (16, 'test-01', 'a', 0.036, '2025-09-17 19:16:00'),
    (17, 'test-02', 'b', 0.037, '2025-09-18 19:17:00'),
    (18, 'test-03', 'a', 0.038, '2025-09-19 19:18:00'),
    (19, 'test-04', 'b', 0.039, '2025-09-20 19:19:00'),
    (20, 'test-05', 'a', 0.04, '2025-09-21 19:20:00'),
    (21, 'test-06', 'b', 0.041, '2025-09-22 19:21:00'),
    (22, 'test-07', 'a', 0.042, '2025-09-23 19:22:00'),
    (23, 'test-08', 'b', 0.043, '2025-09-24 19:23:00'),
    (24, 'test-01', 'a', 0.044, '2025-09-25 19:24:00'),
    (25, 'test-02', 'b', 0.045, '2025-09-26 19:25:00'),
    (26, 'test-03', 'a', 0.046, '2025-09-27 19:26:00'),
    (27, 'test-04', 'b', 0.047, '2025-09-28 19:27:00'),
    (28, 'test-05', 'a', 0.048, '2025-09-01 19:28:00'),
    (29, 'test-06', 'b', 0.049, '2025-09-02 19:29:00'),
    (30, 'test-07', 'a', 0.05, '2025-09-03 19:30:00'),
    (31, 'test-08', 'b', 0.051, '2025-09-04 19:31:00'),
    (32, 'test-01', 'a', 0.052, '2025-09-05 19:32:00'),
    (33, 'test-02', 'b', 0.053, '2025-09-06 19:33:00'),
    (34, 'test-03', 'a', 0.054, '2025-09-07 19:34:00'),
    (35, 'test-04', 'b', 0.055, '2025-09-08 19:35:00'),
    (36, 'test-05', 'a', 0.056, '2025-09-09 19:36:00'),
    (37, 'test-06', 'b', 0.057, '2025-09-10 19:37:00'),
    (38, 'test-07', 'a', 0.058, '2025-09-11 19:38:00'),
    (39, 'test-08', 'b', 0.059, '2025-09-12 19:39:00'),
    (40, 'test-01', 'a', 0.06, '2025-09-13 19:40:00');

COMMIT;
