import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SeatStore } from '../../src/engine/storage';
import type { ErrorCode } from '../../src/gen/wire';
import { Session, type SessionOwner } from '../../src/state/session';
import { FakeWebSocket } from '../engine/fake-socket';
import { memoryStorage } from './memory-storage';

let log: string[];
let seat: SeatStore;
let session: Session;
let asked: string[];
let answer: (path: string) => { status: number; body: unknown } | null;

const settle = async () => void (await vi.advanceTimersByTimeAsync(0));
const phase = () => session.phase.value;
const hello = () => FakeWebSocket.last().sent[0];

function makeSession(): Session {
  const owner: SessionOwner = {
    onWelcome: () => void log.push('welcome'),
    onLost: () => void log.push('lost'),
    onMessage: (message) => void log.push(message.type),
    onOut: () => void log.push('out'),
    onEnd: () => void log.push('end'),
    onError: (error) => void log.push(error),
    onClock: () => undefined,
    nameOf: (member) => (member === 1 ? 'Văn phòng' : null),
  };
  return new Session(seat, owner, 'https://hop.example:8443');
}

beforeEach(() => {
  vi.useFakeTimers({ now: 9_000_000 });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  log = [];
  asked = [];
  answer = (path) =>
    path.endsWith('lobby')
      ? {
          status: 200,
          body: { room: { title: 'T', classification: 'normal' }, site: 'S', role: 'site', in_use: false },
        }
      : { status: 200, body: { ticket: 'ticket' } };
  FakeWebSocket.all = [];
  vi.stubGlobal('WebSocket', FakeWebSocket);
  vi.stubGlobal('sessionStorage', memoryStorage());
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    asked.push(`${path} ${String(init.body)}`);
    const given = answer(path);
    if (given === null) return Promise.reject(new TypeError('network'));
    return Promise.resolve(new Response(JSON.stringify(given.body), { status: given.status }));
  });
  seat = new SeatStore('giao-ban');
  session = makeSession();
});

afterEach(() => {
  session.dispose();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Goes in by a link. */
async function enter(): Promise<void> {
  await session.open('L');
  session.join(false);
  await settle();
  FakeWebSocket.last().welcome();
  session.entered();
}

/** The gateway refuses the connection that is being made. */
async function refuse(code: ErrorCode): Promise<void> {
  await settle();
  FakeWebSocket.last().accept();
  FakeWebSocket.last().say({ type: 'error', code });
  await settle();
}

describe('a link', () => {
  it('is looked up and shown, and nothing is entered yet', async () => {
    expect(await session.open('L')).toBe(false);
    expect(phase()).toEqual({ name: 'lobby', error: null });
    expect(session.lobby.value?.site).toBe('S');
    expect(asked).toEqual(['/api/v1/lobby {"secret":"L"}']);
    expect(FakeWebSocket.all).toEqual([]);
  });

  it('buys a ticket that opens the socket', async () => {
    await enter();
    expect(FakeWebSocket.last().url).toBe('wss://hop.example:8443/api/v1/socket');
    expect(hello()).toMatchObject({ credential: { by: 'ticket', ticket: 'ticket' }, take_over: false });
    expect(phase()).toEqual({ name: 'live' });
  });

  it('that is missing or bad is said in the lobby', async () => {
    await session.open(null);
    expect(phase()).toEqual({ name: 'lobby', error: 'link_missing' });
    answer = () => ({ status: 403, body: { code: 'link_invalid' } });
    await session.open('L');
    expect(phase()).toEqual({ name: 'lobby', error: 'link_invalid' });
  });

  it('is looked up again while the gateway does not answer', async () => {
    answer = () => null;
    await session.open('L');
    expect(phase()).toEqual({ name: 'lobby', error: 'unreachable' });
    answer = () => ({ status: 200, body: { site: 'later' } });
    await vi.advanceTimersByTimeAsync(3000);
    expect(phase()).toEqual({ name: 'lobby', error: null });
  });
});

describe('a refresh', () => {
  it('comes back to the seat by the resume secret, without a look at the lobby', async () => {
    await enter();
    session.dispose();
    asked = [];
    session = makeSession();
    expect(await session.open(null)).toBe(true);
    await settle();
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'resume', secret: 'secret' } });
    expect(asked).toEqual([]);
  });

  it('after too long an absence comes back by the link', async () => {
    await enter();
    session.dispose();
    session = makeSession();
    await session.open(null);
    await refuse('resume_invalid');
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'ticket', ticket: 'ticket' } });
    expect(phase().name).toBe('joining');
  });

  it('with another link is another seat', async () => {
    await enter();
    session.dispose();
    session = makeSession();
    expect(await session.open('M')).toBe(false);
    expect(phase()).toEqual({ name: 'lobby', error: null });
  });
});

