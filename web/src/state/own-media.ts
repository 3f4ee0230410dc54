/** What the own seat sends: devices, push-to-talk, screen; and what the gateway and the tab's memory are told of it. */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CaptureKind } from '../engine/capture';
import { DeviceManager } from '../engine/devices';
import { workerTicker } from '../engine/heartbeat';
import type { SeatRecord, SeatStore } from '../engine/storage';
import { Talk } from '../engine/talk';
import type { ClientMessage, MicrophoneState, WireSourceKind } from '../gen/wire';
import type { Notice, Outcome, OwnMedia } from './room';

/** Whoever owns the own media. */
export interface OwnMediaOwner {
  /** Sends to the gateway, if the connection is open. */
  send(message: ClientMessage): void;
  /** Sends this track from now on, or nothing. */
  setTrack(kind: WireSourceKind, track: MediaStreamTrack | null): void;
  notify(notice: Notice): void;
  /** Whether the chair lets the own seat speak. */
  mayTalk(): boolean;
  /** The own picture or screen is another. */
  onPicture(): void;
  /** Something is being captured: the browser now lets the page play sound. */
  onCapturing(): void;
  onSpeaker(deviceId: string): void;
}

/** See the module. */
export class OwnSources {
  readonly devices: DeviceManager;
  readonly media: ReadonlySignal<OwnMedia>;
  private readonly talk: Talk;
  private readonly cameraOn = signal(false);
  private readonly screenStream = signal<MediaStream | null>(null);
  private microphone: MediaStreamTrack | null = null;

  constructor(
    private readonly owner: OwnMediaOwner,
    private readonly seat: SeatStore,
  ) {
    this.talk = new Talk(
      {
        announce: () => this.announce(),
        transmit: (on) => owner.setTrack('microphone', on ? this.microphone : null),
        heartbeat: () => owner.send({ type: 'heartbeat' }),
      },
      workerTicker,
    );
    this.devices = new DeviceManager({
      onTrack: (kind, track) => this.onTrack(kind, track),
      onUnplugged: (kind) =>
        owner.notify({ name: kind === 'camera' ? 'camera_unplugged' : 'microphone_unplugged' }),
      onBack: (kind) => owner.notify({ name: kind === 'camera' ? 'camera_back' : 'microphone_back' }),
      onNextCamera: () => owner.notify({ name: 'camera_next' }),
      onSpeaker: (deviceId) => owner.onSpeaker(deviceId),
    });
    this.media = computed(() => ({
      microphone: this.talk.state.value,
      camera: this.cameraOn.value,
      screen: this.screenStream.value !== null,
    }));
  }

  /** The own screen while it is shared. */
  get screen(): ReadonlySignal<MediaStream | null> {
    return this.screenStream;
  }

  /** The stream of an own picture. */
  stream(kind: WireSourceKind): MediaStream | null {
    if (kind === 'camera') return this.devices.ownPicture.value;
    return kind === 'screen' ? this.screenStream.value : null;
  }

  /** Opens or closes the microphone; starts the device if need be. */
  async setMicrophone(open: boolean): Promise<void> {
    if (!open) {
      this.talk.close();
      return;
    }
    if (!this.owner.mayTalk()) return;
    this.talk.open();
    if (this.microphone === null) await this.startMicrophone();
  }

  /** The key of push-to-talk went down or up. */
  pushToTalk(down: boolean): void {
    if (!down) {
      this.talk.release();
      return;
    }
    if (!this.owner.mayTalk()) return;
    this.talk.press();
    if (this.microphone === null) void this.startMicrophone();
  }

  /** Something happened after which a held key is not relied on. */
  releaseTalk(): void {
    this.talk.release();
  }

  /** The microphone is closed by order. */
  closeMicrophone(): void {
    this.talk.close();
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) await this.devices.startCamera();
    else this.devices.stopCamera();
  }

  /** Asks for a screen and shares it. */
  async shareScreen(): Promise<Outcome> {
    if (typeof navigator.mediaDevices.getDisplayMedia !== 'function') {
      return { ok: false, error: 'browser_too_old' };
    }
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 15, max: 30 }, width: { max: 1920 }, height: { max: 1080 } },
        audio: true,
      });
    } catch (error) {
      // A person who closes the choice meant it.
      const cancelled = error instanceof Error && error.name === 'NotAllowedError';
      return cancelled ? { ok: true } : { ok: false, error: 'share_failed' };
    }
    this.stopSharing();
    const [picture] = stream.getVideoTracks();
    if (picture === undefined) return { ok: false, error: 'share_failed' };
    picture.contentHint = 'detail';
    picture.onended = () => {
      if (this.screenStream.value !== stream) return;
      this.stopSharing();
      this.owner.notify({ name: 'share_ended' });
    };
    this.screenStream.value = stream;
    this.announce();
    this.owner.setTrack('screen', picture);
    this.owner.setTrack('screen_audio', stream.getAudioTracks()[0] ?? null);
    this.owner.onPicture();
    return { ok: true };
  }

  stopSharing(): void {
    const stream = this.screenStream.value;
    if (stream === null) return;
    this.owner.setTrack('screen', null);
    this.owner.setTrack('screen_audio', null);
    for (const track of stream.getTracks()) track.stop();
    this.screenStream.value = null;
    this.announce();
    this.owner.onPicture();
  }

  /** Tells the gateway what is sent; after every welcome too. */
  announce(): void {
    const { microphone, camera, screen } = this.media.value;
    this.owner.send({ type: 'sources', microphone, camera, screen });
    this.remember();
  }

  /** Brings the devices back as they were before a refresh; never asked for unless they were on. */
  async restore(record: SeatRecord): Promise<void> {
    if (record.camera && record.capturing) await this.devices.preview();
    else if (record.camera) await this.devices.startCamera();
    else if (record.capturing) await this.startMicrophone();
    if (record.microphone === 'open') await this.setMicrophone(true);
  }

  /** Stops everything that is sent, and lets the devices go. */
  stop(): void {
    batch(() => {
      this.talk.close();
      this.stopSharing();
      this.devices.stopCamera();
      this.devices.stopMicrophone();
    });
  }

  /** Ends it for good. */
  dispose(): void {
    this.talk.dispose();
    this.devices.dispose();
  }

  /** A device that cannot start leaves the microphone closed; it does not open by surprise later. */
  private async startMicrophone(): Promise<void> {
    await this.devices.startMicrophone();
    if (this.microphone === null) this.talk.close();
  }

  private onTrack(kind: CaptureKind, track: MediaStreamTrack | null): void {
    if (kind === 'microphone') {
      this.microphone = track;
      if (track !== null) track.contentHint = 'speech';
      if (track !== null && this.talk.state.value !== 'off') this.owner.setTrack('microphone', track);
      this.talk.setDevice(track !== null);
    } else {
      if (track === null) this.owner.setTrack('camera', null);
      else track.contentHint = 'motion';
      this.cameraOn.value = track !== null;
      this.announce();
      if (track !== null) this.owner.setTrack('camera', track);
      this.owner.onPicture();
    }
    if (track !== null) this.owner.onCapturing();
    this.remember();
  }

  private remember(): void {
    const microphone: MicrophoneState = this.media.value.microphone === 'open' ? 'open' : 'off';
    this.seat.write({ microphone, camera: this.cameraOn.value, capturing: this.microphone !== null });
  }
}
