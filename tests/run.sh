#!/usr/bin/env bash
# All that must hold before a commit, from a bare machine on: packages, formatting, build, quickstart, tests with a PostgreSQL
# server of their own, those of parts under ASan and UBSan, fuzzers, clang-tidy. The last line is the count.
#   tests/run.sh           everything
#   tests/run.sh --quick   without sanitizers, fuzzers, clang-tidy and the slow tests
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../examples/setup.sh"

quick=
case "${1-}" in
  '') ;;
  --quick) quick=1 ;;
  *) fail "unknown option $1; there is only --quick" ;;
esac

# The same version of clang's tools everywhere: another one formats otherwise.
test_packages=(postgresql postgresql-client python3 python3-jsonschema clang-format-14 clang-tidy-14 clang-14 libclang-rt-14-dev
  groff-base dpkg-dev chromium)
# Other packages of Node.js than Debian's bring npm along, and refuse Debian's.
command -v node >/dev/null || test_packages+=(nodejs)
command -v npm >/dev/null || test_packages+=(npm)
build=$root/build
export XDG_STATE_HOME=$build/state
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
with_postgres=("$root/tests/support/with_postgres.sh" -c fsync=off -c synchronous_commit=off -c full_page_writes=off)
# Tests make and drop databases by the thousand. In memory, where it has room, no file system looks for room for each of their files.
if [[ -w /dev/shm && $(df --output=avail --block-size=G /dev/shm | tr -dc '0-9\n' | tail -n 1) -ge 4 ]]; then
  with_postgres+=(-d /dev/shm)
fi
fuzz_seconds=15

timings=()
failed_parts=()
# part NAME COMMAND...: says what goes on, takes the time, remembers a failure (also in $status) and goes on.
part() {
  local name=$1 begin=$SECONDS
  say "$name"
  set +e
  (set -e; "${@:2}")
  status=$?
  set -e
  timings+=("$(printf '%5d s  %s' $((SECONDS - begin)) "$name")")
  [[ $status -eq 0 ]] || { failed_parts+=("$name"); printf '%s FAILED\n' "$name"; }
}

check_format() {
  cd "$root"
  find engine tests -name '*.h' -o -name '*.cc' | xargs clang-format-14 --dry-run -Werror
}

# The main job, twice: the second run must find it done.
quickstart() {
  rm -rf "$build/ora.db" "$XDG_STATE_HOME"
  (cd / && "$root/examples/quickstart.sh")
  (cd / && "$root/examples/quickstart.sh") | tee "$build/quickstart.log"
  grep -q 'already done' "$build/quickstart.log"
  [[ $(sqlite3 "$build/ora.db" 'select count(*) from shipped_items') == 798 ]]
}

