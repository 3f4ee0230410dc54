import { describe, expect, it } from 'vitest';
import type { MemberState } from '../../src/state/room';
import { adviceFor, browserOf } from '../../src/ui/model/advice';
import { attendance, attendanceChange } from '../../src/ui/model/announce';
import { clock, documentTitle, duration } from '../../src/ui/model/format';
import { GRID_TILE_MIN_WIDTH, gridLayout, paged, stageLayout } from '../../src/ui/model/layout';
import { pastedLink } from '../../src/ui/model/link';
import { lossOf, outage } from '../../src/ui/model/recovery';
import { shortcutFor } from '../../src/ui/model/shortcuts';
import { byName, fold, initials, matches } from '../../src/ui/model/text';
import { coverOf, gridSources, isPinned, stripSources, tileKey } from '../../src/ui/model/tiles';
import { windowOf } from '../../src/ui/model/window';

/** A row of the roster with nothing on. */
function member(id: number, changes: Partial<MemberState> = {}): MemberState {
  return {
    member: id,
    name: `Site ${id}`,
    role: 'site',
    presence: 'present',
    microphone: false,
    camera: true,
    screen: false,
    muted: false,
    hand: null,
    speaking: false,
    ...changes,
  };
}

describe('a search for a site', () => {
  it('looks past accents, case and the stroke of đ', () => {
    expect(fold('Điểm cầu Đắk Lắk')).toBe('diem cau dak lak');
    expect(matches('Điểm cầu Đắk Lắk', 'dak lak')).toBe(true);
    expect(matches('Sở chỉ huy', 'SO CHI')).toBe(true);
  });

  it('finds a name typed with its accents', () => {
    expect(matches('Điểm cầu 1', 'điểm')).toBe(true);
  });

  it('wants every word, in any order', () => {
    expect(matches('Điểm cầu 12', '12 diem')).toBe(true);
    expect(matches('Điểm cầu 12', 'diem 13')).toBe(false);
  });

  it('finds everything with nothing typed', () => {
    expect(matches('Điểm cầu 1', ' ')).toBe(true);
  });
});

describe('a crest', () => {
  it('keeps a closing number whole', () => {
    expect(initials('Điểm cầu 128')).toBe('ĐC128');
  });

  it('holds at most three letters: the first two and the last', () => {
    expect(initials('Sở chỉ huy vùng Bắc')).toBe('SCB');
  });

  it('takes composed and decomposed letters alike', () => {
    expect(initials('Ấp'.normalize('NFD'))).toBe(initials('Ấp'.normalize('NFC')));
  });

  it('is empty for a name without letters', () => {
    expect(initials('—')).toBe('');
  });
});

describe('the grid', () => {
  const area = { width: 1536, height: 864 };

  it('fills the area with one tile', () => {
    expect(gridLayout(area, 1)).toMatchObject({ columns: 1, tileWidth: 1536, perPage: 1 });
  });

  it('takes the columns that give the largest tile', () => {
    expect(gridLayout(area, 4)).toMatchObject({ columns: 2, rows: 2 });
    expect(gridLayout({ width: 1600, height: 300 }, 3)).toMatchObject({ columns: 3, rows: 1 });
    expect(gridLayout({ width: 360, height: 700 }, 3)).toMatchObject({ columns: 1, rows: 3 });
  });

  it('never makes a tile narrower than its least width where the area has that width', () => {
    for (let width = GRID_TILE_MIN_WIDTH; width < 2000; width += 97) {
      for (let height = 200; height < 1200; height += 131) {
        for (const count of [1, 3, 17, 40, 300]) {
          const grid = gridLayout({ width, height }, count);
          expect(grid.tileWidth, `${count} in ${width}×${height}`).toBeGreaterThanOrEqual(
            GRID_TILE_MIN_WIDTH,
          );
        }
      }
    }
  });

  it('stays inside its area', () => {
    for (const count of [1, 2, 5, 40, 300]) {
      const grid = gridLayout(area, count);
      expect(grid.columns * grid.tileWidth).toBeLessThanOrEqual(area.width);
      expect(grid.rows * grid.tileHeight).toBeLessThanOrEqual(area.height);
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(grid.perPage);
    }
  });

  it('has one page for nobody and for an area without size', () => {
    expect(gridLayout(area, 0).perPage).toBe(1);
    expect(gridLayout({ width: 0, height: 0 }, 5).perPage).toBe(1);
  });
});

