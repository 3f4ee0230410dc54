// Every page in three sizes and two languages: nothing wider than the window, the classification always in sight.
// The pictures go to the folder GIAOBAN_SCREENSHOTS if it is named; GIAOBAN_UPDATE=1 renews docs/images/room.png.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, open } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

const sizes = [
    [1920, 1080],
    [1366, 768],
    [360, 800],
];
/** Only one site speaks. */
const silent = { tone: 0 };
const languages = ['vi', 'en'];
const folder = process.env.GIAOBAN_SCREENSHOTS;
const readmePicture = join(import.meta.dirname, '../../docs/images/room.png');

describe('every page', () => {
    let gateway;
    const members = [];
    let chair;
    before(async () => {
        gateway = await startGateway();
        members.push(await open('chromium', gateway.links[0], { ...sites[0], ...silent, scene: 4 }));
        [chair] = members;
    });
    after(() => closeAll(members, gateway));

    /** Shows the page in every size and language, and judges each. */
    const look = async (name, { classified = true } = {}) => {
        const { page } = chair;
        for (const language of languages) {
            const shown = () => page.$eval('html', ({ lang }) => lang);
            if ((await shown()) !== language) await page.$eval('button.language', (button) => button.click());
            assert.equal(await shown(), language, name);
            for (const [width, height] of sizes) {
                await page.setViewport({ width, height });
                const where = `${name}-${language}-${width}x${height}`;
                await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
                const overhang = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                // Seen once: a window just narrowed was 328 px too wide two frames later, and right soon after.
                await until(async () => `${where} is wider than its window by ${await overhang()}`, async () => (await overhang()) === 0, 2_000);
                if (folder !== undefined) {
                    mkdirSync(folder, { recursive: true });
                    await page.screenshot({ path: join(folder, `${where}.png`) });
                }
                const banner = await page.evaluate(() => {
                    const line = document.querySelector('.classification');
                    const box = line?.getBoundingClientRect();
                    return box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest('.classification, dialog') !== null;
                });
                if (classified) assert.equal(banner, true, `${where}: the classification is covered`);
            }
        }
        await page.setViewport({ width: 1366, height: 768 });
    };
    const click = async (selector) => {
        await chair.page.waitForSelector(selector);
        await chair.page.$eval(selector, (element) => element.click());
    };
    const closeDialog = async () => {
        await chair.page.$eval('dialog[open]', (dialog) => dialog.close());
        await chair.page.waitForSelector('dialog', { hidden: true });
    };

    test('lobby', () => look('lobby'));

    test('room: stage, grid, panel, menu', async () => {
        members.push(await enter('chromium', gateway, 1, { site: { scene: 3 } }), await enter('firefox', gateway, 2, { site: { ...silent, scene: 2 } }));
        await chair.join();
        await until('three sites in the picture', async () => (await chair.pictures()).filter(({ where, shown }) => where === 'tile' && shown).length >= 2, 30_000);
        await chair.pin(members[1]);
        await until('the stage', async () => (await chair.pictures()).some(({ where, shown, member }) => where === 'stage' && shown && member === members[1].id), 15_000);
        await members[2].page.click('[data-tool="hand"]');
        await chair.page.waitForSelector('.stage[data-speaking="true"]');
        if (process.env.GIAOBAN_UPDATE === '1') {
            mkdirSync(join(readmePicture, '..'), { recursive: true });
            await chair.page.$eval('button.language', (button) => document.documentElement.lang === 'en' && button.click());
            await chair.page.screenshot({ path: readmePicture });
        }
        await look('room');
        await click('[data-tool="roster"]');
        await look('room-without-panel');
        await click('[data-tool="layout"]');
        await look('room-grid');
        await click('[data-tool="layout"]');
    });

    test('dialogs', async () => {
        for (const tool of ['settings', 'help', 'leave']) {
            await click(`[data-tool="${tool}"]`);
            await chair.page.waitForSelector('dialog[open]');
            for (const [width, height] of sizes) {
                await chair.page.setViewport({ width, height });
                if (folder !== undefined) await chair.page.screenshot({ path: join(folder, `${tool}-${width}x${height}.png`) });
                const outside = await chair.page.$eval('dialog[open]', (dialog) => {
                    const { left, right, top, bottom } = dialog.getBoundingClientRect();
                    return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
                });
                assert.equal(outside, false, `${tool} at ${width}x${height} leaves its window`);
            }
            await closeDialog();
        }
        await chair.page.setViewport({ width: 1366, height: 768 });
    });

    test('the end, a wrong link, no link', async () => {
        await chair.leave();
        await look('left');
        await chair.page.goto('about:blank');
        await chair.page.goto(`${gateway.links[0].url}x`);
        await chair.page.waitForSelector('.outcome .outcome-code');
        await look('wrong-link', { classified: false });
        await chair.page.evaluate(() => sessionStorage.clear());
        await chair.page.goto('about:blank');
        await chair.page.goto(gateway.origin);
        await chair.page.waitForSelector('.outcome .steps');
        await look('no-link', { classified: false });
    });
});
