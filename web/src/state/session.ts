/**
 * From the link to the seat and back to it: lobby, ticket, socket, resume, end. It knows who may go in and why not;
 * what the messages of the room mean is the business of its owner.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError, buyTicket, fetchLobby, type LinkInfo, socketUrl } from '../engine/api';
import type { ServerClock } from '../engine/clock';
import { Socket, type SocketOwner, type SocketState, type Verdict } from '../engine/socket';
import type { SeatStore } from '../engine/storage';
import type { Credential, EndReason, ErrorCode, Role, ServerMessage } from '../gen/wire';
import type { Phase, RoomErrorCode } from './room';

/** Between looks at a link while the gateway does not answer, in ms. */
const LOBBY_RETRY_MS = 2000;
/** A page that was reloaded for its version is not reloaded again within this time, in ms. */
const RELOAD_PAUSE_MS = 60_000;
const RELOADED_KEY = 'giaoban.reloaded';

/** Whoever owns the session. */
export interface SessionOwner {
  /** The socket is open; snapshot and slots follow. */
  onWelcome(): void;
  /** The socket is lost; it is being brought back. */
  onLost(): void;
  /** A message of the room. */
  onMessage(message: ServerMessage): void;
  /** One is outside the room, before anything is shown of it: nothing is sent or received any more. */
  onOut(): void;
  /** The seat is over: the devices are let go too. */
  onEnd(): void;
  /** Something went wrong that a person may be told. */
  onError(error: RoomErrorCode): void;
  onClock(clock: ServerClock): void;
  /** The name of a member, for the last page. */
  nameOf(member: number): string | null;
}

/** Who one is in the room. */
export interface Self {
  readonly member: number;
  readonly role: Role;
}

