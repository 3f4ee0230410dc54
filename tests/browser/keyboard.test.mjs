// A whole briefing without a mouse: a site and the chair join, ask to speak, share, look around, lead and end.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, open } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

/** More stops than any page of these tests has. */
const STOPS_MAX = 120;

/** What has the focus: where it is, its name, and whether one sees that it has it. */
const focused = (page) =>
    page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        return {
            tag: element.tagName,
            name: element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent,
            labelled: element.hasAttribute('aria-labelledby'),
            ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        };
    });

/** Presses Tab until what fits `selector` has the focus; every stop on the way has a name and a ring. */
async function tabTo(page, selector) {
    for (let stop = 0; stop < STOPS_MAX; stop += 1) {
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
        await page.keyboard.press('Tab');
        const now = await focused(page);
        if (now.tag === 'BODY' || now.tag === 'HTML') continue;
        assert.ok(now.labelled || now.name.trim() !== '', `a stop without a name: ${JSON.stringify(now)}`);
        assert.ok(now.ring, `nobody sees that this has the focus: ${JSON.stringify(now)}`);
    }
    assert.fail(`${selector} is out of reach of the Tab key`);
}

const press = async (page, selector, key = 'Enter') => {
    await tabTo(page, selector);
    await page.keyboard.press(key);
};
const tone = (page, tool) => page.$eval(`[data-tool="${tool}"]`, ({ dataset }) => dataset.tone);
const becomes = (page, tool, wanted) => until(`${tool} ${wanted}`, async () => (await tone(page, tool)) === wanted, 10_000);

