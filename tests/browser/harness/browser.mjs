// Starts browsers that a test can trust: no network service of their own, fake permissions, and camera and
// microphone replaced before a page loads.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const devices = readFileSync(new URL('../page/devices.js', import.meta.url), 'utf8');
const observer = readFileSync(new URL('../page/observer.js', import.meta.url), 'utf8');

const chromiumArguments = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-default-apps',
    '--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,OptimizationHints',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
];

const firefoxPreferences = {
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'network.manage-offline-status': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'toolkit.telemetry.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.update.disabledForTesting': true,
    'dom.min_background_timeout_value': 4,
};

/** The browsers' own make-believe devices: a page that captures these counts as capturing in their rules for sound. */
const fakeDevices = {
    chromium: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    firefox: { 'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true },
};

const anySound = {
    chromium: ['--autoplay-policy=no-user-gesture-required'],
    firefox: { 'media.autoplay.default': 0 },
};

/**
 * Starts a browser of its own for one site.
 *
 * `kind` is `chromium` or `firefox`; `realAutoplay` leaves the browser's own rules for sound in force;
 * `capture` gives it the browser's own fake camera and microphone.
 */
export async function launch(kind, { width = 1366, height = 768, realAutoplay = false, capture = false } = {}) {
    const profile = await mkdtemp(join(tmpdir(), `giaoban-${kind}-`));
    const browser =
        kind === 'chromium'
            ? await puppeteer.launch({
                  browser: 'chrome',
                  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
                  headless: true,
                  pipe: true,
                  acceptInsecureCerts: true,
                  userDataDir: profile,
                  args: [
                      ...chromiumArguments,
                      ...(realAutoplay ? [] : anySound.chromium),
                      ...(capture ? fakeDevices.chromium : []),
                      `--window-size=${width},${height}`,
                  ],
                  defaultViewport: { width, height },
              })
            : await puppeteer.launch({
                  browser: 'firefox',
                  executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
                  headless: true,
                  acceptInsecureCerts: true,
                  userDataDir: profile,
                  extraPrefsFirefox: {
                      ...firefoxPreferences,
                      ...(realAutoplay ? {} : anySound.firefox),
                      ...(capture ? fakeDevices.firefox : {}),
                  },
                  defaultViewport: { width, height },
              });
    return {
        kind,
        browser,
        close: async () => {
            await browser.close().catch(() => {});
            await rm(profile, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

/** Opens a page whose camera and microphone are the site's own colour and tone; `site` is null for none. */
export async function openPage({ browser, kind }, site, another = false) {
    const page = kind === 'chromium' && !another ? (await browser.pages())[0] : await browser.newPage();
    await page.evaluateOnNewDocument(observer);
    if (site !== null) await page.evaluateOnNewDocument(`window.__site = ${JSON.stringify(site)};\n${devices}`);
    return page;
}
