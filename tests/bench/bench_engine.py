"""The parts of run.py that measure the program itself, or another target: memory, lua and sqlite."""
import json
import shutil
import sqlite3
import statistics
from pathlib import Path

from bench_support import (HERE, LOADED, ROOT, Contender, Failed, Planrun, Series, make_database, make_source,
                           report_until_proofs, run_process)

SMALL_MB = 100  # what planrun may hold, beside twice the largest value


def bench_memory(options, server, report, folder, work):
    """Peak resident set of one run for each size and number of workers, with snapshot and proof, and of one with a large blob."""
    report.table("memory: the largest resident set of the planrun process, one run each, with snapshot")
    series = Series(server, options.warm)
    for rows in options.sizes:
        for jobs in (1, 4):
            name = f"{rows:,} rows, {jobs} worker{'s' if jobs > 1 else ''}"
            planrun = Planrun(options, server, work, make_source(folder, rows), name, snapshot=True, jobs=jobs)
            series.attempt(planrun, "bench_memory")
            report_peak(report, series, name, SMALL_MB)
            planrun.prepare()
    for jobs in (1, 4):
        name = f"a blob of {options.blob_mb} MB, {jobs} worker{'s' if jobs > 1 else ''}"
        series.attempt(BlobRun(options, server, work, folder, name, jobs), "bench_memory")
        report_peak(report, series, name, SMALL_MB + 2 * options.blob_mb)


def report_peak(report, series, name, target):
    report.line(name, series.peaks.get(name), "MB", target, note=series.failures.get(name, "")[:300].replace("\n", " / "))


class BlobRun(Planrun):
    """A table of small rows, among them one with a large blob."""

    def __init__(self, options, server, work, folder, name, jobs):
        source = make_database(folder / f"source-blob{options.blob_mb}.db", f"""
            create table files (id integer primary key, name text not null, body blob);
            insert into files select value, 'file ' || value, randomblob(1000) from generate_series(1, 1000);
            update files set body = randomblob({options.blob_mb} * 1024 * 1024) where id = 500;""", Path(__file__))
        super().__init__(options, server, work, source, name, jobs=jobs)
        self.plan.write_text("""[plan]
name   = "blob"
folder = "${BENCH_FOLDER}"
[source.bench]
url = "sqlite:${BENCH_SOURCE}"
[target.main]
url = "${DATABASE_URL}"
[table.files]
from = "bench.files"
[table.files.columns]
id   = "bigint primary key"
name = "text not null"
body = "bytea"
""")


LUA_SOURCE = """
create table six (id integer primary key, name text, quantity integer, price integer, placed text, state text);
insert into six select value, 'article number ' || value, 1 + value % 24, value * 6481 % 250000,
    datetime(1650000000 + value * 31, 'unixepoch'), iif(value % 5, 'shipped', 'pending')
    from generate_series(1, {rows});
create table prospects (prospect_id text, company_name text, decision_makers text);
insert into prospects select printf('f500-%07d', value), 'Company ' || value, json_array(
    json_object('name', 'Ada King ' || value, 'title', 'Chief Technology Officer', 'email', 'ada.king' || value || '@example.com',
                'phone', '(415) 555-0100'),
    json_object('name', 'Mary Jones', 'title', 'CEO', 'email', 'mary' || value || '@example.com', 'phone', '415-555-0101'),
    json_object('name', 'Sam Smith', 'title', 'CFO', 'email', 'sam' || value || '@example.com', 'phone', '415 555 0102'))
    from generate_series(1, {rows});
"""
SIX = {"id": "bigint", "name": "text", "quantity": "bigint", "price": "bigint", "placed": "timestamp", "state": "text"}
PROSPECT = {"prospect_id": "text", "company_name": "text", "decision_makers": "text"}
CONTACT = {"contact_id": "text", "name": "text", "company": "text", "title": "text", "email": "text", "phone": "text"}
LUA_CASES = (  # name, table, columns, transform, rows out of a row, what it is compared with, rows out/s to be met
    ("six columns", "six", SIX, None, 1, None, None),
    ("six columns through Lua", "six", SIX, "bench.six", 1, "six columns", 700_000),
    ("prospects", "prospects", PROSPECT, None, 1, None, None),
    ("fan-out, JSON and rows", "prospects", CONTACT, "bench.contacts", 3, "prospects", 300_000),
    ("fan-out, transforms/decision_makers.lua", "prospects", {**CONTACT, "linkedin_profile": "text"},
     "decision_makers.to_contacts", 3, "prospects", 300_000),
)


