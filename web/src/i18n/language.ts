/** The language of the pages: remembered choice, `lang` attribute, and texts by typed keys. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';

/** A language the client speaks. */
export type Language = 'vi' | 'en';

/** The names between braces in a text. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** What follows a key: nothing, or a value for each name in its text. */
type Values<Text extends string> = [Names<Text>] extends [never]
  ? []
  : [values: Readonly<Record<Names<Text>, string | number>>];

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

/**
 * What gives the text of a key in the language shown; follows it inside components and effects. `vi` says which keys
 * there are and which values each takes.
 */
export function translator<const Texts extends Readonly<Record<string, string>>>(
  vi: Texts,
  en: Readonly<Record<keyof Texts, string>>,
): <K extends keyof Texts>(key: K, ...values: Values<Texts[K]>) => string {
  const texts: Readonly<Record<Language, Readonly<Record<keyof Texts, string>>>> = { vi, en };
  return (key, ...values) => {
    const text = texts[current.value][key];
    const given: Readonly<Record<string, string | number>> | undefined = values[0];
    return given === undefined ? text : interpolate(text, given);
  };
}
