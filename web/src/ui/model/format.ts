/** Times and titles as people read them. */

const two = (value: number): string => String(value).padStart(2, '0');

/** A time of day, in this computer's zone. */
export function clock(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** A length of time in minutes and seconds. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** The document's title: the classification first, so that it is read on the narrowest tab. */
export function documentTitle(classification: string | null, parts: readonly string[]): string {
  const words = classification === null ? [] : [classification.toLocaleUpperCase('vi')];
  return [...words, ...parts].join(' · ');
}
