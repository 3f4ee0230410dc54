/** The texts of the quality of all sites: apart from the room's, since few people ever open it. */
import { translator } from './language';
import { en } from './quality-en';
import { vi } from './quality-vi';

/** The text of a key in the language shown; follows it inside components and effects. */
export const t = translator(vi, en);
