/** What a person can do about an error. */
import type { RoomErrorCode } from '../../state/room';

/** The one button that belongs to an error. */
export type Remedy =
  /** Push out the other connection of the seat. */
  | 'take_over'
  /** Load the page anew. */
  | 'reload'
  /** Open another link. */
  | 'link'
  /** Ask again. */
  | 'retry'
  /** Nothing on this page helps. */
  | 'none';

/** The remedy of each error that keeps a person out of the room; all others are tried again. */
const REMEDIES: Partial<Readonly<Record<RoomErrorCode, Remedy>>> = {
  seat_in_use: 'take_over',
  wrong_version: 'reload',
  bad_message: 'reload',
  bad_offer: 'reload',
  too_large: 'reload',
  link_invalid: 'link',
  link_expired: 'link',
  link_missing: 'link',
  resume_invalid: 'link',
  no_common_codec: 'none',
  browser_too_old: 'none',
};

/** What helps against `code`. */
export function remedyOf(code: RoomErrorCode): Remedy {
  return REMEDIES[code] ?? 'retry';
}
