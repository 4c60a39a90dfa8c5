#!/usr/bin/env python3
"""Measures planrun against the floor, side by side on one private PostgreSQL server in its default configuration.

The floor: ready-made binary COPY files, loaded by psql on two connections into the same empty tables, then the same primary
keys and indexes two at a time, then the foreign keys. It reads no SQLite, converts, checks, hashes and proves nothing.
planrun does the whole work of tests/bench/bench.toml: ledger, chunks, rows, keys, indexes, foreign keys, read back, proof.

  tests/bench/run.py                        1,000,000 rows, 3 runs each, alternating; prints medians, ratio, peak memory
  tests/bench/run.py --rows 10000000 --runs 5
  tests/bench/run.py --snapshot             planrun copies the source first, as it does by default
  tests/bench/run.py --bad                  a third column: the same source with 1% of bad rows, kept as rejects

The schema of the floor is what pg_dump says of a database that planrun loaded, the COPY files hold that database's rows;
after each run the row counts are compared, after the first the schemas too. Before each run the server makes a
checkpoint, and what the run will read is taken out of the page cache (or read into it, with --warm), which needs no root.
Memory is the largest resident set of the planrun process. Everything is made in --folder (about 1 GB a million rows) and
removed at the end, but for the source database, which is made once for each size.
"""
import argparse
import os
import queue
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONNECTIONS = 2