class Preview:
    """A dry run of one load by one worker: it reads, transforms and converts every row, and writes none."""

    def __init__(self, options, folder, case):
        self.name, self.table, columns, transform, self.rows_out, self.compared, self.target = case
        self.program, self.folder = options.planrun, folder
        self.plan = folder / f"{self.name.replace(' ', '_').replace('/', '_')}.toml"
        line = f'transform = "{transform}"\n' if transform else ""
        types = "".join(f'{name} = "{kind}"\n' for name, kind in columns.items())
        self.plan.write_text(f"""[plan]
name     = "lua"
snapshot = "none"
[source.bench]
url = "sqlite:${{BENCH_SOURCE}}"
[target.main]
url = "sqlite:{folder}/none.db"
[table.{self.table}]
from = "bench.{self.table}"
{line}[table.{self.table}.columns]
{types}""")
        self.seconds = {}  # by rows of the source, a list each

    def run(self, source, rows):
        command = [self.program, self.plan, "--dry-run", "-j", 1, "--quiet", "--format", "json"]
        ended = run_process(command, self.folder / "log", {"BENCH_SOURCE": str(source)}).require_success("planrun --dry-run")
        load = json.loads(ended.log.read_text())["loads"][0]
        if [load[key] for key in ("rows_read", "rows_written", "rows_emitted")] != [rows, rows, rows * self.rows_out]:
            raise Failed(f"{self.name}: not every row came through: {load}")
        self.seconds.setdefault(rows, []).append(ended.user_seconds)

    def whole(self):
        return statistics.median(self.seconds[max(self.seconds)])

    def of_a_row(self):
        """Seconds a row out, without what a run of any size takes."""
        few, many = sorted(self.seconds)
        return (self.whole() - statistics.median(self.seconds[few])) / ((many - few) * self.rows_out)


