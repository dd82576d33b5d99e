#!/bin/sh
# run-test-project.sh PROJECT: runs one built test project and leaves "passed failed skipped" in its .sum file.
# Called by ./test, which says where (SIMUL_TEST_RESULTS) and what (SIMUL_TEST_FILTER).
set -u
project=$1
name=$(basename "$project" .csproj)
log=$SIMUL_TEST_RESULTS/$name.log
trx=$SIMUL_TEST_RESULTS/$name.trx
start=$(date +%s)

set -- dotnet test "$project" -c Release --no-build --tl:off --logger "trx;LogFileName=$name.trx" \
    --logger "console;verbosity=normal" --results-directory "$SIMUL_TEST_RESULTS"
[ -n "$SIMUL_TEST_FILTER" ] && set -- "$@" --filter "$SIMUL_TEST_FILTER"
# In the foreground, so that Ctrl+C reaches it. The test host ends with `dotnet test`.
command -v timeout >/dev/null 2>&1 && set -- timeout --foreground -k 10 "${SIMUL_TEST_TIMEOUT:-900}" "$@"
# Standard input is nobody's: under xargs it would be the list of projects.
"$@" >"$log" 2>&1 </dev/null
status=$?

# The counters of the result file. A host that crashed or hung is a failure even if the file says all was well so far.
passed=0 failed=0 skipped=0
if [ -f "$trx" ]; then
    # shellcheck disable=SC2046 # three words
    set -- $(awk '
        function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
        /<Counters / { print value("passed"), value("failed") + value("error") + value("timeout") + value("aborted"), value("total") - value("executed"); exit }' "$trx")
    passed=${1:-0} failed=${2:-0} skipped=${3:-0}
fi
if [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1
    echo "The test host ended with code $status before it had reported a failed test: counted as 1 failed." >>"$log"
fi
echo "$passed $failed $skipped" >"$SIMUL_TEST_RESULTS/$name.sum"

# One write, so that projects that run together do not mix their lines.
{
    [ "$failed" -gt 0 ] && { echo "--- $name (whole log: artifacts/test-results/$name.log)"; grep -Ev '^ *Passed |^\[xUnit\.net ' "$log"; }
    echo "$name: $passed passed, $failed failed, $skipped skipped ($(($(date +%s) - start)) s)"
} >"$log.shown"
cat "$log.shown"
exit 0
