/** The line test of the lobby: once by itself, and again on a click; never in the way of joining. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError } from '../engine/api';
import type { Line } from '../engine/line';
import { type LineResult, testLine } from '../engine/line-test';

/** Whoever opens the lobby only to go through it is not tested, in ms. */
const PATIENCE_MS = 1000;
/** A gateway that tests many others is asked again, so often and after so long, in ms. */
const BUSY_TRIES = 4;
const BUSY_PAUSE_MS = 5000;

/** Where the test stands. */
export type LineState =
  | { readonly name: 'idle' }
  | { readonly name: 'testing' }
  | { readonly name: 'measured'; readonly line: Line }
  /** No media gets through to `address`. */
  | { readonly name: 'barred'; readonly address: string }
  /** Not measured: the gateway has no room for it now, it was asked too often, or something failed. */
  | { readonly name: 'unknown'; readonly cause: 'busy' | 'often' | 'failed' };

/** See the module. */
export class LineProbe {
  private readonly current = signal<LineState>({ name: 'idle' });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | null = null;

  constructor(
    /** The link's secret. */
    private readonly link: () => string | null,
    private readonly test: (link: string, until: AbortSignal) => Promise<LineResult> = testLine,
  ) {}

  get state(): ReadonlySignal<LineState> {
    return this.current;
  }

  /** The lobby is shown: tests soon. */
  arrive(): void {
    this.after(PATIENCE_MS, BUSY_TRIES);
  }

  /** Tests now, unless a test runs. */
  async run(tries = 1): Promise<void> {
    const link = this.link();
    if (link === null || this.running !== null) return;
    clearTimeout(this.timer);
    const running = new AbortController();
    this.running = running;
    this.current.value = { name: 'testing' };
    const state = await this.attempt(link, running.signal);
    if (this.running !== running) return;
    this.running = null;
    this.current.value = state;
    if (state.name === 'unknown' && state.cause === 'busy' && tries > 1) {
      this.after(BUSY_PAUSE_MS * (1 + Math.random()), tries - 1);
    }
  }

  /** Ends the test: the line is needed for the room. */
  stop(): void {
    clearTimeout(this.timer);
    if (this.running === null) return;
    this.running.abort();
    this.running = null;
    this.current.value = { name: 'idle' };
  }

  private after(pause: number, tries: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(tries), pause);
  }

  private async attempt(link: string, until: AbortSignal): Promise<LineState> {
    try {
      return await this.test(link, until);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : null;
      if (code === 'overloaded') return { name: 'unknown', cause: 'busy' };
      return { name: 'unknown', cause: code === 'rate_limited' ? 'often' : 'failed' };
    }
  }
}
