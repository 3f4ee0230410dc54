// Which package may use what (docs/architecture.md): dependencies by `cargo tree` and `cargo metadata`,
// imports and `unsafe` by reading the source.
import { execFileSync } from 'node:child_process';
import { filesUnder, isTestOrGenerated, productionLines, report } from './files.mjs';

/** Our own packages that a package may depend on, outside of its tests. */
const ownDependencies = {
    'giaoban-media-types': [],
    'giaoban-dtls': [],
    'giaoban-media': ['giaoban-dtls', 'giaoban-media-types'],
    'giaoban-signaling': ['giaoban-media-types'],
    'giaoban-directory': [],
    'giaoban-calendar': ['giaoban-directory'],
    giaoban: ['giaoban-calendar', 'giaoban-directory', 'giaoban-media', 'giaoban-media-types', 'giaoban-signaling'],
    'giaoban-sim': ['giaoban-media', 'giaoban-media-types', 'giaoban-signaling'],
    'giaoban-load': ['giaoban-signaling', 'giaoban-media-types'],
};

/** Crates that must not appear anywhere below a core. */
const runtimeCrates = ['tokio', 'axum', 'async-std', 'smol', 'mio', 'socket2', 'quinn-udp', 'rand', 'sqlx', 'rusqlite'];
const runtimeAllowedBelowMedia = ['rand'];

/** Protocol and cryptography, by the name an import has. */
const protocolImport =
    /\b(boring|boring_sys|aws_lc_rs|aws_lc_sys|giaoban_dtls|rtc_\w+|rustls\w*|ring|openssl\w*|str0m|webrtc\w*|dimpl)(::|\s*;|\s+as\b)/;
const unsafeCode = /\bunsafe\s*(\{|fn\b|impl\b|extern\b|trait\b)/;

const cargo = (...args) => execFileSync('cargo', [...args, '--offline'], { encoding: 'utf8', maxBuffer: 1 << 28 });
const faults = [];

const packages = JSON.parse(cargo('metadata', '--format-version', '1', '--no-deps', '--locked')).packages;
for (const { name, dependencies } of packages) {
    const allowed = ownDependencies[name];
    if (allowed === undefined) {
        faults.push(`${name}: a package that scripts/check-boundaries.mjs does not know`);
        continue;
    }
    for (const dependency of dependencies) {
        const own = dependency.name === 'giaoban' || dependency.name.startsWith('giaoban-');
        if (own && dependency.kind !== 'dev' && !allowed.includes(dependency.name)) {
            faults.push(`${name}: must not depend on ${dependency.name}`);
        }
    }
}

for (const core of ['giaoban-media', 'giaoban-media-types', 'giaoban-signaling', 'giaoban-calendar', 'giaoban-directory']) {
    const tree = cargo('tree', '-p', core, '-e', 'normal', '--prefix', 'none', '--format', '{p}');
    const below = new Set(tree.split('\n').map((line) => line.split(' ')[0]));
    for (const crate of runtimeCrates) {
        if (below.has(crate) && !(core === 'giaoban-media' && runtimeAllowedBelowMedia.includes(crate))) {
            faults.push(`${core}: ${crate} is among its dependencies`);
        }
    }
    if (core !== 'giaoban-media') {
        for (const crate of below) {
            if (protocolImport.test(`${crate.replaceAll('-', '_')}::`)) faults.push(`${core}: ${crate} is among its dependencies`);
        }
    }
}

for (const path of ['media', 'signaling', 'src', 'tests'].flatMap((folder) => filesUnder(folder, ['.rs']))) {
    const lines = productionLines(path);
    const protocolIsAtHome = /^(media\/src\/transport(\/|\.rs$)|media\/dtls\/|src\/|tests\/)/.test(path) || isTestOrGenerated(path);
    lines.forEach((line, i) => {
        const code = line.replace(/\/\/.*$/, '');
        if (!protocolIsAtHome && protocolImport.test(code)) {
            faults.push(`${path}:${i + 1}: protocol and cryptography belong under media/src/transport/ and media/dtls/`);
        }
        if (!path.startsWith('media/dtls/') && unsafeCode.test(code)) {
            faults.push(`${path}:${i + 1}: unsafe code belongs in media/dtls/`);
        }
    });
}

for (const path of ['media/src/lib.rs', 'media/types/src/lib.rs', 'signaling/src/lib.rs', 'signaling/calendar/src/lib.rs', 'signaling/directory/src/lib.rs']) {
    if (!productionLines(path).includes('#![forbid(unsafe_code)]')) faults.push(`${path}: lacks #![forbid(unsafe_code)]`);
}

report(faults);
