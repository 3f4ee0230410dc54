#!/bin/bash
# What forwarding costs, beside Janus: both run in turn on one core, all clients on the other, in two network namespaces
# of the bench's own that are joined by a pair of interfaces, as two machines are by a line.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly ADDRESS=10.98.0.1 CLIENTS=10.98.0.2 CLIENT_CORE=1
target=${CARGO_TARGET_DIR:-target}

if [ "${1:-}" != inside ]; then
    scripts/install-tools.sh bench
    [ "$(nproc)" -ge 2 ] || { echo "giaoban: the bench needs two cores" >&2; exit 1; }
    scripts/build-web.sh
    echo "==> building the release binary and the bench (the first time takes some minutes)"
    cargo build --release --locked --package giaoban --package giaoban-load
    namespace=(--net --mount)
    [ "$(id -u)" -eq 0 ] || namespace+=(--map-root-user)
    exec unshare "${namespace[@]}" "$0" inside "$@"
fi

shift
ip link set lo up
unshare --net sleep 660 &
server=$!
trap 'kill "$server"' EXIT
until [ "$(readlink "/proc/$server/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add clients type veth peer name server netns "$server"
in_server() { nsenter --net="/proc/$server/ns/net" "$@"; }
in_server ip link set lo up
in_server ip address add "$ADDRESS/24" dev server
in_server ip link set server up
ip address add "$CLIENTS/24" dev clients
ip link set clients up
# What a packet costs on the receivers' side of the line is done by their core: without this the kernel does all of it
# within the server's send, and counts it as the server's. It needs a view of this namespace's devices.
queue=/sys/class/net/clients/queues/rx-0/rps_cpus
if ! { mount -t sysfs bench /sys && printf '%x' $((1 << CLIENT_CORE)) > "$queue"; } 2> /dev/null; then
    echo "==> the system does not give arrivals to the clients' core: they count as the server's work" >&2
fi
timeout 600 "$target/release/giaoban-bench" --address "$ADDRESS" --clients "$CLIENTS" \
    --namespace "/proc/$server/ns/net" --gateway "$target/release/giaoban" --json "$target/bench.json" "$@"
