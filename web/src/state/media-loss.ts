/** Since when sound and picture are lost: the browser itself notices five to eight seconds after the last packet came. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Counters } from '../engine/network';

/** A browser gives a path up within this time of the last packet, in ms; older packets tell nothing of the loss. */
const NOTICED_WITHIN_MS = 10_000;
/** On a path that carried something, silence for so long is a loss, in ms. */
const SILENT_AFTER_MS = 2000;
/** Who sends more than this is answered several times a second by the gateway's feedback, in bytes per second. */
const ANSWERED_FROM = 2000;

/** See the module. */
export class MediaLoss {
  private readonly sinceSignal = signal<number | null>(null);
  private receivedAt = 0;
  private isUp = false;
  /** The loss was noticed by silence alone: what comes again ends it. */
  private isSilent = false;

  /** As `Date.now()`; `null` while media passes, or before it ever did. */
  get since(): ReadonlySignal<number | null> {
    return this.sinceSignal;
  }

  /** Two readings of the counters. `expected`: somebody sends something that should come, by the roster's word. */
  counted(before: Counters | null, now: Counters, expected = false): void {
    const came =
      now.packetsReceived > (before?.packetsReceived ?? 0) ||
      now.bytesReceived > (before?.bytesReceived ?? 0);
    if (came) {
      this.receivedAt = now.at;
      if (this.isSilent) this.end();
    } else if (this.isUp && now.at - this.receivedAt >= SILENT_AFTER_MS) {
      if (!expected && !isAnswered(before, now)) return;
      this.isSilent ||= this.sinceSignal.value === null;
      this.sinceSignal.value ??= this.receivedAt;
    }
  }

  /** The path is up, or not. */
  connected(up: boolean, now = Date.now()): void {
    if (up && !this.isUp) this.receivedAt = now;
    this.isUp = up;
    if (up) this.end();
    else {
      this.isSilent = false;
      this.sinceSignal.value ??= now - this.receivedAt <= NOTICED_WITHIN_MS ? this.receivedAt : now;
    }
  }

  private end(): void {
    this.isSilent = false;
    this.sinceSignal.value = null;
  }
}

function isAnswered(before: Counters | null, now: Counters): boolean {
  if (before === null) return false;
  return ((now.bytesSent - before.bytesSent) * 1000) / Math.max(1, now.at - before.at) > ANSWERED_FROM;
}
