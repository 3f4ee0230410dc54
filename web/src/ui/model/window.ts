/** Which rows of a long list are drawn. All lengths are CSS pixels. */

/** Rows drawn beyond each end of what is in sight, so that neither scrolling nor the Tab key meets an edge. */
const OVERSCAN = 6;

/** The part of a list that is drawn, and the room that stands for the rest. */
export interface Window {
  /** The first row drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Height of the rows before and after. */
  readonly before: number;
  readonly after: number;
}

/** The rows of `heights` to draw when `scrolled` of them are above an opening of `height`. */
export function windowOf(heights: readonly number[], scrolled: number, height: number): Window {
  const tops: number[] = [0];
  for (const row of heights) tops.push((tops.at(-1) ?? 0) + row);
  const total = tops.at(-1) ?? 0;
  // A list that became shorter than what was scrolled shows its end.
  const top = Math.max(0, Math.min(scrolled, total - height));
  let first = 0;
  while (first + 1 < heights.length && (tops[first + 1] ?? 0) <= top) first += 1;
  let last = first;
  while (last < heights.length && (tops[last] ?? 0) < top + height) last += 1;
  const from = Math.max(0, first - OVERSCAN);
  const to = Math.min(heights.length, last + OVERSCAN);
  return { from, to, before: tops[from] ?? 0, after: total - (tops[to] ?? total) };
}
