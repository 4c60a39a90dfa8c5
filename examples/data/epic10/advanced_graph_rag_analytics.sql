-- advanced_graph_rag_analytics: For the archive: experiments.
-- 1 table, 7 rows. Make the file with examples/make_data.sh.
PRAGMA foreign_keys = ON;
BEGIN;

CREATE TABLE graph_experiments (
    experiment_id TEXT PRIMARY KEY,
    name TEXT,
    score REAL,
    config TEXT,
    run_at TIMESTAMP
);

INSERT INTO graph_experiments (experiment_id, name, score, config, run_at) VALUES
    ('exp-1', 'Experiment 1', 0.45, '{"depth": 1}', '2025-09-01 22:00:00'),
    ('exp-2', 'Experiment 2', 0.5, '{"depth": 2}', '2025-09-02 22:00:00'),
    ('exp-3', 'Experiment 3', 0.55, '{"depth": 3}', '2025-09-03 22:00:00'),
    ('exp-4', 'Experiment 4', 0.6, '{"depth": 4}', '2025-09-04 22:00:00'),
    ('exp-5', 'Experiment 5', 0.65, '{"depth": 5}', '2025-09-05 22:00:00'),
    ('exp-6', 'Experiment 6', 0.7, '{"depth": 6}', '2025-09-06 22:00:00'),
    ('exp-7', 'Experiment 7', 0.75, '{"depth": 7}', '2025-09-07 22:00:00');

COMMIT;