describe('without a mouse', () => {
    let gateway;
    let chair;
    let site;
    before(async () => {
        gateway = await startGateway();
        chair = await open('chromium', gateway.links[0], { ...sites[0], tone: 0 });
        site = await open('firefox', gateway.links[1], { ...sites[1], tone: 0 });
    });
    after(() => closeAll([chair, site].filter(Boolean), gateway));

    test('one joins', async () => {
        for (const { page } of [chair, site]) {
            await page.keyboard.press('Enter');
            await page.waitForSelector('.pictures', { timeout: 30_000 });
        }
        await site.page.waitForSelector(`.row[data-member="${chair.id}"][data-presence="present"]`);
    });

    test('a site speaks while Space is held, asks to speak, shares a screen and looks around by single letters', async () => {
        const { page } = site;
        await page.keyboard.press('m');
        await becomes(page, 'microphone', 'on');
        await page.keyboard.press('m');
        await becomes(page, 'microphone', 'off');
        await page.keyboard.down(' ');
        await becomes(page, 'microphone', 'on');
        await page.keyboard.up(' ');
        await becomes(page, 'microphone', 'off');
        await page.keyboard.press('v');
        await becomes(page, 'camera', 'off');
        await page.keyboard.press('v');
        await becomes(page, 'camera', 'on');
        await page.keyboard.press('h');
        await becomes(page, 'hand', 'warn');
        await page.keyboard.press('s');
        await becomes(page, 'share', 'on');
        await chair.page.waitForSelector(`.stage[data-member="${site.id}"][data-kind="screen"]`);
        await page.keyboard.press('s');
        await becomes(page, 'share', 'plain');
        await page.keyboard.press('l');
        await page.waitForSelector('.pictures[data-layout="grid"]');
        await page.keyboard.press('l');
        await page.waitForSelector('.pictures[data-layout="stage"]');
        await page.keyboard.press('g');
        await page.waitForSelector('.panel', { hidden: true });
        await page.keyboard.press('/');
        await page.waitForSelector('#roster-filter');
        await until('the filter has the focus', async () => (await page.evaluate(() => document.activeElement.id)) === 'roster-filter', 2_000);
        await page.keyboard.type('mvh');
        assert.equal(await page.$eval('#roster-filter', ({ value }) => value), 'mvh', 'letters in a field are letters');
        assert.equal(await tone(page, 'hand'), 'warn');
        for (let n = 0; n < 3; n += 1) await page.keyboard.press('Backspace');
        await page.keyboard.press('Tab');
    });

    test('the list of shortcuts opens by ?, is left by Escape, and names every key', async () => {
        const { page } = site;
        await page.keyboard.press('?');
        await page.waitForSelector('dialog[open] .keys');
        const keys = await page.$$eval('dialog[open] kbd', (all) => all.map(({ textContent }) => textContent));
        for (const key of ['M', 'V', 'H', 'S', 'L', 'PgUp', 'PgDn', 'G', 'Q', '/', '?']) assert.ok(keys.includes(key), key);
        await page.keyboard.press('l');
        assert.equal(await page.$eval('.pictures', ({ dataset }) => dataset.layout), 'stage', 'no shortcuts under a dialog');
        await page.keyboard.press('Escape');
        await page.waitForSelector('dialog', { hidden: true });
    });

    test('single letters can be turned off; Space stays', async () => {
        const { page } = site;
        await press(page, '[data-tool="settings"]');
        await page.waitForSelector('dialog[open]');
        await press(page, 'dialog[open] .choices:last-child input[type="checkbox"]', ' ');
        await page.keyboard.press('Escape');
        await page.waitForSelector('dialog', { hidden: true });
        assert.equal(await page.evaluate(() => document.activeElement.dataset.tool), 'settings', 'the focus is back where it came from');
        await page.keyboard.press('v');
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
        assert.equal(await tone(page, 'camera'), 'on');
        await page.evaluate(() => document.activeElement.blur());
        await page.keyboard.down(' ');
        await becomes(page, 'microphone', 'on');
        await page.keyboard.up(' ');
        await becomes(page, 'microphone', 'off');
    });

    test('the chair puts a site on the stage and lets the stage follow the speaker again', async () => {
        const { page } = chair;
        await press(page, `.tile[data-member="${site.id}"] .menu-button`);
        await page.waitForSelector('#chair-menu:popover-open');
        await press(page, '#chair-menu .order');
        await page.waitForSelector(`.stage[data-member="${site.id}"]`);
        await until('the focus is back', () => page.evaluate(() => document.activeElement.matches('.menu-button')), 2_000);
        await site.page.waitForSelector(`.stage[data-member="${site.id}"]`);
        await press(page, '.chair-tools .order:nth-child(1)');
        await page.waitForSelector('.chair-tools .order:nth-child(1)[aria-pressed="true"]');
    });

    test('the chair looks at the quality of every site', async () => {
        const { page } = chair;
        const row = `.quality-row[data-member="${site.id}"]`;
        await page.keyboard.press('q');
        await page.waitForSelector(`${row}[data-grade="good"], ${row}[data-grade="weak"]`, { timeout: 10_000 });
        await until('the path and the rate both ways are known', async () => {
            const said = await page.$eval(row, ({ textContent }) => textContent);
            return said.includes('UDP') && [...said.matchAll(/[1-9][\d,.]*\s[kM]bit\/s/g)].length === 2;
        }, 15_000);
        await page.keyboard.press('Escape');
        await page.waitForSelector('dialog', { hidden: true });
        await site.page.keyboard.press('q');
        assert.equal(await site.page.$('.quality-row'), null, 'a site is not told of the others');
    });

    test('a diagnosis file is saved, tells of the connection, and names nobody', async () => {
        const { page } = chair;
        const folder = mkdtempSync(join(tmpdir(), 'giaoban-saved-'));
        const control = await page.createCDPSession();
        await control.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
        await press(page, '[data-tool="settings"]');
        await page.waitForSelector('dialog[open]');
        await press(page, '.save-diagnosis button');
        const saved = () => readdirSync(folder).find((name) => /^giaoban-.*\.json$/.test(name));
        await until('the file is saved', () => saved() !== undefined, 5_000);
        const text = readFileSync(join(folder, saved()), 'utf8');
        const { phase, transport, path, streams } = JSON.parse(text);
        assert.equal(phase, 'live');
        assert.equal(transport.dtlsState, 'connected');
        assert.equal(path.protocol, 'udp');
        assert.ok(streams.some(({ type, kind }) => type === 'inbound-rtp' && kind === 'video'));
        for (const { name, url } of gateway.links) {
            assert.ok(!text.includes(url.split('#')[1]), 'a secret');
            assert.ok(!text.includes(name), name);
        }
        assert.doesNotMatch(text, /\d+\.\d+\.\d+\.\d+|candidate:|fingerprint|ufrag/, 'an address or a piece of a description');
        await page.keyboard.press('Escape');
        await page.waitForSelector('dialog', { hidden: true });
        rmSync(folder, { recursive: true });
    });

    test('the chair mutes all and lets all speak again', async () => {
        await press(chair.page, '.chair-tools .order:nth-child(2)');
        await becomes(site.page, 'microphone', 'warn');
        await chair.page.keyboard.press('Enter');
        await becomes(site.page, 'microphone', 'off');
    });

    test('the chair lowers a hand', async () => {
        await press(chair.page, '.hands .row button:nth-of-type(2)');
        await becomes(site.page, 'hand', 'plain');
    });

    test('the chair locks the room', async () => {
        await press(chair.page, '.chair-tools .order:nth-child(3)');
        await site.page.waitForSelector('.flag');
        await press(chair.page, '.chair-tools .order:nth-child(3)');
        await site.page.waitForSelector('.flag', { hidden: true });
    });

    test('the chair removes a site, after a question whose safe answer has the focus', async () => {
        const { page } = chair;
        await press(page, `.row[data-member="${site.id}"] .menu-button`);
        await page.waitForSelector('#chair-menu:popover-open');
        await press(page, '#chair-menu .danger');
        await page.waitForSelector('dialog[open]');
        assert.equal(await page.evaluate(() => document.activeElement.matches('dialog button:not(.danger)')), true);
        await page.keyboard.press('Escape');
        await page.waitForSelector('dialog', { hidden: true });
        assert.notEqual(await site.page.$('.pictures'), null, 'nothing happened yet');
        await press(page, `.row[data-member="${site.id}"] .menu-button`);
        await press(page, '#chair-menu .danger');
        await page.waitForSelector('dialog[open]');
        await press(page, 'dialog[open] .danger');
        await site.page.waitForSelector('.outcome');
    });

    test('the chair ends the briefing', async () => {
        await press(chair.page, '.chair-tools .danger');
        await chair.page.waitForSelector('dialog[open]');
        await press(chair.page, 'dialog[open] .danger');
        await chair.page.waitForSelector('.outcome');
    });
});
