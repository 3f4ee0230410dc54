// The main job: two Chromium and one Firefox in one room see and hear each other, in all six directions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, isTone } from './harness/room.mjs';
import { until } from './harness/until.mjs';

describe('two Chromium and one Firefox in one room', () => {
    let gateway;
    const members = [];
    before(async () => {
        gateway = await startGateway();
        for (const [index, kind] of ['chromium', 'firefox', 'chromium'].entries()) {
            members.push(await enter(kind, gateway, index));
        }
    });
    after(() => closeAll(members, gateway));

    const pairs = [0, 1, 2].flatMap((to) => [0, 1, 2].filter((from) => from !== to).map((from) => [from, to]));

    for (const [from, to] of pairs) {
        test(`site ${to + 1} sees site ${from + 1} in his own colour under his own name, moving`, () => members[to].sees(members[from]));
    }

    for (const [from, to] of pairs) {
        test(`site ${to + 1} hears the tone of site ${from + 1}`, () => members[to].hears(members[from]));
    }

    test('nobody hears himself, nor a tone that nobody makes', async () => {
        for (const member of members) {
            const others = members.filter((other) => other !== member).map(({ site }) => site);
            await until(
                async () => `only the others: ${JSON.stringify(await member.sounds())}`,
                async () => {
                    const loud = (await member.sounds()).filter(({ level }) => level > 0.02);
                    return loud.length === others.length && loud.every((sound) => others.some((site) => isTone(sound, site)));
                },
                10_000,
                200,
            );
        }
    });

    test('frames are decoded, none of a closed or foreign source', async () => {
        for (const member of members) {
            const videos = (await member.statistics()).filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
            assert.ok(videos.filter(({ framesDecoded }) => framesDecoded > 10).length >= 2, JSON.stringify(videos.map((v) => v.framesDecoded)));
        }
    });

    test('no page asked for anything outside of the gateway', () => {
        for (const { requests } of members) {
            assert.ok(requests.length > 0);
            assert.deepEqual(requests.filter((url) => !/^(blob|data):/.test(url) && new URL(url).host !== new URL(gateway.origin).host), []);
        }
    });

    test('no page met an error of its own', () => {
        for (const { faults } of members) assert.deepEqual(faults, []);
    });
});
