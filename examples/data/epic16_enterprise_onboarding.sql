-- The enterprise onboarding database of Epic 16: 5 tables, 44 rows, the same bytes on every machine.
-- Make the file with examples/make_data.sh. A milestone depends on another of its table; health_score is
-- 0.5 x usage + 0.3 x support + 0.2 x sponsor.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    prospect_id TEXT,
    client_name TEXT NOT NULL,
    tier TEXT,
    contract_value_usd INTEGER,
    status TEXT,
    contacts TEXT,
    go_live_date TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE success_templates (
    template_id TEXT PRIMARY KEY,
    template_name TEXT NOT NULL,
    duration_days INTEGER,
    milestones TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE milestones (
    milestone_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (client_id),
    depends_on TEXT REFERENCES milestones (milestone_id),
    milestone_name TEXT NOT NULL,
    status TEXT DEFAULT 'open',
    due_date TEXT,
    completed_date TEXT,
    details TEXT
);

CREATE TABLE health_metrics (
    metric_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (client_id),
    usage_score INTEGER,
    support_score INTEGER,
    sponsor_score INTEGER,
    health_score REAL,
    colour TEXT,
    measured_unix INTEGER
);

CREATE TABLE communications (
    communication_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (client_id),
    channel TEXT,
    direction TEXT,
    subject TEXT,
    summary TEXT,
    is_escalation INTEGER DEFAULT 0,
    sent_at TIMESTAMP
);

INSERT INTO clients (client_id, prospect_id, client_name, tier, contract_value_usd, status, contacts, go_live_date, created_at) VALUES
    ('client-01', 'f500-001', 'Ardent Motors', 'enterprise', 480000, 'on_track', '{"sponsor": "Anna Berg", "team": ["Kate O''Brien", "Grace Kim"]}', '2025-06-15', '2025-09-01 09:00:00'),
    ('client-02', 'f500-004', 'Dunmore Foods', 'enterprise', 540000, 'at_risk', '{"sponsor": "Luis Ortega", "team": ["João Silva", "Paul Novák"]}', '2025-07-15', '2025-09-02 10:13:00'),
    ('client-03', 'f500-005', 'Evergreen Health', 'growth', 600000, 'on_track', '{"sponsor": "Mei Lin", "team": ["Noor Aziz", "Ruth Adler"]}', '2025-08-15', '2025-09-03 11:26:00'),
    ('client-04', 'f500-011', 'Kestrel Logistics', 'enterprise', 660000, 'complete', '{"sponsor": "Omar Haddad", "team": ["Erik Lund", "Ivan Petrov"]}', '2025-09-15', '2025-09-04 12:39:00');

INSERT INTO success_templates (template_id, template_name, duration_days, milestones, created_at) VALUES
    ('plan-enterprise', 'Enterprise rollout', 180, '[{"milestone": "kickoff", "day": 0}, {"milestone": "pilot", "day": 30}, {"milestone": "rollout", "day": 60}, {"milestone": "review", "day": 90}]', '2025-09-01T09:00:00Z'),
    ('plan-growth', 'Growth start', 90, '[{"milestone": "kickoff", "day": 0}, {"milestone": "launch", "day": 30}, {"milestone": "review", "day": 60}]', '2025-09-02T10:13:00Z'),
    ('plan-pilot', 'Pilot', 45, '[{"milestone": "kickoff", "day": 0}, {"milestone": "review", "day": 30}]', '2025-09-03T11:26:00Z');

INSERT INTO milestones (milestone_id, client_id, depends_on, milestone_name, status, due_date, completed_date, details) VALUES
    ('ms-01', 'client-01', NULL, 'kickoff', 'done', '2025-07-10', '2025-07-12', '{"owner": "Luis Ortega"}'),
    ('ms-02', 'client-01', 'ms-01', 'pilot', 'done', '2025-08-10', '2025-08-12', '{"owner": "Mei Lin"}'),
    ('ms-03', 'client-01', 'ms-02', 'rollout', 'open', '2025-09-10', NULL, '{"owner": "Omar Haddad"}'),
    ('ms-04', 'client-02', NULL, 'kickoff', 'done', '2025-07-11', '2025-07-13', '{"owner": "Kate O''Brien"}'),
    ('ms-05', 'client-02', 'ms-04', 'pilot', 'done', '2025-08-11', '2025-08-13', '{"owner": "João Silva"}'),
    ('ms-06', 'client-02', 'ms-05', 'rollout', 'open', '2025-09-11', NULL, '{"owner": "Noor Aziz"}'),
    ('ms-07', 'client-03', NULL, 'kickoff', 'done', '2025-07-12', '2025-07-14', '{"owner": "Erik Lund"}'),
    ('ms-08', 'client-03', 'ms-07', 'pilot', 'done', '2025-08-12', '2025-08-14', '{"owner": "Grace Kim"}'),
    ('ms-09', 'client-03', 'ms-08', 'rollout', 'open', '2025-09-12', NULL, '{"owner": "Paul Novák"}'),
    ('ms-10', 'client-04', NULL, 'kickoff', 'done', '2025-07-13', '2025-07-15', '{"owner": "Ruth Adler"}'),
    ('ms-11', 'client-04', 'ms-10', 'pilot', 'done', '2025-08-13', '2025-08-15', '{"owner": "Ivan Petrov"}'),
    ('ms-12', 'client-04', 'ms-11', 'rollout', 'done', '2025-09-13', '2025-09-15', '{"owner": "Zoë Martin"}');

INSERT INTO health_metrics (metric_id, client_id, usage_score, support_score, sponsor_score, health_score, colour, measured_unix) VALUES
    ('health-01', 'client-01', 60, 90, 75, 72.0, 'green', 1756684800),
    ('health-02', 'client-02', 63, 88, 76, 73.1, 'amber', 1756774800),
    ('health-03', 'client-03', 66, 86, 77, 74.2, 'green', 1756864800),
    ('health-04', 'client-04', 69, 84, 78, 75.3, 'green', 1756954800),
    ('health-05', 'client-01', 72, 82, 79, 76.4, 'amber', 1757044800),
    ('health-06', 'client-02', 75, 80, 80, 77.5, 'green', 1757134800),
    ('health-07', 'client-03', 78, 78, 81, 78.6, 'green', 1757224800),
    ('health-08', 'client-04', 81, 76, 82, 79.7, 'amber', 1757314800),
    ('health-09', 'client-01', 84, 74, 83, 80.8, 'green', 1757404800),
    ('health-10', 'client-02', 87, 72, 84, 81.9, 'green', 1757494800),
    ('health-11', 'client-03', 90, 70, 85, 83.0, 'amber', 1757584800),
    ('health-12', 'client-04', 93, 68, 86, 84.1, 'green', 1757635200);

INSERT INTO communications (communication_id, client_id, channel, direction, subject, summary, is_escalation, sent_at) VALUES
    ('comm-01', 'client-01', 'email', 'in', 'Kickoff agenda', 'Agreed the next step.
Owner: client.', 0, '2025-09-01T09:00:00Z'),
    ('comm-02', 'client-02', 'call', 'out', 'Weekly status', 'Agreed the next step.
Owner: client.', 0, '2025-09-02T10:13:00Z'),
    ('comm-03', 'client-03', 'meeting', 'in', 'Escalation: log-in fails', 'Agreed the next step.
Owner: client.', 1, '2025-09-03T11:26:00Z'),
    ('comm-04', 'client-04', 'email', 'out', 'Grüße aus dem Projekt', NULL, 0, '2025-09-04T12:39:00Z'),
    ('comm-05', 'client-01', 'call', 'in', 'Re: "scope"', 'Agreed the next step.
Owner: client.', 0, '2025-09-05T13:52:00Z'),
    ('comm-06', 'client-02', 'meeting', 'out', 'Kickoff agenda', 'Agreed the next step.
Owner: client.', 0, '2025-09-06T14:05:00Z'),
    ('comm-07', 'client-03', 'email', 'in', 'Weekly status', 'Agreed the next step.
Owner: client.', 0, '2025-09-07T15:18:00Z'),
    ('comm-08', 'client-04', 'call', 'out', 'Escalation: log-in fails', NULL, 1, '2025-09-08T16:31:00Z'),
    ('comm-09', 'client-01', 'meeting', 'in', 'Grüße aus dem Projekt', 'Agreed the next step.
Owner: client.', 0, '2025-09-09T09:44:00Z'),
    ('comm-10', 'client-02', 'email', 'out', 'Re: "scope"', 'Agreed the next step.
Owner: client.', 0, '2025-09-10T10:57:00Z'),
    ('comm-11', 'client-03', 'call', 'in', 'Kickoff agenda', 'Agreed the next step.
Owner: client.', 0, '2025-09-11T11:10:00Z'),
    ('comm-12', 'client-04', 'meeting', 'out', 'Weekly status', NULL, 0, '2025-09-12T12:23:00Z'),
    ('comm-13', 'client-01', 'email', 'in', 'Escalation: log-in fails', 'Agreed the next step.
Owner: client.', 1, '2025-09-13T13:36:00Z');

COMMIT;
