#!/usr/bin/env bash
# From a fresh machine to a migrated database: installs what is missing, builds planrun, makes the ORA source from SQL
# text, previews plans/ora.toml and runs it into the embedded SQLite target. Run again, it says what is done already.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# The quickstart is about the embedded target; a DATABASE_URL of this shell's is not meant.
unset DATABASE_URL ORA_DB

install_missing "${build_packages[@]}"

say "Building build/planrun"
build_planrun "$root/build"

say "Making examples/data/ora.db"
make_example_data

say "Preview: planrun plans/ora.toml --dry-run"
"$root/build/planrun" "$root/plans/ora.toml" --dry-run

say "Run: planrun plans/ora.toml"
"$root/build/planrun" "$root/plans/ora.toml"

say "Done"
printf 'The migrated database is %s\n' "$root/build/ora.db"
printf 'Look into it:      sqlite3 %q "select count(*) from shipped_orders"\n' "$root/build/ora.db"
printf 'What the ledger says:  %q status %q\n' "$root/build/planrun" "$root/plans/ora.toml"
printf 'Into PostgreSQL:   DATABASE_URL=postgresql://USER@HOST/DATABASE %q %q\n' "$root/build/planrun" "$root/plans/ora.toml"
