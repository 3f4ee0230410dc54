// Starts the gateway under test with a fresh data directory, in one of the namespaces.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { address, namespaces } from './network.mjs';
import { start } from './process.mjs';
import { startRelay } from './relay.mjs';
import { until } from './until.mjs';

const HTTPS_PORT = 8443;
const METRICS_PORT = 9443;
const MEDIA_PORT = 50_000;

/** Reads the links that the gateway prints at its first start: one line with number and name, one with the link. */
async function firstLinks(program, count) {
    const links = [];
    while (links.length < count) {
        const seat = await program.line((line) => /^\s+\d+\s{2}\S/.test(line));
        const url = (await program.line((line) => line.includes('https://') && line.includes('#'))).trim();
        const [, member, name] = /^\s+(\d+)\s{2}(.*?)(?:\s+\[chair\])?$/.exec(seat);
        links.push({ member: Number(member), name, url });
    }
    return links;
}

/** When a connection was taken, if it was. */
function listens(host, port) {
    return new Promise((resolve) => {
        const socket = connect({ host, port }, () => resolve(Date.now()));
        socket.on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
    });
}

/** Value of a metric in the OpenMetrics text, summed over the lines whose labels hold all of `labels`. */
export function metric(text, name, labels = {}) {
    return text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/**
 * Starts a gateway with its four links, the chair's first; `behindRelay` puts it where only a relay leads to,
 * and starts that too.
 */
export async function startGateway({ behindRelay = false, seed } = {}) {
    const network = namespaces(process.env.GIAOBAN_NETWORK);
    const data = await mkdtemp(join(tmpdir(), 'giaoban-data-'));
    const outside = behindRelay ? address.relay : address.direct;
    const namespace = behindRelay ? network.behind : network.direct;
    const options = [
        'serve',
        '--data', data,
        '--listen', `0.0.0.0:${HTTPS_PORT}`,
        '--host', outside,
        '--private-listen', `127.0.0.1:${METRICS_PORT}`,
        '--media-port', String(MEDIA_PORT),
        ...(behindRelay ? ['--media-announce', outside] : []),
    ];
    const serve = () => start(namespace, process.env.GIAOBAN_BIN, options);

    let program = serve();
    const links = await firstLinks(program, 4);
    const administrator = (await program.line((line) => line.includes('/admin/first#'))).trim();
    const relay = behindRelay ? await startRelay(network, { udp: [MEDIA_PORT], tcp: [HTTPS_PORT], seed }) : null;
    const metrics = async () => {
        const fetcher = start(namespace, process.execPath, [
            '-e',
            `fetch('http://127.0.0.1:${METRICS_PORT}/metrics').then((r) => r.text()).then((t) => console.log(JSON.stringify(t)))`,
        ]);
        return JSON.parse(await fetcher.line((line) => line.startsWith('"')));
    };
    const serves = () => until('the gateway serves', () => metrics().then(Boolean, () => false), 10_000);
    await serves();
    return {
        links,
        /** The first administrator's one-time link. */
        administrator,
        /** Its data directory. */
        data,
        /** Makes another seat while the gateway runs. */
        newLink: async (name) => {
            const maker = start(namespace, process.env.GIAOBAN_BIN, ['link', '--data', data, 'new', '--site', name]);
            const made = await maker.line((line) => line.startsWith('link '));
            const url = await maker.line((line) => line.startsWith('https://'));
            return { member: Number(/^link (\d+)/.exec(made)[1]), name, url };
        },
        relay,
        metrics,
        origin: `https://${outside}:${HTTPS_PORT}`,
        log: () => program.errors(),
        restart: async () => {
            await program.stop();
            program = serve();
            await serves();
        },
        /** The process is killed. */
        kill: () => program.kill(),
        /** It is started anew on the same data; resolves to when it takes connections (`Date.now()`). */
        startAgain: async () => {
            program = serve();
            return until('the gateway listens', () => listens(outside, HTTPS_PORT), 10_000, 10);
        },
        stop: async () => {
            await relay?.stop();
            await program.stop();
            await rm(data, { recursive: true, force: true });
        },
    };
}
