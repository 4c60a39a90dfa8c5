-- linkedin_business_development: Posts, the inquiries that they brought, and months.
-- 3 tables, 61 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE linkedin_posts (
    post_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT,
    hook_type TEXT,
    published_at TIMESTAMP,
    impressions INTEGER DEFAULT 0,
    reactions INTEGER DEFAULT 0,
    is_scheduled INTEGER DEFAULT 0
);

CREATE TABLE consultation_inquiries (
    inquiry_id TEXT PRIMARY KEY,
    post_id TEXT REFERENCES linkedin_posts (post_id),
    contact_name TEXT,
    company TEXT,
    estimated_value INTEGER,
    status TEXT DEFAULT 'new',
    received_at TIMESTAMP
);

CREATE TABLE business_pipeline (
    month TEXT PRIMARY KEY,
    inquiries INTEGER,
    won INTEGER,
    revenue INTEGER
);

INSERT INTO linkedin_posts (post_id, title, body, hook_type, published_at, impressions, reactions, is_scheduled) VALUES
    ('post-001', '30% faster in 90 days (1)', 'Line one.
Line two — story', 'story', '2025-09-02 08:01:00', 920, 15, 0),
    ('post-002', 'What a CTO doesn''t say (2)', 'Line one.
Line two — figure', 'figure', '2025-09-03 08:02:00', 1040, 18, 0),
    ('post-003', 'Die teuerste Sitzung der Woche (3)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-04 08:03:00', 1160, 21, 0),
    ('post-004', 'Why your team ships late (4)', 'Line one.
Line two — question', 'question', '2025-09-05 08:04:00', 1280, 24, 0),
    ('post-005', '30% faster in 90 days (5)', 'Line one.
Line two — story', 'story', '2025-09-06 08:05:00', 1400, 27, 0),
    ('post-006', 'What a CTO doesn''t say (6)', 'Line one.
Line two — figure', 'figure', '2025-09-07 08:06:00', 1520, 30, 0),
    ('post-007', 'Die teuerste Sitzung der Woche (7)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-08 08:07:00', 1640, 33, 0),
    ('post-008', 'Why your team ships late (8)', 'Line one.
Line two — question', 'question', '2025-09-09 08:08:00', 1760, 36, 0),
    ('post-009', '30% faster in 90 days (9)', 'Line one.
Line two — story', 'story', '2025-09-10 08:09:00', 1880, 39, 0),
    ('post-010', 'What a CTO doesn''t say (10)', 'Line one.
Line two — figure', 'figure', '2025-09-11 08:10:00', 2000, 42, 0),
    ('post-011', 'Die teuerste Sitzung der Woche (11)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-12 08:11:00', 2120, 45, 0),
    ('post-012', 'Why your team ships late (12)', 'Line one.
Line two — question', 'question', '2025-09-13 08:12:00', 2240, 48, 0),
    ('post-013', '30% faster in 90 days (13)', 'Line one.
Line two — story', 'story', '2025-09-14 08:13:00', 2360, 51, 0),
    ('post-014', 'What a CTO doesn''t say (14)', 'Line one.
Line two — figure', 'figure', '2025-09-15 08:14:00', 2480, 54, 0),
    ('post-015', 'Die teuerste Sitzung der Woche (15)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-16 08:15:00', 2600, 57, 0),
    ('post-016', 'Why your team ships late (16)', 'Line one.
Line two — question', 'question', '2025-09-17 08:16:00', 2720, 60, 0),
    ('post-017', '30% faster in 90 days (17)', 'Line one.
Line two — story', 'story', '2025-09-18 08:17:00', 2840, 63, 0),
    ('post-018', 'What a CTO doesn''t say (18)', 'Line one.
Line two — figure', 'figure', '2025-09-19 08:18:00', 2960, 66, 0),
    ('post-019', 'Die teuerste Sitzung der Woche (19)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-20 08:19:00', 3080, 69, 0),
    ('post-020', 'Why your team ships late (20)', 'Line one.
Line two — question', 'question', '2025-09-21 08:20:00', 3200, 72, 0),
    ('post-021', '30% faster in 90 days (21)', 'Line one.
Line two — story', 'story', '2025-09-22 08:21:00', 3320, 75, 0),
    ('post-022', 'What a CTO doesn''t say (22)', 'Line one.
Line two — figure', 'figure', '2025-09-23 08:22:00', 3440, 78, 0),
    ('post-023', 'Die teuerste Sitzung der Woche (23)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-24 08:23:00', 3560, 81, 0),
    ('post-024', 'Why your team ships late (24)', 'Line one.
Line two — question', 'question', '2025-09-25 08:24:00', 3680, 84, 0),
    ('post-025', '30% faster in 90 days (25)', 'Line one.
Line two — story', 'story', '2025-09-26 08:25:00', 3800, 87, 0),
    ('post-026', 'What a CTO doesn''t say (26)', 'Line one.
Line two — figure', 'figure', '2025-09-27 08:26:00', 3920, 90, 0),
    ('post-027', 'Die teuerste Sitzung der Woche (27)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-28 08:27:00', 4040, 93, 0),
    ('post-028', 'Why your team ships late (28)', 'Line one.
Line two — question', 'question', '2025-09-01 08:28:00', 4160, 96, 0),
    ('post-029', '30% faster in 90 days (29)', 'Line one.
Line two — story', 'story', '2025-09-02 08:29:00', 4280, 99, 0),
    ('post-030', 'What a CTO doesn''t say (30)', 'Line one.
Line two — figure', 'figure', '2025-09-03 08:30:00', 4400, 102, 0),
    ('post-031', 'Die teuerste Sitzung der Woche (31)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-04 08:31:00', 4520, 105, 0),
    ('post-032', 'Why your team ships late (32)', 'Line one.
Line two — question', 'question', '2025-09-05 08:32:00', 4640, 108, 0),
    ('post-033', '30% faster in 90 days (33)', 'Line one.
Line two — story', 'story', '2025-09-06 08:33:00', 4760, 111, 0),
    ('post-034', 'What a CTO doesn''t say (34)', 'Line one.
Line two — figure', 'figure', '2025-09-07 08:34:00', 4880, 114, 0),
    ('post-035', 'Die teuerste Sitzung der Woche (35)', 'Line one.
Line two — contrarian', 'contrarian', '2025-09-08 08:35:00', 5000, 117, 0),
    ('post-036', 'Why your team ships late (36)', 'Line one.
Line two — question', 'question', '2025-09-09 08:36:00', 5120, 120, 0),
    ('post-037', '30% faster in 90 days (37)', 'Line one.
Line two — story', 'story', '2025-09-10 08:37:00', 5240, 123, 0),
    ('post-038', 'What a CTO doesn''t say (38)', 'Line one.
Line two — figure', 'figure', '2025-09-11 08:38:00', 5360, 126, 0),
    ('post-039', 'Die teuerste Sitzung der Woche (39)', 'Line one.
Line two — contrarian', 'contrarian', NULL, 0, 0, 1),
    ('post-040', 'Why your team ships late (40)', 'Line one.
Line two — question', 'question', NULL, 0, 0, 1);

INSERT INTO consultation_inquiries (inquiry_id, post_id, contact_name, company, estimated_value, status, received_at) VALUES
    ('inq-2025-001', 'post-003', 'Tom O''Neil', 'Blue Harbor', 6500, 'qualified', '2025-09-03 09:01:00'),
    ('inq-2025-002', 'post-005', 'Li Wei', NULL, 8000, 'won', '2025-09-04 09:02:00'),
    ('inq-2025-003', 'post-007', 'Sara Holm', 'Nordic Works', 9500, 'lost', '2025-09-05 09:03:00'),
    ('inq-2025-004', NULL, 'Ana Ruiz', 'Acme Data', 11000, 'new', '2025-09-06 09:04:00'),
    ('inq-2025-005', 'post-011', 'Tom O''Neil', 'Blue Harbor', 12500, 'qualified', '2025-09-07 09:05:00'),
    ('inq-2025-006', 'post-013', 'Li Wei', NULL, 14000, 'won', '2025-09-08 09:06:00'),
    ('inq-2025-007', 'post-015', 'Sara Holm', 'Nordic Works', 15500, 'lost', '2025-09-09 09:07:00'),
    ('inq-2025-008', NULL, 'Ana Ruiz', 'Acme Data', 17000, 'new', '2025-09-10 09:08:00'),
    ('inq-2025-009', 'post-019', 'Tom O''Neil', 'Blue Harbor', 18500, 'qualified', '2025-09-11 09:09:00'),
    ('inq-2025-010', 'post-021', 'Li Wei', NULL, 20000, 'won', '2025-09-12 09:10:00'),
    ('inq-2025-011', 'post-023', 'Sara Holm', 'Nordic Works', 21500, 'lost', '2025-09-13 09:11:00'),
    ('inq-2025-012', NULL, 'Ana Ruiz', 'Acme Data', 23000, 'new', '2025-09-14 09:12:00'),
    ('inq-2025-013', 'post-027', 'Tom O''Neil', 'Blue Harbor', 24500, 'qualified', '2025-09-15 09:13:00'),
    ('inq-2025-014', 'post-029', 'Li Wei', NULL, 26000, 'won', '2025-09-16 09:14:00'),
    ('inq-2025-015', 'post-031', 'Sara Holm', 'Nordic Works', 27500, 'lost', '2025-09-17 09:15:00');

INSERT INTO business_pipeline (month, inquiries, won, revenue) VALUES
    ('2025-04', 7, 1, 38000),
    ('2025-05', 8, 1, 47500),
    ('2025-06', 9, 2, 57000),
    ('2025-07', 10, 2, 66500),
    ('2025-08', 11, 2, 76000),
    ('2025-09', 12, 3, 85500);

COMMIT;
