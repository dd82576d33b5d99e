#!/bin/bash
# Installs what the peers need on Debian 12: system packages, and the Node pools into the build folder.
# Runs again without harm. The .NET 10 SDK and Node 20 must be there already.
set -euo pipefail
cd "$(dirname "$0")"
packages=(gcc libc6-dev liburing-dev util-linux procps python3 python3-numpy python3-uvloop python3-trio python3-gevent
    python3-joblib golang-go librust-tokio-dev)
command -v cargo >/dev/null || packages+=(cargo)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -q >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2
fi
for tool in dotnet node npm; do
    command -v "$tool" >/dev/null || echo "install.sh: $tool is not there; its peers will be skipped" >&2
done
out=$(cd ../.. && pwd)/artifacts/peers/node
mkdir -p "$out"
cp -p node/package.json "$out/"
if command -v npm >/dev/null && { [ ! -d "$out/node_modules/piscina" ] || [ ! -d "$out/node_modules/tinypool" ]; }; then
    (cd "$out" && npm install --no-package-lock --no-audit --no-fund --silent >&2)
fi
echo "install.sh: ready" >&2
