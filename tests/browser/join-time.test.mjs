// From the click on "join" to the first frame of the stage, with nothing between browser and gateway.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, open } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

const TRIES = 20;
const P50 = 1_500;
const WORST = 3_000;
/** A join costs a look at the lobby and a ticket, and a link is given one of either a second (`src/limits.rs`). */
const BETWEEN_JOINS = 2_000;

describe('joining', () => {
    let gateway;
    let speaker;
    before(async () => {
        gateway = await startGateway();
        speaker = await enter('chromium', gateway, 0);
    });
    after(() => closeAll(speaker, gateway));

    for (const [kind, seat] of [['chromium', 1], ['firefox', 2]]) {
        test(`${kind}: ${TRIES} joins show the stage within ${WORST} ms of the click, half of them within ${P50}`, async (context) => {
            const member = await open(kind, gateway.links[seat], sites[seat]);
            try {
                const times = [];
                for (let n = 0; n < TRIES; n += 1) {
                    const paced = pause(BETWEEN_JOINS);
                    await member.watch([speaker, member]);
                    const clicked = await member.page.evaluate(() => {
                        const now = Date.now();
                        document.querySelector('button.join').click();
                        return now;
                    });
                    const first = await until(
                        async () => `the stage: ${JSON.stringify(await member.pictures())}`,
                        async () => (await member.seen()).stage.find(({ member: id }) => id === speaker.id),
                        15_000,
                    );
                    times.push(first.at - clicked);
                    await member.leave();
                    await paced;
                    await member.page.reload();
                    await member.inLobby();
                }
                times.sort((a, b) => a - b);
                context.diagnostic(`${kind}: ${times.join(' ')} ms`);
                assert.ok(times[TRIES / 2 - 1] <= P50, times.join(' '));
                assert.ok(times[TRIES - 1] <= WORST, times.join(' '));
            } finally {
                await member.close();
            }
        });
    }
});
