import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MemberState, WireSource, Wish } from '../../src/gen/wire';
import {
  allot,
  DECODE_BUDGET,
  decoded,
  deviceHeight,
  type WishInput,
  WishPacer,
  wantedTiles,
  wishesOf,
  withinBudget,
} from '../../src/state/wishes';

const camera = (member: number): WireSource => ({ member, kind: 'camera' });
const row = (member: number, more: Partial<MemberState> = {}): MemberState => ({
  member,
  name: '',
  role: 'site',
  presence: 'present',
  microphone: false,
  camera: true,
  screen: false,
  muted: false,
  hand: null,
  speaking: false,
  ...more,
});

const input = (more: Partial<WishInput> = {}): WishInput => ({
  view: { stageHeight: 0, tiles: [1, 2, 3].map((member) => ({ source: camera(member), height: 100 })) },
  members: new Map([1, 2, 3].map((member) => [member, row(member)])),
  self: 9,
  pixelRatio: 1,
  hidden: false,
  tiles: 81,
  ...more,
});

const members = (wish: WishInput) => wantedTiles(wish).map(({ source }) => source.member);

describe('the tiles asked for', () => {
  it('leave out the own picture, cameras that are off, and members who are away', () => {
    expect(members(input())).toEqual([1, 2, 3]);
    expect(members(input({ self: 2 }))).toEqual([1, 3]);
    const rows = new Map([
      [1, row(1, { camera: false })],
      [2, row(2, { presence: 'absent' })],
      [3, row(3, { presence: 'recovering' })],
    ]);
    expect(members(input({ members: rows }))).toEqual([3]);
  });

  it('are none in a hidden page, and no stage either', () => {
    const hidden = input({
      hidden: true,
      view: { stageHeight: 500, tiles: [{ source: camera(1), height: 9 }] },
    });
    expect(wishesOf(hidden, new Map([['1:camera', 6]]))).toEqual([]);
  });

  it('name heights in device pixels, no finer than two a CSS pixel', () => {
    expect(deviceHeight(180, 1.5)).toBe(270);
    expect(deviceHeight(180, 3)).toBe(360);
  });

  it('ask once for a source drawn twice, at its larger size', () => {
    const tiles = [
      { source: camera(1), height: 90 },
      { source: camera(1), height: 200 },
    ];
    expect(wantedTiles(input({ view: { stageHeight: 0, tiles } }))).toEqual([
      { source: camera(1), height: 200 },
    ]);
  });
});

describe('slots', () => {
  const wanted = (...ids: number[]) => ids.map((member) => ({ source: camera(member) }));

  it('stay with their source while it is wanted', () => {
    const first = allot(new Map(), wanted(1, 2, 3), 4);
    expect([...first]).toEqual([
      ['1:camera', 6],
      ['2:camera', 7],
      ['3:camera', 8],
    ]);
    const second = allot(first, wanted(4, 3, 2), 4);
    expect(Object.fromEntries(second)).toEqual({ '3:camera': 8, '2:camera': 7, '4:camera': 6 });
  });

  it('go to the most important when there are too few', () => {
    expect(Object.fromEntries(allot(new Map(), wanted(1, 2, 3), 2))).toEqual({
      '1:camera': 6,
      '2:camera': 7,
    });
  });

  it('asks for the stage alone of a hidden page with a small window above all others, and for no more of it than that shows', () => {
    const view = { stageHeight: 720, tiles: [{ source: camera(1), height: 90 }], miniatureHeight: 225 };
    const wish = input({ hidden: true, view });
    expect(wishesOf(wish, allot(new Map(), wantedTiles(wish), 4))).toEqual([
      { slot: 5, source: null, height: 225 },
    ]);
    const shown = input({ view });
    expect(wishesOf(shown, new Map())[0]?.height).toBe(720);
  });

  it('make the wish together with the stage', () => {
    const wish = input({ view: { stageHeight: 720, tiles: [{ source: camera(1), height: 90 }] } });
    expect(wishesOf(wish, allot(new Map(), wantedTiles(wish), 4))).toEqual([
      { slot: 5, source: null, height: 720 },
      { slot: 6, source: camera(1), height: 90 },
    ]);
  });
});

describe('the pace of wishes', () => {
  let sent: Wish[][];
  let open: boolean;
  let pacer: WishPacer;
  const wish = (height: number): Wish[] => [{ slot: 5, source: null, height }];

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    open = true;
    pacer = new WishPacer((wishes) => {
      if (open) sent.push(wishes);
      return open;
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets growth out at once and shrinking after 100 ms', () => {
    pacer.offer(wish(100));
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(500);
    pacer.offer(wish(50));
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(sent.at(-1)).toEqual(wish(50));
    vi.advanceTimersByTime(500);
    pacer.offer(wish(200));
    expect(sent.at(-1)).toEqual(wish(200));
  });

  it('is at most ten a second, and the last wish counts', () => {
    for (let height = 1; height <= 100; height++) {
      pacer.offer(wish(height));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(100);
    expect(sent.length).toBeLessThanOrEqual(11);
    expect(sent.at(-1)).toEqual(wish(100));
  });

  it('turns pages no faster than the gateway takes the acknowledgements', () => {
    const page = (first: number): Wish[] =>
      Array.from({ length: 25 }, (_, slot) => ({ slot: 6 + slot, source: camera(first + slot), height: 90 }));
    // The key to turn pages repeats thirty times a second, for ten seconds.
    for (let turn = 0; turn < 300; turn++) {
      pacer.offer(page(turn * 25));
      vi.advanceTimersByTime(33);
    }
    expect(sent.length * 26).toBeLessThan(100 + 10 * 50);
    expect(sent.length).toBeGreaterThan(10);
    vi.advanceTimersByTime(2000);
    expect(sent.at(-1)).toEqual(page(299 * 25));
  });

  it('says nothing twice, except on a new connection', () => {
    pacer.offer(wish(100));
    pacer.offer(wish(100));
    vi.advanceTimersByTime(500);
    expect(sent).toHaveLength(1);
    pacer.reset();
    expect(sent).toHaveLength(2);
  });

  it('keeps a wish that could not leave for the next connection', () => {
    open = false;
    pacer.offer(wish(100));
    open = true;
    pacer.reset();
    expect(sent).toEqual([wish(100)]);
  });
});

describe('what a computer can decode', () => {
  const stage: Wish = { slot: 5, source: null, height: 1080 };
  const tiles = (count: number, height: number): Wish[] =>
    Array.from({ length: count }, (_, at) => ({ slot: 6 + at, source: camera(at + 1), height }));

  it('changes nothing while it is enough', () => {
    const wishes = [stage, ...tiles(6, 720)];
    expect(withinBudget(wishes)).toEqual(wishes);
  });

  it('is kept by the last tiles first, and never at the cost of the stage', () => {
    const kept = withinBudget([stage, ...tiles(9, 720)]);
    expect(decoded(kept)).toBeLessThanOrEqual(DECODE_BUDGET);
    expect(kept.map(({ height }) => height)).toEqual([1080, 720, 720, 720, 720, 720, 360, 360, 360, 360]);
  });

  it('bears a full page of the grid on a screen of twice the density', () => {
    const kept = withinBudget(tiles(49, 270));
    expect(decoded(kept)).toBeLessThanOrEqual(DECODE_BUDGET);
    expect(kept.every(({ height }) => height >= 180)).toBe(true);
  });
});
