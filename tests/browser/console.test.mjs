// Administration in a browser, from the first start: the first administrator by his link, signing in, units by a table, a
// person, an appointment, the record of acts; each page judged by axe; and what an attacker would try. Chromium in
// Vietnamese, Firefox in English.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch } from './harness/browser.mjs';
import { startGateway } from './harness/gateway.mjs';
import { codeOf } from './harness/totp.mjs';
import { until } from './harness/until.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PASSWORD = 'bốn con voi đi qua cầu';
const PATIENCE = 8_000;

/** Texts that a careless page would run, or take for markup. */
const MARKUP = '<img src=x onerror="window.__attacked=1"><script>window.__attacked=1</script>';

const words = {
    vi: {
        later: 'Để sau',
        codes: 'Bật mã một lần',
        signIn: 'Đăng nhập',
        signOut: 'Đăng xuất',
        setAndSignIn: 'Đặt và đăng nhập',
        linkUsed: 'Liên kết này đã dùng, đã bị thay hoặc quá hạn.',
        wrong: 'Tên, mật khẩu hoặc mã không đúng.',
        wait: 'Sai quá nhiều lần',
        importUnits: 'Nhập CSV…',
        take: 'Nhập',
        see: 'Xem trước',
        confirm: 'Thực hiện',
        rename: 'Đổi tên',
        addPerson: 'Thêm người',
        appoint: 'Giao quyền',
        addRoom: 'Thêm phòng',
        bookMeeting: '+ Lập cuộc họp',
        book: 'Lập',
        bookAnyway: 'Vẫn lập dù trùng',
        conflicts: 'Trùng lịch',
        weekly: 'weekly',
        list: 'Danh sách',
        links: 'Liên kết',
        makeLink: 'Tạo liên kết',
        check: 'Kiểm tra toàn vẹn',
        holds: 'Nguyên vẹn',
        appointed: 'Giao quyền quản trị',
        renamed: 'Đổi tên đơn vị',
        badCode: 'Mã không hợp lệ.',
        search: 'Tìm theo tên hoặc mã (không cần dấu)',
    },
    en: {
        later: 'Later',
        codes: 'Use one-time codes',
        signIn: 'Sign in',
        signOut: 'Sign out',
        setAndSignIn: 'Set and sign in',
        linkUsed: 'This link was used, replaced, or is too old.',
        wrong: 'Name, password or code is wrong.',
        wait: 'Too many failures',
        importUnits: 'CSV in…',
        take: 'Take it in',
        see: 'See what would change',
        confirm: 'Do it',
        rename: 'Rename',
        addPerson: 'Add a person',
        appoint: 'Appoint',
        addRoom: 'Add a room',
        bookMeeting: '+ Book a meeting',
        book: 'Book',
        bookAnyway: 'Book despite conflicts',
        conflicts: 'Conflicts',
        weekly: 'weekly',
        list: 'List',
        links: 'Links',
        makeLink: 'Make a link',
        check: 'Check the record',
        holds: 'Whole',
        appointed: 'Administrator appointed',
        renamed: 'Unit renamed',
        badCode: 'This is no code.',
        search: 'Find by name or code (without marks)',
    },
};

/** Runs in the page before it loads: notes what the page's own rules had to stop. */
const witness = () => {
    window.__violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => window.__violations.push(violatedDirective));
};

/** A page of the console, driven by what a person sees. */
async function openConsole(browser, language) {
    const page = await browser.browser.newPage();
    await page.setViewport({ width: 1366, height: 768 });
    await page.evaluateOnNewDocument(witness);
    await page.evaluateOnNewDocument((l) => localStorage.setItem('giaoban.language', l), language);
    const text = () => page.evaluate(() => document.body.innerText);
    const sees = (what) => until(async () => `${what} in: ${(await text()).slice(0, 1500)}`, async () => (await text()).includes(what), PATIENCE);
    const press = async (name) => {
        const find = () =>
            page.evaluateHandle((wanted) => {
                const dialog = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
                return [...dialog.querySelectorAll('button, a, summary')].find((one) => one.innerText?.trim() === wanted && !one.disabled) ?? null;
            }, name);
        const button = await until(`button ${name}`, async () => (await find()).asElement(), PATIENCE);
        // A page that comes takes the focus to its heading.
        await page.waitForSelector('h1');
        await button.evaluate((one) => one.focus());
        await page.keyboard.press('Enter');
    };
    const field = async (place, value) => {
        const input = await until(`field ${place}`, () => page.$(place), PATIENCE);
        await input.evaluate((one) => one.select?.());
        await input.type(value);
    };
    return { page, sees, press, field, text };
}

