// Hundreds of synthetic sites (`giaoban-sites`, tests/load/src/sites.rs), and what they cost a browser.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namespaces } from './network.mjs';
import { start } from './process.mjs';

const program = join(dirname(process.env.GIAOBAN_RELAY_BIN ?? ''), 'giaoban-sites');

/** Starts the program for a gateway; each order resolves to the counters (`Report`). */
export async function startSites(gateway) {
    const { host } = new URL(gateway.origin);
    const sites = start(namespaces(process.env.GIAOBAN_NETWORK).browsers, program, [host, gateway.data]);
    await sites.line((line) => line === 'ready');
    const order = (name, parts = {}) => {
        sites.write(JSON.stringify({ order: name, ...parts }));
        return sites.line((line) => line.startsWith('{')).then(JSON.parse);
    };
    return { order, stop: () => sites.stop() };
}

/** CPU time of one thread, in ms. */
function threadTime(process, thread) {
    return Number(readFileSync(`/proc/${process}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** A process and all that came from it. */
function tree(root) {
    const children = new Map();
    for (const line of execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')) {
        const [pid, parent] = line.trim().split(/\s+/).map(Number);
        children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    const found = [root];
    for (const pid of found) found.push(...(children.get(pid) ?? []));
    return found;
}

const read = (path) => {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        // It ended meanwhile.
        return '';
    }
};

/** Memory of a browser with all its processes in MB; what they share counts once. */
export function memoryOf(browser) {
    const shares = tree(browser.process().pid).map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
    return shares.reduce((sum, share) => sum + share, 0) / 1024;
}

/**
 * CPU time in ms that the main threads of a browser's page processes have used until now: script, layout and painting
 * orders. What decodes pictures runs in other threads.
 */
export function pageTime(browser) {
    const isPage = (pid) => /--type=renderer|-isForBrowser|tab$/.test(read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim());
    return tree(browser.process().pid)
        .filter(isPage)
        .reduce((sum, pid) => sum + (read(`/proc/${pid}/stat`) === '' ? 0 : threadTime(pid, pid)), 0);
}
