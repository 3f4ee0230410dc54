/** The short messages of the console, and what is said to whoever cannot see them. */
import { Messages } from '../ui/model/messages';

/** Those of this page. */
export const messages = new Messages();