describe('a page of tiles', () => {
  it('is held within the pages there are', () => {
    expect(paged([1, 2, 3, 4, 5], 9, 2)).toEqual({ items: [5], page: 2, pages: 3 });
    expect(paged([1, 2, 3], -1, 2)).toEqual({ items: [1, 2], page: 0, pages: 2 });
    expect(paged([], 0, 4)).toEqual({ items: [], page: 0, pages: 1 });
  });
});

describe('stage and tiles', () => {
  it('stand over each other in one row each where the window is wide', () => {
    const layout = stageLayout({ width: 960, height: 600 }, 40);
    expect(layout).toMatchObject({ tall: false, stageHeight: 484 });
    expect(layout.tiles).toMatchObject({ rows: 1, perPage: 4, tileWidth: 192 });
  });

  it('need no bar that turns pages when all fit', () => {
    expect(stageLayout({ width: 960, height: 600 }, 3).tiles.perPage).toBeGreaterThanOrEqual(3);
  });

  it('leave nothing of an upright telephone empty: the stage takes 16:9, the tiles the rest', () => {
    const area = { width: 344, height: 518 };
    for (const count of [2, 3, 4, 8, 40, 500]) {
      const { tall, stageHeight, tiles } = stageLayout(area, count);
      expect(tall).toBe(true);
      expect(stageHeight).toBe(193);
      const used = stageHeight + 8 + tiles.rows * (tiles.tileHeight + 8) + (tiles.perPage < count ? 56 : 0);
      expect(used, `${count} tiles`).toBeGreaterThan(area.height * 0.75);
      expect(used, `${count} tiles`).toBeLessThanOrEqual(area.height + 8);
    }
    expect(stageLayout(area, 40).tiles).toMatchObject({ columns: 2, rows: 2, perPage: 4 });
  });

  it('keep the strip where an upright window is too low for rows of tiles', () => {
    expect(stageLayout({ width: 344, height: 350 }, 8).tall).toBe(false);
  });

  it('show at least one other site on a page', () => {
    for (const width of [100, 240, 360]) {
      expect(stageLayout({ width, height: 90 }, 9).tiles.perPage).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('the order of tiles', () => {
  const rows = [
    member(1),
    member(2, { role: 'chair' }),
    member(3, { screen: true, speaking: true }),
    member(4),
  ];

  it('puts the chair first in the strip and leaves oneself out', () => {
    expect(stripSources(rows, 4).map((source) => source.member)).toEqual([2, 1, 3]);
  });

  it('does not change with loudness', () => {
    const louder = rows.map((row) => ({ ...row, speaking: row.member === 4 }));
    expect(stripSources(louder, 1)).toEqual(stripSources(rows, 1));
    expect(gridSources(louder, 1)).toEqual(gridSources(rows, 1));
  });

  it('puts the presentations of others first in the grid', () => {
    expect(gridSources(rows, 1).map(tileKey)).toEqual([
      '3-screen',
      '1-camera',
      '2-camera',
      '3-camera',
      '4-camera',
    ]);
    expect(gridSources(rows, 3).map(tileKey)).not.toContain('3-screen');
  });
});

describe('a tile without picture says why', () => {
  const camera = { member: 1, kind: 'camera' } as const;

  it('an outage before all else', () => {
    expect(coverOf(member(1, { presence: 'recovering', camera: false }), camera, 'none')).toBe('recovering');
  });

  it('a camera that is off', () => {
    expect(coverOf(member(1, { camera: false }), camera, 'none')).toBe('camera_off');
  });

  it('a picture on its way', () => {
    expect(coverOf(member(1), camera, 'covered')).toBe('waiting');
    expect(coverOf(member(1, { camera: false }), { member: 1, kind: 'screen' }, 'covered')).toBe('waiting');
  });

  it('and nothing when there is one', () => {
    expect(coverOf(member(1), camera, 'shown')).toBeNull();
  });

  it('knows what the chair pinned', () => {
    const stage = { rule: { rule: 'pinned', source: camera }, source: camera } as const;
    expect(isPinned(stage, { member: 1, kind: 'camera' })).toBe(true);
    expect(isPinned(stage, { member: 1, kind: 'screen' })).toBe(false);
    expect(isPinned(null, camera)).toBe(false);
  });
});

describe('a key', () => {
  const press = (key: string, code: string, changes = {}) => ({
    key,
    code,
    repeat: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    ...changes,
  });
  const page = { inField: false, onControl: false, inDialog: false, singleKeys: true };

  it('asks by its place on the keyboard, whatever an input method makes of it', () => {
    expect(shortcutFor(press('Process', 'KeyM'), page)).toBe('microphone');
    expect(shortcutFor(press('?', 'Slash'), page)).toBe('help');
    expect(shortcutFor(press('/', 'Slash'), page)).toBe('filter');
  });

  it('does nothing in fields, dialogs, on repeat and with a modifier', () => {
    expect(shortcutFor(press('m', 'KeyM'), { ...page, inField: true })).toBeNull();
    expect(shortcutFor(press('m', 'KeyM'), { ...page, inDialog: true })).toBeNull();
    expect(shortcutFor(press(' ', 'Space', { repeat: true }), page)).toBeNull();
    expect(shortcutFor(press('s', 'KeyS', { ctrlKey: true }), page)).toBeNull();
  });

  it('leaves Space to the control that the keyboard reached', () => {
    expect(shortcutFor(press(' ', 'Space'), { ...page, onControl: true })).toBeNull();
    expect(shortcutFor(press(' ', 'Space'), page)).toBe('talk');
  });

  it('of a single sign can be turned off, Space and the page keys stay', () => {
    const quiet = { ...page, singleKeys: false };
    expect(shortcutFor(press('h', 'KeyH'), quiet)).toBeNull();
    expect(shortcutFor(press('?', 'Slash'), quiet)).toBeNull();
    expect(shortcutFor(press('PageDown', 'PageDown'), quiet)).toBe('nextPage');
    expect(shortcutFor(press(' ', 'Space'), quiet)).toBe('talk');
  });
});

describe('what is announced', () => {
  it('is how many came, left and raised a hand', () => {
    const before = attendance([member(1), member(2), member(3, { presence: 'absent' })]);
    const after = attendance([
      member(1, { hand: { order: 1 } }),
      member(2, { presence: 'absent' }),
      member(3),
      member(4, { presence: 'recovering' }),
    ]);
    expect(attendanceChange(before, after)).toEqual({ joined: 2, left: 1, hands: 1 });
  });
});

describe('an outage', () => {
  const times = [1_000, 2_999, 3_000, 5_999, 6_000, 60_999, 61_000];

  it('is hidden at first, then dims, then counts, then fills the page', () => {
    const loss = lossOf({ name: 'recovering', since: 1_000 }, null);
    expect(times.map((now) => outage(loss, now))).toEqual([
      'none',
      'none',
      'dim',
      'dim',
      'banner',
      'banner',
      'page',
    ]);
  });

  it('of picture and sound alone never takes the room away', () => {
    const loss = lossOf({ name: 'live' }, 1_000);
    expect(loss.what).toBe('media');
    expect(times.map((now) => outage(loss, now)).at(-1)).toBe('banner');
  });

  it('dims what stands still as soon as the gateway is not heard, from when it was heard last', () => {
    const loss = lossOf({ name: 'live' }, null, 1_000);
    expect(loss).toEqual({ what: 'connection', since: 1_000 });
    expect([2_999, 3_000].map((now) => outage(loss, now))).toEqual(['none', 'dim']);
  });

  it('of the connection is told before that of picture and sound', () => {
    expect(lossOf({ name: 'recovering', since: 5 }, 1)).toEqual({ what: 'connection', since: 5 });
  });

  it('is none in any other phase', () => {
    expect(outage(lossOf({ name: 'live' }, null, null), 99_999_999)).toBe('none');
    expect(outage(lossOf({ name: 'lobby', error: null }, 1), 99_999_999)).toBe('none');
  });
});

describe('times and titles', () => {
  it('show two digits', () => {
    expect(clock(new Date(2026, 10, 24, 7, 5, 9))).toBe('07:05:09');
    expect(duration(65_999)).toBe('1:05');
    expect(duration(-5)).toBe('0:00');
  });

  it('begin with the classification in capitals', () => {
    expect(documentTitle('Tối mật', ['Giao ban', 'Giaoban'])).toBe('TỐI MẬT · Giao ban · Giaoban');
    expect(documentTitle(null, ['Giaoban'])).toBe('Giaoban');
  });
});

describe('a pasted link', () => {
  it('opens only what is of this origin and has a secret', () => {
    const origin = 'https://gateway.example:8443';
    expect(pastedLink(' https://gateway.example:8443/r/1#secret ', origin)).toBe('/r/1#secret');
    expect(pastedLink('https://gateway.example:8443/r/1', origin)).toBeNull();
    expect(pastedLink('https://other.example/r/1#secret', origin)).toBeNull();
    expect(pastedLink('secret', origin)).toBeNull();
  });
});

describe('the rows drawn of a long list', () => {
  const rows = Array.from({ length: 500 }, () => 57);

  it('are those in sight and a few more, and the room for the rest keeps the list as long as it is', () => {
    const { from, to, before, after } = windowOf(rows, 57 * 100, 570);
    expect({ from, to }).toEqual({ from: 94, to: 116 });
    expect(before + (to - from) * 57 + after).toBe(500 * 57);
  });

  it('are all of a short one', () => {
    expect(windowOf([57, 57, 81], 0, 600)).toEqual({ from: 0, to: 3, before: 0, after: 0 });
    expect(windowOf([], 0, 600)).toEqual({ from: 0, to: 0, before: 0, after: 0 });
  });

  it('are the last ones when the list became shorter than what was scrolled', () => {
    expect(windowOf(rows.slice(0, 20), 57 * 400, 570)).toMatchObject({ to: 20, after: 0 });
  });

  it('never leave a gap in sight, also with rows of several heights', () => {
    const uneven = Array.from({ length: 200 }, (_, index) => (index % 7 === 3 ? 105 : 57));
    const total = uneven.reduce((sum, height) => sum + height, 0);
    for (let scrolled = 0; scrolled < total - 400; scrolled += 333) {
      const { before, after } = windowOf(uneven, scrolled, 400);
      expect(before).toBeLessThanOrEqual(scrolled);
      expect(total - after).toBeGreaterThanOrEqual(scrolled + 400);
    }
  });
});

describe('names', () => {
  it('are sorted as Vietnamese does: đ after d, numbers by their value', () => {
    const names = ['Điện Biên', 'Điểm cầu 10', 'Điểm cầu 9', 'Dân quân', 'Âu Lạc', 'An Giang', 'Ẩn'];
    expect([...names].sort(byName)).toEqual([
      'An Giang',
      'Ẩn',
      'Âu Lạc',
      'Dân quân',
      'Điểm cầu 9',
      'Điểm cầu 10',
      'Điện Biên',
    ]);
  });
});

describe('the advice about a device that is not allowed', () => {
  const agents = {
    chromium:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
    safari:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
    other: 'Mozilla/5.0',
  };

  it('says where to click in each browser', () => {
    for (const [browser, agent] of Object.entries(agents)) {
      expect(browserOf(agent)).toBe(browser);
      expect(adviceFor('denied', agent)).toBe(`device.denied.action.${browser}`);
    }
  });

  it('about any other problem is the same everywhere', () => {
    expect(adviceFor('busy', agents.firefox)).toBe('device.busy.action');
  });
});
