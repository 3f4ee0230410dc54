// Five percent of all datagrams lost each way: pictures do not stand still and sound is hardly mended.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { AUDIBLE } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

const LOSS = 0.05;
const DURATION = 30_000;
const LONGEST_GAP = 500;
const MOST_CONCEALED = 0.05;

/** Audio samples received, and those that the browser had to make up, of all tracks that carry sound. */
async function samples(member) {
    const sum = { received: 0, concealed: 0 };
    for (const { type, kind, totalSamplesReceived, concealedSamples, silentConcealedSamples, packetsReceived } of await member.statistics()) {
        if (type !== 'inbound-rtp' || kind !== 'audio' || !packetsReceived) continue;
        // A slot without a source plays silence: neither received nor made up.
        sum.received += totalSamplesReceived - silentConcealedSamples;
        sum.concealed += concealedSamples - silentConcealedSamples;
    }
    return sum;
}

describe('5 % loss each way for 30 s', () => {
    let gateway;
    let members;
    const earlier = [];
    const later = [];
    before(async () => {
        gateway = await startGateway({ behindRelay: true, seed: 5 });
        // Opus repairs what it takes for speech, not a whistle.
        const speech = { site: { tone: 'speech' } };
        members = [await enter('chromium', gateway, 0, speech), await enter('firefox', gateway, 1, speech)];
        await members[0].sees(members[1]);
        await members[1].sees(members[0]);
        // A stage that stays, so that no sound moves to another slot.
        await members[0].pin(members[1]);
        for (const member of members) await until('sound', async () => (await member.sounds()).some(({ level }) => level > AUDIBLE), 15_000);
        await gateway.relay.impair('udp', { loss: LOSS });
        for (const member of members) {
            await member.watch(members);
            earlier.push(await samples(member));
        }
        await pause(DURATION);
        for (const member of members) later.push(await samples(member));
    });
    after(() => closeAll(members ?? [], gateway));

    test('the relay lost as much as it should', async () => {
        const { udp_up, udp_down } = await gateway.relay.count();
        for (const { packets, dropped } of [udp_up, udp_down]) {
            assert.ok(dropped > 50, `${dropped} of ${packets}`);
            assert.ok(dropped / (packets + dropped) > LOSS / 2, `${dropped} of ${packets}`);
        }
    });

    for (const [at, from] of [[0, 1], [1, 0]]) {
        const browser = at === 0 ? 'Chromium' : 'Firefox';
        test(`${browser}: no gap between painted frames over ${LONGEST_GAP} ms`, async (context) => {
            const { frames, wrong } = await members[at].seen();
            const times = frames[`tile ${members[from].id}`];
            const gaps = times.slice(1).map((time, i) => time - times[i]);
            context.diagnostic(`${times.length} frames, longest gap ${Math.max(...gaps)} ms`);
            assert.ok(times.at(-1) - times[0] > DURATION - 2 * LONGEST_GAP, 'frames to the end');
            assert.ok(Math.max(...gaps) <= LONGEST_GAP, `gap of ${Math.max(...gaps)} ms`);
            assert.deepEqual(wrong, []);
        });

        test(`${browser}: at most ${MOST_CONCEALED * 100} % of the sound made up`, (context) => {
            const received = later[at].received - earlier[at].received;
            const concealed = later[at].concealed - earlier[at].concealed;
            context.diagnostic(`${concealed} of ${received} samples (${((concealed / received) * 100).toFixed(2)} %)`);
            assert.ok(received > 48_000 * (DURATION / 1000) * 0.8);
            assert.ok(concealed / received <= MOST_CONCEALED);
        });
    }
});
