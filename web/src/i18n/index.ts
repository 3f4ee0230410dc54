/** The texts of the room's pages. */
import { en } from './en';
import { translator } from './language';
import { vi } from './vi';

export {
  chooseLanguage,
  interpolate,
  type Language,
  language,
  languageFor,
  startLanguage,
} from './language';
export type { Key } from './vi';

/** The text of a key in the language shown; follows it inside components and effects. */
export const t = translator(vi, en);
