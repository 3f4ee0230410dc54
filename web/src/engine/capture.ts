/** One capturing device: a camera or a microphone. Never hops to another device by itself. */
import { type ReadonlySignal, signal } from '@preact/signals';

/** Why a device gives nothing. */
export type DeviceProblem =
  /** The person or the browser's policy said no. */
  | 'denied'
  /** Another program holds it. */
  | 'busy'
  /** There is none. */
  | 'missing'
  /** It was pulled out while in use. */
  | 'unplugged'
  /** The browser could not start it. */
  | 'failed';

/** A capturing device of one kind. */
export type DeviceState =
  /** Not asked for. */
  | { readonly name: 'off' }
  /** Asked for; the browser may be asking the person. */
  | { readonly name: 'starting' }
  /** Capturing. `width` and `height` are 0 for a microphone. */
  | {
      readonly name: 'on';
      readonly deviceId: string;
      readonly label: string;
      readonly width: number;
      readonly height: number;
    }
  /** Not capturing, and why. */
  | { readonly name: 'failed'; readonly problem: DeviceProblem };

/** Which device. */
export type CaptureKind = 'camera' | 'microphone';

/** A busy device is tried again so often, this far apart in ms. */
const BUSY_TRIES = 3;
const BUSY_DELAY_MS = 1000;

/** What the browser calls each failure of `getUserMedia` (Media Capture and Streams §10.1). */
const PROBLEMS: Readonly<Record<string, DeviceProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotReadableError: 'busy',
  AbortError: 'busy',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
};

/** The problem that an error of `getUserMedia` stands for. */
export function problemOf(error: unknown): DeviceProblem {
  return (error instanceof Error ? PROBLEMS[error.name] : undefined) ?? 'failed';
}

/** What the browser does to the sound of a microphone. */
export interface SoundProcessing {
  /** A conference room whose own equipment sees to echo and level: the browser leaves both alone. */
  readonly room: boolean;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
}

/** For a computer with its own microphone and speakers. */
export const DESK: SoundProcessing = { room: false, echoCancellation: true, noiseSuppression: true };

/** What is asked of the browser. `deviceId` empty: its choice; `exact`: that device or none. */
export function constraintsFor(
  kind: CaptureKind,
  deviceId: string,
  exact: boolean,
  processing: SoundProcessing,
): MediaTrackConstraints {
  const device: MediaTrackConstraints =
    deviceId === '' ? {} : { deviceId: exact ? { exact: deviceId } : { ideal: deviceId } };
  if (kind === 'microphone') {
    return {
      ...device,
      echoCancellation: processing.echoCancellation && !processing.room,
      noiseSuppression: processing.noiseSuppression,
      autoGainControl: !processing.room,
      channelCount: 1,
    };
  }
  return {
    ...device,
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
  };
}

/** Whoever uses the device. */
export interface CaptureOwner {
  /** The device gives this track from now on, in place of the one before, or none. */
  onTrack(kind: CaptureKind, track: MediaStreamTrack | null): void;
  /** The device was pulled out while in use. */
  onUnplugged(kind: CaptureKind): void;
}

/** See the module. */
export class Capture {
  private readonly current = signal<DeviceState>({ name: 'off' });
  private generation = 0;
  private track: MediaStreamTrack | null = null;
  /** The device that was pulled out, to be taken again when it comes back. */
  private lost: string | null = null;

  constructor(
    readonly kind: CaptureKind,
    private readonly owner: CaptureOwner,
    private readonly processing: () => SoundProcessing = () => DESK,
  ) {}

  /** Where it stands. */
  get state(): ReadonlySignal<DeviceState> {
    return this.current;
  }

  /** The device that was pulled out, while nothing else was asked for. */
  get lostDevice(): string | null {
    return this.lost;
  }

  /** Starts a device; resolves when it captures or cannot. `exact`: this device or none. */
  async start(deviceId: string, exact: boolean): Promise<void> {
    const generation = ++this.generation;
    this.lost = null;
    this.current.value = { name: 'starting' };
    for (let attempt = 1; ; attempt++) {
      try {
        const wanted = constraintsFor(this.kind, deviceId, exact, this.processing());
        const stream = await navigator.mediaDevices.getUserMedia(
          this.kind === 'camera' ? { video: wanted } : { audio: wanted },
        );
        const [track] = stream.getTracks();
        if (track !== undefined) this.take(track, generation);
        return;
      } catch (error) {
        if (generation !== this.generation) return;
        const problem = problemOf(error);
        if (problem !== 'busy' || attempt === BUSY_TRIES) {
          this.fail(problem);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, BUSY_DELAY_MS));
        if (generation !== this.generation) return;
      }
    }
  }

  /** Takes a track that was opened together with another device's. */
  adopt(track: MediaStreamTrack): void {
    this.take(track, ++this.generation);
  }

  /** Says that the device is being asked for together with another. */
  expect(): void {
    this.generation++;
    this.current.value = { name: 'starting' };
  }

  /** The person or the browser said no when several were asked for together. */
  refuse(problem: DeviceProblem): void {
    this.generation++;
    this.fail(problem);
  }

  /** Lets the device go: its light goes out. */
  stop(): void {
    this.generation++;
    this.lost = null;
    this.release();
    this.current.value = { name: 'off' };
  }

  /** The list of devices changed; says whether the one that was pulled out is back and being started. */
  devicesChanged(ids: readonly string[]): boolean {
    if (this.lost === null || this.lost === '' || !ids.includes(this.lost)) return false;
    void this.start(this.lost, true);
    return true;
  }

  private take(track: MediaStreamTrack, generation: number): void {
    if (generation !== this.generation) {
      track.stop();
      return;
    }
    // One that takes another's place does so without a gap: who changes his microphone goes on speaking.
    this.end();
    this.track = track;
    const settings = track.getSettings();
    const picture = this.kind === 'camera';
    this.current.value = {
      name: 'on',
      deviceId: settings.deviceId ?? '',
      label: track.label,
      width: picture ? (settings.width ?? 0) : 0,
      height: picture ? (settings.height ?? 0) : 0,
    };
    track.onended = () => {
      if (this.track !== track) return;
      this.generation++;
      this.release();
      this.lost = settings.deviceId ?? '';
      this.current.value = { name: 'failed', problem: 'unplugged' };
      this.owner.onUnplugged(this.kind);
    };
    this.owner.onTrack(this.kind, track);
  }

  private fail(problem: DeviceProblem): void {
    this.release();
    this.current.value = { name: 'failed', problem };
  }

  private release(): void {
    if (!this.end()) return;
    this.owner.onTrack(this.kind, null);
  }

  /** Ends the present track, and says whether there was one. */
  private end(): boolean {
    if (this.track === null) return false;
    this.track.onended = null;
    this.track.stop();
    this.track = null;
    return true;
  }
}
