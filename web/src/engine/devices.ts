/** Cameras, microphones and speakers: lists, choice, and what each gives. Nothing here ever blocks joining. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import {
  Capture,
  type CaptureKind,
  type CaptureOwner,
  constraintsFor,
  type DeviceState,
  problemOf,
  type SoundProcessing,
} from './capture';
import { LevelMeter } from './meter';
import { type DeviceChoice, readChoice, writeChoice } from './storage';

/** One choice of a device list. Labels are empty until the browser has given permission. */
export interface DeviceOption {
  readonly id: string;
  readonly label: string;
}

/** Whoever uses the devices. */
export interface DevicesOwner extends CaptureOwner {
  /** A device that was pulled out is back. */
  onBack(kind: CaptureKind): void;
  /** Another camera has taken the place of one that was pulled out. */
  onNextCamera(): void;
  /** The speaker was chosen. */
  onSpeaker(deviceId: string): void;
}

/** Length and pitch of the speaker's test tone, in s and Hz. */
const TONE_SECONDS = 0.7;
const TONE_HERTZ = 660;

/** See the module. */
export class DeviceManager {
  private readonly cameraList = signal<readonly DeviceOption[]>([]);
  private readonly microphoneList = signal<readonly DeviceOption[]>([]);
  private readonly speakerList = signal<readonly DeviceOption[]>([]);
  private readonly picture = signal<MediaStream | null>(null);
  private readonly chosenSpeaker = signal('');
  private readonly chosenProcessing: Signal<SoundProcessing>;
  private readonly cameraCapture: Capture;
  private readonly microphoneCapture: Capture;
  private readonly meter = new LevelMeter();
  private choice: DeviceChoice;
  private readonly onDeviceChange = () => void this.refresh();

  constructor(private readonly owner: DevicesOwner) {
    const inner: CaptureOwner = {
      onTrack: (kind, track) => this.onTrack(kind, track),
      onUnplugged: (kind) => this.onUnplugged(kind),
    };
    this.choice = readChoice();
    this.chosenProcessing = signal(this.choice.processing);
    this.cameraCapture = new Capture('camera', inner);
    this.microphoneCapture = new Capture('microphone', inner, () => this.chosenProcessing.value);
    this.chosenSpeaker.value = this.choice.speaker;
    navigator.mediaDevices?.addEventListener?.('devicechange', this.onDeviceChange);
    void this.refresh();
  }

  get cameras(): ReadonlySignal<readonly DeviceOption[]> {
    return this.cameraList;
  }

  get microphones(): ReadonlySignal<readonly DeviceOption[]> {
    return this.microphoneList;
  }

  get speakers(): ReadonlySignal<readonly DeviceOption[]> {
    return this.speakerList;
  }

  get camera(): ReadonlySignal<DeviceState> {
    return this.cameraCapture.state;
  }

  get microphone(): ReadonlySignal<DeviceState> {
    return this.microphoneCapture.state;
  }

  get speaker(): ReadonlySignal<string> {
    return this.chosenSpeaker;
  }

  get processing(): ReadonlySignal<SoundProcessing> {
    return this.chosenProcessing;
  }

  get ownPicture(): ReadonlySignal<MediaStream | null> {
    return this.picture;
  }

  get level(): ReadonlySignal<number> {
    return this.meter.level;
  }

