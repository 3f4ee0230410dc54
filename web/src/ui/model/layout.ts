/** Where tiles go. All lengths are CSS pixels. */

/** The narrowest tile of the grid. */
export const GRID_TILE_MIN_WIDTH = 240;
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

/** How many tiles of the least width go on one page. */
function capacity(area: Area): number {
  const least = Math.min(GRID_TILE_MIN_WIDTH, area.width);
  const columns = Math.floor((area.width + TILE_GAP) / (least + TILE_GAP));
  const rows = Math.floor((area.height + TILE_GAP) / ((least * 9) / 16 + TILE_GAP));
  return Math.min(GRID_MAX_TILES, Math.max(1, columns) * Math.max(1, rows));
}

/** The grid for `count` tiles and how many of them stand on one page. */
export function gridLayout(area: Area, count: number): Grid & { readonly perPage: number } {
  const perPage = Math.max(1, Math.min(count, capacity(area)));
  return { ...bestGrid(area, perPage), perPage };
}

/** How many tiles of `tile` px stand side by side in `width`. */
export function stripCapacity(width: number, tile: number): number {
  return Math.max(1, Math.floor((width + TILE_GAP) / (tile + TILE_GAP)));
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
