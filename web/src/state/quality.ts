/** The quality of all sites for whoever looks after them, and what this client tells of itself. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Playback } from '../engine/playback';
import type { ClientMessage, DeviceTrouble, SiteQuality } from '../gen/wire';
import type { DeviceState } from './room';

/** Between two reports on ourselves, in ms; the gateway takes one every 2 s. */
export const REPORT_PERIOD_MS = 5000;
/** The largest number the wire carries of what is counted. */
const MOST = 65_535;

const NOBODY: ReadonlyMap<number, SiteQuality> = new Map();

/** What does not work of the devices; one that was turned off is no trouble. */
export function troubleOf(camera: DeviceState, microphone: DeviceState): DeviceTrouble | null {
  const [noCamera, noMicrophone] = [camera.name === 'failed', microphone.name === 'failed'];
  if (noCamera && noMicrophone) return 'both';
  if (noCamera) return 'camera';
  return noMicrophone ? 'microphone' : null;
}

/** Makes reports of readings. */
export class PlaybackReporter {
  private freezes = 0;
  private reportedAt = Number.NEGATIVE_INFINITY;

  /** The report that is due at `now`, if one is. Counters that fell are those of another peer connection. */
  report(now: number, playback: Playback, trouble: DeviceTrouble | null): ClientMessage | null {
    if (now - this.reportedAt < REPORT_PERIOD_MS) return null;
    this.reportedAt = now;
    const { freezes, fps, path } = playback;
    const since = freezes < this.freezes ? freezes : freezes - this.freezes;
    this.freezes = freezes;
    return { type: 'report', freezes: Math.min(since, MOST), fps: Math.min(fps, MOST), path, trouble };
  }
}

/** What is known of the sites while somebody watches. */
export class QualityWatch {
  private readonly sitesSignal = signal(NOBODY);
  private watching = false;

  get sites(): ReadonlySignal<ReadonlyMap<number, SiteQuality>> {
    return this.sitesSignal;
  }

  get isWatching(): boolean {
    return this.watching;
  }

  /** Somebody begins or ceases to watch. */
  watch(on: boolean): void {
    this.watching = on;
    if (!on) this.sitesSignal.value = NOBODY;
  }

  /** A message of the gateway: not of every site each time. */
  take(sites: readonly SiteQuality[]): void {
    if (!this.watching) return;
    const next = new Map(this.sitesSignal.peek());
    for (const site of sites) next.set(site.member, site);
    this.sitesSignal.value = next;
  }
}
