import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserOf, diagnosisOf, type Present } from '../../src/state/diagnosis';
import { Diary } from '../../src/state/diary';

const PLANTED = [
  'Sở chỉ huy tỉnh X',
  '192.0.2.77',
  '2001:db8::77',
  'c2VjcmV0LWxpbmstbWF0ZXJpYWw',
  'a=fingerprint:sha-256 AA:BB',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'HD Webcam (046d:0825)',
  'ice-ufrag-0aF3',
];

/** A report as browsers give it, with something private in every place for text. */
function report(): [string, unknown][] {
  const planted = Object.fromEntries(
    PLANTED.map((text, index) => [
      ['address', 'ip', 'url', 'label', 'trackIdentifier', 'mid', 'id', 'usernameFragment'][index],
      text,
    ]),
  );
  return [
    [
      'T',
      {
        ...planted,
        type: 'transport',
        iceState: 'connected',
        dtlsState: 'connected',
        tlsVersion: 'FEFC',
        srtpCipher: 'AEAD_AES_256_GCM',
        bytesSent: 5,
        localCertificateId: PLANTED[4],
      },
    ],
    [
      'P',
      {
        ...planted,
        type: 'candidate-pair',
        state: 'succeeded',
        nominated: true,
        localCandidateId: 'L',
        currentRoundTripTime: 0.031,
      },
    ],
    ['L', { ...planted, type: 'local-candidate', candidateType: 'host', protocol: 'udp', port: 4000 }],
    ['R', { ...planted, type: 'remote-candidate', candidateType: 'host', protocol: 'udp' }],
    ['C', { ...planted, type: 'certificate', fingerprint: PLANTED[4], base64Certificate: PLANTED[3] }],
    ['K', { ...planted, type: 'codec', mimeType: 'video/VP8', sdpFmtpLine: PLANTED[5] }],
    [
      'I',
      {
        ...planted,
        type: 'inbound-rtp',
        kind: 'video',
        codecId: 'K',
        packetsLost: 3,
        freezeCount: 1,
        decoderImplementation: PLANTED[0],
      },
    ],
    [
      'O',
      {
        ...planted,
        type: 'outbound-rtp',
        kind: 'video',
        rid: PLANTED[0],
        qualityLimitationReason: PLANTED[1],
        framesEncoded: 9,
      },
    ],
  ];
}

const present = (): Present => ({
  phase: { name: 'ended', reason: 'removed', error: null, by: PLANTED[0] ?? '' },
  camera: { name: 'on', deviceId: PLANTED[3] ?? '', label: PLANTED[6] ?? '', width: 1280, height: 720 },
  microphone: { name: 'failed', problem: 'busy' },
  agent: `Mozilla/5.0 (X11; Linux x86_64; ${PLANTED[0]}) AppleWebKit/537.36 Chrome/156.0.0.0 ${PLANTED[1]}`,
  cores: 4,
});

describe('the file for a failed call', () => {
  it('holds what tells of the failure', () => {
    let now = 0;
    const diary = new Diary(() => now);
    diary.phase({ name: 'live' });
    now = 2500;
    diary.media(false);
    diary.notice({ name: 'error', error: 'slow_consumer' });
    diary.network({ bars: 1, rtt: 420, loss: 0.2, sending: 10, receiving: 20 });
    diary.counters(report());
    diary.counters([]);
    const file = diagnosisOf(diary.notes(), present());
    expect(file.phase).toBe('ended:removed');
    expect([file.camera, file.microphone]).toEqual(['on', 'failed:busy']);
    expect(file.events).toEqual([
      { at: 0, what: 'phase', word: 'live' },
      { at: 2.5, what: 'media', word: 'down' },
      { at: 2.5, what: 'notice', word: 'error:slow_consumer' },
    ]);
    expect(file.transport).toMatchObject({ dtlsState: 'connected', srtpCipher: 'AEAD_AES_256_GCM' });
    expect(file.path).toEqual({ currentRoundTripTime: 0.031, candidateType: 'host', protocol: 'udp' });
    expect(file.streams[0]).toMatchObject({ kind: 'video', mimeType: 'video/VP8', packetsLost: 3 });
    expect(file.readings).toHaveLength(1);
  });

  it('holds no name, address, key, label or description, wherever the browser puts one', () => {
    const diary = new Diary(() => 0);
    diary.counters(report());
    diary.phase(present().phase);
    const text = JSON.stringify(diagnosisOf(diary.notes(), present()));
    for (const planted of PLANTED) expect(text).not.toContain(planted);
  });

  it('takes no text that is not of a closed list, whatever field it stands in', () => {
    const rows = report().map(([id, row]) => {
      const filled = Object.entries(row as Record<string, unknown>).map(([field, value]) => [
        field,
        typeof value === 'string' && !['type', 'state'].includes(field) && !field.endsWith('Id')
          ? 'planted'
          : value,
      ]);
      return [id, Object.fromEntries(filled)] as [string, unknown];
    });
    const diary = new Diary(() => 0);
    diary.counters(rows);
    expect(JSON.stringify(diagnosisOf(diary.notes(), present()))).not.toContain('planted');
  });

  it('stays small however long the call was', () => {
    const diary = new Diary(() => 0);
    for (let turn = 0; turn < 1000; turn += 1) {
      diary.media(turn % 2 === 0);
      diary.network({ bars: 3, rtt: turn, loss: 0, sending: 1, receiving: 1 });
    }
    const many = Array.from(
      { length: 500 },
      (_, id) => [`${id}`, { type: 'inbound-rtp', kind: 'video', packetsLost: id }] as [string, unknown],
    );
    diary.counters(many);
    expect(JSON.stringify(diagnosisOf(diary.notes(), present())).length).toBeLessThan(60_000);
  });

  it('names every field in its documentation', () => {
    const diary = new Diary(() => 0);
    const words = readFileSync(join(import.meta.dirname, '../../../docs/diagnosis.md'), 'utf8');
    for (const field of Object.keys(diagnosisOf(diary.notes(), present())))
      expect(words, field).toContain(`\`${field}\``);
  });
});

describe('the browser', () => {
  it('is one of those that are known', () => {
    expect(browserOf('Mozilla/5.0 (Windows NT 10.0; rv:153.0) Gecko/20100101 Firefox/153.0')).toEqual({
      name: 'firefox',
      major: 153,
      system: 'windows',
    });
    expect(browserOf('Mozilla/5.0 (Linux; Android 15) Chrome/156.0.0.0 Mobile')).toEqual({
      name: 'chromium',
      major: 156,
      system: 'android',
    });
    expect(browserOf('something else')).toEqual({ name: 'other', major: 0, system: 'other' });
  });
});
