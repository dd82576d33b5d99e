#!/bin/sh
# Installs what the tests use beyond the .NET SDK, where that is possible without asking. A test whose tool is missing all
# the same says so and is skipped.
set -u
missing=''
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; } # command, Debian package

need script bsdutils # a terminal, for the tests of Ctrl+C and colours
# A browser, for the tests of the HTML reports.
command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || need chromium chromium

[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    echo "test: installing$missing"
    # shellcheck disable=SC2086 # words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 && exit 0
    # shellcheck disable=SC2086
    { DEBIAN_FRONTEND=noninteractive apt-get update -q && apt-get install -y -q --no-install-recommends $missing; } >/dev/null 2>&1 && exit 0
fi
echo "test: not installed:$missing (the tests that use it are skipped)"
exit 0
