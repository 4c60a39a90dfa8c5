"""What the parts of run.py share: the private server, timed processes, the floor, planrun, and the table that is printed.

"""
import json
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
STRICT_PSQL = ("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d")


LOADED = """with ended as (select max(started_at / 1e6 + seconds) as at from {step} where kind <> 'prove')
select at, (select coalesce(sum({least}(started_at / 1e6 + seconds, at) - started_at / 1e6), 0) from {step}
            where kind = 'prove' and started_at / 1e6 < at) from ended"""


class Failed(Exception):
    """A contender did not do its work."""


def call(*command, **options):
    """Output of a command that must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"error: {command[0]} ended with {done.returncode}: {' '.join(map(str, command))[:400]}")
    return done.stdout


class Ended:
    """A process that has ended: its status, seconds by the clock, seconds of its own processor time, peak resident set in MB."""

    def __init__(self, process, begin, log):
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - begin
        self.status = process.returncode = os.waitstatus_to_exitcode(status)
        self.user_seconds = usage.ru_utime
        self.processor_seconds = usage.ru_utime + usage.ru_stime
        self.peak_mb = usage.ru_maxrss / 1024
        self.log = log

    def told(self):
        return self.log.read_text(errors="replace")[-3000:].strip()

    def require_success(self, what):
        if self.status != 0:
            raise Failed(f"{what} ended with {self.status}: {self.told()}")
        return self


def start(command, log, environment=None):
    with open(log, "w") as output:
        return subprocess.Popen([str(c) for c in command], env=dict(os.environ, **(environment or {})), stdout=output,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def run_process(command, log, environment=None, timeout=None):
    """Ended; one that takes longer than `timeout` seconds is killed, and then has the status -9."""
    begin = time.monotonic()
    process = start(command, log, environment)
    limit = threading.Timer(timeout or threading.TIMEOUT_MAX, process.kill)
    limit.start()
    try:
        return Ended(process, begin, Path(log))
    finally:
        limit.cancel()


class Server:
    """The private server of with_postgres.sh; databases are made fresh for each run."""

    def __init__(self):
        self.url = os.environ["PLANRUN_TEST_PG"].rsplit("/", 1)[0]
        self.made = set()

    def url_of(self, database):
        return f"{self.url}/{database}"

    def psql(self, database, sql):
        return call(*STRICT_PSQL, self.url_of(database), "-c", sql)

    def as_superuser(self, sql):
        """Also where a worker of autovacuum is in the database."""
        call("psql", "-Xq", "-d", self.url_of("postgres").replace("planrun@", "postgres@"), "-c", sql)

    def drop(self, database):
        if database in self.made:
            self.as_superuser(f"drop database {database} with (force)")
            self.made.remove(database)

    def drop_all(self):
        for database in list(self.made):
            self.drop(database)

    def fresh(self, database):
        self.drop(database)
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


def side_by_side(commands):
    """Each command on the first free one of CONNECTIONS workers; raises Failed where one fails."""
    waiting = queue.Queue()
    for command in commands:
        waiting.put([str(c) for c in command])
    failures = []

    def worker():
        while not failures:
            try:
                command = waiting.get_nowait()
            except queue.Empty:
                return
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
            if done.returncode != 0:
                failures.append(f"{' '.join(command)[:300]}: {done.stderr[-500:].strip()}")

    threads = [threading.Thread(target=worker) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Failed(failures[0])


class Contender:
    """Loads one source into a fresh database; `name` is what it is called."""

    def prepare(self):
        """Removes what the last run left."""

    def inputs(self):
        """The files that a run reads."""
        return []

    def run(self, database):
        """The work that is timed. Returns what it has to tell: `peak_mb`, the largest resident set of its process, and `note`, a
        text. Raises Failed where the work was not done."""
        raise NotImplementedError

    def look(self, database, began):
        """What is only asked afterwards, of a run that began at `began`, in seconds since 1970; goes to what run() told."""
        return {}


class Floor(Contender):
    """Made from a database that planrun loaded: its schema in order, its rows as binary COPY files."""
    name = "floor"

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
        self.counts = server.row_counts(model, self.tables)
        for table in self.tables:
            server.psql(model, f"\\copy {table} to '{self.file(table)}' (format binary)")

    def place_of_table(self, statement):
        return min(i for i, table in enumerate(self.tables) if re.search(rf"\bpublic\.{table}\b", statement))

    def file(self, table):
        return self.folder / f"{table}.bin"

    def inputs(self):
        return [self.file(table) for table in self.tables]

    def make_tables(self, database):
        call(*STRICT_PSQL, self.server.url_of(database), input=self.before)

    def ask(self, database, sqls):
        side_by_side([(*STRICT_PSQL, self.server.url_of(database), "-c", sql) for sql in sqls])

    def run(self, database):
        begin = time.monotonic()
        self.make_tables(database)
        self.ask(database, [f"\\copy {t} from '{self.file(t)}' (format binary)" for t in self.tables])
        copied = time.monotonic()
        self.ask(database, self.indexes)
        indexed = time.monotonic()
        self.ask(database, self.foreign_keys)
        return {"note": f"copy {copied - begin:.2f}, indexes {indexed - copied:.2f}"}


class Planrun(Contender):
    """One variant of bench.toml on one source."""

    def __init__(self, options, server, folder, source, name, snapshot=False, keep_rejects=False, jobs=None):
        self.program, self.server, self.jobs, self.name = options.planrun, server, jobs or options.jobs, name
        self.source = source
        self.rejects_none = not keep_rejects
        self.folder = folder / re.sub(r"\W+", "_", name)
        self.folder.mkdir()
        text = (HERE / "bench.toml").read_text()
        if snapshot:
            text = text.replace('snapshot = "none"\n', "")
        if keep_rejects:
            text = text.replace('on_reject = "stop"', 'on_reject = "keep"')
        self.plan = self.folder / "bench.toml"
        self.plan.write_text(text)

    def inputs(self):
        return [self.source]

    def prepare(self):
        shutil.rmtree(self.folder / "runs", ignore_errors=True)

    def target(self, database):
        return self.server.url_of(database)

    def environment(self, database):
        return {"DATABASE_URL": self.target(database), "BENCH_SOURCE": str(self.source), "BENCH_FOLDER": str(self.folder / "runs")}

    def command(self, *arguments):
        return [self.program, *arguments, self.plan, "-j", self.jobs, "--quiet"]

    def log(self):
        return self.folder / "log"

    def start(self, database):
        return start(self.command(), self.log(), self.environment(database))

    def run(self, database):
        ended = run_process(self.command(), self.log(), self.environment(database)).require_success("planrun")
        return {"peak_mb": ended.peak_mb, "note": f"{ended.processor_seconds:.2f} s of a processor in planrun"}

    def look(self, database, began):
        """When the last step before the proofs had ended, as the ledger tells, and the seconds of proofs that ran beside such steps."""
        ended, proofs = self.server.psql(database, LOADED.format(step="planrun.step", least="least")).split("|")
        return {"loaded_seconds": float(ended) - began, "proof_seconds": float(proofs)}

    def verify(self, database):
        return run_process(self.command("verify"), self.log(), self.environment(database)).require_success("planrun verify")


def prepare_cache(files, warm):
    for file in files:
        with open(file, "rb", buffering=0) as handle:
            if warm:
                while handle.read(1 << 20):
                    pass
            else:
                os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def make_database(file, text, newer_than, *before):
    """A SQLite file of the SQL in `text`, made once: again where the file `newer_than` has changed since."""
    if file.exists() and file.stat().st_mtime > newer_than.stat().st_mtime:
        return file
    new = Path(f"{file}.new")
    new.unlink(missing_ok=True)
    begin = time.monotonic()
    call("sqlite3", "-bail", *(part for sql in before for part in ("-cmd", sql)), new, input=text)
    new.rename(file)
    print(f"{file.name}: {file.stat().st_size / 1e6:,.0f} MB, made in {time.monotonic() - begin:.0f} s", flush=True)
    return file


def make_source(folder, rows, bad=False):
    text = HERE / "source.sql"
    return make_database(folder / f"source-{rows}{'-bad' if bad else ''}.db", text.read_text(), text,
                         f"create temp table size as select {rows} as row_count, {int(bad)} as bad")


class Series:
    """Times of several contenders, taken in turns."""

    def __init__(self, server, warm):
        self.server, self.warm = server, warm
        self.seconds, self.peaks, self.told, self.failures = {}, {}, {}, {}

    def measure(self, contender, database, show=""):
        """`show` goes before the line that is printed. Raises Failed as the contender does."""
        self.server.fresh(database)
        contender.prepare()
        self.server.settle()
        prepare_cache(contender.inputs(), self.warm)
        began, begin = time.time(), time.monotonic()
        try:
            told = contender.run(database)
        except Failed as failure:
            raise Failed(f"{failure} (after {time.monotonic() - begin:.0f} s)") from failure
        took = time.monotonic() - begin
        self.add(contender.name, took, {**told, **contender.look(database, began)}, show)

    def attempt(self, contender, database, show=""):
        """Whether it did its work. A contender that has failed is not tried again: it has no time."""
        if contender.name in self.failures:
            return False
        try:
            self.measure(contender, database, show)
        except Failed as failure:
            self.fail(contender.name, str(failure))
            return False
        return True

    def add(self, name, took, told, show=""):
        self.seconds.setdefault(name, []).append(took)
        self.told.setdefault(name, []).append(told)
        text = f"{show}{name} {took:6.2f} s"
        if "peak_mb" in told:
            self.peaks[name] = max(self.peaks.get(name, 0), told["peak_mb"])
            text += f", {told['peak_mb']:.0f} MB"
        print(text + (f" ({told['note']})" if "note" in told else ""), flush=True)

    def fail(self, name, why):
        self.failures[name] = why
        self.seconds.pop(name, None)
        print(f"{name} failed: {why}", flush=True)

    def median(self, name):
        return statistics.median(self.seconds[name])

    def median_told(self, name, key):
        return statistics.median(told[key] for told in self.told[name])


class Report:
    """What was measured and what was to be met: a line each, printed as tables, and kept for --json."""

    def __init__(self):
        self.tables = []

    def table(self, title):
        self.tables.append({"title": title, "lines": []})

    def line(self, what, figure, unit, target=None, least=False, note="", samples=()):
        """`target`: the figure is to be at most that, or at least that with `least`. A figure of None: there is none, `note` says why."""
        met = None
        if target is not None:
            met = figure is not None and (figure >= target if least else figure <= target)
        self.tables[-1]["lines"].append({"what": what, "figure": figure, "unit": unit, "target": target, "least": least, "met": met,
                                         "note": note, "samples": list(samples)})

    def show_last(self):
        print(f"\n{self.tables[-1]['title']}")
        lines = self.tables[-1]["lines"]
        width = max(len(line["what"]) for line in lines)
        for line in lines:
            figure = "-" if line["figure"] is None else number(line["figure"])
            text = f"  {line['what']:<{width}}  {figure:>12} {line['unit']:<13}"
            if line["target"] is not None:
                text += f" {'at least' if line['least'] else 'at most'} {number(line['target'])}: {'met' if line['met'] else 'NOT MET'}"
            print((f"{text}  {line['note']}" if line["note"] else text).rstrip())
        print(flush=True)

    def write(self, file):
        Path(file).write_text(json.dumps(self.tables, indent=2) + "\n")


def report_until_proofs(report, series, name, base, jobs, unit, target=None):
    """The proof of one table runs beside the indexes of another: without it a run would end sooner by what it took of the workers."""
    loaded, proofs = series.median_told(name, "loaded_seconds"), series.median_told(name, "proof_seconds")
    report.line(f"{name}, until proofs are all that is left", loaded / base, unit)
    report.line(f"{name}, reckoned without proof", (loaded - proofs / jobs) / base, unit, target,
                note=f"less {proofs:.2f} s of {jobs} workers, for proofs beside other steps")


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"
