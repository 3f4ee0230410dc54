// Runs the tests of this folder in a network of this run's own, with a sound server, one file after another:
// `node run.mjs [NAME…]` for all, or for those files whose names contain one of the words.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createNetwork, namespaces, removeNetwork } from './harness/network.mjs';
import { startSound } from './harness/sound.mjs';

/** The cheapest first; what is not named here comes after, in the order of the alphabet. */
const order = ['harness', 'three-browsers', 'negotiated'];

const here = import.meta.dirname;
const words = process.argv.slice(2);
const rank = (file) => {
    const at = order.indexOf(file.replace('.test.mjs', ''));
    return at < 0 ? order.length : at;
};
const files = readdirSync(here)
    .filter((file) => file.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => file.includes(word))))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));

const target = resolve(here, '../..', process.env.CARGO_TARGET_DIR ?? 'target', 'debug');
const binaries = { GIAOBAN_BIN: join(target, 'giaoban'), GIAOBAN_RELAY_BIN: join(target, 'giaoban-relay') };

const prefix = `gb-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'giaoban-browser-'));
let sound;
let tests;

const cleanUp = () => {
    sound?.stop();
    removeNetwork(prefix);
    rmSync(folder, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => tests?.kill('SIGTERM'));

let status = 1;
try {
    createNetwork(prefix);
    sound = await startSound(folder);
    const { browsers } = namespaces(prefix);
    tests = spawn(
        'ip',
        ['netns', 'exec', browsers, process.execPath, '--test', '--test-concurrency=1', '--test-timeout=600000', '--test-reporter=spec', ...files],
        { cwd: here, stdio: 'inherit', env: { ...binaries, ...process.env, ...sound.environment, GIAOBAN_NETWORK: prefix, TMPDIR: folder } },
    );
    status = await new Promise((resolve) => tests.on('close', (code) => resolve(code ?? 1)));
} finally {
    cleanUp();
}
process.exit(status);