describe('an outage', () => {
  it('is recovered from by the newest resume secret', async () => {
    await enter();
    FakeWebSocket.last().break();
    expect(phase()).toEqual({ name: 'recovering', since: Date.now() });
    expect(log).toContain('lost');
    await settle();
    FakeWebSocket.last().welcome();
    session.entered();
    expect(hello()).toMatchObject({ credential: { by: 'resume', secret: 'secret' } });
    expect(phase()).toEqual({ name: 'live' });
  });

  it('is no end, however often the gateway is down', async () => {
    await enter();
    FakeWebSocket.last().break();
    await refuse('shutting_down');
    await vi.advanceTimersByTimeAsync(1000);
    await refuse('overloaded');
    expect(phase().name).toBe('recovering');
    await vi.advanceTimersByTimeAsync(11_000);
    FakeWebSocket.last().welcome();
    expect(log.at(-1)).toBe('welcome');
  });
});

describe('the door', () => {
  const atTheDoor = async () => {
    await session.open('L');
    session.join(false);
    await settle();
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_locked', place: 2 });
  };

  it('is waited at with reason and place, and passed without a click', async () => {
    await atTheDoor();
    expect(phase()).toEqual({ name: 'waiting', code: 'room_locked', place: 2 });
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_locked', place: 1 });
    expect(phase()).toMatchObject({ place: 1 });
    FakeWebSocket.last().say({
      type: 'welcome',
      member: 7,
      role: 'site',
      resume: 'secret',
      time: 1,
      until: null,
    });
    session.entered();
    expect(phase()).toEqual({ name: 'live' });
    expect(FakeWebSocket.all).toHaveLength(1);
  });

  it('is come back to by itself when the connection is lost there', async () => {
    await atTheDoor();
    FakeWebSocket.last().break();
    await settle();
    expect(phase().name).toBe('waiting');
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'ticket' } });
  });

  it('is left for the lobby, and the gateway is told', async () => {
    await atTheDoor();
    session.leave();
    expect(FakeWebSocket.last().sent.at(-1)).toEqual({ type: 'leave' });
    expect(phase()).toEqual({ name: 'lobby', error: null });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeWebSocket.all).toHaveLength(1);
  });

  it('is waited at again after a refresh, without a click, unless one had left it or has another link', async () => {
    await atTheDoor();
    session.dispose();
    session = makeSession();
    expect(await session.open(null)).toBe(true);
    await settle();
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'ticket' }, take_over: false });
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_locked', place: 3 });
    expect(phase()).toEqual({ name: 'waiting', code: 'room_locked', place: 3 });
    session.dispose();
    expect(await makeSession().open('another')).toBe(false);
    await atTheDoor();
    session.leave();
    expect(await makeSession().open(null)).toBe(false);
  });

  it('takes one whose seat was let go in a long outage, with nothing of the room left', async () => {
    await enter();
    FakeWebSocket.last().break();
    await settle();
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_full', place: 1 });
    expect(phase()).toEqual({ name: 'waiting', code: 'room_full', place: 1 });
    expect(log.at(-1)).toBe('out');
  });

  it('of an ended briefing is opened by its chair by an entry of his own will', async () => {
    await enter();
    FakeWebSocket.last().break();
    await refuse('room_closed');
    expect(phase()).toEqual({ name: 'lobby', error: 'room_closed' });
    session.join(false);
    await settle();
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'ticket' } });
  });
});

