// What was agreed with each browser, by the gateway's own account and by the browser's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { metric, startGateway } from './harness/gateway.mjs';
import { closeAll, enter } from './harness/room.mjs';
import { until } from './harness/until.mjs';

for (const kind of ['chromium', 'firefox']) {
    describe(`${kind} and the gateway`, () => {
        let gateway;
        let member;
        before(async () => {
            gateway = await startGateway();
            member = await enter(kind, gateway, 0);
        });
        after(() => closeAll(member, gateway));

        test('agree on DTLS 1.3, X25519MLKEM768 and AEAD_AES_256_GCM for media', async () => {
            const counted = async (labels) => metric(await gateway.metrics(), 'giaoban_media_handshakes_total', labels);
            await until('a media handshake', async () => (await counted({})) > 0, 20_000);
            assert.equal(await counted({}), 1);
            assert.equal(await counted({ version: 'DTLS 1.3', group: 'X25519MLKEM768', profile: 'AEAD_AES_256_GCM' }), 1);
        });

        test('agree on TLS 1.3 and X25519MLKEM768 for everything else', async () => {
            const text = await gateway.metrics();
            const all = metric(text, 'giaoban_tls_handshakes_total');
            assert.ok(all > 0);
            assert.equal(metric(text, 'giaoban_tls_handshakes_total', { version: 'TLSv1_3', group: 'X25519MLKEM768' }), all);
        });

        test('the browser says the same of the media path', async () => {
            await until('a transport', async () => (await member.statistics()).some(({ dtlsState }) => dtlsState === 'connected'), 20_000);
            const transport = (await member.statistics()).find(({ dtlsState }) => dtlsState === 'connected');
            // No browser names the group of a DTLS handshake.
            assert.equal(transport.srtpCipher, 'SRTP_AEAD_AES_256_GCM');
            assert.equal(transport.tlsVersion.toUpperCase(), 'FEFC');
        });
    });
}
