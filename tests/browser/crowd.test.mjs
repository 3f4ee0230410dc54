// Hundreds of sites in one room, over the gateway's own wire protocol: two hundred with sound and picture lose nothing,
// and five hundred cost two browsers that sit among them little.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { launch } from './harness/browser.mjs';
import { memoryOf, pageTime, startSites } from './harness/crowd.mjs';
import { startGateway } from './harness/gateway.mjs';
import { closeAll } from './harness/room.mjs';
import { sites as palette } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

/** All are in within this time, in ms. */
const JOINED = 10_000;
/** How long is measured, in ms. */
const STRETCH = 12_000;
/** Changes of state a second. */
const RATE = 50;
/** Of a core. */
const PAGE_SHARE = 0.1;
/** Of the page beyond an empty one, in MB. */
const PAGE_MEMORY = 250;
/** What one who comes in is told of a room of 500 until all are in, in octets: each site a few times. */
const TOLD = 300_000;
/** Between two frames of the stage while all come in, in ms. */
const GAP = 1_000;

/** Datagrams that were dropped in this namespace because whoever they were for did not read them in time. */
function overflows() {
    const [names, values] = readFileSync('/proc/net/snmp', 'utf8').split('\n').filter((line) => line.startsWith('Udp:')).map((line) => line.split(' '));
    return Number(values[names.indexOf('RcvbufErrors')]);
}

describe('two hundred sites, one camera and four microphones', () => {
    let gateway;
    let crowd;
    before(async () => {
        gateway = await startGateway();
        crowd = await startSites(gateway);
        await crowd.order('seats', { sites: 199 });
    });
    after(() => closeAll(crowd, gateway));

    test('all are in soon', async (context) => {
        const secret = gateway.links[0].url.split('#')[1];
        const steps = [await crowd.order('chair', { secret }), await crowd.order('speak', { sites: 3 }), await crowd.order('listen', { sites: 196 })];
        const took = steps.reduce((sum, step) => sum + step.took, 0);
        context.diagnostic(`200 sites in after ${(took / 1000).toFixed(1)} s`);
        assert.equal(steps.at(-1).present, 200);
        assert.ok(took <= JOINED, `${took} ms`);
    });

    test('nothing is lost', async (context) => {
        await pause(2_000);
        const from = await crowd.order('forget');
        const overflowed = overflows();
        await pause(STRETCH);
        const { lost, received, sent, receiving, present } = await crowd.order('count');
        const expected = sent.map((count, kind) => (count - from.sent[kind]) * 196);
        const own = overflows() - overflowed;
        context.diagnostic(`${received[0]} of ${expected[0]} sounds, ${received[1]} of ${expected[1]} packets of picture, ${lost} lost, ${own} of them by the sites themselves`);
        assert.equal(receiving, 196);
        assert.equal(present, 200);
        assert.ok(lost <= own, 'only what the sites did not read in time');
        for (const kind of [0, 1]) assert.ok(Math.abs((received[kind] + own) / expected[kind] - 1) < 0.02 || received[kind] > expected[kind] * 0.98, 'all of it came');
    });
});

const devices = readFileSync(new URL('./page/devices.js', import.meta.url), 'utf8');

/** A browser in the room by its link, without anything in its page that the page does not need itself. */
async function enter(kind, link, site) {
    const { browser, close } = await launch(kind);
    const [page] = await browser.pages();
    await pause(2_000);
    const empty = memoryOf(browser);
    await page.evaluateOnNewDocument(`window.__site = ${JSON.stringify(site)};\n${devices}`);
    await page.goto(link.url);
    await page.waitForSelector('button.join:not([disabled])', { timeout: 30_000 });
    await page.click('button.join');
    await page.waitForSelector('.pictures', { timeout: 30_000 });
    return { kind, page, empty, browser, close };
}

/** Runs in the page: notes the longest time between two painted frames of another site, and the longest task. */
function watch() {
    const seen = { gap: 0, task: 0, ended: false };
    window.__smooth = seen;
    const video = [...document.querySelectorAll('.stage video, .tile video')].find(({ videoWidth, srcObject }) => videoWidth > 0 && srcObject !== null);
    let last = performance.now();
    const note = () => {
        seen.gap = Math.max(seen.gap, performance.now() - last);
        last = performance.now();
        if (!seen.ended) video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
        new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration);
        }).observe({ type: 'longtask' });
    }
}

