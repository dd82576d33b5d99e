#!/bin/bash
# Builds the peers into artifacts/peers of the repository; messages go to standard error. A peer whose tools are not
# installed is left out here and named by the run; one that does not compile is named here. Never fails for a peer.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
here=$(pwd)
out=$(cd ../.. && pwd)/artifacts/peers
say() { echo "bench/peers: $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

mkdir -p "$out/c" "$out/go" "$out/tokio" "$out/node"
if have gcc; then
    for source in ipc array cpu loadgen echo_epoll echo_uring; do
        lib=-lpthread
        [ "$source" = echo_uring ] && lib=-luring
        gcc -O2 -Wall -Wextra -o "$out/c/$source" "c/$source.c" "$lib" 2>"$out/c/$source.log" || say "c/$source does not build, see artifacts/peers/c/$source.log"
    done
fi
if have go; then
    (cd go && GOFLAGS=-mod=mod go build -o "$out/go/peers" .) >&2 || say "go does not build"
fi
if have cargo && compgen -G '/usr/share/cargo/registry/tokio-1*' >/dev/null; then
    # A copy: cargo writes its lock file beside the manifest.
    cp -pR tokio/. "$out/tokio/"
    (cd "$out/tokio" && cargo build --release --offline -q) >&2 || say "tokio does not build"
fi
if have dotnet; then
    dotnet build "$here/dotnet/peers.csproj" -c Release --artifacts-path "$out/dotnet" -v q -nologo >&2 || say "dotnet does not build"
fi
if have node; then
    cp -p node/* "$out/node/" # beside their node_modules
fi
exit 0
