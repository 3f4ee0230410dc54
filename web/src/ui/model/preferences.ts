/** What a person chose about the look of the page; kept in this browser. */
import { effect, type Signal, signal } from '@preact/signals';

/** The themes there are. `dark` is for rooms that run day and night. */
export const THEMES = ['dark', 'light', 'contrast'] as const;

/** A theme. */
export type Theme = (typeof THEMES)[number];

/** A signal that outlives the page; `read` turns the stored text back or refuses it. */
function kept<T extends string | boolean>(
  key: string,
  initial: T,
  read: (text: string) => T | undefined,
): Signal<T> {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(key);
  } catch {
    // A browser without storage keeps nothing.
  }
  const state = signal<T>((stored === null ? undefined : read(stored)) ?? initial);
  let first = true;
  effect(() => {
    const value = String(state.value);
    if (first) {
      first = false;
      return;
    }
    try {
      localStorage.setItem(key, value);
    } catch {
      // As above.
    }
  });
  return state;
}

/** What a person chose. */
export interface Preferences {
  readonly theme: Signal<Theme>;
  /** Single letters are shortcuts (WCAG 2.1.4). */
  readonly singleKeys: Signal<boolean>;
}

/** Takes up the choices made before and keeps the document's theme in step. */
export function loadPreferences(): Preferences {
  const preferred: Theme = matchMedia('(prefers-contrast: more)').matches ? 'contrast' : 'dark';
  const theme = kept<Theme>('giaoban.theme', preferred, (text) => THEMES.find((name) => name === text));
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
  const singleKeys = kept<boolean>('giaoban.singleKeys', true, (text) => text === 'true');
  return { theme, singleKeys };
}
