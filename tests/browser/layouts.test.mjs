// Where the pictures stand, from 1 to 500 sites; pages; full screen; the small window; the roll call of 500; and that a
// page nobody looks at asks for no picture but goes on hearing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { startPreview } from './harness/preview.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { until } from './harness/until.mjs';

const sizes = [
    { width: 1920, height: 1080 },
    { width: 1366, height: 768 },
    { width: 360, height: 800 },
];
const TILE_MIN_WIDTH = 240;

/** The boxes of the tiles, and of the area they stand in. */
const boxes = (page) =>
    page.evaluate(() => {
        const box = (element) => {
            const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
            return { left, top, right, bottom, width, height, member: Number(element.dataset.member) };
        };
        return {
            area: box(document.querySelector('.pictures')),
            stage: document.querySelector('.stage') && box(document.querySelector('.stage')),
            tiles: [...document.querySelectorAll('.tile')].map(box),
            pager: document.querySelector('.pager') && box(document.querySelector('.pager')),
        };
    });

const inside = (outer, inner) => inner.left >= outer.left - 1 && inner.top >= outer.top - 1 && inner.right <= outer.right + 1 && inner.bottom <= outer.bottom + 1;
const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;

function assertTidy({ area, stage, tiles, pager }, where) {
    const all = [...tiles, stage, pager].filter((box) => box !== null);
    for (const [at, box] of all.entries()) {
        assert.ok(inside(area, box), `${where}: ${JSON.stringify(box)} leaves ${JSON.stringify(area)}`);
        for (const other of all.slice(at + 1)) assert.ok(apart(box, other), `${where}: ${JSON.stringify([box, other])} overlap`);
    }
}

/** The largest 16:9 tile that any number of columns gives `count` tiles, by trying all of them. */
function largest(area, count) {
    const widths = Array.from({ length: count }, (_, n) => {
        const [columns, rows] = [n + 1, Math.ceil(count / (n + 1))];
        return Math.min((area.width - 8 * (columns - 1)) / columns, ((area.height - 8 * (rows - 1)) / rows) * (16 / 9));
    });
    return Math.floor(Math.max(...widths));
}

