#!/bin/bash
# Every test, from the cheapest judge to the dearest, with a ledger of minutes at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
ledger=()

print_ledger() {
    echo
    echo "minutes  stage"
    for line in "${ledger[@]}"; do echo "$line"; done
}
trap print_ledger EXIT

# stage NAME COMMAND...: runs the command and enters its minutes.
stage() {
    local name=$1 start=$SECONDS status
    shift
    echo "==> $name"
    # Not `"$@" || status=$?`: a function called so goes on after a command of it that failed.
    set +e
    (set -e; "$@")
    status=$?
    set -e
    ledger+=("$(awk -v s=$((SECONDS - start)) 'BEGIN { printf "%7.1f", s / 60 }')  $name$([ $status -eq 0 ] || echo ' FAILED')")
    return $status
}

rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --locked --no-tests=pass --status-level=fail --final-status-level=fail
    else
        cargo test --workspace --locked --quiet
    fi
    cargo test --workspace --locked --quiet --doc
}

# Generated files are committed: a test run that changes them means that the source and they had parted.
generated_unchanged() {
    [ -d .git ] || [ -f .git ] || return 0
    git diff --exit-code --stat -- web/src/gen tests/fixtures
}

browser_tests() {
    if [ ! -f tests/browser/node_modules/.package-lock.json ] ||
        [ tests/browser/package-lock.json -nt tests/browser/node_modules/.package-lock.json ]; then
        npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error
    fi
    cargo build --locked --quiet --package giaoban --package giaoban-load
    GIAOBAN_BIN="$(realpath "$target/debug/giaoban")" GIAOBAN_RELAY_BIN="$(realpath "$target/debug/giaoban-relay")" \
        npm test --silent --prefix tests/browser
}

stage "tools" scripts/install-tools.sh test
stage "check" scripts/check.sh
stage "Rust tests" rust_tests
[ -f web/package.json ] && stage "web tests" npm test --silent --prefix web
stage "generated files" generated_unchanged
stage "browser tests" browser_tests
