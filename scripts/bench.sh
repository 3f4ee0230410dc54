#!/bin/bash
# What forwarding costs, beside Janus: both run in a network namespace of the bench's own, on one core each in turn.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly ADDRESS=10.98.0.1
target=${CARGO_TARGET_DIR:-target}

if [ "${1:-}" != inside ]; then
    scripts/install-tools.sh bench
    [ "$(nproc)" -ge 2 ] || { echo "giaoban: the bench needs two cores" >&2; exit 1; }
    scripts/build-web.sh
    echo "==> building the release binary and the bench (the first time takes some minutes)"
    cargo build --release --locked --package giaoban --package giaoban-load
    namespace=(--net)
    [ "$(id -u)" -eq 0 ] || namespace+=(--map-root-user)
    exec unshare "${namespace[@]}" "$0" inside "$@"
fi

shift
ip link set lo up
# Janus takes no loopback address; packets to an address of one's own go over the loopback interface all the same.
ip link add bench type veth peer name bench-peer
ip address add "$ADDRESS/24" dev bench
ip link set bench-peer up
ip link set bench up
exec timeout 600 "$target/release/giaoban-bench" --address "$ADDRESS" --gateway "$target/release/giaoban" \
    --json "$target/bench.json" "$@"
