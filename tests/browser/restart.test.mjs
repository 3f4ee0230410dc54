// The gateway is killed in a call of three and started again: all are back by themselves, on the same seats, with hands,
// mutes and stage as they were, and nobody is seen to leave or to join.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { until } from './harness/until.mjs';

/** From when the gateway listens again to picture and sound. */
const RETURN = 5_000;
/** So many frames in a row make a picture that is back. */
const FRAMES_BACK = 3;
/** How long the gateway is gone, in ms. */
const GONE = 4_000;

describe('a gateway that is killed and started again', () => {
    let gateway;
    let members;
    let rows;
    let stage;
    let killed;
    let listens;

    /** The roster as one of them was told last, by member, and the stage: the snapshot with the deltas after it. */
    const state = async (member) => {
        const messages = [...(await member.received('snapshot')), ...(await member.received('delta'))].toSorted((a, b) => a.at - b.at);
        const from = messages.findLastIndex(({ type }) => type === 'snapshot');
        const { snapshot } = messages[from];
        const all = new Map(snapshot.members.map((row) => [row.member, row]));
        let now = snapshot.stage;
        for (const change of messages.slice(from + 1).flatMap(({ changes }) => changes)) {
            if (change.change === 'member') all.set(change.member.member, change.member);
            if (change.change === 'stage') now = change.stage;
        }
        return { rows: [...all.values()].map(({ speaking: _, ...row }) => row), stage: now };
    };
    const framesSince = async (member, other, since) => ((await member.seen()).frames[`tile ${other.id}`] ?? []).filter((at) => at >= since);

    before(async () => {
        gateway = await startGateway();
        members = [];
        for (const [index, kind] of ['chromium', 'firefox', 'chromium'].entries()) members.push(await enter(kind, gateway, index));
        const [chair, firefox, other] = members;
        for (const to of members) for (const from of members) if (to !== from) await to.sees(from);
        for (const member of members) await member.watch(members);
        await firefox.page.click('[data-tool="hand"]');
        await until('the hand is up', async () => (await firefox.received('done')).length > 0, 10_000);
        await other.page.click('[data-tool="hand"]');
        await chair.pin(other);
        await chair.mute(firefox);
        await until('all of it is told', async () => {
            const { rows: told, stage: now } = await state(other);
            const row = (member) => told.find(({ member: id }) => id === member.id);
            return row(firefox).muted && row(firefox).hand && row(other).hand && now.source?.member === other.id;
        }, 10_000);
        // What changed reaches the disk within a quarter of a second.
        await pause(1_000);
        ({ rows, stage } = await state(chair));
        killed = Date.now();
        await gateway.kill();
        await until('all see that it is gone', async () => {
            const gone = await Promise.all(members.map((member) => member.page.$('.pictures:not([data-outage="none"])')));
            return gone.every((found) => found !== null);
        }, 10_000);
        await pause(Math.max(0, killed + GONE - Date.now()));
        listens = await gateway.startAgain();
    });
    after(() => closeAll(members ?? [], gateway));

    test('brings picture and sound back within five seconds, without a click', async (context) => {
        const [chair, firefox, other] = members;
        for (const to of members) {
            for (const from of members.filter((member) => member !== to)) {
                const frames = await until(
                    async () => `${to.name} sees ${from.name} again: ${JSON.stringify(await to.pictures())}`,
                    async () => {
                        const painted = await framesSince(to, from, listens);
                        return painted.length >= FRAMES_BACK && painted;
                    },
                    RETURN + 15_000,
                );
                context.diagnostic(`${to.kind} sees ${from.kind} ${frames[0] - listens} ms after`);
                assert.ok(frames[FRAMES_BACK - 1] - listens <= RETURN, `${to.kind}: ${frames[FRAMES_BACK - 1] - listens} ms`);
            }
        }
        await chair.hears(other, RETURN);
        await other.hears(chair, RETURN);
        await firefox.hears(other, RETURN);
        context.diagnostic(`heard ${Date.now() - listens} ms after, at the latest`);
    });

    test('finds everyone in his seat, with hands, mutes and stage as they were', async () => {
        for (const member of members) {
            const [welcome] = await member.received('welcome', killed);
            assert.equal(welcome.member, member.id);
            await until('the state is as it was', async () => {
                const now = await state(member);
                try {
                    assert.deepEqual(now, { rows, stage });
                    return true;
                } catch {
                    return false;
                }
            }, 5_000).catch(async () => assert.deepEqual(await state(member), { rows, stage }));
        }
    });

    test('lets nobody be seen to leave, nor another to be on the stage', async () => {
        const ids = new Set(members.map(({ id }) => id));
        for (const member of members) {
            const snapshots = (await member.received('snapshot', killed)).map(({ snapshot }) => snapshot);
            const changes = (await member.received('delta', killed)).flatMap(({ changes: all }) => all);
            assert.ok(snapshots.length > 0);
            const told = [...snapshots.flatMap(({ members: all }) => all), ...changes.filter(({ change }) => change === 'member').map((change) => change.member)];
            assert.deepEqual(told.filter(({ member: id, presence }) => ids.has(id) && presence === 'absent'), []);
            const stages = [...snapshots.map((snapshot) => snapshot.stage), ...changes.filter(({ change }) => change === 'stage').map((change) => change.stage)];
            assert.deepEqual(stages.filter(({ source }) => source?.member !== stage.source.member), []);
        }
    });

    test('shows no frame under another site’s name, and no page met an error', async () => {
        for (const member of members) {
            assert.deepEqual((await member.seen()).wrong.filter(({ at }) => at >= killed), [], `${member.kind}, member ${member.id}`);
            // Firefox counts every try to connect to a gateway that is gone as an error of the page.
            assert.deepEqual(member.faults.filter((fault) => !fault.includes('/api/v1/socket')), []);
        }
    });
});
