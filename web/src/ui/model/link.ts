/** The link of a site, as people paste it. */

/** The part of a pasted link that opens a seat here; nothing when it is not a link of `origin`. */
export function pastedLink(text: string, origin: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  if (url.origin !== origin || url.hash.length < 2) return null;
  return url.pathname + url.search + url.hash;
}
