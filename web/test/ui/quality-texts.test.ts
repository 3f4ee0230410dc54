import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/i18n/quality-en';
import { vi } from '../../src/i18n/quality-vi';

const root = join(import.meta.dirname, '../../src');
const code = readFileSync(join(root, 'ui/quality.tsx'), 'utf8');
const wire = readFileSync(join(root, 'gen/wire.ts'), 'utf8');
const keys = Object.keys(vi) as (keyof typeof vi)[];

/** The words of a type of the wire. */
function words(type: string): string[] {
  const declaration = new RegExp(`export type ${type} = ([^;]+);`).exec(wire)?.[1] ?? '';
  const found = [...declaration.matchAll(/"(\w+)"/g)].map((match) => match[1] ?? '');
  expect(found.length, type).toBeGreaterThan(1);
  return found;
}

const values = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the texts of the quality of all sites', () => {
  it('exist in both languages, none empty, with the same values', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(vi[key].trim(), key).not.toBe('');
      expect(en[key].trim(), key).not.toBe('');
      expect(values(en[key]), key).toEqual(values(vi[key]));
    }
  });

  it('have a word for every grade, path and failed device, and what to do for every cause', () => {
    const made = [
      ...[...words('Grade'), 'unknown'].map((word) => `grade.${word}`),
      ...words('MediaPath').map((word) => `path.${word}`),
      ...words('DeviceTrouble').map((word) => `trouble.${word}`),
      ...words('Cause').flatMap((word) => (word === 'none' ? [] : [`cause.${word}`])),
    ];
    for (const key of made) expect(keys).toContain(key);
    const others = keys.filter((key) => !made.includes(key));
    for (const key of others) expect(code, key).toContain(`'${key}'`);
  });
});
