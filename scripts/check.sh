#!/bin/bash
# The rules of the code, each by its own judge.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-tools.sh test
scripts/build-web.sh
echo "==> format"
cargo fmt --all --check
echo "==> clippy"
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
for judge in boundaries size licences docs; do
    echo "==> $judge"
    node "scripts/check-$judge.mjs"
done
if [ -f web/package.json ]; then
    echo "==> web"
    npm run --silent --prefix web check
fi
