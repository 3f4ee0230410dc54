/**
 * The one WebSocket of a seat: opens it, says hello, brings it back for as long as the seat may live.
 * It knows the frame of the protocol (hello, requests, ping) and nothing of what the messages mean.
 */
import {
  type ClientMessage,
  type Credential,
  type ErrorCode,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '../gen/wire';
import { ApiError } from './api';
import { ServerClock } from './clock';
import { connectTimeout, retryDelay } from './retry';

/** Wait for the welcome after the hello, in ms. */
const WELCOME_TIMEOUT_MS = 5000;
/** Between pings, in ms. */
const PING_PERIOD_MS = 1000;
/** Nothing heard for so long, with a ping on its way: the connection is said to be quiet, in ms. */
const QUIET_AFTER_MS = 2000;
/** Between looks at it, in ms. */
const QUIET_LOOK_MS = 250;
/** A ping not answered in this time means that the connection is dead, in ms. */
const PONG_TIMEOUT_MS = 3000;

/** Where the connection stands. `since`: when it was first missing, as `Date.now()`. */
export type SocketState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly since: number }
  | { readonly name: 'waiting'; readonly since: number }
  /** The gateway keeps the connection at the door; its welcome comes later. */
  | { readonly name: 'queued'; readonly since: number }
  | { readonly name: 'open' }
  | { readonly name: 'closed' };

/** What to do after a refusal: ask again at once with another credential, as after a loss, patiently, or never. */
export type Verdict = 'now' | 'retry' | 'retry_later' | 'stop';

/** Whoever owns the socket. */
export interface SocketOwner {
  /** The right to the seat for the next hello. Throws {@link ApiError}. */
  credential(): Promise<Credential>;
  /** The state changed. */
  onState(state: SocketState): void;
  /** A message other than `pong`, and the answers to requests. Welcome comes first on every connection. */
  onMessage(message: ServerMessage): void;
  /** The gateway (or the credential) refused with a code. */
  onRefused(code: ErrorCode | 'unreachable'): Verdict;
  /** A pong came. */
  onClock(clock: ServerClock): void;
  /** Since when nothing was heard on an open connection that should have been, as `Date.now()`; `null` again when it was. */
  onQuiet(since: number | null): void;
}

/** The answer to a request that was carried out. */
export type Reply = Extract<ServerMessage, { type: 'done' | 'answer' }>;

/** A request that was not carried out. */
export class RequestError extends Error {
  constructor(readonly code: ErrorCode | 'connection_lost') {
    super(code);
  }
}

type Requests = Extract<ClientMessage, { request: number }>;
/** A request without its number. */
export type Request = Requests extends infer R ? (R extends Requests ? Omit<R, 'request'> : never) : never;

interface Pending {
  resolve(reply: Reply): void;
  reject(error: RequestError): void;
}

type Timer = ReturnType<typeof setTimeout>;

/** See the module. */
export class Socket {
  private state: SocketState = { name: 'idle' };
  private ws: WebSocket | null = null;
  private generation = 0;
  private attempt = 0;
  private lastConnect = 0;
  private takeOver = false;
  private nextRequest = 1;
  private pending = new Map<number, Pending>();
  private timers = new Set<Timer>();
  private ping: { nonce: number; sentAt: number } | null = null;
  private pingTimer: Timer | undefined;
  private readonly clock = new ServerClock();
  /** When anything was heard last. */
  private heardAt = 0;
  private quiet = false;

  constructor(
    private readonly url: string,
    private readonly owner: SocketOwner,
    private readonly make: (url: string) => WebSocket = (at) => new WebSocket(at),
  ) {}

  /** Begins to connect. `takeOver`: push out another connection on the seat, on the first hello only. */
  open(takeOver = false): void {
    this.takeOver = takeOver;
    this.attempt = 0;
    void this.connect(Date.now());
  }

  /** Ends it for good; what was sent before is still delivered. */
  close(): void {
    this.drop();
    this.setState({ name: 'closed' });
  }

  /** Sends a message if the connection is open, and says whether it was. At the door only a leave is of use. */
  send(message: ClientMessage): boolean {
    const open = this.state.name === 'open' || (this.state.name === 'queued' && message.type === 'leave');
    if (!open || this.ws === null) return false;
    this.ws.send(JSON.stringify(message));
    return true;
  }

  /** Sends a request and waits for its answer. Throws {@link RequestError}. */
  request(message: Request): Promise<Reply> {
    const request = this.nextRequest++;
    return new Promise((resolve, reject) => {
      if (this.send({ ...message, request } as ClientMessage)) this.pending.set(request, { resolve, reject });
      else reject(new RequestError('connection_lost'));
    });
  }

  /** The network or the page woke up: try at once, or see at once whether the connection still lives. */
  wake(): void {
    if (this.state.name === 'waiting') {
      const since = this.state.since;
      this.drop();
      void this.connect(since);
    } else if (this.stands) {
      this.sendPing();
    }
  }

  private async connect(since: number): Promise<void> {
    const generation = ++this.generation;
    this.setState({ name: 'connecting', since });
    let credential: Credential;
    try {
      credential = await this.owner.credential();
    } catch (error) {
      if (generation !== this.generation) return;
      this.refused(error instanceof ApiError ? error.code : 'internal', since);
      return;
    }
    if (generation !== this.generation) return;
    this.dial(credential, since);
  }

