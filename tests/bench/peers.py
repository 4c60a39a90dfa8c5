#!/usr/bin/env python3
"""What pgloader does with the cases of tests/cases/peers, and docs/peers.md made of them.

--measure SERVER runs pgloader, with its default options, over every case (or those named), each into a database of
its own on the server, and writes tests/cases/peers/pgloader.tsv. --docs writes docs/peers.md.
"""
import argparse
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/cases/peers"
MEASURED = CASES / "pgloader.tsv"
SECONDS = 60

HEAD = """# What other tools lose

Each line is a case of `tests/cases/peers`: a small SQLite database, and what must then be in PostgreSQL as psql reads it, or what planrun
must say and how it ends. A test runs them all, and holds this page to them. The last column is what pgloader 3.6.9 did with the same file by
`pgloader FILE DATABASE`, as `tests/bench/peers.py --measure` found it: its exit status, how many rows arrived, and what the case's own query then answered.
Where planrun takes a choice from the plan, pgloader had its defaults: what it does by a script of its own was not tried.

Where nothing else is said, the plan is `[table.t]` with `from = "s.t"` alone.

| case | planrun | pgloader 3.6.9 |
|---|---|---|
"""


def read_cases():
    """Id, title, planrun and the sections of every case, as tests/cases/peer_cases.h says."""
    cases = []
    for name in ("values.txt", "schema.txt", "files.txt"):
        for text in re.split(r"^=== ", (CASES / name).read_text(), flags=re.M)[1:]:
            head, *parts = re.split(r"^--- ", text, flags=re.M)
            first, *lines = head.splitlines()
            case = dict(zip(("id", "title"), first.split(": ", 1)))
            case["planrun"] = next(line[9:] for line in lines if line.startswith("planrun: "))
            for part in parts:
                section, _, body = part.partition("\n")
                name, _, number = section.partition(" ")
                has_number = name in ("status", "killed")
                case[name if has_number else section] = number if has_number else body.rstrip("\n") + "\n"
            cases.append(case)
    return cases


def psql(url, sql):
    return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
                          capture_output=True, text=True, check=False)


def make(case, folder):
    (folder / "data").mkdir()
    if "make" in case:
        subprocess.run(["sh", "-ec", case["make"]], cwd=folder, check=True)
    else:
        subprocess.run(["sqlite3", "-bail", "data/source.db"], cwd=folder, input=case["source"], text=True,
                       check=True, stdout=subprocess.DEVNULL)
    return folder / "data" / "source.db"


def rows_of(file):
    """Rows by table; None where the file cannot be read."""
    try:
        source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        tables = [r[0] for r in source.execute(
            "select name from pragma_table_list where schema = 'main' and type in ('table', 'virtual') "
            "and name not like 'sqlite\\_%' escape '\\'")]
        quoted = {t: '"' + t.replace('"', '""') + '"' for t in tables}
        return {t: source.execute(f"select count(*) from {quoted[t]} not indexed").fetchone()[0] for t in tables}
    except sqlite3.Error:
        return None


def arrived(url, tables):
    found = 0
    for table in tables:
        name = table.replace('"', '""').replace("'", "''")
        for spelled in (name.lower(), name):
            count = psql(url, f'select count(*) from "{spelled}"')
            if count.returncode == 0:
                found += int(count.stdout)
                break
    return found


def one_line(text):
    return " / ".join(text.strip().replace("|", ", ").splitlines())[:120]


def answer_of(case, url):
    """What the case's query gives; nothing where there is none, or planrun is to refuse."""
    if case.get("status", "0") != "0" or "query" not in case:
        return ""
    given = psql(url, case["query"])
    if given.returncode != 0:
        error = given.stderr.strip().splitlines()[0]
        return "; the query fails: " + one_line(re.sub(r"^(psql:)?\s*ERROR:\s*", "", error))
    if given.stdout.strip("\n") == case.get("gives", "").strip("\n"):
        return "; the query gives the same"
    return "; the query gives " + (one_line(given.stdout) or "nothing")


def measure(case, server):
    name = "peer_" + case["id"].replace("-", "_")
    url = server.rsplit("/", 1)[0] + "/" + name
    psql(server, f"drop database if exists {name} with (force)")
    psql(server, f"create database {name}")
    if "before" in case:
        psql(url, case["before"])
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        file = make(case, folder)
        tables = rows_of(file)
        try:
            status = str(subprocess.run(["pgloader", str(file), url], cwd=folder, capture_output=True,
                                        timeout=SECONDS, check=False).returncode)
        except subprocess.TimeoutExpired:
            return f"no end after {SECONDS} s"
        text = f"status {status}"
        if tables is not None:
            text += f"; {arrived(url, tables)} of {sum(tables.values())} rows"
        return text + answer_of(case, url)
    finally:
        (folder / "done").touch()
        os.chmod(folder / "data", 0o755)
        shutil.rmtree(folder, ignore_errors=True)
        psql(server, f"drop database if exists {name} with (force)")


def read_measured():
    if not MEASURED.exists():
        return {}
    return dict(line.split("\t", 1) for line in MEASURED.read_text().splitlines())


def write_docs(cases):
    measured = read_measured()
    lines = [f"| {c['title']} | {c['planrun']} | {measured.get(c['id'], 'not measured')} |\n" for c in cases]
    (ROOT / "docs/peers.md").write_text(HEAD + "".join(lines) + f"\n{len(cases)} cases.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", metavar="SERVER", help="postgresql://USER@HOST:PORT/DATABASE")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("ids", nargs="*")
    options = parser.parse_args()
    if not options.measure and not options.docs:
        parser.error("say --measure SERVER, --docs or both")
    cases = read_cases()
    if options.measure:
        measured = read_measured()
        for case in cases:
            if (options.ids and case["id"] not in options.ids) or "killed" in case:
                continue
            measured[case["id"]] = measure(case, options.measure)
            print(case["id"], measured[case["id"]], flush=True)
        MEASURED.write_text("".join(f"{c['id']}\t{measured[c['id']]}\n" for c in cases if c["id"] in measured))
    if options.docs:
        write_docs(cases)


if __name__ == "__main__":
    main()