describe('five hundred sites with Chromium and Firefox among them', () => {
    let gateway;
    let crowd;
    let members;
    before(async () => {
        process.env.GIAOBAN_CONFIG = join(tmpdir(), 'crowd.toml');
        writeFileSync(process.env.GIAOBAN_CONFIG, '[limits]\nroom_members = 600\n');
        gateway = await startGateway();
        crowd = await startSites(gateway);
        await crowd.order('seats', { sites: 500 });
        members = [await enter('chromium', gateway.links[0], palette[0]), await enter('firefox', gateway.links[1], palette[1])];
        for (const { page } of members) {
            await page.waitForFunction(() => document.querySelector('.stage video')?.videoWidth > 0, { timeout: 30_000 });
        }
    });
    after(() => {
        delete process.env.GIAOBAN_CONFIG;
        return closeAll(members ?? [], crowd, gateway);
    });

    const texts = (page, selector) => page.$eval(selector, ({ textContent }) => textContent);

    test('who is in sees all of them come, and no gap', async (context) => {
        await pause(3_000);
        for (const { page } of members) await page.evaluate(watch);
        for (const sites of [250, 250]) {
            await crowd.order('forget');
            const { took } = await crowd.order('join', { sites });
            await pause(1_500);
            const told = await crowd.order('count');
            context.diagnostic(`${sites} came in ${(took / 1000).toFixed(1)} s, ${told.present} are in; told ${(told.octets / told.present / 1000).toFixed(0)} kB each, at most ${(told.most_octets / 1000).toFixed(0)} kB in ${told.messages} messages`);
            assert.ok(told.most_octets <= TOLD, 'who comes in is told of each site a few times, not of each arrival anew');
        }
        for (const { kind, page } of members) {
            await until(`${kind} counts them`, async () => (await texts(page, '.status-item.sites')).includes('502/504'), 10_000);
        }
        for (const { kind, page } of members) {
            const { gap, task } = await page.evaluate(() => {
                window.__smooth.ended = true;
                return window.__smooth;
            });
            context.diagnostic(`${kind}: longest time between two frames ${gap.toFixed(0)} ms, longest task ${task.toFixed(0)} ms`);
            assert.ok(gap < GAP, `${kind}: ${gap} ms`);
        }
    });

    test('fifty changes of state a second cost the pages little', async (context) => {
        const session = await members[0].page.createCDPSession();
        await session.send('Performance.enable', { timeDomain: 'threadTicks' });
        const script = async () => {
            const { metrics } = await session.send('Performance.getMetrics');
            const value = (wanted) => metrics.find(({ name }) => name === wanted).value * 1000;
            return { script: value('ScriptDuration'), task: value('TaskDuration') };
        };
        const spent = async () => ({ ...(await script()), pages: members.map(({ browser }) => pageTime(browser)), at: performance.now() });
        const share = (from, to, time) => `${(((to - from) / time) * 100).toFixed(1)} %`;
        for (const rate of [0, RATE]) {
            await crowd.order('change', { rate });
            await pause(2_000);
            await crowd.order('forget');
            const before = await spent();
            await pause(STRETCH);
            const after = await spent();
            const told = await crowd.order('count');
            const time = after.at - before.at;
            const each = told.octets / told.present / (time / 1000);
            context.diagnostic(`${(told.changes / time * 1000).toFixed(1)} changes a second: Chromium script ${share(before.script, after.script, time)}, tasks ${share(before.task, after.task, time)} of a core; main threads ${members.map(({ kind }, place) => `${kind} ${share(before.pages[place], after.pages[place], time)}`).join(', ')}; told ${(each / 1000).toFixed(1)} kB/s each in ${(told.messages / time * 1000).toFixed(1)} messages a second`);
            assert.ok((after.script - before.script) / time <= PAGE_SHARE);
            assert.equal(told.present, 500, 'nobody was cut');
        }
    });

    test('a page takes little memory', (context) => {
        for (const { kind, browser, empty } of members) {
            const more = memoryOf(browser) - empty;
            context.diagnostic(`${kind}: ${more.toFixed(0)} MB beyond ${empty.toFixed(0)} MB of an empty page`);
            assert.ok(more <= PAGE_MEMORY, `${kind}: ${more} MB`);
        }
    });
});
