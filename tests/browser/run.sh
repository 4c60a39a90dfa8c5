#!/usr/bin/env bash
# Reports in a real browser: run.sh PLANRUN FOLDER. What npm installs, the reports and their screenshots go to FOLDER.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
planrun=$(realpath "$1")
folder=$(realpath -m "$2")

mkdir -p "$folder"
cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$folder"
cd "$folder"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
exec node report_test.mjs "$planrun" "$here/../.." "$folder"
