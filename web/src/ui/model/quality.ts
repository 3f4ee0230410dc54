/** From the quality of sites to what is drawn of it. */
import type { Grade, LinkQuality, MemberState, SiteQuality } from '../../state/room';

/** A site of the list; without quality nothing was told of it yet. */
export interface QualityRow {
  readonly member: MemberState;
  readonly site: SiteQuality | null;
}

/** How many sites there are of each grade. */
export interface GradeCounts {
  readonly bad: number;
  readonly weak: number;
  readonly good: number;
}

/** Worst first. */
const RANK: Readonly<Record<Grade, number>> = { bad: 0, weak: 1, good: 2 };
const UNKNOWN_RANK = 3;

/** Who is in the room, the worst first; of one grade in the room's order, so that rows move only when a grade changes. */
export function qualityRows(
  present: readonly MemberState[],
  sites: ReadonlyMap<number, SiteQuality>,
): QualityRow[] {
  const rows = present.map((member) => ({ member, site: sites.get(member.member) ?? null }));
  const rank = ({ site }: QualityRow): number => (site === null ? UNKNOWN_RANK : RANK[site.grade]);
  return rows.sort((one, other) => rank(one) - rank(other));
}

/** Counts the grades. */
export function countGrades(rows: readonly QualityRow[]): GradeCounts {
  const counts = { bad: 0, weak: 0, good: 0 };
  for (const { site } of rows) if (site !== null) counts[site.grade] += 1;
  return counts;
}

/** Of how many bars a direction is: 3 good, 2 weak, 1 bad, 0 nothing passes. The gateway's limits of loss and jitter. */
export function barsOf(link: LinkQuality): 0 | 1 | 2 | 3 {
  if (link.rate === 0) return 0;
  if (link.loss >= 50 || link.jitter >= 120) return 1;
  return link.loss >= 15 || link.jitter >= 40 ? 2 : 3;
}

/** kbit/s as a person reads it; a number and its unit stay on one line. */
export function rateText(rate: number, language: string): string {
  if (rate < 1000) return `${rate}\u00a0kbit/s`;
  return `${(rate / 1000).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}\u00a0Mbit/s`;
}

/** Parts of a thousand as a person reads them. */
export function lossText(loss: number, language: string): string {
  return `${(loss / 10).toLocaleString(language, { maximumFractionDigits: 1 })}\u00a0%`;
}
