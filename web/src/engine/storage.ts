/** What outlives a page: the seat for this tab, the choice of devices for this computer. */

import type { MicrophoneState } from '../gen/wire';
import { DESK, type SoundProcessing } from './capture';

/** What a tab keeps of its seat. A refresh of the page comes back to it without a click. */
export interface SeatRecord {
  /** The link's secret: a way back when the resume secret is too old. */
  readonly link: string | null;
  /** The secret of the last welcome; `null` outside the room. */
  readonly resume: string | null;
  /** Whether the seat waits at the door: a refresh goes on waiting without a click. */
  readonly waiting: boolean;
  /** The microphone as the room heard it; push-to-talk comes back closed. */
  readonly microphone: MicrophoneState;
  /** Whether the microphone's device was on, open or closed. */
  readonly capturing: boolean;
  readonly camera: boolean;
}

/** The devices a person chose; empty for the browser's choice. */
export interface DeviceChoice {
  readonly camera: string;
  readonly microphone: string;
  readonly speaker: string;
  readonly processing: SoundProcessing;
}

const NO_SEAT: SeatRecord = {
  link: null,
  resume: null,
  waiting: false,
  microphone: 'off',
  capturing: false,
  camera: false,
};
const NO_CHOICE: DeviceChoice = { camera: '', microphone: '', speaker: '', processing: DESK };
const CHOICE_KEY = 'giaoban.devices';

/** The seat this tab holds in a room. */
export class SeatStore {
  private readonly key: string;

  /** `room`: the room's id in the address of the page. */
  constructor(room: string) {
    this.key = `giaoban.seat.${room}`;
  }

  /** What is kept. */
  read(): SeatRecord {
    return { ...NO_SEAT, ...parse<SeatRecord>(() => sessionStorage.getItem(this.key)) };
  }

  /** Keeps some of it anew. */
  write(change: Partial<SeatRecord>): void {
    quietly(() => sessionStorage.setItem(this.key, JSON.stringify({ ...this.read(), ...change })));
  }

  /** Forgets everything: the seat is over. */
  clear(): void {
    quietly(() => sessionStorage.removeItem(this.key));
  }
}

/** The devices chosen on this computer. */
export function readChoice(): DeviceChoice {
  return { ...NO_CHOICE, ...parse<DeviceChoice>(() => localStorage.getItem(CHOICE_KEY)) };
}

/** Keeps the choice of devices. */
export function writeChoice(choice: DeviceChoice): void {
  quietly(() => localStorage.setItem(CHOICE_KEY, JSON.stringify(choice)));
}

function parse<T>(read: () => string | null): Partial<T> {
  try {
    return JSON.parse(read() ?? '{}') as Partial<T>;
  } catch {
    return {};
  }
}

/** A browser that forbids storage loses the comfort, not the briefing. */
function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // Forbidden or full.
  }
}
