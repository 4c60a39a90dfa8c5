#!/usr/bin/env bash
# with_postgres.sh [-c NAME=VALUE]... [-d FOLDER] COMMAND...: runs COMMAND beside a PostgreSQL server of its own, which is gone with it.
# The server listens on 127.0.0.1 at a free port, keeps all its files in one temporary folder (in FOLDER) and lets local users in
# without a password. COMMAND finds it at $PLANRUN_TEST_PG, as the role planrun: it may create databases, and is no
# superuser. -c gives a setting of the server; the tests switch fsync off, the benchmark leaves everything as it comes.
set -euo pipefail

settings=()
parent=${TMPDIR:-/tmp}
while [[ ${1-} == -[cd] ]]; do
  if [[ $1 == -c ]]; then settings+=(-c "$2"); else parent=$2; fi
  shift 2
done
[[ $# -gt 0 ]] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }

programs=$(find /usr/lib/postgresql -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
[[ -n $programs ]] || { echo 'error: no PostgreSQL server under /usr/lib/postgresql: apt-get install postgresql' >&2; exit 1; }

folder=$(mktemp -d "$parent/planrun-postgres-XXXXXX")
owner=()  # PostgreSQL refuses to run as root
if [[ $(id -u) -eq 0 ]]; then
  chown postgres "$folder"
  owner=(runuser -u postgres --)
fi
server() { (cd "$folder" && "${owner[@]}" "$@"); }
stop() {
  server "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

server "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
for attempt in 1 2 3 4 5 6 7 8; do
  port=$((20000 + RANDOM % 40000))
  server "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start -o "-p $port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder ${settings[*]-}" >/dev/null && break
  [[ $attempt -lt 8 ]] || { cat "$folder/log" >&2; echo 'error: the PostgreSQL server did not start' >&2; exit 1; }
done
psql -Xq -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres -d postgres \
  -c 'create role planrun login createdb' -c 'create database planrun owner planrun'

# The programs themselves: Debian's psql and pg_dump are wrappers in Perl that take five times as long to start.
export PATH=$programs:$PATH
export PLANRUN_TEST_PG=postgresql://planrun@127.0.0.1:$port/planrun
"$@"
