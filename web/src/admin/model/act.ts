/** Acts of the record, as they are told. */
import type { ActView } from '../../gen/api';

/** Kinds that have a sentence; another is shown by its word. */
export const KINDS = [
  'signed_in',
  'sign_in_refused',
  'signed_out',
  'password_changed',
  'second_factor_set',
  'account_link_made',
  'account_activated',
  'create_unit',
  'rename_unit',
  'move_unit',
  'merge_units',
  'split_unit',
  'abolish_unit',
  'create_person',
  'update_person',
  'move_person',
  'retire_person',
  'appoint',
  'dismiss',
  'link_made',
  'link_revoked',
] as const;

/** A kind that has a sentence. */
export type Kind = (typeof KINDS)[number];

/** The kind of an act, if it has a sentence. */
export function kindOf(act: ActView): Kind | null {
  return KINDS.find((kind) => kind === act.content.kind) ?? null;
}

const short = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (Array.isArray(value)) return value.map(short).join(', ');
  if (value === null || value === undefined) return '–';
  return Object.values(value)
    .filter((one) => one !== null && one !== '')
    .map(short)
    .join(' · ');
};

/** The details of an act, field by field; units by their names. */
export function detailsOf(
  act: ActView,
  unitName: (id: number) => string,
): readonly (readonly [string, string])[] {
  const fields = Object.entries(act.content).filter(([name]) => name !== 'kind');
  return fields.map(([name, value]) => {
    const isUnit = name === 'unit' || name === 'parent' || name === 'units';
    if (isUnit && typeof value === 'number') return [name, unitName(value)] as const;
    if (isUnit && Array.isArray(value)) return [name, value.map(unitName).join(', ')] as const;
    return [name, short(value)] as const;
  });
}