/** See the module. */
export class Session implements SocketOwner {
  readonly socket: Socket;
  private readonly phaseSignal = signal<Phase>({ name: 'idle' });
  private readonly lobbySignal = signal<LinkInfo | null>(null);
  private readonly selfSignal = signal<Self | null>(null);
  private readonly quietSignal = signal<number | null>(null);
  private readonly untilSignal = signal<number | null>(null);
  private link: string | null = null;
  private resume: string | null = null;
  /** The gateway has said since the last welcome that there are too many attempts. */
  private limited = false;
  private lobbyTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly seat: SeatStore,
    private readonly owner: SessionOwner,
    origin: string,
  ) {
    this.socket = new Socket(socketUrl(origin), this);
  }

  get phase(): ReadonlySignal<Phase> {
    return this.phaseSignal;
  }

  get lobby(): ReadonlySignal<LinkInfo | null> {
    return this.lobbySignal;
  }

  /** The secret that leads to the seat. */
  get secret(): string | null {
    return this.link;
  }

  get self(): ReadonlySignal<Self | null> {
    return this.selfSignal;
  }

  /** Server time at which the link ends, if it does. */
  get until(): ReadonlySignal<number | null> {
    return this.untilSignal;
  }

  /** Since when nothing is heard on the open connection, as `Date.now()`. */
  get quietSince(): ReadonlySignal<number | null> {
    return this.quietSignal;
  }

  /**
   * Begins. `link`: the secret in the page's address, if it has one. Says whether the tab already holds the seat or
   * waited for it; then it is on its way in.
   */
  async open(link: string | null): Promise<boolean> {
    const kept = this.seat.read();
    const same = link === null || link === kept.link;
    this.link = link ?? kept.link;
    this.resume = same ? kept.resume : null;
    const waiting = same && kept.waiting;
    this.seat.write({ link: this.link, resume: this.resume, waiting });
    if (this.resume !== null || waiting) {
      this.join(false);
      return true;
    }
    await this.look();
    return false;
  }

  /** Asks for the seat. */
  join(takeOver: boolean): void {
    clearTimeout(this.lobbyTimer);
    this.phaseSignal.value = { name: 'joining', since: Date.now() };
    this.socket.open(takeOver);
  }

  /** Leaves the seat, or the place at the door. */
  leave(): void {
    this.socket.send({ type: 'leave' });
    if (this.phaseSignal.value.name === 'waiting') {
      this.seat.write({ waiting: false });
      this.socket.close();
      this.phaseSignal.value = { name: 'lobby', error: null };
    } else {
      this.end('left', null);
    }
  }

  /** The state came: one is in. */
  entered(): void {
    this.phaseSignal.value = { name: 'live' };
  }

  /** Stops without leaving the seat. */
  dispose(): void {
    clearTimeout(this.lobbyTimer);
    this.socket.close();
  }

  async credential(): Promise<Credential> {
    if (this.resume !== null) return { by: 'resume', secret: this.resume };
    if (this.link === null) throw new ApiError('link_invalid');
    return { by: 'ticket', ticket: await buyTicket(this.link) };
  }

  onState(state: SocketState): void {
    if (state.name === 'open' || this.phaseSignal.value.name !== 'live') return;
    if (state.name === 'connecting' || state.name === 'waiting') {
      this.phaseSignal.value = { name: 'recovering', since: state.since };
      this.owner.onLost();
    }
  }

  onMessage(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.resume = message.resume;
      this.limited = false;
      this.seat.write({ resume: message.resume, waiting: false });
      this.selfSignal.value = { member: message.member, role: message.role };
      this.untilSignal.value = message.until;
      this.owner.onWelcome();
    } else if (message.type === 'waiting') {
      this.wait(message.code, message.place);
    } else if (message.type === 'ended') {
      const by = message.by === null ? null : this.owner.nameOf(message.by);
      this.end(message.reason, null, by);
    } else {
      this.owner.onMessage(message);
    }
  }

  onClock(clock: ServerClock): void {
    this.owner.onClock(clock);
  }

  onQuiet(since: number | null): void {
    this.quietSignal.value = since;
  }

  onRefused(code: ErrorCode | 'unreachable'): Verdict {
    switch (code) {
      case 'resume_invalid':
        return this.resumeRefused();
      case 'link_invalid':
      case 'link_expired':
        this.end('refused', code);
        return 'stop';
      case 'seat_in_use':
      case 'room_locked':
      case 'room_full':
      case 'room_closed':
      case 'room_not_open':
      case 'chair_admits':
        this.backToLobby(code);
        return 'stop';
      case 'wrong_version':
        return this.reloadOnce();
      case 'unreachable':
        return 'retry';
      case 'rate_limited':
        // A link may try again every second (`src/limits.rs`); said once, not at every try.
        if (!this.limited) this.owner.onError(code);
        this.limited = true;
        return 'retry';
      case 'overloaded':
      case 'too_fast':
      case 'bad_message':
      case 'too_large':
        this.owner.onError(code);
        return 'retry_later';
      default:
        if (code !== 'ticket_invalid' && code !== 'shutting_down') this.owner.onError(code);
        return 'retry';
    }
  }

  private async look(): Promise<void> {
    if (this.link === null) {
      this.phaseSignal.value = { name: 'lobby', error: 'link_missing' };
      return;
    }
    let error: RoomErrorCode | null = null;
    try {
      this.lobbySignal.value = await fetchLobby(this.link);
    } catch (failure) {
      error = failure instanceof ApiError ? failure.code : 'internal';
    }
    const phase = this.phaseSignal.value.name;
    if (phase !== 'idle' && phase !== 'lobby') return;
    this.phaseSignal.value = { name: 'lobby', error };
    if (error === 'unreachable' || error === 'rate_limited') {
      this.lobbyTimer = setTimeout(() => void this.look(), LOBBY_RETRY_MS * (0.5 + Math.random()));
    }
  }

  /** The seat was away too long: the link, if the tab still has it, leads back to it. */
  private resumeRefused(): Verdict {
    this.resume = null;
    this.seat.write({ resume: null });
    if (this.link !== null) return 'now';
    this.end('refused', 'resume_invalid');
    return 'stop';
  }

  /** At the door: the gateway lets the seat in by itself, and nobody has to click. */
  private wait(code: ErrorCode, place: number): void {
    if (this.phaseSignal.value.name !== 'waiting') this.owner.onOut();
    this.seat.write({ waiting: true });
    this.phaseSignal.value = { name: 'waiting', code, place };
    if (this.lobbySignal.value === null) void this.lookQuietly();
  }

  private backToLobby(error: ErrorCode): void {
    this.owner.onOut();
    this.seat.write({ waiting: false });
    // Only an entry of one's own will opens an ended briefing again.
    if (error === 'room_closed') {
      this.resume = null;
      this.seat.write({ resume: null });
    }
    this.phaseSignal.value = { name: 'lobby', error };
    if (this.lobbySignal.value === null) void this.lookQuietly();
  }

  /** Fetches what the lobby shows without touching why one is back in it. */
  private async lookQuietly(): Promise<void> {
    if (this.link === null) return;
    this.lobbySignal.value = await fetchLobby(this.link).catch(() => null);
  }

  private reloadOnce(): Verdict {
    const last = Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
    if (Date.now() - last > RELOAD_PAUSE_MS) {
      sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
      location.reload();
    } else {
      this.end('refused', 'wrong_version');
    }
    return 'stop';
  }

  private end(reason: EndReason | 'refused', error: RoomErrorCode | null, by: string | null = null): void {
    this.owner.onEnd();
    this.owner.onOut();
    this.resume = null;
    if (reason === 'removed' || reason === 'revoked') this.seat.clear();
    else this.seat.write({ resume: null, waiting: false });
    this.socket.close();
    this.phaseSignal.value = { name: 'ended', reason, error, by };
  }
}
