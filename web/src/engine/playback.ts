/** What the browser counts of pictures and of the way they come (Identifiers for WebRTC's Statistics API). */
import type { MediaPath } from '../gen/wire';

/** Counters at one moment. */
export interface Playback {
  /** Times that a picture stood still, over all pictures and since each began. */
  readonly freezes: number;
  /** Frames a second of the picture with the most. */
  readonly fps: number;
  /** The way of the pair in use; `null` while there is none. */
  readonly path: MediaPath | null;
}

type Row = Record<string, unknown> & { type: string };

/** Reads a report. */
export function playbackOf(report: Iterable<[string, unknown]>): Playback {
  const rows = new Map([...report].map(([id, row]) => [id, row as Row]));
  let freezes = 0;
  let fps = 0;
  let path: MediaPath | null = null;
  for (const row of rows.values()) {
    if (row.type === 'inbound-rtp' && row.kind === 'video') {
      freezes += number(row.freezeCount);
      fps = Math.max(fps, number(row.framesPerSecond));
    } else if (row.type === 'candidate-pair' && row.state === 'succeeded' && row.nominated === true) {
      path = pathOf(rows.get(String(row.localCandidateId)));
    }
  }
  return { freezes, fps: Math.round(fps), path };
}

function pathOf(local: Row | undefined): MediaPath {
  if (local?.candidateType === 'relay') return 'relay';
  return local?.protocol === 'tcp' ? 'tcp' : 'udp';
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