  private dial(credential: Credential, since: number): void {
    const startedAt = Date.now();
    const ws = this.make(this.url);
    this.ws = ws;
    const lost = () => {
      if (this.ws === ws) this.lost(since);
    };
    let deadline = this.after(connectTimeout(this.attempt++, this.lastConnect), lost);
    ws.onopen = () => {
      this.cancel(deadline);
      if (this.ws !== ws) return;
      this.lastConnect = Date.now() - startedAt;
      deadline = this.after(WELCOME_TIMEOUT_MS, lost);
      const hello: ClientMessage = {
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        credential,
        take_over: this.takeOver,
      };
      ws.send(JSON.stringify(hello));
    };
    ws.onmessage = (event: MessageEvent<unknown>) => {
      if (this.ws !== ws || typeof event.data !== 'string') return;
      const message = JSON.parse(event.data) as ServerMessage;
      this.heard();
      if (message.type === 'welcome' || message.type === 'waiting') this.cancel(deadline);
      if (message.type === 'welcome') this.welcomed(message.time);
      else if (message.type === 'waiting') this.queued(since);
      this.receive(message, since);
    };
    ws.onclose = lost;
    ws.onerror = lost;
  }

  private welcomed(time: number): void {
    this.attempt = 0;
    this.takeOver = false;
    // A welcome after a wait carries the time of the hello.
    if (this.state.name !== 'queued') this.clock.start(Date.now(), time);
    this.setState({ name: 'open' });
    this.sendPing();
    this.watchQuiet();
  }

  /** The gateway keeps the connection at the door: it is pinged, so that its loss is seen. */
  private queued(since: number): void {
    if (this.stands) return;
    this.attempt = 0;
    this.setState({ name: 'queued', since });
    this.sendPing();
  }

  /** The gateway has answered the hello and holds the connection, in the room or at the door. */
  private get stands(): boolean {
    return this.state.name === 'open' || this.state.name === 'queued';
  }

  private heard(): void {
    this.heardAt = Date.now();
    if (!this.quiet) return;
    this.quiet = false;
    this.owner.onQuiet(null);
  }

  private watchQuiet(): void {
    this.after(QUIET_LOOK_MS, () => {
      const now = Date.now();
      // A page that slept has a ping that is young: nothing can have been heard yet.
      const asked = this.ping !== null && now - this.ping.sentAt >= QUIET_AFTER_MS - PING_PERIOD_MS;
      if (!this.quiet && asked && now - this.heardAt >= QUIET_AFTER_MS) {
        this.quiet = true;
        this.owner.onQuiet(this.heardAt);
      }
      this.watchQuiet();
    });
  }

  private receive(message: ServerMessage, since: number): void {
    switch (message.type) {
      case 'pong':
        this.ponged(message.nonce, message.time);
        return;
      case 'done':
      case 'answer':
        this.take(message.request)?.resolve(message);
        return;
      case 'refused':
        this.take(message.request)?.reject(new RequestError(message.code));
        return;
      case 'error':
        this.refused(message.code, this.stands ? Date.now() : since);
        return;
      default:
        this.owner.onMessage(message);
    }
  }

  private take(request: number): Pending | undefined {
    const pending = this.pending.get(request);
    this.pending.delete(request);
    return pending;
  }

  private refused(code: ErrorCode | 'unreachable', since: number): void {
    const verdict = this.owner.onRefused(code);
    if (this.state.name === 'closed') return;
    if (verdict === 'stop') {
      this.close();
      return;
    }
    if (verdict === 'now') {
      this.drop();
      void this.connect(since);
      return;
    }
    this.wait(since, verdict === 'retry' ? Date.now() - since : Number.POSITIVE_INFINITY);
  }

  /** `since`: when it was first missing, where it was not open. */
  private lost(since: number): void {
    const stood = this.stands;
    // What fell silent was lost when it was heard last, not when that was noticed.
    const from = stood ? (this.quiet ? this.heardAt : Date.now()) : since;
    // The first try after a loss comes at once: most losses are a changed path or a restarted gateway.
    if (stood) {
      this.drop();
      void this.connect(from);
    } else {
      this.wait(from, Date.now() - from);
    }
  }

  private wait(since: number, elapsed: number): void {
    this.drop();
    this.setState({ name: 'waiting', since });
    this.after(retryDelay(elapsed, Math.random()), () => void this.connect(since));
  }

  /** Lets go of the present connection and of everything that waits for it. */
  private drop(): void {
    this.generation++;
    const ws = this.ws;
    this.ws = null;
    this.ping = null;
    if (this.quiet) this.owner.onQuiet(null);
    this.quiet = false;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    if (ws !== null) {
      ws.onopen = ws.onmessage = ws.onclose = ws.onerror = null;
      ws.close();
    }
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of pending) reject(new RequestError('connection_lost'));
  }

  private sendPing(): void {
    if (this.ping !== null) return;
    this.cancel(this.pingTimer);
    const nonce = Math.floor(Math.random() * 2 ** 32);
    this.ping = { nonce, sentAt: Date.now() };
    this.ws?.send(JSON.stringify({ type: 'ping', nonce } satisfies ClientMessage));
    const ping = this.ping;
    this.after(PONG_TIMEOUT_MS, () => {
      if (this.ping === ping) this.lost(Date.now());
    });
  }

  private ponged(nonce: number, time: number): void {
    if (this.ping?.nonce !== nonce) return;
    const { sentAt } = this.ping;
    this.ping = null;
    this.clock.add(sentAt, Date.now(), time);
    this.owner.onClock(this.clock);
    this.pingTimer = this.after(PING_PERIOD_MS, () => this.sendPing());
  }

  private after(delay: number, run: () => void): Timer {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, delay);
    this.timers.add(timer);
    return timer;
  }

  private cancel(timer: Timer | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.timers.delete(timer);
  }

  private setState(state: SocketState): void {
    this.state = state;
    this.owner.onState(state);
  }
}
