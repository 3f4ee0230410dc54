// Whose seat it is: a second page on a link, a room that keeps a site at the door, and a site that is put out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './harness/browser.mjs';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter, open } from './harness/room.mjs';
import { sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

const DEADLINE = 10_000;

const text = (member, selector) => member.page.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
const present = (member, other) =>
    until(`${member.kind} hears that ${other} is there`, async () => {
        const rows = (await member.received('delta')).flatMap(({ changes }) => changes).filter(({ change, member: row }) => change === 'member' && row.member === other);
        return rows.at(-1)?.member.presence === 'present';
    }, DEADLINE);

for (const kind of ['chromium', 'firefox']) {
    test(`${kind}, too old for the room, is refused in the lobby and told what to use`, async () => {
        const gateway = await startGateway();
        const browser = await launch(kind);
        try {
            const page = await openPage(browser, sites[1]);
            await page.evaluateOnNewDocument('delete HTMLVideoElement.prototype.requestVideoFrameCallback;');
            await page.goto(gateway.links[1].url);
            await page.waitForSelector('.outcome .outcome-code', { timeout: DEADLINE });
            const said = await page.evaluate(() => document.querySelector('.outcome').textContent);
            assert.match(said, /browser_too_old/);
            assert.match(said, /Firefox/);
            assert.equal(await page.$('button.join'), null);
        } finally {
            await closeAll(browser, gateway);
        }
    });

    describe(`a seat, with ${kind}`, () => {
        let gateway;
        let chair;
        const opened = [];
        const site = async (index) => {
            const member = await open(kind, gateway.links[index], sites[index]);
            opened.push(member);
            return member;
        };
        before(async () => {
            gateway = await startGateway();
            chair = await enter('chromium', gateway, 0);
        });
        after(() => closeAll(opened, chair, gateway));

        test('that is used a second time is taken over only on request, and both sides are told', async () => {
            const first = await site(1);
            await first.join();
            const second = await site(1);
            await second.page.click('button.join');
            await second.page.waitForSelector('.refusal button.primary', { timeout: DEADLINE });
            assert.match(await text(second, '.outcome-code'), /seat_in_use/);
            assert.notEqual(await first.page.$('.pictures'), null, 'the first is undisturbed');

            await second.page.click('.refusal button.primary');
            await second.inRoom();
            await first.page.waitForSelector('.outcome', { timeout: DEADLINE });
            const [ended] = await first.received('ended');
            assert.equal(ended.reason, 'taken_over');
            const tracks = await first.page.evaluate(() => window.__observer.peers.flatMap((peer) => peer.getSenders()).filter(({ track }) => track?.readyState === 'live').length);
            assert.equal(tracks, 0, 'nothing is captured there any more');
            await second.leave();
        });

        test('in a locked room is waited for at the door, seen by the chair, and taken without a click when he lets it in', async () => {
            await chair.page.click('.chair-tools .order:nth-child(3)');
            await until('the room is locked', async () => (await chair.page.$('.status .flag')) !== null, DEADLINE);
            const waiting = await site(2);
            await waiting.page.click('button.join');
            await waiting.page.waitForSelector('.refusal.door', { timeout: DEADLINE });
            assert.match(await text(waiting, '.refusal.door'), /1/);
            assert.match(await text(waiting, '.outcome-code'), /room_locked/);
            await chair.page.waitForSelector('.door-queue button', { timeout: DEADLINE });
            assert.ok((await text(chair, '.door-queue li')).includes(waiting.name));

            await chair.page.click('.door-queue button');
            await waiting.inRoom();
            await present(chair, waiting.id);
            assert.equal(await chair.page.$('.door-queue'), null);
            await chair.page.click('.chair-tools .order:nth-child(3)');
            await waiting.leave();
        });

        test('whose site is put out stops sending, says by whom, and is not come back to', async () => {
            const removed = await site(3);
            await removed.join();
            await present(chair, removed.id);
            await chair.page.click(`.tile[data-member="${removed.id}"] .menu-button`);
            await chair.page.waitForSelector('#chair-menu:popover-open .order.danger');
            await chair.page.click('#chair-menu .order.danger');
            await chair.page.waitForSelector('dialog[open] button.danger');
            await chair.page.click('dialog[open] button.danger');
            await removed.page.waitForSelector('.outcome', { timeout: DEADLINE });
            assert.ok((await text(removed, '.ended-by')).includes(chair.name));
            assert.equal(await removed.page.$('.outcome button.primary'), null, 'no way back is offered');
            const kept = await removed.page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('giaoban.seat')));
            assert.deepEqual(kept, [], 'no secret of the seat is left');
            const live = await removed.page.evaluate(() => window.__observer.peers.flatMap((peer) => peer.getSenders()).filter(({ track }) => track?.readyState === 'live').length);
            assert.equal(live, 0);
            assert.equal((await removed.received('welcome')).length, 1);
        });
    });
}
