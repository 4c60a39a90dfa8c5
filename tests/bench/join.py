#!/usr/bin/env python3
"""Several processes on one run, of which some are killed, one is stopped for a while, and the server is restarted once.

  tests/support/with_postgres.sh tests/bench/join.py                 4 processes, 3,000,000 rows
  tests/support/with_postgres.sh tests/bench/join.py --seconds-frozen 60 --seed 7
  tests/support/with_postgres.sh tests/bench/join.py --namespaces    each process in a network of its own, as root
  tests/support/with_postgres.sh tests/bench/join.py --source postgresql

Each process has a folder of its own for its state; they share the run's snapshot and the target. A PostgreSQL source has no snapshot
but a moment, which ends with the restart of the server and with the run's own process, which is killed too: then the same command goes
on at another moment, and processes join again. At the end the target's rows are compared
with the source's by the programs of both databases, and the ledger is asked whether each key range was committed once.
Prints what happened, and ends with 1 where the result is not what one process alone would have made.
"""
import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TABLES = {"orders": 0.6, "items": 0.3, "people": 0.1}


def make_source(file, rows):
    with sqlite3.connect(file) as source:
        for table, share in TABLES.items():
            source.execute(f"create table {table}(id integer primary key, name text not null, amount integer, at text)")
            source.execute(
                f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {int(rows * share)})"
                f" insert into {table} select i, '{table} ' || i, i * 7 % 1000, '2024-01-01 00:00:00' from n")


def make_postgres_source(psql, rows):
    for table, share in TABLES.items():
        psql(f"create table {table}(id int primary key, name text not null, amount int, at timestamp)")
        psql(f"insert into {table} select i, '{table} ' || i, i * 7 % 1000, '2024-01-01 00:00:00' from"
             f" generate_series(1, {int(rows * share)}) i")


def figures(ask):
    """Of each table: rows, sum of keys, sum of amounts, length of names."""
    return {t: ask(f"select count(*), sum(id), sum(amount), sum(length(name)) from {t}") for t in TABLES}


def setting(name):
    superuser = os.environ["PLANRUN_TEST_PG"].replace("planrun@", "postgres@").rsplit("/", 1)[0] + "/postgres"
    return subprocess.check_output(["psql", "-XqAt", superuser, "-c", f"show {name}"], text=True).strip()


class Process:
    def __init__(self, command, plan, folder, number, arguments):
        self.number = number
        self.frozen_until = None
        environment = dict(os.environ, XDG_STATE_HOME=str(folder / f"state{number}"))
        self.log = open(folder / f"process{number}.log", "a", encoding="utf-8")
        self.popen = subprocess.Popen([*command, plan, "--quiet", *arguments], env=environment, stdout=self.log,
                                      stderr=self.log)


