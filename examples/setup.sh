# What the quickstart and the tests share: packages, build, example data. To be sourced by bash.
# Works on Debian 12 and Ubuntu 24.04, as root or with sudo; asks for neither when nothing is missing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(g++ cmake make pkg-config sqlite3 libsqlite3-dev libpq-dev libtomlplusplus-dev libpg-query-dev
  libspdlog-dev libfmt-dev catch2 libcli11-dev libsimdjson-dev nlohmann-json3-dev libxxhash-dev
  libssl-dev liblua5.4-dev libcurl4-openssl-dev librapidcheck-dev)

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# install_missing PACKAGE...: installs those that are not there yet.
install_missing() {
  command -v dpkg-query >/dev/null || fail "this is not a Debian or Ubuntu system; install the like of: $*"
  local missing=() package as_root=()
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || fail "not root and no sudo; ask an administrator to run: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# configure_planrun FOLDER [CMAKE OPTION...]: ninja and ccache are used where they are, in a new folder only: a folder
# keeps its generator.
configure_planrun() {
  local folder=$1 options=("${@:2}")
  if [[ ! -f $folder/CMakeCache.txt ]]; then
    if command -v ninja >/dev/null; then options+=(-G Ninja); fi
    if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  fi
  mkdir -p "$folder"
  (cd "$root" && cmake -B "$folder" "${options[@]}") >"$folder/configure.log" 2>&1 ||
    { cat "$folder/configure.log" >&2; fail "cmake could not configure $folder"; }
}

# build_planrun FOLDER [CMAKE OPTION...]: configures and builds all.
build_planrun() {
  configure_planrun "$@"
  cmake --build "$1" --parallel "$(nproc)"
}

# make_example_data: examples/data/NAME.db from the SQL texts, again only where a text is newer. The files appear whole or
# not at all.
make_example_data() {
  local data=$root/examples/data text
  while read -r text; do make_database "${text%.sql}.db" "$text"; done < <(find "$data" -name '*.sql' | sort)
  make_database "$data/ora.db" "$root/examples/ora.sql"
  make_database "$data/ora_bad.db" "$root/examples/ora.sql" "$root/examples/ora_bad.sql"
}

make_database() {
  local database=$1 text stale=
  shift
  for text in "$@"; do [[ $database -nt $text ]] || stale=1; done
  [[ -n $stale ]] || return 0
  rm -f "$database.new"
  for text in "$@"; do sqlite3 -bail "$database.new" <"$text"; done
  mv "$database.new" "$database"
}
