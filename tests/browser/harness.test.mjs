// The harness itself, before it judges anything else: pictures and sound are told apart, in both browsers.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './harness/browser.mjs';
import { AUDIBLE, palette, PITCH_TOLERANCE, sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

/** In the page: sends camera and microphone to itself over a pair of peer connections. */
async function callMyself() {
    const gathered = (pc) =>
        new Promise((resolve) => {
            const look = () => pc.iceGatheringState === 'complete' && resolve();
            pc.addEventListener('icegatheringstatechange', look);
            look();
        });
    const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    const video = document.body.appendChild(Object.assign(document.createElement('video'), { muted: true, autoplay: true }));
    video.srcObject = new MediaStream();
    window.heard = null;
    far.addEventListener('track', ({ track }) => {
        video.srcObject.addTrack(track);
        if (track.kind === 'audio') window.heard = track;
    });
    for (const track of media.getTracks()) near.addTrack(track, media);
    await near.setLocalDescription();
    await gathered(near);
    await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    await gathered(far);
    await near.setRemoteDescription(far.localDescription);
    window.painted = 0;
    const count = () => {
        window.painted += 1;
        video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
}

const see = (page) =>
    page.evaluate((colours) => {
        const { nameOf, colourOf } = window.__observer;
        return nameOf(colourOf(document.querySelector('video')), colours);
    }, palette);
const hear = (page) => page.evaluate(() => window.__observer.hear(window.heard));

for (const kind of ['chromium', 'firefox']) {
    describe(`${kind}, calling itself`, () => {
        const site = sites[kind === 'chromium' ? 1 : 2];
        let server;
        let browser;
        let page;
        before(async () => {
            server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><body>'));
            await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
            browser = await launch(kind);
            page = await openPage(browser, site);
            await page.goto(`http://127.0.0.1:${server.address().port}/`);
            await page.evaluate(callMyself);
        });
        after(async () => {
            await browser?.close();
            server.close();
        });

        test('paints its own colour', async () => {
            await until('the colour', async () => (await see(page)) === site.colourName, 10_000);
            const before = await page.evaluate(() => window.painted);
            await until('more frames', async () => (await page.evaluate(() => window.painted)) > before + 10, 10_000);
        });

        test('plays its own tone', async () => {
            await until(
                'the tone',
                async () => {
                    const { pitch, level } = await hear(page);
                    return level > AUDIBLE && Math.abs(pitch - site.tone) < PITCH_TOLERANCE;
                },
                10_000,
            );
        });

        test('shows another colour when the camera shows another', async () => {
            await page.evaluate(() => window.__devices.flash(0, 1));
            await until('no longer the site’s colour', async () => (await see(page)) !== site.colourName, 5_000);
        });

        test('is silent when its track is off', async () => {
            await page.evaluate(() => {
                for (const sender of window.__observer.peers[0].getSenders()) sender.track.enabled = false;
            });
            await until('silence', async () => (await hear(page)).level < AUDIBLE / 10, 5_000);
        });

        test('tells its statistics', async () => {
            const statistics = await page.evaluate(() => window.__observer.statistics());
            const inbound = statistics.filter(({ type }) => type === 'inbound-rtp').map(({ kind }) => kind);
            assert.deepEqual(inbound.sort(), ['audio', 'video']);
        });
    });
}
