/** The language of the page: typed keys, remembered choice, `lang` attribute. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { en } from './en';
import { type Key, vi } from './vi';

export type { Key } from './vi';

/** A language the client speaks. */
export type Language = 'vi' | 'en';

/** The names between braces in a text. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** What {@link t} takes after the key: nothing, or a value for each name in the text. */
type Values<K extends Key> = [Names<(typeof vi)[K]>] extends [never]
  ? []
  : [values: Readonly<Record<Names<(typeof vi)[K]>, string | number>>];

const texts: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { vi, en };

/** Where the choice is kept. */
const STORAGE_KEY = 'giaoban.language';

/** The language of a browser that asks for `preferred`, in order; Vietnamese when it names none of ours. */
export function languageFor(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'vi' || primary === 'en') return primary;
  }
  return 'vi';
}

/** Puts `values` into the braces of `text`. */
export function interpolate(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

const current = signal<Language>('vi');

/** The language shown. */
export const language: ReadonlySignal<Language> = current;

/** Shows the page in `next` and remembers it. */
export function chooseLanguage(next: Language): void {
  current.value = next;
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // A browser without storage forgets the choice with the page.
  }
}

/** Takes the remembered language, or the browser's, and keeps the document's `lang` in step. */
export function startLanguage(): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(STORAGE_KEY);
  } catch {
    // As in chooseLanguage.
  }
  current.value = languageFor(kept === null ? navigator.languages : [kept]);
  effect(() => {
    document.documentElement.lang = current.value;
  });
}

/** The text of `key` in the language shown; follows it inside components and effects. */
export function t<K extends Key>(key: K, ...values: Values<K>): string {
  const text = texts[current.value][key];
  const [given] = values;
  return given === undefined ? text : interpolate(text, given);
}
