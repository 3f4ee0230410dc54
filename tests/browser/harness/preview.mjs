// The web client's pages over a room that is made up (web/test/preview): every state of every page, without a gateway.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { launch } from './browser.mjs';

const web = join(import.meta.dirname, '../../../web');
/** In this run's own namespace nobody else has it. */
const PORT = 5173;

/** Starts the development server and a browser; resolves to what opens pages. */
export async function startPreview(kind = 'chromium') {
    const server = spawn(process.execPath, ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', String(PORT), '--strictPort'], {
        cwd: web,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NO_COLOR: '1' },
    });
    await new Promise((resolve, reject) => {
        createInterface({ input: server.stdout }).on('line', (line) => line.includes('Local:') && resolve());
        server.on('exit', () => reject(new Error('the development server ended')));
    });
    const browser = await launch(kind);
    return {
        /** Opens a page of its own; `query` as web/test/preview/main.tsx reads it. */
        async open(query, { width = 1366, height = 768 } = {}) {
            const page = await browser.browser.newPage();
            await page.setViewport({ width, height });
            await page.goto(`http://127.0.0.1:${PORT}/test/preview/?${query}`);
            await page.waitForSelector('main, .room');
            await page.evaluate(() => document.fonts.ready.then(() => true));
            return page;
        },
        async close() {
            await browser.close();
            server.kill('SIGTERM');
        },
    };
}
