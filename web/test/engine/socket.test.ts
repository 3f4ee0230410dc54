import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/engine/api';
import { connectTimeout, retryDelay } from '../../src/engine/retry';
import { Socket, type SocketOwner, type SocketState, type Verdict } from '../../src/engine/socket';
import type { Credential, ErrorCode, ServerMessage } from '../../src/gen/wire';
import { FakeWebSocket } from './fake-socket';

const TICKET: Credential = { by: 'ticket', ticket: 't' };

class Owner implements SocketOwner {
  states: SocketState[] = [];
  messages: ServerMessage[] = [];
  refusals: string[] = [];
  verdict: Verdict = 'retry';
  offset = 0;
  rtt: number | null = null;
  give: () => Promise<Credential> = () => Promise.resolve(TICKET);
  credential = () => this.give();
  quiet: (number | null)[] = [];
  onQuiet = (since: number | null) => void this.quiet.push(since);
  onState = (state: SocketState) => void this.states.push(state);
  onMessage = (message: ServerMessage) => void this.messages.push(message);
  onRefused = (code: ErrorCode | 'unreachable') => {
    this.refusals.push(code);
    return this.verdict;
  };
  onClock = (clock: { offset: number; rtt: number | null }) => {
    this.offset = clock.offset;
    this.rtt = clock.rtt;
  };
}

let owner: Owner;
let socket: Socket;
const settle = () => vi.advanceTimersByTimeAsync(0);
const state = () => owner.states.at(-1)?.name;

async function join(): Promise<FakeWebSocket> {
  socket.open();
  await settle();
  FakeWebSocket.last().welcome();
  return FakeWebSocket.last();
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  FakeWebSocket.all = [];
  owner = new Owner();
  socket = new Socket('wss://x', owner, (url) => new FakeWebSocket(url) as unknown as WebSocket);
});

afterEach(() => {
  socket.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the retry policy', () => {
  it('tries within a second and a half of every loss for the first minute', () => {
    for (const random of [0, 0.5, 0.999]) {
      expect(retryDelay(59_000, random)).toBeGreaterThanOrEqual(330);
      expect(retryDelay(59_000, random)).toBeLessThanOrEqual(1000);
    }
  });

  it('tries every 7 to 15 seconds after the first minute', () => {
    expect(retryDelay(60_000, 0)).toBe(7000);
    expect(retryDelay(3_600_000, 0.999)).toBeLessThan(15_000);
  });

  it('waits a second for a connection, longer on a line known to be slow and on every fourth try', () => {
    expect(connectTimeout(0, 40)).toBe(1000);
    expect(connectTimeout(1, 900)).toBe(1800);
    expect(connectTimeout(3, 40)).toBe(4000);
  });
});

