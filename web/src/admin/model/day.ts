/** Days and moments as people in Vietnam write them. */

/** Vietnam's clocks are ahead of UTC by so many milliseconds, all year. */
const OFFSET = 7 * 3_600_000;

/** The day it is in Vietnam, as `2026-11-24`. */
export function today(now = Date.now()): string {
  return new Date(now + OFFSET).toISOString().slice(0, 10);
}

/** The first moment of a day in Vietnam, in milliseconds since 1970. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - OFFSET;
}

/** A day `days` later, or earlier. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** `24/11/2026`. */
export function dayText(day: string): string {
  return day.split('-').reverse().join('/');
}

/** `24/11/2026 15:07:22`, in Vietnam. */
export function momentText(at: number): string {
  const text = new Date(at + OFFSET).toISOString();
  return `${dayText(text.slice(0, 10))} ${text.slice(11, 19)}`;
}
