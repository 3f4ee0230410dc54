// Licences, bans and sources of everything we build on, without the network: crates by `cargo metadata`,
// npm packages by the lock files.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report, root } from './files.mjs';

const allowed = new Set([
    '0BSD', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BSL-1.0',
    'CC0-1.0', 'CDLA-Permissive-2.0', 'ISC', 'MIT', 'MIT-0', 'OFL-1.1', 'Unicode-3.0', 'Unicode-DFS-2016', 'Unlicense', 'Zlib',
]);
/** Weak copyleft and data licences: for tools that build or test and are not shipped. */
const allowedForTools = new Set([...allowed, 'MPL-2.0', 'Python-2.0', 'CC-BY-4.0']);

/** One cryptography library each for TLS/SRTP and for DTLS; and nothing that calls home. */
const bannedCrates = new Set(['ring', 'openssl', 'openssl-sys', 'native-tls', 'rustls-native-certs', 'reqwest', 'self_update', 'sentry']);
const crateRegistry = 'registry+https://github.com/rust-lang/crates.io-index';

/** Whether an SPDX expression (also with the old `/`) can be met by licences of the set alone. */
function isMet(expression, licences) {
    const tokens = expression.replaceAll('/', ' OR ').match(/\(|\)|[^\s()]+/g) ?? [];
    let at = 0;
    const term = () => {
        if (tokens[at] === '(') {
            at += 1;
            const inner = either();
            at += 1;
            return inner;
        }
        let name = tokens[at++];
        if (tokens[at] === 'WITH') {
            name = `${name} WITH ${tokens[at + 1]}`;
            at += 2;
        }
        return licences.has(name);
    };
    const all = () => {
        let met = term();
        while (tokens[at] === 'AND') {
            at += 1;
            met = term() && met;
        }
        return met;
    };
    const either = () => {
        let met = all();
        while (tokens[at] === 'OR') {
            at += 1;
            met = all() || met;
        }
        return met;
    };
    return either() && at === tokens.length;
}

const faults = [];

const cargo = (...args) => execFileSync('cargo', [...args, '--locked', '--offline'], { encoding: 'utf8', maxBuffer: 1 << 28, cwd: root });
const metadata = JSON.parse(cargo('metadata', '--format-version', '1', '--filter-platform', 'x86_64-unknown-linux-gnu'));
const members = new Set(metadata.workspace_members);
// The metadata's own graph also holds what only a weak feature names and nothing builds: the tree does not.
const tree = cargo('tree', '--workspace', '--all-features', '-e', 'normal,build,dev', '--prefix', 'none', '--format', '{p}');
const used = new Set(tree.split('\n').map((line) => line.split(' ').slice(0, 2).join(' ')));
for (const crate of metadata.packages.filter(({ id, name, version }) => used.has(`${name} v${version}`) && !members.has(id))) {
    const name = `crate ${crate.name} ${crate.version}`;
    if (crate.source !== crateRegistry) faults.push(`${name}: comes from ${crate.source ?? 'a path outside of the workspace'}`);
    if (bannedCrates.has(crate.name)) faults.push(`${name}: banned`);
    if (!crate.license || !isMet(crate.license, allowed)) faults.push(`${name}: licence ${crate.license ?? 'not named'}`);
}

for (const lock of ['web/package-lock.json', 'tests/browser/package-lock.json'].filter((path) => existsSync(join(root, path)))) {
    for (const [path, entry] of Object.entries(JSON.parse(readFileSync(join(root, lock), 'utf8')).packages)) {
        if (path === '') continue;
        const name = `${lock}: ${path.replace(/^.*node_modules\//, '')} ${entry.version}`;
        if (entry.resolved !== undefined) faults.push(`${name}: names the place it was fetched from`);
        if (entry.integrity === undefined) faults.push(`${name}: has no checksum`);
        const licences = entry.dev || entry.optional || lock.startsWith('tests/') ? allowedForTools : allowed;
        if (!entry.license || !isMet(entry.license, licences)) faults.push(`${name}: licence ${entry.license ?? 'not named'}`);
    }
}

report(faults);
