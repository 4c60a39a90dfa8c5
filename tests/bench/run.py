#!/usr/bin/env python3
"""Measures planrun beside what it is held to, in turns on one private PostgreSQL server in its default configuration.

  tests/bench/run.py                              the floor: 1,000,000 rows, 3 runs each
  tests/bench/run.py floor peers --rows 10000000 --runs 5 --snapshot --bad
  tests/bench/run.py memory --sizes 10000,1000000,10000000

| subject | what is measured | held to |
|---|---|---|
| floor   | planrun with snapshot = "none"; --snapshot: also with the snapshot and its hash; --bad: also 1% of bad rows, kept | the floor |
| peers   | sqlite3 -csv into psql, pgloader as it comes and tuned, DuckDB where it is installed; also named together with floor | planrun |
| growth  | floor and planrun for each of --sizes | a straight line |
| resume  | planrun killed at half of its time, and the same command again | the whole run |
| verify  | planrun verify of an unchanged target | reading both once |
| memory  | the largest resident set for each of --sizes, by 1 and 4 workers, and with a blob of --blob-mb | 100 MB + 2 blobs |
| lua     | user seconds of dry runs with and without a transform | rows a second |
| sqlite  | planrun into a SQLite file | INSERT ... SELECT in the shell |

The floor: ready-made binary COPY files, loaded by psql on two connections into the same empty tables, then the same primary
keys and indexes two at a time, then the foreign keys. It reads no SQLite, converts, checks, hashes and proves nothing.
planrun does the whole work of tests/bench/bench.toml: ledger, chunks, rows, keys, indexes, foreign keys, read back, proof.
No run leaves the proof out. "Until proofs are all that is left" is when, as the ledger tells, the last other step ended; "reckoned
without proof" is that less the workers' share of the proofs before it: an estimate, as both also share the processors with the server.

The schema of the floor is what pg_dump says of a database that planrun loaded, the COPY files hold that database's rows;
after each run the row counts are compared, after the first the schemas too. A peer that fails, or whose rows are not all there, is told
as such and has no time. Before each run the server makes a checkpoint, and what the run will read is taken out of the page cache (or read
into it, with --warm), which needs no root. Memory is the largest resident set of the process. Everything is made in --folder (about
1 GB a million rows) and removed at the end, but for the source databases, which are made once for each size.
"""
import argparse
import os
import shutil
import sys
from pathlib import Path

from bench_engine import bench_lua, bench_memory, bench_sqlite
from bench_loads import bench_floor, bench_growth, bench_resume, bench_verify
from bench_support import ROOT, Failed, Report, Server

SUBJECTS = {"growth": bench_growth, "resume": bench_resume, "verify": bench_verify, "memory": bench_memory, "lua": bench_lua,
            "sqlite": bench_sqlite}


def bench(options, server, folder, work):
    report = Report()
    parts = [(name, SUBJECTS[name]) for name in SUBJECTS if name in options.subjects]
    if {"floor", "peers"} & set(options.subjects):
        parts.insert(0, ("floor", lambda *place: bench_floor(*place, "peers" in options.subjects)))
    for name, part in parts:
        place = work / name
        place.mkdir()
        try:
            part(options, server, report, folder, place)
        finally:
            server.drop_all()
            shutil.rmtree(place, ignore_errors=True)
        report.show_last()
        if options.json:
            report.write(options.json)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help="floor (default), peers, " + ", ".join(SUBJECTS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sizes", default="10000,100000,1000000,10000000", help="rows, of memory and growth")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="planrun's workers")
    parser.add_argument("--blob-mb", type=int, default=100)
    parser.add_argument("--snapshot", action="store_true", help="floor: also, and resume, verify, sqlite: only with the snapshot")
    parser.add_argument("--bad", action="store_true", help="floor: also with 1%% of bad rows")
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--planrun", default=str(ROOT / "build/planrun"))
    parser.add_argument("--folder", default=str(ROOT / "build/bench"))
    options = parser.parse_args()
    options.subjects = options.subjects or ["floor"]
    unknown = set(options.subjects) - set(SUBJECTS) - {"floor", "peers"}
    if unknown:
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    options.sizes = sorted(int(size) for size in options.sizes.split(","))
    options.planrun = Path(options.planrun).resolve()
    return options


def main():
    options = read_options()
    folder = Path(options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if os.environ.get("PLANRUN_BENCH_INSIDE") is None:
        wrapper = ROOT / "tests/support/with_postgres.sh"
        os.execve(wrapper, [wrapper, sys.executable, *sys.argv], dict(os.environ, PLANRUN_BENCH_INSIDE="1"))
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    options.planrun = shutil.copy(options.planrun, work)  # so that a build beside a long measurement changes nothing
    try:
        bench(options, Server(), folder, work)
    except Failed as failure:
        sys.exit(f"error: {failure}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
