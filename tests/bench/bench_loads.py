"""The parts of run.py that load tests/bench/bench.toml's database into PostgreSQL: floor, peers, growth, resume and verify."""
import math
import shlex
import shutil
import statistics
import subprocess
import time

from bench_support import (CONNECTIONS, STRICT_PSQL, Contender, Failed, Floor, Planrun, Series, call, make_source,
                           prepare_cache, report_until_proofs, run_process, side_by_side, statements)

PEER_TIMEOUT_S = 1800
SMALL_ROWS = 10_000  # a database so small is judged by seconds over the floor, not by the ratio


class Script(Contender):
    """sqlite3 -csv into psql \\copy, two tables at a time, then what the floor does after its rows."""
    name = "sqlite3 | psql"

    def __init__(self, floor, source):
        self.floor, self.source = floor, source

    def inputs(self):
        return [self.source]

    def copy(self, database, table):
        columns = call("sqlite3", "-readonly", self.source, f"select group_concat(name) from pragma_table_info('{table}')").strip()
        read = shlex.join(["sqlite3", "-readonly", "-csv", str(self.source), f"select {columns} from {table}"])
        write = shlex.join([*STRICT_PSQL, self.floor.server.url_of(database), "-c",
                            f"\\copy {table} ({columns}) from stdin (format csv)"])
        return ["bash", "-c", f"set -o pipefail; {read} | {write}"]

    def run(self, database):
        self.floor.make_tables(database)
        side_by_side(self.copy_all(database))
        self.floor.ask(database, self.floor.indexes)
        self.floor.ask(database, self.floor.foreign_keys)
        return {}

    def copy_all(self, database):
        return [self.copy(database, table) for table in self.floor.tables]