# A package that apt can install, and whose program runs from where it was unpacked.
package() {
  local unpacked=$build/unpacked package
  rm -rf "$unpacked" "$build"/planrun_*.deb
  (cd "$build" && cpack -G DEB >cpack.log 2>&1) || { cat "$build/cpack.log"; return 1; }
  package=$(echo "$build"/planrun_*.deb)
  apt-get install --simulate --no-install-recommends "$package" | grep '^Inst planrun '
  dpkg-deb -x "$package" "$unpacked"
  (cd / && "$unpacked/usr/bin/planrun" lint "$unpacked"/usr/share/planrun/plans/*.toml)
  [[ -s $unpacked/usr/share/man/man1/planrun.1.gz && -s $unpacked/usr/share/bash-completion/completions/planrun ]]
}

# test_in FOLDER CTEST_OPTION...: three times as many side by side as there are cores, since many of them wait.
test_in() { "${with_postgres[@]}" ctest --test-dir "$1" --output-on-failure --parallel $((3 * $(nproc))) "${@:2}"; }

# One build for the tests under sanitizers and for the fuzzers, by clang -O0: g++ -O1 takes over three times as long.
build_sanitized() {
  build_planrun "$build/asan" --preset asan -DCMAKE_CXX_COMPILER=clang++-14 "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1" \
    -DPLANRUN_FUZZ=ON -DPLANRUN_SANITIZE=address,undefined
}

# The two fuzzers side by side. What they find is kept in build/asan/fuzz, as FUZZER-crash-...
fuzz() {
  local folder=$build/asan/fuzz options
  mkdir -p "$folder/plans" "$folder/values"
  options=(-max_total_time=$fuzz_seconds -max_len=4096 -print_final_stats=1)
  run_fuzzer values_fuzz "$folder/values" "$root/tests/fuzz/values" &
  local values=$!
  run_fuzzer plan_fuzz "-dict=$root/tests/fuzz/plan.dict" "$folder/plans" "$root/plans"
  wait $values
}

run_fuzzer() {
  local log=$folder/$1.log
  "$build/asan/tests/fuzz/$1" "${options[@]}" "-artifact_prefix=$folder/$1-" "${@:2}" >"$log" 2>&1 ||
    { tail -n 50 "$log"; return 1; }
  printf '%s: %s inputs\n' "$1" "$(awk '/number_of_executed_units/ { print $2 }' "$log")"
}

# On commands of its own: clang cannot read the compiled headers of g++. A folder is read at once.
tidy() {
  configure_planrun "$build/tidy" -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DPLANRUN_TESTS=OFF
  python3 -c 'import json, sys
for entry in json.load(open(sys.argv[1])):
    if "/Unity/" in entry["file"] or entry["file"].startswith(sys.argv[2]): print(entry["file"], end="\0")' \
    "$build/tidy/compile_commands.json" "$root/engine/" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p "$build/tidy" --quiet "--config-file=$root/.clang-tidy"
}

# clang-tidy goes on beside the tests, which often wait, on what they leave of the processors.
begin_tidy() {
  rm -f "$build/tidy.status"
  (
    set +e
    renice -n 19 "$BASHPID" >/dev/null
    (set -e; tidy) >"$build/tidy.log" 2>&1
    echo $? >"$build/tidy.status"
  ) &
}
end_tidy() {
  while [[ ! -s $build/tidy.status ]]; do sleep 1; done
  cat "$build/tidy.log"
  [[ $(<"$build/tidy.status") == 0 ]]
}

# count_cases FOLDER: "RUN FAILED" test cases of the last ctest there, from what Catch2 says at the end of each program.
count_cases() {
  local log=$1/Testing/Temporary/LastTest.log
  [[ -f $log ]] || { echo 0 0; return; }
  awk '/^All tests passed \(/ { run += $(NF - 2) }
       /^test cases:/ { run += $3; for (i = 4; i < NF; i++) if ($(i + 1) == "failed") failed += $i }
       END { print run + 0, failed + 0 }' "$log"
}

# finish: times, the count, the exit status.
finish() {
  local run failed asan_run asan_failed count
  say "Time"
  printf '%s\n' "${timings[@]}"
  printf '%5d s  all\n' "$SECONDS"
  read -r run failed < <(count_cases "$build")
  read -r asan_run asan_failed < <(count_cases "$build/asan")
  count="$((run + asan_run - failed - asan_failed)) of $((run + asan_run)) test cases passed"
  [[ -n $quick ]] || count+=" ($asan_run of them with ASan and UBSan)"
  if [[ ${#failed_parts[@]} -gt 0 ]]; then
    printf '\n%s; FAILED %d of %d parts:' "$count" "${#failed_parts[@]}" "${#timings[@]}"
    printf ' [%s]' "${failed_parts[@]}"
    printf '\n'
    exit 1
  fi
  printf '\n%s, all %d parts passed\n' "$count" "${#timings[@]}"
  exit 0
}

install_missing "${build_packages[@]}" "${test_packages[@]}"
rm -f "$build/Testing/Temporary/LastTest.log" "$build/asan/Testing/Temporary/LastTest.log"
part "format" check_format
part "build" build_planrun "$build"
[[ $status -eq 0 ]] || finish
part "quickstart" quickstart
part "package" package
if [[ -n $quick ]]; then
  part "tests" test_in "$build" -LE slow
else
  begin_tidy
  part "tests" test_in "$build" -E '^unit'
  part "build with ASan and UBSan" build_sanitized
  if [[ $status -eq 0 ]]; then
    # What tries parts by themselves goes here; whole runs go above, where they do not take too long.
    part "tests with ASan and UBSan" test_in "$build/asan" -LE slow -E 'postgres_runs|cases|long'
    part "fuzzers" fuzz
  fi
  part "clang-tidy" end_tidy
fi
finish
