import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { roomCodecs } from '../../src/engine/codecs';
import { Peer } from '../../src/engine/peer';
import { RequestError } from '../../src/engine/socket';
import type { WireSection } from '../../src/gen/wire';
import { FakePeerConnection, installFakePeer } from './fake-peer';

interface Offer {
  peer: number;
  sections: WireSection[];
  answer(session?: string, fingerprint?: string): Promise<void>;
  fail(code: RequestError['code']): Promise<void>;
}

let offers: Offer[];
let log: string[];
let peer: Peer;

vi.mock('../../src/engine/sdp', () => ({ packSdp: (sdp: string) => Promise.resolve(sdp) }));

const settle = async () => void (await vi.advanceTimersByTimeAsync(0));

function offer(index: number): Offer {
  const made = offers[index];
  if (made === undefined) throw new Error(`no offer ${index}`);
  return made;
}

beforeEach(() => {
  vi.useFakeTimers({ now: 50_000 });
  installFakePeer(vi.stubGlobal);
  offers = [];
  log = [];
  peer = new Peer({
    offer: (id, _sdp, sections) =>
      new Promise((resolve, reject) => {
        offers.push({
          peer: id,
          sections,
          answer: (session = '7', fingerprint = 'A') => {
            resolve(`v=0\r\no=- ${session} 2 IN IP4 0.0.0.0\r\na=fingerprint:${fingerprint}\r\n`);
            return settle();
          },
          fail: (code) => {
            reject(new RequestError(code));
            return settle();
          },
        });
      }),
    onConnected: (connected) => void log.push(connected ? 'up' : 'down'),
    onRebuilt: () => void log.push('rebuilt'),
    onSlots: () => void log.push('slots'),
    onRefused: (code) => void log.push(code),
  });
});

afterEach(() => {
  peer.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connect(): Promise<void> {
  peer.socketOpened();
  await settle();
  await offer(0).answer();
  FakePeerConnection.last().path('connected', 'connected');
}

describe('the first offer', () => {
  it('holds four sources, five sounds, the stage and four tiles, and names them', async () => {
    await connect();
    expect(offer(0).sections.map(({ purpose }) => purpose)).toEqual([
      { source: 'microphone' },
      { source: 'camera' },
      { source: 'screen' },
      { source: 'screen_audio' },
      ...Array.from({ length: 10 }, (_, slot) => ({ slot })),
    ]);
    const kinds = FakePeerConnection.last().transceivers.map(({ kind }) => kind[0]);
    expect(kinds.join('')).toBe('avvaaaaaavvvvv');
  });

  it('asks nobody outside for a way', async () => {
    await connect();
    expect(FakePeerConnection.last().configuration.iceServers).toEqual([]);
  });

  it('sends the camera in three layers, smallest first', async () => {
    await connect();
    const encodings = FakePeerConnection.last().transceivers[1]?.init.sendEncodings;
    expect(encodings?.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy])).toEqual([
      ['q', 4],
      ['h', 2],
      ['f', 1],
    ]);
  });

  it('makes fewer layers of a small picture, the largest of them always the whole', async () => {
    const active = () =>
      FakePeerConnection.last()
        .transceivers[1]?.init.sendEncodings?.filter((encoding) => encoding.active)
        .map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
    await connect();
    for (const [width, height, layers] of [
      [640, 360, [2, 1]],
      [320, 180, [1]],
      [1280, 720, [4, 2, 1]],
    ] as const) {
      peer.setTrack('camera', { getSettings: () => ({ width, height }) } as MediaStreamTrack);
      await settle();
      expect(active()).toEqual(layers);
    }
  });

  it('names the room’s codecs and nothing else', () => {
    const codec = (mimeType: string) => ({ mimeType, clockRate: 1 });
    const all = ['video/VP8', 'video/rtx', 'video/VP9', 'video/red'].map(codec);
    expect(roomCodecs(all, 'video').map(({ mimeType }) => mimeType)).toEqual(['video/VP8', 'video/rtx']);
  });
});

describe('tracks', () => {
  it('come and go without an offer', async () => {
    const track = { getSettings: () => ({}) } as MediaStreamTrack;
    peer.setTrack('camera', track);
    await connect();
    const sender = FakePeerConnection.last().transceivers[1]?.sender;
    expect(sender?.track).toBe(track);
    peer.setTrack('camera', null);
    expect(sender?.track).toBeNull();
    expect(offers).toHaveLength(1);
  });
});

describe('the pool of tiles', () => {
  it('grows by one offer and never shrinks', async () => {
    await connect();
    const stage = peer.slotStream(5);
    peer.ensureTiles(6);
    await settle();
    await offer(1).answer();
    peer.ensureTiles(2);
    await settle();
    expect(offers).toHaveLength(2);
    expect(offer(1).sections).toHaveLength(4 + 6 + 9);
    expect(offer(1).peer).toBe(offer(0).peer);
    expect(peer.slotStream(5)).toBe(stage);
  });

  it('grows once more when it was asked to while an offer was on its way', async () => {
    peer.socketOpened();
    await settle();
    peer.ensureTiles(20);
    await settle();
    expect(offers).toHaveLength(1);
    await offer(0).answer();
    expect(offer(1).sections).toHaveLength(4 + 6 + 25);
  });
});