class DuckDb(Script):
    """DuckDB's sqlite and postgres extensions, two tables at a time, then what the floor does after its rows."""
    name = "duckdb"

    def copy(self, database, table):
        return ["duckdb", "-c", f"load sqlite; load postgres; attach '{self.source}' as s (type sqlite, read_only); "
                                f"attach '{self.floor.server.url_of(database)}' as p (type postgres); "
                                f"insert into p.public.{table} by name select * from s.{table}"]

    @staticmethod
    def is_installed():
        return shutil.which("duckdb") is not None and subprocess.run(
            ["duckdb", "-c", "load sqlite; load postgres"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class PgLoader(Contender):
    """pgloader makes tables, primary and foreign keys of the source's schema, by its own types; the plan's other indexes follow as
    the floor makes them. How many errors it tells goes to the note."""

    def __init__(self, floor, source, folder, options=None):
        self.name = "pgloader tuned" if options else "pgloader default"
        self.floor, self.source = floor, source
        self.folder = folder / self.name.replace(" ", "_")
        self.folder.mkdir()
        self.indexes = [s for s in floor.indexes if s.startswith("CREATE ")]
        self.options = options

    def inputs(self):
        return [self.source]

    def arguments(self, url):
        if self.options is None:
            return [self.source, url]
        script = self.folder / "load"
        script.write_text(f"load database from '{self.source}' into {url}\nwith {self.options};\n")
        return [script]

    def run(self, database):
        command = ["pgloader", "--root-dir", self.folder / "root", *self.arguments(self.floor.server.url_of(database))]
        ended = run_process(command, self.folder / "log", timeout=PEER_TIMEOUT_S)
        if ended.status == -9:
            raise Failed(f"no end after {PEER_TIMEOUT_S} s, or killed")
        ended.require_success("pgloader")
        self.floor.ask(database, self.indexes)
        errors = sum(" ERROR " in line or " FATAL " in line for line in ended.log.read_text(errors="replace").splitlines())
        return {"peak_mb": ended.peak_mb, **({"note": f"it tells {errors} errors"} if errors else {})}


TUNED = ("create tables, create indexes, reset sequences, foreign keys, "
         f"workers = {CONNECTIONS * 2}, concurrency = {CONNECTIONS}, batch rows = 25000, batch size = 20 MB, prefetch rows = 25000")


def make_peers(floor, source, folder):
    peers = [Script(floor, source)]
    if DuckDb.is_installed():
        peers.append(DuckDb(floor, source))
    else:
        print("duckdb with its extensions sqlite and postgres is not installed", flush=True)
    if shutil.which("pgloader"):
        peers += [PgLoader(floor, source, folder), PgLoader(floor, source, folder, TUNED)]
    else:
        print("pgloader is not installed", flush=True)
    return peers


def make_floor(options, server, folder, planrun):
    """From a run of planrun that is not counted."""
    server.fresh("model")
    planrun.prepare()
    planrun.run("model")
    floor = Floor(server, "model", folder)
    server.drop("model")
    print(floor.counts.replace("\n", "  "), flush=True)
    return floor


def schema_of(server, database):
    return [statements(server.schema(database, section)) for section in ("pre-data", "post-data")]


def row_sum(counts):
    return sum(int(line.split("|")[1]) for line in counts.split())


def require_rows(server, database, floor, rejects_none=True):
    """Those of the run that the floor was made from; with rejects, as many in all."""
    found = server.row_counts(database, floor.tables)
    if rejects_none:
        lost = "" if found == floor.counts else found.replace("\n", "  ")
    else:
        rejects = int(server.psql(database, "select count(*) from planrun.reject where kind = 'rejected'"))
        lost = "" if row_sum(found) + rejects == row_sum(floor.counts) else f"{row_sum(found)} and {rejects} rejects"
    if lost:
        raise Failed(f"not the rows that were to be there: {lost}")


def measure_series(options, server, floor, series, planruns, peers):
    """Floor, planrun's variants and the peers in turns. The first of `planruns` is held to the floor's schema, all to its rows. Only
    a peer may fail. Each database is dropped at once, so that autovacuum does not work on it while the next is timed."""
    for number in range(options.runs):
        show = f"run {number + 1}: "
        series.measure(floor, "bench_floor", show)
        require_rows(server, "bench_floor", floor)
        schema = schema_of(server, "bench_floor") if number == 0 else None
        server.drop("bench_floor")
        for contender in planruns:
            series.measure(contender, "bench_planrun", show)
            require_rows(server, "bench_planrun", floor, contender.rejects_none)
            if schema and contender is planruns[0] and schema != schema_of(server, "bench_planrun"):
                raise Failed("floor and planrun made different schemas")
            server.drop("bench_planrun")
        for contender in peers:
            attempt_peer(server, floor, series, contender, show)


def attempt_peer(server, floor, series, peer, show):
    if series.attempt(peer, "bench_peer", show):
        try:
            require_rows(server, "bench_peer", floor)
        except Failed as failure:
            series.fail(peer.name, str(failure))
    server.drop("bench_peer")


def report_loads(options, report, series, variants):
    floor, rows = series.median("floor"), options.rows
    report.table(f"{rows:,} rows, medians of {options.runs} runs, {options.jobs} workers{', warm' if options.warm else ''}")
    report.line("floor", floor, "s", samples=series.seconds["floor"])
    for name, unproved_target in variants.items():
        seconds = series.median(name)
        report.line(name, seconds, "s", samples=series.seconds[name])
        if rows <= SMALL_ROWS:
            report.line(f"{name}, over the floor", seconds - floor, "s", 0.5)
        else:
            report.line(f"{name}, proved", seconds / floor, "of the floor", 1.40)
            report_until_proofs(report, series, name, floor, options.jobs, "of the floor", unproved_target)
        report.line(f"{name}, memory", series.peaks[name], "MB", 100)


def report_bad(options, report, series, name):
    report.line(name, series.median(name), "s", samples=series.seconds[name])
    report.line(f"{name}, to clean", series.median(name) / series.median("planrun"), "times", 1.2 if options.rows > SMALL_ROWS else None)
    report.line(f"{name}, memory", series.peaks[name], "MB", 100)


def report_peers(options, report, series, peers):
    seconds = series.median("planrun")
    for peer in peers:
        if peer.name in series.failures:
            report.line(peer.name, None, "s", note=series.failures[peer.name][:300].replace("\n", " / "))
            continue
        report.line(peer.name, series.median(peer.name), "s", samples=series.seconds[peer.name],
                    note=" ".join(sorted({told["note"] for told in series.told[peer.name] if "note" in told})))
        target = 3.0 if "pgloader" in peer.name else 1.0
        report.line(f"{peer.name}, to planrun", series.median(peer.name) / seconds, "times as long",
                    target if options.rows > SMALL_ROWS else None, least=True)
        if peer.name in series.peaks:
            report.line(f"{peer.name}, memory", series.peaks[peer.name], "MB")


def bench_floor(options, server, report, folder, work, with_peers):
    source = make_source(folder, options.rows)
    planruns = [Planrun(options, server, work, source, "planrun")]
    variants = {"planrun": 1.15}
    if options.snapshot:
        planruns.append(Planrun(options, server, work, source, "planrun with snapshot", snapshot=True))
        variants["planrun with snapshot"] = 1.25
    bad = None
    if options.bad:
        bad = Planrun(options, server, work, make_source(folder, options.rows, True), "planrun, 1% bad", keep_rejects=True)
        planruns.append(bad)
    floor = make_floor(options, server, work, planruns[0])
    peers = make_peers(floor, source, work) if with_peers else []
    series = Series(server, options.warm)
    measure_series(options, server, floor, series, planruns, peers)
    report_loads(options, report, series, variants)
    if bad:
        report_bad(options, report, series, bad.name)
    report_peers(options, report, series, peers)


def bench_growth(options, server, report, folder, work):
    """The exponent e of seconds = c * rows^e, between sizes that follow each other and of a line through all, by least squares."""
    seconds, floors = {}, {}
    for rows in options.sizes:
        place = work / f"growth{rows}"
        place.mkdir()
        planrun = Planrun(options, server, place, make_source(folder, rows), "planrun")
        floor = make_floor(options, server, place, planrun)
        series = Series(server, options.warm)
        measure_series(options, server, floor, series, [planrun], [])
        seconds[rows], floors[rows] = series.median("planrun"), series.median("floor")
        shutil.rmtree(place)
    report.table(f"growth, medians of {options.runs} runs, {options.jobs} workers")
    for rows in options.sizes:
        report.line(f"{rows:,} rows", seconds[rows], "s", note=f"floor {floors[rows]:.2f} s")
    for before, after in zip(options.sizes, options.sizes[1:]):
        report.line(f"exponent from {before:,} to {after:,} rows", exponent(seconds, [before, after]), "", 1.10,
                    note=f"floor {exponent(floors, [before, after]):.2f}")
    if len(options.sizes) > 1:
        report.line("exponent of all", exponent(seconds, options.sizes), "", 1.05, note=f"floor {exponent(floors, options.sizes):.2f}")


def exponent(seconds, sizes):
    line = statistics.linear_regression([math.log(rows) for rows in sizes], [math.log(seconds[rows]) for rows in sizes])
    return line.slope


def kill_after(seconds, planrun, server, database):
    """Rows that were committed when the process was killed; raises Failed where it ended before."""
    process = planrun.start(database)
    time.sleep(seconds)
    process.kill()
    if process.wait() == 0:
        raise Failed("planrun ended before it was killed: more rows are needed")
    return int(server.psql(database, "select coalesce(sum(rows_read), 0) from planrun.chunk where state = 'done'"))


def bench_resume(options, server, report, folder, work):
    """The whole run and the resumed one in turns, killed when half of the whole run's time has passed. Nothing is done between the kill and
    the resume but that the source is taken out of the page cache, as before the whole run: the server's writes for the first half are
    still under way."""
    planrun = Planrun(options, server, work, make_source(folder, options.rows), "planrun", snapshot=options.snapshot)
    floor = make_floor(options, server, work, planrun)
    shutil.rmtree(floor.folder)
    rows = row_sum(floor.counts)
    series, shares = Series(server, options.warm), []
    for number in range(options.runs):
        series.measure(planrun, "bench_planrun", f"run {number + 1}: ")
        server.fresh("bench_planrun")
        planrun.prepare()
        server.settle()
        prepare_cache(planrun.inputs(), options.warm)
        shares.append(kill_after(series.seconds["planrun"][-1] / 2, planrun, server, "bench_planrun") / rows)
        prepare_cache(planrun.inputs(), options.warm)
        begin = time.monotonic()
        told = planrun.run("bench_planrun")
        series.add("resumed", time.monotonic() - begin, {**told, "note": f"{shares[-1]:.0%} of the rows were committed at the kill"},
                   f"run {number + 1}: ")
        require_rows(server, "bench_planrun", floor)
        server.drop("bench_planrun")
    report.table(f"{options.rows:,} rows, killed at half of the whole run's time, medians of {options.runs} runs, {options.jobs} workers"
                 f"{', with snapshot' if options.snapshot else ''}")
    report.line("whole run", series.median("planrun"), "s", samples=series.seconds["planrun"])
    report.line("resumed", series.median("resumed"), "s", samples=series.seconds["resumed"],
                note=f"{min(shares):.0%} to {max(shares):.0%} were committed at the kill")
    report.line("resumed to whole", series.median("resumed") / series.median("planrun"), "times", 0.60)


def readings(server, database, source, tables):
    """Commands that read each table of the target as COPY sends it, and every cell of each table of the source."""
    commands = []
    for table in tables:
        columns = call("sqlite3", "-readonly", source, f"select group_concat('max(' || name || ')') from pragma_table_info('{table}')")
        commands += [(*STRICT_PSQL, server.url_of(database), "-c", f"\\copy {table} to '/dev/null' (format binary)"),
                     ("sqlite3", "-readonly", source, f"select {columns.strip()} from {table} not indexed")]
    return commands


def bench_verify(options, server, report, folder, work):
    """`planrun verify` beside both readings. The readings: binary COPY of each table of the target by psql, and max() of every column of
    each table of the source by sqlite3, the tables by size, all on two workers that each take the next reading: what two cores can do at
    best with what planrun verify has to read."""
    planrun = Planrun(options, server, work, make_source(folder, options.rows), "planrun", snapshot=options.snapshot)
    floor = make_floor(options, server, work, planrun)
    shutil.rmtree(floor.folder)
    series = Series(server, options.warm)
    series.measure(planrun, "bench_verified")
    commands = readings(server, "bench_verified", planrun.source, floor.tables)
    for number in range(options.runs):
        show = f"run {number + 1}: "
        prepare_cache(planrun.inputs(), options.warm)
        begin = time.monotonic()
        side_by_side(commands)
        series.add("both readings", time.monotonic() - begin, {}, show)
        prepare_cache(planrun.inputs(), options.warm)
        ended = planrun.verify("bench_verified")
        series.add("planrun verify", ended.seconds, {"peak_mb": ended.peak_mb}, show)
    report.table(f"planrun verify of {options.rows:,} rows, medians of {options.runs} runs, {options.jobs} workers")
    for name in ("both readings", "planrun verify"):
        report.line(name, series.median(name), "s", samples=series.seconds[name])
    report.line("verify to readings", series.median("planrun verify") / series.median("both readings"), "times", 1.3)
    report.line("planrun verify, memory", series.peaks["planrun verify"], "MB", 100)
