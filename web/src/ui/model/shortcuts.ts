/** Which key does what. */

/** What a key asks for. */
export type Shortcut =
  | 'talk'
  | 'microphone'
  | 'camera'
  | 'hand'
  | 'share'
  | 'layout'
  | 'previousPage'
  | 'nextPage'
  | 'roster'
  | 'filter'
  | 'quality'
  | 'help';

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Where the key was pressed. */
export interface KeyContext {
  /** In a field where keys mean text or a choice. */
  readonly inField: boolean;
  /** On a button or the like that the keyboard reached, where Space means the button. */
  readonly onControl: boolean;
  /** A dialog is open. */
  readonly inDialog: boolean;
  /** The person uses single letters as shortcuts (WCAG 2.1.4). */
  readonly singleKeys: boolean;
}

/** Letters by their place on the keyboard, so that an input method for Vietnamese does not swallow them. */
const LETTERS: Readonly<Record<string, Shortcut>> = {
  KeyM: 'microphone',
  KeyV: 'camera',
  KeyH: 'hand',
  KeyS: 'share',
  KeyL: 'layout',
  KeyG: 'roster',
  KeyQ: 'quality',
};

const NAMED: Readonly<Record<string, Shortcut>> = {
  PageUp: 'previousPage',
  PageDown: 'nextPage',
};

const SIGNS: Readonly<Record<string, Shortcut>> = { '/': 'filter', '?': 'help' };

/** What a key press asks for; nothing where it means something else. */
export function shortcutFor(press: KeyPress, context: KeyContext): Shortcut | null {
  if (press.repeat || press.ctrlKey || press.altKey || press.metaKey) return null;
  if (context.inField || context.inDialog) return null;
  if (press.code === 'Space') return context.onControl ? null : 'talk';
  const named = NAMED[press.key];
  if (named !== undefined) return named;
  if (!context.singleKeys) return null;
  return SIGNS[press.key] ?? LETTERS[press.code] ?? null;
}
