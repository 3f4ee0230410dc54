/** Site names: how they are searched and shortened. */

/** Letters without accents, in lower case; đ counts as d. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();
}

/** Whether every word of `query` occurs in `name`, accents and case aside. */
export function matches(name: string, query: string): boolean {
  const folded = fold(name);
  return fold(query)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

const collator = new Intl.Collator('vi', { numeric: true });

/** The order of names as Vietnamese sorts them: đ after d, a number by its value. */
export function byName(a: string, b: string): number {
  return collator.compare(a, b);
}

/** Most letters that a crest holds. */
const CREST_LETTERS = 3;

/** What stands in a site's crest: first letters of its words, and a closing number as it is. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const last = words.at(-1);
  const number = last !== undefined && words.length > 1 && /^\d+$/.test(last) ? last : '';
  const letters = (number === '' ? words : words.slice(0, -1)).map((word) =>
    (Array.from(word.normalize('NFC'))[0] ?? '').toLocaleUpperCase('vi'),
  );
  const kept =
    letters.length > CREST_LETTERS ? [...letters.slice(0, CREST_LETTERS - 1), letters.at(-1) ?? ''] : letters;
  return kept.join('') + number;
}
