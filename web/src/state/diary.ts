/** Notes what happens to a call, in bounded room, for the file that a person may save after it failed (`diagnosis.ts`). */
import type { Network } from '../engine/network';
import type { Notice, Phase } from './room';

/** The newest events and readings are kept: some minutes of a bad line. */
const MOST_EVENTS = 100;
const MOST_READINGS = 60;
/** Something that happened, in seconds since the page was opened. */
export interface DiagnosisEvent {
  readonly at: number;
  readonly what: 'phase' | 'notice' | 'media';
  readonly word: string;
}

/** The own network at a moment. */
export interface DiagnosisReading extends Network {
  readonly at: number;
}

/** A row of the browser's counters. */
export type Row = Record<string, unknown> & { type: string };

/** All that was noted. */
export interface Notes {
  /** How long the page has been open, in seconds. */
  readonly open: number;
  readonly events: readonly DiagnosisEvent[];
  readonly readings: readonly DiagnosisReading[];
  /** The browser's counters at the last reading, as they came: private texts among them. */
  readonly rows: readonly (readonly [string, Row])[];
}

/** Where the client stands, with the code of why. */
export function phaseWord(phase: Phase): string {
  if (phase.name === 'ended') return `ended:${phase.error ?? phase.reason}`;
  if (phase.name === 'lobby' && phase.error !== null) return `lobby:${phase.error}`;
  return phase.name === 'waiting' ? `waiting:${phase.code}` : phase.name;
}

/** See the module. */
export class Diary {
  private readonly opened: number;
  private events: DiagnosisEvent[] = [];
  private readings: DiagnosisReading[] = [];
  private rows: readonly (readonly [string, Row])[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {
    this.opened = now();
  }

  phase(phase: Phase): void {
    this.note('phase', phaseWord(phase));
  }

  notice(notice: Notice): void {
    this.note('notice', notice.name === 'error' ? `error:${notice.error}` : notice.name);
  }

  /** The media path is up, or not. */
  media(up: boolean): void {
    this.note('media', up ? 'up' : 'down');
  }

  /** A reading of the own network. */
  network({ bars, rtt, loss, sending, receiving }: Network): void {
    const reading = { at: this.age(), bars, rtt, loss, sending, receiving };
    this.readings = [...this.readings, reading].slice(-MOST_READINGS);
  }

  /** A reading of the browser's counters; the last one counts, also after the connection is gone. */
  counters(rows: readonly (readonly [string, unknown])[]): void {
    if (rows.length > 0) this.rows = rows as readonly (readonly [string, Row])[];
  }

  /** All that was noted. */
  notes(): Notes {
    return { open: this.age(), events: this.events, readings: this.readings, rows: this.rows };
  }

  private note(what: DiagnosisEvent['what'], word: string): void {
    const last = this.events.at(-1);
    if (last?.what === what && last.word === word) return;
    this.events = [...this.events, { at: this.age(), what, word }].slice(-MOST_EVENTS);
  }

  private age(): number {
    return Math.round((this.now() - this.opened) / 100) / 10;
  }
}