  /** Opens both devices by one question to the person; if one of them fails, each by itself. */
  async preview(): Promise<void> {
    const idle = (state: DeviceState) => state.name === 'off' || state.name === 'failed';
    const both = idle(this.camera.value) && idle(this.microphone.value);
    if (!both) {
      if (idle(this.camera.value)) await this.startCamera();
      if (idle(this.microphone.value)) await this.startMicrophone();
      return;
    }
    this.cameraCapture.expect();
    this.microphoneCapture.expect();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: constraintsFor('camera', this.choice.camera, false, this.choice.processing),
        audio: constraintsFor('microphone', this.choice.microphone, false, this.choice.processing),
      });
      for (const track of stream.getTracks()) {
        (track.kind === 'video' ? this.cameraCapture : this.microphoneCapture).adopt(track);
      }
      await this.refresh();
    } catch (error) {
      // Who said no is not asked again without a click; what he allowed before is started all the same.
      const denied = problemOf(error) === 'denied';
      if (!denied || (await isGranted('microphone'))) await this.startMicrophone();
      else this.microphoneCapture.refuse('denied');
      if (!denied || (await isGranted('camera'))) await this.startCamera();
      else this.cameraCapture.refuse('denied');
    }
  }

  async startCamera(): Promise<void> {
    await this.cameraCapture.start(this.choice.camera, false);
    await this.refresh();
  }

  stopCamera(): void {
    this.cameraCapture.stop();
  }

  async startMicrophone(): Promise<void> {
    await this.microphoneCapture.start(this.choice.microphone, false);
    await this.refresh();
  }

  stopMicrophone(): void {
    this.microphoneCapture.stop();
  }

  async chooseCamera(deviceId: string): Promise<void> {
    this.remember({ camera: deviceId });
    await this.cameraCapture.start(deviceId, true);
  }

  async chooseMicrophone(deviceId: string): Promise<void> {
    this.remember({ microphone: deviceId });
    await this.microphoneCapture.start(deviceId, true);
  }

  chooseSpeaker(deviceId: string): Promise<void> {
    this.remember({ speaker: deviceId });
    this.chosenSpeaker.value = deviceId;
    this.owner.onSpeaker(deviceId);
    return Promise.resolve();
  }

  /** Sets what the browser does to the sound; a microphone in use is taken anew, without a gap. */
  async chooseProcessing(processing: SoundProcessing): Promise<void> {
    this.remember({ processing });
    this.chosenProcessing.value = processing;
    const { value } = this.microphone;
    if (value.name === 'on') await this.microphoneCapture.start(value.deviceId, value.deviceId !== '');
  }

  /** Plays a short tone on the chosen speaker. */
  async testSpeaker(): Promise<void> {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const gain = context.createGain();
    const output = context.createMediaStreamDestination();
    tone.frequency.value = TONE_HERTZ;
    gain.gain.setValueAtTime(0.25, context.currentTime);
    gain.gain.linearRampToValueAtTime(0, context.currentTime + TONE_SECONDS);
    tone.connect(gain).connect(output);
    const element = new Audio();
    element.srcObject = output.stream;
    try {
      await setSink(element, this.chosenSpeaker.value);
      await element.play();
      tone.start();
      tone.stop(context.currentTime + TONE_SECONDS);
      await new Promise((resolve) => {
        tone.onended = resolve;
      });
    } finally {
      element.srcObject = null;
      void context.close();
    }
  }

  /** Lets every device go. */
  dispose(): void {
    navigator.mediaDevices?.removeEventListener?.('devicechange', this.onDeviceChange);
    this.cameraCapture.stop();
    this.microphoneCapture.stop();
    this.meter.dispose();
  }

  private onTrack(kind: CaptureKind, track: MediaStreamTrack | null): void {
    if (kind === 'camera') this.picture.value = track === null ? null : new MediaStream([track]);
    else this.meter.read(track === null ? null : track.clone());
    this.owner.onTrack(kind, track);
  }

  /** A microphone stays silent until its owner acts; for a camera the next one there is takes its place. */
  private onUnplugged(kind: CaptureKind): void {
    const lost = kind === 'camera' ? this.cameraCapture.lostDevice : null;
    this.owner.onUnplugged(kind);
    if (lost !== null) void this.nextCamera(lost);
  }

  private async nextCamera(lost: string): Promise<void> {
    await this.refresh();
    const next = this.cameraList.value.find((option) => option.id !== lost);
    if (next === undefined || this.camera.value.name !== 'failed') return;
    await this.cameraCapture.start(next.id, true);
    if (this.cameraCapture.state.value.name === 'on') this.owner.onNextCamera();
  }

  private remember(choice: Partial<DeviceChoice>): void {
    this.choice = { ...this.choice, ...choice };
    writeChoice(this.choice);
  }

  private async refresh(): Promise<void> {
    let devices: MediaDeviceInfo[];
    try {
      devices = await navigator.mediaDevices.enumerateDevices();
    } catch {
      return;
    }
    const of = (kind: MediaDeviceKind): DeviceOption[] =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .map((device) => ({ id: device.deviceId, label: device.label }));
    this.cameraList.value = withCurrent(of('videoinput'), this.camera.value);
    this.microphoneList.value = withCurrent(of('audioinput'), this.microphone.value);
    this.speakerList.value = canChooseSpeaker() ? of('audiooutput') : [];
    for (const capture of [this.cameraCapture, this.microphoneCapture]) {
      if (capture.devicesChanged(devices.map((device) => device.deviceId))) this.owner.onBack(capture.kind);
    }
  }
}

/** The list, with the device in use in it: a browser may not name a device that it lets us use. */
function withCurrent(list: DeviceOption[], state: DeviceState): DeviceOption[] {
  if (state.name !== 'on' || list.some((option) => option.id === state.deviceId)) return list;
  return [...list, { id: state.deviceId, label: state.label }];
}

function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

/** Whether the person has allowed a device before; a browser that does not say counts as no. */
async function isGranted(name: 'camera' | 'microphone'): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state === 'granted';
  } catch {
    return false;
  }
}

/** Plays an element on a speaker; one that is gone leaves it on the system's. */
export async function setSink(element: HTMLMediaElement, deviceId: string): Promise<void> {
  if (!canChooseSpeaker() || element.sinkId === deviceId) return;
  await element.setSinkId(deviceId).catch(() => undefined);
}
