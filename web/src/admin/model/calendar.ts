/** Meetings on days and hours. All times are those of Vietnam's clocks. */
import type { MeetingView } from '../../gen/api';
import { plusDays, today } from './day';

/** Vietnam's clocks are ahead of UTC by so many minutes, all year. */
const OFFSET = 7 * 60;

/** Something from one moment to another, as the API writes them. */
interface Spanning {
  readonly start: string;
  readonly end: string;
}

/** A meeting by Vietnam's clocks. */
export interface Placed<T extends Spanning = MeetingView> {
  readonly meeting: T;
  /** Its day, as `2026-11-24`. */
  readonly day: string;
  /** Minutes after midnight. */
  readonly start: number;
  /** Minutes after midnight; more than a day holds if it ends on another. */
  readonly end: number;
}

/** A meeting beside others of the same time: which lane of how many. */
export interface Laned extends Placed {
  readonly lane: number;
  readonly lanes: number;
}

/** A meeting by the clocks. */
export function place<T extends Spanning>(meeting: T): Placed<T> {
  const minutes = (text: string): number => Math.floor(Date.parse(text) / 60_000) + OFFSET;
  const [start, end] = [minutes(meeting.start), minutes(meeting.end)];
  const day = today(Date.parse(meeting.start));
  const midnight = Math.floor(start / 1440) * 1440;
  return { meeting, day, start: start - midnight, end: end - midnight };
}

/** Puts meetings that overlap beside each other. */
export function lanes(meetings: readonly Placed[]): Laned[] {
  const sorted = [...meetings].sort((a, b) => a.start - b.start || a.end - b.end);
  const done: Laned[] = [];
  let group: (Placed & { lane: number })[] = [];
  let groupEnd = Number.NEGATIVE_INFINITY;
  const close = (): void => {
    const count = Math.max(0, ...group.map((one) => one.lane)) + 1;
    done.push(...group.map((one) => ({ ...one, lanes: count })));
    group = [];
  };
  for (const one of sorted) {
    if (one.start >= groupEnd) close();
    const taken = new Set(group.filter((other) => other.end > one.start).map((other) => other.lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    group.push({ ...one, lane });
    groupEnd = Math.max(group.length === 1 ? Number.NEGATIVE_INFINITY : groupEnd, one.end);
  }
  close();
  return done;
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return plusDays(day, -weekday);
}

/** `08:05`. */
export function clock(minutes: number): string {
  const within = ((minutes % 1440) + 1440) % 1440;
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}

/** How a booking recurs, as it is chosen. */
export type Recurrence = 'once' | 'daily' | 'workdays' | 'weekly' | 'fortnightly' | 'monthly';

/** All ways. */
export const RECURRENCES: readonly Recurrence[] = [
  'once',
  'daily',
  'workdays',
  'weekly',
  'fortnightly',
  'monthly',
];

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The RRULE of a choice that begins on `day` (RFC 5545 §3.3.10); `times` of them, or without end when empty. */
export function ruleOf(recurrence: Recurrence, day: string, times: string): string | null {
  const date = new Date(`${day}T00:00:00Z`);
  const weekday = WEEKDAYS[date.getUTCDay()] ?? 'MO';
  const count = times === '' ? '' : `;COUNT=${times}`;
  switch (recurrence) {
    case 'once':
      return null;
    case 'daily':
      return `FREQ=DAILY${count}`;
    case 'workdays':
      return `FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR${count}`;
    case 'weekly':
      return `FREQ=WEEKLY;BYDAY=${weekday}${count}`;
    case 'fortnightly':
      return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday}${count}`;
    case 'monthly':
      return `FREQ=MONTHLY;BYMONTHDAY=${date.getUTCDate()}${count}`;
  }
}

/** The choice that a rule was made from; `null` for one that was made elsewhere. */
export function choiceOf(rule: string | null | undefined, day: string): [Recurrence, string] | null {
  if (rule === null || rule === undefined) return ['once', ''];
  const times = /;COUNT=(\d+)/.exec(rule)?.[1] ?? '';
  const found = RECURRENCES.find((one) => ruleOf(one, day, times) === rule);
  return found === undefined ? null : [found, times];
}