describe('layouts', () => {
    let preview;
    before(async () => {
        preview = await startPreview();
    });
    after(() => preview?.close());

    test('the grid gives the largest tiles, none narrower than 240 px, and every site one place on its pages', async () => {
        for (const size of sizes) {
            for (const sites of [1, 2, 5, 12, 40, 500]) {
                const where = `${sites} sites at ${size.width}×${size.height}`;
                const page = await preview.open(`page=room&sites=${sites}&layout=grid`, size);
                await page.waitForSelector('.tile');
                const seen = new Set();
                const present = Number((await page.$eval('.sites', ({ textContent }) => textContent)).match(/(\d+)\//)[1]);
                for (let turned = 0; ; turned += 1) {
                    const now = await boxes(page);
                    assertTidy(now, where);
                    for (const { member, width } of now.tiles) {
                        assert.ok(width >= TILE_MIN_WIDTH, `${where}: a tile of ${width} px`);
                        assert.ok(!seen.has(member), `${where}: ${member} stands on two pages`);
                        seen.add(member);
                    }
                    if (turned === 0) {
                        const free = { width: now.area.width, height: now.area.height - (now.pager === null ? 0 : now.pager.height + 8) };
                        assert.ok(Math.abs(now.tiles[0].width - largest(free, now.tiles.length)) <= 2, `${where}: ${now.tiles[0].width} is not the largest`);
                    }
                    const first = now.tiles[0].member;
                    // Of 500 sites two turns show enough.
                    if (now.pager === null || (sites === 500 && turned === 2)) break;
                    await page.keyboard.press('PageDown');
                    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30))));
                    if ((await boxes(page)).tiles[0].member === first) break;
                }
                if (sites < 500) assert.equal(seen.size, present, where);
                await page.close();
            }
        }
    });

    test('stage and tiles fill the window, on a telephone held upright too', async () => {
        for (const size of sizes) {
            for (const sites of [2, 3, 8, 500]) {
                const where = `${sites} sites at ${size.width}×${size.height}`;
                const page = await preview.open(`page=room&sites=${sites}&role=chair`, size);
                await page.waitForSelector('.tile');
                const now = await boxes(page);
                assertTidy(now, where);
                const picture = Math.min(now.stage.width, (now.stage.height * 16) / 9) * Math.min(now.stage.height, (now.stage.width * 9) / 16);
                assert.ok(picture / (now.stage.width * now.stage.height) > 0.75, `${where}: the stage is ${now.stage.width}×${now.stage.height}`);
                await page.close();
            }
        }
    });

    test('pages turn by keys and by themselves', async () => {
        const page = await preview.open('page=room&sites=40');
        const shown = () => page.$eval('.pager-page', ({ textContent }) => textContent);
        assert.match(await shown(), /^1\//);
        await page.keyboard.press('PageDown');
        assert.match(await shown(), /^2\//);
        await page.keyboard.press('PageUp');
        await page.keyboard.press('PageUp');
        assert.match(await shown(), /^1\//);
        await page.click('.pager [aria-pressed="false"]');
        await page.waitForSelector('.pager [aria-pressed="true"]');
        await until('the second page', async () => (await shown()).startsWith('2/'), 14_000);
        await page.close();
    });

    test('a camera that is off and a site without signal have a name, a crest and a word, never a black picture', async () => {
        const page = await preview.open('page=room&sites=12&layout=grid&lang=en', sizes[0]);
        await page.waitForSelector('.tile');
        const covers = await page.$$eval('.tile', (all) =>
            all
                .filter((tile) => getComputedStyle(tile.querySelector('.cover')).visibility === 'visible')
                .map((tile) => `${tile.querySelector('.cover-text')?.textContent} ${tile.querySelector('.crest') !== null} ${tile.querySelector('.nameplate-name').textContent !== ''}`),
        );
        assert.ok(covers.includes('Camera off true true'), covers.join());
        assert.ok(covers.includes('Reconnecting… true true'), covers.join());
        await page.close();
    });

    test('full screen, and back', async () => {
        const page = await preview.open('page=room&sites=8');
        const full = () => page.evaluate(() => document.fullscreenElement !== null);
        await page.click('[data-tool="full-screen"]');
        await until('full', full, 5_000);
        await page.waitForSelector('[data-tool="full-screen"][data-tone="on"]');
        assert.notEqual(await page.$('.classification'), null);
        await page.click('[data-tool="full-screen"]');
        await until('back', async () => !(await full()), 5_000);
        await page.close();
    });

    test('the small window has stage, classification, microphone and a way out that asks first', async () => {
        const page = await preview.open('page=room&sites=8&lang=en');
        await page.click('[data-tool="miniature"]');
        const small = (read) => page.evaluate(`(${read})(window.documentPictureInPicture.window?.document)`);
        await until('the window', () => small((doc) => doc?.querySelector('.stage video') != null), 5_000);
        assert.equal(await small((doc) => doc.querySelector('.classification').textContent), 'Confidential');
        await until('its picture', () => small((doc) => doc.querySelector('.stage video').videoWidth > 0), 5_000);
        await until('its style', () => small((doc) => getComputedStyle(doc.querySelector('.stage')).position === 'relative'), 5_000);
        const tone = () => page.$eval('.room [data-tool="microphone"]', ({ dataset }) => dataset.tone);
        assert.equal(await tone(), 'off');
        await small((doc) => doc.querySelector('[data-tool="microphone"]').click());
        await until('the microphone is on', async () => (await tone()) === 'on', 2_000);
        await small((doc) => doc.querySelector('[data-tool="leave"]').click());
        await until('a question', () => small((doc) => doc.querySelector('[data-tool="stay"]') !== null), 2_000);
        await small((doc) => doc.querySelector('[data-tool="leave-now"]').click());
        await page.waitForSelector('.outcome');
        await until('the window is closed', () => page.evaluate(() => window.documentPictureInPicture.window === null), 5_000);
        await page.close();
    });

    test('there is no button for a small window where the browser has none', async () => {
        const page = await preview.open('page=landing');
        await page.evaluateOnNewDocument(() => {
            delete window.documentPictureInPicture;
        });
        await page.goto(page.url().replace('landing', 'room'));
        await page.waitForSelector('[data-tool="leave"]');
        assert.equal(await page.$('[data-tool="miniature"]'), null);
        await page.close();
    });

    test('the roll call of 500 draws the rows in sight, is filtered without accents and sorted by name', async () => {
        const page = await preview.open('page=room&sites=500');
        await page.waitForSelector('.row');
        const rows = () => page.$$eval('.roster .row', (all) => all.map((row) => ({ name: row.querySelector('.row-name').firstChild.textContent, at: Number(row.ariaPosInSet), of: Number(row.ariaSetSize) })));
        assert.ok((await rows()).length < 40, `${(await rows()).length} rows`);
        assert.equal((await rows())[0].of, 500);
        await page.focus('.roster .rows');
        await page.keyboard.press('End');
        await until('the last row', async () => (await rows()).at(-1).at === 500, 5_000);
        await page.type('#roster-filter', 'diem cau 49');
        await until('eleven rows', async () => (await rows()).length === 11, 5_000);
        await page.$eval('#roster-filter', (field) => field.select());
        await page.type('#roster-filter', 'ĐONG');
        await until('two rows', async () => (await rows()).map(({ name }) => name).join() === 'Điểm cầu huyện đảo phía Đông,Cụm kho Đồng Xuân', 5_000);
        await page.click('.sort');
        await until('by name', async () => (await rows()).map(({ name }) => name).join() === 'Cụm kho Đồng Xuân,Điểm cầu huyện đảo phía Đông', 5_000);
        await page.close();
    });
});

describe('a page nobody looks at', () => {
    let gateway;
    const members = [];
    before(async () => {
        gateway = await startGateway();
        for (const index of [0, 1]) members.push(await enter('chromium', gateway, index));
    });
    after(() => closeAll(members, gateway));

    test('gets no picture and all sound; looked at again, it has the picture back', async () => {
        const [looker, other] = members;
        await looker.sees(other);
        await looker.hears(other);
        const received = async () => {
            const streams = (await looker.statistics()).filter(({ type }) => type === 'inbound-rtp');
            const sum = (kind) => streams.filter((stream) => stream.kind === kind).reduce((total, { packetsReceived }) => total + packetsReceived, 0);
            return { video: sum('video'), audio: sum('audio') };
        };
        const hide = (hidden) =>
            looker.page.evaluate((value) => {
                Object.defineProperty(document, 'hidden', { value, configurable: true });
                document.dispatchEvent(new Event('visibilitychange'));
            }, hidden);
        await hide(true);
        let last = await received();
        await until(
            'no picture for a second',
            async () => {
                await looker.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
                const now = await received();
                const still = now.video - last.video <= 2;
                const heard = now.audio - last.audio;
                last = now;
                if (still) assert.ok(heard > 30, `${heard} packets of sound in a second`);
                return still;
            },
            15_000,
        );
        await looker.hears(other);
        await hide(false);
        await looker.sees(other);
    });
});
