// A page of text that is shared can be read by the third participant: after a minute, after his page was in the background,
// and by who joins late. Who reads is tesseract (https://github.com/tesseract-ocr/tesseract), from Debian.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { startGateway } from './harness/gateway.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { until } from './harness/until.mjs';

const DEADLINE = 20_000;
const LEAST = 0.95;
const SMALL = { width: 320, height: 180, rate: 5 };
const TEXT = [
    'Situation report of the morning, to be read by every site before the briefing.',
    '1. Water level at the northern gauge 3.42 m, rising 4 cm an hour since midnight.',
    '2. Two pumps of station 7 are out of order; spare parts leave the depot at 09:30.',
    '3. Road 15 is closed between kilometres 41 and 48; lorries go round by road 27.',
    '4. Power was lost in 312 households and came back in 290 of them before dawn.',
    '5. The crews of teams 2, 5 and 9 have been relieved; team 4 stays until noon.',
    '6. Reserve of fuel: 18,600 litres of diesel, 2,150 litres of petrol, 96 canisters.',
    '7. The school in the valley takes in 140 people; blankets for 60 more are needed.',
    '8. Weather: rain of 30 to 50 mm until the evening, wind from the east, gusts of 62 km/h.',
    '9. Radio channel 3 is kept free for the boats; all others use channels 6 and 11.',
    'Questions to be decided: who sends the second generator, and by which road it goes.',
    'The next report is due at 14:00. Corrections by telephone to extension 2047.',
];

/** The least number of characters to be put in, taken out or changed between two texts. */
function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, n) => n);
    for (let i = 1; i <= a.length; i += 1) {
        const next = [i];
        for (let j = 1; j <= b.length; j += 1) {
            next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        }
        row = next;
    }
    return row[b.length];
}

/** The share of the characters that are read right in a picture. */
function readable(picture) {
    const read = execFileSync('tesseract', ['stdin', 'stdout', '--psm', '6'], { input: picture, stdio: ['pipe', 'pipe', 'ignore'] });
    const dense = (text) => text.replace(/\s+/g, '');
    const wanted = dense(TEXT.join(''));
    return 1 - distance(dense(read.toString()), wanted) / wanted.length;
}

describe('a page of text on a shared screen', () => {
    let gateway;
    let members;
    let shared;
    before(async () => {
        gateway = await startGateway();
        const sharing = { ...SMALL, text: TEXT };
        members = [
            await enter('chromium', gateway, 0, { site: SMALL }),
            await enter('chromium', gateway, 1, { site: sharing }),
            await enter('firefox', gateway, 2, { site: SMALL }),
        ];
        const [chair, sharer] = members;
        await sharer.page.click('[data-tool="share"]');
        await chair.pinScreen(sharer);
        shared = performance.now();
    });
    after(() => closeAll(members ?? [], gateway));

    /** What stands on the stage now, as a picture twice as large. */
    const stage = async (member) => {
        const picture = (await member.pictures()).find(({ where }) => where === 'stage');
        if (picture?.kind !== 'screen' || !picture.shown) return null;
        const url = await member.page.evaluate(() => {
            const video = document.querySelector('figure.stage video');
            const canvas = document.createElement('canvas');
            canvas.width = video.videoWidth * 2;
            canvas.height = video.videoHeight * 2;
            canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
            return canvas.toDataURL('image/png');
        });
        return Buffer.from(url.split(',')[1], 'base64');
    };
    const reads = async (member, deadline = DEADLINE) => {
        let best = 0;
        await until(
            () => `${member.name} reads ${(best * 100).toFixed(1)} %`,
            async () => {
                const picture = await stage(member);
                if (picture !== null) best = Math.max(best, readable(picture));
                return best >= LEAST;
            },
            deadline,
            500,
        );
        console.log(`# ${member.kind} reads ${(best * 100).toFixed(1)} %`);
    };
    const hide = (member, hidden) =>
        member.page.evaluate((value) => {
            Object.defineProperty(document, 'hidden', { value, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }, hidden);

    test('can be read by the third participant at once and a minute later', async () => {
        await reads(members[2]);
        await until('a minute', () => performance.now() - shared > 60_000, 70_000, 500);
        await reads(members[2], 2_000);
    });

    test('can be read again after the page was in the background', async () => {
        const decoded = async () =>
            (await members[2].statistics())
                .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
                .reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0);
        await hide(members[2], true);
        let before = -1;
        await until('pictures stop', async () => {
            const now = await decoded();
            const stopped = now === before;
            before = now;
            return stopped;
        }, DEADLINE, 2_000);
        await hide(members[2], false);
        await reads(members[2]);
    });

    test('can be read by who joins late', async () => {
        members.push(await enter('chromium', gateway, 3, { site: SMALL }));
        await reads(members[3]);
    });

    test('no page met an error of its own', () => {
        for (const { faults } of members) assert.deepEqual(faults, []);
    });
});
