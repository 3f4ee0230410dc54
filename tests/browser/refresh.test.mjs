// A page is refreshed under the browser's real rules for sound: same seat, no click where the seat captures,
// else at most the one on "sound on".
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, open } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

/** Whether the speaker's sound plays: an element runs, and what it plays is loud. */
async function plays(member) {
    const players = () => member.page.evaluate(() => window.__observer.players());
    const loud = (await member.statistics()).some(({ type, kind, audioLevel }) => type === 'inbound-rtp' && kind === 'audio' && audioLevel > 0.05);
    const [first, second] = [await players(), await players()];
    return loud && second.some(({ time, paused, muted }, i) => !paused && !muted && time > (first[i]?.time ?? Infinity));
}

for (const kind of ['chromium', 'firefox']) {
    describe(`${kind}, refreshed`, () => {
        let gateway;
        let speaker;
        before(async () => {
            gateway = await startGateway();
            speaker = await enter('chromium', gateway, 0);
        });
        after(() => closeAll(speaker, gateway));

        const refreshed = async (member) => {
            const before = await speaker.received('snapshot');
            assert.ok(before.length > 0);
            const since = await speaker.page.evaluate(() => Date.now());
            await member.page.reload();
            await member.inRoom();
            const [welcome] = await member.received('welcome');
            assert.equal(welcome.member, member.id);
            return since;
        };

        test('keeps its seat without a click when it captures, and plays', async () => {
            const member = await open(kind, gateway.links[1], null, { realAutoplay: true, capture: true });
            try {
                await member.join();
                await until('sound before', () => plays(member), 15_000);
                const since = await refreshed(member);
                await until('sound after', () => plays(member), 15_000);
                assert.equal(await member.page.$('.sound-blocked'), null);
                const rows = (await speaker.received('delta', since)).flatMap(({ changes }) => changes).filter(({ change, member: row }) => change === 'member' && row.member === member.id);
                assert.deepEqual(rows.filter(({ member: row }) => row.presence === 'absent'), [], 'nobody saw him leave');
            } finally {
                await member.close();
            }
        });

        test('asks at most for one click when it has no devices', async (context) => {
            const member = await open(kind, gateway.links[2], { ...sites[2], refuseWith: 'NotFoundError' }, { realAutoplay: true });
            try {
                await member.join();
                await until('sound before', () => plays(member), 15_000);
                await refreshed(member);
                const button = '.sound-blocked button';
                await until('sound or the button', async () => (await member.page.$(button)) !== null || plays(member), 15_000);
                const blocked = (await member.page.$(button)) !== null;
                context.diagnostic(blocked ? 'one click' : 'no click');
                if (blocked) await member.page.click(button);
                await until('sound after', () => plays(member), 15_000);
                assert.equal(await member.page.$(button), null);
            } finally {
                await member.close();
            }
        });
    });
}
