/** The texts of the console. */
import { translator } from '../../i18n/language';
import { en } from './en';
import { vi } from './vi';

export type { Key } from './vi';
export { vi };

/** The text of a key in the language shown; follows it inside components and effects. */
export const t = translator(vi, en);