describe('a socket', () => {
  it('says hello with the credential and is open at the welcome', async () => {
    const ws = await join();
    expect(ws.sent[0]).toEqual({ type: 'hello', protocol: 1, credential: TICKET, take_over: false });
    expect(state()).toBe('open');
    expect(owner.messages.map((message) => message.type)).toEqual(['welcome']);
  });

  it('takes the seat over on the first hello only', async () => {
    socket.open(true);
    await settle();
    FakeWebSocket.last().welcome();
    expect(FakeWebSocket.last().sent[0]).toMatchObject({ take_over: true });
    FakeWebSocket.last().break();
    await settle();
    FakeWebSocket.last().accept();
    expect(FakeWebSocket.last().sent[0]).toMatchObject({ take_over: false });
  });

  it('connects again at once when the connection breaks', async () => {
    (await join()).break();
    await settle();
    expect(FakeWebSocket.all).toHaveLength(2);
    FakeWebSocket.last().welcome();
    expect(state()).toBe('open');
  });

  it('gives a try one second to open and goes on trying in a black hole', async () => {
    socket.open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeWebSocket.all.length).toBeGreaterThan(24);
    expect(FakeWebSocket.all.slice(0, -1).every((ws) => ws.closed)).toBe(true);
  });

  it('remembers since when the connection is missing', async () => {
    const ws = await join();
    await vi.advanceTimersByTimeAsync(1000);
    const since = Date.now();
    ws.break();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(owner.states.at(-1)).toMatchObject({ since });
  });

  it('never gives up, but becomes patient', async () => {
    socket.open();
    await vi.advanceTimersByTimeAsync(3_600_000);
    const tries = FakeWebSocket.all.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeWebSocket.all.length - tries).toBeGreaterThanOrEqual(3);
    expect(FakeWebSocket.all.length - tries).toBeLessThanOrEqual(8);
  });

  it('tries at once when the network or the page wakes', async () => {
    socket.open();
    await vi.advanceTimersByTimeAsync(100_000);
    while (state() !== 'waiting') await vi.advanceTimersByTimeAsync(100);
    const tries = FakeWebSocket.all.length;
    socket.wake();
    await settle();
    expect(FakeWebSocket.all).toHaveLength(tries + 1);
  });

  it('takes a connection for dead when a ping is not answered', async () => {
    const ws = await join();
    await vi.advanceTimersByTimeAsync(2900);
    expect(ws.closed).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(ws.closed).toBe(true);
    expect(state()).toBe('connecting');
  });

  it('measures the way there and back and the server clock by one ping at a time', async () => {
    const ws = await join();
    socket.wake();
    await vi.advanceTimersByTimeAsync(40);
    const pings = ws.sent.filter((message) => message.type === 'ping');
    expect(pings).toHaveLength(1);
    ws.say({ type: 'pong', nonce: pings[0]?.nonce ?? -1, time: Date.now() - 20 + 5000 });
    expect(owner.rtt).toBe(40);
    expect(owner.offset).toBe(5000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(ws.sent.filter((message) => message.type === 'ping')).toHaveLength(2);
  });

  it('pings no more often after it was woken', async () => {
    const ws = await join();
    const pong = () => {
      const ping = ws.sent.findLast((message) => message.type === 'ping');
      ws.say({ type: 'pong', nonce: ping?.type === 'ping' ? ping.nonce : -1, time: 0 });
    };
    pong();
    await vi.advanceTimersByTimeAsync(1000);
    socket.wake();
    pong();
    const before = ws.sent.length;
    for (let second = 0; second < 10; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      pong();
    }
    expect(ws.sent.length - before).toBe(10);
  });

  it('says after two seconds since when nothing is heard, and takes it back when something is', async () => {
    const ws = await join();
    const pong = () => {
      const ping = ws.sent.at(-1);
      if (ping?.type === 'ping') ws.say({ type: 'pong', nonce: ping.nonce, time: Date.now() });
    };
    pong();
    await vi.advanceTimersByTimeAsync(1000);
    pong();
    const heardAt = Date.now();
    await vi.advanceTimersByTimeAsync(1900);
    expect(owner.quiet).toEqual([]);
    await vi.advanceTimersByTimeAsync(400);
    expect(owner.quiet).toEqual([heardAt]);
    expect(state()).toBe('open');
    ws.say({ type: 'microphone_closed' });
    expect(owner.quiet).toEqual([heardAt, null]);
  });

  it('counts a silent loss from when something was heard last, and a broken one from now', async () => {
    const ws = await join();
    const heardAt = Date.now();
    await vi.advanceTimersByTimeAsync(3100);
    expect(owner.states.find((one) => one.name === 'connecting' && one.since > 1_000_000)).toBeUndefined();
    expect(owner.states.at(-1)).toEqual({ name: 'connecting', since: heardAt });
    expect(owner.quiet.at(-1)).toBeNull();
    expect(ws.closed).toBe(true);
    FakeWebSocket.last().welcome();
    await vi.advanceTimersByTimeAsync(500);
    const brokenAt = Date.now();
    FakeWebSocket.last().break();
    expect(owner.states.at(-1)).toEqual({ name: 'connecting', since: brokenAt });
  });

  it('is kept at the door, pinged, until it is let in', async () => {
    socket.open();
    await settle();
    const ws = FakeWebSocket.last();
    ws.accept();
    ws.say({ type: 'waiting', code: 'room_locked', place: 2 });
    expect(state()).toBe('queued');
    expect(owner.messages.at(-1)).toMatchObject({ type: 'waiting', place: 2 });
    for (let second = 0; second < 20; second++) {
      const ping = ws.sent.at(-1);
      if (ping?.type === 'ping') ws.say({ type: 'pong', nonce: ping.nonce, time: Date.now() });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(ws.sent.filter(({ type }) => type === 'ping').length).toBeGreaterThan(10);
    expect(socket.send({ type: 'heartbeat' })).toBe(false);
    ws.say({ type: 'welcome', member: 7, role: 'site', resume: 'secret', time: 1_000_000, until: null });
    expect(state()).toBe('open');
    expect(FakeWebSocket.all).toHaveLength(1);
    expect(Math.abs(owner.offset)).toBeLessThan(100);
  });

  it('can leave the door, and is brought back to it when its connection is lost there', async () => {
    socket.open();
    await settle();
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_full', place: 1 });
    FakeWebSocket.last().break();
    await settle();
    expect(FakeWebSocket.all).toHaveLength(2);
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_full', place: 1 });
    expect(socket.send({ type: 'leave' })).toBe(true);
  });

  it('tries soon again when a gateway goes down that kept it at the door for long', async () => {
    socket.open();
    await settle();
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'waiting', code: 'room_full', place: 1 });
    vi.setSystemTime(Date.now() + 600_000);
    FakeWebSocket.last().say({ type: 'error', code: 'shutting_down' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  it('settles a request by its number', async () => {
    const ws = await join();
    const raised = socket.request({ type: 'hand', raised: true });
    const locked = socket.request({ type: 'chair', order: { action: 'lock' } });
    ws.say({ type: 'refused', request: 2, code: 'not_allowed' });
    ws.say({ type: 'done', request: 1 });
    await expect(raised).resolves.toEqual({ type: 'done', request: 1 });
    await expect(locked).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('fails the requests of a lost connection, and those made without one', async () => {
    const ws = await join();
    const raised = socket.request({ type: 'hand', raised: true });
    ws.break();
    await expect(raised).rejects.toMatchObject({ code: 'connection_lost' });
    await expect(socket.request({ type: 'hand', raised: true })).rejects.toMatchObject({
      code: 'connection_lost',
    });
  });

  it('stops when the owner says so and asks again at once when told', async () => {
    socket.open();
    await settle();
    owner.verdict = 'now';
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'error', code: 'resume_invalid' });
    await settle();
    expect(FakeWebSocket.all).toHaveLength(2);
    owner.verdict = 'stop';
    FakeWebSocket.last().accept();
    FakeWebSocket.last().say({ type: 'error', code: 'link_invalid' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeWebSocket.all).toHaveLength(2);
    expect(state()).toBe('closed');
  });

  it('treats a refused ticket like a refused hello', async () => {
    owner.give = () => Promise.reject(new ApiError('unreachable'));
    socket.open();
    await settle();
    expect(owner.refusals).toEqual(['unreachable']);
    expect(state()).toBe('waiting');
  });
});
