// The test of the line in the lobby: by itself, through a good line, a bad one and none, and never in the way of joining.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { metric, startGateway } from './harness/gateway.mjs';
import { open } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

/** Patience, handshake and four seconds of measuring, on a machine that has other work. */
const DEADLINE = 20_000;

describe('the line test', () => {
    let gateway;
    let member;
    before(async () => {
        gateway = await startGateway({ behindRelay: true, seed: 11 });
    });
    after(() => gateway?.stop());
    afterEach(async () => {
        await member?.close();
        member = undefined;
        await gateway.relay.heal();
    });

    const lobby = async (kind, index) => {
        member = await open(kind, gateway.links[index], { ...sites[index], width: 320, height: 180, rate: 5 });
    };
    const outcome = () => member.page.$eval('.line-outcome', ({ textContent, dataset }) => ({ text: textContent, line: dataset.line })).catch(() => null);
    /** The outcome and its figures: { protocol, rtt, jitter, loss, down, up }. */
    const tested = async () => {
        const { text, line } = await until('an outcome', outcome, DEADLINE);
        const figures = /(UDP|TCP) (\d+) ms ± (\d+) · ([\d.,]+) % · ↓ ([\d.,]+) ↑ ([\d.,]+)/.exec(text) ?? [];
        const [protocol, ...numbers] = figures.slice(1);
        const [rtt, jitter, loss, down, up] = numbers.map((number) => Number(number.replace(',', '.')));
        console.log(`# ${member.kind}: ${text}`);
        return { text, line, protocol, rtt, jitter, loss, down, up };
    };
    const sentPadding = async () => metric(await gateway.metrics(), 'giaoban_media_line_test_bytes_total');
    const transports = async () => metric(await gateway.metrics(), 'giaoban_media_transports');

    for (const kind of ['chromium', 'firefox']) {
        test(`of a good line in ${kind} begins by itself, says so politely, and leaves nothing behind`, async () => {
            await lobby(kind, 1);
            const { line, protocol, rtt, loss, down, up } = await tested();
            assert.equal(line, 'good');
            assert.equal(protocol, 'UDP');
            assert.ok(rtt < 60, `${rtt} ms`);
            assert.ok(loss < 1, `${loss} %`);
            assert.ok(down > 3 && down < 7, `${down} Mbit/s down`);
            assert.ok(up > 0.4, `${up} Mbit/s up`);
            await until('it is said', () => member.page.$eval('[aria-live="polite"]', ({ textContent }) => /tốt|good/.test(textContent)), 5_000);
            await until('no transport is left', async () => (await transports()) === 0, 10_000, 500);
            assert.ok((await sentPadding()) > 0);
            assert.deepEqual(member.faults, []);
        });
    }

    test('of a line that loses and delays names the worse of both, with one thing to do', async () => {
        await gateway.relay.impair('udp', { loss: 0.08, delay_ms: 60 });
        await lobby('chromium', 2);
        const { text, line, rtt, loss } = await tested();
        assert.equal(line, 'weak');
        assert.match(text, /dây mạng thay cho Wi-Fi|cable instead of Wi-Fi/);
        assert.ok(rtt >= 120 && rtt < 250, `${rtt} ms`);
        assert.ok(loss > 3 && loss < 18, `${loss} %`);
        assert.ok((await gateway.relay.count()).udp_down.dropped > 0);
    });

    test('of a network that bars UDP names the address to be opened; a click tests again, and joining goes on all the while', async () => {
        await gateway.relay.goDark(['udp']);
        await lobby('chromium', 3);
        const { text, line } = await tested();
        assert.equal(line, 'weak');
        assert.match(text, /10\.91\.2\.1:50000/);
        assert.equal(await member.page.$eval('button.join', ({ disabled }) => disabled), false);
        await gateway.relay.heal();
        await member.page.focus('.line button');
        await member.page.keyboard.press('Space');
        await until('the second outcome', async () => (await outcome())?.line === 'good', DEADLINE);
        await member.page.keyboard.press('Space');
        await until('a third test', () => member.page.$eval('.line button', ({ ariaDisabled }) => ariaDisabled === 'true'), 5_000);
        await member.page.click('button.join');
        await member.inRoom();
        await until('the room’s transport alone is left', async () => (await transports()) === 1, 10_000, 500);
    });
});
