/** What a person is told of a link that ends, by the time that is left (milliseconds). */

/** From here on the strip counts, and it is said; again at the second. */
export const WARNINGS = [5 * 60_000, 60_000] as const;

/** How the link stands. `minutes`: of the last warning that is due. */
export type LinkEnd =
  | { readonly name: 'far' }
  | { readonly name: 'near'; readonly minutes: number; readonly left: number }
  | { readonly name: 'over' };

/** How a link stands that ends at `until`, if at all. */
export function linkEnd(until: number | null, now: number): LinkEnd {
  if (until === null) return { name: 'far' };
  const left = until - now;
  if (left <= 0) return { name: 'over' };
  const due = WARNINGS.filter((warning) => left <= warning).at(-1);
  return due === undefined ? { name: 'far' } : { name: 'near', minutes: due / 60_000, left };
}
