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

/** The face of the outage at `now`. */
export function outage(phase: Phase, now: number): Outage {
  if (phase.name !== 'recovering') return 'none';
  const lasted = now - phase.since;
  if (lasted >= PAGE_AFTER) return 'page';
  if (lasted >= BANNER_AFTER) return 'banner';
  return lasted >= DIM_AFTER ? 'dim' : 'none';
}