const inputs = (page) => page.$$('main form input');

for (const [kind, language] of [
    ['chromium', 'vi'],
    ['firefox', 'en'],
]) {
    describe(`the console, ${language}, ${kind}`, () => {
        const say = words[language];
        let gateway;
        let browser;
        let files;
        let console_;
        let secret;
        before(async () => {
            gateway = await startGateway();
            browser = await launch(kind);
            files = await mkdtemp(join(tmpdir(), 'giaoban-tables-'));
            console_ = await openConsole(browser, language);
        });
        after(async () => {
            await browser?.close();
            await gateway?.stop();
            if (files !== undefined) await rm(files, { recursive: true, force: true });
        });

        const judge = async (where) => {
            const { page } = console_;
            await page.evaluate(axe);
            const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), rules);
            const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).slice(0, 3).join(', ')}`);
            assert.deepEqual(found, [], where);
        };
        const judgeThemes = async (where) => {
            for (const theme of ['dark', 'light', 'contrast']) {
                await console_.page.evaluate((t) => {
                    document.documentElement.dataset.theme = t;
                    return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 150)));
                }, theme);
                await judge(`${where}, ${theme}`);
            }
        };

        test('the one-time link sets name, password and one-time codes, and is then dead', async () => {
            const { page, press, sees } = console_;
            await page.goto(gateway.administrator);
            await until('the form', async () => (await inputs(page)).length === 3, PATIENCE);
            assert.ok(!page.url().includes('#'), 'the secret stays in the address');
            await judgeThemes('first administrator');
            for (const [number, value] of ['tong', PASSWORD, PASSWORD].entries()) await (await inputs(page))[number].type(value);
            await press(say.setAndSignIn);
            await until('the QR code', () => page.$('.qr'), PATIENCE);
            secret = await page.$eval('.secret', ({ textContent }) => textContent);
            await judge('one-time codes');
            await (await inputs(page))[0].type(codeOf(secret));
            await press(say.codes);
            await until('the console', async () => page.url().endsWith('/admin/units'), PATIENCE);

            await page.goto(gateway.administrator);
            await until('the form', async () => (await inputs(page)).length === 3, PATIENCE);
            for (const [number, value] of ['khac', PASSWORD, PASSWORD].entries()) await (await inputs(page))[number].type(value);
            await press(say.setAndSignIn);
            await sees(say.linkUsed);
        });

        test('signing out and in again leads back to the page that was asked for, and nowhere else', async () => {
            const { page, press, sees } = console_;
            await page.goto(`${gateway.origin}/admin/people`);
            await press(say.signOut);
            await until('sign-in', async () => page.url().endsWith('/sign-in'), PATIENCE);
            await judgeThemes('sign-in');
            await page.goto(`${gateway.origin}/admin/people`);
            await until('sign-in', async () => page.url().includes('/sign-in?return=%2Fadmin%2Fpeople'), PATIENCE);
            const give = async (password) => {
                const [login, field] = await until('fields', async () => ((await inputs(page)).length >= 2 ? inputs(page) : null), PATIENCE);
                for (const [input, value] of [[login, 'tong'], [field, password]]) {
                    await input.evaluate((one) => one.select());
                    await input.type(value);
                }
                await page.keyboard.press('Enter');
            };
            await give('sai mật khẩu rồi');
            await sees(say.wrong);
            await give(PASSWORD);
            await until('the code is asked for', () => page.$('[name=code]'), PATIENCE);
            await page.keyboard.type(codeOf(secret, 1));
            await page.keyboard.press('Enter');
            await until('the page asked for', async () => page.url().endsWith('/admin/people'), PATIENCE);
            for (const evil of ['https://evil.example/', '//evil.example/', '/\\evil.example', '/.//evil.example', 'javascript:window.__attacked=1']) {
                await page.goto(`${gateway.origin}/sign-in?return=${encodeURIComponent(evil)}`);
                await until(evil, async () => page.url() === `${gateway.origin}/admin/units`, PATIENCE);
            }
        });

        test('a table of units is tried before it is taken in, and its bad lines are named', async () => {
            const { page, press, sees } = console_;
            const choose = async (name, text) => {
                const table = join(files, name);
                await writeFile(table, text);
                const input = await until('the field', () => page.$('dialog input[type=file]'), PATIENCE);
                await input.uploadFile(table);
            };
            await page.goto(`${gateway.origin}/admin/units`);
            await press(say.importUnits);
            await choose('bad.csv', 'code,name,parent\nBO,Bộ Chỉ huy,\nmã sai,X,BO\n');
            await sees(say.badCode);
            await choose('good.csv', `code,name,parent\nBO,Bộ Chỉ huy,\nQK1,Quân khu 1,BO\nT1,Tỉnh Điện Biên,QK1\nT2,"${MARKUP.replaceAll('"', '""')}",QK1\n`);
            await sees('Tỉnh Điện Biên');
            await judge('a table that is tried');
            await press(say.take);
            await until('the tree', async () => (await page.$$('.tree [role=treeitem]')).length >= 2, PATIENCE);
            await sees('Bộ Chỉ huy');
            await judgeThemes('units');
        });

        test('a change of a unit is shown before it is made', async () => {
            const { page, press, field, sees } = console_;
            await page.goto(`${gateway.origin}/admin/units?unit=2`);
            await sees('Quân khu 1');
            await press(say.rename);
            await field('dialog input', 'Quân khu Tây Bắc');
            await press(say.see);
            await until('the preview', () => page.$('dialog tbody tr'), PATIENCE);
            await judge('a preview');
            await press(say.confirm);
            await until('the new name', async () => (await page.$eval('h1', ({ textContent }) => textContent)) === 'Quân khu Tây Bắc', PATIENCE);
        });

        test('a person is entered, found without marks, and appointed', async () => {
            const { page, press, field, sees } = console_;
            await page.goto(`${gateway.origin}/admin/people?unit=3`);
            await press(say.addPerson);
            await until('the dialog', () => page.$('dialog form'), PATIENCE);
            const [code, name, rank, duty] = await page.$$('dialog form input:not([type=search])');
            for (const [input, value] of [[code, 'P-01'], [name, 'Đặng Thị Hường'], [rank, MARKUP], [duty, '=HYPERLINK("x")']]) await input.type(value);
            await judge('a new person');
            await press(say.addPerson);
            await sees('Đặng Thị Hường');
            await field('main input[type=search]', 'dang thi huong');
            await until('one found', async () => (await page.$$('main tbody tr')).length === 1, PATIENCE);
            await judgeThemes('people');
            await press('Đặng Thị Hường');
            await until('the dialog', () => page.$('dialog .sections'), PATIENCE);
            await judge('a person');
            await press(say.appoint);
            await until('appointed', async () => (await page.$$('dialog .places-of li')).length === 1, PATIENCE);
        });

        test('a room is made, and a link made for it leads into its lobby', async () => {
            const { page, press, field, sees } = console_;
            await page.goto(`${gateway.origin}/admin/rooms?unit=2`);
            await press(say.addRoom);
            await field('dialog input', 'Giao ban tuần 47');
            await judge('a new room');
            await press(say.addRoom);
            await sees('Giao ban tuần 47');
            await judgeThemes('rooms');
            await press(say.links);
            await field('dialog input', 'Tỉnh Điện Biên');
            await press(say.makeLink);
            const link = await until('the link', () => page.$eval('dialog input[readonly]', ({ value }) => value).catch(() => null), PATIENCE);
            await until('it is listed', async () => (await page.$$('dialog .places-of li')).length === 1, PATIENCE);
            await judge('links of a room');
            const site = await browser.browser.newPage();
            await site.goto(link);
            await until('the lobby', () => site.evaluate(() => document.body.innerText.includes('Giao ban tuần 47') && document.body.innerText.includes('Tỉnh Điện Biên')), PATIENCE);
            await site.close();
        });

        test('a weekly briefing is booked, and another at the same time is warned of', async () => {
            const { page, press, field, sees } = console_;
            await page.goto(`${gateway.origin}/admin/calendar`);
            await until('the week', () => page.$('.column'), PATIENCE);
            const book = async (title) => {
                await press(say.bookMeeting);
                await field('dialog input', title);
                const room = await until('a room', () => page.$('dialog .picker select'), PATIENCE);
                const value = await until('the room', () => room.$$eval('option', (all) => all.find((one) => one.textContent.includes('47'))?.value), PATIENCE);
                await room.select(value);
                const select = (await page.$$('dialog .form.wide select')).at(1);
                await select.select(say.weekly);
                await page.$eval('dialog input[type=time]', (one) => {
                    one.value = '23:45';
                    one.dispatchEvent(new Event('input', { bubbles: true }));
                });
                await judge('a booking');
                await press(say.see);
            };
            await book('Giao ban đầu tuần');
            await press(say.book);
            await until('it stands in the week', () => page.$('.block'), PATIENCE);
            await judgeThemes('the week');
            await book('Họp trùng giờ');
            await sees(say.conflicts);
            await judge('a conflict');
            await press(say.bookAnyway);
            await until('both stand there', async () => (await page.$$('.block')).length === 2, PATIENCE);
            await press(say.list);
            await until('the list', async () => (await page.$$('main tbody tr')).length >= 8, PATIENCE);
            await judgeThemes('the list');
        });

        test('the record names who did it and holds', async () => {
            const { page, press, sees } = console_;
            await page.goto(`${gateway.origin}/admin/acts`);
            await sees(say.appointed);
            await sees(say.renamed);
            await press(say.check);
            await sees(say.holds);
            await judgeThemes('acts');
            await page.goto(`${gateway.origin}/admin/acts?kind=appoint`);
            // The first administrator's own, and this one.
            await until('two acts', async () => (await page.$$('main tbody tr')).length === 2, PATIENCE);
        });

        test('what strangers write is shown as they wrote it and never runs', async () => {
            const { page, sees } = console_;
            for (const path of ['/admin/units?unit=2', '/admin/people', '/admin/acts', '/account']) {
                await page.goto(gateway.origin + path);
                if (path !== '/account') await until('the page', () => page.$('main tbody tr'), PATIENCE);
                if (path !== '/account' && path !== '/admin/acts') await sees(MARKUP);
                for (const summary of await page.$$('td summary')) await summary.evaluate((one) => one.click());
                const found = await page.evaluate(() => [window.__attacked ?? null, document.querySelectorAll('main img, main script').length, window.__violations]);
                assert.deepEqual(found, [null, 0, []], path);
            }
            const table = await page.evaluate(() => fetch('/api/v1/people.csv').then((answer) => answer.text()));
            assert.ok(table.includes(`"'=HYPERLINK(""x"")"`), table);
        });

        test('pages fit a telephone', async () => {
            const { page } = console_;
            await page.setViewport({ width: 360, height: 800 });
            for (const path of ['/admin/calendar', '/admin/units?unit=2', '/admin/people', '/admin/rooms', '/admin/acts', '/account', '/account/briefings']) {
                await page.goto(gateway.origin + path);
                await until('the page', () => page.$('h1'), PATIENCE);
                const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                assert.ok(wide <= 0, `${path}: ${wide} px too wide`);
                await judge(`${path}, telephone`);
            }
        });

        test('whoever guesses is told how long to wait', async () => {
            const { page, press, sees } = console_;
            await page.setViewport({ width: 1366, height: 768 });
            await page.goto(`${gateway.origin}/account`);
            await press(say.signOut);
            await until('sign-in', async () => (await inputs(page)).length >= 2, PATIENCE);
            const [login, password] = await inputs(page);
            await login.type('tong');
            await password.type('không phải mật khẩu');
            for (let attempt = 0; attempt < 5; attempt += 1) {
                await page.keyboard.press('Enter');
                await sees(say.wrong);
                await until('ready', () => page.$('main form .primary:not(:disabled)'), PATIENCE);
            }
            await page.keyboard.press('Enter');
            await sees(say.wait);
            assert.match(await page.$eval('main form', ({ innerText }) => innerText), /\b(?:2\d|30)\b/);
        });
    });
}
