/** Where tiles go. All lengths are CSS pixels. */

/** The narrowest tile of the grid. */
export const GRID_TILE_MIN_WIDTH = 240;
/** The narrowest tile under the stage of a window higher than wide, and the least height for such tiles. */
const TALL_TILE_MIN_WIDTH = 160;
const TALL_TILES_MIN_HEIGHT = 160;
/** Height of the bar that turns pages; the width of its three buttons beside the strip. */
const PAGER_HEIGHT = 48;
const STRIP_PAGER_WIDTH = 160;
/** Between two tiles. */
export const TILE_GAP = 8;
/** Most pictures on one page of the grid: more than this no eye follows and no line carries. */
export const GRID_MAX_TILES = 49;

/** An area to fill. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** A page of equal tiles. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** The largest 16:9 tile that `columns` × `rows` leave in `area`. */
function tileWidth(area: Area, columns: number, rows: number): number {
  const byWidth = (area.width - TILE_GAP * (columns - 1)) / columns;
  const byHeight = ((area.height - TILE_GAP * (rows - 1)) / rows) * (16 / 9);
  return Math.floor(Math.min(byWidth, byHeight));
}

/** The columns that give `count` tiles their largest 16:9 size. */
function bestGrid(area: Area, count: number): Grid {
  let best: Grid = { columns: 1, rows: count, tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = tileWidth(area, columns, rows);
    if (width > best.tileWidth) {
      best = { columns, rows, tileWidth: width, tileHeight: Math.floor((width * 9) / 16) };
    }
  }
  return best;
}

/** How many tiles at least `narrowest` wide go on one page. */
function capacity(area: Area, narrowest: number): number {
  const least = Math.min(narrowest, area.width);
  const columns = Math.floor((area.width + TILE_GAP) / (least + TILE_GAP));
  const rows = Math.floor((area.height + TILE_GAP) / ((least * 9) / 16 + TILE_GAP));
  return Math.min(GRID_MAX_TILES, Math.max(1, columns) * Math.max(1, rows));
}

/** A grid and how many of its tiles stand on one page. */
export interface PagedGrid extends Grid {
  readonly perPage: number;
}

/** The grid for `count` tiles; where they need several pages, room is left for the bar that turns them. */
export function gridLayout(area: Area, count: number, narrowest = GRID_TILE_MIN_WIDTH): PagedGrid {
  const fill = (within: Area): PagedGrid => {
    const perPage = Math.max(1, Math.min(count, capacity(within, narrowest)));
    return { ...bestGrid(within, perPage), perPage };
  };
  const whole = fill(area);
  if (whole.perPage >= count) return whole;
  return fill({ width: area.width, height: Math.max(0, area.height - PAGER_HEIGHT - TILE_GAP) });
}

/** The stage, and the tiles beside it. */
export interface StageLayout {
  /** Height of the stage's picture. */
  readonly stageHeight: number;
  /** The tiles stand in several rows under a stage as wide as the area. */
  readonly tall: boolean;
  readonly tiles: PagedGrid;
}

/** How many tiles of `tile` px stand side by side in `width`. */
function stripCapacity(width: number, tile: number): number {
  return Math.max(1, Math.floor((width + TILE_GAP) / (tile + TILE_GAP)));
}

/** Width of a tile of the strip in an area of `width`. */
function stripTileWidth(width: number): number {
  if (width < 700) return 108;
  return width < 1100 ? 192 : 224;
}

/** One row of tiles under the stage. */
function stripLayout(area: Area, count: number): PagedGrid {
  const width = stripTileWidth(area.width);
  const all = stripCapacity(area.width, width);
  const perPage = count <= all ? all : Math.max(2, stripCapacity(area.width - STRIP_PAGER_WIDTH, width));
  return {
    columns: Math.min(count, perPage),
    rows: 1,
    tileWidth: width,
    tileHeight: Math.floor((width * 9) / 16),
    perPage,
  };
}

/**
 * The stage with `count` tiles, the own among them. On an area higher than wide the stage takes what 16:9 needs and the
 * tiles all the rest, so that nothing stays empty on a telephone held upright.
 */
export function stageLayout(area: Area, count: number): StageLayout {
  const widest = Math.floor((area.width * 9) / 16);
  const rest = area.height - widest - TILE_GAP;
  if (area.height > area.width && rest >= TALL_TILES_MIN_HEIGHT) {
    const tiles = gridLayout({ width: area.width, height: rest }, count, TALL_TILE_MIN_WIDTH);
    return { stageHeight: widest, tall: true, tiles };
  }
  const tiles = stripLayout(area, count);
  const free = area.height - tiles.tileHeight - TILE_GAP;
  return { stageHeight: Math.max(0, Math.floor(Math.min(free, widest))), tall: false, tiles };
}

/** One page of a list. `page` counts from 0 and is held within the pages there are. */
export function paged<T>(
  items: readonly T[],
  page: number,
  perPage: number,
): { readonly items: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const held = Math.min(Math.max(0, page), pages - 1);
  return { items: items.slice(held * perPage, (held + 1) * perPage), page: held, pages };
}
