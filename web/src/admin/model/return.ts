/** Where a person goes after signing in: back to the page that asked for it, and nowhere else. */

/** Where a person goes who came from nowhere. */
export const START = '/admin';

/** Pages that one may be sent back to. Everything else may be anybody's. */
const OURS = /^\/(?:admin(?:\/[\w/-]*)?|account(?:\/briefings)?|r\/[\w-]+)?$/;

/** The page of this origin that `asked` names; {@link START} when it names none. */
export function safeReturn(asked: string | null, origin: string): string {
  if (asked === null || asked === '') return START;
  let url: URL;
  try {
    url = new URL(asked, origin);
  } catch {
    return START;
  }
  // Judged as the browser reads it: backslashes, tabs and dots are resolved by now.
  return url.origin === origin && OURS.test(url.pathname) ? url.pathname + url.search : START;
}
