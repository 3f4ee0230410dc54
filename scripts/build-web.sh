#!/bin/bash
# Builds the web client into web/dist, from where the gateway takes it into its binary.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f web/package.json ] || exit 0

# npm ci empties node_modules each time: only when the lock file changed since.
if [ ! -f web/node_modules/.package-lock.json ] || [ web/package-lock.json -nt web/node_modules/.package-lock.json ]; then
    echo "==> fetching the web client's packages"
    npm ci --prefix web --no-audit --no-fund --loglevel=error
fi
echo "==> building the web client"
npm run --silent --prefix web build
