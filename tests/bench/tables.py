#!/usr/bin/env python3
"""Measures planrun on databases of many small tables: what each command costs, and how that grows.

  tests/bench/tables.py                                   1,000 to 10,000 tables into SQLite and PostgreSQL
  tests/bench/tables.py --tables 1000,2000 --targets sqlite --commands lint,run,report

Each source has N tables of 100 rows: a primary key, an index, five columns, and in every tenth table a foreign key. The plan is what
`planrun init` drafts of it. Prints of each command its seconds, the seconds of processor that planrun itself took, the peak of its
memory and, from the second size on, the exponents of growth of both times: with e twice as many tables take 2^e times as long, 1.0 is
linear.
"""
import argparse
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = {
    "init": ["init", "{source}", "--target", "{target}", "--name", "many", "-o", "{folder}/plan.toml"],
    "lint": ["lint", "{folder}/plan.toml"],
    "dry run": ["{folder}/plan.toml", "--dry-run"],
    "run": ["{folder}/plan.toml", "--quiet"],
    "again": ["{folder}/plan.toml", "--quiet"],
    "status": ["status", "{folder}/plan.toml"],
    "report": ["report", "{folder}/plan.toml", "-o", "{folder}/report.html"],
    "verify": ["verify", "{folder}/plan.toml", "--quiet"],
    "rollback": ["rollback", "{folder}/plan.toml", "--yes"],
}


def make_source(file, tables):
    if file.exists():
        return
    with sqlite3.connect(file) as source:
        source.execute("pragma synchronous = off")
        for i in range(tables):
            parent = f"references t{i - 1:05}(id)" if i % 10 == 9 else ""
            source.execute(f"create table t{i:05}(id integer primary key, name text not null, amount integer,"
                           f" other integer {parent}, at text)")
            source.execute(f"create index t{i:05}_name on t{i:05}(name)")
            source.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 100)"
                           f" insert into t{i:05} select i, 'name ' || i, i * 7, 1 + i % 100, '2024-01-01 00:00:00' from n")


def psql(database, sql):
    url = f"{os.environ['PLANRUN_TEST_PG'].rsplit('/', 1)[0]}/{database}"
    subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], check=True)
    return url


def measure(program, arguments, folder):
    """Seconds, seconds of processor, and the peak of the resident set in MB."""
    with open(folder / "log", "w", encoding="utf-8") as log:
        begin = time.monotonic()
        process = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                                   env=dict(os.environ, XDG_STATE_HOME=str(folder)))
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print(f"    planrun {' '.join(arguments)} ended with {process.returncode}:\n"
              f"{(folder / 'log').read_text(encoding='utf-8')[-1500:]}", flush=True)
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", default="1000,2000,4000,10000")
    parser.add_argument("--targets", default="sqlite,postgres")
    parser.add_argument("--commands", default=",".join(COMMANDS), help="init and run are done in any case")
    parser.add_argument("--planrun", default=str(ROOT / "build/planrun"))
    parser.add_argument("--folder", default=str(ROOT / "build/tables"))
    options = parser.parse_args()
    targets = options.targets.split(",")
    folder = Path(options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if "postgres" in targets and "PLANRUN_TEST_PG" not in os.environ:
        wrapper = ROOT / "tests/support/with_postgres.sh"
        os.execve(wrapper, [wrapper, sys.executable, *sys.argv], os.environ)
    program = str(Path(options.planrun).resolve())
    asked = {*options.commands.split(","), "init", "run"}
    before = {}
    for tables in map(int, options.tables.split(",")):
        source = folder / f"source-{tables}.db"
        make_source(source, tables)
        for target in targets:
            work = folder / "work"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            url = f"sqlite:{work}/target.db"
            if target == "postgres":
                psql("planrun", f"create database tables_{tables}")
                url = psql(f"tables_{tables}", "select")
            for name, arguments in COMMANDS.items():
                if name not in asked:
                    continue
                filled = [a.format(source=source, target=url, folder=work) for a in arguments]
                *times, memory = measure(program, filled, work)
                line = f"{tables:6} tables, {target:8}  {name:8} {times[0]:8.2f} s {times[1]:8.2f} s {memory:6.0f} MB"
                if (target, name) in before:
                    earlier_tables, earlier = before[target, name]
                    line += "".join(f"   e {math.log(now / then) / math.log(tables / earlier_tables):5.2f}"
                                    for now, then in zip(times, earlier))
                before[target, name] = tables, times
                print(line, flush=True)
    shutil.rmtree(folder / "work")


if __name__ == "__main__":
    main()