class Chaos:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.random = random.Random(options.seed)
        self.plan = str(folder / "plan.toml")
        self.started = 0
        self.told = []
        self.begin = time.monotonic()

    def tell(self, text):
        print(f"{time.monotonic() - self.begin:6.1f} s  {text}", flush=True)

    def start(self, *arguments):
        self.started += 1
        alone = ["unshare", "--net", "--"] if self.options.namespaces else []
        return Process([*alone, self.options.planrun], self.plan, self.folder, self.started,
                       ["-j", "1", "--rate", self.options.rate, *arguments])

    def restart_server(self):
        command = ["pg_ctl", "-D", setting("data_directory"), "-m", "fast", "-w", "restart"]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        self.tell("the server was restarted")

    def run(self):
        own = self.start()
        joined = [self.start("--join", "latest") for _ in range(self.options.processes - 1)]
        next_kill, frozen, restarted, has_moment = 4.0, None, False, self.options.source == "postgresql"
        own_kill = 14.0 if has_moment else None
        again = (4, -signal.SIGKILL) if has_moment else ()  # what the run's own process may end with
        while own.popen.poll() is None or own.popen.returncode in again:
            time.sleep(0.1)
            at = time.monotonic() - self.begin
            if own_kill is not None and at > own_kill:
                own.popen.kill()
                own.popen.wait()
                own_kill = None
            if own.popen.poll() in again:
                self.tell(f"process {own.number}, the run's own, has ended with {own.popen.returncode} and is started again")
                own = self.start()
            for place, process in enumerate(joined):
                if has_moment and process.popen.poll() is not None:
                    joined[place] = self.start("--join", "latest")
                    self.tell(f"process {process.number} has ended with {process.popen.returncode},"
                              f" process {joined[place].number} joins")
            if frozen is None and at > 6:
                frozen = joined.pop(0)
                frozen.popen.send_signal(signal.SIGSTOP)
                frozen.frozen_until = at + self.options.seconds_frozen
                self.tell(f"process {frozen.number} is stopped")
            if frozen is not None and frozen.frozen_until is not None and at > frozen.frozen_until:
                frozen.popen.send_signal(signal.SIGCONT)
                frozen.frozen_until = None
                self.tell(f"process {frozen.number} goes on")
            if not restarted and at > 9:
                self.restart_server()
                restarted = True
            if at > next_kill and joined:
                victim = joined.pop(self.random.randrange(len(joined)))
                victim.popen.kill()
                victim.popen.wait()
                joined.append(self.start("--join", "latest"))
                self.tell(f"process {victim.number} was killed, process {joined[-1].number} joins")
                next_kill = at + self.random.uniform(2, 5)
        self.tell(f"the run's own process has ended with {own.popen.returncode}")
        ends = []
        if frozen is not None:
            frozen.popen.send_signal(signal.SIGCONT)
            ends.append((frozen.number, frozen.popen.wait(timeout=120)))
        ends += [(p.number, p.popen.wait(timeout=120)) for p in joined]
        self.tell("the others: " + ", ".join(f"process {n} ended with {status}" for n, status in ends))
        return own.popen.returncode, [status for _, status in ends]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--planrun", default=str(ROOT / "build" / "planrun"))
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rate", default="15000 rows/s", help="of each process")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds-frozen", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--source", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--namespaces", action="store_true", help="each process alone in a network namespace, which only the "
                        "server's Unix socket leads out of")
    options = parser.parse_args()
    url = os.environ["PLANRUN_TEST_PG"]
    database = f"{url.rsplit('/', 1)[0]}/planrun_join"

    def psql(sql, where=database):
        return subprocess.check_output(["psql", "-XqAt", where, "-c", sql], text=True).strip()

    psql("drop database if exists planrun_join", url)
    psql("create database planrun_join", url)

    def reached(name):
        if not options.namespaces:
            return f"{url.rsplit('/', 1)[0]}/{name}"
        return f"postgresql://planrun@/{name}?host={setting('unix_socket_directories')}&port={setting('port')}"

    def ask_source(sql):
        return psql(sql, f"{database}_source")

    if options.source == "postgresql":
        psql("drop database if exists planrun_join_source", url)
        psql("create database planrun_join_source", url)
        make_postgres_source(ask_source, options.rows)
    with tempfile.TemporaryDirectory(prefix="planrun-join-") as name:
        folder = Path(name)
        source_url = reached("planrun_join_source")
        if options.source == "sqlite":
            make_source(folder / "source.db", options.rows)
            source_url = "sqlite:source.db"
        plan = f'[plan]\nname = "join"\n[source.s]\nurl = "{source_url}"\n[target.t]\nurl = "{reached("planrun_join")}"\n'
        plan += "".join(f'[table.{t}]\nfrom = "s.{t}"\n' for t in TABLES)
        (folder / "plan.toml").write_text(plan, encoding="utf-8")
        status, others = Chaos(options, folder).run()
        if options.source == "postgresql":
            expected = figures(ask_source)
        else:
            with sqlite3.connect(folder / "source.db") as source:
                expected = figures(lambda sql: "|".join(map(str, source.execute(sql).fetchone())))
        found = figures(psql)
        chunks = psql("select count(*), sum(rows_read), count(distinct (load, range_from)), count(distinct worker / 1000)"
                      " from planrun.chunk where state = 'done'")
        again = subprocess.run([options.planrun, str(folder / "plan.toml")], stdout=subprocess.PIPE, text=True,
                               env=dict(os.environ, XDG_STATE_HOME=str(folder / "state1")), check=False)
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text(encoding='utf-8')[-600:]}")
    psql("drop database planrun_join", url)
    psql("drop database if exists planrun_join_source", url)
    count, rows, ranges, processes = chunks.split("|")
    print(f"{count} chunks of {processes} processes, {rows} rows; the same command again ends with {again.returncode}")
    good = (status == 0 and again.returncode == 0 and found == expected and int(rows) == sum(
        int(options.rows * share) for share in TABLES.values()) and count == ranges and all(s in (0, 4) for s in others))
    print("the result is what one process makes" if good else f"NOT THE SAME: {expected} expected, {found} found")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
