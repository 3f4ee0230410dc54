// Every page, panel and dialog in both languages and all themes, judged by axe (WCAG 2.2 AA and its good practice);
// what a blind person is told; and that nothing which others do moves the focus.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { startPreview } from './harness/preview.mjs';
import { until } from './harness/until.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const languages = ['vi', 'en'];
const themes = ['dark', 'light', 'contrast'];
const telephone = { width: 360, height: 800 };

/** Name, address, and what to press before the page is judged. */
const pages = [
    ['no link', 'page=landing'],
    ['lobby', 'page=lobby'],
    ['lobby without leave to use devices', 'page=lobby&camera=denied'],
    ['lobby without devices', 'page=lobby&camera=missing'],
    ['lobby, devices used by another program', 'page=lobby&camera=busy'],
    ['lobby, at the door', 'page=waiting', '.refusal.door'],
    ['lobby, seat in use', 'page=lobby&error=seat_in_use'],
    ['refused', 'page=refused&error=link_invalid'],
    ['refused for good', 'page=refused&error=browser_too_old'],
    ...['ended', 'removed', 'revoked', 'taken_over', 'left', 'deserted'].map((reason) => [`over: ${reason}`, `page=${reason}`]),
    ['room as a site', 'page=room&sites=8'],
    ['room as chair', 'page=room&sites=40&role=chair&pinned'],
    ['room as chair, sites at the door', 'page=room&sites=8&role=chair&door=5', '.door-queue'],
    ['room, nobody on the stage', 'page=room&sites=3&quiet'],
    ['room, a screen is shared', 'page=room&sites=8&sharing&pinned'],
    ['room, muted by the chair', 'page=room&sites=8&muted'],
    ['room, top secret', 'page=room&sites=8&level=top_secret'],
    ['grid', 'page=room&sites=500&role=chair&layout=grid'],
    ['an outage of 3 s', 'page=room&sites=8&lost=3'],
    ['an outage of 20 s', 'page=room&sites=8&lost=20'],
    ['an outage of 90 s', 'page=room&sites=8&lost=90'],
    ['sound blocked', 'page=room&sites=8&blocked'],
    ['an error', 'page=room&sites=8&error=not_allowed', '.toast'],
    ['settings', 'page=room&sites=8&dialog=settings'],
    ['help', 'page=room&sites=8&dialog=help'],
    ['quality of the sites', 'page=room&sites=500&role=chair&dialog=quality', '.quality-row'],
    ['leave', 'page=room&sites=8&dialog=leave'],
    ['end', 'page=room&sites=8&role=chair&dialog=end'],
    ['remove', 'page=room&sites=8&role=chair&dialog=remove'],
    ['filter without a match', 'page=room&sites=8', '#roster-filter', (page) => page.type('#roster-filter', 'xyz')],
    ['menu of a site', 'page=room&sites=8&role=chair', '.tile .menu-button', (page) => page.click('.tile .menu-button')],
];

describe('everyone', () => {
    let preview;
    before(async () => {
        preview = await startPreview();
    });
    after(() => preview?.close());

    const judge = async (page, where) => {
        const { violations, passes } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), rules);
        assert.ok(passes.length > 5, `${where}: nothing was judged`);
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 4).join(', ')}`);
        assert.deepEqual(found, [], where);
    };

    for (const [name, query, selector, prepare] of pages) {
        test(`can use: ${name}`, async () => {
            for (const size of [undefined, telephone]) {
                const page = await preview.open(query, size);
                const there = selector === undefined || size === undefined || (await page.$(selector)) !== null;
                if (selector !== undefined && size === undefined) await page.waitForSelector(selector);
                if (there) await prepare?.(page);
                await page.evaluate(axe);
                for (const theme of size === undefined ? themes : ['dark']) {
                    for (const language of languages) {
                        await page.evaluate((t, l) => (window.preview.showTheme(t), window.preview.chooseLanguage(l)), theme, language);
                        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 150))));
                        await judge(page, `${name}, ${theme}, ${language}, ${size === undefined ? 'wide' : 'telephone'}`);
                    }
                }
                await page.close();
            }
        });
    }

    test('hears one voice that waits and one that interrupts, and sums instead of single events', async () => {
        const page = await preview.open('page=room&sites=40&role=chair&lang=en');
        assert.deepEqual(await page.$$eval('[aria-live]', (all) => all.map((one) => one.getAttribute('aria-live'))), ['polite', 'assertive']);
        assert.equal(await page.$('[role="alert"], [role="status"], [role="log"], [role="alertdialog"]'), null);
        await page.evaluate(() => {
            for (let member = 20; member < 32; member += 1) window.preview.others.leave(member);
        });
        const said = () => page.$eval('[aria-live="polite"]', ({ textContent }) => textContent);
        await until(async () => `polite: ${await said()}`, async () => /\b1[0-2] sites left/.test(await said()), 5_000);
        await page.evaluate(() => window.preview.others.blockSound());
        await until('interrupted', () => page.$eval('[aria-live="assertive"]', ({ textContent }) => textContent.includes('sound')), 2_000);
        await page.close();
    });

    test('keeps the focus where it is, whatever others and the network do', async () => {
        const page = await preview.open('page=room&sites=40&lang=en');
        await page.focus('#roster-filter');
        const events = {
            'a site leaves': (others) => others.leave(9),
            'a hand': (others) => others.change(7, { hand: { order: 50 } }),
            'the chair mutes': (others) => others.change(2, { muted: true }),
            'another stage': (others) => others.pin({ member: 4, kind: 'camera' }),
            'a notice': (others) => others.notify({ name: 'microphone_unplugged' }),
            'an error': (others) => others.notify({ name: 'error', error: 'overloaded' }),
            'sound is blocked': (others) => others.blockSound(),
            'the connection is lost': (others) => others.loseConnection(),
        };
        for (const [name, event] of Object.entries(events)) {
            await page.evaluate(`(${event})(window.preview.others)`);
            await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))));
            assert.equal(await page.evaluate(() => document.activeElement.id), 'roster-filter', name);
        }
        await page.close();
    });

    test('gets the theme the system asks for, and keeps the one that was chosen', async () => {
        const page = await preview.open('page=room&sites=8');
        const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
        const session = await page.createCDPSession();
        await page.evaluate(() => localStorage.clear());
        await session.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-contrast', value: 'more' }] });
        await page.reload();
        assert.equal(await theme(), 'contrast');
        await session.send('Emulation.setEmulatedMedia', { features: [] });
        await page.reload();
        assert.equal(await theme(), 'dark');
        await page.evaluate(() => window.preview.showTheme('light'));
        await page.reload();
        assert.equal(await theme(), 'light');
        await session.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }, { name: 'forced-colors', value: 'active' }] });
        const motion = await page.$$eval('*', (all) => all.filter((one) => getComputedStyle(one).transitionDuration !== '0s' || getComputedStyle(one).animationName !== 'none').length);
        assert.equal(motion, 0, 'something moves');
        const borders = await page.$$eval('.stage, .tile', (all) => all.map((one) => getComputedStyle(one).borderTopWidth));
        assert.ok(borders.length > 2 && borders.every((width) => width === '1px'), 'without colours of ours every picture has an edge');
        await page.close();
    });
});