def bench_lua(options, server, report, folder, work):
    """User seconds of dry runs by one worker. What a row costs is what a dry run of all rows takes longer than one of a tenth, by the
    rows between: the start, and the first 1,000 rows that are run a second time in fresh states, are the same in both. What a transform
    costs in the engine is what the row costs more than one of the same table without it; for the fan-out that is the call, the JSON and
    the conversion of the rows that come out, less that of the row that went in. The whole's rate is all rows out by all user seconds."""
    sizes = [options.rows // 10, options.rows]
    sources = {rows: make_database(folder / f"source-lua{rows}.db", LUA_SOURCE.format(rows=rows), Path(__file__)) for rows in sizes}
    shutil.copytree(ROOT / "transforms", work / "transforms")
    shutil.copy(HERE / "bench.lua", work / "transforms")
    previews = {case[0]: Preview(options, work, case) for case in LUA_CASES}
    for number in range(options.runs):
        for name, preview in previews.items():
            for rows, source in sources.items():
                preview.run(source, rows)
            print(f"run {number + 1}: {name} {preview.seconds[options.rows][-1]:.2f} s of a processor", flush=True)
    report.table(f"Lua, {options.rows:,} source rows, medians of {options.runs} dry runs, one worker; JSON of "
                 f"{json_length(sources[options.rows]):.0f} bytes a prospect")
    for name, preview in previews.items():
        report.line(name, preview.whole(), "s of user time", samples=preview.seconds[options.rows])
        report.line(f"{name}: whole", options.rows * preview.rows_out / preview.whole(), "rows out/s")
        if preview.compared:
            report_transform(report, preview, previews[preview.compared])


def report_transform(report, preview, plain):
    read = plain.of_a_row() / preview.rows_out
    more = preview.of_a_row() - read
    report.line(f"{preview.name}: in the engine", 1 / more if more > 0 else None, "rows out/s", preview.target, least=True,
                note=f"{more * 1e6:.2f} us a row out, and {read * 1e6:.2f} us for reading what it came from")


def json_length(source):
    with sqlite3.connect(source) as connection:
        return connection.execute("select avg(length(decision_makers)) from (select * from prospects limit 1000)").fetchone()[0]


class SqliteRun(Planrun):
    """bench.toml into a SQLite file."""

    def file(self):
        return self.folder / "target.db"

    def target(self, database):
        return f"sqlite:{self.file()}"

    def prepare(self):
        super().prepare()
        self.file().unlink(missing_ok=True)

    def look(self, database, began):
        with sqlite3.connect(self.file()) as target:
            ended, proofs = target.execute(LOADED.format(step="planrun_step", least="min")).fetchone()
        return {"loaded_seconds": ended - began, "proof_seconds": proofs}


class ShellInsert(Contender):
    """INSERT ... SELECT through ATTACH in the sqlite3 shell: a transaction a table, then the indexes, with the pragmas under which planrun
    writes (engine/sqlite/target_file.cc), into the tables, keys and indexes that planrun made."""
    name = "sqlite3, INSERT ... SELECT"
    PRAGMAS = "pragma cache_size = -16000; pragma mmap_size = 0; pragma foreign_keys = off; pragma synchronous = full;\n"

    def __init__(self, model, source, folder):
        self.source, self.file, self.log = source, folder / "shell.db", folder / "shell.log"
        with sqlite3.connect(model) as connection:
            objects = connection.execute("select type, name, sql from sqlite_schema where sql is not null and tbl_name not like "
                                         "'planrun\\_%' escape '\\' and name not like 'sqlite\\_%' escape '\\'").fetchall()
            self.journal = connection.execute("pragma journal_mode").fetchone()[0]
        with sqlite3.connect(source) as connection:
            self.columns = {name: ", ".join(row[1] for row in connection.execute(f"pragma table_info({name})"))
                            for kind, name, _ in objects if kind == "table"}
        self.script = folder / "shell.sql"
        self.script.write_text(f"pragma journal_mode = {self.journal};\n{self.PRAGMAS}attach '{source}' as s;\n" + "".join(
            f"begin;\n{sql};\ninsert into main.{name} ({self.columns[name]}) select {self.columns[name]} from s.{name};\ncommit;\n"
            for kind, name, sql in objects if kind == "table") + "".join(f"{sql};\n" for kind, _, sql in objects if kind == "index"))

    def inputs(self):
        return [self.source]

    def prepare(self):
        self.file.unlink(missing_ok=True)

    def run(self, database):
        ended = run_process(["sqlite3", "-bail", self.file, f".read {self.script}"], self.log).require_success("sqlite3")
        return {"peak_mb": ended.peak_mb}

    def content(self, file):
        """Rows of each table, and of its columns the largest and how many are not null."""
        with sqlite3.connect(file) as connection:
            return {table: connection.execute("select count(*), " + ", ".join(
                f"max({name}), count({name})" for name in columns.split(", ")) + f" from {table}").fetchone()
                    for table, columns in self.columns.items()}


def bench_sqlite(options, server, report, folder, work):
    planrun = SqliteRun(options, server, work, make_source(folder, options.rows), "planrun", snapshot=options.snapshot)
    series = Series(server, options.warm)
    series.measure(planrun, "bench_sqlite", "not counted: ")
    shell = ShellInsert(planrun.file(), planrun.source, work)
    counted = Series(server, options.warm)
    for number in range(options.runs):
        for contender in (shell, planrun):
            counted.measure(contender, "bench_sqlite", f"run {number + 1}: ")
        if shell.content(shell.file) != shell.content(planrun.file()):
            raise Failed("planrun and the shell made different rows")
    report.table(f"SQLite into SQLite, {options.rows:,} rows, medians of {options.runs} runs, {options.jobs} workers"
                 f"{', with snapshot' if options.snapshot else ''}, journal_mode {shell.journal}")
    base = counted.median(shell.name)
    report.line(shell.name, base, "s", samples=counted.seconds[shell.name])
    report.line("planrun", counted.median("planrun"), "s", samples=counted.seconds["planrun"])
    report.line("planrun, proved", counted.median("planrun") / base, "times", 1.2)
    report_until_proofs(report, counted, "planrun", base, options.jobs, "times")
    report.line("planrun, memory", counted.peaks["planrun"], "MB", SMALL_MB)
