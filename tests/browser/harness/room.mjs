// A member in a room, as a person at the browser: what he clicks, sees and hears.
import assert from 'node:assert/strict';
import { launch, openPage } from './browser.mjs';
import { AUDIBLE, palette, PITCH_TOLERANCE, sites } from './sites.mjs';
import { until } from './until.mjs';

const PAGE_DEADLINE = 30_000;

/**
 * Starts a browser for the seat and opens its link; the lobby is shown. `beside`: another member in whose browser it
 * becomes one more page.
 */
export async function open(kind, link, site, options = {}) {
    const browser = options.beside ? { ...options.beside.browser, close: async () => {} } : await launch(kind, options);
    const page = await openPage(browser, site, options.beside !== undefined);
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    const faults = [];
    page.on('pageerror', (error) => faults.push(error.message));
    const member = new Member({ kind, browser, page, link, site, requests, faults, withoutDevices: site?.refuseWith !== undefined });
    await page.goto(link.url);
    await member.inLobby();
    return member;
}

/** Opens and joins in one go; `index` chooses link and site. */
export async function enter(kind, gateway, index, options = {}) {
    const member = await open(kind, gateway.links[index], { ...sites[index], ...options.site }, options);
    await member.join();
    return member;
}

class Member {
    constructor(parts) {
        Object.assign(this, parts);
        this.id = parts.link.member;
        this.name = parts.link.name;
    }

    async join() {
        await this.page.click('button.join');
        await this.inRoom();
        if (!this.withoutDevices) await this.openMicrophone();
    }

    async inLobby() {
        await this.page.waitForSelector('button.join:not([disabled])', { timeout: PAGE_DEADLINE });
    }

    async leave() {
        await this.page.click('[data-tool="leave"]');
        await this.page.waitForSelector('dialog[open] button.danger');
        await this.page.click('dialog[open] button.danger');
        await this.page.waitForSelector('.outcome', { timeout: PAGE_DEADLINE });
    }

    /** Waits until the page shows the room. */
    async inRoom() {
        await this.page.waitForSelector('.pictures', { timeout: PAGE_DEADLINE });
    }

    /** Opens the microphone with its button if it is closed. */
    async openMicrophone() {
        const button = '[data-tool="microphone"]';
        if ((await this.page.$eval(button, ({ dataset }) => dataset.tone)) === 'off') await this.page.click(button);
        await this.page.waitForSelector(`${button}[data-tone="on"]`, { timeout: PAGE_DEADLINE });
    }

    /** As the chair: puts the other's camera on everyone's stage; resolves to when the gateway accepted it (`Date.now()`). */
    pin(other) {
        return this.order(other, 0);
    }

    /** The same with the screen that he shares, once the roster has it: that makes four orders of three. */
    pinScreen(other) {
        return this.order(other, 1, 4);
    }

    /** As the chair: mutes the other, who shares no screen. */
    mute(other) {
        return this.order(other, 1);
    }

    /** Gives the order that stands at `place` in the chair's menu of the other, when there are so many in it. */
    async order(other, place, least = 1) {
        const asked = await this.page.evaluate(() => Date.now());
        await this.page.click(`.tile[data-member="${other.id}"] .menu-button`);
        await this.page.waitForSelector(`#chair-menu:popover-open .order:nth-of-type(${least})`, { timeout: PAGE_DEADLINE });
        await (await this.page.$$('#chair-menu .order'))[place].click();
        const done = await until('the order is accepted', async () => (await this.received('done', asked))[0], 10_000, 10);
        return done.at;
    }

    /** Messages of one type that came from the gateway at or after a time. */
    received(type, since = 0) {
        return this.page.evaluate((t, s) => window.__observer.messages.filter((m) => m.type === t && m.at >= s), type, since);
    }

    /** Begins to judge every painted frame against the colours of these members. */
    async watch(members) {
        const colours = Object.fromEntries(members.map(({ id, site }) => [id, site.colourName]));
        await this.page.evaluate((p, c) => window.__observer.watch(p, c), palette, colours);
    }

    /** What was judged since {@link watch}. */
    seen() {
        return this.page.evaluate(() => window.__observer.seen);
    }

    /** What the tiles and the stage show now: `{ where, member, name, kind, shown, colour, frames }` each. */
    pictures() {
        return this.page.evaluate((colours) => window.__observer.pictures(colours), palette);
    }

    /** The picture of one member, in the strip or grid. */
    async tile(member) {
        return (await this.pictures()).find((picture) => picture.where === 'tile' && picture.member === member.id);
    }

    /** Waits until the other's tile shows his colour under his name, in frames that go on. */
    async sees(other, deadline = PAGE_DEADLINE) {
        let first;
        await until(
            async () => `${this.name} sees ${other.name}: ${JSON.stringify(await this.pictures())}`,
            async () => {
                const tile = await this.tile(other);
                if (!tile?.shown || tile.colour !== other.site.colourName) return false;
                assert.ok(tile.name.includes(other.name), `${tile.name} instead of ${other.name}`);
                first ??= tile.frames;
                return tile.frames >= first + 5;
            },
            deadline,
        );
    }

    /** Waits until one of the tracks that play carries the other's tone. */
    async hears(other, deadline = PAGE_DEADLINE) {
        await until(
            async () => `${this.name} hears ${other.name}: ${JSON.stringify(await this.sounds())}`,
            async () => (await this.sounds()).some((sound) => isTone(sound, other.site)),
            deadline,
            200,
        );
    }

    /** Pitch and level of every received track that a media element plays. */
    sounds() {
        return this.page.evaluate(() => window.__observer.sounds());
    }

    statistics() {
        return this.page.evaluate(() => window.__observer.statistics());
    }

    async close() {
        await this.browser.close();
    }
}

/** Whether a sound is the site's. */
export function isTone({ pitch, level }, site) {
    return level > AUDIBLE && Math.abs(pitch - site.tone) < PITCH_TOLERANCE;
}

/** Closes members and gateway, whichever of them came to be. */
export async function closeAll(...parts) {
    for (const part of parts.flat()) await (part?.close ?? part?.stop)?.call(part);
}
