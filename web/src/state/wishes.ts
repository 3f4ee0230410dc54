/** What is asked of the gateway for what the view wants to see. Pure, but for the pace. */
import { FIRST_TILE_SLOT, type MemberState, STAGE_VIDEO_SLOT, type WireSource, type Wish } from '../gen/wire';
import type { View } from './room';
import { sends, sourceKey } from './roster';

/** Screens finer than this look no better for it. */
const MAX_PIXEL_RATIO = 2;
/** Least time between two wishes, in ms: the gateway takes ten a second. */
const PACE_MS = 100;
/**
 * Messages that wishes may cause, themselves and the acknowledgement of each slot that changes: at once, and each
 * second. The gateway takes 100 and 50 of all kinds, and cuts who sends more.
 */
const BUDGET_BURST = 60;
const BUDGET_PER_SECOND = 30;
/** Heights on the wire. */
const MAX_HEIGHT = 4320;
/** Heights in which cameras come (`engine/codecs.ts`), and how much finer than shown a picture must be at least. */
const LAYERS = [180, 360, 720] as const;
const ENOUGH = 0.9;
/** Pixels of one frame of all pictures together that a plain office computer decodes: seven of 720p. */
export const DECODE_BUDGET = 7 * 1280 * 720;

/** Who has which tile slot, by {@link sourceKey}. */
export type Allotment = ReadonlyMap<string, number>;

/** What a wish depends on. */
export interface WishInput {
  readonly view: View;
  readonly members: ReadonlyMap<number, MemberState>;
  readonly self: number | null;
  readonly pixelRatio: number;
  /** Nobody looks at the page: no picture is asked for but that of the small window above all others. */
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

/** The layer that comes for a wish of `height`: the smallest that is fine enough, else the finest. */
function layerFor(height: number): number {
  return LAYERS.find((layer) => layer >= ENOUGH * height) ?? LAYERS[LAYERS.length - 1] ?? 0;
}

/** Pixels of a frame of all `wishes` together. */
export function decoded(wishes: readonly Wish[]): number {
  return wishes.reduce((sum, { height }) => sum + (layerFor(height) ** 2 * 16) / 9, 0);
}

/** Takes the tiles down a layer, the last and finest first, until a computer can decode them all; never the stage. */
export function withinBudget(wishes: readonly Wish[]): Wish[] {
  const next = wishes.map((wish) => ({ ...wish }));
  for (const layer of [...LAYERS].reverse()) {
    const coarser = LAYERS.filter((one) => one < layer).at(-1);
    if (coarser === undefined) break;
    for (const wish of [...next].reverse()) {
      if (decoded(next) <= DECODE_BUDGET) return next;
      if (wish.slot !== STAGE_VIDEO_SLOT && layerFor(wish.height) === layer) wish.height = coarser;
    }
  }
  return next;
}

/** The whole wish. */
export function wishesOf(input: WishInput, allotment: Allotment): Wish[] {
  const wishes: Wish[] = [];
  const seen = Math.max(input.hidden ? 0 : input.view.stageHeight, input.view.miniatureHeight ?? 0);
  if (seen > 0) {
    const height = deviceHeight(seen, input.pixelRatio);
    wishes.push({ slot: STAGE_VIDEO_SLOT, source: null, height });
  }
  for (const { source, height } of wantedTiles(input)) {
    const slot = allotment.get(sourceKey(source));
    if (slot !== undefined) wishes.push({ slot, source, height });
  }
  return withinBudget(wishes);
}

/** Whether a wish asks for something that the one before did not, or for it larger. */
export function grows(before: readonly Wish[], now: readonly Wish[]): boolean {
  return now.some((wish) => {
    const old = before.find((each) => each.slot === wish.slot);
    if (old === undefined || wish.height > old.height) return true;
    return old.source?.member !== wish.source?.member || old.source?.kind !== wish.source?.kind;
  });
}

/** Slots whose source is another after a wish than before it. */
function changes(before: readonly Wish[], now: readonly Wish[]): number {
  const sources = (wishes: readonly Wish[]) =>
    new Map(wishes.map(({ slot, source }) => [slot, source === null ? '' : sourceKey(source)]));
  const old = sources(before);
  const next = sources(now);
  return [...new Set([...old.keys(), ...next.keys()])].filter((slot) => old.get(slot) !== next.get(slot))
    .length;
}

/** Sends wishes no faster than the gateway takes them and what they cause: growth at once, shrinking after a pause. */
export class WishPacer {
  private sent: readonly Wish[] = [];
  private next: Wish[] | null = null;
  private sentAt = Number.NEGATIVE_INFINITY;
  private budget = BUDGET_BURST;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` says whether the message left. */
  constructor(private readonly send: (wishes: Wish[]) => boolean) {}

  /** Takes the present wish. */
  offer(wishes: Wish[]): void {
    if (JSON.stringify(wishes) === JSON.stringify(this.next ?? this.sent)) return;
    this.next = wishes;
    const since = Date.now() - this.sentAt;
    const pause = grows(this.sent, wishes) ? Math.max(0, PACE_MS - since) : PACE_MS;
    const wait = Math.max(pause, this.waitFor(this.cost(wishes)));
    clearTimeout(this.timer);
    if (wait === 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** A new connection: the gateway may have missed the last wish, and counts anew. */
  reset(): void {
    this.budget = BUDGET_BURST;
    if (this.sent.length > 0) this.next ??= [...this.sent];
    this.flush();
  }

  /** Forgets what waits. */
  stop(): void {
    clearTimeout(this.timer);
    this.next = null;
    this.sent = [];
  }

  private cost(wishes: readonly Wish[]): number {
    return Math.min(BUDGET_BURST, 1 + changes(this.sent, wishes));
  }

  private available(): number {
    const earned = ((Date.now() - this.sentAt) / 1000) * BUDGET_PER_SECOND;
    return Math.min(BUDGET_BURST, this.budget + earned);
  }

  /** Until the budget bears so many messages, in ms. */
  private waitFor(cost: number): number {
    return Math.max(0, Math.ceil(((cost - this.available()) / BUDGET_PER_SECOND) * 1000));
  }

  private flush(): void {
    clearTimeout(this.timer);
    const next = this.next;
    if (next === null) return;
    const budget = this.available() - this.cost(next);
    if (!this.send(next)) return;
    this.sent = next;
    this.next = null;
    this.budget = budget;
    this.sentAt = Date.now();
  }
}
