// The network goes dark for 5 s and for 45 s: what was lost comes back by itself, on the same seat, soon.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { until } from './harness/until.mjs';

const RETURN = 3_000;
/** Pictures are dimmed so soon after the connection is lost: two seconds and a page's tick. */
const DIM = 3_500;
/** What the counted seconds may be off. */
const COUNT_ERROR = 2.5;
/** So many frames in a row make a picture that is back. */
const FRAMES_BACK = 3;

describe('an outage', () => {
    let gateway;
    let members;
    before(async () => {
        gateway = await startGateway({ behindRelay: true });
        members = [await enter('chromium', gateway, 0), await enter('firefox', gateway, 1)];
        await members[0].sees(members[1]);
        await members[1].sees(members[0]);
        for (const member of members) await member.watch(members);
    });
    after(() => closeAll(members ?? [], gateway));

    const framesSince = async (member, other, since) => ((await member.seen()).frames[`tile ${other.id}`] ?? []).filter((at) => at >= since);

    /** Dimmed soon after the loss, then a banner whose seconds are those since the loss, and a microphone that says so. */
    const isTold = async (context, member, began, protocols) => {
        if (protocols.includes('tcp')) {
            const dimmed = await until('the pictures are dimmed', async () => (await member.page.$('.pictures[data-outage="dim"]')) && Date.now(), DIM, 20);
            assert.notEqual(await member.page.$('.outage-note, .outage-banner'), null, 'and it is said');
            context.diagnostic(`${member.kind}: dimmed ${dimmed - began} ms after the loss`);
        }
        const banner = () => member.page.evaluate(() => document.querySelector('.outage-banner')?.textContent ?? '');
        const text = await until('a banner', banner, 12_000, 20);
        const lasted = (Date.now() - began) / 1000;
        const counted = Number(/\d+/.exec(text)?.[0]);
        context.diagnostic(`${member.kind}: "${text}" ${lasted.toFixed(1)} s after the loss`);
        assert.ok(Math.abs(counted - lasted) <= COUNT_ERROR, `${counted} s counted, ${lasted} s lasted`);
        assert.equal(await member.page.$eval('[data-tool="microphone"]', ({ dataset }) => dataset.tone), 'warn', 'the microphone says that it is not sent');
    };

    for (const seconds of [5, 45]) {
        for (const [what, protocols] of [['media', ['udp']], ['the WebSocket', ['tcp']], ['everything', ['udp', 'tcp']]]) {
            test(`of ${seconds} s of ${what}`, async (context) => {
                const before = await gateway.relay.count();
                const began = Date.now();
                await gateway.relay.goDark(protocols);
                const healed = await Promise.all(seconds > 5 ? members.map((member) => isTold(context, member, began, protocols)) : [])
                    .then(() => pause(Math.max(0, began + seconds * 1000 - Date.now())))
                    .then(() => Date.now())
                    .finally(() => gateway.relay.heal(protocols));
                for (const [member, other] of [members, members.toReversed()]) {
                    const frames = await until(
                        async () => `${member.name} sees ${other.name} again: ${JSON.stringify(await member.pictures())}`,
                        async () => {
                            const painted = await framesSince(member, other, healed);
                            return painted.length >= FRAMES_BACK && painted;
                        },
                        RETURN + 15_000,
                    );
                    context.diagnostic(`${member.kind}: picture ${frames[0] - healed} ms after the return`);
                    assert.ok(frames[FRAMES_BACK - 1] - healed <= RETURN, `${member.kind}: ${frames[FRAMES_BACK - 1] - healed} ms`);
                    await member.hears(other, 5_000);
                    await until('the room is live', async () => (await member.page.$('.pictures[data-outage="none"]')) !== null, 5_000);
                    for (const { member: id } of await member.received('welcome', began)) assert.equal(id, member.id);
                    const ended = await member.received('ended', began);
                    assert.deepEqual(ended, []);
                }
                const after = await gateway.relay.count();
                const lost = ({ [`${protocols[0]}_up`]: up, [`${protocols[0]}_down`]: down }) => up.dropped + down.dropped;
                assert.ok(lost(after) > lost(before), 'the outage held something back');
            });
        }
    }

    test('no frame ever stood under another site’s name', async () => {
        for (const member of members) assert.deepEqual((await member.seen()).wrong, [], `${member.kind}, member ${member.id}`);
    });
});
