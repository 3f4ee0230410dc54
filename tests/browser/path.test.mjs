// The computer's address changes in mid-briefing, as it does between a cable and a radio network: media goes on by another
// path of the same connection, on the same seat, without a click.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { changeAddress } from './harness/network.mjs';
import { closeAll, open } from './harness/room.mjs';
import { until } from './harness/until.mjs';

const DEADLINE = 30_000;
/**
 * From the change to pictures that move again. No event tells a page of it: a dead socket is found out by a ping in 3 s, a
 * dead path by the browser in about 6, and the restart needs both.
 */
const LONGEST_BREAK = 15_000;

describe('another address', () => {
    let gateway;
    let members;
    let changes = 0;
    before(async () => {
        gateway = await startGateway();
        // Who captures may use the address of each interface, and binds to it.
        members = [
            await open('chromium', gateway.links[0], null, { capture: true }),
            await open('firefox', gateway.links[1], null, { capture: true }),
        ];
        for (const member of members) await member.join();
    });
    after(() => {
        while (changes > 0) changes = changeAddress(process.env.GIAOBAN_NETWORK, changes - 1);
        return closeAll(members ?? [], gateway);
    });

    const frames = async (member) => {
        const videos = (await member.statistics()).filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
        return videos.reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0);
    };
    const moves = async (member, deadline) => {
        const before = await frames(member);
        await until(async () => `${member.kind} sees more: ${JSON.stringify(await member.page.evaluate(() => window.__observer.states))}`, async () => (await frames(member)) > before + 10, deadline);
    };

    for (const turn of [1, 2]) {
        test(`under way (${turn}) is no end of it`, async (context) => {
            for (const member of members) await moves(member, DEADLINE);
            const peers = await Promise.all(members.map((member) => member.page.evaluate(() => window.__observer.peers.length)));
            const began = performance.now();
            changes = changeAddress(process.env.GIAOBAN_NETWORK, turn);
            await Promise.all(
                members.map(async (member) => {
                    await moves(member, LONGEST_BREAK);
                    context.diagnostic(`${member.kind}: ${Math.round(performance.now() - began)} ms`);
                }),
            );
            const now = await Promise.all(members.map((member) => member.page.evaluate(() => window.__observer.peers.length)));
            assert.deepEqual(now, peers, 'the connections are the same');
            for (const member of members) assert.equal((await member.received('welcome')).at(-1).member, member.id);
        });
    }
});
