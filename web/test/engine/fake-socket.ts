import type { ClientMessage, ServerMessage } from '../../src/gen/wire';

/** A WebSocket whose other end is the test. */
export class FakeWebSocket {
  static all: FakeWebSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  sent: ClientMessage[] = [];
  closed = false;

  constructor(readonly url: string) {
    FakeWebSocket.all.push(this);
  }

  static last(): FakeWebSocket {
    const ws = FakeWebSocket.all.at(-1);
    if (ws === undefined) throw new Error('no socket was made');
    return ws;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.();
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  welcome(time = Date.now()): void {
    this.accept();
    this.say({ type: 'welcome', member: 7, role: 'site', resume: 'secret', time, until: null });
  }

  break(): void {
    this.closed = true;
    this.onclose?.();
  }
}
