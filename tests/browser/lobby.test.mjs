// In front of the room: what one sees, hears and chooses there; devices that are denied, busy, missing; and in the room
// devices that are pulled out and come back, and a screen that stays awake.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, open } from './harness/room.mjs';
import { PITCH_TOLERANCE, sites } from './harness/sites.mjs';
import { until } from './harness/until.mjs';

const TEST_TONE = 660;

/** Runs in the page before it loads: writes down what is asked of devices, speakers and screen, and can pull devices out. */
const witness = () => {
    const { mediaDevices } = navigator;
    const tracks = [];
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const gone = new Set();
    const more = [];
    window.__witness = {
        asked: [],
        sinks: [],
        awake: [],
        gone,
        more,
        pull(kind, deviceId) {
            gone.add(deviceId);
            for (const track of tracks.filter((one) => one.kind === kind && one.readyState === 'live')) {
                track.stop();
                track.dispatchEvent(new Event('ended'));
            }
            mediaDevices.dispatchEvent(new Event('devicechange'));
        },
        plug(deviceId) {
            gone.delete(deviceId);
            mediaDevices.dispatchEvent(new Event('devicechange'));
        },
    };
    mediaDevices.enumerateDevices = async () => [...(await list()), ...more].filter(({ deviceId }) => !gone.has(deviceId));
    mediaDevices.getUserMedia = async (wanted) => {
        window.__witness.asked.push(wanted);
        const stream = await ask(wanted);
        for (const track of stream.getTracks()) {
            const exact = wanted[track.kind]?.deviceId?.exact;
            const settings = track.getSettings();
            track.getSettings = () => ({ ...settings, deviceId: exact ?? settings.deviceId });
            tracks.push(track);
        }
        return stream;
    };
    const choose = HTMLMediaElement.prototype.setSinkId;
    HTMLMediaElement.prototype.setSinkId = function (id) {
        window.__witness.sinks.push(id);
        return choose.call(this, id);
    };
    Object.defineProperty(navigator, 'wakeLock', {
        value: {
            async request(kind) {
                window.__witness.awake.push(kind);
                return { release: async () => void window.__witness.awake.push('released') };
            },
        },
    });
};