describe('a path that dies', () => {
  it('is restarted after two seconds on the same connection', async () => {
    await connect();
    FakePeerConnection.last().path('disconnected', 'disconnected');
    await vi.advanceTimersByTimeAsync(1900);
    expect(offers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(FakePeerConnection.last().iceRestarts).toBe(1);
    expect(offer(1).peer).toBe(offer(0).peer);
  });

  it('that comes back by itself is left alone', async () => {
    await connect();
    FakePeerConnection.last().path('disconnected', 'disconnected');
    await vi.advanceTimersByTimeAsync(1000);
    FakePeerConnection.last().path('connected', 'connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(offers).toHaveLength(1);
  });

  it('is restarted at once when the network wakes', async () => {
    await connect();
    FakePeerConnection.last().path('disconnected', 'disconnected');
    peer.wake();
    expect(FakePeerConnection.last().iceRestarts).toBe(1);
  });

  it('for good makes a new connection with another number', async () => {
    await connect();
    await vi.advanceTimersByTimeAsync(5000);
    FakePeerConnection.last().path('failed', 'failed');
    await settle();
    expect(FakePeerConnection.all).toHaveLength(2);
    expect(FakePeerConnection.all[0]?.closed).toBe(true);
    expect(offer(1).peer).not.toBe(offer(0).peer);
    expect(log).toEqual(['rebuilt', 'up', 'down', 'rebuilt']);
  });

  it('is looked for every three seconds, after a minute every ten', async () => {
    await connect();
    FakePeerConnection.last().path('disconnected', 'disconnected');
    const offersIn = async (ms: number) => {
      const before = offers.length;
      for (let passed = 0; passed < ms; passed += 100) {
        await vi.advanceTimersByTimeAsync(100);
        await offers.at(-1)?.answer();
      }
      return offers.length - before;
    };
    expect(await offersIn(59_000)).toBe(20);
    expect(await offersIn(60_000)).toBeLessThanOrEqual(7);
    expect(FakePeerConnection.all).toHaveLength(1);
  });

  it('is looked for as eagerly the second time', async () => {
    await connect();
    await vi.advanceTimersByTimeAsync(300_000);
    FakePeerConnection.last().path('disconnected', 'disconnected');
    await vi.advanceTimersByTimeAsync(2100);
    await offer(1).answer();
    await vi.advanceTimersByTimeAsync(3100);
    expect(offers).toHaveLength(3);
  });

  it('that never stood is looked for by another connection after three seconds', async () => {
    peer.socketOpened();
    await settle();
    await vi.advanceTimersByTimeAsync(2000);
    await offer(0).answer();
    FakePeerConnection.last().path('checking', 'connecting');
    await vi.advanceTimersByTimeAsync(2900);
    expect(FakePeerConnection.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(FakePeerConnection.all).toHaveLength(2);
  });

  it('is not looked for before the gateway answered', async () => {
    peer.socketOpened();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(FakePeerConnection.all).toHaveLength(1);
    expect(offers).toHaveLength(1);
  });

  it('that stands but agrees on no keys is given up after ten seconds', async () => {
    peer.socketOpened();
    await settle();
    await offer(0).answer();
    FakePeerConnection.last().path('connected', 'connecting');
    await vi.advanceTimersByTimeAsync(9900);
    expect(FakePeerConnection.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(FakePeerConnection.all).toHaveLength(2);
  });

  it('keeps what was sent and the tiles there were', async () => {
    const track = {} as MediaStreamTrack;
    await connect();
    peer.setTrack('microphone', track);
    peer.ensureTiles(9);
    await settle();
    await offer(1).answer();
    await vi.advanceTimersByTimeAsync(5000);
    FakePeerConnection.last().path('failed', 'failed');
    await settle();
    expect(FakePeerConnection.last().transceivers[0]?.sender.track).toBe(track);
    expect(offer(2).sections).toHaveLength(4 + 6 + 9);
  });
});

describe('an offer that is not answered', () => {
  it('because the socket was lost is repeated on the next socket', async () => {
    peer.socketOpened();
    await settle();
    await offer(0).fail('connection_lost');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(offers).toHaveLength(1);
    peer.socketOpened();
    await settle();
    expect(offer(1).peer).toBe(offer(0).peer);
    expect(log).toEqual(['rebuilt']);
  });

  it('because the gateway is busy is repeated later, and said', async () => {
    peer.socketOpened();
    await settle();
    await offer(0).fail('overloaded');
    expect(log).toContain('overloaded');
    await vi.advanceTimersByTimeAsync(3000);
    expect(offers).toHaveLength(2);
  });

  it('because the browser is too old is not repeated', async () => {
    peer.socketOpened();
    await settle();
    await offer(0).fail('no_common_codec');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(offers).toHaveLength(1);
  });
});

describe('a new socket', () => {
  it('offers again what stands, and a gateway that forgot it shows by its answer', async () => {
    await connect();
    peer.socketOpened();
    await settle();
    expect(offer(1).peer).toBe(offer(0).peer);
    await offer(1).answer('8');
    expect(offer(2).peer).not.toBe(offer(0).peer);
  });
});

describe('an answer of another gateway', () => {
  it.each([
    ['8', 'A'],
    ['7', 'B'],
  ])(
    '(session %s, certificate %s) makes a new connection instead of a broken one',
    async (session, certificate) => {
      await connect();
      peer.ensureTiles(9);
      await settle();
      await offer(1).answer(session, certificate);
      expect(FakePeerConnection.all).toHaveLength(2);
      expect(FakePeerConnection.all[0]?.answers).toHaveLength(1);
      expect(offer(2).peer).not.toBe(offer(0).peer);
    },
  );
});
