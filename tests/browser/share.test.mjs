// A shared screen: the others see it at full size and hear what it plays, and it ends without a trace.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, isTone } from './harness/room.mjs';
import { until } from './harness/until.mjs';

const DEADLINE = 30_000;
const SCREEN_TONE = 2_300;
const screen = { screenTone: SCREEN_TONE };

describe('a shared screen', () => {
    let gateway;
    let members;
    before(async () => {
        gateway = await startGateway();
        const small = { width: 320, height: 180, rate: 5, ...screen };
        members = [
            await enter('chromium', gateway, 0, { site: small }),
            await enter('chromium', gateway, 1, { site: small }),
            await enter('firefox', gateway, 2, { site: small }),
        ];
        await members[0].sees(members[1]);
        await members[0].sees(members[2]);
    });
    after(() => closeAll(members ?? [], gateway));

    const toggleShare = (member) => member.page.click('[data-tool="share"]');
    const stageOf = async (member) => (await member.pictures()).find(({ where }) => where === 'stage');
    const screenSounds = async (member) => (await member.sounds()).filter((sound) => isTone(sound, { tone: SCREEN_TONE }));

    for (const index of [1, 2]) {
        const name = index === 1 ? 'Chromium' : 'Firefox';
        test(`of ${name} is seen at full size and heard by the others when the chair puts it on the stage`, async () => {
            const [chair] = members;
            const sharer = members[index];
            await toggleShare(sharer);
            await chair.pinScreen(sharer);
            for (const viewer of members.filter((member) => member !== sharer)) {
                let frames;
                await until(
                    async () => `${sharer.name}’s screen at ${viewer.name}: ${JSON.stringify(await viewer.pictures())}`,
                    async () => {
                        const stage = await stageOf(viewer);
                        if (stage?.kind !== 'screen' || stage.member !== sharer.id || !stage.shown) return false;
                        if (stage.colour !== 'yellow' || stage.height !== 720) return false;
                        frames ??= stage.frames;
                        return stage.frames > frames + 5;
                    },
                    DEADLINE,
                    200,
                );
                await until(
                    async () => `${viewer.name} hears the screen: ${JSON.stringify(await viewer.sounds())}`,
                    async () => (await screenSounds(viewer)).length === 1,
                    DEADLINE,
                    200,
                );
                await viewer.hears(sharer);
            }
            assert.deepEqual(await screenSounds(sharer), [], 'who shares does not hear himself');
        });

        test(`of ${name} that ends leaves neither picture nor sound, and the room as it was`, async () => {
            const sharer = members[index];
            await toggleShare(sharer);
            for (const viewer of members.filter((member) => member !== sharer)) {
                await until(
                    async () => `no screen at ${viewer.name}: ${JSON.stringify(await viewer.pictures())}`,
                    async () => (await viewer.pictures()).every(({ kind, shown }) => kind !== 'screen' || !shown),
                    DEADLINE,
                );
                await until('silence', async () => (await screenSounds(viewer)).length === 0, DEADLINE, 200);
                await viewer.sees(sharer);
                await viewer.hears(sharer);
            }
        });
    }

    test('no page met an error of its own', () => {
        for (const { faults } of members) assert.deepEqual(faults, []);
    });
});
