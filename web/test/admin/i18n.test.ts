import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/admin/i18n/en';
import { vi } from '../../src/admin/i18n/vi';

const root = join(import.meta.dirname, '../../..');

/** The sources under a folder. */
function sources(folder: string, extension: RegExp): string {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name) && !entry.parentPath.includes('/i18n'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const code = sources('web/src/admin', /\.tsx?$/);
const gateway = sources('src/http/admin', /\.rs$/);
/** A refusal stands beside its status. */
const faults = [...gateway.matchAll(/(?:StatusCode|S)::[A-Z_]+,\s*"([a-z_]+)"/g)].map(
  (found) => found[1] ?? '',
);
const keys = Object.keys(vi) as (keyof typeof vi)[];

const names = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').sort();

/** Keys that the code makes: what stands before the variable part. */
const made = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map((found) => found[1] ?? '');

describe('the texts of the console', () => {
  it('exist in both languages, none empty, with the same values', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(vi[key].trim(), key).not.toBe('');
      expect(en[key].trim(), key).not.toBe('');
      expect(names(en[key]), key).toEqual(names(vi[key]));
    }
  });

  it('say of every code of the API what it means and what to do', () => {
    expect(faults.length).toBeGreaterThan(30);
    for (const fault of faults) {
      expect(keys).toContain(`fault.${fault}`);
      expect(keys).toContain(`fault.${fault}.next`);
    }
  });

  it('are all used', () => {
    const unused = keys.filter((key) => {
      if (code.includes(`'${key}'`) || key.startsWith('fault.')) return false;
      return !made.some((prefix) => key.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });
});
