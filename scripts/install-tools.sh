#!/bin/bash
# Sees to the tools that building (`run`), testing (`test`) or measuring (`bench`) needs: checks the versions of Rust and Node,
# installs missing Debian packages as root, and otherwise names the command that would.
set -euo pipefail

readonly MINIMUM_RUST=1.95.0
readonly MINIMUM_NODE=20.19.0
purpose=${1:-run}

fail() {
    echo "giaoban: $*" >&2
    exit 1
}

# at_least HAVE WANT: whether version HAVE is WANT or newer.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

command -v rustc >/dev/null && command -v cargo >/dev/null ||
    fail "Rust $MINIMUM_RUST or newer is needed and was not found: see https://rustup.rs"
rust=$(rustc --version | cut -d ' ' -f 2)
at_least "${rust%%-*}" "$MINIMUM_RUST" ||
    fail "Rust $MINIMUM_RUST or newer is needed, this is $rust: run 'rustup update stable'"

command -v node >/dev/null && command -v npm >/dev/null ||
    fail "Node $MINIMUM_NODE or newer with npm is needed and was not found: see https://nodejs.org"
node=$(node --version | tr -d v)
at_least "$node" "$MINIMUM_NODE" ||
    fail "Node $MINIMUM_NODE or newer is needed, this is $node: see https://nodejs.org"

packages=(cmake g++ libclang-dev)
if [ "$purpose" = test ]; then
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
        fail "rustfmt and clippy are needed: run 'rustup component add rustfmt clippy'"
    packages+=(chromium firefox-esr pulseaudio iproute2 janus postgresql tesseract-ocr)
elif [ "$purpose" = bench ]; then
    packages+=(iproute2 janus)
fi

command -v dpkg-query >/dev/null ||
    fail "this is not Debian: install what these packages hold, then use the commands of the Makefile by hand: ${packages[*]}"
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

[ "$(id -u)" -eq 0 ] ||
    fail "packages are missing: run 'sudo apt-get install --yes --no-install-recommends ${missing[*]}'"
echo "==> installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2
apt-get install --yes --quiet=2 --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install: ${missing[*]}"