describe('the lobby', () => {
    let gateway;
    let member;
    before(async () => {
        gateway = await startGateway();
    });
    after(() => gateway?.stop());
    afterEach(async () => {
        await member?.close();
        member = undefined;
    });

    const enterLobby = async (index, site = {}, kind = 'chromium') => {
        member = await open(kind, gateway.links[index], { ...sites[index], ...site });
        await member.page.evaluateOnNewDocument(witness);
        await reload();
    };
    const reload = async () => {
        await member.page.reload();
        await member.inLobby();
    };
    const asked = () => member.page.evaluate(() => window.__witness.asked);
    const text = (selector) => member.page.$eval(selector, ({ textContent }) => textContent);
    const tone = (tool) => member.page.$eval(`[data-tool="${tool}"]`, ({ dataset }) => dataset.tone);
    const check = async (words) => {
        const boxes = await member.page.$$('label.check');
        for (const box of boxes) if (words.test(await box.evaluate(({ textContent }) => textContent))) return box.click();
        throw new Error(`no box ${words}`);
    };
    const says = (words) => until(async () => `${words}: ${await text('[aria-live="assertive"]')}`, async () => words.test(await text('[aria-live="assertive"]')), 5_000);

    test('shows the own picture as in a mirror, how loud one is, whose seat it is and that the line is encrypted', async () => {
        await enterLobby(1);
        await until('the own picture', () => member.page.$eval('.preview video', (video) => video.videoWidth > 0), 10_000);
        assert.equal(await member.page.$eval('.preview video', (video) => new DOMMatrix(getComputedStyle(video).transform).a), -1);
        await until('a level', () => member.page.$eval('.level meter', ({ value }) => value > 0), 10_000);
        assert.ok((await text('.lobby-self')).includes(gateway.links[1].name));
        assert.match(await text('.encrypted'), /(Mã hoá|encrypted).*✓/);
        assert.match(await text('.size-badge'), /640×360/);
    });

    test('plays a tone on the chosen speaker', async () => {
        await enterLobby(1);
        await member.page.evaluate(() => {
            for (const select of document.querySelectorAll('select')) {
                if (![...select.options].some(({ value }) => value === 'default')) continue;
                select.value = 'default';
                select.dispatchEvent(new Event('change', { bubbles: true }));
            }
        });
        await member.page.click('.choice-pair button');
        await until('the tone', async () => (await member.sounds()).some(({ pitch, level }) => level > 0.01 && Math.abs(pitch - TEST_TONE) < PITCH_TOLERANCE), 5_000, 20);
        assert.deepEqual(await member.page.evaluate(() => window.__witness.sinks), ['default']);
    });

    test('leaves echo to the equipment of a conference room when told to, and remembers that', async () => {
        await enterLobby(1);
        assert.equal((await asked()).at(-1).audio.echoCancellation, true);
        await member.page.click('.processing summary');
        await check(/thiết bị hội nghị|conference equipment/);
        await until('the microphone is asked for anew', async () => (await asked()).at(-1).audio?.echoCancellation === false, 5_000);
        assert.equal((await asked()).at(-1).audio.noiseSuppression, true);
        await check(/Khử ồn|Suppress noise/);
        await until('noise too', async () => (await asked()).at(-1).audio?.noiseSuppression === false, 5_000);
        await reload();
        await until('asked again', async () => (await asked()).length > 0, 5_000);
        assert.deepEqual((await asked()).map(({ audio }) => [audio.echoCancellation, audio.noiseSuppression]), [[false, false]]);
    });

    test('lets one in without microphone and without camera', async () => {
        await enterLobby(1);
        await check(/không dùng micro|without microphone/i);
        await check(/không dùng camera|without camera/i);
        await member.page.waitForSelector('.preview video', { hidden: true });
        await member.page.click('button.join');
        await member.inRoom();
        assert.equal(await tone('camera'), 'off');
        assert.equal(await tone('microphone'), 'off');
        assert.equal((await asked()).length, 1, 'nothing more was asked for');
    });

    for (const [kind, advice] of [
        ['chromium', /bên trái địa chỉ trang, bật Camera|left of the page address, turn Camera/],
        ['firefox', /Bị chặn|Blocked/],
    ]) {
        test(`says where to click in ${kind} when devices are denied, asks again only on a click, and bars nobody`, async () => {
            await enterLobby(2, { refuseWith: 'NotAllowedError' }, kind);
            await member.page.waitForSelector('.problem');
            assert.match(await text('.problem'), advice);
            assert.equal((await asked()).length, 1);
            assert.equal(await member.page.$eval('button.join', ({ disabled }) => disabled), false);
            await member.page.evaluate(() => {
                window.__devices.refuseWith = null;
            });
            for (const left of [1, 0]) {
                await member.page.click('.problem button');
                await until('the device works', async () => (await member.page.$$('.problem')).length === left, 10_000);
            }
            await until('the own picture', () => member.page.$eval('.preview video', (video) => video.videoWidth > 0), 10_000);
        });
    }

    test('tries a device that is busy three times, then says what may hold it and offers to try again', async () => {
        await enterLobby(2, { refuseWith: 'NotReadableError' });
        await member.page.waitForFunction(() => document.querySelectorAll('.problem').length === 2, { timeout: 15_000 });
        assert.match(await text('.problem'), /chương trình|program/);
        assert.deepEqual(
            (await asked()).map((wanted) => Object.keys(wanted).join()),
            ['video,audio', 'audio', 'audio', 'audio', 'video', 'video', 'video'],
        );
        await member.page.evaluate(() => {
            window.__devices.refuseWith = null;
        });
        await member.page.click('.problem button');
        await until('it works', async () => (await member.page.$$('.problem')).length === 1, 10_000);
    });

    test('in the room: a microphone pulled out is closed at once and nothing takes its place; back, it stays closed', async () => {
        await enterLobby(1);
        await member.page.click('button.join');
        await member.inRoom();
        await member.openMicrophone();
        const before = (await asked()).length;
        await member.page.evaluate(() => window.__witness.pull('audio', 'microphone'));
        await says(/Micro đã bị rút|microphone was unplugged/i);
        assert.equal(await tone('microphone'), 'off');
        assert.equal((await asked()).length, before, 'no other microphone was asked for');
        await member.page.evaluate(() => window.__witness.plug('microphone'));
        await says(/Micro đã có lại|microphone is back/i);
        await until('the same device is taken', async () => (await asked()).at(-1).audio?.deviceId?.exact === 'microphone', 5_000);
        assert.equal(await tone('microphone'), 'off');
    });

    test('in the room: for a camera pulled out the next one goes on', async () => {
        await enterLobby(1);
        await member.page.click('button.join');
        await member.inRoom();
        await member.page.evaluate(() => {
            window.__witness.more.push({ kind: 'videoinput', deviceId: 'second', groupId: 'site', label: 'Second camera' });
            window.__witness.pull('video', 'camera');
        });
        await says(/camera kế tiếp|next one/i);
        assert.equal((await asked()).at(-1).video.deviceId.exact, 'second');
        assert.equal(await tone('camera'), 'on');
    });

    test('in the room: the screen stays awake, and may sleep after', async () => {
        await enterLobby(1);
        assert.deepEqual(await member.page.evaluate(() => window.__witness.awake), []);
        await member.page.click('button.join');
        await member.inRoom();
        await until('awake', () => member.page.evaluate(() => window.__witness.awake[0] === 'screen'), 5_000);
        await member.leave();
        await until('released', () => member.page.evaluate(() => window.__witness.awake.at(-1) === 'released'), 5_000);
    });
});
