import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpolate, languageFor } from '../../src/i18n';
import { en } from '../../src/i18n/en';
import { vi } from '../../src/i18n/vi';

const root = join(import.meta.dirname, '../..');

/** The sources that may use a text: all but the texts themselves. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/i18n/') && !path.includes('/gen/'))
    .map((path) => readFileSync(path, 'utf8'));
}

const code = sources('src').join('\n');
const wire = readFileSync(join(root, 'src/gen/wire.ts'), 'utf8');
const room = readFileSync(join(root, 'src/state/room.ts'), 'utf8');
const capture = readFileSync(join(root, 'src/engine/capture.ts'), 'utf8');
const line = readFileSync(join(root, 'src/engine/line.ts'), 'utf8');
const advice = readFileSync(join(root, 'src/ui/model/advice.ts'), 'utf8');

/** The string members of a union type in `source`. */
function members(source: string, type: string): string[] {
  const text = source.replace(/\/\*.*?\*\//gs, '');
  const start = text.indexOf(`export type ${type} =`);
  expect(start, `type ${type} exists`).toBeGreaterThanOrEqual(0);
  const body = text.slice(start, text.indexOf(';', start));
  return [...body.matchAll(/["'](\w+)["']/g)].map((match) => match[1] ?? '');
}

/** Families of keys that the code makes from a code of the protocol, and the endings each code must have. */
const families: readonly { prefix: string; codes: string[]; endings: string[] }[] = [
  {
    prefix: 'error.',
    codes: [...members(wire, 'ErrorCode'), ...members(room, 'ClientErrorCode')],
    endings: ['.text', '.cause', '.action'],
  },
  { prefix: 'ended.', codes: members(wire, 'EndReason'), endings: ['.text', '.cause', '.action'] },
  { prefix: 'classification.', codes: members(wire, 'Classification'), endings: [''] },
  { prefix: 'role.', codes: members(wire, 'Role').filter((role) => role !== 'site'), endings: [''] },
  { prefix: 'presence.', codes: members(wire, 'Presence'), endings: [''] },
  { prefix: 'device.', codes: members(capture, 'DeviceProblem'), endings: ['.text'] },
  {
    prefix: 'device.',
    codes: members(capture, 'DeviceProblem').filter((problem) => problem !== 'denied'),
    endings: ['.action'],
  },
  { prefix: 'device.denied.action.', codes: members(advice, 'Browser'), endings: [''] },
  { prefix: 'notice.', codes: [], endings: [] },
  { prefix: 'network.', codes: ['none', 'weak', 'fair', 'good'], endings: [''] },
  { prefix: 'line.', codes: ['good', 'fair', 'weak', 'barred', 'unknown'], endings: [''] },
  {
    prefix: 'line.advice.',
    codes: [...members(line, 'LineCause'), 'busy', 'often', 'failed'],
    endings: [''],
  },
  { prefix: 'app.theme.', codes: ['dark', 'light', 'contrast'], endings: [''] },
];

/** The names between the braces of a text, in alphabetical order. */
const names = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('the texts', () => {
  it('exist in Vietnamese and English alike', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  });

  it('are never empty, and take the same values in both languages', () => {
    for (const key of Object.keys(vi) as (keyof typeof vi)[]) {
      expect(vi[key].trim(), key).not.toBe('');
      expect(en[key].trim(), key).not.toBe('');
      expect(names(en[key]), key).toEqual(names(vi[key]));
    }
  });

  it('name every code of the protocol with its sentence, cause and action', () => {
    for (const { prefix, codes, endings } of families) {
      for (const item of codes) {
        for (const ending of endings) expect(Object.keys(vi)).toContain(`${prefix}${item}${ending}`);
      }
    }
  });

  it('name no code that the protocol does not have', () => {
    for (const prefix of ['error.', 'presence.']) {
      const codes = families.find((family) => family.prefix === prefix)?.codes ?? [];
      for (const key of Object.keys(vi).filter((name) => name.startsWith(prefix))) {
        expect(codes).toContain(key.split('.')[1]);
      }
    }
  });

  it('are all used', () => {
    const unused = Object.keys(vi).filter((key) => {
      if (code.includes(`'${key}'`)) return false;
      return !families.some(({ prefix }) => key.startsWith(prefix) && code.includes(`\`${prefix}\${`));
    });
    expect(unused).toEqual([]);
  });

  it('are the only words that a person sees', () => {
    const vietnamese = /[ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/;
    const lines = code
      .split('\n')
      .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && vietnamese.test(line));
    expect(lines.filter((line) => !line.includes('replace('))).toEqual([]);
  });
});

describe('the language', () => {
  it('is the first of the browser that we speak', () => {
    expect(languageFor(['fr-FR', 'en-GB', 'vi'])).toBe('en');
    expect(languageFor(['vi-VN', 'en'])).toBe('vi');
  });

  it('is Vietnamese where the browser names none of ours', () => {
    expect(languageFor(['fr'])).toBe('vi');
    expect(languageFor([])).toBe('vi');
  });

  it('puts values into the braces and leaves unknown braces alone', () => {
    expect(interpolate('{a} of {b} {c}', { a: 1, b: 'x' })).toBe('1 of x {c}');
  });
});
