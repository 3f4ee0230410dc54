// More microphones than slots for sound: who begins to speak takes the place of who has fallen silent, with the right
// sound and without a hole.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, isTone } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

const TONES = [430, 700, 1_130, 1_730, 2_300, 2_900];
const TURNS = 6;
const TURN = 4_000;
const DEADLINE = 20_000;
/** From one talker's last sound to the next one's first, who begins as the other ends. */
const LONGEST_GAP = 1_500;

describe('six microphones for four slots of sound', () => {
    let gateway;
    const listeners = [];
    const talkers = [];
    before(async () => {
        gateway = await startGateway();
        const links = [...gateway.links];
        while (links.length < TONES.length + 2) links.push(await gateway.newLink(`Talker ${links.length}`));
        const view = { width: 1100, height: 700 };
        const deaf = { ...view, site: { refuseWith: 'NotFoundError' } };
        listeners.push(await enter('chromium', { links }, 0, deaf), await enter('firefox', { links }, 1, deaf));
        const [chair] = listeners;
        for (const [index, tone] of TONES.entries()) {
            const site = { ...sites[0], tone, width: 64, height: 36, rate: 1 };
            talkers.push(await enter('chromium', { links }, index + 2, { ...view, site, beside: talkers[0] }));
            await speak(talkers[index], false);
            if (index === 0) await chair.pin(talkers[0]);
        }
    });
    after(() => closeAll(talkers.toReversed(), listeners, gateway));

    const speak = (talker, on) => talker.page.evaluate((value) => window.__devices.speak(value), on);
    const heard = async (listener) => {
        const sounds = (await listener.sounds()).filter(({ level }) => level > 0.02);
        return sounds.map((sound) => talkers.findIndex(({ site }) => isTone(sound, site))).sort((a, b) => a - b);
    };

    test('three talk all the time and are heard by all', async () => {
        for (const index of [0, 1, 2]) await speak(talkers[index], true);
        for (const listener of listeners) {
            await until(async () => `${listener.kind}: ${await heard(listener)}`, async () => (await heard(listener)).join() === '0,1,2', DEADLINE, 100);
        }
    });

    test(`the others take turns in the slot that is left, each with his own tone, at most ${LONGEST_GAP} ms apart`, async (context) => {
        for (const listener of listeners) await listener.page.evaluate((tones) => window.__observer.follow(tones), TONES.slice(3));
        let last = null;
        for (let turn = 0; turn < TURNS; turn += 1) {
            const next = talkers[3 + (turn % 3)];
            await Promise.all([speak(next, true), last === null ? null : speak(last, false)]);
            for (const listener of listeners) {
                await until(
                    async () => `${listener.kind} hears turn ${turn}: ${await heard(listener)}`,
                    async () => (await heard(listener)).join() === `0,1,2,${3 + (turn % 3)}`,
                    DEADLINE,
                    100,
                );
            }
            await pause(TURN);
            last = next;
        }
        for (const listener of listeners) {
            const spans = await listener.page.evaluate(() => window.__observer.followed);
            const gaps = spans.slice(1).map(({ from }, i) => from - spans[i].to);
            context.diagnostic(`${listener.kind}: ${spans.length} spans, ms between: ${gaps.map(Math.round).join(' ')}`);
            assert.deepEqual(spans.map(({ tone }) => tone), Array.from({ length: TURNS }, (_, turn) => TONES[3 + (turn % 3)]));
            assert.ok(gaps.every((gap) => gap <= LONGEST_GAP), `${listener.kind}: ${gaps}`);
        }
    });
});
