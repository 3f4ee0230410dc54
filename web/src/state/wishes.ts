/** What is asked of the gateway for what the view wants to see. Pure, but for the pace. */
import { FIRST_TILE_SLOT, type MemberState, STAGE_VIDEO_SLOT, type WireSource, type Wish } from '../gen/wire';
import type { View } from './room';
import { sends, sourceKey } from './roster';

/** Screens finer than this look no better for it. */
const MAX_PIXEL_RATIO = 2;
/** Least time between two wishes, in ms: the gateway takes ten a second. */
const PACE_MS = 100;
/** Heights on the wire. */
const MAX_HEIGHT = 4320;

/** Who has which tile slot, by {@link sourceKey}. */
export type Allotment = ReadonlyMap<string, number>;

/** What a wish depends on. */
export interface WishInput {
  readonly view: View;
  readonly members: ReadonlyMap<number, MemberState>;
  readonly self: number | null;
  readonly pixelRatio: number;
  /** Nobody looks at the page: no picture is asked for. */
  readonly hidden: boolean;
  /** Tile slots there can be. */
  readonly tiles: number;
}

/** Height on the screen, in device pixels. */
export function deviceHeight(height: number, pixelRatio: number): number {
  const pixels = Math.round(height * Math.min(pixelRatio, MAX_PIXEL_RATIO));
  return Math.min(Math.max(pixels, 0), MAX_HEIGHT);
}

/** The tiles whose pictures come from the gateway, without doubles, most important first. */
export function wantedTiles(input: WishInput): readonly { source: WireSource; height: number }[] {
  if (input.hidden) return [];
  const tiles = new Map<string, { source: WireSource; height: number }>();
  for (const { source, height } of input.view.tiles) {
    if (source.member === input.self || !sends(input.members.get(source.member), source)) continue;
    const key = sourceKey(source);
    const other = tiles.get(key)?.height ?? 0;
    tiles.set(key, { source, height: Math.max(other, deviceHeight(height, input.pixelRatio)) });
  }
  return [...tiles.values()].slice(0, input.tiles);
}

/** Gives each wanted source a slot; who has one keeps it. */
export function allot(
  before: Allotment,
  wanted: readonly { source: WireSource }[],
  tiles: number,
): Allotment {
  const keys = wanted.map(({ source }) => sourceKey(source));
  const next = new Map<string, number>();
  for (const key of keys) {
    const slot = before.get(key);
    if (slot !== undefined && slot < FIRST_TILE_SLOT + tiles) next.set(key, slot);
  }
  const taken = new Set(next.values());
  let free = FIRST_TILE_SLOT;
  for (const key of keys) {
    if (next.has(key)) continue;
    while (taken.has(free)) free++;
    if (free >= FIRST_TILE_SLOT + tiles) break;
    taken.add(free);
    next.set(key, free);
  }
  return next;
}

/** The whole wish. */
export function wishesOf(input: WishInput, allotment: Allotment): Wish[] {
  const wishes: Wish[] = [];
  if (!input.hidden && input.view.stageHeight > 0) {
    const height = deviceHeight(input.view.stageHeight, input.pixelRatio);
    wishes.push({ slot: STAGE_VIDEO_SLOT, source: null, height });
  }
  for (const { source, height } of wantedTiles(input)) {
    const slot = allotment.get(sourceKey(source));
    if (slot !== undefined) wishes.push({ slot, source, height });
  }
  return wishes;
}

/** Whether a wish asks for something that the one before did not, or for it larger. */
export function grows(before: readonly Wish[], now: readonly Wish[]): boolean {
  return now.some((wish) => {
    const old = before.find((each) => each.slot === wish.slot);
    if (old === undefined || wish.height > old.height) return true;
    return old.source?.member !== wish.source?.member || old.source?.kind !== wish.source?.kind;
  });
}

/** Sends wishes no faster than the gateway takes them: growth at once, shrinking after a pause. */
export class WishPacer {
  private sent: readonly Wish[] = [];
  private next: Wish[] | null = null;
  private sentAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` says whether the message left. */
  constructor(private readonly send: (wishes: Wish[]) => boolean) {}

  /** Takes the present wish. */
  offer(wishes: Wish[]): void {
    if (JSON.stringify(wishes) === JSON.stringify(this.next ?? this.sent)) return;
    this.next = wishes;
    const since = Date.now() - this.sentAt;
    const wait = grows(this.sent, wishes) ? Math.max(0, PACE_MS - since) : PACE_MS;
    clearTimeout(this.timer);
    if (wait === 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** A new connection: the gateway may have missed the last wish. */
  reset(): void {
    if (this.sent.length > 0) this.next ??= [...this.sent];
    this.flush();
  }

  /** Forgets what waits. */
  stop(): void {
    clearTimeout(this.timer);
    this.next = null;
    this.sent = [];
  }

  private flush(): void {
    clearTimeout(this.timer);
    if (this.next === null || !this.send(this.next)) return;
    this.sent = this.next;
    this.next = null;
    this.sentAt = Date.now();
  }
}