describe('a refusal', () => {
  it.each(['seat_in_use', 'room_locked', 'room_full', 'room_closed'] as const)(
    '%s leads back to the lobby, with the devices left on',
    async (code) => {
      await session.open('L');
      session.join(false);
      await refuse(code);
      expect(phase()).toEqual({ name: 'lobby', error: code });
      expect(log).toEqual(['out']);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(FakeWebSocket.all).toHaveLength(1);
    },
  );

  it('for too many attempts is said once and asked about again within a second', async () => {
    const given = answer;
    answer = (path) =>
      path.endsWith('lobby') ? given(path) : { status: 429, body: { code: 'rate_limited' } };
    await session.open('L');
    session.join(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(log).toEqual(['rate_limited']);
    answer = given;
    await vi.advanceTimersByTimeAsync(1000);
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'ticket', ticket: 'ticket' } });
  });

  it('of the seat can be answered by taking it over', async () => {
    await session.open('L');
    session.join(false);
    await refuse('seat_in_use');
    session.join(true);
    await settle();
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ take_over: true });
  });

  it('of the link during the room ends it', async () => {
    await enter();
    FakeWebSocket.last().break();
    await refuse('link_invalid');
    expect(phase()).toEqual({ name: 'ended', reason: 'refused', error: 'link_invalid', by: null });
  });

  it('of the version reloads the page once, then says so', async () => {
    const reload = vi.fn();
    vi.stubGlobal('location', { reload });
    await session.open('L');
    session.join(false);
    await refuse('wrong_version');
    expect(reload).toHaveBeenCalledOnce();
    session.join(false);
    await refuse('wrong_version');
    expect(reload).toHaveBeenCalledOnce();
    expect(phase()).toMatchObject({ name: 'ended', error: 'wrong_version' });
  });

  it('of the version in the room reloads into the same seat', async () => {
    const reload = vi.fn();
    vi.stubGlobal('location', { reload });
    await enter();
    FakeWebSocket.last().break();
    await refuse('wrong_version');
    expect(reload).toHaveBeenCalledOnce();
    session.dispose();
    session = makeSession();
    expect(await session.open(null)).toBe(true);
    await settle();
    FakeWebSocket.last().accept();
    expect(hello()).toMatchObject({ credential: { by: 'resume', secret: 'secret' } });
  });
});

describe('the end', () => {
  it('stops what is sent before it is shown', async () => {
    await enter();
    let shownAtEnd = '';
    log.push = (entry) => {
      if (entry === 'end') shownAtEnd = phase().name;
      return 0;
    };
    FakeWebSocket.last().say({ type: 'ended', reason: 'removed', by: 1 });
    expect(shownAtEnd).toBe('live');
    expect(phase()).toEqual({ name: 'ended', reason: 'removed', error: null, by: 'Văn phòng' });
  });

  it('of a removed member leaves nothing behind in the tab', async () => {
    await enter();
    FakeWebSocket.last().say({ type: 'ended', reason: 'removed', by: 1 });
    expect(seat.read()).toMatchObject({ link: null, resume: null });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeWebSocket.all).toHaveLength(1);
  });

  it('by leaving is said to the gateway and keeps the link', async () => {
    await enter();
    session.leave();
    expect(FakeWebSocket.last().sent.at(-1)).toEqual({ type: 'leave' });
    expect(phase()).toEqual({ name: 'ended', reason: 'left', error: null, by: null });
    expect(seat.read()).toMatchObject({ link: 'L', resume: null });
  });
});
