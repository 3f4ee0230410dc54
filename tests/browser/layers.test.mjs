// A camera of 720p in three layers, by both browsers; who shows it large gets it large, who shows it small, small.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { until } from './harness/until.mjs';

/** Browsers begin small and grow with what they believe of the line. */
const GROWTH = 60_000;
const LARGE = { width: 1600, height: 1050 };
const SMALL = { width: 560, height: 420 };
const camera = { width: 1280, height: 720, rate: 15 };

describe('a camera of 720p', () => {
    let gateway;
    let members;
    before(async () => {
        gateway = await startGateway();
        members = [
            await enter('chromium', gateway, 0, { ...LARGE, site: { refuseWith: 'NotFoundError' } }),
            await enter('chromium', gateway, 1, { ...LARGE, site: camera }),
            await enter('firefox', gateway, 2, { ...LARGE, site: camera }),
        ];
    });
    after(() => closeAll(members ?? [], gateway));

    const shows = (viewer, sender, where, heights) =>
        until(
            async () => `${heights} of ${sender.kind} in the ${where} of ${viewer.kind}: ${JSON.stringify(await viewer.pictures())}`,
            async () => {
                const all = await viewer.pictures();
                const picture = all.find(({ where: place, member }) => place === where && member === sender.id);
                return picture?.shown && picture.colour === sender.site.colourName && heights.includes(picture.height);
            },
            GROWTH,
            200,
        );

    /** Heights of the layers that a sender encodes frames of, in a second and a half. */
    const sentHeights = async (sender) => {
        const encoded = async () =>
            (await sender.statistics())
                .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
                .map(({ ssrc, frameHeight, framesEncoded }) => ({ ssrc, frameHeight, framesEncoded }));
        const before = new Map((await encoded()).map(({ ssrc, framesEncoded }) => [ssrc, framesEncoded]));
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const growing = (await encoded()).filter(({ ssrc, framesEncoded }) => framesEncoded > (before.get(ssrc) ?? 0));
        return growing.map(({ frameHeight }) => frameHeight).sort((a, b) => a - b);
    };

    for (const index of [1, 2]) {
        test(`of ${index === 1 ? 'Chromium' : 'Firefox'} is sent in three layers and seen in 720p on a large stage, smaller in a tile`, async (context) => {
            const [chair] = members;
            const sender = members[index];
            await chair.pin(sender);
            const viewers = members.filter((member) => member !== sender);
            for (const viewer of viewers) await shows(viewer, sender, 'stage', [720]);
            for (const viewer of viewers) await shows(viewer, sender, 'tile', [180, 360]);
            let heights;
            await until(
                () => `three layers of ${sender.kind}: ${heights}`,
                async () => {
                    heights = await sentHeights(sender);
                    return heights.join() === '180,360,720';
                },
                GROWTH,
            );
            context.diagnostic(`${sender.kind} sends ${heights.join(', ')}`);
        });
    }

    test('is asked for in a smaller layer when the window becomes small, and in the large one again', async () => {
        const [chair, sender] = members;
        await chair.pin(sender);
        await shows(chair, sender, 'stage', [720]);
        await chair.page.setViewport(SMALL);
        await shows(chair, sender, 'stage', [180, 360]);
        assert.ok((await members[2].pictures()).some(({ where, height }) => where === 'stage' && height === 720), 'others keep theirs');
        await chair.page.setViewport(LARGE);
        await shows(chair, sender, 'stage', [720]);
    });
});
