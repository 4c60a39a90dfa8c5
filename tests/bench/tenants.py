#!/usr/bin/env python3
"""Many small SQLite files, one a tenant, into one PostgreSQL database in one run.

  tests/support/with_postgres.sh tests/bench/tenants.py                        10,000 files of 3 tables of 20 rows
  tests/support/with_postgres.sh tests/bench/tenants.py --files 1000 --kill 3  killed three times on its way

Makes the files, runs planrun, and compares counts and sums of each tenant with what sqlite3 says of its file. Prints seconds, files per second and
the largest memory of the process, and ends with 1 where something differs.
"""
import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES = {
    "customers": "count(*), sum(id), sum(length(name)), 0",
    "orders": "count(*), sum(id), sum(customer), sum(cents)",
    "items": "count(*), sum(id), sum(order_id), sum(length(sku) * quantity)",
}
SCHEMA = """
create table customers(id integer primary key, name text not null);
create table orders(id integer primary key, customer integer not null references customers(id), cents integer not null, at text not null);
create table items(id integer primary key, order_id integer not null references orders(id), sku text not null, quantity integer not null);
"""
PLAN = """[plan]
name = "tenants"

[source.shops]
url    = "sqlite:files/*/*.db"
tenant = "{{stem}}"
{keys}
[target.db]
url = "{target}"

[table.customers]
from        = "shops.customers"
constraints = ["primary key (tenant, id)"]
[table.customers.columns]
tenant = "text not null"
id     = "bigint"
name   = "text not null"

[table.orders]
from        = "shops.orders"
constraints = ["primary key (tenant, id)", "foreign key (tenant, customer) references customers (tenant, id)"]
[table.orders.columns]
tenant   = "text not null"
id       = "bigint"
customer = "bigint not null"
cents    = "integer not null"
at       = "timestamp not null"

[table.items]
from        = "shops.items"
constraints = ["primary key (tenant, id)", "foreign key (tenant, order_id) references orders (tenant, id)"]
[table.items.columns]
tenant   = "text not null"
id       = "bigint"
order_id = "bigint not null"
sku      = "text not null"
quantity = "integer not null"
"""


def make_files(folder, options):
    """The first is copied and its rows are told apart by the tenant's number: making a file takes longer than reading one."""
    first = folder / "first.db"
    rows = options.rows
    with sqlite3.connect(first) as one:
        one.executescript(SCHEMA)
        one.executemany("insert into customers values (?, ?)", ((i, f"customer {i}") for i in range(1, rows + 1)))
        one.executemany("insert into orders values (?, ?, ?, ?)",
                        ((i, i, i * 100, "2024-01-01 00:00:00") for i in range(1, rows + 1)))
        one.executemany("insert into items values (?, ?, ?, ?)", ((i, i, f"sku {i}", i % 9) for i in range(1, rows + 1)))
    one.close()
    for i in range(options.files):
        file = folder / "files" / f"{i % 100:02}" / f"tenant{i:06}.db"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(first, file)
        one = sqlite3.connect(file, isolation_level=None)
        one.executescript(f"pragma synchronous = off; pragma journal_mode = off; update orders set cents = cents + {i}"
                          f"; delete from items where id <= {i % 7}")
        one.close()


def source_figures(folder):
    found = {}
    for file in sorted((folder / "files").glob("*/*.db")):
        one = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        for table, figures in FIGURES.items():
            found[table, file.stem] = tuple(one.execute(f"select {figures} from {table}").fetchone())
        one.close()
    return found


def target_figures(url):
    found = {}
    for table, figures in FIGURES.items():
        rows = subprocess.check_output(
            ["psql", "-XqAt", url, "-c", f"select tenant, {figures} from {table} group by tenant"], text=True)
        for line in rows.splitlines():
            tenant, *values = line.split("|")
            found[table, tenant] = tuple(int(v) for v in values)
    return found


def run(options, folder, environment, kill_after=None):
    """Status, seconds, and the largest memory in MB."""
    begin = time.monotonic()
    process = subprocess.Popen([options.planrun, str(folder / "plan.toml"), "--quiet", "-j", str(options.jobs)], env=environment)
    most = 0
    while process.poll() is None:
        time.sleep(0.02)
        try:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            most = max([most] + [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")])
        except (OSError, ProcessLookupError):
            pass
        if kill_after is not None and time.monotonic() - begin > kill_after:
            process.kill()
    return process.returncode, time.monotonic() - begin, most / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planrun", default=str(ROOT / "build" / "planrun"))
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=20, help="of each table of a file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kill", type=int, default=0, help="so many times before it may end")
    parser.add_argument("--no-snapshot", action="store_true", help="read the files where they lie")
    options = parser.parse_args()
    server = os.environ["PLANRUN_TEST_PG"]
    with tempfile.TemporaryDirectory(prefix="planrun-tenants-") as name:
        folder = Path(name)
        begin = time.monotonic()
        make_files(folder, options)
        print(f"{options.files:,} files made in {time.monotonic() - begin:.1f} s", flush=True)
        database = f"planrun_tenants_{os.getpid()}"
        subprocess.run(["psql", "-Xq", server, "-c", f"create database {database}"], check=True)
        url = server.rsplit("/", 1)[0] + "/" + database
        try:
            (folder / "plan.toml").write_text(
                PLAN.format(target=url, keys='snapshot = "none"\n' if options.no_snapshot else ""), encoding="utf-8")
            environment = dict(os.environ, XDG_STATE_HOME=str(folder / "state"))
            for n in range(options.kill):
                status, seconds, memory = run(options, folder, environment, 4.0 * (n + 1))
                print(f"ended with {status} after {seconds:.1f} s", flush=True)
            status, seconds, memory = run(options, folder, environment)
            expected, found = source_figures(folder), target_figures(url)
            rows = sum(f[0] for f in expected.values())
            print(f"status {status}: {rows:,} rows of {options.files:,} files in {seconds:.1f} s, "
                  f"{options.files / seconds:,.0f} files/s, at most {memory:.0f} MB", flush=True)
            size = subprocess.check_output(
                ["psql", "-XqAt", url, "-c", "select count(*), (select max(length(snapshots)) from planrun.run) from planrun.chunk"], text=True)
            print("chunks, and bytes of the snapshots' record:", size.strip())
            differing = [k for k in expected if expected[k] != found.get(k, (0, None, None, None)) and expected[k][0] > 0]
            print(f"{len(expected):,} figures of tables by tenant, {len(differing)} differ" +
                  "".join(f"\n  {k}: {expected[k]}, found {found.get(k)}" for k in differing[:5]))
            return 1 if status != 0 or differing or set(found) - set(expected) else 0
        finally:
            subprocess.run(["psql", "-Xq", server, "-c", f"drop database {database} with (force)"], check=True)


if __name__ == "__main__":
    sys.exit(main())
