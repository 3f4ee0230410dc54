/** Units as a tree, and what of it is shown. */
import type { UnitView } from '../../gen/api';
import { byName, matches } from '../../ui/model/text';

/** A unit with what lies below it. */
export interface UnitNode {
  readonly id: string;
  readonly unit: UnitView;
  readonly children: readonly UnitNode[];
}

/** The units of one day. */
export interface UnitTree {
  readonly roots: readonly UnitNode[];
  readonly byId: ReadonlyMap<number, UnitView>;
}

/** The tree of `units`, each level in the order of names. A unit whose superior is not shown stands at the top. */
export function treeOf(units: readonly UnitView[]): UnitTree {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const below = new Map<number | null, UnitView[]>();
  for (const unit of units) {
    const parent = unit.parent ?? null;
    const place = parent !== null && byId.has(parent) ? parent : null;
    const siblings = below.get(place);
    if (siblings === undefined) below.set(place, [unit]);
    else siblings.push(unit);
  }
  const nodes = (parent: number | null): UnitNode[] =>
    (below.get(parent) ?? [])
      .sort((a, b) => byName(a.name, b.name))
      .map((unit) => ({ id: String(unit.id), unit, children: nodes(unit.id) }));
  return { roots: nodes(null), byId };
}

/** Only what is called like `sought`, and what stands above it. */
export function narrowed(nodes: readonly UnitNode[], sought: string): readonly UnitNode[] {
  if (sought.trim() === '') return nodes;
  return nodes.flatMap((node) => {
    const children = narrowed(node.children, sought);
    const fits = matches(`${node.unit.name} ${node.unit.code}`, sought);
    return children.length > 0 || fits ? [{ ...node, children }] : [];
  });
}

/** Every node that has something below it, at most `most` of them. */
export function branches(nodes: readonly UnitNode[], most: number): string[] {
  const found: string[] = [];
  const look = (some: readonly UnitNode[]): void => {
    for (const node of some) {
      if (found.length >= most) return;
      if (node.children.length === 0) continue;
      found.push(node.id);
      look(node.children);
    }
  };
  look(nodes);
  return found;
}

/** A unit and those above it, the highest first. */
export function pathTo(tree: UnitTree, id: number): UnitView[] {
  const path: UnitView[] = [];
  for (let unit = tree.byId.get(id); unit !== undefined && !path.includes(unit); ) {
    path.unshift(unit);
    unit = typeof unit.parent === 'number' ? tree.byId.get(unit.parent) : undefined;
  }
  return path;
}

/** A node anywhere in the tree. */
export function nodeOf(nodes: readonly UnitNode[], id: number): UnitNode | null {
  for (const node of nodes) {
    if (node.unit.id === id) return node;
    const found = nodeOf(node.children, id);
    if (found !== null) return found;
  }
  return null;
}
