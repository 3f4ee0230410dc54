/**
 * Whether the room hears the own microphone. The gateway is told before the first sound leaves, and silence
 * comes before the gateway is told: an open microphone is never a surprise.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { MicrophoneState } from '../gen/wire';

/** Calls back about once a second while it runs, also in a hidden page. */
export interface Ticker {
  start(): void;
  stop(): void;
  /** Ends it for good. */
  dispose(): void;
}

/** Whoever owns the microphone. */
export interface TalkOwner {
  /** Tell the gateway what the room shall hear. */
  announce(microphone: MicrophoneState): void;
  /** Let the microphone's sound out, or stop it; at once. */
  transmit(on: boolean): void;
  /** Tell the gateway that the key is still held. */
  heartbeat(): void;
}

/** See the module. */
export class Talk {
  private readonly effective = signal<MicrophoneState>('off');
  private wanted: MicrophoneState = 'off';
  private hasDevice = false;
  private readonly ticker: Ticker;

  constructor(
    private readonly owner: TalkOwner,
    ticker: (tick: () => void) => Ticker,
  ) {
    this.ticker = ticker(() => this.tick());
  }

  /** The microphone as the room hears it. */
  get state(): ReadonlySignal<MicrophoneState> {
    return this.effective;
  }

  /** Opens the microphone until it is closed. */
  open(): void {
    this.want('open');
  }

  /** Closes it, however it was opened. */
  close(): void {
    this.want('off');
  }

  /** The key went down. An open microphone stays as it is. */
  press(): void {
    if (this.wanted === 'off') this.want('push_to_talk');
  }

  /**
   * The key went up, or something happened after which nobody may rely on it: the window lost the focus, the page
   * was hidden, a dialog opened, the connection broke. Only push-to-talk ends.
   */
  release(): void {
    if (this.wanted === 'push_to_talk') this.want('off');
  }

  /** The microphone began to capture, or was lost: then it is closed and stays so. */
  setDevice(present: boolean): void {
    this.hasDevice = present;
    if (!present) this.wanted = 'off';
    this.apply();
  }

  /** Ends it for good. */
  dispose(): void {
    this.ticker.dispose();
  }

  private want(state: MicrophoneState): void {
    this.wanted = state;
    this.apply();
  }

  private apply(): void {
    const before = this.effective.value;
    const now = this.hasDevice ? this.wanted : 'off';
    if (now === before) return;
    this.effective.value = now;
    if (now === 'off') this.owner.transmit(false);
    this.owner.announce(now);
    if (before === 'off') this.owner.transmit(true);
    if (now === 'push_to_talk') this.ticker.start();
    else this.ticker.stop();
  }

  private tick(): void {
    if (this.effective.value === 'push_to_talk') this.owner.heartbeat();
  }
}
