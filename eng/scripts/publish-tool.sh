#!/bin/sh
# publish-tool.sh HOME TARGET: publishes src/Simul.Cli, compiled ahead of time, into TARGET. Called by ./simul under its lock.
set -u
home=$1
target=$2
cd "$SIMUL_ROOT" || exit 1

case $(uname -s) in Darwin) system=osx ;; *) system=linux ;; esac
case $(uname -m) in arm64|aarch64) machine=arm64 ;; *) machine=x64 ;; esac
# Alpine and its relatives have another C library, and packages of their own.
if [ $system = linux ] && ls /lib/ld-musl-* >/dev/null 2>&1; then system=linux-musl; fi

# The rules were checked when the tests were built; the first start need not wait for them again. Nor need the compiler,
# which runs for a few seconds, collect a profile of itself: that is a tenth of the build.
publish() {
    rm -rf "$target.new"
    DOTNET_TieredPGO=0 dotnet publish src/Simul.Cli/Simul.Cli.csproj -c Release "$@" --artifacts-path "$home/build" -o "$target.new" \
        -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false \
        -v q -nologo --tl:off >"$home/build.log" 2>&1
}

echo "simul: building (first start, or sources changed)" >&2
if publish -r "$system-$machine" --self-contained false -p:PublishReadyToRun=true; then
    :
elif grep -E 'NU110[01].*(crossgen|Crossgen)' "$home/build.log" >/dev/null; then
    # The ahead-of-time compiler is a package of its own. Without it the tool works all the same; it starts 40 ms later.
    echo "simul: no ahead-of-time compiler package for $system-$machine: plain build instead" >&2
    publish || { cat "$home/build.log" >&2; exit 1; }
else
    cat "$home/build.log" >&2
    exit 1
fi

rm -rf "$target"
mv "$target.new" "$target"

# Earlier builds go, except those that somebody still runs.
for old in "$home/bin"/*; do
    [ "$old" = "$target" ] && continue
    if [ -d /proc/self ]; then
        grep -lsF "$old/" /proc/[0-9]*/cmdline >/dev/null && continue
    else
        ps -Ao args | grep -F "$old/" | grep -v grep >/dev/null && continue
    fi
    rm -rf "$old"
done
exit 0
