/** The units that the person at the page administers, on the day shown. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { ApiFault, all, call } from './api';
import { today } from './model/day';
import { treeOf, type UnitTree } from './model/tree';
import { query } from './route';

/** Most units that are fetched: ten times what a country has. */
const MOST = 40_000;
const PAGE = 1000;

const tree = signal<UnitTree | null>(null);
const trouble = signal<ApiFault | null>(null);

/** The tree, once it is there. */
export const units: ReadonlySignal<UnitTree | null> = tree;

/** Why there is none. */
export const unitsFault: ReadonlySignal<ApiFault | null> = trouble;

/** The day as of which units and people are shown. */
export const day: ReadonlySignal<string> = computed(() => query.value.get('day') ?? today());

/** The unit chosen in the tree; every page shows what belongs to it. `null` is all. */
export const chosen: ReadonlySignal<number | null> = computed(() => {
  const id = Number(query.value.get('unit') ?? Number.NaN);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
});

/** The name of a unit on the day shown. */
export function unitName(id: number | null | undefined): string {
  return (typeof id === 'number' ? tree.value?.byId.get(id)?.name : undefined) ?? '–';
}

let latest = 0;

/** Fetches the units of the day shown. */
export async function loadUnits(): Promise<void> {
  latest += 1;
  const own = latest;
  const asOf = day.peek();
  try {
    const items = await all(async (after) => {
      const asked = { limit: PAGE, as_of: asOf, ...(after === undefined ? {} : { after }) };
      return (await call('GET /api/v1/units', { query: asked })).value;
    }, MOST);
    if (own !== latest) return;
    tree.value = treeOf(items);
    trouble.value = null;
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    if (own === latest) trouble.value = error;
  }
}
