/** Since when sound and picture are lost: the browser notices seconds after the last packet came. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Counters } from '../engine/network';

/** A browser gives a path up within this time of the last packet, in ms; older packets tell nothing of the loss. */
const NOTICED_WITHIN_MS = 10_000;

/** See the module. */
export class MediaLoss {
  private readonly sinceSignal = signal<number | null>(null);
  private receivedAt = 0;

  /** As `Date.now()`; `null` while media passes, or before it ever did. */
  get since(): ReadonlySignal<number | null> {
    return this.sinceSignal;
  }

  /** Two readings of the counters: more was received, or not. */
  counted(before: Counters | null, now: Counters): void {
    const came =
      now.packetsReceived > (before?.packetsReceived ?? 0) ||
      now.bytesReceived > (before?.bytesReceived ?? 0);
    if (came) this.receivedAt = now.at;
  }

  /** The path is up, or not. */
  connected(up: boolean, now = Date.now()): void {
    if (up) this.sinceSignal.value = null;
    else this.sinceSignal.value ??= now - this.receivedAt <= NOTICED_WITHIN_MS ? this.receivedAt : now;
  }
}
