import { describe, expect, it } from 'vitest';
import { Socket } from '../src/engine/socket';
import { type ClientMessage, ERROR_CODES, type ServerMessage } from '../src/gen/wire';
import { FakeWebSocket } from './engine/fake-socket';
import { golden, goldenMessages } from './golden';

/** Fails to compile when a message is added and not named here. */
const SERVER: Record<ServerMessage['type'], true> = {
  welcome: true,
  waiting: true,
  snapshot: true,
  delta: true,
  answer: true,
  slots: true,
  slot_switched: true,
  microphone_closed: true,
  quality: true,
  done: true,
  refused: true,
  error: true,
  pong: true,
  ended: true,
};

const CLIENT: Record<ClientMessage['type'], true> = {
  hello: true,
  offer: true,
  want: true,
  covered: true,
  sources: true,
  heartbeat: true,
  hand: true,
  chair: true,
  report: true,
  watch_quality: true,
  resync: true,
  ping: true,
  leave: true,
};

describe('the golden messages', () => {
  it('hold every message of the gateway, and nothing the client does not know', () => {
    const types = [...goldenMessages<ServerMessage>('server').values()].map((message) => message.type);
    expect([...new Set(types)].sort()).toEqual(Object.keys(SERVER).sort());
  });

  it('hold every message of the client', () => {
    const types = [...goldenMessages<ClientMessage>('client').values()].map((message) => message.type);
    expect([...new Set(types)].sort()).toEqual(Object.keys(CLIENT).sort());
  });

  it('list the same error codes', () => {
    expect(golden('error_codes.json')).toEqual(ERROR_CODES);
  });

  it('pass a socket: each is taken or handed on', async () => {
    for (const [name, message] of goldenMessages<ServerMessage>('server')) {
      FakeWebSocket.all = [];
      const heard: string[] = [];
      const socket = new Socket(
        'wss://x',
        {
          credential: () => Promise.resolve({ by: 'ticket', ticket: 't' }),
          onState: () => undefined,
          onQuiet: () => undefined,
          onClock: () => heard.push('pong'),
          onRefused: () => {
            heard.push('error');
            return 'stop';
          },
          onMessage: (each) => heard.push(each.type),
        },
        (url) => new FakeWebSocket(url) as unknown as WebSocket,
      );
      socket.open();
      await new Promise((resolve) => setTimeout(resolve));
      const ws = FakeWebSocket.last();
      ws.welcome();
      heard.length = 0;
      ws.say(message);
      const quiet = message.type === 'done' || message.type === 'answer' || message.type === 'refused';
      const stale = message.type === 'pong';
      expect(heard, name).toEqual(quiet || stale ? [] : [message.type]);
      socket.close();
    }
  });
});