def call(*command, **options):
    """Output of a command that must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"error: {command[0]} ended with {done.returncode}: {' '.join(map(str, command))[:400]}")
    return done.stdout


class Server:
    """The private server of with_postgres.sh; databases are made fresh for each run."""

    def __init__(self):
        self.url = os.environ["PLANRUN_TEST_PG"].rsplit("/", 1)[0]
        self.made = set()

    def url_of(self, database):
        return f"{self.url}/{database}"

    def psql(self, database, sql):
        return call("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url_of(database), "-c", sql)

    def as_superuser(self, sql):
        """Also where a worker of autovacuum is in the database."""
        call("psql", "-Xq", "-d", self.url_of("postgres").replace("planrun@", "postgres@"), "-c", sql)

    def fresh(self, database):
        if database in self.made:
            self.as_superuser(f"drop database {database} with (force)")
        self.psql("planrun", f"create database {database}")
        self.made.add(database)

    def settle(self):
        """So that no run pays for the writes of the one before it."""
        self.as_superuser("checkpoint")
        os.sync()

    def schema(self, database, section):
        return call("pg_dump", "-s", "-N", "planrun", f"--section={section}", "-d", self.url_of(database))

    def row_counts(self, database, tables):
        return self.psql(database, ";".join(f"select '{t}', count(*) from {t}" for t in tables))


def statements(dump):
    """The statements of a schema dump, without what only psql or the session needs."""
    lines = [line for line in dump.splitlines() if not re.match(r"(--|\\|SET |SELECT pg_catalog\.set_config)", line)]
    return [s.strip() for s in "\n".join(lines).split(";\n") if s.strip().strip(";")]


def in_parallel(server, database, works):
    """Each work on the first free one of CONNECTIONS psql connections."""
    waiting = queue.Queue()
    for work in works:
        waiting.put(work)
    failures = []

    def worker():
        while not failures:
            try:
                work = waiting.get_nowait()
            except queue.Empty:
                return
            done = subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", server.url_of(database), "-c", work])
            if done.returncode != 0:
                failures.append(work)

    threads = [threading.Thread(target=worker) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"error: the floor failed at: {failures[0]}")


class Floor:
    """Made from a database that planrun loaded."""

    def __init__(self, server, model, folder):
        self.server = server
        self.folder = folder / "copy"
        self.folder.mkdir()
        self.before = server.schema(model, "pre-data")
        after = statements(server.schema(model, "post-data"))
        self.foreign_keys = [s for s in after if " FOREIGN KEY " in s]
        self.indexes = [s for s in after if " FOREIGN KEY " not in s]
        sizes = server.psql(model, "select relname, pg_relation_size(oid) from pg_class "
                                   "where relnamespace = 'public'::regnamespace and relkind = 'r' order by 2 desc")
        self.tables = [line.split("|")[0] for line in sizes.split()]
        self.indexes.sort(key=self.place_of_table)  # the largest tables first: two connections end together
        for table in self.tables:
            server.psql(model, f"\\copy {table} to '{self.file(table)}' (format binary)")

    def place_of_table(self, statement):
        return min(i for i, table in enumerate(self.tables) if re.search(rf"\bpublic\.{table}\b", statement))

    def file(self, table):
        return self.folder / f"{table}.bin"

    def inputs(self):
        return [self.file(table) for table in self.tables]

    def run(self, database):
        call("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", self.server.url_of(database), input=self.before)
        in_parallel(self.server, database, [f"\\copy {t} from '{self.file(t)}' (format binary)" for t in self.tables])
        copied = time.monotonic()
        in_parallel(self.server, database, self.indexes)
        indexed = time.monotonic()
        in_parallel(self.server, database, self.foreign_keys)
        return copied, indexed


class Planrun:
    """One variant of bench.toml on one source."""

    def __init__(self, program, server, folder, options, source, name, keep_rejects):
        self.program, self.server, self.jobs, self.name = program, server, options.jobs, name
        self.source = source
        self.folder = folder / name
        self.folder.mkdir()
        text = (HERE / "bench.toml").read_text()
        if options.snapshot:
            text = text.replace('snapshot = "none"\n', "")
        if keep_rejects:
            text = text.replace('on_reject = "stop"', 'on_reject = "keep"')
        self.plan = self.folder / "bench.toml"
        self.plan.write_text(text)

    def inputs(self):
        return [self.source]

    def run(self, database):
        """Peak resident set, MB."""
        environment = dict(os.environ, DATABASE_URL=self.server.url_of(database), BENCH_SOURCE=str(self.source),
                           BENCH_FOLDER=str(self.folder))
        log = open(self.folder / "log", "w")
        process = subprocess.Popen([self.program, self.plan, "-j", str(self.jobs), "--quiet"], env=environment, stdout=log,
                                   stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"error: planrun ended with {process.returncode}:\n{(self.folder / 'log').read_text()[-4000:]}")
        return usage.ru_maxrss / 1024


def prepare_cache(files, warm):
    for file in files:
        with open(file, "rb", buffering=0) as handle:
            if warm:
                while handle.read(1 << 20):
                    pass
            else:
                os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def make_source(folder, rows, bad):
    file = folder / f"source-{rows}{'-bad' if bad else ''}.db"
    if file.exists() and file.stat().st_mtime > (HERE / "source.sql").stat().st_mtime:
        return file
    new = Path(f"{file}.new")
    new.unlink(missing_ok=True)
    begin = time.monotonic()
    with open(HERE / "source.sql") as text:
        call("sqlite3", "-bail", "-cmd", f"create temp table size as select {rows} as row_count, {int(bad)} as bad", new,
             stdin=text)
    new.rename(file)
    print(f"{file.name}: {file.stat().st_size / 1e6:,.0f} MB, made in {time.monotonic() - begin:.0f} s", flush=True)
    return file


def measure(server, thing, database, warm):
    """Seconds, and what the run itself tells."""
    server.fresh(database)
    server.settle()
    prepare_cache(thing.inputs(), warm)
    begin = time.monotonic()
    told = thing.run(database)
    return time.monotonic() - begin, begin, told


def bench(options, server, folder, work):
    program = Path(options.planrun).resolve()
    clean = Planrun(program, server, work, options, make_source(folder, options.rows, False), "clean", False)
    bad = None
    if options.bad:
        bad = Planrun(program, server, work, options, make_source(folder, options.rows, True), "bad", True)
    measure(server, clean, "model", options.warm)
    floor = Floor(server, "model", work)
    counts = server.row_counts("model", floor.tables)
    print(counts.replace("\n", "  "), flush=True)

    seconds = {"floor": [], "clean": [], "bad": []}
    memory = {"clean": [], "bad": []}
    for number in range(options.runs):
        took, begin, (copied, indexed) = measure(server, floor, "bench_floor", options.warm)
        seconds["floor"].append(took)
        print(f"run {number + 1}: floor {took:6.2f} s (copy {copied - begin:.2f}, indexes {indexed - copied:.2f})", flush=True)
        took, _, peak = measure(server, clean, "bench_planrun", options.warm)
        seconds["clean"].append(took)
        memory["clean"].append(peak)
        print(f"run {number + 1}: planrun {took:6.2f} s, {peak:.0f} MB", flush=True)
        for database in ("bench_floor", "bench_planrun"):
            if server.row_counts(database, floor.tables) != counts:
                sys.exit(f"error: {database} holds other row counts than the first run")
        if number == 0:
            for section in ("pre-data", "post-data"):
                if statements(server.schema("bench_floor", section)) != statements(server.schema("bench_planrun", section)):
                    sys.exit("error: floor and planrun made different schemas")
        if bad:
            took, _, peak = measure(server, bad, "bench_planrun", options.warm)
            seconds["bad"].append(took)
            memory["bad"].append(peak)
            print(f"run {number + 1}: planrun, 1% bad {took:6.2f} s, {peak:.0f} MB", flush=True)

    medians = {name: statistics.median(values) for name, values in seconds.items() if values}
    print(f"\n{options.rows:,} rows, medians of {options.runs} runs, {options.jobs} workers"
          f"{', with snapshot' if options.snapshot else ''}")
    print(f"  floor            {medians['floor']:7.2f} s   1.00")
    print(f"  planrun          {medians['clean']:7.2f} s   {medians['clean'] / medians['floor']:.2f}   "
          f"{max(memory['clean']):.0f} MB at most")
    if bad:
        print(f"  planrun, 1% bad  {medians['bad']:7.2f} s   {medians['bad'] / medians['clean']:.2f} of the clean load   "
              f"{max(memory['bad']):.0f} MB at most")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--snapshot", action="store_true")
    parser.add_argument("--bad", action="store_true")
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--planrun", default=str(ROOT / "build/planrun"))
    parser.add_argument("--folder", default=str(ROOT / "build/bench"))
    options = parser.parse_args()
    folder = Path(options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if os.environ.get("PLANRUN_BENCH_INSIDE") is None:
        wrapper = ROOT / "tests/support/with_postgres.sh"
        os.execve(wrapper, [wrapper, sys.executable, *sys.argv], dict(os.environ, PLANRUN_BENCH_INSIDE="1"))
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        bench(options, Server(), folder, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
