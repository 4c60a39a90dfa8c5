#!/usr/bin/env bash
# The example databases: examples/data/NAME.db and examples/data/FOLDER/NAME.db, made from the SQL texts beside them (those
# of ORA from examples/) where a text is newer. Needs the sqlite3 shell.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing sqlite3
make_example_data
find "$root/examples/data" -name '*.db' | sort
