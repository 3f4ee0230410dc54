/** What a person sees of an outage, by how long it lasts (milliseconds). */
import type { Phase } from '../../state/room';

/** From here on the pictures are dimmed. */
export const DIM_AFTER = 2_000;
/** From here on a banner counts the seconds. */
export const BANNER_AFTER = 5_000;
/** From here on a full page says so. */
export const PAGE_AFTER = 60_000;

/** The four faces of an outage. */
export type Outage = 'none' | 'dim' | 'banner' | 'page';

/** What is lost, and since when (`Date.now()`). */
export type Loss =
  | { readonly what: 'nothing' }
  /** The connection to the room. */
  | { readonly what: 'connection'; readonly since: number }
  /** Picture and sound; the room itself is still heard of. */
  | { readonly what: 'media'; readonly since: number };

/**
 * What is lost. `mediaSince`: since when picture and sound do not pass, `null` while they do; `quietSince`: since when
 * nothing is heard on a connection that still stands.
 */
export function lossOf(phase: Phase, mediaSince: number | null, quietSince: number | null = null): Loss {
  if (phase.name === 'recovering') return { what: 'connection', since: phase.since };
  if (phase.name === 'live' && quietSince !== null) return { what: 'connection', since: quietSince };
  if (phase.name === 'live' && mediaSince !== null) return { what: 'media', since: mediaSince };
  return { what: 'nothing' };
}

/** The face of a loss at `now`. Without picture and sound alone, roll call and orders stay within reach. */
export function outage(loss: Loss, now: number): Outage {
  if (loss.what === 'nothing') return 'none';
  const lasted = now - loss.since;
  if (lasted >= PAGE_AFTER && loss.what === 'connection') return 'page';
  if (lasted >= BANNER_AFTER) return 'banner';
  return lasted >= DIM_AFTER ? 'dim' : 'none';
}
