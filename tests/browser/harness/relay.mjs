// The relay between browsers and a gateway of the namespace `behind`.
import { address } from './network.mjs';
import { start } from './process.mjs';

const nothing = {};
const dark = { blackhole: true };

/** Starts it for these ports, the same on both sides. */
export async function startRelay(network, { udp, tcp, seed = 1 }) {
    const routes = (flag, ports) => ports.flatMap((port) => [flag, `${address.relay}:${port}=${address.behind}:${port}`]);
    const program = start(network.relay, process.env.GIAOBAN_RELAY_BIN, ['--seed', String(seed), ...routes('--udp', udp), ...routes('--tcp', tcp)]);
    await program.line((line) => line === 'ready');
    const order = async (what) => {
        const answer = program.line((line) => line.startsWith('{'));
        program.write(JSON.stringify(what));
        return JSON.parse(await answer);
    };
    const impair = (protocol, impairment, direction = 'both') => order({ order: 'impair', protocol, direction, impairment });
    return {
        impair,
        count: () => order({ order: 'count' }),
        /** Nothing passes any more on these protocols. */
        goDark: async (protocols) => {
            for (const protocol of protocols) await impair(protocol, dark);
        },
        /** Everything passes again. */
        heal: async (protocols = ['udp', 'tcp']) => {
            for (const protocol of protocols) await impair(protocol, nothing);
        },
        stop: program.stop,
    };
}
