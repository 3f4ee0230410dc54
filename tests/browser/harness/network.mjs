// The network that the tests run in: four namespaces of this run's own, with no way out.
//
//   browsers 10.91.1.2 ──── 10.91.1.1 direct     a gateway here is reached without a relay
//   browsers 10.91.2.2 ──── 10.91.2.1 relay
//                           relay 10.91.3.2 ──── 10.91.3.1 behind     a gateway here only through the relay
import { execFileSync } from 'node:child_process';

export const address = {
    /** A gateway in the namespace `direct`, as the browsers see it. */
    direct: '10.91.1.1',
    /** The relay, as the browsers see it. */
    relay: '10.91.2.1',
    /** A gateway in the namespace `behind`, as the relay sees it. */
    behind: '10.91.3.1',
};

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

/** The namespaces of the run with this prefix. */
export function namespaces(prefix) {
    return { browsers: `${prefix}-b`, direct: `${prefix}-d`, relay: `${prefix}-r`, behind: `${prefix}-g` };
}

function link(left, leftAddress, right, rightAddress, name) {
    ip('-n', left, 'link', 'add', `${name}l`, 'type', 'veth', 'peer', 'name', `${name}r`, 'netns', right);
    ip('-n', left, 'address', 'add', `${leftAddress}/24`, 'dev', `${name}l`);
    ip('-n', right, 'address', 'add', `${rightAddress}/24`, 'dev', `${name}r`);
    for (const [namespace, end] of [[left, `${name}l`], [right, `${name}r`]]) {
        // An address of its own would come up two seconds later, and Chromium drops its requests when a network changes.
        ip('-n', namespace, 'link', 'set', end, 'addrgenmode', 'none');
        ip('-n', namespace, 'link', 'set', end, 'up');
    }
}

/** Makes the namespaces. */
export function createNetwork(prefix) {
    const { browsers, direct, relay, behind } = namespaces(prefix);
    for (const name of [browsers, direct, relay, behind]) {
        ip('netns', 'add', name);
        ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    link(browsers, '10.91.1.2', direct, address.direct, 'bd');
    link(browsers, '10.91.2.2', relay, address.relay, 'br');
    link(relay, '10.91.3.2', behind, address.behind, 'rg');
    // A page without leave to use a camera learns only of the address of the default route (RFC 8828 §5.2).
    // This one leads nowhere: the relay's namespace does not forward.
    ip('-n', browsers, 'route', 'add', 'default', 'via', address.relay);
}

/** Gives the browsers their `number`th address towards `direct` in place of the one they have; returns the number. */
export function changeAddress(prefix, number) {
    const { browsers } = namespaces(prefix);
    ip('-n', browsers, 'address', 'flush', 'dev', 'bdl');
    ip('-n', browsers, 'address', 'add', `10.91.1.${2 + number}/24`, 'dev', 'bdl');
    return number;
}

/** Removes whatever of the namespaces there is. */
export function removeNetwork(prefix) {
    for (const name of Object.values(namespaces(prefix))) {
        try {
            ip('netns', 'delete', name);
        } catch {
            // It was never made.
        }
    }
}
