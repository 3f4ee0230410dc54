/** Watches the media path and says when to restart it or to build it anew. Pure but for its timer. */

/** A path that is lost so long is restarted, in ms. */
const RESTART_AFTER_MS = 2000;
/**
 * Between tries to bring a path back, in the first minute and after it, in ms. Firefox asks at growing intervals, up to
 * six seconds, whether there is a way; only a new try asks at once.
 */
const EAGER_MS = 3000;
const PATIENT_MS = 10_000;
const EAGER_PERIOD_MS = 60_000;
/** Time for the keys to be agreed on a path that stands, in ms. */
const HANDSHAKE_MS = 10_000;
/** Least time between two connections, in ms. */
const REBUILD_PAUSE_MS = 2000;

/** How a connection stands. */
export interface PathState {
  readonly ice: RTCIceConnectionState;
  readonly connection: RTCPeerConnectionState;
  /** The gateway answered the last offer: the browser is looking for a way. */
  readonly negotiated: boolean;
}

/** Whoever owns the connection. */
export interface PathOwner {
  state(): PathState | null;
  /** Look for another way for the same connection. */
  restart(): void;
  /** Make another connection. */
  rebuild(): void;
}

/** See the module. */
export class PathWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when there is no path; `null` while there is one. */
  private lostAt: number | null = null;
  private wasUp = false;
  private builtAt = 0;

  constructor(private readonly owner: PathOwner) {}

  /** A new connection was made. */
  built(): void {
    this.builtAt = Date.now();
    this.lostAt ??= Date.now();
    this.wasUp = false;
    this.schedule(this.pause());
  }

  /** The gateway answered: the browser begins to look for a way. */
  answered(): void {
    const ice = this.owner.state()?.ice;
    if (this.lostAt !== null && ice !== 'connected' && ice !== 'completed') this.schedule(this.pause());
  }

  /** The connection's state changed. */
  changed(): void {
    const state = this.owner.state();
    if (state === null) return;
    const found = state.ice === 'connected' || state.ice === 'completed';
    if (found && state.connection === 'connected') {
      this.lostAt = null;
      this.wasUp = true;
      clearTimeout(this.timer);
    } else if (state.ice === 'failed' || state.connection === 'failed') {
      this.lostAt ??= Date.now();
      clearTimeout(this.timer);
      const pause = Math.max(0, this.builtAt + REBUILD_PAUSE_MS - Date.now());
      this.timer = setTimeout(() => this.owner.rebuild(), pause);
    } else if (found) {
      this.schedule(HANDSHAKE_MS);
    } else if (state.ice === 'disconnected') {
      this.lostAt ??= Date.now();
      this.schedule(RESTART_AFTER_MS);
    }
  }

  /** The network or the page woke up: what is lost is looked for now. */
  wake(): void {
    const ice = this.owner.state()?.ice;
    if (ice === 'disconnected') this.retry();
    else if (ice === 'failed') this.owner.rebuild();
  }

  /** Ends it. */
  stop(): void {
    clearTimeout(this.timer);
    this.lostAt = null;
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), delay);
  }

  private retry(): void {
    const state = this.owner.state();
    if (state === null || this.lostAt === null) return;
    if (!state.negotiated) {
      this.schedule(this.pause());
    } else if (this.wasUp) {
      this.schedule(this.pause());
      this.owner.restart();
    } else {
      this.owner.rebuild();
    }
  }

  private pause(): number {
    const elapsed = Date.now() - (this.lostAt ?? Date.now());
    return elapsed < EAGER_PERIOD_MS ? EAGER_MS : PATIENT_MS;
  }
}
